"""Promises of the rectangle: what lies in it for certain, what could, and which centres."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import sqlalchemy as sa

from geo import basemap, columns, i18n, provenance, standalone, tables, webmap
from geo.address import View
from geo.filters import Box, EventFilter, box
from geo.snapshot import caption, scene
from geo.store import Store
from geo.store.figures import conditions
from geo.ui import details

PACKAGE = tables.load()
EVENTS = provenance.events(PACKAGE)
KIRKUK = (43.9, 35.1, 44.8, 35.9)


# then for certain, shown, possible; the southern edge of the rectangle is 35.1, and a district's
# ring has 20 km, some 0.18 degrees
PLACED = [
    ("town", 35.1, 44.2, (True, True, True)),
    ("town", 35.0999, 44.2, (False, False, False)),
    ("district", 35.5, 44.35, (True, True, True)),
    ("district", 35.2, 44.35, (False, True, True)),
    ("district", 35.0, 44.35, (False, False, True)),
    ("district", 34.9, 44.35, (False, False, False)),
    ("none", None, None, (False, False, True)),
]


@pytest.mark.parametrize(("precision", "lat", "lon", "counts"), PLACED)
def test_the_ring_of_a_precision_says_what_is_sure(precision, lat, lon, counts):
    """Inside as a whole, by its point, or with a part of its ring; without a point perhaps."""
    event = EVENTS[EVENTS["date_precision"] == "day"].head(1)
    one = event.assign(geo_precision=precision, lat=lat, lon=lon, admin1="", admin1_alt="")
    asked = EventFilter(box=KIRKUK)
    with Store.of(one.astype({"lat": float, "lon": float}), "sqlite://") as held:
        assert held.count_range(asked) == counts
        assert held.left_out(asked) == (0, lat is None)


def test_no_event_is_left_out_twice(store):
    """Of those without a governorate and a point, the governorate's sentence tells."""
    asked = EventFilter(box=KIRKUK, provinces=("IQ-KI",))
    table = store.events_table
    parts = conditions(asked, table)
    governorate, point = parts["no_governorate"], parts["no_point"]
    assert store._number(sa.and_(governorate, point)) == 0
    lacking = EVENTS[EVENTS["lat"].isna()]
    told = (lacking["admin1"] == "IQ-KI") | (lacking["admin1_alt"] == "IQ-KI")
    assert store.left_out(asked)[1] == int(told.sum())


def centres_of(where: EventFilter) -> set[str]:
    """The network's centres with a point in the rectangle, by hand."""
    places = PACKAGE.frames["places"].set_index("place_id")
    found = set()
    for row in PACKAGE.frames["centres"].to_dict("records"):
        place = places.loc[row["place_id"]] if row["place_id"] in places.index else None
        if row["role"] == "network" and place is not None and pd.notna(place["lat"]):
            west, south, east, north = where.box
            inside = west <= place["lon"] <= east and south <= place["lat"] <= north
            found |= {row["centre_id"]} if inside else set()
    return found


def test_the_centres_are_those_of_the_rectangle(store):
    """List, picture and page hold the same centres, and one without a point is in none."""
    view = View(filter=EventFilter(box=KIRKUK))
    wanted = centres_of(view.filter)
    empty = basemap.Basemap(layers={})
    assert wanted and set(details.network_in(PACKAGE, view.filter)) == wanted
    drawn = scene.scene(PACKAGE, store, view, basemap=empty)
    assert {one.centre_id for one in drawn.centres if one.main} == wanted
    assert i18n.words("en")("box.left_out", n=19) in caption.standfirst(drawn)
    page = standalone.page(PACKAGE, store, view, empty)
    island = json.loads(page.split(b'id="ts-data">', 1)[1].split(b"</script>", 1)[0])
    names = PACKAGE.frames["centres"].set_index("centre_id")["name_en"]
    assert {names[one] for one in wanted} <= {one["label"] for one in island["centres"]}
    assert len(island["centres"]) == len(drawn.centres) < 9
    assert island["call"]["box"] == [439000, 351000, 448000, 359000]


@pytest.mark.parametrize(
    ("sent", "units", "found"),
    [
        ({"rows": [], "nonce": 1, "box": [439000, 351000, 448000, 359000]}, 4, Box(*KIRKUK)),
        ({"rows": [], "nonce": 1, "box": []}, 0, None),
        ({"rows": [], "nonce": 1, "box": [448000, 351000, 439000, 359000]}, 4, None),
        ({"rows": [], "nonce": 1, "box": [1, 2, 3]}, 3, None),
        ({"rows": [3], "nonce": 1}, None, None),
    ],
)
def test_what_the_map_sends_is_a_rectangle_or_none(sent, units, found):
    click = webmap.chosen(sent)
    assert (click.box is None) is (units is None)
    assert click.box is None or len(click.box) == units
    assert box.of_units(click.box or ()) == found


def test_the_call_carries_whole_numbers(store):
    """The rectangle goes to the map as integers, and its rows as a bitmask."""
    call = columns.call(store, View(filter=EventFilter(box=KIRKUK)))
    assert call["box"] == [439000, 351000, 448000, 359000]
    assert call["mask"] and columns.call(store, View())["box"] == []
    assert '"' not in webmap.literal({"box": call["box"]})
