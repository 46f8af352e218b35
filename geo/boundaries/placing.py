"""In which area a point lies: the second opinion beside what a source says.

A point is put where its coordinates are, and nowhere else: none is moved to the nearest area. One
on a common edge belongs to the area that comes first by code. Areas of the second level are given
to points that are known at least to the district.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.boundaries import shelf
from geo.boundaries.columns import LEVELS
from geo.boundaries.shelf import Boundaries

# what became of comparing a governorate with the area of the point
AGREE, DIFFERS, NO_SOURCE, NO_POLYGON, NO_POINT = CHECKS = (
    "agree", "differs", "no_source", "no_polygon", "no_point")  # fmt: skip
# precisions that say nothing of a district
_COARSE: Final = ("governorate", "none")
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def indexes(found: Boundaries, lon: Numbers, lat: Numbers) -> Rows:
    """Return for each point the place of its area in the boundaries, -1 for none.

    ``lon`` and ``lat`` are degrees (EPSG:4326), NaN without a point.
    """
    # events repeat few points
    points, back = np.unique(np.column_stack([lon, lat]), axis=0, return_inverse=True)
    here = np.flatnonzero(np.isfinite(points).all(1))
    order = sorted(range(len(found.areas)), key=lambda at: found.areas[at].code)
    shapes = [found.areas[at].shape for at in order]
    shapely.prepare(shapes)
    hits = shapely.STRtree(shapes).query(
        shapely.points(points[here]), predicate="intersects")
    first = np.full(len(points), len(order), np.int64)
    np.minimum.at(first, here[hits[0]], hits[1])
    place = np.array([*order, -1], np.int64)[first]
    return place[back.reshape(-1)]


@dataclass(slots=True)
class Placer:
    """Compares events with the boundaries that there are, and counts what came of it.

    Attributes
    ----------
    levels: the boundaries by level.
    counts: events by `CHECKS`.
    districts: events that were put into an area of the second level.
    """

    levels: Mapping[str, Boundaries]
    counts: Counter[str] = field(default_factory=Counter)
    districts: int = 0

    @classmethod
    def there(cls, folder: Path | None = None) -> Placer | None:
        """Return a placer with the boundaries that there are, None without any.

        Raises
        ------
        TansiqError
            When a file is damaged.
        """
        found = {level: kept for level in LEVELS if (kept := shelf.read(level, folder))}
        return cls(found) if found else None

    @property
    def stamps(self) -> dict[str, str]:
        """Name and hash of the boundaries by level."""
        return {level: one.about.stamp for level, one in self.levels.items()}

    @property
    def agreement(self) -> dict[str, int]:
        """All counts, zeros too; they add up to the events."""
        return {name: self.counts[name] for name in CHECKS}

    def place(self, lon: Numbers, lat: Numbers, admin1: Sequence[str], other: Sequence[str],
              precision: Sequence[str]) -> dict[str, list[str]]:
        """Return the columns ``admin1_polygon``, ``admin2_polygon`` and ``admin1_check``.

        ``admin1`` and ``other`` are the governorates that the source gives, ``precision`` how
        exactly the point is known.
        """
        districts = self._codes("adm2", lon, lat, lambda area: area.code)
        fine = [kind not in _COARSE for kind in precision]
        second = [code if ok else "" for code, ok in zip(districts, fine, strict=True)]
        level = "adm1" if "adm1" in self.levels else "adm2"
        first = self._codes(level, lon, lat, lambda area: area.admin1)
        located = np.isfinite(lon) & np.isfinite(lat)
        checks = [_check(*row) for row in zip(first, located, admin1, other, strict=True)]
        self.counts.update(checks)
        self.districts += sum(map(bool, second))
        return {"admin1_polygon": first, "admin2_polygon": second, "admin1_check": checks}

    def _codes(self, level: str, lon: Numbers, lat: Numbers, code: Any) -> list[str]:
        found = self.levels.get(level)
        if found is None:
            return [""] * len(lon)
        codes = [*map(code, found.areas), ""]
        return [codes[at] for at in indexes(found, lon, lat)]


def _check(polygon: str, located: object, *claimed: str) -> str:
    """Return how a point's area and the source's governorates stand to each other."""
    if not located:
        return NO_POINT
    if not polygon:
        return NO_POLYGON
    if not any(claimed):
        return NO_SOURCE
    return AGREE if polygon in claimed else DIFFERS


def rows_of(found: Boundaries, events: pd.DataFrame) -> npt.NDArray[np.uint16]:
    """Return for each event the number of its area, from 1; 0 for none.

    ``events`` has the columns lon, lat and geo_precision; at the second level an event that is
    known no finer than its governorate is in no area.
    """
    lon, lat = (events[name].to_numpy(np.float64) for name in ("lon", "lat"))
    numbers = indexes(found, lon, lat) + 1
    if found.about.level == "adm2":
        numbers[events["geo_precision"].isin(_COARSE).to_numpy()] = 0
    return numbers.astype(np.uint16)
