"""A reader's own file: read by the same code, seen by its session alone, and let go."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest
from playwright.sync_api import Page, expect

from geo import boundaries, columns, datasets, export, server, tables
from geo.address import View
from geo.filters import UPLOAD, EventFilter
from geo.formats import RefusedFileError
from geo.server.answers import RefusedError
from geo.server.uploads import Settings, Uploads
from tests import foreign, regions
from tests.conftest import free_port, map_frame, open_context, running, settle

HEAD = "id,date,lat,lon,title,type,admin1\n"
MINE = HEAD + (
    "A 1,2021-05-23,35.5,44.4,Mine one,vote,Kirkuk\n"
    "A 2,1995-01-02,35.6,44.5,Mine two,vote,Kirkuk\n"
    "A 3,10/11/2017,35.6,44.5,Mine three,vote,Kirkuk\n"
    "A 4,2021-05-24,NaN,44.5,Mine four,vote,Kirkuk\n"
)
OWN = EventFilter(uploaded="alone")


@pytest.fixture
def state(tmp_path: Path, monkeypatch) -> server.AppState:
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    return server.AppState()


def left(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")} | {
        path.name for path in Path(gettempdir()).glob("tansiq-upload-*")
    }


def test_the_same_rules_and_an_account_of_every_row(state, client) -> None:
    """Accepted and rejected add up; each rejected row stands in the report with its reason."""
    told = []
    found = state.uploads.take(MINE.encode(), "mine.csv", progress=lambda *at: told.append(at))
    made = found.manifest
    assert (made.rows, made.accepted, made.rejected) == (4, 2, 2)
    assert made.reasons == {"ambiguous_date": 1, "not_finite": 1}
    assert told[-1][1] == 4
    answer = client.get(f"/tansiq/upload/{found.token}/rejects.csv")
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "4", "5"]
    assert 'filename="rejects.csv"' in answer.headers["content-disposition"]
    assert state.uploads.take(MINE.encode(), "mine.csv", "day-first").manifest.accepted == 3


def test_nothing_of_it_stays(state, tmp_path: Path) -> None:
    """No file is left, nor a data set for others, nor a store on the disk; also where it fails."""
    state.holdings.store(())
    before = left(tmp_path)
    found = state.uploads.take(MINE.encode(), "mine.csv")
    assert state.uploads.store(found.token, ()).size == 97 + 2
    with pytest.raises(RefusedFileError):
        state.uploads.take(b"a,b\n1,2\n", "odd.csv")
    assert left(tmp_path) == before
    assert state.holdings.names() == ("curated",)


def test_it_is_laid_over_the_data_sets_or_shown_alone(state) -> None:
    """Both are counted by the filter, in words too; no address and no view of others has it."""
    found = state.uploads.take(MINE.encode(), "mine.csv")
    both = state.uploads.store(found.token, ())
    asked = EventFilter(uploaded="beside")
    assert (both.count(asked), both.count(EventFilter())) == (99, 97)
    assert both.count(OWN) == state.uploads.store(found.token, (), alone=True).count(OWN) == 2
    assert asked.to_query() == {}
    assert "your file" in asked.sentence("en")
    assert View(filter=asked, event="upload:A 1").to_query() == {}
    assert state.store.count(asked) == 97
    rows = both.events(asked)
    assert set(rows[rows["dataset"] == UPLOAD]["event_id"]) == {"upload:A 1", "upload:A 2"}


def test_answers_under_its_token_are_kept_by_nobody(state, client) -> None:
    """Columns, meaning, mask and event come with no-store and without a digest to ask again by."""
    found = state.uploads.take(MINE.encode(), "mine.csv")
    store = state.uploads.store(found.token, (), alone=True)
    call = columns.call(store, View(filter=OWN))
    assert len(store.version) == 32
    for path in (f"columns/{store.version}.bin", f"meta/{store.version}/en.json",
                 f"mask/{store.version}/{call['mask']}.bin",
                 f"event/0.json?version={store.version}", f"upload/{found.token}/rejects.csv",
                 f"download?format=csv&upload={store.version}"):  # fmt: skip
        answer = client.get(f"/tansiq/{path}")
        assert (path, answer.status) == (path, 200)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
    state.uploads.drop(found.token)
    for path in (f"columns/{store.version}.bin", f"mask/{store.version}/{call['mask']}.bin",
                 f"download?format=csv&upload={store.version}",
                 f"upload/{found.token}/rejects.csv"):  # fmt: skip
        assert client.get(f"/tansiq/{path}").status == 404


def test_files_have_the_readers_events_and_only_by_the_token(state, client) -> None:
    """A download with the token has them; the address in it leads to what everybody may see."""
    found = state.uploads.take(MINE.encode(), "mine.csv")
    token = state.uploads.store(found.token, ()).version
    rows = export.read_csv(client.get(f"/tansiq/download?format=csv&upload={token}").body)
    assert (len(rows), set(rows["dataset"])) == (99, {"curated", UPLOAD})
    assert token not in rows.to_csv()
    assert "mine.csv: licence not stated" in rows["licences"][0]
    refused = client.get(f"/tansiq/download?format=prov&upload={token}")
    assert refused.status == 400
    assert len(export.read_csv(client.get("/tansiq/download?format=csv").body)) == 97


def placed(home: Path, folder: Path) -> None:
    """Add governorates and districts, of which the second of the rows below lies in Diyala's."""
    for level in ("adm1", "adm2"):
        regions.added(folder, home, level)


PLACED = HEAD + (
    "A 1,2021-05-23,35.1,44.1,One,vote,Kirkuk\nA 2,2021-05-24,35.1,44.6,Two,vote,Kirkuk\n"
    "A 3,2021-05-25,35.1,44.3,Three,vote,\nA 4,2021-05-26,50,10,Four,vote,Kirkuk\n"
)


def test_its_points_are_placed_in_the_operators_areas(state, client, tmp_path: Path) -> None:
    """Governorate and district by polygon stand beside its own, are counted, and can be asked."""
    placed(tmp_path / "home", tmp_path)
    before = left(tmp_path)
    found = state.uploads.take(PLACED.encode(), "mine.csv")
    assert found.manifest.agreement == {"agree": 1, "differs": 1, "no_source": 1,
                                        "no_polygon": 1, "no_point": 0}
    assert left(tmp_path) == before
    for alone in (True, False):
        store = state.uploads.store(found.token, (), alone=alone)
        asked = EventFilter(uploaded="alone" if alone else "beside", only=("differs",))
        rows = store.events(asked)
        assert list(rows["event_id"]) == ["upload:A 2"]
        assert list(rows[["admin1", "admin1_polygon"]].iloc[0]) == ["IQ-KI", "IQ-DI"]
        asked = replace(asked, only=(), districts=("IQG13Q02",))
        assert list(store.events(asked)["event_id"]) == ["upload:A 3"]
    key = boundaries.read("adm1").about.key
    answer = client.get(f"/tansiq/placed/{store.version}/{key}.bin")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")


def test_damaged_boundaries_keep_no_file_out(state, tmp_path: Path) -> None:
    """What is whole is compared with, what is not is left out, and the file is read."""
    placed(tmp_path / "home", tmp_path)
    (tmp_path / "home" / "boundaries" / "adm2.json").write_text("{")
    found = state.uploads.take(PLACED.encode(), "mine.csv")
    assert (found.manifest.agreement["differs"], found.manifest.districts) == (1, 0)
    (tmp_path / "home" / "boundaries" / "adm1.json").write_text("{")
    found = state.uploads.take(PLACED.encode(), "mine.csv")
    assert (found.manifest.agreement, found.manifest.accepted) == ({}, 4)


def several(held: Uploads, many: int) -> list[str]:
    return [held.take(f"{HEAD}X{n},2021-01-01,35,44,T{n},vote,\n".encode(), "a.csv").token
            for n in range(many)]  # fmt: skip


@pytest.mark.slow
def test_files_of_one_name_never_meet(state) -> None:
    """Twenty sessions that bring files of one name see each their own rows."""
    held = Uploads(lambda: state.package, state.holdings.store, Settings(held=20))
    for n, token in enumerate(several(held, 20)):
        assert list(held.store(token, (), alone=True).every()["event_id"]) == [f"upload:X{n}"]


def test_it_expires_when_no_page_shows_it(state) -> None:
    """What is shown is held on; the rest is let go when its time is over, and in the end all."""
    now = [0.0]
    held = Uploads(lambda: state.package, state.holdings.store, Settings(minutes=1),
                   clock=lambda: now[0])  # fmt: skip
    mine = several(held, 3)
    now[0] = 59
    version = held.store(mine[0], ()).version
    now[0] = 61
    assert [n for n, token in enumerate(mine) if held.get(token)] == [0]
    now[0] = 200
    assert (held.get(mine[0]), held.of_version(version)) == (None, None)


def test_limits_are_settings(state, monkeypatch) -> None:
    """Size, rows and number of files are refused by the limit that is set, before the rest."""
    monkeypatch.setenv("TANSIQ_UPLOAD_ROWS", "3")
    monkeypatch.setenv("TANSIQ_UPLOAD_MB", "1")
    monkeypatch.setenv("TANSIQ_UPLOAD_HELD", "1")
    held = Uploads(lambda: state.package, state.holdings.store)
    with pytest.raises(RefusedFileError, match="more than 3 rows"):
        held.take(MINE.encode(), "mine.csv")
    with pytest.raises(RefusedFileError, match="1000000 are allowed"):
        held.take(b"x" * 1_000_001, "big.csv")
    held.take((HEAD + "X,2021-01-01,35,44,T,vote,\n").encode(), "one.csv")
    with pytest.raises(RefusedError):
        held.take((HEAD + "Y,2021-01-01,35,44,T,vote,\n").encode(), "two.csv")


def test_a_session_that_is_forgotten_takes_its_file_along(state, monkeypatch) -> None:
    """The session holds the file by one object; when that goes, so does the file."""
    from geo.ui import sets  # noqa: PLC0415 # streamlit is loaded for the pages alone

    monkeypatch.setattr(server, "process_state", lambda: state)
    found = state.uploads.take(MINE.encode(), "mine.csv")
    session = {"upload": sets.Held(found.token)}
    assert state.uploads.get(found.token)
    session.clear()
    gc.collect()
    assert state.uploads.get(found.token) is None


def test_a_tab_that_is_closed_takes_its_file_along(state) -> None:
    """A connection that broke may come back; who stays away is taken to have left."""
    from geo.ui import leaving  # noqa: PLC0415 # belongs to the pages

    here, now = {"one", "two"}, [0.0]
    door = leaving.Door(state.uploads, here.__contains__, lambda: now[0])
    door._looking = True  # looked round by hand
    one, two = several(state.uploads, 2)
    door.watch(one, "one")
    door.watch(two, "two")
    here.remove("one")
    for now[0] in (60.0, 119.0):
        assert door.look()
    assert state.uploads.get(one)
    now[0] = 121.0
    assert door.look()
    assert (state.uploads.get(one), bool(state.uploads.get(two))) == (None, True)
    state.uploads.drop(two)
    assert not door.look()


def test_a_damaged_data_set_is_told_and_nothing_fails(state, tmp_path: Path, monkeypatch) -> None:
    """What cannot be opened is not shown; the curated events stand in its place."""
    from geo.ui import sets  # noqa: PLC0415 # streamlit is loaded for the pages alone

    home = tmp_path / "home" / "datasets"
    order = datasets.Order(foreign.written(tmp_path, foreign.ged({}), "ged.csv"), name="ged")
    made = datasets.import_file(tables.load(), order, home=home).manifest
    monkeypatch.setattr(server, "process_state", lambda: state)
    monkeypatch.setattr(sets.st, "session_state", {})
    assert sets.store(("ged",)).size == 1
    state.holdings._held.clear()
    (home / made.parquet).write_bytes(b"PAR1")
    assert sets.broken(("ged",))
    assert sets.store(("ged",)) is state.store


# ---------------------------------------------------------------- in the browser
@pytest.fixture
def house(tmp_path: Path) -> Iterator[str]:
    placed(tmp_path / "home", tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        yield address


def brought(page: Page, house: str, path: Path) -> None:
    page.goto(f"{house}/data?lang=en")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_test_id("stFileChipName")).to_have_text(path.name)
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("[data-report]")).to_be_visible(timeout=20_000)
    settle(page)


@pytest.mark.browser
def test_a_file_on_the_map_of_its_tab_alone(house, chromium, watch, tmp_path: Path) -> None:
    """Report, map and panel have the reader's rows; address and other tabs know nothing of it."""
    context = open_context(chromium, watch)
    page = context.new_page()
    brought(page, house, foreign.written(tmp_path, MINE, "mine.csv"))
    expect(page.locator("[data-report]")).to_contain_text("Day and month could be exchanged")
    # both points lie in the governorate above the one that the file names
    expect(page.locator("[data-report]")).to_contain_text("in the source: 0, another: 2,")
    page.get_by_role("link", name="Open the map").click()
    frame = map_frame(page)
    frame.wait_for_function("window.tansiq.state().total === 99")
    expect(page.locator(".st-key-count b")).to_have_text("99")
    settle(page)
    expect(page.locator(".st-key-district")).to_be_visible()
    version = frame.evaluate("window.tansiq.state().version")
    assert "upload" not in page.url
    assert version not in page.url
    other = context.new_page()
    other.goto(page.url)
    assert map_frame(other).evaluate("window.tansiq.state().total") == 97
    for key in ("dataset", "district"):
        expect(other.locator(f".st-key-{key}")).to_have_count(0)
    assert watch.errors == []
    context.close()
