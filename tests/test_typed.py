"""Dates that are typed: by keyboard from the button on, taken by Enter, never turned round."""

from __future__ import annotations

import re

import pytest

from geo import i18n
from tests.conftest import settle, some_now

pytestmark = pytest.mark.browser

MAY = "from=2021-05-01&to=2021-05-31"
IN = "() => !!document.activeElement.closest('[data-testid=stPopoverBody]')"
ROLE = "() => document.activeElement.getAttribute('role')"


def popover(page, address: str):
    """The dates of a page, opened with a key."""
    page.goto(address)
    page.wait_for_selector(".st-key-typed button")
    settle(page)
    page.locator(".st-key-typed button").first.press("Enter")
    page.wait_for_function(IN)
    return page


@pytest.mark.parametrize("lang", some_now(["en", "ar"], 1))
def test_two_dates_are_typed_without_a_mouse(dashboard, page, watch, lang):
    """From the button into the dates, both typed and taken by Enter; Escape leads back."""
    popover(page, f"{dashboard}/centres?{MAY}&lang={lang}")
    for key, typed in (("from", "20210519"), ("to", "20210524")):
        for _ in range(6):
            if page.evaluate(ROLE) == "spinbutton":
                break
            page.keyboard.press("Tab")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        day = f"{typed[:4]}-{typed[4:6]}-{typed[6:]}"
        page.wait_for_url(re.compile(f"{key}={day}"))
        settle(page)
    told = i18n.edtf_span("2021-05-19", "2021-05-24", lang)
    page.wait_for_function("(t) => document.querySelector('.st-key-typed').innerText.includes(t)",
                           arg=told)
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.closest('.st-key-typed')"
                           " && !document.querySelector('[data-testid=stPopoverBody]')")
    assert watch.errors == []


@pytest.mark.parametrize("after", some_now(["h1.ts-story", ".st-key-typed button"], 1))
def test_a_typed_date_is_taken_when_the_reader_goes_on_elsewhere(dashboard, page, after):
    """A press anywhere on the page, which closes the dates, loses nothing."""
    page.goto(f"{dashboard}/centres?{MAY}")
    settle(page)
    page.locator(".st-key-typed button").first.click()
    page.locator(".st-key-typed_from [role=spinbutton]").first.click()
    page.keyboard.type("20210519")
    page.locator(after).first.click(force=True)
    page.wait_for_url(re.compile("from=2021-05-19&to=2021-05-31"))


@pytest.mark.parametrize(
    ("end", "day", "other"),
    some_now([("from", "2021-07-12", "to"), ("to", "2021-03-10", "from")], 1),
)
def test_the_date_that_was_chosen_last_stays(dashboard, page, end, day, other):
    """A range that would run backwards takes its other end along, and says so."""
    popover(page, f"{dashboard}/centres?{MAY}&lang=ar")
    page.locator(f".st-key-typed_{end} [role=spinbutton]").first.click()
    page.keyboard.type(day.replace("-", ""))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"from={day}&to={day}"))
    words = i18n.words("ar")(f"front.moved.{other}")
    page.locator("[data-testid=stPopoverBody] .ts-note", has_text=words).wait_for()
