"""What every engine has to answer alike: each question of the store, for any filter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import columns
from geo.filters import PROVINCES, TYPES, EventFilter
from geo.store import Store, Window
from tests import synthetic
from tests.known import BOXES, how_known

DAYS = st.dates(date(2013, 6, 1), date(2025, 6, 1))
# titles that languages sort otherwise than code points do, and what a CSV could trip over
TITLES = (
    *("", "a", "B", "Ä", "z", "_", " a", "ب", "پ", "ڕ", "ا", "😀", "two\nlines", "tab\there"),
    *("\\.", "\\N", "NULL", 'said "no"', "it's", "a,b", "100%", "{x:String}", ":x", "%(x)s"),
)


def events(n: int = 600) -> pd.DataFrame:
    """Return made-up events whose titles are hard to carry over."""
    frame = synthetic.events(n)
    rng = np.random.default_rng(3)
    titles = np.asarray(TITLES, dtype=object)[rng.integers(0, len(TITLES), n)]
    places = np.where(rng.random(n) < 0.1, 0.1 + 0.2, 0.0)  # no short decimal number
    return frame.assign(title_en=pd.Series(titles, dtype=frame["title_en"].dtype),
                        lat=frame["lat"] + places)  # fmt: skip


@st.composite
def filters(draw: st.DrawFn) -> EventFilter:
    """Draw any filter that an address could ask for."""
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return EventFilter(
        date_from=draw(st.sampled_from([None, first])),
        date_to=draw(st.sampled_from([None, last])),
        provinces=tuple(draw(st.lists(st.sampled_from(PROVINCES), max_size=3))),
        types=tuple(draw(st.lists(st.sampled_from(TYPES), max_size=4))),
        q=draw(st.sampled_from(["", "", "", "kirkuk", "بيشمركه", "100%", "a_b", "k1 attack"])),
        box=draw(BOXES),
        **draw(how_known()),
    )


# the keys of a page's order: numbers with gaps, texts, both ways
ORDERS = (["-day_start"], ["title_en", "-fatalities_best"], ["-title_en"], ["lat", "-place_en"])


def pages(store: Store, f: EventFilter) -> list[pd.DataFrame]:
    """Ask for a page of each order, the second one."""
    return [store.events(f, order=order, limit=20, offset=5) for order in ORDERS]


# the country at a zoom whose cells are no whole number of steps, and a town close by
WINDOWS = (Window(7.5, 4, 7100, 4450, 300, 300), Window(14, 12, 217_700, 137_700, 400, 400))


def windows(store: Store, f: EventFilter) -> list[pd.DataFrame]:
    """Ask for what windows of the map hold: cells, cells by data set, and single events."""
    apart = [one.placed(store._ask(one.cells(f, store.events_table, apart=True)), ["curated"])
             for one in WINDOWS]  # fmt: skip
    single = store.inside(f, WINDOWS[0], ("row", "day_start"), {"event_type": columns.TYPES})
    return [*(store.cells(f, one) for one in WINDOWS), *apart, single.astype("int64")]


QUESTIONS: dict[str, Callable[[Store, EventFilter], Any]] = {
    "count": Store.count,
    "row_numbers": Store.row_numbers,
    "events": Store.events,
    "pages": pages,
    "the rest of the rows": lambda store, f: store.events(f, order=["title_en"], offset=7),
    "by_month": Store.by_month,
    "by_type": Store.by_type,
    "by_province": Store.by_province,
    "unlocated": Store.unlocated,
    "left_out": Store.left_out,
    "count_range": Store.count_range,
    "spread": Store.spread,
    "hidden": Store.hidden,
    "figures": Store.figures,
    "windows": windows,
}
# asked once, since no filter changes them
ALONE: dict[str, Callable[[Store], Any]] = {
    "every": Store.every,
    "columns for the browser": columns.pack_store,
    "span": Store.span,
    "get": lambda store: [store.get(name) for name in ("EVT-0000007", "it's", "' or 1=1 --")],
    "by_ids": lambda store: store.by_ids(["EVT-0000009", "EVT-0000002", "no such"]),
    "by no ids": lambda store: store.by_ids([]),
    "row_of": lambda store: [store.row_of("EVT-0000007"), store.row_of("no such")],
    "at": lambda store: [store.at(row) for row in (0, 5, 599, 600)],
    "matches": lambda store: store.matches(EventFilter(q="kirkuk"), "EVT-0000007"),
}


def assert_same(ours: Any, theirs: Any) -> None:
    """Compare two answers exactly: values, types and order."""
    assert type(ours) is type(theirs)
    if isinstance(ours, pd.DataFrame):
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    elif isinstance(ours, np.ndarray):
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist()
    elif isinstance(ours, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)
    else:
        assert ours == theirs


def check(name: str, held: Store, embedded: Store, examples: int) -> None:
    """Ask both engines one question for so many filters, and compare."""
    ask = QUESTIONS[name]

    @settings(max_examples=examples, deadline=None, database=None)
    @given(asked=filters())
    def alike(asked: EventFilter) -> None:
        assert_same(ask(held, asked), ask(embedded, asked))

    alike()
