"""Promises of the store: what it answers, and that its cache can always be rebuilt."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from geo import store
from geo.errors import TansiqError
from geo.filters import ONLY, TYPES, EventFilter, evidence
from geo.i18n import LANGS
from geo.store import engine, patience, pruning
from tests import synthetic
from tests.contract import filters

EVENTS = synthetic.events(600)
ALL = EventFilter()


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Store]:
    """Open one store on a file, as the dashboard does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANSIQ_HOME", str(tmp_path_factory.mktemp("home")))
        with store.Store.of(EVENTS) as opened:
            yield opened


@settings(max_examples=50, deadline=None)
@given(asked=filters())
def test_selects_what_the_filter_selects_in_pandas(held: store.Store, asked: EventFilter) -> None:
    """Rows, counts and frames agree with the filter's own half in pandas, in row order."""
    expected = np.flatnonzero(asked.matches(EVENTS))
    assert held.row_numbers(asked).tolist() == expected.tolist()
    assert held.count(asked) == len(expected) == len(held.events(asked))


@settings(max_examples=50, deadline=None)
@given(asked=filters())
def test_every_tally_adds_up_to_the_count(held: store.Store, asked: EventFilter) -> None:
    """By month, by type and by governorate each event counts exactly once."""
    n = held.count(asked)
    assert held.by_month(asked)["n"].sum() == n
    assert held.by_type(asked)["n"].sum() == n
    assert held.by_province(asked)["n"].sum() == n


@settings(max_examples=100, deadline=None)
@given(asked=filters())
def test_what_is_sure_is_shown_and_what_is_shown_is_possible(
    held: store.Store, asked: EventFilter
) -> None:
    """The three counts follow each other; the most adds what has no governorate or point."""
    least, shown, most = held.count_range(asked)
    left_out = sum(held.left_out(asked))
    assert least <= shown == held.count(asked) <= shown + left_out <= most
    assert asked.box or most == shown + left_out


@settings(max_examples=50, deadline=None)
@given(asked=filters())
def test_inexact_dates_are_spread_over_their_days(held: store.Store, asked: EventFilter) -> None:
    """Each event without an exact day is counted once, under its first and last day."""
    rows = EVENTS[asked.matches(EVENTS) & (EVENTS["date_precision"] != "day")]
    found = held.spread(asked)
    assert found["n"].sum() == len(rows)
    spans = set(zip(rows["day_start"], rows["day_end"], strict=True))
    assert spans == set(zip(found["day_start"], found["day_end"], strict=True))


@settings(max_examples=50, deadline=None)
@given(asked=filters())
def test_what_was_not_yet_known_is_counted(held: store.Store, asked: EventFilter) -> None:
    """Shown and hidden together are what is shown without a day of knowledge."""
    hidden, undated = held.hidden_by_asof(asked), held.undated(asked)
    assert held.count(asked) + hidden == held.count(asked.without("asof"))
    if asked.asof:
        never = EVENTS["known_from"] == synthetic.NEVER
        assert undated == (asked.without("asof").matches(EVENTS) & never).sum()
    assert 0 <= undated <= hidden


@pytest.mark.parametrize(("viewpoint", "column"), [
    ("source", "admin1"), ("ocha", "admin1_ocha"), ("geonames", "admin1_geonames")])
def test_governorates_are_those_of_the_viewpoint(
    held: store.Store, viewpoint: str, column: str
) -> None:
    """The tally follows the column of whom is asked."""
    found = held.by_province(EventFilter(viewpoint=viewpoint))
    assert dict(zip(found["admin1"], found["n"], strict=True)) == EVENTS[column].value_counts(
    ).to_dict()


def test_events_without_evidence_get_defaults() -> None:
    """A table of somebody else's: one source, nothing contradicted, known on no told day."""
    bare = EVENTS.drop(columns=[name for name in evidence.DEFAULTS if name != "geo_precision"])
    with store.Store.of(bare, "duckdb:///:memory:") as opened:
        assert opened.count(EventFilter(only=("certain",))) > 0
        assert opened.count(EventFilter(asof=date(2100, 1, 1))) == 0
        assert [opened.count(EventFilter(only=(flag,))) for flag in ONLY if flag != "certain"] == [
            0, 0, 0, 0]
        assert opened.count_range(ALL) == (len(EVENTS),) * 3


@settings(max_examples=40, deadline=None)
@given(asked=filters())
def test_months_begin_with_the_range(held: store.Store, asked: EventFilter) -> None:
    """An event stands in the month of the later of its start and the range's start."""
    rows = EVENTS[asked.matches(EVENTS)]
    first = store.day_number(asked.date_from) if asked.date_from else 0
    days = [store.EPOCH + timedelta(days=max(day, first)) for day in rows["day_start"].tolist()]
    expected = pd.Series([d.year * 100 + d.month for d in days], dtype="int64").value_counts()
    found = held.by_month(asked)
    assert dict(zip(found["ym"], found["n"], strict=True)) == expected.to_dict()
    assert found["ym"].is_monotonic_increasing


def test_gives_back_the_events_as_they_came(held: store.Store) -> None:
    """Values, missing values, types and order survive; ``row`` is added."""
    found = held.events(ALL)
    assert found["row"].tolist() == list(range(len(EVENTS)))
    pd.testing.assert_frame_equal(found[list(EVENTS.columns)], EVENTS)


@pytest.mark.parametrize("order", [["-day_start"], ["fatalities_best"], ["-fatalities_best"],
                                   ["event_type", "-lat"]])
def test_orders_and_pages(held: store.Store, order: list[str]) -> None:
    """Pages put together are the whole, ties by row, missing values last."""
    whole = held.events(ALL, order=order)
    parts = [held.events(ALL, order=order, limit=170, offset=at) for at in (0, 170, 340, 510)]
    assert pd.concat(parts)["row"].tolist() == whole["row"].tolist()
    kinds = [not name.startswith("-") for name in order]
    expected = EVENTS.sort_values([name.removeprefix("-") for name in order], ascending=kinds,
                                  kind="stable", na_position="last")
    assert whole["row"].tolist() == expected.index.tolist()


def test_refuses_an_order_by_something_else(held: store.Store) -> None:
    """Only canonical columns can be ordered by."""
    with pytest.raises(TansiqError, match="cannot be ordered"):
        held.events(ALL, order=["random(); drop table"])


def test_finds_one_event(held: store.Store) -> None:
    """By id or row number: plain values, None for a missing number, None when unknown."""
    row = int(EVENTS["lat"].isna().to_numpy().argmax())
    found = held.at(row)
    assert found is not None
    assert found == held.get(found["event_id"])
    assert (found["row"], found["lat"]) == (row, None)
    assert type(found["n_sources"]) is int
    assert held.get("no such") is held.at(-1) is held.at(len(EVENTS)) is None


def test_names_what_has_no_place(held: store.Store) -> None:
    """Events without a point are listed; those without a governorate are counted."""
    asked = EventFilter(date_from=date(2016, 1, 1), provinces=("IQ-KI",))
    open_ = asked.matches(EVENTS) | (EventFilter(date_from=asked.date_from).matches(EVENTS)
                                     & (EVENTS["admin1"] == ""))
    assert held.count(asked) + held.left_out(asked)[0] == open_.sum()
    assert held.unlocated(ALL)["row"].tolist() == np.flatnonzero(EVENTS["lat"].isna()).tolist()


def test_spans_all_events(held: store.Store) -> None:
    """The span runs from the first start to the last end."""
    first, last = (store.day_number(day) for day in held.span())
    assert (first, last) == (EVENTS["day_start"].min(), EVENTS["day_end"].max())


def test_derives_integers_for_months_and_cells() -> None:
    """The month and the point in Web Mercator are whole numbers, missing without a point."""
    found = store.derive(EVENTS)
    here = found[found["lat"].notna()].iloc[0]
    x, y = (here[one] / 2**28 for one in ("mx", "my"))
    assert x == pytest.approx((here["lon"] + 180) / 360, abs=1e-8)
    # of the sphere's Mercator, written the other way: y grows with the inverse Gudermannian
    north = math.log(math.tan(math.pi / 4 + math.radians(here["lat"]) / 2))
    assert y == pytest.approx(0.5 - north / math.tau, abs=1e-8)
    assert here["ym"] == int(here["date_start"][:4] + here["date_start"][5:7])
    assert found["mx"].isna().sum() == EVENTS["lat"].isna().sum()


def test_answers_many_threads_at_once(held: store.Store) -> None:
    """Eight threads of forty queries get what one gets, each on its own connection."""
    asked = [EventFilter(types=(kind,)) for kind in TYPES[:8]]
    expected = [held.row_numbers(f).tolist() for f in asked]
    wrong: list[int] = []

    def work(i: int) -> None:
        wrong.extend(i for _ in range(40) if held.row_numbers(asked[i]).tolist() != expected[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give a test its own folder for what can be rebuilt."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_one_file_a_version(home) -> None:
    """The same data opens the same file; other data gets another; no part is left."""
    for frame in (EVENTS, EVENTS, EVENTS.iloc[:50]):
        with store.Store.of(frame) as opened:
            assert opened.count(ALL) == len(frame)
    named = list(home.glob(f"events-*-v{engine.SCHEMA}.duckdb"))
    assert len(list(home.iterdir())) == len(named) == 2


def test_an_open_file_is_shared_not_replaced(home) -> None:
    """A second opening leaves the file as it is, and both answer."""
    with store.Store.of(EVENTS) as one:
        before = [(p.name, p.stat().st_ino) for p in home.iterdir()]
        with store.Store.of(EVENTS) as two:
            assert one.count(ALL) == two.count(ALL)
        assert [(p.name, p.stat().st_ino) for p in home.iterdir()] == before


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_a_damaged_file_is_built_anew(home, damage: bytes | None) -> None:
    """An empty, foreign or cut file in the cache costs nothing but the time to rebuild."""
    with store.Store.of(EVENTS):
        path = next(home.glob("*.duckdb"))
    path.write_bytes(path.read_bytes()[:9000] if damage is None else damage)
    with store.Store.of(EVENTS) as opened:
        assert (opened.count(ALL), opened.notice) == (len(EVENTS), "")


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch) -> None:
    """The events are then held in memory, with a notice; threads see them all."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "file" / "home"))
    with store.Store.of(EVENTS) as opened:
        assert (opened.count(ALL), opened.notice) == (len(EVENTS), "store.in_memory")
        other = threading.Thread(target=opened.count, args=(ALL,))
        other.start()
        other.join()


def test_keeps_few_old_files(home) -> None:
    """Files of older data are removed beyond the newest few."""
    for n in range(1, 8):
        store.Store.of(EVENTS.iloc[:n]).close()
    assert len(list(home.iterdir())) == pruning.KEPT_FILES + 1


def test_cleans_up_after_killed_builds(home) -> None:
    """A part of yesterday is removed, one of now belongs to somebody."""
    home.mkdir()
    for name, age in (("old", 90_000), ("new", 10)):
        (home / f".events-{name}.part").touch()
        os.utime(home / f".events-{name}.part", (time.time() - age,) * 2)
    store.Store.of(EVENTS).close()
    assert [path.name for path in home.glob(".*")] == [".events-new.part"]


def test_two_may_build_at_once(home) -> None:
    """Both end with the same file and the same answers; no part is left."""
    got: list[int] = []

    def work() -> None:
        with store.Store.of(EVENTS) as opened:
            got.append(opened.count(ALL))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, len(list(home.iterdir()))) == ([600, 600], 1)


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_any_engine_gives_the_same_rows(home, tmp_path, held: store.Store, scheme: str) -> None:
    """A store of a given URL answers like the default one, also when it is opened again."""
    asked = EventFilter(date_from=date(2015, 5, 5), provinces=("IQ-NI", "IQ-KI"), q="k")
    for _ in range(2):
        with store.Store.of(EVENTS, f"{scheme}:///{tmp_path / 'named.db'}") as opened:
            pd.testing.assert_frame_equal(opened.events(asked), held.events(asked))
            pd.testing.assert_frame_equal(opened.by_month(asked), held.by_month(asked))
            assert opened.get("EVT-0000007") == held.get("EVT-0000007")
    assert not home.exists()


@pytest.mark.parametrize("url", ["nonsense", "oracle-of-delphi://x", "duckdb:////no/such/dir/x.db"])
def test_a_url_that_cannot_be_used(url: str) -> None:
    """The reader gets one sentence, without the URL, for it may hold a password."""
    with pytest.raises(TansiqError, match=r"^The store of the given URL cannot be opened\.$"):
        store.Store.of(EVENTS, url)


@pytest.mark.parametrize("url", ["duckdb:///:memory:", "duckdb://", "sqlite://"])
def test_a_store_in_memory_is_one_for_all_threads(url: str) -> None:
    """Every connection meets the same database, and two stores never share one."""
    got: list[int] = []
    with store.Store.of(EVENTS, url) as opened, store.Store.of(EVENTS, url) as second:
        asked = [EventFilter(q="k1")] * 10
        threads = [threading.Thread(target=lambda: got.extend(map(opened.count, asked)))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), set(got)) == (80, {second.count(asked[0])})


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_an_engine_that_does_not_answer(scheme: str) -> None:
    """Whatever the engine raises is one sentence of ours, without statement or URL."""
    with store.Store.of(EVENTS, f"{scheme}://") as opened:
        with opened._engine.begin() as connection:
            opened.events_table.drop(connection)
        for ask in (lambda: opened.count(ALL), lambda: opened.events(ALL), lambda: opened.at(0)):
            with pytest.raises(TansiqError, match=r"^The store of the events did not answer\.$"):
                ask()


def test_no_events_at_all(home) -> None:
    """An empty table answers everything with nothing."""
    with store.Store.of(EVENTS.iloc[:0]) as opened:
        assert opened.count(ALL) == len(opened.by_month(ALL)) == len(opened.events(ALL)) == 0
        assert opened.span() == (store.EPOCH, store.EPOCH)


def test_events_without_a_needed_column() -> None:
    """The columns that lack are named."""
    with pytest.raises(TansiqError, match="lack the columns admin1_alt, search_text"):
        store.Store.of(EVENTS.drop(columns=["search_text", "admin1_alt"]))


def test_a_changed_cell_changes_the_digest() -> None:
    """One other letter, type or column name makes another store."""
    one = store.derive(EVENTS)
    changed = [one.assign(title_en=["x", *one["title_en"][1:]]), one.rename(columns={"ym": "my"}),
               one.assign(n_sources=one["n_sources"].astype("int32"))]
    assert len({engine.digest(frame) for frame in (one, *changed)}) == 4


def long_question(held: store.Store) -> None:
    """Ask for all triples of events: some hundred million."""
    a, b, c = (held.events_table.alias() for _ in range(3))
    held._ask(sa.select(sa.func.count().label("n")).where(
        a.c.row * b.c.row % 7 < c.c.row, a.c.lat * b.c.lon * c.c.lat > 0))


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_a_question_that_takes_too_long(scheme: str, monkeypatch) -> None:
    """It is stopped, told in words of three languages, and the next one is answered."""
    monkeypatch.setenv("TANSIQ_TIME_LIMIT", "0.2")
    with store.Store.of(EVENTS, f"{scheme}://") as opened:
        for _ in range(2):
            with pytest.raises(store.StoreError) as stopped:
                long_question(opened)
            assert stopped.value.reason == "slow"
            assert "0.2" in stopped.value.sentence("en")
            assert len({stopped.value.sentence(lang) for lang in LANGS}) == len(LANGS)
            assert opened.count(ALL) == len(EVENTS)


@pytest.mark.parametrize("said", ["soon", "-1", "nan", "1e99"])
def test_a_limit_of_time_that_is_none(monkeypatch, said: str) -> None:
    """A wrong setting is told before anything is opened."""
    monkeypatch.setenv("TANSIQ_TIME_LIMIT", said)
    with pytest.raises(TansiqError, match="TANSIQ_TIME_LIMIT: expected a number of seconds"):
        store.Store.of(EVENTS, "duckdb://")


def test_no_limit_of_time(monkeypatch) -> None:
    """Zero is none; what is unset is twenty seconds."""
    monkeypatch.delenv("TANSIQ_TIME_LIMIT", raising=False)
    assert patience.limit_s() == 20
    monkeypatch.setenv("TANSIQ_TIME_LIMIT", "0")
    with store.Store.of(EVENTS, "duckdb://") as opened:
        assert opened.count(ALL) == len(EVENTS)


def test_a_named_file_that_may_only_be_read(home, tmp_path) -> None:
    """Once filled, it is opened by many at once, and by whom may not write."""
    url = f"duckdb:///{tmp_path / 'named.db'}"
    store.Store.of(EVENTS, url).close()
    before = (tmp_path / "named.db").stat().st_mtime_ns
    with store.Store.of(EVENTS, url) as one, store.Store.of(EVENTS, url) as two:
        assert one.count(ALL) == two.count(ALL) == len(EVENTS)
    assert (tmp_path / "named.db").stat().st_mtime_ns == before
