"""The map of a picture: areas, events, centres and labels on the base map, in points."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from geo.snapshot import areas, density, ground, lettering, symbols
from geo.snapshot.labels import Box, Point
from geo.snapshot.lettering import Letterer
from geo.snapshot.pen import Pen, rectangle
from geo.snapshot.plan import Drawn, Plan, Spot
from geo.snapshot.scene import Scene
from geo.snapshot.symbols import unit

SMALLEST_RING: Final = 14.0
# the radius in px of a ring round a place under dispute
RING: Final = 15.0
# so few events are named by their titles when there is room
NAMED: Final = 6
# how many distances from its mark a name is tried at: what must be named, and the rest
_FAR: Final = 9
_BESIDE: Final = 2


def draw(pen: Pen, scene: Scene, planned: Plan) -> Drawn:
    """Draw the map into its panel; return what it holds."""
    panel = planned.panel
    pen.clip(panel.box)
    ground.draw(pen, panel, scene.basemap)
    if scene.areas:
        areas.draw(pen, panel, scene.areas)
    if planned.dense:
        density.draw(pen, panel, planned.inside)
    with pen.scaled(planned.scale):
        _disputed(pen, planned)
        _marks(pen, planned)
        labels = _labels(pen, scene, planned)
    pen.clip(None)
    pen.path(rectangle(panel.box), edge=pen.palette.rule, width=0.8 * unit(pen), layer=9)
    return replace(planned.held, labels=labels)


def _marks(pen: Pen, planned: Plan) -> None:
    """Draw rings, then lines, then events, then centres."""
    _areas(pen, planned)
    for mark in planned.found:
        symbols.leader(pen, mark.place.home, mark.place.at, mark.radius)
    for spot in planned.spots:
        symbols.stem(pen, spot.place.home, spot.place.at)
    for mark in planned.found:
        symbols.event_mark(pen, mark.shares, mark.place.at, area=mark.area)
        if mark.clash:
            x, y = mark.place.at
            reach = 0.78 * symbols.mark_radius(mark.n, area=mark.area) * unit(pen)
            symbols.clash(pen, (x + reach, y + reach))
    for spot in planned.spots:
        symbols.centre(pen, spot.centre.statuses, spot.place.at, spot.disc)
        if spot.centre.doubted:
            x, y = spot.place.at
            reach = 0.82 * spot.disc * unit(pen)
            symbols.clash(pen, (x + reach, y + reach))
        symbols.assessments(pen, spot.centre.assessments, spot.place.at, spot.disc)


def _disputed(pen: Pen, planned: Plan) -> None:
    """Ring the places under dispute, below everything else."""
    for one in planned.places:
        at = planned.panel.point(one.lon, one.lat)
        symbols.disputed(pen, at, RING, dashed=one.disputed, both=one.both)


def _areas(pen: Pen, planned: Plan) -> None:
    """Draw the rings of what is known only to an area, each once."""
    places = [one.place for one in planned.every]
    wanted = {(place.radius_m, place.home, place.lat) for place in places}
    for metres, home, lat in sorted(wanted, reverse=True):
        r = planned.panel.metres(metres, lat)
        if r > SMALLEST_RING * unit(pen):
            symbols.area_disc(pen, home, r)


def _labels(pen: Pen, scene: Scene, planned: Plan) -> tuple[tuple[str, Box], ...]:
    """Write the names that find room: centres, then events or places, then the base map."""
    letterer = Letterer(pen, planned.panel)
    u = unit(pen)
    for one in planned.every:
        (x, y), radius = one.place.at, one.radius * u
        letterer.keep_clear([Box.around(x, y, radius)])
        letterer.line(_along(one.place.home, (x, y), u))
        letterer.rival([(x, y, radius)])
    for spot in reversed(planned.spots):
        _centre_name(letterer, planned, spot)
    told = {spot.place.home for spot in planned.spots}
    few = sum(mark.n for mark in planned.found) <= NAMED
    for mark in planned.found:
        if few and mark.n == 1:
            story = lettering.story_label(pen, mark.title)
            letterer.beside(story, mark.place.at, mark.radius, _FAR)
        elif mark.place.home not in told:
            told.add(mark.place.home)
            name = lettering.place_label(pen, mark.name)
            letterer.beside(name, mark.place.at, mark.radius, _BESIDE)
    letterer.base_names(scene)
    return tuple(letterer.written)


def _centre_name(letterer: Letterer, planned: Plan, spot: Spot) -> None:
    """Write a centre's name; a name without its day is better than none."""
    outward = spot.place.home[0] > planned.middle
    main = spot.centre.main
    rings = _FAR if main else _BESIDE
    for dated, must in ((planned.dated, False), (False, False), (False, main)):
        label = lettering.centre_label(
            letterer.pen, spot.centre, dated=dated, aged=planned.aged
        )
        at, reach = spot.place.at, spot.radius
        if letterer.beside(label, at, reach, rings, right=outward, must=must):
            return


def _along(start: Point, end: Point, u: float) -> list[Box]:
    """Return small boxes along the line from a place to its mark."""
    steps = int(math.dist(start, end) / (4 * u)) + 1
    share = np.linspace(0, 1, steps + 1)[:, None]
    points = np.asarray(start) * (1 - share) + np.asarray(end) * share
    return [Box.around(float(x), float(y), 1.5 * u) for x, y in points]
