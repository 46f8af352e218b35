"""One filter, one answer: store, frame, tallies, browser, pictures and files select the same."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import basemap, columns, export, i18n, provenance, standalone, tables
from geo.address import View
from geo.filters import PROVINCES, TYPES, EventFilter
from geo.snapshot import caption, scene
from geo.snapshot.plan import Drawn
from tests.known import BOXES, how_known

CURATED = provenance.events(tables.load())
# words that the data hold, so that most texts find something, and some that it has not
WORDS = sorted(set(" ".join(CURATED["search_text"]).split()))
SPELT = ("كركوك", "کەرکووک", "البيشمركة", "پێشمەرگە", "K1", "Erbil", "١٢", "100%", "a_b", "'; --")
DAYS = st.dates(date(2014, 1, 1), date(2025, 12, 31))
TEXTS = st.sampled_from(["", "", "", *SPELT]) | st.lists(
    st.sampled_from(WORDS), min_size=1, max_size=2
).map(" ".join)
OFTEN = sorted(set(CURATED["admin1"]) - {""})
SEEN: Counter[str] = Counter()
# the files that take long to write and to read again: each state's in `make check`, else a tenth
SHARE = 1 if settings().max_examples >= 300 else 10
EVERY = settings(suppress_health_check=list(HealthCheck))
THREE_HUNDRED = settings(EVERY, max_examples=300)


@st.composite
def filters(draw: st.DrawFn) -> EventFilter:
    """Draw any state of the filters; a quarter of the groups is set."""
    first, last = sorted([draw(DAYS), draw(DAYS)])
    some = st.lists(st.sampled_from(OFTEN) | st.sampled_from(PROVINCES), max_size=3)
    kinds = st.lists(st.sampled_from(TYPES), max_size=4)
    return EventFilter(
        date_from=draw(st.sampled_from([None, first])),
        date_to=draw(st.sampled_from([None, last])),
        provinces=tuple(draw(st.just([]) | some)),
        types=tuple(draw(st.just([]) | kinds)),
        q=draw(TEXTS)[:200],
        box=draw(BOXES),
        **draw(st.just({}) | how_known()),
    )


@pytest.fixture(scope="module")
def package() -> tables.Package:
    return tables.load()


@pytest.fixture(scope="module")
def packed() -> columns.Unpacked:
    """Give the columns as the browser has them."""
    return columns.unpack(columns.pack(CURATED))


def in_browser(held: columns.Unpacked, call: Mapping[str, Any], mask: bytes | None) -> list[int]:
    """Return the rows that the layer's rule finds: two searches bound the range, codes are bits."""
    c = {name: column.astype(np.int64) for name, column in held.columns.items() if name not in "xy"}
    rows = np.arange(held.n)
    begun = np.searchsorted(c["start"], [call["from"] - held.longest, call["to"] + 1])
    found = (rows >= begun[0]) & (rows < begun[1]) & (c["end"] >= call["from"])
    if call["types"]:
        found &= (call["types"] >> c["type"] & 1) == 1
    if call["admin1"]:
        second = (c["admin1_alt"] > 0) & (call["admin1"] >> c["admin1_alt"] & 1 == 1)
        found &= (call["admin1"] >> c["admin1"] & 1 == 1) | second
    if mask is not None:
        found &= (
            np.unpackbits(np.frombuffer(mask, "u1", offset=16), bitorder="little")[: held.n] > 0
        )
    return rows[found].tolist()


def rows_of(content: bytes, fmt: str, folder: Path) -> list[str]:
    """Return the ids of an exported file, read by something other than what wrote it."""
    if fmt == "csv":
        return list(pd.read_csv(io.BytesIO(content), dtype=str)["event_id"])
    if fmt == "geojson":
        return [feature["id"] for feature in json.loads(content)["features"]]
    if fmt == "parquet":
        return list(pd.read_parquet(io.BytesIO(content))["event_id"])
    if fmt == "package":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(pd.read_csv(archive.open("events.csv"), dtype=str)["event_id"])
    if fmt == "prov":
        names = json.loads(content)["entity"]
        return sorted(name.removeprefix("tansiq:") for name in names if ":EVT-" in name)
    (folder / "events.gpkg").write_bytes(content)
    with sqlite3.connect(folder / "events.gpkg") as file:
        return [row[0] for row in file.execute("select event_id from events order by fid")]


def some_of(asked: EventFilter, share: int) -> bool:
    """Choose one state in so many, the same ones each time."""
    return int(asked.digest(), 16) % share == 0


@EVERY
@given(asked=filters())
def test_every_way_selects_the_same_events(package, store, packed, tmp_path, asked) -> None:
    """The same ids in the store, the frame, the browser's columns and the file."""
    ids = list(store.events(asked)["event_id"])
    call = columns.call(store, View(filter=asked))
    mask = columns.registered_mask(store.version, str(call["mask"]))
    assert list(CURATED.loc[asked.matches(CURATED), "event_id"]) == ids
    assert CURATED["event_id"].iloc[in_browser(packed, call, mask)].tolist() == ids
    for fmt in export.FORMATS:
        if fmt == "csv" or some_of(asked, SHARE):
            content = export.to_bytes(package, store, asked, fmt).content
            found = rows_of(content, fmt, tmp_path)
            # these two list by id, the others in the order of the store
            assert found == (sorted(ids) if fmt in {"package", "prov"} else ids), fmt
            SEEN[fmt] += 1
    SEEN["some" if ids else "none"] += 1


@EVERY
@given(asked=filters())
def test_every_count_is_the_same_number(store, packed, asked) -> None:
    """Count, rows, located plus listed, and what the chart stacks by month add up alike."""
    n, without = store.count(asked), store.unlocated(asked)
    rows = store.row_numbers(asked)
    drawn = np.isfinite(packed.columns["x"])[rows].sum()
    assert (len(rows), drawn + len(without), store.by_month(asked)["n"].sum()) == (n, n, n)
    assert without["lat"].isna().all()


@THREE_HUNDRED
@given(asked=filters())
def test_what_is_sure_is_shown_and_what_is_shown_is_possible(package, store, asked) -> None:
    """At least, as shown and at most: in this order, and the middle is what a file holds."""
    least, shown, most = store.count_range(asked)
    assert least <= shown <= most
    if some_of(asked, SHARE):
        content = export.to_bytes(package, store, asked, "csv").content
        assert shown == len(pd.read_csv(io.BytesIO(content), dtype=str))
    assert store.by_province(asked)["n"].sum() == store.by_type(asked)["n"].sum() == shown
    assert store.spread(asked)["n"].sum() <= shown
    assert least == shown or asked.date_from or asked.date_to or asked.provinces or asked.box
    assert shown == most or asked.provinces or asked.box
    assert asked.box or most == shown + store.left_out(asked)[0]
    before = store.count(asked.without("asof"))
    assert shown + store.hidden_by_asof(asked) == before
    assert 0 <= store.undated(asked) <= store.hidden_by_asof(asked)
    SEEN["a range"] += least < shown < most
    SEEN["hidden"] += shown < before
    SEEN["a rectangle"] += asked.box is not None and shown > 0


@EVERY
@given(asked=filters())
def test_the_address_is_the_filter(asked) -> None:
    """Written and read again, an address asks for the same, with nothing to notice."""
    assert View.from_text(View(filter=asked).to_text()) == (View(filter=asked), [])


@EVERY
@given(asked=filters())
def test_pictures_hold_the_same_events_and_print_the_same_numbers(package, store, asked) -> None:
    """Marks and what is listed are the store's rows; so are the numbers under the picture."""
    ids = sorted(store.events(asked)["event_id"])
    shown = scene.scene(package, store, View(filter=asked), basemap=basemap.Basemap(layers={}))
    assert sorted([*shown.event_ids, *store.unlocated(asked)["event_id"]]) == ids
    clash, sure = (store.count(also(asked, flag)) for flag in ("contradicted", "certain"))
    assert (shown.n_contradicted, shown.n_uncertain) == (clash, len(ids) - sure)
    drawn = Drawn(shown.event_ids, shown.bounds)
    say = i18n.words("en")
    said = caption.metadata(shown, "png", drawn)["Description"].split(caption.between(say))
    for name, n in (("contradicted", clash), ("uncertain", len(ids) - sure)):
        assert (say(f"snapshot.{name}", n=n) in said) == (n > 0)
    assert (say.count("unit.events", len(ids)) in said) == bool(ids)
    SEEN["numbers"] += bool(clash and sure and shown.n_uncertain)


def also(asked: EventFilter, flag: str) -> EventFilter:
    """Ask for one restriction more."""
    return replace(asked, only=(*asked.only, flag))


@settings(EVERY, max_examples=12)
@given(asked=filters())
def test_pages_hold_the_same_events(package, store, asked) -> None:
    """The rows of the page to take away are the store's, in its order."""
    ids = list(store.events(asked)["event_id"])
    page = standalone.page(package, store, View(filter=asked), basemap.Basemap(layers={}))
    island = page.split(b'id="ts-data">', 1)[1].split(b"</script>", 1)[0]
    assert [row["id"] for row in json.loads(island)["rows"]] == ids


def test_the_drawn_filters_were_worth_it() -> None:
    """The states above were no empty ones: many found something, every format was read."""
    if not SEEN:
        pytest.skip("the test of the same events was not run")
    assert SEEN["csv"] >= settings().max_examples
    assert min(SEEN["some"], SEEN["none"]) > 10
    assert min(SEEN[fmt] for fmt in export.FORMATS) >= 1
    assert min(SEEN["a range"], SEEN["hidden"], SEEN["a rectangle"]) >= 2
    assert SEEN["numbers"] > 5
