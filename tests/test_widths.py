"""What has room at which width: the name, the filters beside the page, the facts beside the map."""

from __future__ import annotations

import pytest

from geo.i18n import LANGS
from tests.conftest import open_context, settle, some_now

pytestmark = pytest.mark.browser

YEAR = "from=2021-01-01&to=2021-12-31&event=EVT-057"
# letters of the name and of the bar of pages that lie upon each other
CLASH = """() => {
  const boxes = (css) => [...document.querySelectorAll(css)]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 2)
    .map((e) => e.getBoundingClientRect());
  const links = boxes("[data-testid=stHeader] :is(a, button)");
  return links.length > 4 && boxes(".ts-head > *").flatMap((a) => links.filter((b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > -8
      && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top))).length; }"""
MAIN = """() => {
  const main = document.querySelector("[data-testid=stMain]").getBoundingClientRect();
  return [Math.round(main.left), Math.round(innerWidth - main.right)]; }"""
CLOSED = "[data-testid=stSidebar][data-collapsed=true]"
# where the facts stand, and how wide the column of their values is
FACTS = """() => { const box = (css) => document.querySelector(css).getBoundingClientRect();
  const [map, facts] = [box(".st-key-mapbox"), box(".st-key-details")];
  return [facts.top >= map.bottom, Math.round(facts.width / map.width * 10)]; }"""


def opened(chromium, watch, address: str, width: int):
    """A page at this width, drawn."""
    page = open_context(chromium, watch, viewport={"width": width, "height": 800}).new_page()
    page.goto(address)
    page.wait_for_selector(".st-key-count")
    settle(page)
    return page


@pytest.mark.parametrize("lang", some_now(("en", "ckb", "ar"), 1))
def test_the_name_never_lies_on_the_bar_of_pages(dashboard, chromium, watch, lang):
    """On every laptop, the filters beside it or put away."""
    page = opened(chromium, watch, f"{dashboard}/?lang={lang}", 1440)
    for closed in (False, True):
        if closed:
            page.locator("[data-testid=stSidebarHeader]").hover()
            page.locator("[data-testid=stSidebarCollapseButton] button").click()
            page.wait_for_selector(CLOSED, state="attached")
        for width in range(1440, 1159, -20):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(f"() => innerWidth === {width} && ({CLASH})() === 0")
    page.context.close()


@pytest.mark.parametrize("lang", some_now(LANGS, 1))
def test_filters_that_are_put_away_leave_no_empty_column(dashboard, chromium, watch, lang):
    """The page takes all there is, on a laptop as on a tablet where it begins so."""
    page = opened(chromium, watch, f"{dashboard}/?{YEAR}&lang={lang}", 1440)
    assert max(page.evaluate(MAIN)) > 200
    page.locator("[data-testid=stSidebarHeader]").hover()
    page.locator("[data-testid=stSidebarCollapseButton] button").click()
    page.wait_for_function(f"() => ({MAIN})().join() === '0,0'")
    page.locator("[data-testid=stExpandSidebarButton]").click()
    page.wait_for_function(f"() => Math.max(...({MAIN})()) > 200")
    page.context.close()
    page = opened(chromium, watch, f"{dashboard}/?{YEAR}&lang={lang}", 768)
    page.wait_for_function(f"() => ({MAIN})().join() === '0,0'")
    page.context.close()


def test_facts_stand_below_the_map_on_a_tablet_and_beside_it_on_a_laptop(
    dashboard, chromium, watch
):
    """A word a line can be read by nobody."""
    page = opened(chromium, watch, f"{dashboard}/?{YEAR}", 1440)
    for width, told in ((1440, [False, 4]), (990, [True, 10]), (650, [True, 10])):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(f"(told) => ({FACTS})().join() === told.join()", arg=told)
    page.context.close()
