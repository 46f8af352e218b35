"""A copy of boundaries for the browser: simplified as far as its bytes have to be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from geo.boundaries.columns import Area
from geo.errors import TansiqError

MOST_BYTES: Final = 400_000
# decimals of a degree, some 11 metres, as those of the base map
GRID: Final = 0.0001
# in degrees; the finest that fits is taken
TOLERANCES: Final = (0.002, 0.004, 0.008, 0.016, 0.03, 0.06, 0.12)


def drawn(areas: Sequence[Area], sizes: Sequence[float]) -> tuple[dict[str, Any], float]:
    """Return GeoJSON of the areas in their order, and the tolerance in degrees.

    Neighbours stay neighbours: their common edges are simplified as one. An area that is too
    small to be drawn has no geometry, and keeps its place.

    Raises
    ------
    TansiqError
        When even the coarsest is too large for a browser.
    """
    shapes = np.array([one.shape for one in areas], object)
    labels = [_degrees(shapely.point_on_surface(one)) for one in shapes]
    for tolerance in TOLERANCES:
        simple = shapely.set_precision(shapely.coverage_simplify(shapes, tolerance), GRID)
        features = [
            _feature(area, geometry, size, label)
            for area, geometry, size, label in zip(areas, simple, sizes, labels, strict=True)
        ]
        found = {"type": "FeatureCollection", "features": features}
        if len(compact(found)) <= MOST_BYTES:
            return found, tolerance
    raise TansiqError(f"The {len(areas)} areas cannot be drawn in {MOST_BYTES} bytes.")


def _feature(area: Area, geometry: Any, size: float, label: list[float]) -> dict[str, Any]:
    about = {"code": area.code, "admin1": area.admin1, "names": dict(area.names), "km2": size,
             "label": label}
    shape = None if geometry.is_empty else json.loads(shapely.to_geojson(geometry))
    if shape:
        shape["coordinates"] = _rounded(shape["coordinates"])
    return {"type": "Feature", "properties": about, "geometry": shape}


def _rounded(found: Any) -> Any:
    return round(found, 4) if isinstance(found, int | float) else [_rounded(one) for one in found]


def _degrees(point: Any) -> list[float]:
    return [round(point.x, 4), round(point.y, 4)]


def compact(value: Any) -> bytes:
    """Return JSON without white space."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
