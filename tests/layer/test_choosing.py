"""Promises of the layer: what pointer and keyboard choose, and what is told of it."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page

from geo import i18n, palette
from tests.conftest import Watch
from tests.js import events
from tests.js.site import Site
from tests.layer.frame import AT, STATE, apply, click, start

pytestmark = pytest.mark.browser


def test_a_click_tells_every_row_at_the_point(page: Page, site: Site) -> None:
    """Events at one point are one mark, and a click on it names them all."""
    start(page, site)
    assert click(page, row=0)["rows"] == [0, 1, 2]
    assert click(page, row=3)["rows"] == [3]


def test_the_same_mark_clicked_twice_is_told_twice(page: Page, site: Site) -> None:
    """Two clicks in a row are two messages with growing numbers, and no zoom."""
    start(page, site)
    first, second = click(page, row=0), click(page, row=0)
    assert first["rows"] == second["rows"]
    assert first["nonce"] < second["nonce"]
    assert page.evaluate(STATE)["zoom"] == 7


def test_a_centre_and_the_events_below_it_are_both_in_reach(page: Page, site: Site) -> None:
    """The centre of Erbil stands above the events of Erbil; each can be clicked."""
    start(page, site)
    chosen = click(page, centre="CEN-EBL")
    assert chosen["centre"] >= 0
    assert chosen["rows"] == []
    assert click(page, row=7) | {"nonce": 0} == {"rows": [7], "centre": -1, "nonce": 0}


def test_a_choice_is_marked_at_once(page: Page, site: Site) -> None:
    """The ring does not wait for Python; the next call says what Python made of the choice."""
    start(page, site)
    click(page, row=7)
    page.wait_for_function("() => tansiq.state().selected[0] === 'EVT-007'")
    assert apply(page, 2)["selected"] == []


def test_what_is_selected_is_told_by_its_id(page: Page, site: Site) -> None:
    """Row numbers of a call come back as ids; a click beside every mark takes them back."""
    start(page, site, selected=[4], centre=2)
    page.wait_for_function("() => tansiq.state().selected.length === 1")
    assert page.evaluate(STATE)["selected"] == ["EVT-004"]
    page.mouse.click(880, 300)
    assert page.evaluate("() => sent.map((s) => [s.rows, s.centre])") == [[[], -1]]


def test_the_keyboard_chooses_what_is_in_the_middle(page: Page, site: Site) -> None:
    """Enter chooses, arrows move the map, Escape closes."""
    start(page, site, "lat=36.191&lon=44.009&z=9")
    page.focus("#map_div")
    page.keyboard.press("Enter")
    assert page.evaluate("() => sent.at(-1).rows") == [7]
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => tansiq.state().center[1] > 44.02")
    page.click(".tq-menu summary")
    page.keyboard.press("Escape")
    assert page.locator(".tq-menu[open]").count() == 0


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_centre_tells_name_status_and_last_confirmation(
    lang: str, page: Page, site: Site
) -> None:
    """Pointing at Makhmour on 24 May 2021: both statuses, the contradiction, the day."""
    start(page, site, f"lang={lang}", to=18771)
    page.mouse.move(*page.evaluate(AT, [-1, "CEN-MKM"]))
    page.wait_for_selector(".tq-tip:not([hidden])")
    say = i18n.words(lang)
    lines = page.locator(".tq-tip > div").all_text_contents()
    assert set(lines[1].split(" / ")) == {say("status.active"), say("status.announced")}
    assert lines[2] == say("map.contradicted")
    assert lines[3].startswith(say("map.contradicted_in", fields=""))
    assert lines[4] == say("map.confirmed", date=date(2021, 5, 24))


@pytest.mark.parametrize("lang", i18n.LANGS)
@pytest.mark.parametrize(("to", "one"), [(18600, "contested"), (18970, "degraded")])
def test_an_assessment_is_drawn_explained_and_told(
    to: int, one: str, lang: str, page: Page, site: Site
) -> None:
    """What was said about Kirkuk beside its status stands by its mark, in legend and tooltip."""
    told = {c["id"]: c for c in start(page, site, f"lang={lang}", to=to)["centres"]}
    label = i18n.words(lang)(f"status.{one}")
    assert told["CEN-KRK"]["assessments"] == [one]
    assert label in page.locator(".tq-legend li").all_text_contents()
    x, y = page.evaluate(AT, [-1, "CEN-KRK"])
    colour = page.evaluate(
        """([x, y]) => { const l = tansiq.test.layer(); const c = l.map.getContainer()
      .querySelector(".leaflet-tq-events-pane canvas"); const o = c.getBoundingClientRect();
      const k = c.width / o.width; return [...c.getContext("2d")
      .getImageData((x - o.x) * k, (y - o.y) * k, 1, 1).data].slice(0, 3); }""",
        [x + 0.84 * 11.5 - 2.2, y + 0.84 * 11.5 + 2.2],
    )
    assert colour == [*bytes.fromhex(palette.colour("warning")[1:])]
    page.mouse.move(x, y)
    page.wait_for_selector(".tq-tip:not([hidden])")
    assert label in page.locator(".tq-tip > div").all_text_contents()
    apply(page, 2, to=16005)
    assert label not in page.locator(".tq-legend li").all_text_contents()


def test_planted_text_is_shown_as_it_is(page: Page, site: Site, watch: Watch) -> None:
    """Markup and templates in a title are letters, in the tooltip and in the card."""
    start(page, site, "alone=1")
    page.mouse.move(*page.evaluate(AT, [0, ""]))
    page.wait_for_function("() => !document.querySelector('.tq-tip').textContent.includes('…')")
    assert events.ATTACK in page.text_content(".tq-tip")
    page.mouse.click(*page.evaluate(AT, [0, ""]))
    page.wait_for_selector(".tq-card article:nth-of-type(3)")
    assert page.text_content(".tq-card h3") == events.ATTACK
    assert page.locator(".tq-ui img, .tq-ui script").count() == 0
    assert watch.errors == []
