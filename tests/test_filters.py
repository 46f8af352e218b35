"""Promises of the filter: SQL, pandas and plain Python select alike."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql

from geo.filters import EPOCH, LAST_DAY, ONLY, PRECISIONS, PROVINCES, TYPES, EventFilter, evidence
from geo.i18n import normalise
from tests.drawn import NAMES, TEXTS, filters

VECTORS = json.loads((Path(__file__).parent / "vectors/filters.json").read_text("utf-8"))
ENGINES = ("sqlite://", "duckdb:///:memory:")
TABLE = sa.Table(
    "events",
    sa.MetaData(),
    sa.Column("row", sa.Integer),
    sa.Column("day_start", sa.Integer),
    sa.Column("day_end", sa.Integer),
    sa.Column("lat", sa.Double),
    sa.Column("lon", sa.Double),
    *(
        sa.Column(name, sa.Text)
        for name in ("event_type", "admin1", "admin1_alt", "search_text", "dataset")
    ),
    *(
        sa.Column(name, sa.Text if isinstance(value, str) else sa.Integer)
        for name, value in evidence.DEFAULTS.items()
    ),
)


def frame_of(rows):
    """Return the canonical columns of rows as they stand in the vectors."""
    nowhere = {"lat": None, "lon": None}
    rows = [evidence.DEFAULTS | nowhere | row | row.get("known", {}) for row in rows]
    frame = pd.DataFrame(rows).rename(columns={"type": "event_type"})
    frame["search_text"] = [normalise(text) for text in frame.pop("text")]
    points = {name: frame[name].astype(float) for name in nowhere}
    frame = frame.assign(dataset=frame.get("dataset", "curated"), **points)
    return frame[[c.name for c in TABLE.c]]


class Held:
    """One frame in a database in memory."""

    def __init__(self, url, frame):
        self.engine = sa.create_engine(url, poolclass=sa.StaticPool)
        with self.engine.begin() as link:
            TABLE.create(link)
        self.hold(frame)

    def hold(self, frame):
        """Replace what the table holds."""
        with self.engine.begin() as link:
            link.execute(TABLE.delete())
            whole = frame.astype(object).where(frame.notna(), None)
            link.execute(TABLE.insert(), whole.to_dict("records"))

    def rows(self, asked):
        """Return the row numbers that the filter's SQL selects."""
        wanted = sa.select(TABLE.c.row).where(asked.where(TABLE)).order_by(TABLE.c.row)
        with self.engine.connect() as link:
            return list(link.execute(wanted).scalars())


def by_pandas(asked, frame):
    return frame.loc[asked.matches(frame), "row"].tolist()


def is_known(asked, row):
    """Tell by the same rules, written again, how an event has to be known."""
    day = asked.asof and (asked.asof - EPOCH).days
    stated = row["date_precision"] == "day" and row["date_basis"] == "stated"
    certain = stated and row["geo_precision"] in ("site", "town")
    today = {
        "certain": certain,
        "contradicted": row["contradicted"] == 1,
        "two_sources": row["n_sources"] >= 2,
        "two_reports": row["n_reports"] >= 2,
        "differs": row["admin1_check"] == "differs",
    }
    always = {name: today[name] for name in ("certain", "differs")}
    then = {name: row.get(f"{name}_from", 0) <= (day or 0) for name in today} | always
    told = day is None or row["known_from"] <= day
    if asked.districts and row["admin2_polygon"] not in asked.districts:
        return False
    near = not asked.precisions or row["geo_precision"] in asked.precisions
    return told and near and all((today if day is None else then)[flag] for flag in asked.only)


def governorates(asked, row):
    if asked.viewpoint == "source":
        return {row["admin1"], row["admin1_alt"]}
    return {row["admin1_ocha" if asked.viewpoint == "ocha" else "admin1_geonames"]}


def is_inside(asked, row):
    """Tell whether a point lies in the rectangle; `None` and what is no number do not."""
    if asked.box is None:
        return True
    west, south, east, north = asked.box
    return pd.notna(row["lat"]) and south <= row["lat"] <= north and west <= row["lon"] <= east


def by_hand(asked, frame):
    """Select by the same rules in a plain loop over the rows."""
    found = []
    for row in frame.to_dict("records"):
        start, end = (EPOCH + timedelta(days=row[name]) for name in ("day_start", "day_end"))
        touches = start <= (asked.date_to or LAST_DAY) and end >= (asked.date_from or date.min)
        here = not asked.provinces or governorates(asked, row) & set(asked.provinces)
        kind = not asked.types or row["event_type"] in asked.types
        text = all(term in row["search_text"] for term in normalise(asked.q).split())
        held = row["dataset"] in (asked.datasets or ("curated",))
        if not is_inside(asked, row):
            continue
        if touches and here and kind and text and held and is_known(asked, row):
            found.append(row["row"])
    return found


# on the corners of the rectangles that `tests.drawn` draws, beside them, and nowhere
SPOTS = [
    (None, None),
    *((lat, lon) for lat in (35.1, 35.0999, 35.5, 36.0001) for lon in (43.9, 44.8, 44.80001)),
]
POINTS = st.sampled_from(SPOTS)


def known(chance):
    """Make up what the claims behind an event would say, unrelated to each other."""
    days = ("known_from", "contradicted_from", "two_sources_from", "two_reports_from")
    return {
        "admin1_ocha": chance(["", *PROVINCES[:3]]),
        "admin1_geonames": chance(["", *PROVINCES[:3]]),
        "date_precision": chance(["day", "day", "month", "year"]),
        "geo_precision": chance(PRECISIONS),
        "contradicted": chance([0, 1]),
        "n_sources": chance([1, 2, 3]),
        "n_reports": chance([1, 2]),
    } | {name: chance([16_100, 17_000, 18_000, 20_000, evidence.NEVER]) for name in days}


@st.composite
def frames(draw, least=1, most=12):
    """Events in few places and types, so that filters meet them."""
    place = st.sampled_from(["", *PROVINCES[:4]])
    rows = []
    for number in range(draw(st.integers(least, most))):
        start = draw(st.integers(16_000, 20_500))
        rows.append(
            {
                "row": number,
                "day_start": start,
                "day_end": start + draw(st.sampled_from([0, 0, 1, 30, 364])),
                "type": draw(st.sampled_from(TYPES[:4])),
                "admin1": draw(place),
                "admin1_alt": draw(place),
                "text": draw(TEXTS),
                **dict(zip(("lat", "lon"), draw(POINTS), strict=True)),
                "dataset": draw(st.sampled_from(["curated", "curated", "ucdp-ged"])),
                "known": known(lambda items: draw(st.sampled_from(items))),
            }
        )
    return frame_of(rows)


@pytest.fixture(scope="module", params=ENGINES, ids=["sqlite", "duckdb"])
def vectors(request):
    return Held(request.param, frame_of(VECTORS["rows"]))


@pytest.mark.parametrize("vector", VECTORS["filters"], ids=lambda vector: vector["why"])
def test_sql_and_pandas_answer_the_shared_vectors(vector, vectors):
    asked, notices = EventFilter.parse(vector["query"])
    frame = frame_of(VECTORS["rows"])
    assert notices == []
    assert vectors.rows(asked) == vector["expect"]
    assert by_pandas(asked, frame) == vector["expect"]
    assert by_hand(asked, frame) == vector["expect"]


@pytest.mark.parametrize("vector", VECTORS["filters"], ids=lambda vector: vector["why"])
def test_the_vectors_integers_say_what_their_address_says(vector):
    asked, _ = EventFilter.parse(vector["query"])
    first, last = asked.days
    assert (vector["from"], vector["to"]) == (first or 0, 65535 if last is None else last)
    provinces = asked.provinces if asked.viewpoint == "source" else ()
    assert (tuple(vector["types"]), tuple(vector["admin1"])) == (asked.types, provinces)
    rest = asked.beyond_columns()
    assert vector["masked"] == (rest != EventFilter(viewpoint=asked.viewpoint))
    assert vector["mask"] == (by_hand(rest, frame_of(VECTORS["rows"])) if vector["masked"] else [])


def test_the_vectors_ask_for_every_way_of_knowing():
    """SQL, pandas and the browser are all asked each viewpoint, precision and restriction."""
    asked = [EventFilter.parse(vector["query"])[0] for vector in VECTORS["filters"]]
    assert {one.viewpoint for one in asked} == {"source", "ocha", "geonames"}
    assert {flag for one in asked for flag in one.only} == set(ONLY)
    assert {flag for one in asked if one.asof for flag in one.only} == set(ONLY)
    assert {word for one in asked for word in one.precisions} == set(PRECISIONS)
    assert len({one.box for one in asked}) > 3


def test_the_vectors_rows_stand_in_the_order_of_the_store():
    rows = VECTORS["rows"]
    order = [(row["day_start"], row["day_end"]) for row in rows]
    days = [(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows]
    assert order == sorted(order)
    assert order == [((first - EPOCH).days, (last - EPOCH).days) for first, last in days]
    assert [row["row"] for row in rows] == list(range(len(rows)))


SQLITE = Held("sqlite://", frame_of(VECTORS["rows"]))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(frames(), filters(provinces=PROVINCES[:5], types=TYPES[:5]))
def test_sql_pandas_and_plain_python_select_the_same_rows(frame, asked):
    SQLITE.hold(frame)
    expected = by_hand(asked, frame)
    assert by_pandas(asked, frame) == expected
    assert SQLITE.rows(asked) == expected


def random_events(chance, size):
    """Many events from one seed, for the engine that is slow to fill."""
    for number in range(size):
        start = chance.randint(16_000, 20_500)
        yield {
            "row": number,
            "day_start": start,
            "day_end": start + chance.choice([0, 0, 1, 30, 364]),
            "type": chance.choice(TYPES[:5]),
            "admin1": chance.choice(["", *PROVINCES[:4]]),
            "admin1_alt": chance.choice(["", "", *PROVINCES[:4]]),
            "text": " ".join(chance.sample(NAMES, 2)),
            **dict(zip(("lat", "lon"), chance.choice(SPOTS), strict=True)),
            "known": known(chance.choice),
        }


@pytest.fixture(scope="module")
def duckdb():
    frame = frame_of(list(random_events(random.Random(35), 300)))  # noqa: S311 - a fixed seed is meant
    return Held(ENGINES[1], frame), frame


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(filters(provinces=PROVINCES[:5], types=TYPES[:6]))
def test_duckdb_selects_the_same_rows(duckdb, asked):
    held, frame = duckdb
    assert held.rows(asked) == by_pandas(asked, frame) == by_hand(asked, frame)


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (postgresql.dialect(), "(strpos(events.search_text, %(has_text_1)s::VARCHAR) > 0)"),
        (mysql.dialect(), "(POSITION(%s IN events.search_text) > 0)"),
        (sa.create_engine(ENGINES[0]).dialect, "(instr(events.search_text, ?) > 0)"),
    ],
    ids=["postgresql", "any other", "sqlite"],
)
def test_a_text_is_sought_sign_for_sign_on_every_engine(dialect, expected):
    text = str(EventFilter(q="50%_\\").where(TABLE).compile(dialect=dialect))
    assert expected in text
    assert "LIKE" not in text


def test_the_index_of_the_frame_is_kept():
    frame = frame_of(VECTORS["rows"]).set_index("row", drop=False).iloc[::-2]
    found = EventFilter(provinces=("IQ-KI",)).matches(frame)
    assert found.index.equals(frame.index)
    assert found.dtype == bool


def test_an_empty_frame_has_no_match():
    frame = frame_of(VECTORS["rows"]).iloc[:0]
    assert EventFilter(q="K1", types=("vote",)).matches(frame).empty
