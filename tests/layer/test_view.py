"""Promises of the layer: the view is the reader's own, and stands in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from geo import palette
from geo.i18n import LANGS
from tests.js.site import Site
from tests.layer.frame import CALL, STATE, apply, start

pytestmark = pytest.mark.browser


def test_no_call_moves_the_view_and_no_move_calls_python(page: Page, site: Site) -> None:
    """50 calls leave centre, zoom and canvases alone; dragging and zooming send nothing."""
    start(page, site)
    page.mouse.move(700, 300)
    page.mouse.down()
    page.mouse.move(560, 350, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -240)
    page.wait_for_function("() => tansiq.state().zoom > 7 && !map_div._animatingZoom")
    before = page.evaluate(STATE)
    page.evaluate("() => { window.kept = [...document.querySelectorAll('canvas.tq-sheet')]; }")
    for seq in range(2, 52):
        page.evaluate("(c) => tansiq.apply(c)", CALL | {"seq": seq, "to": 16000 + 10 * seq})
    after = apply(page, 52)
    assert (after["center"], after["zoom"]) == (before["center"], before["zoom"])
    assert page.evaluate("() => kept.every((c) => c.isConnected)")
    assert page.evaluate("() => sent") == []


def test_a_hundred_calls_do_not_grow_the_heap(page: Page, site: Site) -> None:
    """After a warm start 100 filter changes grow the heap by less than a fifth."""
    start(page, site, "set=heap")
    devtools = page.context.new_cdp_session(page)

    def used(first: int) -> float:
        page.evaluate(
            """async ([call, first]) => { for (let seq = first; seq < first + 100; seq++) {
          (window.feature_group = window.feature_group || []).push(L.featureGroup());
          tansiq.apply({...call, seq, types: 2 * (seq % 9)});
          await new Promise(requestAnimationFrame); } }""",
            [CALL, first],
        )
        devtools.send("HeapProfiler.collectGarbage")
        return float(devtools.send("Runtime.getHeapUsage")["usedSize"])

    assert used(2) * 1.2 > used(102)
    assert page.evaluate("() => feature_group.length") < 3


def test_the_view_is_read_from_the_address_and_kept_in_it(page: Page, site: Site) -> None:
    """The frame starts where the page's address says, writes its moves, and puts them back."""
    page.goto(f"{site.address}/around.html?from=2021-05-01&lat=35.4&lon=44.4&z=8&q=a%2Cb")
    frame = page.frames[1]
    frame.wait_for_function("() => window.tansiq && tansiq.state().zoom === 8")
    assert frame.evaluate(STATE)["center"] == pytest.approx([35.4, 44.4], abs=1e-3)
    frame.evaluate("() => map_div.setZoom(9, {animate: false})")
    page.wait_for_function("() => location.search.endsWith('q=a%2Cb&lat=35.4000&lon=44.4000&z=9')")
    page.evaluate("() => history.replaceState(null, '', '?from=2021-06-01')")
    page.wait_for_function(
        "() => location.search === '?from=2021-06-01&lat=35.4000&lon=44.4000&z=9'"
    )


def test_an_address_without_a_view_is_left_alone(page: Page, site: Site) -> None:
    """Nothing is written until the reader moves the map."""
    start(page, site, "from=2021-05-01")
    page.wait_for_timeout(500)
    assert page.evaluate("() => location.search") == "?from=2021-05-01"


def test_a_frame_that_grows_before_the_reader_moves_begins_again(page: Page, site: Site) -> None:
    """What a small frame began with is no move of the reader's: the address is left alone."""
    page.set_viewport_size({"width": 400, "height": 300})
    start(page, site, "from=2021-05-01")
    page.set_viewport_size({"width": 1000, "height": 640})
    page.wait_for_function("() => tansiq.state().zoom === 7")
    page.wait_for_timeout(500)
    assert page.evaluate("() => location.search") == "?from=2021-05-01"
    page.evaluate("() => map_div.panBy([50, 0], { animate: false })")
    page.wait_for_function("() => location.search.includes('&lat=')")


def test_the_tab_remembers_the_view_for_the_next_frame(page: Page, site: Site) -> None:
    """Another frame begins where the last one was; an address of its own and a new tab do not."""
    page.goto(f"{site.address}/around.html?lat=35.4&lon=44.4&z=8")
    page.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom === 8")
    page.goto(f"{site.address}/around.html?lang=ar")
    page.wait_for_function("() => location.search === '?lang=ar&lat=35.4000&lon=44.4000&z=8'")
    told = page.frames[1].evaluate(STATE)
    assert (told["zoom"], told["center"]) == (8, pytest.approx([35.4, 44.4], abs=1e-3))
    page.goto(f"{site.address}/around.html?lat=36.2&lon=44&z=9")
    page.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom === 9")
    page.goto(f"{site.address}/around.html")
    page.wait_for_function("() => location.search === '?lat=36.2000&lon=44.0000&z=9'")
    with page.context.new_page() as fresh:
        fresh.goto(f"{site.address}/around.html")
        fresh.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom < 8")
        fresh.wait_for_timeout(500)
        assert fresh.evaluate("() => location.search") == ""


def test_a_frame_that_is_given_no_picture_is_painted(page: Page, site: Site) -> None:
    """One laid out late may never be called for what it asked: the land comes all the same."""
    page.add_init_script("window.requestAnimationFrame = () => 1;")
    site.bare = False
    page.goto(f"{site.address}/?")
    page.evaluate("(c) => tansiq.apply(c)", CALL)
    middle = "() => { const { canvas } = tansiq.test.layer().ground;"
    middle += " const [x, y] = [canvas.width / 2, canvas.height / 2];"
    middle += " return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]; }"
    home = tuple(bytes.fromhex(palette.colour("home")[1:]))
    page.wait_for_function(
        f"(home) => String(({middle})().slice(0, 3)) === String(home)", arg=home, polling=100
    )


def test_links_to_take_away_carry_filter_view_and_size(page: Page, site: Site) -> None:
    """A picture is asked for with the address, the extent and the size of what is seen."""
    start(page, site, "from=2021-05-01&lang=ar&format=x")
    page.click(".tq-menu summary")
    page.wait_for_selector(".tq-menu a[href*='social-wide']")
    links = page.eval_on_selector_all(
        ".tq-menu a", "(all) => all.map((a) => a.getAttribute('href'))"
    )
    wide = next(link for link in links if "social-wide" in link)
    assert wide.startswith(
        "/tansiq/download?format=png&preset=social-wide&theme=light&w=1000&h=640&west="
    )
    assert wide.endswith("&from=2021-05-01&lang=ar&lat=34.9000&lon=44.2000&z=7")
    kinds = {re.search(r"format=(\w+)", link)[1] for link in links}
    tables_ = {"csv", "geojson", "gpkg", "parquet", "package", "prov"}
    assert kinds == {"png", "svg", "pdf", "html", *tables_, "text", "bibtex", "csl"}
    words = "/tansiq/cite?format=text&from=2021-05-01&lang=ar&lat=34.9000&lon=44.2000&z=7"
    assert words in links


UNDER = """() => { const l = tansiq.test.layer(); const f = l.frame;
  const covered = l.panel.covered();
  return l.written.filter((n) => n.style.weight === 700).filter((n) => {
    const b = [n.box[0] - f.left, n.box[1] - f.top, n.box[2] - f.left, n.box[3] - f.top];
    return b[0] < 0 || b[1] < 0 || b[2] > f.view.x || b[3] > f.view.y
      || covered.some((c) => tansiq.test.parts.centres.meets(b, c)); }).map((n) => n.text); }"""


@pytest.mark.parametrize("lang", LANGS)
def test_names_of_centres_keep_off_the_controls(lang: str, page: Page, site: Site) -> None:
    """On a phone no name of the network lies under a control or is cut by the edge."""
    page.set_viewport_size({"width": 336, "height": 480})
    start(page, site, f"lang={lang}&lat=35&lon=44.2&z=6.5")
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.evaluate("() => tansiq.test.layer().sheet.now()")
    assert len(page.evaluate("() => tansiq.test.layer().written")) >= 6
    assert page.evaluate(UNDER) == []
