"""A server that cannot be reached, and a page that is not there: said in the reader's language."""

from __future__ import annotations

import sys

import pytest

from geo import i18n
from tests.conftest import free_port, map_frame, open_context, running, settle, some_now

pytestmark = pytest.mark.browser

SAID = "#ts-lost:not([hidden])"
# what Streamlit says of it, in English
THEIRS = "[data-testid=stDialog], [data-testid=stConnectionStatus]"


@pytest.mark.parametrize("lang", some_now(["ar", "en", "ckb"], 1))
def test_a_page_that_is_not_there_is_the_map_with_a_notice(dashboard, page, lang):
    """No dialog of Streamlit's over it."""
    page.goto(f"{dashboard}/nonsense?lang={lang}")
    page.locator(".st-key-notices", has_text="nonsense").wait_for()
    assert page.url.startswith(f"{dashboard}/?lang={lang}")
    assert page.evaluate("document.documentElement.lang") == lang
    settle(page)
    assert page.locator("[role=dialog]").count() == 0


def test_it_is_said_while_the_connection_is_not_there(dashboard, page):
    """In words that stay in view, and are gone when it is back."""
    page.goto(f"{dashboard}/about?lang=ar")
    page.wait_for_selector(".ts-story, .ts-panel")
    settle(page)
    become = "state => { document.querySelector('.stApp').dataset.testConnectionState = state; }"
    page.evaluate(become, "PINGING_SERVER")
    box = page.locator(SAID)
    box.wait_for()
    assert box.inner_text() == i18n.words("ar")("front.lost")
    assert box.evaluate("e => e.closest('[lang=ar][dir=rtl]') && e.role") == "alert"
    page.evaluate(become, "CONNECTED")
    box.wait_for(state="detached")


@pytest.mark.slow
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_server_that_goes_and_comes_again(chromium, watch, tmp_path, lang):
    """Our words alone are seen, the map stays, and the page goes on where it was."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    page = open_context(chromium, watch).new_page()
    with running(command, port, TANSIQ_HOME=str(tmp_path)) as address:
        page.goto(f"{address}/?from=2021-05-01&lang={lang}")
        frame = map_frame(page)
        settle(page)
    page.locator(SAID).wait_for()
    page.wait_for_selector("[data-testid=stDialog]", state="attached", timeout=30_000)
    assert page.locator(THEIRS).filter(visible=True).count() == 0
    assert frame.evaluate("() => window.tansiq.state().ready")
    with running(command, port, TANSIQ_HOME=str(tmp_path)):
        page.locator(SAID).wait_for(state="detached", timeout=60_000)
        page.wait_for_url("**from=2021-05-01**")
        settle(page)
        assert page.locator("[data-testid=stDialog]").filter(visible=True).count() == 0
    page.context.close()
