"""Promises of the layer where the store is asked window by window: it looks and acts the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from geo.columns import views
from tests.conftest import Watch
from tests.js import events
from tests.js.site import Site
from tests.layer.frame import STATE, apply, start

pytestmark = pytest.mark.browser

PICTURE = "() => tansiq.test.layer().sheet.canvas.toDataURL()"
MARKS = "() => tansiq.test.layer().marks.flatMap((m) => [m.x, m.y, m.n, m.r, m.ring])"
LEGEND = "() => document.querySelector('.tq-legend').innerText"
CROWD, HEAP = events.crowd(5000, 5000), events.crowd(6000, 40)


@pytest.fixture(scope="module")
def site(site: Site) -> Iterator[Site]:
    """Serve the crowds a second time, window by window."""
    stores = []
    for name, frame in (("far-few", events.few()), ("far-crowd", CROWD), ("far-heap", HEAP)):
        site.sets[name], store = events.far(frame)
        stores.append(store)
    yield site
    for store in stores:
        store.close()


def far(page: Page, site: Site, query: str, **call: object) -> dict[str, object]:
    """Open the map of a set that is asked window by window."""
    return start(page, site, query, view="0123456789abcdef", **call)


ALL_SINGLE, NONE_SINGLE = 20_000, 10


@pytest.mark.parametrize(("query", "single"), [
    ("crowd", ALL_SINGLE), ("crowd", NONE_SINGLE), ("crowd&lat=36&lon=44&z=6", NONE_SINGLE),
    ("heap", ALL_SINGLE), ("crowd&lat=35.2&lon=44.3&z=9", ALL_SINGLE),
])  # fmt: skip
def test_it_looks_the_same(query: str, single: int, page: Page, site: Site, monkeypatch) -> None:
    """Events that come singly, or as numbers of cells, give the very same density or marks."""
    monkeypatch.setattr(views, "MOST_SINGLE", single)
    near = start(page, site, f"set={query}")
    picture, legend, marks = (page.evaluate(one) for one in (PICTURE, LEGEND, MARKS))
    found = far(page, site, f"set=far-{query}")
    same = ("mode", "total", "shown", "matched", "zoom", "center", "problems", "messages")
    assert {key: found[key] for key in same} == {key: near[key] for key in same}
    assert page.evaluate(LEGEND) == legend
    if near["mode"] == "density":
        assert page.evaluate(PICTURE) == picture
    else:  # positions are floats around another middle, so edges are smoothed otherwise
        assert page.evaluate(MARKS) == pytest.approx(marks, abs=0.05)


def test_a_choice_names_rows_of_the_data(page: Page, site: Site, watch: Watch) -> None:
    """A click in a window sends the row numbers that it sends of a table held whole."""
    sent = []
    for name in ("heap", "far-heap"):
        far(page, site, f"set={name}&lat=35.2&lon=44.3&z=9", to=17500)
        at = page.evaluate(
            """() => { const l = tansiq.test.layer(); const o = l.sheet.local([0, 0]);
          const mine = l.marks.filter((m) => m.x - o.x > 300 && m.x - o.x < 700
            && m.y - o.y > 200 && m.y - o.y < 400).sort((a, b) => a.x - b.x)[0];
          return [mine.x - o.x, mine.y - o.y]; }"""
        )
        page.mouse.click(*at)
        page.wait_for_function("() => sent.length === 1")
        sent.append(page.evaluate("() => [sent[0].rows, sent[0].of]"))
    assert sent[0] == sent[1]
    assert len(sent[0][0]) > 10
    # what Python makes of it is marked, also after the window has gone elsewhere and come back
    page.evaluate("() => { map_div.setView([33.5, 42.5], 9, {animate: false}); }")
    apply(page, 2, view="0123456789abcdef", selected=sent[1][0][:1], to=17500)
    page.wait_for_function("() => tansiq.state().ready")
    assert page.evaluate(STATE)["selected"]
    assert not watch.errors


def test_a_moved_map_asks_for_what_it_shows(page: Page, site: Site) -> None:
    """One question for a far move, none for a small one, and never two under way at once."""
    far(page, site, "set=far-crowd&lat=34.5&lon=43&z=9")

    def asked(act: str) -> int:
        before = len([one for one in site.asked if "/view/" in one])
        page.evaluate(f"() => {{ {act}; }}")
        page.wait_for_function("() => tansiq.state().ready")
        page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 60)))")
        page.wait_for_function("() => tansiq.state().ready")
        return len([one for one in site.asked if "/view/" in one]) - before

    assert asked("map_div.panBy([20, 10], {animate: false})") == 0
    assert asked("map_div.panBy([700, 0], {animate: false})") == 1
    assert asked("map_div.setZoom(8, {animate: false})") == 1
    many = "for (let i = 0; i < 20; i++) { map_div.panBy([400, 0], {animate: false}); tansiq.test.layer().sheet.now(); }"  # fmt: skip # noqa: E501
    assert asked(many) <= 2


def test_time_plays_window_by_window(page: Page, site: Site) -> None:
    """Each day that is shown is asked for; counts and the end are those of a table held whole."""
    far(page, site, "set=far-few", **{"from": 16000, "to": 16000})
    page.evaluate("() => { tansiq.test.layer().playback.clock.speed = 12; }")
    page.keyboard.press("Tab")
    page.evaluate("() => tansiq.test.layer().playback.play()")
    page.wait_for_function("() => !tansiq.state().playing && tansiq.state().to === 16600")
    page.wait_for_function("() => tansiq.state().ready")
    found = page.evaluate(STATE)
    assert (found["matched"], found["shown"]) == (8, 7)
    assert "8" in page.locator(".tq-time-counts").inner_text()


def test_a_window_that_does_not_come_is_told(page: Page, site: Site, watch: Watch) -> None:
    """What was shown stays, a sentence says why, and the next move asks again."""
    far(page, site, "set=far-crowd&lat=34.5&lon=43&z=9")
    before = page.evaluate("() => tansiq.test.layer().held.hits.n")
    site.broken.add("/view/")
    page.evaluate("() => map_div.panBy([700, 0], {animate: false})")
    page.get_by_text("could not be fetched; it still shows what it showed before").wait_for()
    assert page.evaluate("() => tansiq.test.layer().held.hits.n") == before
    site.broken.clear()
    page.evaluate("() => map_div.panBy([-650, 0], {animate: false})")
    page.evaluate("() => map_div.panBy([900, 0], {animate: false})")
    page.wait_for_function("() => tansiq.state().ready && tansiq.state().messages.length === 0")
    watch.errors.clear()  # the browser notes the refusal


def test_nothing_in_a_whole_filter_is_told(page: Page, site: Site) -> None:
    """An empty window of a filter that has events says nothing; an empty filter does."""
    found = far(page, site, "set=far-few&lat=30.2&lon=40&z=11")
    assert (found["shown"], found["messages"]) == (7, [])
    apply(page, 2, view="1123456789abcdef", **{"from": 1, "to": 2})
    page.wait_for_function("() => tansiq.state().ready")
    assert page.evaluate(STATE)["messages"] == ["empty"]
