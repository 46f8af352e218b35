"""Areas of the operator's boundaries, coloured by their events as ``assets/areas.js`` has them."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import shapely

from geo.boundaries import Counted, counting
from geo.snapshot import ground
from geo.snapshot.labels import Box, Point
from geo.snapshot.panel import Panel
from geo.snapshot.pen import Pen, rectangle
from geo.snapshot.symbols import unit

# above the ground, below the rings of places
LAYER: Final = 2
# px: the lines round the areas of each level
WIDTHS: Final = {"adm1": 1.2, "adm2": 0.6}


def draw(pen: Pen, panel: Panel, areas: Counted) -> None:
    """Fill the areas that have events, a shade a class, and draw the lines of all."""
    limits = areas.limits
    shapes = np.array([_shape(one["geometry"]) for one in areas.features], object)
    classes = np.array([counting.class_of(one, limits) for one in areas.densities])
    for at in range(len(limits) + 1):
        filled = ground.area(panel, shapes[classes == at])
        alpha = counting.shade(at, limits)
        pen.path(filled, face=pen.palette.primary, alpha=alpha, layer=LAYER)
    width = WIDTHS[areas.found.about.level] * unit(pen)
    pen.path(ground.area(panel, shapes), edge=pen.palette.national, width=width, layer=LAYER)


def _shape(geometry: Any) -> Any:
    """Return a feature's geometry; an empty one where it is too small to be drawn."""
    return shapely.from_geojson(json.dumps(geometry)) if geometry else shapely.Polygon()


def swatch(pen: Pen, at: Point, alpha: float) -> None:
    """Draw a box of the legend in the shade of a class, 0 for no events."""
    u, (x, y), tint = unit(pen), at, pen.palette
    box = rectangle(Box(x - 9 * u, y - 7 * u, x + 9 * u, y + 7 * u))
    pen.path(box, face=tint.home)
    if alpha:
        pen.path(box, face=tint.primary, alpha=alpha)
    pen.path(box, edge=tint.national, width=0.6 * u)
