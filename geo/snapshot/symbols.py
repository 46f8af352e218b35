"""The signs of pictures and their legend: the same shapes and rules as the map on screen.

Lengths are in px, points at a body size of 13, as the browser's layer has them; the
pen's body size scales them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from geo import i18n, marks
from geo.snapshot.labels import Box, Point
from geo.snapshot.pen import Pen, rectangle, shape

# from so many on a mark holds a number, from so many on a larger one; a whole circle
SEVERAL: Final = 2
WIDE: Final = 40
ROUND: Final = 360
# the layer's text is 13 px; its signs are measured against it
BODY: Final = 13.0
_FAMILIES: Final = {one.id: one for one in (*marks.FAMILIES, *marks.SETS, marks.OTHER)}
_LOOKS: Final = {look.id: look for look in marks.STATUSES}


@dataclass(frozen=True, slots=True)
class Share:
    """How many events of a family stand at one point, and whether all are about the area."""

    family: str
    n: int
    hollow: bool


def unit(pen: Pen) -> float:
    """Return how many points one px of the layer is."""
    return pen.em / BODY


def colour(pen: Pen, family: str) -> str:
    """Return the colour of a family on the pen's ground."""
    found = _FAMILIES[family]
    return found.colour_dark if pen.palette.dark else found.colour


def badge_radius(n: int) -> float:
    """Return the radius in px of the mark of so many events."""
    return 7.5 if n < SEVERAL else min(24.0, 10.5 + 2.6 * math.log10(n) ** 1.35)


def sign(pen: Pen, family: str, at: Point, r: float, *, hollow: bool) -> None:
    """Draw one event or a family's sign; ``r`` in px."""
    u = unit(pen)
    name = _FAMILIES[family].shape
    tint = colour(pen, family)
    outline = shape(name, at, (0.94 if name == "circle" else 1.0) * r * u)
    paper = pen.palette.paper
    pen.path(outline, face=paper, edge=paper, width=(5 if hollow else 3) * u)
    if hollow:
        pen.path(shape(name, at, (r - 0.8) * u), face=paper, edge=tint, width=1.8 * u)
    else:
        pen.path(outline, face=tint)


def badge(pen: Pen, shares: Sequence[Share], at: Point, *, soft: bool) -> None:
    """Draw several events at one point: their number in a ring their families share."""
    u = unit(pen)
    n = sum(share.n for share in shares)
    r = badge_radius(n)
    pen.path(Path.circle(at, (r + 2.5) * u), face=pen.palette.paper)
    angle = 90 + shares[0].n / n * 180
    beads = []
    for share in shares:
        sweep = share.n / n * 360
        arc = _arc(at, r * u, angle - sweep, angle)
        dashes = (2.5 * u, 2.5 * u) if soft else ()
        pen.path(arc, edge=colour(pen, share.family), width=2.5 * u, dashes=dashes, butt=True)
        beads.append((share, math.radians(angle - sweep / 2)))
        angle -= sweep
    for share, bearing in beads:
        bead = at[0] + r * u * math.cos(bearing), at[1] + r * u * math.sin(bearing)
        sign(pen, share.family, bead, 4.4, hollow=share.hollow)
    size = (12 if n >= WIDE else 11) / BODY
    low, text = at[1] - 0.36 * size * pen.em, i18n.number(n, pen.lang)
    pen.write(at[0], low, text, size, bold=True, align="centre", layer=5)


def _arc(at: Point, r: float, start: float, end: float) -> Path:
    arc = Path.unit_circle() if end - start >= ROUND else Path.arc(start, end)
    return Path(np.asarray(arc.vertices) * r + at, arc.codes)


def soft(pen: Pen, share: Share, at: Point) -> None:
    """Draw one event of an area: its sign, smaller, in a dashed ring, so that it is no pin."""
    u = unit(pen)
    ring = Path.circle(at, 11 * u)
    pen.path(ring, face=pen.palette.paper, alpha=0.72)
    tint = colour(pen, share.family)
    pen.path(ring, edge=tint, width=1.5 * u, dashes=(2.5 * u, 2.5 * u), butt=True)
    sign(pen, share.family, at, 5.4, hollow=share.hollow)


def event_mark(pen: Pen, shares: Sequence[Share], at: Point, *, area: bool) -> None:
    """Draw the mark of all events at one point."""
    if sum(share.n for share in shares) > 1:
        badge(pen, shares, at, soft=area)
    elif area:
        soft(pen, shares[0], at)
    else:
        sign(pen, shares[0].family, at, 7.5, hollow=shares[0].hollow)


def mark_radius(n: int, *, area: bool) -> float:
    """Return the radius in px that the mark of so many events takes, beads included."""
    if n > 1:
        return badge_radius(n) + 4.4
    return 12.0 if area else 9.0


def area_disc(pen: Pen, at: Point, r: float) -> None:
    """Draw the ground that an area-precise place may mean; ``r`` in points."""
    u = unit(pen)
    disc = Path.circle(at, r)
    pen.path(disc, face=pen.palette.ink, alpha=0.06, layer=3)
    pen.path(disc, edge=pen.palette.ink, width=u, dashes=(5 * u, 4 * u), alpha=0.45, layer=3)


def centre(pen: Pen, statuses: Sequence[str], at: Point, r: float) -> None:
    """Draw a centre: a star in a disc, filled as its status says; two share the star."""
    u = unit(pen)
    looks = [_LOOKS[status] for status in statuses if status in _LOOKS] or [_LOOKS["none"]]
    tint = pen.palette.centre
    pen.path(Path.circle(at, (r + 1.5) * u), face=pen.palette.paper)
    dashes = (2 * u, 2.6 * u) if all(look.dashed for look in looks) else ()
    pen.path(Path.circle(at, r * u), edge=tint, width=1.8 * u, dashes=dashes, butt=True)
    for look, side in zip(looks[:2], ((-1, 1) if len(looks) > 1 else (0,)), strict=True):
        _star(pen, look, at, r * u, side)
    if len(looks) > 1:
        warning(pen, (at[0] + 0.82 * r * u, at[1] + 0.82 * r * u))


def _star(pen: Pen, look: marks.StatusLook, at: Point, disc: float, side: int) -> None:
    """Draw a star filled from below, or the half of it that lies on ``side``.

    A full one is cut out of a full disc of this radius, so that what is active is seen first.
    """
    u, (x, y), r = unit(pen), at, 0.78 * disc
    tint, full = pen.palette.centre, look.fill >= 1
    left, right = (x if side > 0 else x - 2 * r), (x if side < 0 else x + 2 * r)
    star = shape("star", at, r)
    if full:
        pen.path(_cut(_round(at, disc), Box(left, y - 2 * r, right, y + 2 * r)), face=tint)
    level = y + 2 * r if full else y - 0.81 * r + 1.81 * r * look.fill
    if look.fill:
        filled = _cut(star, Box(left, y - 2 * r, right, level))
        pen.path(filled, face=pen.palette.paper if full else tint)
    if not full:
        dashes = (1.5 * u, 1.5 * u) if look.dashed else ()
        part = _cut(star, Box(left, y - 2 * r, right, y + 2 * r)) if side else star
        pen.path(part, edge=tint, width=1.2 * u, dashes=dashes)


def _round(at: Point, radius: float) -> Path:
    """Return a disc as a polygon, which can be cut."""
    turn = np.linspace(0, 2 * math.pi, 73)
    return Path(np.column_stack([np.cos(turn), np.sin(turn)]) * radius + at, closed=True)


def _cut(path: Path, box: Box) -> Path:
    return path.clip_to_bbox(Bbox.from_extents(*box))


def warning(pen: Pen, at: Point) -> None:
    """Draw the sign that reports contradict each other."""
    u, (x, y) = unit(pen), at
    paper = pen.palette.paper
    triangle = shape("triangle_up", at, 6.5 * u)
    pen.path(triangle, face=pen.palette.warning, edge=paper, width=1.5 * u)
    for low, high in ((-0.8, 3.4), (-3.5, -1.9)):
        pen.path(rectangle(Box(x - 0.8 * u, y + low * u, x + 0.8 * u, y + high * u)), face=paper)


def clash(pen: Pen, at: Point) -> None:
    """Draw the cross of an event that reports contradict each other about."""
    u, (x, y) = unit(pen), at
    arm = 3.2 * u
    strokes = [Path([(x - arm, y - side * arm), (x + arm, y + side * arm)]) for side in (1, -1)]
    for tint, width in ((pen.palette.paper, 5), (pen.palette.warning, 2.2)):
        for stroke in strokes:
            pen.path(stroke, edge=tint, width=width * u)


def disputed(pen: Pen, at: Point, r: float, *, dashed: bool, both: bool) -> None:
    """Draw the ring of a disputed place, dashed; two halves where two governorates claim it."""
    u, tint = unit(pen), pen.palette.disputed
    if dashed:
        ring = Path.circle(at, r * u)
        pen.path(ring, edge=tint, width=1.6 * u, dashes=(4 * u, 3 * u), butt=True, layer=3)
    if both:
        wide = (r + (3.5 if dashed else 0)) * u
        for start in (-63, 117):
            half = _arc(at, wide, start, start + 126)
            pen.path(half, edge=tint, width=3 * u, butt=True, layer=3)


def assessments(pen: Pen, made: Sequence[str], at: Point, r: float) -> None:
    """Draw what was said about a centre beside its status, below its disc of ``r`` px."""
    u = unit(pen)
    for side, one in zip((1, -1), made, strict=False):
        assessment(pen, one, (at[0] + side * 0.84 * r * u, at[1] - 0.84 * r * u))


def assessment(pen: Pen, one: str, at: Point) -> None:
    """Draw the sign of an assessment: a minus for weakened, else a question."""
    u, tint = unit(pen), pen.palette
    pen.path(Path.circle(at, 5 * u), face=tint.warning, edge=tint.paper, width=1.5 * u)
    if one == "degraded":
        bar = Box(at[0] - 2.6 * u, at[1] - 0.8 * u, at[0] + 2.6 * u, at[1] + 0.8 * u)
        pen.path(rectangle(bar), face=tint.paper)
    else:
        low, sign = at[1] - 2.9 * u, "?"
        pen.write(at[0], low, sign, 0.62, bold=True, colour=tint.paper, align="centre", layer=5)


def stem(pen: Pen, home: Point, at: Point) -> None:
    """Draw the line from a centre's place to its mark."""
    u = unit(pen)
    line = Path([home, at])
    pen.path(line, edge=pen.palette.paper, width=3.5 * u)
    pen.path(line, edge=pen.palette.centre, width=1.4 * u)
    pen.path(Path.circle(home, 2 * u), face=pen.palette.centre)


def leader(pen: Pen, home: Point, at: Point, radius: float) -> None:
    """Draw the thin line from a place to the mark that stepped aside; ``radius`` in px."""
    u, tint = unit(pen), pen.palette
    if math.dist(home, at) < 0.6 * radius * u:
        return
    line = Path([home, at])
    pen.path(line, edge=tint.paper, width=2.6 * u, alpha=0.8)
    pen.path(line, edge=tint.ink, width=0.8 * u)
    pen.path(Path.circle(home, 1.6 * u), face=tint.ink, edge=tint.paper, width=0.6 * u)
