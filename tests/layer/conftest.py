"""A site with the layer alone, and one window for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import Watch, open_context
from tests.js import events
from tests.js.site import Site, serve
from tests.layer.frame import BITS, FEW


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    words = events.meta()
    sets = {
        "few": events.a_set(FEW, BITS),
        "crowd": events.a_set(events.crowd(5000, 5000)),
        "heap": events.a_set(events.crowd(6000, 40)),
    }
    found = Site(sets, lambda lang: words[lang])
    server = serve(found)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[tuple[BrowserContext, Watch]]:
    """One window for all tests here, so that scripts and typeface are fetched once."""
    seen = Watch()
    context = open_context(chromium, seen, viewport={"width": 1000, "height": 640})
    context.set_default_timeout(10_000)
    yield context, seen
    context.close()


@pytest.fixture
def watch(window: tuple[BrowserContext, Watch]) -> Watch:
    window[1].errors.clear()
    window[1].elsewhere.clear()
    return window[1]


@pytest.fixture
def page(window: tuple[BrowserContext, Watch], site: Site) -> Iterator[Page]:
    site.broken.clear()
    site.bare = True  # the base map takes most of a page's time; few tests look at it
    site.asked.clear()
    page = window[0].new_page()
    yield page
    page.close()
