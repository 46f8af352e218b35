"""Boundaries on the map: routes, the address, counts of each area and of what lies in none."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from geo import boundaries, columns, server, standalone
from geo.address import View
from geo.filters import EventFilter
from geo.ui import areas
from tests import regions
from tests.conftest import free_port, map_frame, running, settle
from tests.served import Served

COUNTS = {"IQG13Q01": 2, "IQG13Q02": 0, "IQG13Q03": 0, "IQG13Q04": 0}
HOSTILE = "</script><img src=x onerror=window.hit=1>{{7*7}}${window.hit=1}"


def test_routes_give_shapes_and_the_area_of_each_event(tmp_path: Path, monkeypatch) -> None:
    """Names are JSON; numbers follow the rows; another digest or version is refused."""
    monkeypatch.setenv("TANSIQ_HOME", str(regions.home(tmp_path, HOSTILE)))
    state = server.AppState()
    store = state.holdings.store(("ged",))
    key = boundaries.read("adm2").about.key
    served = Served(server.routes(state))
    try:
        found = served.get(f"/tansiq/boundaries/{key}.json").json()
        body = served.get(f"/tansiq/placed/{store.version}/{key}.bin").body
        for path in ("boundaries/0123456789abcdef.json", f"placed/{store.version}/adm2.bin",
                     f"placed/0123456789abcdef/{key}.bin", "boundaries/adm2.json"):
            assert served.get(f"/tansiq/{path}").status == 404
    finally:
        served.stop()
    assert (found["level"], found["terms"]) == ("adm2", "mine: CC0")
    assert found["features"][0]["properties"]["names"]["en"] == HOSTILE
    assert struct.unpack_from("<4sHHI", body) == (b"TSQP", 1, 0, len(regions.EVENTS))
    by_id = dict(zip(store.every()["event_id"], np.frombuffer(body, "<u2", offset=12), strict=True))
    assert by_id == {"1000": 1, "1001": 1, "1002": 0, "1003": 0, "1004": 0}


def test_the_store_counts_what_no_browser_holds(tmp_path: Path, monkeypatch) -> None:
    """By the filter that a call has named and the days of the question; all else is refused."""
    monkeypatch.setenv("TANSIQ_HOME", str(regions.home(tmp_path)))
    monkeypatch.setenv("TANSIQ_MAP_LIMIT", "3")
    monkeypatch.setattr(server.areas, "_STEP", 2)
    state = server.AppState()
    store, key = state.holdings.store(("ged",)), boundaries.read("adm2").about.key
    view = columns.call(store, View(filter=EventFilter(datasets=("ged",))))["view"]
    path, served = f"/tansiq/counts/{store.version}", Served(server.routes(state))
    try:
        answer = served.get(f"{path}/{view}/{key}.json?from=0&to=30000").json()
        assert answer == {"counts": [*COUNTS.values()], "total": len(regions.EVENTS)}
        none = served.get(f"{path}/{view}/{key}.json?from=0&to=1").json()
        assert none == {"counts": [0, 0, 0, 0], "total": 0}
        for part, status in ((f"{view}/0123456789abcdef.json?from=0&to=1", 404),
                             (f"0123456789abcdef/{key}.json?from=0&to=1", 404),
                             (f"{view}/{key}.json?from=2&to=1", 400),
                             (f"{view}/{key}.json", 400)):  # fmt: skip
            assert served.get(f"{path}/{part}").status == status
    finally:
        served.stop()
    numbers = server.areas.rows(boundaries.read("adm2"), store)
    assert server.areas.rows(boundaries.read("adm2"), store) is numbers
    regions.added(tmp_path, tmp_path / "home", "adm2", "Another name")
    assert server.areas.rows(boundaries.read("adm2"), store) is not numbers


def test_the_address_asks_for_areas(tmp_path: Path, monkeypatch) -> None:
    """A level stands in the address; without its boundaries it is left out and told."""
    view, notices = View.parse({"areas": "adm2"})
    assert (view.areas, notices, view.to_query()) == ("adm2", [], {"areas": "adm2"})
    assert View.parse({"areas": "adm9"})[1][0].reason == "choice"
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path))
    assert areas.call(view) == {}
    left, said = areas.addressed(view)
    assert (left.areas, [one.reason for one in said]) == ("none", ["no_boundaries"])
    monkeypatch.setenv("TANSIQ_HOME", str(regions.home(tmp_path, HOSTILE)))
    assert areas.addressed(view) == (view, [])
    assert areas.call(view) == {"bounds": boundaries.read("adm2").about.key}
    asked = View.parse({"district": "IQG13Q01,GONE"})[0]
    left, said = areas.addressed(asked)
    assert (left.filter.districts, [one.value for one in said]) == (("IQG13Q01",), ["GONE"])


@pytest.mark.browser
def test_a_page_to_take_away_draws_them_by_itself(tmp_path: Path, monkeypatch, page, watch) -> None:
    """Counts, colours, names, legend and terms stand in the file; without areas none of it does."""
    monkeypatch.setenv("TANSIQ_HOME", str(regions.home(tmp_path, HOSTILE)))
    state = server.AppState()
    view = View(filter=EventFilter(datasets=("ged",)), areas="adm2", lat=35.12, lon=44.2, z=9)
    store, file = state.holdings.store(("ged",)), tmp_path / "page.html"
    bare = standalone.page(state.package, store, view.replace(areas="none"), state.basemap)
    assert b"IQG13Q01" not in bare
    file.write_bytes(standalone.page(state.package, store, view, state.basemap))
    page.goto(file.as_uri())
    page.wait_for_function("window.tansiq.state().areas")
    found = page.evaluate("window.tansiq.state()")
    assert found["areas"] == {"level": "adm2", "placed": 2, "lost": 3, "n": COUNTS}
    assert "Events per 1,000 km² and district" in page.locator(".tq-legend").inner_text()
    expect(page.locator(".tq-credit-text")).to_contain_text("mine: CC0")
    expect(page.locator("#ts-about")).to_contain_text("mine: CC0")
    page.locator("#ts-areas summary").click()
    first = page.locator("#ts-areas tbody tr").first
    expect(first.locator("td")).to_have_text([HOSTILE, "Kirkuk", "2", "632", "3.17"])
    expect(page.locator("#ts-areas")).to_contain_text("area: 3 of 5")
    painted = page.evaluate("tansiq.test.layer().areas.held.list.map((one) => one.name)[0]")
    assert (painted, page.evaluate("window.hit")) == (HOSTILE, None)
    assert (found["problems"], watch.elsewhere, watch.errors) == ([], [], [])


@pytest.mark.browser
def test_areas_of_a_table_too_large_for_a_browser(tmp_path: Path, chromium) -> None:
    """The same counts, legend and colours, asked of the store; a filter asks anew."""
    port, home = free_port(), str(regions.home(tmp_path))
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=home, TANSIQ_MAP_LIMIT="3") as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/?dataset=ged&lang=en&areas=adm2&lat=35.12&lon=44.2&z=9")
        frame = map_frame(page)
        frame.wait_for_function("window.tansiq.state().areas")
        found = frame.evaluate("window.tansiq.state()")
        assert found["areas"] == {"level": "adm2", "placed": 2, "lost": 3, "n": COUNTS}
        assert (found["problems"], found["messages"]) == ([], [])
        expect(frame.locator(".tq-legend")).to_contain_text("Events not placed: 3 of 5")
        frame.evaluate("() => { const l = tansiq.test.layer(); l.show({ from: 0, to: 1 }); }")
        frame.wait_for_function("window.tansiq.state().areas.placed === 0")
        expect(frame.locator(".tq-legend")).to_contain_text("Events not placed: 0 of 0")
        page.close()


@pytest.mark.browser
def test_districts_are_coloured_and_counted(tmp_path: Path, chromium) -> None:
    """The map counts each area and what lies in none; a foreign name is text and nothing more."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(regions.home(tmp_path, HOSTILE))) as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/?dataset=ged&lang=en&areas=adm2&lat=35.12&lon=44.2&z=9")
        frame = map_frame(page)
        frame.wait_for_function("window.tansiq.state().areas")
        found = frame.evaluate("window.tansiq.state().areas")
        assert found == {"level": "adm2", "placed": 2, "lost": 3, "n": COUNTS}
        legend = frame.locator(".tq-legend")
        expect(legend).to_contain_text("Events per 1,000 km² and district")
        expect(legend).to_contain_text("Events not placed: 3 of 5")
        expect(frame.locator(".tq-credit-text")).to_contain_text("mine: CC0")
        at = frame.evaluate("""() => {
          const { map } = window.tansiq.test.layer();
          const box = map.getContainer().getBoundingClientRect();
          const p = map.latLngToContainerPoint([35.02, 44.02]);
          return [box.left + p.x, box.top + p.y]; }""")
        frame.locator(".tq-map").hover(position={"x": at[0], "y": at[1]}, force=True)
        expect(frame.locator(".tq-tip")).to_contain_text(HOSTILE)
        expect(frame.locator(".tq-tip")).to_contain_text("2 events, 3.2 per 1,000 km²")
        assert frame.evaluate("window.hit") is None
        frame.locator(".tq-legend > summary").click()
        expect(frame.locator(".tq-messages")).to_contain_text("Events not placed: 3 of 5")
        settle(page)
        assert "areas=adm2" in page.url
        table = page.locator(".ts-areas")
        table.locator("summary").click()
        expect(table.locator("tbody tr").first).to_contain_text(HOSTILE)
        expect(table.locator("tbody tr").first.locator("td")).to_have_text(
            ["Kirkuk", "2", "632", "3.17"])
        expect(table).to_contain_text("area: 3 of 5")
        page.goto(f"{address}/?dataset=ged&lang=en&district=IQG13Q01")
        assert map_frame(page).evaluate("window.tansiq.state().shown") == 2
        expect(page.locator(".st-key-district")).to_contain_text(HOSTILE)
        expect(page.locator(".st-key-counts")).to_contain_text("3 in no district are left out")
        page.goto(f"{address}/?lang=en&areas=adm1")
        expect(page.locator(".st-key-notices")).to_contain_text("adm1")
        page.close()
