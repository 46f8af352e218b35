"""Promises of what a window of the map gets of a table that is too large for a browser."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import columns, server
from geo.columns import views
from geo.filters import EventFilter
from geo.store import Store, Window
from tests import synthetic
from tests.contract import filters

# spread over the country, and some on the edges of the world
EVENTS = synthetic.events(600)
RNG = np.random.default_rng(5)
HERE = EVENTS["lat"].notna()
EVENTS.loc[HERE, "lat"] += RNG.uniform(-2, 2, HERE.sum())
EVENTS.loc[HERE, "lon"] += RNG.uniform(-2, 2, HERE.sum())
EVENTS.loc[EVENTS.index[HERE][:4], ["lat", "lon"]] = [(90, 180), (-90, -180), (0, 0), (85, -180)]
ALL = EventFilter()


@pytest.fixture(scope="module")
def held():
    with Store.of(EVENTS, "duckdb:///:memory:") as opened:
        yield opened


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window somewhere over Iraq, or over the whole world."""
    zoom, side = draw(st.integers(0, 33)) / 2, draw(st.sampled_from([4, 7, 12, 64]))
    across = math.ceil(256 * 2**zoom / side)
    x, y = (int(draw(st.floats(low, low + 0.03)) * across) for low in (0.61, 0.39))
    size = st.integers(1, 400)
    found = Window(zoom, side, x, y, *(min(draw(size), across - one) for one in (x, y)))
    return draw(st.sampled_from([found, found, Window(1.5, 4, 0, 0, 182, 182)]))


def cells_of(rows: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Work out the cell of each event as a browser does, in floating point."""
    pixels = 256 * 2**window.zoom / window.side
    angle = np.radians(rows["lat"].clip(-85.05112878, 85.05112878).to_numpy(float))
    y = 0.5 - np.log(np.tan(np.pi / 4 + angle / 2)) / math.tau
    x = (rows["lon"].to_numpy(float) + 180) / 360
    return pd.DataFrame({"x": x * pixels - window.x, "y": y * pixels - window.y}, index=rows.index)


# of a cell: what is nearer to an edge may be counted on either side
NEAR = 0.02


@settings(max_examples=60, deadline=None)
@given(asked=filters(), window=windows())
def test_cells_hold_the_matching_events(held, asked, window) -> None:
    """Each event is counted once, in the cell in which the browser would count it."""
    place = cells_of(EVENTS[asked.matches(EVENTS) & EVENTS["lat"].notna()], window)
    found = held.cells(asked, window)
    assert found["x"].between(0, window.cols - 1).all()
    assert found["y"].between(0, window.lines - 1).all()
    sure = ((place % 1).sub(0.5).abs() < 0.5 - NEAR).all(axis=1)
    inside = (place["x"].between(0, window.cols) & place["y"].between(0, window.lines))
    least = (np.floor(place[sure & inside]).value_counts().rename("least").rename_axis(["x", "y"])
             .reset_index())  # fmt: skip
    both = found.merge(least, on=["x", "y"], how="outer").fillna(0)
    assert (both["n"] >= both["least"]).all()
    near = place[["x", "y"]].apply(lambda c: c.between(-NEAR, max(window.cols, window.lines)))
    assert int((sure & inside).sum()) <= found["n"].sum() <= int(near.all(axis=1).sum())


@settings(max_examples=60, deadline=None)
@given(asked=filters(), window=windows())
def test_single_events_are_those_of_the_cells(held, asked, window) -> None:
    """As many come singly as the cells count, each of them matching, in row order."""
    rows = held.inside(asked, window, ("row", "lat", "lon"), {"event_type": columns.TYPES})
    assert len(rows) == held.cells(asked, window)["n"].sum()
    matching = set(np.flatnonzero(asked.matches(EVENTS)))
    assert set(rows["row"]) <= matching
    assert rows["row"].is_monotonic_increasing
    known = asked.asof is not None
    day = None if not known else (asked.asof - date(1970, 1, 1)).days
    truth = EVENTS["contradicted_from"] <= day if known else EVENTS["contradicted"] >= 1
    assert (rows["clash"] == 1).tolist() == truth.iloc[rows["row"]].tolist()


WHOLE = Window(5, 4, 1000, 500, 500, 400)


def test_few_events_come_as_columns(held) -> None:
    """The bytes hold the columns of `pack`, the row numbers, and the figures of the whole."""
    body = columns.view(held, ALL, WHOLE)
    magic, version, single, n, matched, located = struct.unpack_from("<4sHHIII", body)
    assert (magic, version, single) == (b"TSQV", 1, 1)
    figures = held.figures(ALL)
    assert (matched, located) == (figures.shown, figures.shown - figures.without_point)
    (length,) = struct.unpack_from("<I", body, 24)
    part = columns.unpack(body[32 : 32 + length])
    rows = np.frombuffer(body, "<u4", n, 32 + -(-length // 8) * 8)
    assert 0 < part.n == n < located
    assert part.columns["start"].tolist() == EVENTS["day_start"].iloc[rows].tolist()


def test_many_events_come_as_cells(held, monkeypatch) -> None:
    """Above the limit each cell has its number, and the answer does not grow with the events."""
    monkeypatch.setattr(views, "MOST_SINGLE", 50)
    body = columns.view(held, ALL, WHOLE)
    _, _, single, n, *_ = struct.unpack_from("<4sHHIII", body)
    cells = held.cells(ALL, WHOLE)
    assert (single, n) == (0, len(cells))
    assert np.frombuffer(body, "<u4", n, 24).tolist() == cells["n"].tolist()
    assert len(body) <= 24 + 9 * n + 4 * 8
    wide = columns.view(held, ALL, replace(WHOLE, zoom=1, x=60, y=30, cols=60, lines=40))
    assert len(wide) < len(body) / 2


@pytest.mark.parametrize("changed", [
    {"zoom": 7.25}, {"zoom": 17}, {"zoom": -1}, {"side": 3}, {"side": 100}, {"x": -1},
    {"cols": 0}, {"lines": 0}, {"cols": 2000, "lines": 2000}, {"x": 2048}, {"x": 1600},
])  # fmt: skip
def test_what_is_no_window_is_none(changed) -> None:
    """A window lies on the world and has no more cells than the largest answer."""
    with pytest.raises(ValueError, match="no window"):
        replace(WHOLE, **changed)


@pytest.fixture
def state():
    return server.AppState()


def test_a_window_has_an_address(client, state) -> None:
    """A digest that a call has named is answered; other windows, days and digests are refused."""
    f = EventFilter(types=("armed_clash",))
    store = state.store
    name = columns.masks.register_view(store, f)
    good = {"zoom": 7, "side": 4, "x": 5000, "y": 3000, "cols": 300, "lines": 300,
            "from": 16000, "to": 20000}  # fmt: skip
    path = f"/tansiq/view/{state.version}/"

    def get(digest: str = name, **changed: object):
        asked = "&".join(f"{key}={value}" for key, value in (good | changed).items())
        return client.get(f"{path}{digest}.bin?{asked}&lang=ckb")

    found = get()
    days = {"date_from": date(2013, 10, 22), "date_to": date(2024, 10, 4)}
    window = Window(*(good[key] for key in ("zoom", "side", "x", "y", "cols", "lines")))
    assert (found.status, found.body) == (200, columns.view(store, replace(f, **days), window))
    for wrong in ({"zoom": "7.3"}, {"x": "-1"}, {"cols": ""}, {"side": "4.0"}, {"from": 20001},
                  {"to": 99_999_999}, {"lines": "9" * 9}):  # fmt: skip
        refused = get(**wrong)
        assert (refused.status, "نەخشە" in refused.json()["error"]) == (400, True), wrong
    assert [get(digest).status for digest in ("0" * 16, "nothing", f.digest() + "0")] == [404] * 3
