"""What axe-core finds on every page, in every language and theme: nothing that is ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from geo import i18n
from tests.conftest import Watch, map_frame, open_context, settle

pytestmark = pytest.mark.browser

PAGES = ("", "events", "centres", "contradictions", "data", "about")
THEMES = ("light", "dark")
# each page, language and theme
CHOSEN = (
    ("", "ar", "dark"),
    ("events", "ckb", "light"),
    ("centres", "en", "dark"),
    ("contradictions", "ar", "light"),
    ("about", "ckb", "dark"),
)
# the audit of all pages has them too
LATER = [pytest.param(case, marks=pytest.mark.slow) for case in CHOSEN[3:]]
# what Streamlit draws and neither an option nor a style of ours can change: rule, where, why
STREAMLITS = (
    ("region", "[role=listbox]", "an open list hangs on the body, outside all landmarks"),
    ("region", "#stFloatingOverlayPortal", "so does a tooltip"),
    ("landmark-banner-is-top-level", "[role=dialog] header", "a calendar's head is a <header>"),
    ("landmark-no-duplicate-banner", ".stAppHeader", "which makes the page's own the second"),
    ("landmark-unique", ".stAppHeader", "and neither of the two has a name"),
    ("presentation-role-conflict", "[data-testid=stFileUploaderDropzone]", "a place with a name"),
)
AUDIT = """async (known) => {
  const found = await axe.run({ resultTypes: ["violations"] });
  const at = (target) =>
    target.reduce((inside, css) => (inside.contentDocument || inside).querySelector(css), document);
  return found.violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => ({
    what: `${impact} ${id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`
      + ` (${[...node.any, ...node.all, ...node.none].map((one) => one.message).join("; ")})`,
    own: known.findIndex(([rule, css]) => rule === id && at(node.target).closest(css)),
  })));
}"""
Act = Callable[[Page], object]


def opened(page: Page, address: str) -> None:
    """Go to an address and wait until all of it is drawn, the map too."""
    page.goto(address)
    page.wait_for_selector(".ts-panel, .ts-empty, .st-key-mapbox")
    page.wait_for_function("() => document.documentElement.dir && document.fonts.ready")
    settle(page)
    if page.locator("iframe[title*='st_folium']").count():
        map_frame(page)
        settle(page)


def audit(page: Page, met: set[int] | None = None) -> list[str]:
    """What axe finds in the page and its frames, without what is Streamlit's own."""
    settle(page)  # what waits for a run is pale
    for frame in page.frames:
        frame.evaluate(AXE_SCRIPT)
    found = page.evaluate(AUDIT, [list(one[:2]) for one in STREAMLITS])
    if met is not None:
        met.update(one["own"] for one in found)
    return [one["what"] for one in found if one["own"] < 0]


def open_facts(page: Page) -> None:
    for summary in page.locator("details > summary").all():
        summary.click()


def open_dates(page: Page) -> None:
    page.locator(".st-key-typed button").first.click()
    page.wait_for_selector(".st-key-typed_from")


def open_calendar(page: Page) -> None:
    open_dates(page)
    page.locator(".st-key-typed_from [data-testid=stDateInput] button").first.click()
    page.wait_for_selector("[role=dialog] [role=grid]")


def open_list(page: Page) -> None:
    page.locator(".st-key-province input").click()
    page.wait_for_selector("[role=listbox]")


def open_help(page: Page) -> None:
    page.locator(".st-key-asof_on button").hover()
    page.wait_for_selector("[role=tooltip], [data-testid=stTooltipContent]")


def open_menu(page: Page) -> None:
    map_frame(page).locator(".tq-menu > summary").click()


def open_sidebar(page: Page) -> None:
    page.locator("[data-testid=stExpandSidebarButton]").click()
    page.wait_for_selector("[data-testid=stSidebar][data-collapsed=false]")


# what a reader can make of a page: address, act, width
STATES: dict[str, tuple[str, Act, int]] = {
    "facts": ("?event=EVT-057&province=IQ-KI&type=vote&only=contradicted&odd=1", open_facts, 1440),
    "centre": ("?centre=CEN-KRK&asof=2021-06-01", open_facts, 1440),
    "network": ("?centre=NETWORK", open_facts, 1440),
    "histories": ("centres?province=IQ-NI", open_facts, 1440),
    "dates": ("", open_dates, 1440),
    "calendar": ("", open_calendar, 1440),
    "list": ("", open_list, 1440),
    "help": ("?asof=2021-06-01", open_help, 1440),
    "menu": ("", open_menu, 360),
    "story": ("?story=may-2021&step=2", settle, 1440),
    "embedded": ("?embed=true&from=2021-05-01", settle, 1440),
    "embedded narrow": ("?embed=true", open_menu, 360),
    "sidebar": ("about", open_sidebar, 360),
    "narrow": ("events", settle, 360),
    "nothing": ("events?q=zzzz", settle, 1440),
    "not known": ("contradictions?asof=2014-01-01", settle, 1440),
}


def audit_page(browser: Browser, base: str, case: tuple, met: set[int] | None = None) -> list[str]:
    """The findings of a page as it is opened, in a language and a theme."""
    name, lang, theme = case
    context = open_context(browser, Watch(), color_scheme=theme)
    page = context.new_page()
    opened(page, f"{base}/{name}?lang={lang}")
    assert page.evaluate("document.documentElement.lang") == lang
    found = audit(page, met)
    context.close()
    return found


def audit_state(
    browser: Browser, base: str, state: str, theme: str, met: set[int] | None = None
) -> list[str]:
    """The findings of a page once a reader has done something with it, in Arabic."""
    path, act, width = STATES[state]
    size = {"width": width, "height": 900}
    context = open_context(browser, Watch(), color_scheme=theme, viewport=size)
    page = context.new_page()
    opened(page, f"{base}/{path}{'&' if '?' in path else '?'}lang=ar")
    act(page)
    found = audit(page, met)
    context.close()
    return found


@pytest.mark.parametrize("case", [*CHOSEN[:3], *LATER])
def test_axe_finds_nothing_that_is_ours(dashboard, chromium, case):
    """No finding of any weight, in the page or in the map's frame."""
    assert audit_page(chromium, dashboard, case) == []


def test_axe_finds_nothing_in_what_a_reader_opens(dashboard, chromium):
    """Filters, a notice and opened facts are held to the same, in the dark."""
    assert audit_state(chromium, dashboard, "facts", "dark") == []


@pytest.mark.slow
def test_every_page_language_and_theme_is_clean_and_the_list_of_exceptions_honest(
    dashboard, chromium
):
    """All of them and all states; an exception that no longer occurs is taken out of the list."""
    found, met = {}, set()
    for case in product(PAGES, i18n.LANGS, THEMES):
        found[case] = audit_page(chromium, dashboard, case, met)
    for state, theme in product(STATES, THEMES):
        found[state, theme] = audit_state(chromium, dashboard, state, theme, met)
    assert {case: faults for case, faults in found.items() if faults} == {}
    assert met - {-1} == set(range(len(STREAMLITS)))


PLANTED = (
    ("color-contrast", "e => { e.style.opacity = 0.4; }"),
    ("image-alt", "e => e.append(document.createElement('img'))"),
    ("heading-order", "e => e.append(document.createElement('h5'))"),
    ("link-name", "e => { const a = document.createElement('a'); a.href = '.'; e.append(a); }"),
)


def test_a_planted_fault_is_found_in_the_page_and_in_the_frame(dashboard, page):
    """The audit is not blind, on either side of the frame."""
    opened(page, dashboard)
    for _, plant in PLANTED:
        page.locator(".st-key-details .ts-panel").first.evaluate(plant)
    map_frame(page).locator(".tq-plus").evaluate("e => e.removeAttribute('aria-label')")
    map_frame(page).locator(".tq-plus").evaluate("e => e.removeAttribute('title')")
    found = "; ".join(audit(page))
    assert [rule for rule, _ in PLANTED if rule not in found] == []
    assert "button-name: iframe .tq-plus" in found


def test_the_story_is_read_out_when_it_has_changed(dashboard, page):
    """A polite voice tells the new count once, in the language; it is silent before."""
    opened(page, f"{dashboard}/?lang=ar&from=2021-05-01&to=2021-05-31")
    voice = page.locator("#ts-voice[role=status]")
    assert (voice.inner_text(), voice.get_attribute("lang")) == ("", "ar")
    page.locator(".st-key-search input").fill("K1")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('ts-voice').textContent")
    assert voice.text_content() == page.locator("h1.ts-story").text_content()


def test_the_table_is_offered_in_the_place_of_the_map(dashboard, page):
    """A link before the map leads to the same events in words; the map has a name."""
    say = i18n.words("ckb")
    opened(page, f"{dashboard}/?lang=ckb&province=IQ-KI&to=2021-05-31")
    frame = page.locator("iframe[title*='st_folium']")
    assert frame.get_attribute("aria-label") == say("map.label")
    link = page.get_by_role("link", name=say("reach.as_table"))
    link.focus()
    assert link.bounding_box()["width"] > 40
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/events\?to=2021-05-31&province=IQ-KI&lang=ckb"))
    page.get_by_role("region", name=say("page_events.table")).wait_for()
