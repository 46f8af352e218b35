"""The parts of a filter that ask how an event is known: selection, bounds, words, address."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import provenance, tables
from geo.address import View
from geo.filters import EPOCH, ONLY, PRECISIONS, EventFilter
from geo.i18n import LANGS
from tests.known import how_known

PACKAGE = tables.load()
EVENTS = provenance.events(PACKAGE)
MANY = settings(suppress_health_check=list(HealthCheck))
DAYS = st.dates(date(2014, 1, 1), date(2025, 12, 31))


@st.composite
def asked(draw):
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return EventFilter(
        date_from=draw(st.sampled_from([None, first])),
        date_to=draw(st.sampled_from([None, last])),
        provinces=tuple(
            draw(st.lists(st.sampled_from(["IQ-KI", "IQ-AR", "IQ-DI", "IQ-SU"]), max_size=2))
        ),
        **draw(how_known()),
    )


@MANY
@given(asked())
def test_sql_and_frame_select_the_same(store, f):
    assert list(store.events(f)["event_id"]) == list(EVENTS.loc[f.matches(EVENTS), "event_id"])


@MANY
@given(asked())
def test_what_is_shown_lies_between_the_least_and_the_most(store, f):
    """And the least is what stays when every imprecise date or place turns out otherwise."""
    least, shown, most = store.count_range(f)
    assert least <= shown <= most
    rows = store.events(f)
    first, last = f.days
    sure = 0
    for row in rows.to_dict("records"):
        inside = (first is None or row["day_start"] >= first) and (
            last is None or row["day_end"] <= last
        )
        held = f.viewpoint != "source" or row["admin1_alt"] in {"", *f.provinces}
        held = held and (f.viewpoint != "source" or row["admin1"] in f.provinces)
        sure += (row["date_precision"] == "day" or inside) and (not f.provinces or held)
    assert (least, shown) == (sure, len(rows))


@MANY
@given(asked())
def test_the_address_says_it(f):
    again, notices = EventFilter.parse(f.to_query())
    assert (again, notices) == (f, [])
    assert View(filter=f).to_query() == View.parse(f.to_query())[0].to_query()


@MANY
@given(DAYS)
def test_the_days_of_the_store_and_the_smaller_package_agree(store, day):
    """What the store selects by integers is what the package of that day has."""
    known = provenance.as_known(PACKAGE, day)
    events = known.frames["events"]
    assert set(store.events(EventFilter(asof=day))["event_id"]) == set(events["event_id"])
    clash = set(events.loc[events["conflict_groups"] != "", "event_id"])
    found = store.events(EventFilter(asof=day, only=("contradicted",)))
    assert set(found["event_id"]) == clash
    two = set(events.loc[events["n_sources"] > 1, "event_id"])
    found = store.events(EventFilter(asof=day, only=("two_sources",)))
    assert set(found["event_id"]) == two
    again = provenance.events(known)
    several = set(again.loc[again["n_reports"] > 1, "event_id"])
    found = store.events(EventFilter(asof=day, only=("two_reports",)))
    assert set(found["event_id"]) == several


def test_hidden_events_are_counted(store):
    """Shown, told of later and undated ones are all events."""
    f = EventFilter(asof=date(2021, 5, 23))
    later, undated = store.hidden(f)
    assert store.count(f) + later + undated == len(EVENTS)
    assert (later > 0, undated > 0) == (True, True)
    assert store.hidden(EventFilter()) == (0, 0)


def test_imprecise_dates_are_spread(store):
    """A month known only: from its first to its last day."""
    found = store.spread(EventFilter(date_to=date(2014, 6, 30)))
    june = [(date(2014, 6, day) - EPOCH).days for day in (1, 30)]
    assert found.to_numpy().tolist() == [[*june, 1]]


def test_only_contradicted_is_what_a_conflict_names(store):
    found = store.events(EventFilter(only=("contradicted",)))
    assert set(found["event_id"]) == set(
        EVENTS.loc[EVENTS["conflict_groups"].str.len() > 0, "event_id"]
    )


def test_makhmour_counts_where_the_viewpoint_puts_it(store):
    """Sources: Erbil and Nineveh; OCHA and GeoNames: Erbil alone."""
    for viewpoint, erbil, nineveh in (("source", 1, 1), ("ocha", 1, 0), ("geonames", 1, 0)):
        for code, expected in (("IQ-AR", erbil), ("IQ-NI", nineveh)):
            f = EventFilter(provinces=(code,), viewpoint=viewpoint)
            assert ("EVT-058" in set(store.events(f)["event_id"])) == bool(expected)


@pytest.mark.parametrize("lang", LANGS)
def test_each_part_is_said_in_words(lang):
    """A filter that asks for more says more, and no two parts say the same."""
    parts = [
        *({"only": (flag,)} for flag in ONLY),
        *({"precisions": (one,)} for one in PRECISIONS),
        {"viewpoint": "ocha"},
        {"viewpoint": "geonames"},
        {"asof": date(2021, 5, 22)},
    ]
    said = [EventFilter(**part).sentence(lang) for part in parts]
    assert len(set(said)) == len(said)
    assert EventFilter().sentence(lang) not in said


def test_the_base_map_counts_nothing(store):
    """Natural Earth's Baghdad is an eighth of the real one: a governorate is what a claim says."""
    own = EVENTS.loc[(EVENTS["admin1"] == "IQ-BG") | (EVENTS["admin1_alt"] == "IQ-BG"), "event_id"]
    found = store.events(EventFilter(provinces=("IQ-BG",)))
    assert set(found["event_id"]) == set(own)
    assert len(own) > 0
    tally = store.by_province(EventFilter()).set_index("admin1")["n"]
    assert tally["IQ-BG"] == (EVENTS["admin1"] == "IQ-BG").sum()
