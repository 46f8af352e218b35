"""Where everything of a picture's map stands: marks, centres, and how they step aside.

The rules are those of the map on screen: events of one point and precision are one
mark, and a centre stands on a stem above its place. Here marks also step aside for each
other, since a picture cannot be zoomed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo import marks
from geo.snapshot import lettering, spread, symbols
from geo.snapshot.labels import Box, Point
from geo.snapshot.panel import Panel
from geo.snapshot.pen import Pen
from geo.snapshot.scene import Bounds, Centre, Disputed, Scene
from geo.snapshot.spread import Body
from geo.snapshot.symbols import Share, unit

# em: from this width of the map on names have room for ages
AGED_FROM: Final = 40.0
# px, as on the screen: from a place to its centre's mark, and the marks' radii
STEM: Final = 25.0
MAIN_R: Final = 11.5
OTHER_R: Final = 8.5
# px between marks that stepped aside for each other
GAP: Final = 2.5
# where marks must step aside by more than this many px on average, all are drawn smaller
RESTLESS: Final = 11.0
SCALES: Final = (1.0, 0.9, 0.8)
# but not so small that names, in px, could not be read
LEAST_BODY: Final = 8.9
# more events than this, on more places than that, are told by a density
CROWD: Final = 4000
FEW_PLACES: Final = 300
_ORDER: Final = {one.id: rank for rank, one in
                 enumerate((*marks.FAMILIES, *marks.SETS, marks.OTHER))}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something belongs and where its mark is drawn, in points.

    Attributes
    ----------
    home: the point of its place; at: the mark's, elsewhere when marks would overlap.
    lat: degrees; radius_m: of the area that is meant, 0 for a point.
    """

    home: Point
    at: Point
    lat: float
    radius_m: int


@dataclass(frozen=True, slots=True)
class Mark:
    """All events of one place and precision."""

    place: Place
    shares: tuple[Share, ...]
    ids: tuple[str, ...]
    name: str
    title: str
    clash: bool = False

    @property
    def n(self) -> int:
        """How many events it stands for."""
        return len(self.ids)

    @property
    def area(self) -> bool:
        """Whether its place is an area, not a point."""
        return self.place.radius_m > 0

    @property
    def radius(self) -> float:
        """The radius in px that it takes on the page."""
        return symbols.mark_radius(self.n, area=self.area)


@dataclass(frozen=True, slots=True)
class Spot:
    """A centre's mark."""

    place: Place
    centre: Centre

    @property
    def disc(self) -> float:
        """The radius in px of its disc."""
        return MAIN_R if self.centre.main else OTHER_R

    @property
    def radius(self) -> float:
        """The radius in px that it takes on the page, casing included."""
        return self.disc + 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture's map holds, for its legend, its words and its tests."""

    ids: tuple[str, ...]
    bounds: Bounds
    families: tuple[str, ...] = ()
    hollow: bool = False
    several: bool = False
    areas: bool = False
    dense: bool = False
    statuses: tuple[str, ...] = ()
    contradicted: bool = False
    doubted: bool = False
    dated: bool = False
    aged: bool = False
    clash: bool = False
    disputed: bool = False
    both: bool = False
    assessments: tuple[str, ...] = ()
    labels: tuple[tuple[str, Box], ...] = ()


class _Row(NamedTuple):
    """What of an event a mark needs."""

    lat: float
    lon: float
    radius: int
    family: str
    hollow: bool
    event_id: str
    name: str
    title: str
    clash: bool


def _rows(located: pd.DataFrame, lang: str) -> Iterator[_Row]:
    radii = (marks.PRECISION_RADIUS_M.get(p, 0) for p in located["geo_precision"])
    return map(
        _Row,
        located["lat"].tolist(),
        located["lon"].tolist(),
        radii,
        located["family"],
        located["place_role"] == "subject_area",
        located["event_id"],
        located[f"place_{lang}"],
        located[f"title_{lang}"],
        located["conflict_groups"] != "",
    )


def group(panel: Panel, located: pd.DataFrame, lang: str) -> list[Mark]:
    """Return one mark for each point and precision, the largest first, at its home."""
    there: dict[tuple[float, float, int], list[_Row]] = {}
    for row in _rows(located, lang):
        there.setdefault(row[:3], []).append(row)
    found = []
    for (lat, lon, radius), rows in sorted(there.items()):
        home = panel.point(lon, lat)
        ids = tuple(row.event_id for row in rows)
        place = Place(home, home, lat, radius)
        found.append(
            Mark(
                place,
                _shares(rows),
                ids,
                rows[0].name,
                rows[0].title,
                any(row.clash for row in rows),
            )
        )
    return sorted(found, key=lambda mark: (-mark.radius, mark.ids))


def _shares(rows: list[_Row]) -> tuple[Share, ...]:
    families: dict[str, list[bool]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row.hollow)
    ordered = sorted(families.items(), key=lambda item: _ORDER[item[0]])
    return tuple(Share(family, len(hollow), all(hollow)) for family, hollow in ordered)


def _spots(panel: Panel, centres: tuple[Centre, ...], px: float) -> list[Spot]:
    """Return the centres in the picture, on stems over their places, the main ones last."""
    found = []
    for centre in sorted(centres, key=lambda c: (c.main, -c.lat, c.centre_id)):
        if panel.holds(centre.lon, centre.lat):
            x, y = panel.point(centre.lon, centre.lat)
            radius = marks.PRECISION_RADIUS_M.get(centre.precision, 0)
            found.append(Spot(Place((x, y), (x, y + STEM * px), centre.lat, radius), centre))
    return found


def _middle(every: Sequence[Mark | Spot]) -> float:
    """Return where, from left to right, half of the marks are passed."""
    return float(np.median([one.place.home[0] for one in every] or [0.0]))


def _stepped_aside(  # noqa: PLR0913 - what may move, and what is written beside it
    pen: Pen, panel: Panel, found: list[Mark], spots: list[Spot], *, dated: bool, aged: bool
) -> tuple[list[Mark], list[Spot]]:
    """Return marks and centres moved so that none covers another or a centre's name."""
    px, middle = unit(pen), _middle([*found, *spots])
    bodies = [Body(one.place.at, (one.radius + 1.5) * px) for one in found]
    for spot in spots:
        label = lettering.centre_label(pen, spot.centre, dated=dated, aged=aged)
        # names look outward, away from where the marks crowd
        outward = spot.place.home[0] > middle
        box = label.beside(spot.radius * px, lettering.near(pen), right=outward)
        bodies.append(Body(spot.place.at, spot.radius * px, box if label.lines else None))
    moved = spread.apart(bodies, panel.box.grown(-5 * px), GAP * px)
    at = [(float(x), float(y)) for x, y in moved]
    return (
        [replace(one, place=replace(one.place, at=p)) for one, p in zip(found, at, strict=False)],
        [
            replace(one, place=replace(one.place, at=p))
            for one, p in zip(spots, at[len(found) :], strict=True)
        ],
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything of a scene stands in a panel, before it is drawn."""

    panel: Panel
    inside: pd.DataFrame
    found: tuple[Mark, ...]
    spots: tuple[Spot, ...]
    dense: bool
    dated: bool
    aged: bool = False
    scale: float = 1.0
    places: tuple[Disputed, ...] = ()

    @property
    def every(self) -> tuple[Mark | Spot, ...]:
        """Events' marks, then centres."""
        return (*self.found, *self.spots)

    @property
    def middle(self) -> float:
        """Where, from left to right, half of the marks are passed."""
        return _middle(self.every)

    @property
    def held(self) -> Drawn:
        """What the picture will hold."""
        shares = [share for mark in self.found for share in mark.shares]
        centres = [spot.centre for spot in self.spots]
        reported = {status for centre in centres for status in centre.statuses or ("none",)}
        return Drawn(
            ids=tuple(self.inside["event_id"]),
            bounds=self.panel.bounds,
            families=tuple(sorted(set(self.inside["family"]), key=lambda family: _ORDER[family])),
            hollow=any(share.hollow for share in shares),
            several=any(mark.n > 1 for mark in self.found),
            areas=any(mark.area for mark in self.found),
            dense=self.dense,
            statuses=tuple(look.id for look in reversed(marks.STATUSES) if look.id in reported),
            contradicted=any(centre.contradicted for centre in centres),
            doubted=any(centre.doubted for centre in centres),
            dated=self.dated,
            aged=self.aged,
            clash=any(mark.clash for mark in self.found),
            disputed=any(place.disputed for place in self.places),
            both=any(place.both for place in self.places),
            assessments=tuple(sorted({one for centre in centres for one in centre.assessments})),
        )


def plan(pen: Pen, panel: Panel, scene: Scene) -> Plan:
    """Return where everything stands; nothing is drawn."""
    located = scene.located
    inside = located[panel.holds(located["lon"], located["lat"])]
    crowded = len(inside) > CROWD
    dense = crowded and len(inside[["lat", "lon"]].drop_duplicates()) > FEW_PLACES
    found = [] if inside.empty or dense else group(panel, inside, scene.lang)
    readable = [scale for scale in SCALES if scale == 1 or scale * pen.px >= LEAST_BODY]
    for scale in readable:
        with pen.scaled(scale):
            # one day for all, and days too small to be read, stand in the legend instead
            small = lettering.NOTE * pen.px < lettering.READABLE
            dated = len(scene.confirmed) > 1 and not small
            # ages make names longer, so a narrow map leaves them to the legend
            aged = dated and panel.box.width > AGED_FROM * pen.em
            spots = _spots(panel, scene.centres, unit(pen))
            marked, spotted = _stepped_aside(pen, panel, found, spots, dated=dated, aged=aged)
            steps = _steps([*found, *spots], [*marked, *spotted]) / unit(pen)
        if steps <= RESTLESS:
            break
    places = tuple(one for one in scene.places if panel.holds(one.lon, one.lat))
    return Plan(panel, inside, tuple(marked), tuple(spotted), dense, dated, aged, scale, places)


def _steps(before: Sequence[Mark | Spot], after: Sequence[Mark | Spot]) -> float:
    """Return how far marks stepped aside on average, in points."""
    pairs = zip(before, after, strict=True)
    moved = [math.dist(one.place.at, other.place.at) for one, other in pairs]
    return sum(moved) / max(1, len(moved))
