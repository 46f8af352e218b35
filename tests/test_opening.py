"""The first opening of a data set: said by the page, wherever it was asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo import datasets, server, tables
from geo.filters import UPLOAD
from tests import foreign
from tests.conftest import free_port, map_frame, running, settle

MANY = 40
# a dashboard whose data sets take as long to open as large ones do
SLOW = """import sys, time
from geo import cli
from geo.server.holdings import Holdings
opened = Holdings._opened
Holdings._opened = lambda *of: time.sleep(2) or opened(*of)
sys.exit(cli.main(sys.argv[1:]))
"""
# what the page said while it did so
LISTEN = """window.heard = [];
new MutationObserver(() => { const one = document.querySelector('[data-testid="stSpinner"]');
  if (one && one.innerText.trim()) window.heard.push(one.innerText.trim());
}).observe(document, { childList: true, subtree: true, characterData: true });"""


def brought(folder: Path, home: Path, rows: int) -> None:
    text = foreign.ged(*({"latitude": f"{34 + n % 67 / 40:.3f}"} for n in range(rows)))
    order = datasets.Order(foreign.written(folder, text, "ged.csv"), name="ged")
    datasets.import_file(tables.load(), order, home=home / "datasets")


def test_a_choice_opens_nothing_by_itself(tmp_path: Path, monkeypatch) -> None:
    """A set that is not open waits for the next run; one that is open is shown at once."""
    from geo.ui import sets  # noqa: PLC0415 # streamlit is loaded for the pages alone

    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    brought(tmp_path, tmp_path / "home", 1)
    state, session, shown = server.AppState(), {}, []
    monkeypatch.setattr(server, "process_state", lambda: state)
    monkeypatch.setattr(sets.st, "session_state", session)
    monkeypatch.setattr(sets.session, "set_datasets", lambda names, _: shown.append(names))
    assert sets.waiting() is None
    sets.choose([UPLOAD, "ged"], lambda _: pytest.fail("opened"))
    assert (sets.waiting(), shown, state.holdings.is_open(["ged"])) == (("ged",), [], False)
    sets.settle(lambda _: None)
    assert (sets.waiting(), shown) == (None, [[UPLOAD, "ged"]])
    state.holdings.store(["ged"])
    sets.choose(["ged"], lambda _: None)
    sets.choose([], lambda _: None)
    assert (sets.waiting(), shown[1:]) == (None, [["ged"], []])


@pytest.mark.browser
def test_a_choice_in_the_sidebar_says_that_it_is_opened(tmp_path: Path, chromium) -> None:
    """The message names how many events; then they are shown, and the filters stay as they were."""
    brought(tmp_path, tmp_path / "home", MANY)
    port = free_port()
    command = [sys.executable, "-c", SLOW, "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(LISTEN)
        page.goto(f"{address}/?lang=en&province=IQ-KI&q=conflict&lat=35.1&lon=44.2&z=9")
        map_frame(page)
        settle(page)
        assert page.evaluate("heard") == []
        page.locator(".st-key-dataset").get_by_role("combobox").click()
        page.get_by_role("option", name="ged").click()
        page.wait_for_function("heard.some((one) => one.includes('40 events'))")
        page.wait_for_function("location.search.includes('ged')")
        settle(page)
        for part in ("province=IQ-KI", "q=conflict", "lat=35.1", "z=9"):
            assert part in page.url
        expect(page.locator(".st-key-search input")).to_have_value("conflict")
        frame = map_frame(page)
        frame.wait_for_function(f"window.tansiq.state().total === {MANY + 97}")
        page.close()
