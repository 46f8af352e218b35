"""Time the store at a million made-up events: python -m benchmarks.store [rows [URL]].

Without a URL of another engine it is the embedded one, in a file of its own.

Milliseconds are medians of eleven runs on one thread; the last figure is eight threads that
ask at once. Trust ratios between engines and versions, not the numbers of one machine.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo import columns, marks
from geo.filters import PROVINCES, EventFilter
from geo.i18n import normalise
from geo.store import Store, Window
from geo.store.kept import Kept

RUNS, THREADS = 11, 8
TEXTS = [
    normalise(text)
    for text in (
        "قوات البيشمركة والجيش العراقي في كركوك",
        "joint patrol of the Peshmerga near Makhmour",
        "هێزەکانی پێشمەرگە لە خانەقین",
        "an attack on a checkpoint south of Tuz Khurmatu",
        "اجتماع في مركز التنسيق المشترك",
        "demonstration in the town's centre",
    )
]
Q1 = EventFilter(
    date(2018, 1, 1),
    date(2019, 6, 30),
    ("IQ-AR", "IQ-DI", "IQ-KI", "IQ-NI", "IQ-SD"),
    tuple(marks.EVENT_TYPES[-3:]),
)
# a screen over the north at zoom 7
NORTH = Window(7, 4, 5000, 3150, 400, 320)
Q5 = EventFilter(q="البيشمركه")


def events(n: int) -> pd.DataFrame:
    """Return ``n`` events, sorted by day, over twelve years and the box of Iraq."""
    rng = np.random.default_rng(7)
    start = np.sort(rng.integers(16_071, 20_453, n))
    text = pd.Series(TEXTS)
    frame = pd.DataFrame(
        {
            "event_id": [f"E{i:08d}" for i in range(n)],
            "day_start": start,
            "day_end": start + np.where(rng.random(n) < 0.1, rng.integers(1, 30, n), 0),
            "event_type": np.asarray(marks.EVENT_TYPES)[rng.integers(0, 14, n)],
            "place_role": "location",
            "admin1": np.asarray(PROVINCES)[rng.integers(0, 19, n)],
            "admin1_alt": "",
            "lat": rng.uniform(29, 37.4, n),
            "lon": rng.uniform(38.8, 48.6, n),
            "geo_precision": "town",
            "fatalities_best": rng.integers(0, 20, n),
            "search_text": [f"{a}\n{i}" for i, a in enumerate(text.iloc[rng.integers(0, 6, n)])],
            "dataset": "curated",
        }
    )
    for lang in ("en", "ar", "ckb"):
        frame[f"title_{lang}"] = text.iloc[rng.integers(0, 6, n)].to_numpy()
    return frame


def months_by_type(store: Store) -> sa.Select[tuple[int, str, int]]:
    """Return q2: month by type over everything."""
    c = store.events_table.c
    return sa.select(c.ym, c.event_type, sa.func.count().label("n")).group_by(c.ym, c.event_type)


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """Return the five questions by name."""
    return {
        "q1 filter and box to grid": lambda: store.cells(Q1, NORTH),
        "q2 month by type": lambda: store._ask(months_by_type(store)),  # noqa: SLF001
        "q3 latest 500 rows": lambda: store.events(EventFilter(), order=["-day_start"], limit=500),
        "q4 by governorate": lambda: store.by_province(EventFilter()),
        "q5 Arabic text": lambda: store.count(Q5),
        "row numbers of q5": lambda: store.row_numbers(Q5),
        "histogram of q1": lambda: store.by_month(Q1),
        "by type": lambda: store.by_type(EventFilter()),
        "count of q1": lambda: store.count(Q1),
    }


def forget(store: Store) -> None:
    """Let go the answers that a store remembers, so that the engine is asked again."""
    store._numbers, store._lists = Kept(1), Kept(1)  # noqa: SLF001


def median_ms(store: Store, ask: Callable[[], object]) -> float:
    """Return the median of some runs after a first one, in milliseconds."""
    ask()
    taken = []
    for _ in range(RUNS):
        forget(store)
        begin = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def together(ask: Callable[[], object], each: int = 20) -> float:
    """Return how often per second eight threads get an answer."""
    threads = [
        threading.Thread(target=lambda: [ask() for _ in range(each)]) for _ in range(THREADS)
    ]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * each / (time.perf_counter() - begin)


def main(n: int, url: str = "") -> None:
    """Build, ask, print."""
    frame = events(n)
    print(f"{n:,} rows, duckdb {version('duckdb')}, sqlalchemy {version('sqlalchemy')}")
    with tempfile.TemporaryDirectory() as folder:
        path, begin = Path(folder) / "events.duckdb", time.perf_counter()
        with Store.of(frame, url or f"duckdb:///{path}") as store:
            print(f"build {time.perf_counter() - begin:.1f} s")
            if not url:
                print(f"{path.stat().st_size / 1e6:.0f} MB")
            for name, ask in questions(store).items():
                print(f"{name}: {median_ms(store, ask):.1f} ms")
            print(f"{THREADS} threads, q1: {together(lambda: store.cells(Q1, NORTH)):.0f}/s")
            begin = time.perf_counter()
            store.every()
            print(f"all rows: {time.perf_counter() - begin:.1f} s")
    begin = time.perf_counter()
    packed = columns.pack(frame)
    print(f"pack {time.perf_counter() - begin:.2f} s, {len(packed) / 1e6:.1f} MB")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, *sys.argv[2:3])
