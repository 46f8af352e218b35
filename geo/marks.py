"""How things look: one definition for the map layer, the legend and the pictures.

Shapes are polygons in a unit box (x to the right, y up, both -1 to 1, drawn at the
radius of the mark); ``circle`` has no points. The families' colours were searched for so
that eyes with protanopia, deuteranopia and tritanopia tell any two of them apart (a test
holds how far); every colour is doubled by a shape, so no fact is told by colour alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]


def _star(tips: int, inner: float, turn: float = 90.0) -> tuple[Point, ...]:
    """Return a star of so many tips, its first tip at ``turn`` degrees."""
    points = []
    for step in range(2 * tips):
        angle = math.radians(turn + 180.0 * step / tips)
        radius = 1.0 if step % 2 == 0 else inner
        points.append((round(radius * math.cos(angle), 4), round(radius * math.sin(angle), 4)))
    return tuple(points)


SHAPES: Final[dict[str, tuple[Point, ...]]] = {
    "circle": (),
    "square": ((-0.82, -0.82), (0.82, -0.82), (0.82, 0.82), (-0.82, 0.82)),
    "diamond": ((0, 1.08), (1.08, 0), (0, -1.08), (-1.08, 0)),
    "triangle_up": ((0, 1.1), (1.05, -0.75), (-1.05, -0.75)),
    "triangle_down": ((0, -1.1), (1.05, 0.75), (-1.05, 0.75)),
    "pentagon": tuple(
        (
            round(1.05 * math.cos(math.radians(90 + 72 * i)), 4),
            round(1.05 * math.sin(math.radians(90 + 72 * i)), 4),
        )
        for i in range(5)
    ),
    "cross": (
        (-0.36, 1),
        (0.36, 1),
        (0.36, 0.36),
        (1, 0.36),
        (1, -0.36),
        (0.36, -0.36),
        (0.36, -1),
        (-0.36, -1),
        (-0.36, -0.36),
        (-1, -0.36),
        (-1, 0.36),
        (-0.36, 0.36),
    ),
    "star": _star(5, 0.5),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A family of event types: its shape, and its colour on light and on dark ground."""

    id: str
    shape: str
    colour: str
    colour_dark: str
    types: tuple[str, ...]


FAMILIES: Final[tuple[Family, ...]] = (
    Family("centres", "pentagon", "#00605a", "#46d7a4", ("centre_milestone",)),
    Family(
        "joint_forces",
        "square",
        "#0b7dd4",
        "#539dfc",
        ("joint_force_milestone", "joint_operation", "base_transfer"),
    ),
    Family("talks", "circle", "#8a8f1a", "#fbd973", ("agreement_talks",)),
    Family(
        "politics",
        "diamond",
        "#a8789c",
        "#fb98e4",
        ("political_statement", "vote", "unrest", "strategic_development"),
    ),
    Family("control", "triangle_up", "#4e1d6f", "#977fa1", ("territorial_change",)),
    Family(
        "armed",
        "cross",
        "#c9564a",
        "#ff8714",
        ("attack_on_security_forces", "armed_clash", "explosion_remote"),
    ),
    Family("civilians", "triangle_down", "#640010", "#f53d5f", ("attack_on_civilians",)),
)
FAMILY_OF: Final[dict[str, str]] = {t: f.id for f in FAMILIES for t in f.types}
# what has no family: a type that the source did not say, or that nobody knows
OTHER: Final = Family("other", "circle", "#6c6a63", "#a5a29a", ())
# data sets side by side, the first one first: colours of the families, each with a shape again
SETS: Final[tuple[Family, ...]] = (
    Family("set0", "circle", "#00605a", "#46d7a4", ()),
    Family("set1", "triangle_up", "#c9564a", "#ff8714", ()),
    Family("set2", "square", "#0b7dd4", "#539dfc", ()),
    Family("set3", "diamond", "#8a8f1a", "#fbd973", ()),
    Family("set4", "cross", "#4e1d6f", "#977fa1", ()),
    Family("set5", "triangle_down", "#a8789c", "#fb98e4", ()),
    Family("set6", "pentagon", "#640010", "#f53d5f", ()),
)
EVENT_TYPES: Final[tuple[str, ...]] = tuple(t for f in FAMILIES for t in f.types)


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a centre's mark tells its status: fill share of the star, line and dashes."""

    id: str
    fill: float
    dashed: bool
    rank: int


# a fuller mark means a later step of the life of a centre; none is a dotted outline
STATUSES: Final[tuple[StatusLook, ...]] = (
    StatusLook("none", 0.0, True, 0),
    StatusLook("proposed", 0.0, False, 1),
    StatusLook("approved", 0.34, False, 2),
    StatusLook("announced", 0.67, False, 3),
    StatusLook("active", 1.0, False, 4),
)

# nominal radius in metres of what a place precision can mean; site and town are points
PRECISION_RADIUS_M: Final[dict[str, int]] = {
    "site": 0,
    "town": 0,
    "subdistrict": 8_000,
    "district": 20_000,
    "governorate": 50_000,
    "none": 0,
}
