"""What browser tests share: one running dashboard, one Chromium, and a network that ends here."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    sync_playwright,
)

from tests.chromium import executable

# how long an example takes says more about the machine than about the code
settings.register_profile("tansiq", deadline=None)
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
]
LOCAL = {"127.0.0.1", "localhost", ""}


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


class Watch:
    """What the browser asked for and complained about."""

    def __init__(self) -> None:
        self.elsewhere: list[str] = []
        self.errors: list[str] = []

    def note(self, message: ConsoleMessage) -> None:
        """Keep an error; Streamlit's own search for its base path on a sub-page is none."""
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            self.errors.append(message.text)


def open_context(browser: Browser, watch: Watch, **options: object) -> BrowserContext:
    """A browser window whose requests to any other host are refused and noted."""
    context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))

    def gate(route):
        host = urlsplit(route.request.url).hostname or ""
        if host in LOCAL:
            route.continue_()
        else:
            watch.elsewhere.append(route.request.url)
            route.abort()

    context.route(re.compile(r"^(https?|wss?)://"), gate)
    context.on("console", watch.note)
    context.on("weberror", lambda e: watch.errors.append(str(e.error)))
    return context


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(chromium: Browser, watch: Watch) -> Iterator[Page]:
    context = open_context(chromium, watch)
    yield context.new_page()
    context.close()


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
