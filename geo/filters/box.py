"""A rectangle on the map as a part of a filter, in degrees of EPSG:4326, four decimals.

An event lies in it when its point does, edges included. The point of an event that is known
to its district only is the district's marker, so a ring of its precision's nominal radius
says whether the event lies inside for certain, or could.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, or_

from geo.i18n import Words, isolate, number
from geo.marks import PRECISION_RADIUS_M

DECIMALS: Final = 4
# what the map's call counts in: whole ten-thousandths of a degree
UNIT: Final = 10**DECIMALS
_METRES: Final = 111_320  # of a degree of latitude


class Box(NamedTuple):
    """West, south, east and north, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def sane(self) -> bool:
        """Tell whether it is a rectangle on the globe; what is no number is not."""
        across = -180 <= self.west < self.east <= 180  # noqa: PLR2004 # degrees
        return across and -90 <= self.south < self.north <= 90  # noqa: PLR2004

    @property
    def units(self) -> list[int]:
        """Return the sides as whole ten-thousandths of a degree."""
        return [round(side * UNIT) for side in self]

    def __str__(self) -> str:
        """Return the sides as the address has them: 43.9,35.1,44.8,35.9."""
        return ",".join(f"{side:.{DECIMALS}f}".rstrip("0").rstrip(".") for side in self)

    def has(self, place: Mapping[Any, Any]) -> bool:
        """Tell whether a place with ``lat`` and ``lon`` lies inside; one without does not."""
        lacking = place["lat"] is None or place["lon"] is None
        return not lacking and all(inside(self, place.__getitem__))

    def said(self, say: Words) -> str:
        """Return the rectangle in words; a number below zero cannot reorder the others."""
        sides = {name: number(side, say.lang, DECIMALS) for name, side in self._asdict().items()}
        return say(
            "box.inside",
            **{
                name: isolate(text) if getattr(self, name) < 0 else text
                for name, text in sides.items()
            },
        )


def of(sides: Sequence[float]) -> Box:
    """Return four sides with their decimals; adding zero turns -0.0 into 0.0."""
    return Box(*(round(float(side), DECIMALS) + 0.0 for side in sides))


def of_units(units: Sequence[int]) -> Box | None:
    """Return the rectangle of what the map sent, None for what is none."""
    if len(units) != len(Box._fields):
        return None
    found = of([unit / UNIT for unit in units])
    return found if found.sane else None


def inside(box: Box, column: Callable[[str], Any]) -> list[Any]:
    """Return the conditions over columns: of SQL, or of a frame (both compare alike)."""
    lat, lon = column("lat"), column("lon")
    return [lat >= box.south, lat <= box.north, lon >= box.west, lon <= box.east]


def certainly(box: Box, column: Callable[[str], Any]) -> ColumnElement[bool]:
    """Return when the whole ring of an event's precision lies inside."""
    return _rings(box, column, -1)


def possibly(box: Box, column: Callable[[str], Any]) -> ColumnElement[bool]:
    """Return when the ring of an event's precision reaches in, or it has no point at all."""
    return or_(_rings(box, column, 1), nowhere(column))


def reach(box: Box, column: Callable[[str], Any]) -> ColumnElement[bool]:
    """Return what holds of every event that any of the other conditions holds of, at less cost."""
    farthest = max(PRECISION_RADIUS_M.values())
    return or_(nowhere(column), and_(*inside(_grown(box, farthest), column)))


def nowhere(column: Callable[[str], Any]) -> ColumnElement[bool]:
    """Return when an event has no point."""
    return or_(column("lat").is_(None), column("lon").is_(None))


def _rings(box: Box, column: Callable[[str], Any], sign: int) -> ColumnElement[bool]:
    parts = [
        and_(
            column("geo_precision") == precision,
            *inside(_grown(box, sign * radius), column),
        )
        for precision, radius in PRECISION_RADIUS_M.items()
    ]
    return or_(*parts)


def _grown(box: Box, metres: float) -> Box:
    """Return the box with each side moved outwards by so many metres."""
    high = max(abs(box.south), abs(box.north))
    up = metres / _METRES
    # at a pole a metre is any number of degrees
    across = up / max(math.cos(math.radians(high)), 0.01)
    return Box(box.west - across, box.south - up, box.east + across, box.north + up)
