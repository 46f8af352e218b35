"""Stories and frames of other sites, in a real browser: what a reader and an editor do."""

from __future__ import annotations

import html
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from markupsafe import Markup
from playwright.sync_api import Frame, Page, expect

from geo import i18n, stories, tables
from geo.address import View
from tests.conftest import map_frame, open_context, settle, some_now

pytestmark = pytest.mark.browser

MAY = stories.load(tables.load())["may-2021"]


def shows(page: Page, frame: Frame, number: int, lang: str = "en") -> None:
    """Wait until card, map, dates and selection are those of a step, and the address says so."""
    step = MAY.steps[number - 1]
    expect(page.locator(".ts-tour")).to_have_attribute("data-step", str(number), timeout=20_000)
    expect(page.locator(".ts-tour h2")).to_have_text(step.titles[lang])
    first, last = step.view.filter.days
    frame.wait_for_function(
        """([first, last, chosen, lat, lon, z]) => {
          const s = window.tansiq.state();
          return s.ready && s.from === first && s.to === last && s.zoom === z
            && s.selected.join() === chosen && Math.abs(s.center[0] - lat) < 1e-6
            && Math.abs(s.center[1] - lon) < 1e-6; }""",
        arg=[first, last, step.view.event, step.view.lat, step.view.lon, step.view.z],
        timeout=20_000,
    )
    page.wait_for_url(re.compile(rf"story=may-2021&step={number}&.*z="))
    view, notices = View.from_text(urlsplit(page.url).query)
    assert (view.story, view.step, notices) == (MAY.name, number, [])


def press(page: Page, name: str) -> None:
    button = page.locator(f".st-key-tour_{name} button").first
    button.focus()
    page.keyboard.press("Enter")


def test_next_and_previous_move_map_dates_selection_and_address(dashboard, page, watch):
    """By keyboard, from the list of stories; filters of the sidebar give way to the step's."""
    page.goto(f"{dashboard}/?province=IQ-DI&q=Khanaqin")
    frame = map_frame(page)
    settle(page)
    page.locator(".st-key-story_may-2021 button").first.click()
    shows(page, frame, 1)
    assert page.locator(".st-key-search input").input_value() == ""
    for name, number in (("next", 2), ("next", 3), ("back", 2)):
        press(page, name)
        shows(page, frame, number)
        settle(page)
        assert page.evaluate("document.activeElement.closest('.st-key-tour') !== null")
    page.go_back()
    shows(page, frame, 3)
    assert (watch.elsewhere, watch.errors) == ([], [])


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("number", "lang"),
    [pytest.param(3, "en", marks=SLOW), pytest.param(6, "ar", marks=SLOW), (8, "ckb")],
)
def test_a_step_is_an_address(dashboard, page, watch, number, lang):
    """The short address opens the whole step, with its sources; the ends lead no further."""
    page.goto(f"{dashboard}/?story=may-2021&step={number}&lang={lang}")
    frame = map_frame(page)
    shows(page, frame, number, lang)
    sources = page.locator(".ts-tour-sources li")
    claims = tables.load().frames["claims"].set_index("claim_id")["source_id"]
    assert sources.count() == len({claims[one] for one in MAY.steps[number - 1].claim_ids})
    assert page.locator(".ts-tour-sources a[rel~='noopener']").count() == sources.count()
    at_end = page.locator(".st-key-tour_next button").first
    assert at_end.is_disabled() == (number == len(MAY.steps))
    assert (i18n.words(lang)("story.draft") in page.locator(".ts-tour").inner_text()) == (
        lang != "en"
    )
    assert watch.errors == []


def test_the_reader_may_leave_a_step_and_come_back(dashboard, page):
    """Another filter is told beside the step; closing keeps what is shown."""
    page.goto(f"{dashboard}/?story=may-2021&step=2")
    frame = map_frame(page)
    shows(page, frame, 2)
    note = page.locator(".st-key-tour .ts-note")
    assert note.count() == 0
    page.locator(".st-key-later button").first.click()
    expect(note).to_be_visible()
    press(page, "return")
    shows(page, frame, 2)
    expect(note).to_have_count(0)
    press(page, "close")
    expect(page.locator(".st-key-tour")).to_have_count(0)
    expect(page.locator(".st-key-stories")).to_be_visible()
    page.wait_for_url(re.compile(r"from=2021-05-17&to=2021-05-20&event=EVT-055(?!.*story)"))


def test_what_a_story_does_not_have_is_said(dashboard, page, watch):
    """A step beyond the last opens the first; a story that is not there opens the page."""
    page.goto(f"{dashboard}/?story=may-2021&step=99")
    shows_first = page.locator(".ts-tour[data-step='1']")
    expect(shows_first).to_be_visible(timeout=20_000)
    assert "99" in page.locator(".st-key-notices .ts-note").inner_text()
    page.goto(f"{dashboard}/?story=no-such")
    assert "no-such" in page.locator(".st-key-notices .ts-note").inner_text()
    assert watch.errors == []


def test_the_map_moves_once_for_each_number(dashboard, page):
    """An older number, or the same in a new frame, leaves the reader's view alone."""
    page.goto(dashboard)
    frame = map_frame(page)
    go = "(go) => { tansiqParts.travel.follow(tansiq.test.layer(), go); }"
    frame.evaluate(go, [9e12, 353000, 441000, 900])
    frame.wait_for_function("() => tansiq.state().zoom === 9 && tansiq.state().center[1] === 44.1")
    frame.evaluate("() => map_div.setView([33, 44], 8, {animate: false})")
    for number in (9e12, 8e12):
        frame.evaluate(go, [number, 353000, 441000, 900])
    frame.evaluate("() => { tansiq.test.layer().went = 0; }")
    frame.evaluate(go, [9e12, 353000, 441000, 900])
    page.wait_for_timeout(300)
    assert frame.evaluate("() => tansiq.state().zoom") == 8


# ---------------------------------------------------------------- a frame of another site
class Article(BaseHTTPRequestHandler):
    """A page of another site, with the frame that its address asks for."""

    def do_GET(self) -> None:  # noqa: D102
        asked = parse_qs(urlsplit(self.path).query)
        body = Markup(
            '<!doctype html><title>x</title><iframe src="{}" width="{}" height="{}" '
            'style="border:0"></iframe>'
        ).format(*(asked.get(key, [""])[0] for key in ("src", "w", "h")))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(str(body).encode())

    def log_message(self, *_: object) -> None:  # noqa: D102
        pass


@pytest.fixture(scope="module")
def article():
    """The address of a page on another host name and port than the dashboard's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Article)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


MONTH = "from=2021-05-01&to=2021-05-31&event=EVT-057"


@pytest.mark.parametrize(
    ("lang", "width", "height"), some_now([("ar", 360, 480), ("en", 900, 560)], 1)
)
def test_another_site_shows_map_dates_and_the_way_back(  # noqa: PLR0913, PLR0917
    dashboard, chromium, watch, article, lang, width, height
):
    """In a frame of another origin: no sidebar, no navigation, nothing cut off or to scroll."""
    context = open_context(chromium, watch, viewport={"width": 1000, "height": 700})
    page = context.new_page()
    source = f"{dashboard}/?embed=true&{MONTH}&lang={lang}"
    page.goto(f"{article}?w={width}&h={height}&src={source.replace('&', '%26')}")
    outer = page.wait_for_selector("iframe").content_frame()
    frame = map_frame_in(outer)
    back = outer.locator("a.ts-back")
    assert (back.get_attribute("target"), back.get_attribute("rel")) == (
        "_blank",
        "noopener noreferrer",
    )
    assert MONTH in back.get_attribute("href")
    for part in ("stSidebar", "stTopNavLink", "stExpandSidebarButton"):
        assert outer.locator(f"[data-testid={part}]:visible").count() == 0
    for key in ("details", "steps", "counts"):
        assert outer.locator(f".st-key-{key}").count() == 0
    main = "(d) => { const m = document.querySelector('[data-testid=stMain]'); return m[d]; }"
    assert (outer.evaluate(main, "scrollWidth"), outer.evaluate(main, "scrollHeight")) == (
        width,
        height,
    )
    # the map fills its frame, its attribution is in sight
    holds(frame, "map_div.getSize().y === innerHeight && innerHeight > 150")
    seen = frame.evaluate("() => tansiq.state()")
    assert (seen["language"], seen["selected"], seen["shown"]) == (lang, ["EVT-057"], 10)
    assert frame.locator(".tq-credit").is_visible() and frame.locator(".tq-legend").is_visible()
    # the dates are the reader's, the address and the way back follow
    thumb = outer.locator(".st-key-dates [role='slider'], .st-key-dates input[type='range']").first
    thumb.focus()
    page.keyboard.press("ArrowRight")
    holds(outer, "/embed=true.*from=2021-05-02/.test(location.search)")
    frame.evaluate("() => map_div.setView([35, 44], 8, {animate: false})")
    holds(outer, "/from=2021-05-02.*z=8/.test(document.querySelector('a.ts-back').search)")
    context.close()
    assert (watch.elsewhere, [e for e in watch.errors if "404" not in e]) == ([], [])


def map_frame_in(outer: Frame) -> Frame:
    """The map's frame inside another one, once it has painted."""
    handle = outer.wait_for_selector("iframe[title*='st_folium']", timeout=30_000)
    frame = handle.content_frame()
    holds(frame, "window.tansiq && window.tansiq.state().ready")
    return frame


def holds(frame: Frame, condition: str) -> None:
    """Wait until it holds; Playwright's own way loses frames of another site."""
    for _ in range(400):
        if frame.evaluate(f"() => Boolean({condition})"):
            return
        frame.wait_for_timeout(100)
    pytest.fail(f"never held: {condition}")


@pytest.mark.parametrize("path", some_now(["", "events"], 1))
def test_the_snippet_is_offered_with_the_present_view(dashboard, page, path):
    """On the map and on the page of events: an absolute address, its parts escaped."""
    page.goto(f"{dashboard}/{path}?{MONTH}&q=K1&lang=ckb&story=may-2021&step=3")
    page.locator(".st-key-embed_offer button").first.click(timeout=30_000)
    code = page.locator("[data-testid=stPopoverBody] code").inner_text()
    source = html.unescape(re.search(r'src="([^"]*)"', code)[1])
    shown = MONTH.replace("&event", "&q=K1&event")
    assert source == f"{dashboard}/?embed=true&{shown}&lang=ckb"
    direction = "(e) => getComputedStyle(e).direction"
    assert page.locator(".ts-snippet pre").evaluate(direction) == "ltr"
    assert re.search(r'title="[^"]+" width="100%" height="640"', code)


def test_the_snippet_takes_the_place_of_the_map_along(dashboard, page, window) -> None:
    """What is copied opens where the reader has moved the map, not where the page began."""
    window.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{dashboard}/?{MONTH}&lang=en&lat=33.3&lon=44.4&z=9")
    frame = map_frame(page)
    page.locator(".st-key-embed_offer button").first.click(timeout=30_000)
    frame.evaluate("() => tansiq.test.layer().map.panBy([200, 0], {animate: false})")
    longitude = f"{frame.evaluate('tansiq.state().center[1]'):.4f}"
    expect(page.locator(".ts-snippet code")).to_contain_text(f"lon={longitude}&amp;z=9")
    page.locator("button.ts-copy").click()
    expect(page.locator("button.ts-copy")).to_have_text(i18n.words("en")("embed.copied"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".ts-snippet code").inner_text()
    assert f"{dashboard}/?embed=true&amp;{MONTH.replace('&', '&amp;')}" in copied
