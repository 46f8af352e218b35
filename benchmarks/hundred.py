"""A hundred million events on one machine: `python -m benchmarks.hundred [copies]`.

Imports the made-up million of `benchmarks.readers`, writes each event a hundred times, each time
a little elsewhere, into a data set of its own, and measures the building of its store and the
queries of a page, of the map's windows too. Results go to ``benchmarks/hundred.json``. It takes
about half an hour and some tens of gigabytes below ``TANSIQ_BENCH_HOME``, which is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import metadata
from pathlib import Path

from benchmarks.readers import NAME, PACKAGES, imported, timed
from benchmarks.readers import QUERIES as PAGE
from benchmarks.store import forget
from geo import columns, datasets, server
from geo.datasets import Manifest
from geo.filters import EventFilter
from geo.store import Store, Window

HERE = Path(__file__).parent
LARGE = "hundred"
SETS = (LARGE,)
# a fifth of a degree around where an event was, so that no two of a hundred are at one point;
# in groups of rows as an import writes them
COPIED = """
COPY (
    SELECT * EXCLUDE (copy) REPLACE (
        event_id || '-' || copy AS event_id, '{name}' AS dataset,
        lat + (hash(event_id, copy) % 4000)::DOUBLE / 10000 - 0.2 AS lat,
        lon + (hash(copy, event_id) % 4000)::DOUBLE / 10000 - 0.2 AS lon)
    FROM (SELECT *, unnest(range({copies})) AS copy FROM read_parquet('{source}'))
) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 40960)
"""
EVERYTHING = EventFilter(datasets=SETS)
FILTERS = {
    "everything": EVERYTHING,
    "18 months, 5 governorates, 3 types, a rectangle": EventFilter(
        date(2016, 1, 1), date(2017, 6, 30), datasets=SETS, box=(42, 33, 46, 37),
        provinces=("IQ-KI", "IQ-DI", "IQ-NI", "IQ-AR", "IQ-SD"),
        types=("armed_clash", "unrest", "attack_on_civilians"),
    ),
    "two years": EventFilter(date(2014, 1, 1), date(2015, 12, 31), datasets=SETS),
    "a word": EventFilter(q="clashed", datasets=SETS),
}  # fmt: skip
# a screen over the north at zoom 7, and over a town at 12
NORTH, TOWN = Window(7, 4, 5000, 3150, 400, 320), Window(12, 4, 163_500, 103_200, 400, 320)
QUERIES: dict[str, Callable[[Store, EventFilter], object]] = {
    **{name: PAGE[name] for name in ("count", "by_month", "by_type", "by_province", "page")},
    "latest_page": lambda held, f: held.events(f, order=["-day_start"], limit=250),
    "map_of_the_north": lambda held, f: held.cells(f, NORTH),
    "map_of_a_town": lambda held, f: columns.view(held, f, TOWN),
}
TURNS = 3


def copied(folder: Path, copies: int) -> Manifest:
    """Write the large data set beside the small one; one that is there is used again."""
    small = next(one for one in datasets.listed()[0] if one.name == NAME)
    known = next((one for one in datasets.listed()[0] if one.name == LARGE), None)
    if known and known.accepted == small.accepted * copies:
        return known
    target = folder / f"{LARGE}.{copies}.parquet"
    written = COPIED.format(
        copies=copies, name=LARGE, source=datasets.file_of(small), target=target)
    # in a process of its own, so that its memory is not taken for the building's; by one thread,
    # since several would hold what they are ahead of each other
    config = {"threads": 1, "memory_limit": "2GB", "temp_directory": str(folder / ".spill")}
    run = f"import duckdb, sys; duckdb.connect(config={config!r}).execute(sys.argv[1])"
    subprocess.run([sys.executable, "-c", run, written], check=True)
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    n = small.accepted * copies
    report = shutil.copy(folder / small.report, folder / f"{LARGE}.{copies}.csv")
    made = replace(
        small, name=LARGE, rows=n, accepted=n, rejected=0, parquet=target.name,
        parquet_sha256=sha256, parquet_bytes=target.stat().st_size, report=Path(report).name,
    )  # fmt: skip
    made.write(folder)
    return made


def queries(held: Store) -> dict[str, dict[str, float]]:
    """Return the milliseconds of each query, the median; nothing is remembered in between."""
    found: dict[str, dict[str, float]] = {}
    for asked, f in FILTERS.items():
        for name, ask in QUERIES.items():
            times = []
            for _ in range(TURNS):
                forget(held)
                times.append(timed(lambda: ask(held, f)))  # noqa: B023
            found.setdefault(asked, {})[name] = statistics.median(times)
            sys.stderr.write(f"{asked}: {name} {found[asked][name]} ms\n")
    return found


def main(copies: int) -> None:
    """Measure, and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(os.environ.get("TANSIQ_BENCH_HOME", folder))
        os.environ |= {"TANSIQ_HOME": str(home), "TANSIQ_TIME_LIMIT": "0"}
        imported(home)
        begun = time.perf_counter()
        about = copied(home / "datasets", copies)
        copying_s = time.perf_counter() - begun
        state = server.AppState()
        begun = time.perf_counter()
        held = state.holdings.store(SETS)
        build_s = time.perf_counter() - begun
        built = max(home.glob("events-*.duckdb"), key=lambda one: one.stat().st_size)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        result = {
            "rows": held.size, "parquet_mb": round(about.parquet_bytes / 1e6),
            "copying_s": round(copying_s), "build_s": round(build_s),
            "store_mb": round(built.stat().st_size / 1e6), "build_peak_mb": round(peak_mb),
            "queries_ms": queries(held),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
            "python": platform.python_version(), "cores": os.cpu_count(),
            "packages": {name: metadata.version(name) for name in PACKAGES},
        }  # fmt: skip
    (HERE / "hundred.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
