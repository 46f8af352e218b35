"""Whose governorates count: store, map, panel, page of centres, picture and page to take away."""

from __future__ import annotations

from datetime import date

import pytest

from geo import basemap, columns, i18n, provenance, tables
from geo.address import View
from geo.export.extract import take
from geo.filters import EventFilter
from geo.snapshot import scene
from geo.standalone import _centres
from geo.ui import histories, panel

PACKAGE = tables.load()
# read off places.csv: admin1 and admin1_alt, admin1_ocha, admin1_geonames of the centres' places
STANDING = {
    ("source", "IQ-AR"): {"CEN-EBL", "CEN-GWR", "CEN-MKM"},
    ("source", "IQ-NI"): {"CEN-GWR", "CEN-MKM", "CEN-NIN", "CEN-P15", "CEN-SNJ"},
    ("ocha", "IQ-AR"): {"CEN-EBL", "CEN-GWR", "CEN-MKM"},
    ("ocha", "IQ-NI"): {"CEN-NIN", "CEN-P15", "CEN-SNJ"},
    ("geonames", "IQ-AR"): {"CEN-EBL", "CEN-MKM"},
    ("geonames", "IQ-NI"): {"CEN-NIN", "CEN-P15", "CEN-SNJ"},
}
NETWORK = {"CEN-BGD", "CEN-EBL", "CEN-KNQ", "CEN-KRK", "CEN-MKM", "CEN-NIN"}


@pytest.mark.parametrize(("whose", "province"), STANDING)
def test_every_view_shows_the_centres_of_the_viewpoint(store, whose, province):
    """Makhmour is of Erbil and of Nineveh by the sources, of Erbil alone by the others."""
    asked, wanted = EventFilter(provinces=(province,), viewpoint=whose), STANDING[whose, province]
    day, say, ids = date(2021, 9, 30), i18n.words("en"), columns.centre_ids(PACKAGE)
    called = columns.call(store, View(filter=asked))
    assert set(ids) - {ids[at] for at in called["away"]} == wanted
    drawn = scene.scene(PACKAGE, store, View(filter=asked), basemap=basemap.Basemap(layers={}))
    assert {one.centre_id for one in drawn.centres} == wanted
    names = PACKAGE.frames["centres"].set_index("centre_id")["name_en"]
    listed = panel.overview(PACKAGE, day, say, View(filter=asked))
    assert {one for one in NETWORK if names[one] in listed} == wanted & NETWORK
    axis = histories.Axis(store.span(), day)
    page = histories.centres(PACKAGE, axis, say, View(filter=asked))
    # the network as a whole has no place, and no filter of places leaves it out
    assert {one for one in ids if f'data-centre="{one}"' in page} == wanted | {panel.NETWORK}
    alone = _centres(PACKAGE, take(PACKAGE, store, asked), say)
    assert {one["label"] for one in alone} == {names[one] for one in wanted}


@pytest.mark.parametrize(("whose", "province"), STANDING)
def test_centres_and_events_follow_one_rule(store, whose, province):
    """A centre stands where the store finds the events of the same place."""
    found = store.events(EventFilter(provinces=(province,), viewpoint=whose))
    seats = PACKAGE.frames["centres"].set_index("centre_id")["place_id"]
    asked = EventFilter(provinces=(province,), viewpoint=whose)
    here = {seats[one] for one in provenance.standing_in(PACKAGE, asked)}
    everywhere = set(store.events(EventFilter())["place_id"])
    assert here & everywhere == set(found["place_id"]) & set(seats)
