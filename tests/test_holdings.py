"""Imported data sets beside the curated events: their own store, columns, span and terms."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo import columns, datasets, export, server, snapshot, tables
from geo.address import View
from geo.filters import EventFilter
from geo.i18n import words
from geo.snapshot import scene
from geo.store import version_key
from geo.ui import imported as imported_panel
from tests import foreign
from tests.conftest import free_port, map_frame, running, settle

KIRKUK = {"latitude": "35.47", "longitude": "44.39"}
ROWS = (
    {**KIRKUK, "date_start": "1989-03-01", "date_end": "1989-03-01"},
    {**KIRKUK, "date_start": "2015-06-01", "date_end": "2015-06-05", "date_prec": "2"},
    {**KIRKUK, "where_prec": "6", "type_of_violence": "3"},
)


def imported(folder: Path, home: Path, name: str, text: str) -> datasets.Manifest:
    order = datasets.Order(foreign.written(folder, text, f"{name}.csv"), name=name)
    return datasets.import_file(tables.load(), order, home=home / "datasets").manifest


@pytest.fixture
def state(tmp_path: Path, monkeypatch) -> server.AppState:
    """Give a state with two imported data sets."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    imported(tmp_path, tmp_path / "home", "ged", foreign.ged(*ROWS))
    imported(tmp_path, tmp_path / "home", "other", foreign.acled({}, {}))
    return server.AppState()


def test_each_choice_has_its_own_store(state) -> None:
    """Size, span and version are those of the chosen sets; the curated ones do not change."""
    before = columns.pack(tables.events(state.package))
    held = state.holdings
    assert held.names() == ("curated", "ged", "other")
    ged, both = held.store(("ged",)), held.store(("ged", "other"))
    assert (ged.size, both.size) == (3, 5)
    assert ged.span() == (date(1989, 3, 1), date(2019, 5, 4))
    whole = held.store(("curated", "ged"))
    assert whole.size == len(state.package.frames["events"]) + 3
    assert len({one.version for one in (ged, both, whole, state.store)}) == 4
    assert held.store(()) is held.store(("gone",)) is state.store
    assert columns.pack(state.store.every()) == before


def test_an_import_again_is_another_version(state, tmp_path: Path) -> None:
    """A page that is open keeps the old rows; who comes next gets the new ones."""
    old = state.holdings.store(("ged",))
    imported(tmp_path, tmp_path / "home", "ged", foreign.ged(*ROWS, KIRKUK))
    new = state.holdings.store(("ged",))
    assert (old.size, new.size) == (3, 4)
    assert old.version != new.version
    assert state.holdings.of_version(old.version) is old


def test_routes_answer_for_open_versions(state, client) -> None:
    """Columns, meaning and events of a data set by its version; unknown versions are refused."""
    version = state.holdings.store(("ged",)).version
    assert columns.unpack(client.get(f"/tansiq/columns/{version}.bin").body).n == 3
    meta = client.get(f"/tansiq/meta/{version}/ar.json").json()
    assert (meta["version"], meta["n"], meta["foreign"]) == (version, 3, 1)
    assert "foreign" not in client.get(f"/tansiq/meta/{state.version}/ar.json").json()
    found = client.get(f"/tansiq/event/0.json?version={version}").json()
    assert (found["id"], found["title"]) == ("1000", foreign.GED["dyad_name"])
    ours = client.get("/tansiq/event/0.json").json()
    assert ours["id"].startswith("EVT-")
    for path in ("columns/0123456789abcdef.bin", "event/0.json?version=0123456789abcdef"):
        assert client.get(f"/tansiq/{path}").status == 404


def test_calls_and_masks_name_the_data_set(state, client) -> None:
    """The rows that match are the data set's own; its mask is fetched under its version."""
    store = state.holdings.store(("ged",))
    view = View(filter=EventFilter(datasets=("ged",), types=("armed_clash",)))
    call = columns.call(store, view)
    first = (date(1989, 3, 1) - date(1970, 1, 1)).days
    assert (call["from"], store.count(view.filter)) == (first, 2)
    assert client.get(f"/tansiq/mask/{store.version}/{call['mask']}.bin").status == 200
    assert len(store.unlocated(EventFilter(datasets=("ged",)))) == 1


def test_files_name_the_terms(state) -> None:
    """What is taken away holds the data set's events, licence and attribution."""
    store = state.holdings.store(("ged",))
    asked = EventFilter(datasets=("ged",))
    made = json.loads(export.to_bytes(state.package, store, asked, "geojson").content)
    assert {one["properties"]["dataset"] for one in made["features"]} == {"ged"}
    assert "Uppsala Conflict Data Program" in made["about"]["licences"]
    assert "CC BY 4.0" in made["about"]["licences"]


def test_a_download_by_its_address(state, client) -> None:
    """The route takes the data set from the address; without one it gives the curated events."""
    rows = export.read_csv(client.get("/tansiq/download?format=csv&dataset=other").body)
    assert set(rows["dataset"]) == {"other"}
    rows = export.read_csv(client.get("/tansiq/download?format=csv&q=K1").body)
    assert set(rows["dataset"]) == {"curated"}


@pytest.mark.browser
def test_a_data_set_by_its_name_in_the_address(tmp_path: Path, chromium) -> None:
    """`?dataset=ged` shows the imported events, their span, terms and facts; others are told."""
    imported(tmp_path, tmp_path / "home", "ged", foreign.ged(*ROWS))
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page = chromium.new_page()
        page.goto(f"{address}/?dataset=ged&lang=en&event=1000")
        frame = map_frame(page)
        # what is selected is told by its id as soon as that is fetched
        frame.wait_for_function("() => window.tansiq.state().selected.length > 0")
        shown = frame.evaluate("window.tansiq.state()")
        assert (shown["total"], shown["shown"], shown["selected"]) == (3, 2, ["1000"])
        expect(page.locator(".st-key-details .ts-panel h2")).to_have_text(foreign.GED["dyad_name"])
        expect(page.locator(".st-key-details")).to_contain_text("UCDP GED where_prec 1")
        expect(page.locator(".st-key-counts")).to_contain_text("CC BY 4.0")
        settle(page)
        assert "dataset=ged" in page.url
        page.goto(f"{address}/?dataset=gone&lang=en")
        own = map_frame(page).evaluate("window.tansiq.state()")
        assert own["version"] == version_key(tables.load())
        expect(page.locator(".st-key-notices")).to_contain_text("gone")
        page.close()


def test_the_command_line_takes_data_sets(state, tmp_path: Path, capsys) -> None:
    """An imported set is exported and drawn with its terms; for no such name nothing is written."""
    from geo import cli  # noqa: PLC0415 # sets the process's output up

    for name, mark in (("a.csv", "CC BY 4.0"), ("a.geojson", "CC BY 4.0"), ("a.svg", "CC BY 4.0"),
                       ("a.html", "CC BY 4.0")):  # fmt: skip
        command = "export" if name.endswith(("csv", "json")) else "snapshot"
        assert cli.main([command, "--dataset", "ged", "--out", str(tmp_path / name)]) == 0
        assert mark in (tmp_path / name).read_text("utf-8")
    rows = export.read_csv((tmp_path / "a.csv").read_bytes())
    assert (len(rows), set(rows["dataset"])) == (3, {"ged"})
    assert cli.main(["export", "--dataset", "gone", "--out", str(tmp_path / "b.csv")]) == 2
    assert cli.main(["export", "--dataset", "ged", "--out", str(tmp_path / "b.zip")]) == 2
    assert "claims" in capsys.readouterr().err
    assert not list(tmp_path.glob("b.*"))


def test_terms_are_written_under_a_picture(state) -> None:
    """Licence and attribution of every data set shown can be read below the map."""
    store = state.holdings.store(("ged", "other"))
    view = View(filter=EventFilter(datasets=("ged", "other")))
    shown = scene.scene(state.package, store, view)
    words = " ".join(one.text for one in snapshot.compose(shown).words)
    assert "CC BY 4.0" in words
    assert "ACLED's terms of use" in words


def test_an_imported_event_beside_the_curated_ones(state) -> None:
    """Laid over the curated events it keeps its source's codes and words for the panel."""
    found = state.holdings.store(("curated", "ged")).get("1000")
    manifests = state.holdings.manifests(["ged"])
    assert "UCDP GED where_prec" in imported_panel.event(found, manifests, words("en"))


@pytest.mark.browser
def test_data_sets_are_chosen_in_the_sidebar(tmp_path: Path, chromium) -> None:
    """The chooser writes the address, opens the range and names ACLED's terms."""
    imported(tmp_path, tmp_path / "home", "other", foreign.acled({"event_date": "2019-02-03"}, {}))
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page = chromium.new_page()
        page.goto(f"{address}/events?lang=en")
        chooser = page.locator(".st-key-dataset")
        chooser.get_by_role("combobox").click()
        page.get_by_role("option", name="other").click()
        page.keyboard.press("Escape")
        expect(page.locator(".st-key-count b")).to_have_text("99")
        expect(chooser).to_contain_text("must not be passed on")
        page.wait_for_url("**dataset=curated%2Cother**")
        chooser.get_by_role("button", name="Remove curated events").click()
        expect(page.locator(".st-key-count b")).to_have_text("2")
        expect(page.locator("h1.ts-story")).to_contain_text("3 February 2019 to 23 May 2021")
        # what is clicked before the address is written meets the old one
        page.wait_for_url(lambda url: "dataset=other" in url)
        page.get_by_role("button", name="Reset all filters").click()
        expect(page.locator(".st-key-count b")).to_have_text("97")
        page.close()
