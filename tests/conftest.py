"""What browser tests share: one running dashboard, one Chromium, and a network that ends here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Request,
    WebSocket,
    sync_playwright,
)

from geo import server, tables
from geo.store import Store
from tests.chromium import executable
from tests.served import Served

# how long an example takes says more about the machine than about the code
settings.register_profile("tansiq", deadline=None)
# `make check` asks every property as often as the issue of the main job wants it
settings.register_profile("whole", deadline=None, max_examples=300)
settings.load_profile("tansiq")

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    # the network ends here: no other host is ever found
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
LOCAL = {"127.0.0.1", "localhost", ""}


def some_now(cases: Iterable[Any], n: int) -> list[Any]:
    """Mark all cases but the first n as slow: `make test` takes those, `make check` all."""
    return [
        case
        if at < n
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for at, case in enumerate(cases)
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, path: str = "", **environment: str) -> Iterator[str]:
    """Run a dashboard until the block ends; yields its address once it answers."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}{path}"
    try:
        _wait(f"{address}/healthz" if not path else f"http://127.0.0.1:{port}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[str], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the dashboard stopped: {process.stderr.read() if process.stderr else ''}")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - loopback
                if answer.status == 200 and b'"status"' in answer.read():
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no answer from {address} in {seconds} s")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of the curated events, in a home of its own; to be asked, never changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANSIQ_HOME", str(tmp_path_factory.mktemp("store")))
        opened = Store.open(tables.load())
    yield opened
    opened.close()


@pytest.fixture
def client(state) -> Iterator[Served]:
    """A server of the routes of a test's own state."""
    served = Served(server.routes(state))
    yield served
    served.stop()


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard as `tansiq run` starts it, on the data of this repository."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path_factory.mktemp("home"))) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits for a browser, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


class Watch:
    """What the browser asked for and complained about."""

    def __init__(self) -> None:
        self.elsewhere: list[str] = []
        self.errors: list[str] = []

    def note(self, message: ConsoleMessage) -> None:
        """Keep an error; Streamlit's own search for its base path on a sub-page is none."""
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            self.errors.append(message.text)


def watched(page: Page, watch: Watch) -> Page:
    """Note what the page and its frames ask of other hosts, and what goes wrong in them."""

    def asked(one: Request | WebSocket) -> None:
        address = urlsplit(one.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOCAL:
            watch.elsewhere.append(one.url)

    def failed(one: Request) -> None:
        if one.failure != "csp":  # that one never left the page
            asked(one)

    page.on("requestfinished", asked)
    page.on("requestfailed", failed)
    page.on("websocket", asked)
    page.on("console", watch.note)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    return page


def open_context(browser: Browser, watch: Watch, **options: object) -> BrowserContext:
    """A browser window of its own; what its pages ask of other hosts is refused and noted.

    No request is routed through the test, which would put the browser's cache out of use.
    """
    context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
    context.on("page", lambda page: watched(page, watch))
    return context


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """The window whose tabs are the pages of most tests: our scripts are fetched once."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A new tab; a reader who comes for the first time, but for what the browser has cached."""
    tab = watched(window.new_page(), watch)
    yield tab
    tab.close()
    window.clear_cookies()
    window.clear_permissions()


def map_frame(page: Page) -> Frame:
    """The map's frame, once it has painted."""
    handle = page.wait_for_selector("iframe[title*='st_folium']", timeout=30_000)
    frame = handle.content_frame()
    # by the clock: a wait for the next picture that began before the frame was laid out may
    # never be called, however long the map has been there
    ready = "() => window.tansiq && window.tansiq.state().ready"
    frame.wait_for_function(ready, timeout=30_000, polling=100)
    return frame


def settle(page: Page) -> None:
    """Wait until Streamlit has finished its run, and what it sent is drawn."""
    page.wait_for_timeout(200)
    page.wait_for_selector("[data-test-script-state='notRunning']", timeout=20_000)
    page.wait_for_timeout(150)
