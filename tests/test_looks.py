"""How every page looks, against the pictures that were looked at and kept."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests import looks
from tests.conftest import some_now
from tests.looks import LOOKS, Look

pytestmark = pytest.mark.browser

# each page, language, theme and width
CHOSEN = (
    Look("map", "en", "light", 1440),
    Look("map", "ar", "dark", 360),
    Look("events", "ckb", "dark", 1440),
    Look("story", "ckb", "light", 360),
    Look("centres", "ar", "light", 360),
    Look("contradictions", "ckb", "light", 1440),
    Look("about", "en", "dark", 360),
)
REST = [look for look in LOOKS if look not in CHOSEN]


def fault(chromium: Browser, dashboard: str, look: Look) -> str:
    """What differs, also in a second window: a busy machine may draw a table's columns askew."""
    said = looks.fault(look, looks.drawn(chromium, dashboard, look))
    return said and looks.fault(look, looks.drawn(chromium, dashboard, look))


@pytest.mark.parametrize("look", some_now(CHOSEN, 4), ids=lambda look: look.name)
def test_the_page_looks_as_it_did(dashboard, chromium, look):
    """Nothing has moved, gone or changed its colour without anybody's looking at it."""
    assert fault(chromium, dashboard, look) == ""


@pytest.mark.slow
@pytest.mark.parametrize("look", REST, ids=lambda look: look.name)
def test_every_page_looks_as_it_did(dashboard, chromium, look):
    """The same in every language, theme and width."""
    assert fault(chromium, dashboard, look) == ""


MOVED = [
    (CHOSEN[0], (".st-key-details", ".st-key-time", "h1.ts-story")),
    (CHOSEN[1], (".st-key-details .ts-panel", ".st-key-stories")),  # below the first screen
]


@pytest.mark.parametrize(("look", "parts"), MOVED, ids=["wide", "phone"])
def test_a_panel_moved_by_24_pixels_is_seen_and_half_a_pixel_is_not(
    dashboard, chromium, look, parts
):
    """The comparison can fail, and does not for what another browser's letters would do."""
    move = "(e, by) => { e.style.transform = `translateY(${by}px)`; }"
    with looks.opened(chromium, dashboard, look) as page:
        before = looks.picture(page)
        page.locator(".stApp").evaluate(move, 0.5)
        assert looks.same(before, looks.picture(page))
        page.locator(".stApp").evaluate(move, 0)
        for selector in parts:
            page.locator(selector).first.evaluate(move, 24)
            assert not looks.same(before, looks.picture(page)), selector
            page.locator(selector).first.evaluate(move, 0)


def test_the_way_a_picture_is_kept_makes_no_difference(tmp_path):
    """Packing loses less than a block may; other sizes always differ."""
    drawing = Image.effect_mandelbrot((720, 450), (-2.2, -1.2, 1.0, 1.2), 60).convert("RGB")
    (tmp_path / "x.webp").write_bytes(looks.packed(drawing))
    with Image.open(tmp_path / "x.webp") as kept:
        assert looks.same(drawing, kept.convert("RGB"))
    assert not looks.same(drawing, ImageChops.offset(drawing, 12, 0))
    assert not looks.same(drawing, drawing.crop((0, 0, 700, 450)))


def test_a_missing_reference_is_named():
    """Whoever adds a page learns what to do."""
    said = looks.fault(Look("map", "de", "light", 1440), Image.new("RGB", (720, 450)))
    assert "tests/looks/map-de-light-1440.webp" in said and "make looks" in said


def test_the_references_are_small_and_all_of_use():
    """Three megabytes for all; none of a page that is no more."""
    kept = list(looks.FOLDER.glob("*"))
    assert {path.name for path in kept} <= {look.path.name for look in LOOKS}
    assert sum(path.stat().st_size for path in kept) < 3_000_000
