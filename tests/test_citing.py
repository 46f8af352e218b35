"""Citations at hand: three links under each panel and in the map's menu, each of which answers."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page

from tests.conftest import map_frame, settle

pytestmark = pytest.mark.browser
FORMATS = {"text": "text/plain", "bibtex": "x-bibtex", "csl": "csl+json"}


def answers(page: Page, links: Locator, base: str) -> list[str]:
    """Ask for each of three links as a click would; each says in its own format what it cites."""
    hrefs = [urljoin(base, link.get_attribute("href")) for link in links.all()]
    assert len(hrefs) == len(FORMATS)
    found = [page.request.get(href) for href in hrefs]
    for answer, kind in zip(found, FORMATS.values(), strict=True):
        assert (answer.status, kind in answer.headers["content-type"]) == (200, True)
    return [answer.text() for answer in found]


@pytest.mark.parametrize(
    ("asked", "name"), [("event=EVT-057", "EVT-057"), ("centre=CEN-KRK", "CEN-KRK")]
)
def test_a_panel_and_the_maps_menu_cite_what_is_selected(dashboard, page, asked, name):
    """Words, BibTeX and CSL-JSON of the event or centre, with an address that shows it again."""
    page.goto(f"{dashboard}/?{asked}&to=2021-05-31")
    frame = map_frame(page)
    settle(page)
    page.wait_for_selector(".ts-cite a")
    frame.click(".tq-menu summary")
    frame.wait_for_selector("a[data-format='cite-csl'][href*='format=csl']")
    for links, base in (
        (page.locator(".ts-cite a"), page.url),
        (frame.locator("a[data-format^='cite-']"), frame.url),
    ):
        for said in answers(page, links, base):
            assert (name in said, f"{dashboard}/?" in said) == (True, True)
            assert asked in said.replace("\\_", "_")


def test_without_a_selection_the_menu_cites_the_view(dashboard, page):
    """The filter of the view, where no panel offers its own."""
    page.goto(f"{dashboard}/?province=IQ-KI&to=2021-05-31")
    frame = map_frame(page)
    settle(page)
    assert page.locator(".ts-cite").count() == 0
    frame.click(".tq-menu summary")
    frame.wait_for_selector("a[data-format='cite-csl'][href*='format=csl']")
    for said in answers(page, frame.locator("a[data-format^='cite-']"), frame.url):
        assert "province=IQ-KI" in said
