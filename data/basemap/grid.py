"""What every layer shares: the clip box, the grid of the written decimals, features."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import box, mapping

# west, south, east, north in degrees: Iraq, with a margin that fills a wide screen
BOX: Final = (36.7, 27.3, 51.8, 38.8)
WINDOW: Final = box(*BOX)
DECIMALS: Final = 4
TOLERANCE: Final = 0.004  # degrees, about 400 m: half a pixel at zoom 8


class BuildError(Exception):
    """A package is not what the build was written for; the text says what was expected."""


def rounded(geometry: Any) -> Any:
    """Return the geometry on the grid of the written decimals, in a canonical order."""
    return shapely.normalize(shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS) + 0.0))


def lines(geometry: Any) -> Any:
    """Return merged lines of a geometry, without points that an intersection leaves behind."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString"]
    return shapely.line_merge(shapely.union_all(parts))


def feature(geometry: Any, **properties: object) -> dict[str, Any]:
    """Return a GeoJSON feature on the written grid."""
    return {"type": "Feature", "properties": properties, "geometry": mapping(rounded(geometry))}
