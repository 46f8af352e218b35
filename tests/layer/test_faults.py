"""Promises of the layer: what fails is said in a sentence, and costs no more than itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from geo import i18n
from tests.js.site import Site
from tests.layer.frame import AT, CALL, STATE, apply, start

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("broken", "key", "painted"),
    [
        ("/columns/", "error_columns", False),
        ("/meta/", "error_meta", False),
        ("manifest.json", "error_basemap", True),
        ("relief.webp", "error_basemap", True),
    ],
)
def test_a_file_that_fails_is_told_in_a_sentence(
    broken: str, key: str, painted: bool, page: Page, site: Site
) -> None:
    """Never a blank box: a sentence in the reader's language, and points without a base map."""
    site.bare = False
    site.broken.add(broken)
    page.goto(f"{site.address}/?lang=ar")
    page.evaluate("(c) => tansiq.apply(c)", CALL)
    page.wait_for_selector(".tq-alert")
    assert page.text_content(".tq-alert") == i18n.words("ar")(f"map.{key}")
    if painted:
        page.wait_for_function("() => tansiq.state().ready && tansiq.state().shown === 7")


def test_a_mask_that_fails_leaves_the_map_as_it_was(page: Page, site: Site) -> None:
    """What could not be fetched is said; the filter told is still the one that is drawn."""
    start(page, site)
    page.evaluate(
        "(c) => tansiq.apply({...c, seq: 2, filter: 'cc', mask: 'ffffffffffffffff'})", CALL
    )
    page.wait_for_selector(".tq-alert")
    assert page.evaluate(STATE)["filter"] == "aa"
    assert apply(page, 3, filter="dd")["messages"] == []


def test_nothing_to_draw_is_said(page: Page, site: Site) -> None:
    """A filter without a point says so instead of leaving an empty map."""
    start(page, site, to=100)
    assert page.text_content(".tq-message") == i18n.words("en")("map.no_events")


def test_names_that_cannot_be_fetched_are_said_to_be_missing(page: Page, site: Site) -> None:
    """A tooltip whose names fail says so."""
    start(page, site)
    site.broken.add("/event/")
    page.mouse.move(*page.evaluate(AT, [7, ""]))
    page.wait_for_function(
        "(t) => document.querySelector('.tq-tip').textContent === t",
        arg=i18n.words("en")("map.error_details"),
    )
