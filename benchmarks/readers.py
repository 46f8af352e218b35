"""A million imported events and ten readers: `python -m benchmarks.readers [readers]`.

Makes and imports the table of `benchmarks.imports`, starts the dashboard, and measures the first
opening and the next, the queries of a page, and the server's memory while all readers load the
map's data and change their filters at once. Results go to ``benchmarks/readers.json``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from importlib import metadata
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.imports import write
from geo import columns, server
from geo.address import View
from geo.filters import EventFilter
from geo.server.holdings import Holdings
from geo.store import Store
from tests.conftest import free_port, running

HERE = Path(__file__).parent
# so many that a million are taken
ROWS = 1_018_342
NAME = "million"
PACKAGES = ("streamlit", "duckdb", "pandas", "pyarrow")
MOVES = ("", "&from=2014-01-01&to=2015-12-31", "&province=IQ-KI,IQ-DI&type=armed_clash",
         "&q=kirkuk", "&box=43,34,45,36", "&q=%D8%A7%D8%B4%D8%AA%D8%A8%D9%83%D8%AA")  # fmt: skip
SETS = (NAME,)
FILTERS = {
    "everything": EventFilter(datasets=SETS),
    "two years": EventFilter(date(2014, 1, 1), date(2015, 12, 31), datasets=SETS),
    "two governorates, a type": EventFilter(
        provinces=("IQ-KI", "IQ-DI"), types=("armed_clash",), datasets=SETS
    ),
    "a rectangle": EventFilter(box=(43, 34, 45, 36), datasets=SETS),
    "a word": EventFilter(q="clashed", datasets=SETS),
}
QUERIES: dict[str, Callable[[Store, EventFilter], object]] = {
    "count": lambda held, f: held.figures(f),
    "by_month": lambda held, f: held.by_month(f),
    "by_type": lambda held, f: held.by_type(f),
    "by_province": lambda held, f: held.by_province(f),
    "page": lambda held, f: held.events(f, limit=250, offset=500),
    "page_by_fatalities": lambda held, f: held.events(
        f, order=["-fatalities_best"], limit=250, offset=500
    ),
    "mask": lambda held, f: held.row_numbers(f),
}


def imported(home: Path) -> None:
    """Make the data set, unless it is there."""
    if (home / "datasets" / f"{NAME}.json").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acled-like.csv"
        write(path, ROWS)
        command = [sys.executable, "-m", "geo.cli", "import", str(path), "--name", NAME]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def forget() -> None:
    """Remove the stores that were built, so that the next opening is the first."""
    for left in Path(os.environ["TANSIQ_HOME"]).glob("events-*.duckdb"):
        left.unlink()


def timed(act: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    begun = time.perf_counter()
    act()
    return round(1000 * (time.perf_counter() - begun), 1)


def openings() -> dict[str, float]:
    """Return the seconds until the data set can be asked: built, and opened again."""
    found = {}
    for name in ("first_opening", "later_opening"):
        state = server.AppState()
        _, used = state.store, time.process_time()
        found[f"{name}_s"] = round(timed(lambda: state.holdings.store(SETS).span()) / 1000, 2)  # noqa: B023
        # what the machine did for it, whatever else it was busy with
        found[f"{name}_processor_s"] = round(time.process_time() - used, 2)
    held = state.holdings.store(SETS)
    found["columns_s"] = round(timed(lambda: columns.pack_store(held)) / 1000, 2)
    found["call_ms"] = timed(lambda: columns.call(held, View(filter=FILTERS["a word"])))
    return found


def queries() -> dict[str, dict[str, float]]:
    """Return the milliseconds of each query, each asked of a store that remembers nothing."""
    state = server.AppState()
    found: dict[str, dict[str, float]] = {asked: {} for asked in FILTERS}
    for asked, f in FILTERS.items():
        for name, ask in QUERIES.items():
            times = []
            for _ in range(5):
                held = Holdings(lambda: state.package, lambda: state.store, None).store(SETS)
                held.count(EventFilter(date(2011, 1, 1), datasets=SETS))
                times.append(timed(lambda: ask(held, f)))  # noqa: B023
                held.close()
            found[asked][name] = statistics.median(times)
    return found


@contextmanager
def watched(pid: int, peak: dict[str, float]) -> Iterator[None]:
    """Follow the memory of a process and its children, in MB, until the block ends."""
    stop = threading.Event()

    def look() -> None:
        process = psutil.Process(pid)
        while not stop.wait(0.02):
            whole = [process, *process.children(recursive=True)]
            now = sum(one.memory_info().rss for one in whole if one.is_running()) / 1e6
            peak["peak_mb"] = max(peak.get("peak_mb", 0), round(now))
            peak["last_mb"] = round(now)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def reader(address: str, version: str, seed: int) -> list[float]:
    """Open a session, load the map's data as a browser does, filter; returns seconds a run."""
    taken = []
    host = address.removeprefix("http://")
    with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as line:
        for turn in range(len(MOVES)):
            asked = MOVES[(seed + turn) % len(MOVES)] if turn else ""
            ask = BackMsg()
            ask.rerun_script.query_string = f"dataset={NAME}&lang=en{asked}"
            begun = time.perf_counter()
            line.send(ask.SerializeToString())
            finished(line)
            taken.append(time.perf_counter() - begun)
            if not turn:
                ask = urllib.request.Request(  # noqa: S310 - loopback
                    f"{address}/tansiq/columns/{version}.bin", headers={"Accept-Encoding": "gzip"}
                )
                with urllib.request.urlopen(ask, timeout=120) as answer:  # noqa: S310
                    answer.read()
    return taken


def finished(line) -> None:  # noqa: ANN001 - a socket
    """Read what the page sends until its run ends; a run of the opening leads to another."""
    while True:
        said = ForwardMsg()
        said.ParseFromString(line.recv(timeout=180))
        if said.WhichOneof("type") == "script_finished":
            if said.script_finished in {ForwardMsg.FINISHED_SUCCESSFULLY,
                                        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}:  # fmt: skip
                return
            if said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                sys.exit("the page does not run")


def crowd(readers: int) -> dict[str, float]:
    """Return the memory of a server that so many readers use at once, and their waits.

    The first of them lets it build the store; the others wait for that.
    """
    port, peak = free_port(), dict[str, float]()
    version = server.AppState().holdings.store(SETS).version
    forget()
    with running([sys.executable, "-m", "geo.cli", "run", "--port", str(port)], port) as address:
        pid = next(one.pid for one in psutil.net_connections("tcp")
                   if one.laddr.port == port and one.status == "LISTEN" and one.pid)  # fmt: skip
        peak["idle_mb"] = round(psutil.Process(pid).memory_info().rss / 1e6)
        with watched(pid, peak), ThreadPoolExecutor(readers) as pool:
            runs = [one for some in pool.map(lambda seed: reader(address, version, seed),
                                             range(readers)) for one in some]  # fmt: skip
    return {
        "readers": readers, **peak, "runs": len(runs),
        "run_median_s": round(statistics.median(runs), 2), "run_slowest_s": round(max(runs), 2),
    }  # fmt: skip


def main(readers: int) -> None:
    """Measure, and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(os.environ.get("TANSIQ_BENCH_HOME", folder))
        os.environ["TANSIQ_HOME"] = str(home)
        imported(home)
        forget()
        result = {
            "rows": 1_000_000, **openings(), "queries_ms": queries(), "memory": crowd(readers),
            "python": platform.python_version(), "cores": os.cpu_count(),
            "load_before": round(os.getloadavg()[2], 1),
            "packages": {name: metadata.version(name) for name in PACKAGES},
        }  # fmt: skip
    (HERE / "readers.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
