"""Promises of the address: every state has one, any address gives a state."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address import MOST_UNKNOWN, RESERVED, View
from geo.filters import PROVINCES, TYPES, EventFilter, FilterError
from geo.i18n import LANGS
from tests.known import BOXES, how_known

FULL = (
    "from=2021-05-01&to=2021-05-31&province=IQ-DI,IQ-KI&type=agreement_talks&q=K1"
    "&box=43.9,35.1,44.8,35.9&asof=2021-06-01&viewpoint=ocha&precision=site,none&only=contradicted,two_reports&centres=0"
    "&event=EVT-055&centre=CEN-KRK&story=may-2021&step=3&lang=ar&lat=35.4&lon=44.4&z=8"
)


@st.composite
def views(draw):
    asked = EventFilter(
        date_from=draw(st.none() | st.dates(date(1990, 1, 1), date(2020, 1, 1))),
        date_to=draw(st.none() | st.dates(date(2020, 1, 1), date(2100, 12, 31))),
        provinces=tuple(draw(st.sets(st.sampled_from(PROVINCES), max_size=2))),
        types=tuple(draw(st.sets(st.sampled_from(TYPES), max_size=2))),
        q=draw(st.sampled_from(["", "K1", "كركوك & <b>", "100% + 1", "a=b&c"])),
        box=draw(BOXES),
        **draw(how_known()),
    )
    seen = {}
    if draw(st.booleans()):
        degrees = {"allow_nan": False}
        seen = {
            "lat": draw(st.floats(-90, 90, **degrees)),
            "lon": draw(st.floats(-180, 180, **degrees)),
            "z": draw(st.floats(0, 22, **degrees)),
        }
    return View(
        filter=asked,
        lang=draw(st.sampled_from(LANGS)),
        event=draw(st.sampled_from(["", "EVT-055", "244657"])),
        centre=draw(st.sampled_from(["", "CEN-KRK"])),
        **draw(st.sampled_from([{}, {"story": "may-2021", "step": 1}, {"story": "a", "step": 99}])),
        centres=draw(st.booleans()),
        **seen,
    )


@given(views())
def test_an_address_gives_back_the_view_it_was_written_from(view):
    assert View.from_text(view.to_text()) == (view, [])
    assert View.parse(view.to_query()) == (view, [])


def test_the_order_of_the_address_is_fixed():
    shuffled = "&".join(reversed(FULL.split("&")))
    view, notices = View.from_text(f"?{shuffled}")
    assert (view.to_text(), notices) == (FULL, [])


def test_a_view_with_nothing_chosen_has_an_empty_address():
    assert View().to_text() == ""
    assert View.from_text("") == (View(), [])


def test_the_day_of_knowledge_is_that_of_the_filter():
    assert View.from_text(FULL)[0].known == date(2021, 6, 1)
    assert View().known is None


def test_the_maps_own_view_can_be_left_out():
    view, _ = View.from_text(FULL)
    assert view.to_text(include_view=False) == FULL.partition("&lat=")[0]


def test_numbers_are_written_with_four_decimals_at_most():
    view = View(lat=35.123456, lon=-0.00001, z=7.0)
    assert view.to_query() == {"lat": "35.1235", "lon": "0", "z": "7"}


@pytest.mark.parametrize("key", sorted(RESERVED))
def test_reserved_keys_are_accepted_silently(key):
    assert View.parse({key: "anything"}) == (View(), [])


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("lang=ku", "lang", "choice"),
        ("centres=maybe", "centres", "choice"),
        ("window=century", "window", "choice"),
        ("event=../../x", "event", "id_form"),
        ("centre=%3Cscript%3E", "centre", "id_form"),
        ("event=" + "a" * 65, "event", "id_form"),
        ("lat=91&lon=44&z=8", "lat", "number"),
        ("lat=nan&lon=44&z=8", "lat", "number"),
        ("lat=1e1&lon=44&z=8", "lat", "number"),
        ("lat=35&lon=inf&z=8", "lon", "number"),
        ("lat=35&lon=44&z=99", "z", "number"),
        ("lat=35&lon=44", "lat", "incomplete"),
        ("z=8", "z", "incomplete"),
        ("lang=ar&lang=en", "lang", "repeated"),
        ("foo=1", "foo", "unknown_key"),
        ("from=soon", "from", "date_form"),
        ("asof=yesterday", "asof", "date_form"),
        ("viewpoint=nato", "viewpoint", "choice"),
        ("precision=street", "precision", "choice"),
        ("only=1", "only", "choice"),
        ("box=Kirkuk", "box", "box"),
        ("story=May_2021", "story", "id_form"),
        ("story=../x", "story", "id_form"),
        ("step=2", "step", "no_story"),
    ],
)
def test_what_cannot_be_used_falls_to_its_default_with_one_notice(text, key, reason):
    view, notices = View.from_text(text)
    assert view == View()
    assert [(notice.key, notice.reason) for notice in notices] == [(key, reason)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("lang=AR", "lang=ar"),
        ("centres=1", ""),
        ("window=Month", "window=month"),
        ("window=growing", ""),
        ("lat=٣٥٫٤&lon=٤٤.٤&z=٨", "lat=35.4&lon=44.4&z=8"),
        ("lat=+35.4&lon=44,4&z=8", ""),
        ("event=EVT-055+", "event=EVT-055"),
        ("lat=&lon=&z=", ""),
        ("story=may-2021", "story=may-2021&step=1"),
        ("story=may-2021&step=٣", "story=may-2021&step=3"),
    ],
)
def test_what_can_be_understood_is_kept(text, kept):
    assert View.from_text(text)[0].to_text() == kept


@pytest.mark.parametrize("step", ["0", "100", "-1", "1.5", "two", "9" * 400])
def test_a_step_that_is_none_is_the_first(step):
    view, notices = View.from_text(f"story=may-2021&step={step}")
    assert view == View(story="may-2021")
    assert [notice.key for notice in notices] == ["step"]


def test_keys_of_the_caller_are_not_unknown():
    assert View.parse({"format": "png", "w": "800"}, also=("format", "w")) == (View(), [])


def test_thousands_of_unknown_keys_are_not_thousands_of_notices():
    _, notices = View.parse({f"x{number}": "" for number in range(5000)})
    assert len(notices) == MOST_UNKNOWN


@given(st.text())
def test_any_query_string_gives_a_view(text):
    view, notices = View.from_text(text)
    assert View.from_text(view.to_text()) == (view, [])
    assert all(notice.sentence("ckb") for notice in notices)


KEYS = st.sampled_from([*FULL.replace("&", "=").split("=")[::2], "theme", "x"]) | st.text()


@given(st.dictionaries(KEYS, st.text() | st.lists(st.text(st.characters()), max_size=3)))
def test_any_mapping_gives_a_view(query):
    view, notices = View.parse(query)
    assert View.parse(view.to_query()) == (view, [])
    assert len(notices) <= len(query)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lang": "ku"},
        {"event": "a b"},
        {"window": "century"},
        {"lat": 35.0},
        {"lat": 91.0, "lon": 0.0, "z": 1.0},
        {"lat": float("nan"), "lon": 0.0, "z": 1.0},
        {"story": "../x"},
        {"story": "may-2021", "step": 0},
        {"step": 2},
    ],
)
def test_a_view_that_no_address_could_say_refuses_to_exist(wrong):
    with pytest.raises(FilterError):
        View(**wrong)


def test_a_changed_view_is_a_new_one():
    view = View().replace(lang="ckb", event="EVT-057")
    assert view.to_text() == "event=EVT-057&lang=ckb"
