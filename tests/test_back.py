"""The browser's back undoes one change at a time, on every page with filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.conftest import map_frame, settle
from tests.test_dashboard import THUMB, shown_count, state, turn_to
from tests.test_linked import brush, choose_row

pytestmark = pytest.mark.browser

# the address without the map's own view, as the reader's browser has it
WORDS = """() => document.location.pathname + [...new URLSearchParams(document.location.search)]
  .filter(([key]) => !["lat", "lon", "z"].includes(key)).map((one) => one.join("=")).sort()"""
Change = Callable[[Page], Any]


def pick(name: str, text: str) -> Change:
    """Choose an option of a list by what it is called."""

    def act(page: Page) -> None:
        page.locator(f".st-key-{name} input").first.click()
        page.get_by_role("option").filter(has_text=text).first.click()
        if name != "centre_choice":  # a list of several stays open over what follows
            page.keyboard.press("Escape")

    return act


def press(selector: str) -> Change:
    return lambda page: page.locator(selector).first.click()


def slide(page: Page) -> None:
    page.locator(THUMB).first.focus()
    page.keyboard.press("PageUp")


def search(page: Page) -> None:
    page.locator(".st-key-search input").fill("Kirkuk")
    page.keyboard.press("Enter")


def rectangle(page: Page) -> None:
    map_frame(page).locator("button.tq-rectangle").press("Enter")
    page.keyboard.press("Enter")


def year(page: Page) -> None:
    page.locator(".st-key-quick").get_by_text("2021", exact=True).click()


TOGGLE = ".st-key-centres label"
RESET = press(".st-key-reset button")
KIRKUK = pick("province", "Kirkuk")
SLOW = pytest.mark.slow


def first_row(page: Page) -> None:
    choose_row(page, 1)


def as_known(page: Page) -> None:
    page.locator("[data-testid=stSidebar] summary").first.click()
    page.locator(".st-key-asof_on label").first.click()


def months(page: Page) -> None:
    brush(page, 0.3, 0.7)


NETWORK = press(".st-key-network button")
PAGES = [
    ("", [slide, KIRKUK, search, rectangle, press(TOGGLE), NETWORK, RESET]),
    pytest.param("events", [year, pick("type", "Agreements"), first_row, RESET], marks=SLOW),
    pytest.param("events", [months, as_known, RESET], marks=SLOW),
    pytest.param("centres", [pick("centre_choice", "Makhmour"), year, KIRKUK, RESET], marks=SLOW),
]


def now(page: Page) -> tuple[str, int]:
    """What the reader sees: the address, and how many events match."""
    return page.evaluate(WORDS), shown_count(page)


def moved(page: Page, act: Callable[[], Any], wanted: str = "") -> tuple[str, int]:
    """Do something, and wait until the address is another one (or the one wanted) and still."""
    old = page.evaluate(WORDS)
    act()
    page.wait_for_function(
        f"([old, wanted]) => {{ const now = ({WORDS})(); return wanted ? now === wanted "
        ": now !== old; }",
        arg=[old, wanted],
    )
    settle(page)
    return now(page)


@pytest.mark.parametrize(("path", "changes"), PAGES)
def test_back_undoes_each_change_and_forward_does_it_again(dashboard, page, watch, path, changes):
    """Each step back is one change less, and the address stays as it came."""
    page.goto(f"{dashboard}/{path}")
    page.locator(".st-key-count b").wait_for()
    settle(page)
    seen = [now(page)]
    seen += [moved(page, lambda act=act: act(page)) for act in changes]
    for wanted in reversed(seen[:-1]):
        assert moved(page, page.go_back, wanted[0]) == wanted
    for wanted in seen[1:3]:
        assert moved(page, page.go_forward, wanted[0]) == wanted
    assert watch.errors == []


def test_a_turn_of_the_page_is_one_step_back(dashboard, page, watch):
    """Back from another page leads to the page before, as it was; so do leaps."""
    page.goto(dashboard)
    map_frame(page)
    settle(page)
    seen = [now(page), moved(page, lambda: year(page))]
    seen.append(moved(page, lambda: turn_to(page, 1)))
    seen.append(moved(page, lambda: KIRKUK(page)))
    seen.append(moved(page, lambda: turn_to(page, 2)))
    for wanted in reversed(seen[:-1]):
        assert moved(page, page.go_back, wanted[0]) == wanted
    for by, wanted in ((4, seen[4]), (-4, seen[0])):
        leap = f"history.go({by})"
        assert moved(page, lambda leap=leap: page.evaluate(leap), wanted[0]) == wanted
    assert state(map_frame(page))["matched"] == seen[0][1] == 97
    assert watch.errors == []


# a browser that learns each new address two seconds late
LATE = """const put = history.pushState;
history.pushState = (...all) => setTimeout(() => put.apply(history, all), 2000);"""


def test_who_is_quicker_than_the_address_loses_nothing(dashboard, page, watch):
    """What is clicked before the browser knows the last change's address is one change more."""
    page.add_init_script(LATE)
    page.goto(dashboard)
    map_frame(page)
    settle(page)
    year(page)
    page.wait_for_function("() => document.querySelector('.st-key-count b').innerText === '38'")
    settle(page)
    assert "2021" not in page.url
    press(TOGGLE)(page)
    page.wait_for_url("**from=2021-01-01**centres=0**")
    settle(page)
    assert (shown_count(page), watch.errors) == (38, [])
