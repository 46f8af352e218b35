"""The map's place on a page: how degrees become points, and how far the picture reaches.

The projection is Web Mercator, as on the screen, so that a picture shows what the
reader saw. Degrees are EPSG:4326, points are 1/72 inch, y grows upwards.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.snapshot.labels import Box
from geo.snapshot.scene import Bounds

Points = npt.NDArray[np.float64]
# metres in one degree of longitude on the equator
DEGREE_M: Final = 111_320.0
# beyond it the projection runs to infinity
LIMIT: Final = 85.0


def mercator(lat: Any) -> Any:
    """Return the Web Mercator ordinate of a latitude, both in degrees."""
    return np.degrees(np.arcsinh(np.tan(np.radians(np.clip(lat, -LIMIT, LIMIT)))))


def latitude(y: Any) -> Any:
    """Return the latitude of a Web Mercator ordinate, both in degrees."""
    return np.degrees(np.arctan(np.sinh(np.radians(y))))


class Panel:
    """A box on the page that shows bounds: all of them, and more where its shape asks.

    The extension stays inside ``within`` as long as that is possible, since the base
    map ends there.
    """

    def __init__(self, box: Box, bounds: Bounds, within: Bounds) -> None:
        south, north = float(mercator(bounds.south)), float(mercator(bounds.north))
        low, high = float(mercator(within.south)), float(mercator(within.north))
        wide, tall = bounds.east - bounds.west, north - south
        self.box = box
        self.unit = min(box.width / wide, box.height / tall)
        self.left = _start(
            bounds.west, bounds.east, box.width / self.unit, within.west, within.east
        )
        self.low = _start(south, north, box.height / self.unit, low, high)
        self.right = self.left + box.width / self.unit
        self.high = self.low + box.height / self.unit

    @property
    def bounds(self) -> Bounds:
        """What is in the picture: west, south, east, north in degrees."""
        south, north = float(latitude(self.low)), float(latitude(self.high))
        return Bounds(self.left, south, self.right, north)

    def points(self, lonlat: Points) -> Points:
        """Return (n, 2) points of the page for (n, 2) longitudes and latitudes."""
        x = self.box.x0 + (lonlat[:, 0] - self.left) * self.unit
        y = self.box.y0 + (mercator(lonlat[:, 1]) - self.low) * self.unit
        return np.column_stack([x, y])

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the page for Mercator coordinates in degrees."""
        across, up = x - self.left, y - self.low
        return self.box.x0 + across * self.unit, self.box.y0 + up * self.unit

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the point of the page for one place."""
        x, y = self.points(np.array([[lon, lat]], dtype=float))[0]
        return float(x), float(y)

    def metres(self, metres: float, lat: float) -> float:
        """Return how many points so many metres are at a latitude."""
        return metres / (DEGREE_M * math.cos(math.radians(lat))) * self.unit

    def holds(self, lon: Any, lat: Any) -> Any:
        """Tell which places are in the picture, as an array or one truth."""
        y = mercator(lat)
        # a billionth of a degree forgives the way through the projection and back
        gap = 1e-9
        across = (lon >= self.left - gap) & (lon <= self.right + gap)
        return across & (y >= self.low - gap) & (y <= self.high + gap)


def _start(low: float, high: float, length: float, least: float, most: float) -> float:
    """Return where a range of the length begins that holds low and high."""
    start = (low + high - length) / 2
    if length <= most - least:
        start = min(max(start, least), most - length)
    # what was asked for wins over where the base map ends
    return min(max(start, high - length), low)
