"""Data sets side by side: each a colour and a shape of its own, in map, legend, bars and files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup
from playwright.sync_api import expect

from geo import (
    basemap,
    columns,
    datasets,
    i18n,
    marks,
    server,
    snapshot,
    standalone,
    tables,
    webmap,
)
from geo.address import View
from geo.filters import EventFilter
from geo.snapshot import scene
from geo.ui import histogram
from tests import foreign
from tests.conftest import free_port, map_frame, running

SETS = ("curated", "ged", "other")
ASKED = EventFilter(datasets=SETS)
CROWD = 4_400


def bring(folder: Path, home: Path, name: str, text: str) -> None:
    order = datasets.Order(foreign.written(folder, text, f"{name}.csv"), name=name)
    datasets.import_file(tables.load(), order, home=home / "datasets")


def crowd() -> str:
    """More events, on more places, than are drawn one by one."""
    return foreign.ged(*({"latitude": f"{34 + n % 67 / 40:.3f}", "longitude": f"{43 + n % 71 / 40}",
                          "where_prec": "1"} for n in range(CROWD)))  # fmt: skip


@pytest.fixture
def state(tmp_path: Path, monkeypatch) -> Iterator[server.AppState]:
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    bring(tmp_path, tmp_path / "home", "ged", foreign.ged({}, {"type_of_violence": "3"}))
    bring(tmp_path, tmp_path / "home", "other", foreign.acled({}, {}, {}))
    return server.AppState()


def test_no_two_data_sets_share_a_shape_or_a_colour() -> None:
    """Whoever does not see the colours tells data sets apart by their shapes."""
    for one, other in combinations(marks.SETS, 2):
        assert one.shape != other.shape
        assert {one.colour, one.colour_dark}.isdisjoint({other.colour, other.colour_dark})
    assert columns.look_of(["x"] * 9)[7:] == [marks.OTHER] * 2


def test_masks_share_the_rows_out(state) -> None:
    """The call names a mask for each data set but the first; together they are all rows, once."""
    store = state.holdings.store(SETS)
    call = columns.call(store, View(filter=ASKED))
    assert "set2" in webmap.literal(call)
    seen = np.zeros(store.size, int)
    for number, size in ((1, 2), (2, 3)):
        found = columns.registered_mask(store.version, str(call[f"set{number}"]))
        bits = np.unpackbits(np.frombuffer(found[16:], np.uint8), bitorder="little")[: store.size]
        assert bits.sum() == size
        seen += bits
    assert (seen.max(), (seen == 0).sum()) == (1, len(state.package.frames["events"]))
    assert not any(key.startswith("set") for key in columns.call(state.store, View()))
    assert columns.sets(state.store.sets, "en") == {}


def test_the_legend_of_a_picture_names_them(state) -> None:
    """A picture of several data sets has their signs, and their names in its language."""
    shown = scene.scene(state.package, state.holdings.store(SETS), View(filter=ASKED, lang="ar"))
    assert set(shown.events["family"]) == {"set0", "set1", "set2"}
    words = " ".join(one.text for one in snapshot.compose(shown, "print").words)
    assert "ged" in words
    assert "other" in words


def test_a_licence_that_nobody_said_is_told_in_the_pictures_language(state) -> None:
    """Below an Arabic picture no English sentence stands."""
    store = state.holdings.store(("ged",))
    store.terms = ("ged: licence not stated",)
    view = View(filter=EventFilter(datasets=("ged",)), lang="ar")
    shown = scene.scene(state.package, store, view)
    assert shown.terms == (f"ged: {i18n.words('ar')('imported.no_licence')}",)


def test_the_page_without_a_network_compares_too(state) -> None:
    """Names, looks and rows of each data set stand in the page itself."""
    ground = basemap.load()
    view = View(filter=ASKED)
    page = standalone.page(state.package, state.holdings.store(SETS), view, ground).decode()
    held = json.loads(re.search(r"<script[^>]*json[^>]*>(.*?)</script>", page, re.DOTALL)[1])
    assert [one["id"] for one in held["map"]["inline"]["meta"]["sets"]] == list(SETS)
    assert {held["call"]["set1"], held["call"]["set2"]} < set(held["map"]["inline"]["masks"])


def test_lanes_are_of_one_height() -> None:
    """One axis and one scale for all lanes; each is named and has its sign."""
    lanes = [("set0", Markup("<i></i>"), "<one>", [(0, 0.1, 100, True)]),
             ("set1", Markup("<i></i>"), "two", [(0.5, 0.1, 25, False)])]  # fmt: skip
    drawn = histogram.lanes(lanes, "months")
    assert re.findall(r"height:(\d+)%", drawn) == ["100", "50"]
    assert "&lt;one&gt;: months" in drawn


@pytest.mark.browser
@pytest.mark.slow
def test_map_legend_and_bars_tell_them_apart(tmp_path: Path, chromium) -> None:
    """Points and, zoomed out on many, cells have the signs of their data sets; so has the axis."""
    bring(tmp_path, tmp_path / "home", "ged", crowd())
    bring(tmp_path, tmp_path / "home", "other", foreign.acled({}, {}, {}))
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page = chromium.new_page()
        for asked, mode, shares in (
            ("curated,other", "points", {"curated": 78, "other": 3}),
            ("curated,ged,other", "density", {"curated": 78, "ged": CROWD, "other": 3}),
        ):
            page.goto(f"{address}/?lang=en&dataset={asked}")
            found = map_frame(page).evaluate("tansiq.state()")
            assert (found["mode"], found["sets"], found["problems"]) == (mode, shares, [])
            expect(page.locator(".ts-lane")).to_have_count(len(shares))
            said = map_frame(page).locator(".tq-legend").inner_text()
            assert all(name in said for name in ("curated events", "other"))
        page.close()
