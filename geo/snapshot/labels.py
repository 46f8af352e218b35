"""Where labels stand on a picture: pure geometry in points, no drawing.

A label is placed at the first of its candidate places that touches nothing taken
before it; one that finds no place is left out rather than laid over another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in points: left, bottom, right, top; y grows upwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """The width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """The height in points."""
        return self.y1 - self.y0

    def touches(self, other: Box) -> bool:
        """Tell whether the two share more than an edge."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    def holds(self, other: Box) -> bool:
        """Tell whether the other lies wholly inside."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and self.x1 >= other.x1
            and self.y1 >= other.y1
        )

    def grown(self, by: float) -> Box:
        """Return the box with so many points added on each side."""
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def nearest(self, x: float, y: float) -> Point:
        """Return the box's point that is nearest to a point."""
        return min(max(x, self.x0), self.x1), min(max(y, self.y0), self.y1)

    @classmethod
    def around(cls, x: float, y: float, radius: float) -> Box:
        """Return the square of the radius about a point."""
        return cls(x - radius, y - radius, x + radius, y + radius)


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that wants a place.

    Attributes
    ----------
    width, height: size in points.
    spots: points (x, y) the label belongs to; the first is the best.
    reach: radius in points of the mark at the spot, kept clear; below 0 the
        label stands on the spot itself, centred.
    rings: how many distances from the mark are tried; line: height of one line.
    right: whether the right side of the mark is tried before the left.
    """

    width: float
    height: float
    spots: tuple[Point, ...]
    reach: float = -1.0
    rings: int = 1
    line: float = 0.0
    right: bool = True


# the reader's eye looks for a name beside the mark first, then above and below it
_BEARINGS: Final = (0, 180, 30, -30, 150, -150, 90, -90, 60, -60, 120, -120)
# the nearest ring leaves this much between a mark and its name, in heights of the name's line
# straight above or below, whatever the rounding of a cosine
_UPRIGHT: Final = 0.1
NEAR: Final = 0.2
_RING: Final = 0.45


def _beside(wish: Wish, x: float, y: float) -> Iterator[Box]:
    for ring in range(wish.rings):
        reach = wish.reach + (NEAR + ring * _RING) * wish.line
        for bearing in _BEARINGS:
            angle = math.radians(bearing if wish.right else 180 - bearing)
            dx, dy = math.cos(angle), math.sin(angle)
            # the label's nearest side or corner looks at the mark
            left = x + dx * reach - wish.width * (1 - _pull(dx)) / 2
            low = y + dy * reach - wish.height * (1 - _pull(dy)) / 2
            yield Box(left, low, left + wish.width, low + wish.height)


def _pull(part: float) -> float:
    """Return -1, 0 or 1: the side of the mark on which the label stands."""
    return 0.0 if abs(part) < _UPRIGHT else math.copysign(1.0, part)


def _candidates(wish: Wish) -> Iterator[Box]:
    for x, y in wish.spots:
        if wish.reach >= 0:
            yield from _beside(wish, x, y)
        else:
            half_w, half_h = wish.width / 2, wish.height / 2
            yield Box(x - half_w, y - half_h, x + half_w, y + half_h)


@dataclass(slots=True)
class Board:
    """The places already taken inside a frame.

    ``lines`` are crossed only by a name that must be written. ``rivals`` are marks
    (x, y, radius): a name is never nearer to another mark than to its own, for it would
    seem to be the other's.
    """

    frame: Box
    taken: list[Box] = field(default_factory=list)
    rivals: list[tuple[float, float, float]] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)

    def take(self, boxes: Iterable[Box]) -> None:
        """Keep these boxes clear of labels."""
        self.taken.extend(boxes)

    def place(self, wish: Wish, gap: float = 0.0, *, must: bool = False) -> Box | None:
        """Take and return the first free candidate, or None when there is none.

        What ``must`` find a place crosses lines where it has to.
        """
        second: Box | None = None
        for box in _candidates(wish):
            if not self.frame.holds(box.grown(gap)) or _met(box.grown(gap), self.taken):
                continue
            if self._own(wish, box) and not _met(box, self.lines):
                self.taken.append(box)
                return box
            second = second or box
        if second is not None and must:
            self.taken.append(second)
            return second
        return None

    def _own(self, wish: Wish, box: Box) -> bool:
        """Tell whether the mark at the wish's spot is the one nearest to the box."""
        if wish.reach < 0:
            return True
        spot = wish.spots[0]
        own = math.dist(box.nearest(*spot), spot) - wish.reach
        # what touches its mark is taken for its name, whoever else is near
        return own <= 2 * NEAR * wish.line or all(
            own <= math.dist(box.nearest(x, y), (x, y)) - radius
            for x, y, radius in self.rivals
            if (x, y) != spot
        )


def _met(box: Box, others: Iterable[Box]) -> bool:
    return any(box.touches(other) for other in others)
