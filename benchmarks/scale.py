"""From 20 to a million events, beside the usual ways: `python -m benchmarks.scale [way ...]`.

With names of ways, these are measured anew and the others keep their results.

For each way and number: from the key press that moves the date slider until the points are
painted, bytes over the socket for a move, processor time of the server, heap of the browser. A
way that does not show its map in `PATIENCE_S` is written down as that, and larger numbers are
not tried. Results go to ``benchmarks/scale.json``, from which the README's chart is drawn.

The cluster's script is fetched by npm, since nothing here holds it; without npm it is left out.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as Failed

from benchmarks.__main__ import HERE, THUMB, bare, layer_follows, machine
from geo import vendor
from tests.chromium import executable
from tests.conftest import FLAGS, Watch, free_port, map_frame, open_context, settle

COUNTS = (20, 1_000, 10_000, 100_000, 1_000_000)
OURS = "tansiq"
USUAL = ("markers", "cluster", "fast_cluster", "geojson", "pydeck")
MOVES = 15
PATIENCE_S = 30
# moves of one way and number: after so long those that were made are enough
ENOUGH_S = 45
CLUSTER = "leaflet.markercluster@1.5.3"
CLUSTER_FILES = ("leaflet.markercluster.js", "MarkerCluster.Default.css")
TICKS = os.sysconf("SC_CLK_TCK")
Act = Callable[[], None]
Found = dict[str, float | str]


@dataclass
class Socket:
    """Counts the bytes that a page gets over its sockets."""

    received: int = 0
    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Count what comes from now on."""
        page.on("websocket", lambda one: one.on("framereceived", self._count))

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


def processor_s(pid: int) -> float:
    """Return the processor time of a process so far, in seconds."""
    after = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(after[11]) + int(after[12])) / TICKS


def memory(page: Page) -> Found:
    """Return what scripts of the page and its frames hold, after a collection, in MB.

    ``buffers_mb`` are arrays of numbers, which stand beside the heap.
    """
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Runtime.getHeapUsage")
    parts = {"heap_mb": "usedSize", "buffers_mb": "backingStorageSize"}
    return {ours: round(found[theirs] / 1e6, 1) for ours, theirs in parts.items()}


@contextmanager
def serving(command: list[str], folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends; yields its address and the id of its process."""
    port = free_port()
    process = subprocess.Popen(
        [*command, str(port)],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(6)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def measured(page: Page, pid: int, socket: Socket, act: Act) -> Found:
    """Move the slider so many times; a move that takes too long is told, and is the last."""
    page.locator(THUMB).first.focus()
    taken, told = [], {}
    bytes_before, cpu_before = socket.received, processor_s(pid)
    begun = time.perf_counter()
    for _ in range(MOVES):
        start = time.perf_counter()
        if taken and start - begun > ENOUGH_S:
            break
        try:
            act()
            taken.append(1000 * (time.perf_counter() - start))
            settle(page)
        except Failed:
            told = {"gave_up": f"a move took more than {PATIENCE_S} s"}
            break
    if not taken:
        return told
    return told | {
        "median_ms": round(statistics.median(taken)),
        "slowest_ms": round(max(taken)),
        "moves": len(taken),
        "kilobytes_a_move": round((socket.received - bytes_before) / len(taken) / 1e3, 1),
        "server_ms_a_move": round(1000 * (processor_s(pid) - cpu_before) / len(taken)),
    } | memory(page)


def text(page: Page) -> str:
    """Return what the page of a usual way says."""
    return page.locator("[data-testid=stText]").inner_text()


def usual_follows(page: Page, *, framed: bool) -> None:
    """Move, and wait until the page says another number and the new map is painted."""
    old = text(page)
    page.keyboard.press("ArrowRight")
    patience = PATIENCE_S * 1000
    page.wait_for_function(
        "(old) => document.querySelector('[data-testid=stText]').innerText !== old",
        arg=old,
        polling="raf",
        timeout=patience,
    )
    if framed:
        page.wait_for_function(SHOWN, arg=int(text(page).split()[1]), polling=16, timeout=patience)


SHOWN = """(shown) => { const frame = document.querySelector("iframe[title*='st_folium']");
  return frame && frame.contentWindow.benchShown === shown; }"""


def usual(browser: Browser, assets: Path, way: str, count: int) -> Found:
    """Measure one of the usual ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(HERE / "usual.py", folder)
        shutil.copytree(assets, folder / "static")
        command = [
            *(sys.executable, "-m", "streamlit", "run", "usual.py", "--server.headless", "true"),
            *("--server.enableStaticServing", "true", "--browser.gatherUsageStats", "false"),
            "--server.port",
        ]
        known = {"TANSIQ_BENCH_WAY": way, "TANSIQ_BENCH_EVENTS": str(count)}
        with serving(command, folder, **known) as (address, pid):
            context = open_context(browser, Watch())
            page, socket = context.new_page(), Socket()
            socket.listen(page)
            try:
                page.goto(address)
                page.wait_for_selector("[data-testid=stText]", timeout=PATIENCE_S * 1000)
                if way != "pydeck":
                    page.wait_for_function(SHOWN, arg=count, timeout=PATIENCE_S * 1000)
                settle(page)
            except Failed:
                context.close()
                return {"gave_up": f"no map within {PATIENCE_S} s"}
            act = partial(usual_follows, page, framed=way != "pydeck")
            found = measured(page, pid, socket, act)
            context.close()
            return found


def ours(browser: Browser, home: Path, count: int) -> Found:
    """Measure this dashboard on an imported data set."""
    known = {"TANSIQ_HOME": str(home)}
    command = [sys.executable, "-m", "geo.cli", "run", "--port"]
    with serving(command, HERE.parent, **known) as (address, pid):
        context = open_context(browser, Watch())
        page, socket = context.new_page(), Socket()
        socket.listen(page)
        page.set_default_timeout(PATIENCE_S * 1000)
        start = time.perf_counter()
        page.goto(f"{address}/?dataset=bench{count}")
        frame = map_frame(page)
        first_s = time.perf_counter() - start
        settle(page)
        found = measured(page, pid, socket, partial(layer_follows, page, frame))
        context.close()
        return {**found, "first_map_s": round(first_s, 1)}


def imported(home: Path, count: int) -> None:
    """Import so many made-up events, spread as those of the usual ways are."""
    path = home / f"bench{count}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "date", "latitude", "longitude", "type", "title"])
        for n in range(count):
            day = date(2014, 6, 1) + timedelta(days=n * 3963 // count)
            place = (33.0 + n * 0.37 % 4, 42.0 + n * 0.53 % 4)
            writer.writerow([f"B{n}", day, *(f"{one:.5f}" for one in place), "armed attack",
                             f"Event {n}"])  # fmt: skip
    command = [
        *(sys.executable, "-m", "geo.cli", "import", str(path), "--name", f"bench{count}"),
        *("--licence", "CC0-1.0", "--attribution", "made up"),
    ]
    told = subprocess.run(
        command, cwd=HERE.parent, env=os.environ | {"TANSIQ_HOME": str(home)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    sys.stderr.write(told.stdout[-300:])
    path.unlink()


def fetched(folder: Path) -> tuple[Path, list[str]]:
    """Lay out what the usual ways ask for; returns the folder, and the ways that can be measured.

    Leaflet comes out of its Python package, the cluster's script by npm.
    """
    assets = folder / "static"
    assets.mkdir()
    for name in vendor.LEAFLET_FILES:
        shutil.copy(vendor.path(name) or "", assets / name)
    npm = shutil.which("npm")
    if npm is None:
        return assets, [way for way in USUAL if "cluster" not in way]
    subprocess.run([npm, "pack", "--silent", CLUSTER], cwd=folder, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    for name in CLUSTER_FILES:
        shutil.copy(next(folder.glob(f"package/dist/{name}")), assets / name)
    return assets, list(USUAL)


def every(browser: Browser, folder: Path, wanted: Collection[str],
          keep: Callable[[str, int, Found], None]) -> None:  # fmt: skip
    """Measure ways at all numbers; after one that gave up, larger numbers are left out."""
    assets, ways = fetched(folder)
    home = folder / "home"
    home.mkdir()
    for count in COUNTS if OURS in wanted else ():
        imported(home, count)
        keep(OURS, count, ours(browser, home, count))
    for way in (one for one in ways if one in wanted):
        for count in COUNTS:
            one = usual(browser, assets, way, count)
            keep(way, count, one)
            if "gave_up" in one:
                break


def main(wanted: Collection[str]) -> None:
    """Run everything in one browser; what was seen is written after each, as it may take long."""
    results = HERE / "scale.json"
    known = json.loads(results.read_text("utf-8"))["ways"] if results.exists() else {}
    ways: dict[str, dict[str, Found]] = {one: known[one] for one in known if one not in wanted}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        launch = partial(playwright.chromium.launch, executable_path=executable(), args=FLAGS)
        browser = launch()
        floor = {"before": bare(browser)}
        told = {"machine": machine(), "rerun_without_map": floor, "ways": ways}

        def keep(way: str, count: int, found: Found) -> None:
            ways.setdefault(way, {})[str(count)] = found
            sys.stderr.write(f"{way} {count} {found}\n")
            results.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

        every(browser, Path(name), wanted, keep)
        browser.close()
        # a browser that carried a million marks is slow for a while
        browser = launch()
        floor["after"] = bare(browser)
        results.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or (OURS, *USUAL))
