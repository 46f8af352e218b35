"""More events than can be shown at once: pages, bounded lists and drawings, and what is said."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from geo import datasets, export, tables
from geo.filters import EPOCH, EventFilter
from geo.server import downloads
from geo.server.answers import RefusedError
from geo.store import Store
from geo.store.kept import Kept
from geo.ui import histogram, paging
from tests import foreign, synthetic
from tests.conftest import free_port, map_frame, running, settle

EVENTS = synthetic.events(600)
ALL = EventFilter()
ASKED = [
    ALL,
    EventFilter(date(2016, 3, 10), date(2018, 2, 1), provinces=("IQ-KI", "IQ-NI")),
    EventFilter(box=(44, 34, 46, 36), types=("armed_clash", "vote")),
    EventFilter(provinces=("IQ-DI",), box=(44, 34, 46, 36), q="talks"),
]


@pytest.fixture(scope="module")
def held():
    with Store.of(EVENTS, "duckdb:///:memory:") as opened:
        yield opened


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_all_figures_come_of_one_query(held, asked) -> None:
    """What is shown, and what of it has no point, is what the rows say; once asked, it is known."""
    sent: list[str] = []
    sa.event.listen(held._engine, "before_cursor_execute", lambda *of: sent.append(of[2]))
    held._numbers = Kept(9)
    found = held.figures(asked)
    rows = EVENTS[asked.matches(EVENTS)]
    assert (found.shown, found.without_point) == (len(rows), int(rows["lat"].isna().sum()))
    assert held.count_range(asked) == (found.least, found.shown, found.most)
    assert held.left_out(asked) == (found.no_governorate, found.no_point)
    assert len(sent) == 1


def test_lists_without_a_point_are_bounded(held) -> None:
    """The first events are given, the same as of the whole list."""
    whole, some = held.unlocated(ALL), held.unlocated(ALL, 20)
    assert len(whole) > len(some) == 20
    pd.testing.assert_frame_equal(some, whole.head(20))


@pytest.mark.parametrize("asked", ASKED[:2], ids=str)
def test_an_event_knows_its_place(held, asked) -> None:
    """So many matching events stand before it; one that does not match has no place."""
    ids = list(held.events(asked)["event_id"])
    assert [held.before(asked, one) for one in (ids[0], ids[7], ids[-1])] == [0, 7, len(ids) - 1]
    others = set(EVENTS["event_id"]) - set(ids)
    assert [held.before(asked, one) for one in [*sorted(others)[:1], "nobody"]][-1:] == [None]
    assert held.ids_of([3, 5]) == list(EVENTS["event_id"][[3, 5]])


def test_answers_are_kept_by_use() -> None:
    """Of three questions two are remembered; what was asked last stays."""
    kept, made = Kept(2), []

    def answer(question: str) -> str:
        made.append(question)
        return question.upper()

    assert [kept.get(one, partial(answer, one)) for one in "abacab"] == list("ABACAB")
    assert made == list("abcb")


def test_stretches_add_up_day_by_day() -> None:
    """However many intervals cross, each day has the events that it can mean; few are drawn."""
    rows = EVENTS[EVENTS["day_end"] > EVENTS["day_start"]]
    uncertain = rows.groupby(["day_start", "day_end"]).size().reset_index(name="n")
    found = histogram.stretches(uncertain)
    for first, last, n in found[::9]:
        for day in ((first - EPOCH).days, (last - EPOCH).days):
            assert n == ((rows["day_start"] <= day) & (rows["day_end"] >= day)).sum()
    few = histogram._merged(found, 20)
    assert len(few) <= 20 < len(found)
    assert (few[0][0], few[-1][1]) == (found[0][0], found[-1][1])
    assert max(n for *_, n in few) == max(n for *_, n in found)


def test_too_many_for_a_file_are_told(held, monkeypatch) -> None:
    """A file above the limit is refused with both numbers; one below is made."""
    desk = downloads.Desk(tables.load, lambda _: held, lambda: ("curated",), lambda: None, None)
    monkeypatch.setattr(downloads, "MOST_EVENTS", 599)
    monkeypatch.setattr(export, "to_bytes", lambda *_: (b"", "x", "y"))
    with pytest.raises(RefusedError, match="file takes: 599; these are 600"):
        desk._make(downloads.Wish.parse({"format": "csv"}))
    assert desk._make(downloads.Wish.parse({"format": "csv", "type": "vote"})).filename == "x"


@pytest.mark.browser
def test_a_table_of_more_than_one_page(tmp_path: Path, chromium) -> None:
    """Pages turn, the order turns them over, and the page of a chosen event is opened."""
    day = date(2014, 1, 1)
    days = [str(day + timedelta(n)) for n in range(600)]
    rows = [{"id": str(n), "date_start": one, "date_end": one, "where_prec": "1" if n % 4 else "6"}
            for n, one in enumerate(days)]  # fmt: skip
    order = datasets.Order(foreign.written(tmp_path, foreign.ged(*rows), "ged.csv"), name="ged")
    datasets.import_file(tables.load(), order, home=tmp_path / "home" / "datasets")
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page = chromium.new_page()
        page.goto(f"{address}/events?dataset=ged&lang=en&event=300")
        told = page.locator(".st-key-paging [role=status]")
        expect(told).to_have_text("251 to 500 of 600", timeout=30_000)
        page.locator(".st-key-page_end button").click()
        expect(told).to_have_text("501 to 600 of 600")
        expect(page.locator(".st-key-page_on button")).to_be_disabled()
        settle(page)
        page.goto(f"{address}/?dataset=ged&lang=en")
        assert map_frame(page).evaluate("window.tansiq.state().shown") == 450
        expect(page.get_by_text("The first 100 of 150 are listed.")).to_be_visible()
        page.close()
    assert paging.PAGE == 250


CLICKED = """() => { const l = tansiq.test.layer(); const o = l.sheet.local([0, 0]);
  const m = l.marks.filter((k) => k.n === 1).sort((a, b) => a.x - b.x || a.y - b.y)[0];
  return [m.x - o.x, m.y - o.y]; }"""
TOLD = ("total", "shown", "matched", "from", "to", "mode", "selected", "filter", "centres",
        "zoom", "center", "messages", "problems")  # fmt: skip


@pytest.mark.browser
def test_a_dashboard_that_asks_for_windows_is_the_same(tmp_path, chromium, dashboard) -> None:
    """Above the setting the map holds no columns, and is, selects and plays as one that does."""
    port, found = free_port(), []
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path), TANSIQ_MAP_LIMIT="50") as address:
        for one in (dashboard, address):
            page, asked = chromium.new_page(), []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(f"{one}/?lang=en&from=2017-01-01&to=2021-06-30&province=IQ-KI")
            frame = map_frame(page)
            settle(page)
            first = frame.evaluate("tansiq.state()")
            x, y = frame.evaluate(CLICKED)
            page.locator("iframe[title*='st_folium']").click(position={"x": x, "y": y})
            page.wait_for_url("**event=EVT**")
            settle(page)
            chosen = frame.evaluate("tansiq.state()")
            windows = sum("/tansiq/view/" in url for url in asked)
            assert sum("/tansiq/mask/" in url for url in asked) == (0 if one == address else 1)
            found.append([{key: state[key] for key in TOLD} for state in (first, chosen)])
            page.close()
    assert found[0] == found[1]
    assert len(found[1][1]["selected"]) == 1
    assert 1 <= windows <= 3
