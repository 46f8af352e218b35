"""What is missing or broken is a sentence in the reader's language; what is left still works."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo import i18n
from tests import trees
from tests.conftest import map_frame, settle, some_now

pytestmark = pytest.mark.browser
COLOURS = """() => { const seen = new Set();
  for (const canvas of document.querySelectorAll("canvas.tq-sheet")) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 404)
      seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]); }
  return seen.size; }"""
# nothing of ours that a reader should not see
INSIDE = re.compile(r"Traceback|\.py\b|site-packages|Error\b|/(?:home|root|tmp)/|secret")
GROUND = {
    "no relief": lambda ground: (ground / "relief.webp").unlink(),
    "no land": lambda ground: (ground / "land.json").unlink(),
    "half a river": lambda ground: (ground / "rivers.json").write_bytes(b'{"type": "Fea'),
    "no manifest": lambda ground: (ground / "manifest.json").unlink(),
    "nothing": lambda ground: [path.unlink() for path in ground.iterdir()],
}
HIDDEN = "a secret of the server"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the application with one page that fails."""
    made = trees.copied(tmp_path_factory.mktemp("tree"))
    trees.replace(made / "pages/centres.py", "\nbody()\n", f'\nraise RuntimeError("{HIDDEN}")\n')
    return made


@pytest.fixture(scope="module")
def house(tree: Path) -> Iterator[str]:
    """Give the address of that copy's dashboard; what is taken away later is missed at once."""
    with trees.served(tree) as address:
        yield address


@contextmanager
def without(folder: Path, take: Callable[[Path], object]) -> Iterator[None]:
    """Take something out of a folder, and put all of it back afterwards."""
    kept = shutil.copytree(folder, folder.with_name(f"{folder.name}.kept"))
    take(folder)
    yield
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    shutil.rmtree(kept)


def parts(say: i18n.Words, key: str) -> list[str]:
    """Return what stands around the values of a sentence."""
    text = say(key, files="§", reference="§", n="§")
    return [part.strip() for part in text.split("§")]


def seen(page: Page) -> str:
    return page.locator("body").inner_text()


@pytest.mark.parametrize(
    ("lost", "lang"),
    [
        ("layer.js", "ckb"),
        pytest.param("columns.js", "en", marks=pytest.mark.slow),
        pytest.param("layer.css", "ar", marks=pytest.mark.slow),
    ],
)
def test_a_missing_script_is_named_and_the_tables_stay(house, tree, page, lost, lang) -> None:
    """No blank frame: the file's name, and the other page that has the same content."""
    with without(tree / "geo/assets", lambda assets: (assets / lost).unlink()):
        page.goto(f"{house}/?lang={lang}")
        page.wait_for_selector("[role='alert']")
        told = page.locator("[role='alert']").inner_text()
        assert all(part in told for part in [lost, *parts(i18n.words(lang), "app.map_missing")])
        assert page.locator("iframe[title*='st_folium']").count() == 0
        page.goto(f"{house}/events?lang={lang}")
        page.wait_for_selector("[class*='st-key-table'] [role='grid']", state="attached")
        assert not INSIDE.search(seen(page))


@pytest.mark.parametrize(
    ("loss", "lang"), some_now(zip(GROUND, ["en", "ar", "ckb", "en", "ar"], strict=True), 3)
)
def test_without_a_part_of_the_base_map_the_points_are_drawn(house, tree, page, loss, lang) -> None:
    """One sentence on the map; events and centres stand where they stood."""
    with without(tree / "data/basemap", GROUND[loss]):
        page.goto(f"{house}/?lang={lang}")
        frame = map_frame(page)
        state = frame.evaluate("() => tansiq.state()")
        assert state["shown"] > 50 and len(state["centres"]) >= 6
        assert frame.evaluate(COLOURS) > 30
        assert frame.locator(".tq-alert").inner_text() == i18n.words(lang)("map.error_basemap")


def test_without_the_typeface_all_is_drawn(house, page, watch) -> None:
    """The reader's own letters are used; nothing is fetched from elsewhere."""
    page.route("**/*.ttf", lambda route: route.fulfill(status=404))
    page.goto(f"{house}/?lang=ar")
    state = map_frame(page).evaluate("() => tansiq.state()")
    assert (state["total"], state["messages"], watch.elsewhere) == (97, [], [])


@pytest.mark.parametrize("lang", some_now(["ar", "en", "ckb"], 1))
def test_a_page_that_fails_gives_a_reference(house, tree, page, lang) -> None:
    """No path, no traceback, no message; the log has all of it; the other pages work."""
    page.goto(f"{house}/centres?lang={lang}")
    page.wait_for_selector("[data-testid='stAlert']")
    told = page.locator("[data-testid='stAlert']").inner_text()
    reference = re.search(r"[0-9a-f]{8}", told).group()
    assert told == i18n.words(lang)("app.failed", reference=reference)
    assert not INSIDE.search(seen(page))
    log = (tree / "log").read_text("utf-8")
    assert HIDDEN in log[log.index(reference) :]
    page.goto(f"{house}/?lang={lang}")
    assert map_frame(page).evaluate("() => tansiq.state().total") == 97


def test_without_leaflet_the_page_says_so(tmp_path, page, watch) -> None:
    """A package that was not installed is named like a file of ours."""
    tree = trees.copied(tmp_path)
    trees.replace(tree / "geo/vendor.py", '"xstatic.pkg.leaflet"', '"xstatic.pkg.nowhere"')
    with trees.served(tree) as address:
        page.goto(f"{address}/?lang=ar")
        page.wait_for_selector("[role='alert']")
        assert "leaflet.js, leaflet.css" in page.locator("[role='alert']").inner_text()
    assert watch.elsewhere == []


def test_a_broken_row_is_named_and_nothing_else_is_shown(tmp_path, page) -> None:
    """The page says the first fault in three languages; our routes refuse in the one asked."""
    trees.replace(trees.copied(tmp_path) / "data/events.csv", ",P-K1,", ",P-NOWHERE,")
    with trees.served(tmp_path) as address:
        page.goto(address)
        page.wait_for_selector("[data-testid='stCode']")
        asked = f"{address}/tansiq/download?format=csv&lang=ckb"
        refused = page.request.get(asked)
    told = seen(page)
    assert all(i18n.words(lang)("app.data_fault") in told for lang in i18n.LANGS)
    assert re.search(r"events\.csv(:\d+)? \S", told)
    assert not INSIDE.search(told)
    assert refused.status == 503
    assert parts(i18n.words("ckb"), "answers.data_fault")[0] in refused.json()["error"]


def test_a_store_that_cannot_be_opened_tells_no_password(tmp_path, page) -> None:
    """The reader sees a sentence; not even the log has the address with its password."""
    tree = trees.copied(tmp_path)
    with trees.served(tree, TANSIQ_STORE="postgresql://user:secret@127.0.0.1:1/x") as address:
        page.goto(f"{address}/?lang=ar")
        told = page.wait_for_selector("p.ts-note[role='status'][lang='ar'][dir='rtl']")
        settle(page)
        assert not INSIDE.search(seen(page))
        assert told.inner_text() and "secret" not in seen(page)
    assert "user:secret" not in (tree / "log").read_text("utf-8")
