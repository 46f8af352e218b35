"""Measure the move of the date slider and the cold start, ours beside the usual ways, in one run.

A move is the time from a key press on the slider until the new points are painted. The
floor is a Streamlit page with the same slider and no map. Every way gets the same browser,
with no network but loopback. Results go to ``benchmarks/results.json`` and to the screen.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from geo import vendor
from tests.chromium import executable
from tests.conftest import FLAGS, Watch, free_port, map_frame, open_context, settle

HERE = Path(__file__).parent
MOVES = 25
THUMB = ".st-key-dates [role='slider'], .st-key-dates input[type='range']"
PACKAGES = ("streamlit", "folium", "streamlit-folium", "duckdb", "pandas", "playwright")


@contextmanager
def streamlit(script: Path, **environment: str) -> Iterator[str]:
    """Serve a script on loopback until the block ends."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script.name,
        "--server.port",
        str(port),
        "--server.headless=true",
        "--server.address=127.0.0.1",
        "--browser.gatherUsageStats=false",
        "--server.enableStaticServing=true",
        "--server.fileWatcherType=none",
    ]
    process = subprocess.Popen(
        command,
        cwd=script.parent,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(6)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def moves(page: Page, act: Callable[[], None]) -> dict[str, float]:
    """Return the median and the spread of so many moves, in milliseconds."""
    page.locator(THUMB).first.focus()
    taken = []
    for _ in range(MOVES):
        start = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - start))
        settle(page)
    taken.sort()
    return {
        "median_ms": round(statistics.median(taken)),
        "fastest_ms": round(taken[0]),
        "slowest_ms": round(taken[-1]),
        "moves": MOVES,
    }


def text_changes(page: Page) -> None:
    """Move, and wait until the page says the new number."""
    old = page.locator("[data-testid=stText]").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(old) => document.querySelector('[data-testid=stText]').innerText !== old",
        arg=old,
        polling="raf",
    )


def markers_follow(page: Page) -> None:
    """Move, and wait until the new map holds the markers that the page counts."""
    text_changes(page)
    shown = int(page.locator("[data-testid=stText]").inner_text().split()[1])
    page.wait_for_function(
        """(shown) => { const frame = document.querySelector("iframe[title*='st_folium']");
        const found = frame && frame.contentDocument.querySelectorAll(".leaflet-marker-icon");
        return found && found.length === shown; }""",
        arg=shown,
        polling="raf",
        timeout=120_000,
    )


def layer_follows(page: Page, frame: Frame) -> None:
    """Move, and wait until our layer has painted the new filter."""
    old = frame.evaluate("[tansiq.state().filter, tansiq.state().painted]")
    page.keyboard.press("ArrowRight")
    frame.wait_for_function(
        "(o) => { const s = tansiq.state(); return s.filter !== o[0] && s.painted > o[1]; }",
        arg=old,
        polling="raf",
    )


def bare(browser: Browser) -> dict[str, float]:
    """Measure a rerun without a map."""
    with streamlit(HERE / "bare.py") as address:
        page = open_context(browser, Watch()).new_page()
        page.goto(address)
        page.wait_for_selector("[data-testid=stText]")
        settle(page)
        return moves(page, lambda: text_changes(page))


def naive(browser: Browser, events: int) -> dict[str, float]:
    """Measure one folium marker for each event."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(shutil.copy(HERE / "usual.py", folder))
        static = script.parent / "static"
        static.mkdir()
        for name in vendor.LEAFLET_FILES:
            shutil.copy(vendor.path(name) or "", static / name)
        known = {"TANSIQ_BENCH_WAY": "markers", "TANSIQ_BENCH_EVENTS": str(events)}
        with streamlit(script, **known) as address:
            page = open_context(browser, Watch()).new_page()
            page.goto(address)
            page.wait_for_selector("[data-testid=stText]", timeout=60_000)
            page.wait_for_timeout(3000)
            settle(page)
            return moves(page, lambda: markers_follow(page))


def ours(browser: Browser) -> dict[str, float]:
    """Measure this dashboard on its own data; the cold start counts from the process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "geo.cli", "run", "--port", str(port)],
            cwd=HERE.parent,
            env=os.environ | {"TANSIQ_HOME": home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            page = open_context(browser, Watch()).new_page()
            frame = first_paint(page, f"http://127.0.0.1:{port}")
            cold = 1000 * (time.perf_counter() - start)
            settle(page)
            found = moves(page, lambda: layer_follows(page, frame))
        finally:
            process.terminate()
            process.wait(timeout=20)
    return {**found, "cold_start_ms": round(cold)}


def first_paint(page: Page, address: str) -> Frame:
    """Open the page as soon as anything answers, and wait for the painted map."""
    for _ in range(300):
        try:
            page.goto(address)
            break
        except Error:
            time.sleep(0.1)
    return map_frame(page)


def machine() -> dict[str, object]:
    """Name what was measured on, so that figures can be compared."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def main() -> None:
    """Run everything in one browser and write what was seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        results = {
            "rerun_without_map": bare(browser),
            "tansiq": ours(browser),
            "folium_markers_100": naive(browser, 100),
            "folium_markers_1000": naive(browser, 1000),
            "rerun_without_map_again": bare(browser),
        }
        browser.close()
    floor = (
        results["rerun_without_map"]["median_ms"] + results["rerun_without_map_again"]["median_ms"]
    ) / 2
    for found in results.values():
        found["times_the_floor"] = round(found["median_ms"] / floor, 2)
    told = json.dumps({"machine": machine(), "results": results}, indent=2)
    (HERE / "results.json").write_text(told + "\n", encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main()
