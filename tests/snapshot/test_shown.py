"""Promises of the pictures: they show what the screen shows."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from geo import i18n, snapshot
from geo.filters import EventFilter
from geo.snapshot.scene import Scene
from tests.snapshot.asked import ALL, MAY, SPRING


@pytest.mark.parametrize("asked", [
    EventFilter(), MAY, SPRING, EventFilter(provinces=("IQ-KI",)), EventFilter(q="كركوك"),
    EventFilter(types=("armed_clash",)), EventFilter(q="nothing at all like this"),
])  # fmt: skip
def test_a_scene_shows_what_the_screen_shows(make, store, asked: EventFilter) -> None:
    """The ids of the matching events with a point; the others counted, none lost."""
    shown = make(asked=asked)
    rows = store.events(asked)
    assert list(shown.event_ids) == list(rows.loc[rows["lat"].notna(), "event_id"])
    assert len(shown.event_ids) + shown.n_unlocated == store.count(asked)


def test_the_picture_of_may_2021_in_kirkuk_is_the_known_one(make) -> None:
    """EVT-057 and EVT-100, and how many events without a governorate are left out."""
    asked = replace(MAY, provinces=("IQ-KI",))
    shown = make("en", asked)
    drawn = snapshot.compose(shown).drawn
    assert set(drawn.ids) == {"EVT-057", "EVT-100"}
    assert shown.n_left_out > 0
    said = i18n.words("en")("app.left_out", n=shown.n_left_out)
    assert said in png_text(shown)


def png_text(shown: Scene) -> str:
    return Image.open(io.BytesIO(snapshot.render(shown))).info["Description"]


def test_the_centres_have_the_status_of_the_last_day(make) -> None:
    """On 23 May 2021 four are active, Makhmour and West Nineveh approved; on the 24th two say."""
    of = {c.centre_id: c.statuses for c in make(asked=SPRING).centres if c.main}
    assert sorted(of.values()) == [("active",)] * 4 + [("approved",)] * 2
    assert len(make(asked=MAY).centres) >= 6
    assert [c.contradicted for c in make(asked=MAY).centres].count(True) == 1
    assert make(view={"centres": False}).centres == ()


@pytest.mark.parametrize("province", ["IQ-AR", "IQ-NI"])
def test_makhmour_is_found_under_both_its_governorates(make, province: str) -> None:
    shown = make(asked=EventFilter(provinces=(province,)))
    assert any("Makhmour" in centre.label for centre in shown.centres)


@pytest.mark.parametrize("size", [(1000, 640), (360, 640), (1600, 400)])
def test_what_is_outside_is_counted(make, size) -> None:
    """Drawn are exactly the events inside the picture; the rest stands in words."""
    shown = make(bounds=(44.0, 35.0, 45.0, 36.0))
    composed = snapshot.compose(shown, "screen", size)
    west, south, east, north = composed.drawn.bounds
    here = shown.located
    inside = here[here["lon"].between(west, east) & here["lat"].between(south, north)]
    outside = len(here) - len(inside)
    assert list(composed.drawn.ids) == list(inside["event_id"])
    words = " ".join(written.text for written in composed.words)
    assert (i18n.words("en")("snapshot.outside", n=outside) in words) == (outside > 0)


def test_every_event_is_in_exactly_one_mark(page) -> None:
    """The numbers of the marks add up to the events inside; no mark stands for nothing."""
    composed = page("en", ALL, "social-wide", None)
    numbers = [mark.ids for mark in composed.planned.found]
    assert sorted(sum(numbers, ())) == sorted(composed.drawn.ids)


def test_the_bounds_follow_the_view_and_its_zoom(make) -> None:
    """A centre and a zoom show what Leaflet shows on a map of that size."""
    shown = make(view={"lat": 35.4, "lon": 44.4, "z": 8.0}, size=(512, 512))
    west, south, east, north = shown.bounds
    assert (east - west, (west + east) / 2) == pytest.approx((2.8125 / 2 * 2, 44.4), abs=0.01)
    assert south < 35.4 < north
