"""Promises of the binary columns, the masks, the call and what explains them."""

from __future__ import annotations

import gc
import json
import re
import struct
import threading
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import columns, i18n, provenance, tables
from geo.address import View
from geo.columns import masks
from geo.errors import TansiqError
from geo.filters import EventFilter
from geo.i18n import LANGS
from geo.store import Store, engine
from geo.ui import details, panel
from tests import synthetic

EVENTS = synthetic.events(300)
METRES = 40_075_016.686


@pytest.fixture(scope="module")
def package():
    return tables.load()


@pytest.fixture(scope="module")
def packed(package):
    """Pack the curated events once."""
    return columns.unpack(columns.pack(tables.events(package))).columns


def test_every_column_survives() -> None:
    """Codes, days and flags come back; the arrays are as long as the header says."""
    found = columns.unpack(columns.pack(EVENTS))
    got = found.columns
    assert found.n == len(EVENTS) == len(got["x"])
    assert found.longest == (EVENTS["day_end"] - EVENTS["day_start"]).max()
    for name, known, source in (("type", columns.TYPES, "event_type"),
                                ("admin1", columns.ADMIN1, "admin1"),
                                ("admin1_alt", columns.ADMIN1, "admin1_alt")):
        assert [known[code] for code in got[name]] == EVENTS[source].tolist()
    assert [columns.PRECISIONS[p & 0x7F] for p in got["precision"]] == list(EVENTS["geo_precision"])
    assert ((got["precision"] & 0x80) > 0).tolist() == list(EVENTS["place_role"] == "subject_area")
    for name in ("start", "end"):
        assert got[name].tolist() == EVENTS[f"day_{name}"].tolist()


@pytest.mark.parametrize("url", [None, "sqlite://"])
@pytest.mark.parametrize("step", [7, 300, 100_000])
def test_a_store_is_packed_as_its_frame(step, url, tmp_path, monkeypatch) -> None:
    """Whatever is fetched at once, the bytes are the same, and no text is fetched for them."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path))
    with Store.of(EVENTS, url) as held:
        assert columns.pack_store(held, step) == columns.pack(EVENTS)
        rows = next(held.slices(("lat",), {"event_type": columns.TYPES}, step))
        assert {kind.kind for kind in rows.dtypes} <= set("if")


def test_a_store_that_is_too_large_gives_no_events(monkeypatch) -> None:
    """Above the setting the columns are valid and empty; up to it they hold all."""
    with Store.of(EVENTS, "sqlite://") as held:
        for most, n in ((len(EVENTS), len(EVENTS)), (len(EVENTS) - 1, 0)):
            monkeypatch.setenv("TANSIQ_MAP_LIMIT", str(most))
            assert columns.unpack(columns.pack_store(held)).n == n
        monkeypatch.setenv("TANSIQ_MAP_LIMIT", "all")
        with pytest.raises(TansiqError, match="TANSIQ_MAP_LIMIT: expected a number of events"):
            columns.pack_store(held)


def test_a_word_without_a_code_is_named() -> None:
    """A type that the map does not know is refused with its name, from a frame and a store."""
    odd = EVENTS.assign(event_type=["weather", *EVENTS["event_type"][1:]])
    with pytest.raises(TansiqError, match="'weather', which has no code"):
        columns.pack(odd)
    with Store.of(odd, "sqlite://") as held, pytest.raises(TansiqError, match="'weather'"):
        columns.pack_store(held)


def test_masks_hold_no_store() -> None:
    """A store that nobody holds any longer goes, and its questions with it."""
    kept = masks.Masks()
    held = Store.of(EVENTS, "sqlite://")
    name, version = kept.register(held, EventFilter(q="talks")), held.version
    assert kept.get(version, name)
    other = kept.register(held, EventFilter(q="attack"))
    held.close()
    del held
    gc.collect()
    assert kept.get(version, other) is None



def test_points_are_exact_to_two_metres() -> None:
    """Even with points around the whole world; a missing point stays missing."""
    frame = EVENTS.assign(lat=np.linspace(-84, 84, len(EVENTS)), lon=np.linspace(-180, 180, 300))
    frame.loc[7, ["lat", "lon"]] = np.nan
    found = columns.unpack(columns.pack(frame))
    x = found.x0 + found.columns["x"].astype(float)
    y = found.y0 + found.columns["y"].astype(float)
    lon = x * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))
    assert np.nanmax(np.abs(lon - frame["lon"])) * METRES / 360 < 2
    assert np.nanmax(np.abs(lat - frame["lat"])) * METRES / 360 < 2
    assert np.flatnonzero(np.isnan(x)).tolist() == np.flatnonzero(np.isnan(y)).tolist() == [7]


def test_the_bytes_are_laid_out_as_written_down() -> None:
    """Header of 32 bytes, little endian, each column at a multiple of eight."""
    packed = columns.pack(EVENTS.iloc[:3].reset_index(drop=True))
    assert packed[:4] == b"TSQE"
    assert struct.unpack_from("<HHI", packed, 4) == (1, 0, 3)
    at = 32 + 16 + 16
    assert struct.unpack_from("<3H", packed, at) == tuple(EVENTS["day_start"][:3])
    assert len(packed) == 32 + 16 + 16 + 8 + 8 + 3 * 8 + 3


@pytest.mark.parametrize(("head", "kept"), [
    (b"", slice(20)), (b"", slice(-1)), (b"", slice(0)), (b"TSQX", slice(4, None)),
    (b"TSQE\2\0", slice(6, None)),
])
def test_damaged_columns_are_refused(head: bytes, kept: slice) -> None:
    """Cut, foreign or of another version: TansiqError, never wrong numbers."""
    with pytest.raises(TansiqError):
        columns.unpack(head + columns.pack(EVENTS)[kept])


@pytest.mark.parametrize(("change", "word"), [
    ({"event_type": "picnic"}, "picnic"), ({"admin1": "IQ-XX"}, "IQ-XX"),
    ({"geo_precision": "galaxy"}, "galaxy"), ({"day_end": 70_000}, "day_end"),
    ({"day_start": list(range(300, 0, -1))}, "sorted"),
])
def test_what_has_no_code_is_named(change, word: str) -> None:
    """A value that the browser could not show is an error, not another value."""
    with pytest.raises(TansiqError, match=word):
        columns.pack(EVENTS.assign(**change))


def test_no_events_at_all() -> None:
    """An empty table has a header and nothing else."""
    found = columns.unpack(columns.pack(EVENTS.iloc[:0]))
    assert (found.n, found.longest) == (0, 0)


def test_codes_fit_the_bits_of_javascript() -> None:
    """A code is a bit of a signed 32-bit integer."""
    assert max(len(columns.TYPES), len(columns.ADMIN1)) <= 31


@given(st.sets(st.integers(0, 99)), st.integers(100, 130))
def test_masks_hold_exactly_their_rows(rows: set[int], n: int) -> None:
    """Lowest bit first, popcount in the header, nothing beyond the last row."""
    found = columns.mask(sorted(rows), n)
    magic, version, flags, size, count = struct.unpack_from("<4sHHII", found)
    bits = np.unpackbits(np.frombuffer(found, "u1", offset=16), bitorder="little")
    assert (magic, version, flags, size, count) == (b"TSQM", 1, 0, n, len(rows))
    assert set(np.flatnonzero(bits)) == rows
    assert len(found) == 16 + (n + 7) // 8


def test_a_text_is_a_mask_by_its_digest(store: Store) -> None:
    """Registered by the call, found under version and digest; unknown ones are None."""
    asked = EventFilter(q="بيشمركه")
    name = columns.register_mask(store, asked)
    assert name == asked.text_digest()
    assert columns.registered_mask(store.version, name) == columns.mask(
        store.row_numbers(asked), store.size)
    assert columns.registered_mask("0" * 8, name) is None
    assert columns.register_mask(store, EventFilter(provinces=("IQ-KI",))) == ""


@pytest.mark.parametrize("part", [
    {"asof": date(2018, 1, 1)}, {"only": ("contradicted",)}, {"only": ("certain",)},
    {"precisions": ("district",)}, {"viewpoint": "ocha", "provinces": ("IQ-AR",)},
    {"viewpoint": "geonames", "provinces": ("IQ-AR",), "q": "k1"},
    {"datasets": ("curated", "other"), "asof": date(2018, 1, 1)},
])
def test_how_an_event_is_known_is_a_mask(store: Store, part) -> None:
    """What the columns cannot tell goes as a mask; dates and types stay with the browser."""
    whole = EventFilter(date_from=date(2016, 1, 1), types=("vote",), **part)
    called = columns.call(store, View(filter=whole))
    name = str(called["mask"])
    assert name == whole.beyond_columns().digest() != whole.digest()
    assert columns.registered_mask(store.version, name) == columns.mask(
        store.row_numbers(EventFilter(**part)), store.size)
    assert (called["admin1"], called["types"] > 0) == (0, True)


def test_a_viewpoint_alone_needs_no_mask(store: Store) -> None:
    """Without governorates it selects nothing; the governorates of the sources are codes."""
    assert columns.register_mask(store, EventFilter(viewpoint="ocha")) == ""
    asked = EventFilter(provinces=("IQ-AR",), asof=date(2018, 1, 1))
    called = columns.call(store, View(filter=asked))
    assert called["admin1"] == columns.bits(["IQ-AR"], columns.ADMIN1)
    assert called["mask"] == EventFilter(asof=asked.asof).digest()


def test_masks_are_bounded_and_rebuilt(store: Store) -> None:
    """Dropped bytes are asked for again; forgotten questions are unknown."""
    kept = masks.Masks(remembered=3, held=1)
    names = [kept.register(store, EventFilter(q=q)) for q in ("a", "k1", "mosul", "kirkuk")]
    first = [kept.get(store.version, name) for name in names]
    assert first[0] is None
    assert [kept.get(store.version, name) for name in names] == first
    assert (len(kept._asked), len(kept._bytes)) == (3, 1)


def test_masks_serve_many_threads(store: Store) -> None:
    """Eight threads that register and fetch at once all get the right bytes."""
    kept, wrong = masks.Masks(held=2), []
    asked = [EventFilter(q=q) for q in ("k1", "kirkuk", "mosul", "erbil")]
    right = {f.q: columns.mask(store.row_numbers(f), store.size) for f in asked}

    def work(turn: int) -> None:
        for i in range(20):
            f = asked[(i + turn) % 4]
            if kept.get(store.version, kept.register(store, f)) != right[f.q]:
                wrong.append(f)

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_call_selects_what_the_store_selects(store: Store, packed, data) -> None:
    """Integers, bits and mask of a call, read as the browser reads them, give the same rows."""
    days = st.none() | st.dates(date(2013, 1, 1), date(2026, 1, 1))
    first, last = data.draw(days), data.draw(days)
    if first and last and first > last:
        first, last = last, first
    f = EventFilter(first, last, tuple(data.draw(st.sets(st.sampled_from(columns.ADMIN1[1:])))),
                    tuple(data.draw(st.sets(st.sampled_from(columns.TYPES[1:])))),
                    data.draw(st.sampled_from(["", "", "k1", "كركوك", "پێشمەرگە"])))
    asked = columns.call(store, View(filter=f))
    assert _rows(packed, asked, store) == store.row_numbers(f).tolist()


def _rows(got, asked, store: Store) -> list[int]:
    """Select rows by the rule of the browser."""
    hit = (got["start"] <= asked["to"]) & (got["end"] >= asked["from"])
    if asked["types"]:
        hit &= (asked["types"] >> got["type"].astype(int)) & 1 == 1
    if asked["admin1"]:
        alt = got["admin1_alt"].astype(int)
        claimed = (asked["admin1"] >> got["admin1"].astype(int)) & 1
        hit &= (claimed | ((asked["admin1"] >> alt) & (alt > 0))) & 1 == 1
    if asked["mask"]:
        bits = np.frombuffer(columns.registered_mask(store.version, asked["mask"]), "u1", offset=16)
        hit &= np.unpackbits(bits, bitorder="little")[:store.size] == 1
    return np.flatnonzero(hit).tolist()


def test_a_call_holds_integers_and_digests_only(store: Store, package) -> None:
    """Whatever was asked, no word of a reader or of the data is in it."""
    view = View(filter=EventFilter(q="{{7*7}}"), event="EVT-057", centre="CEN-KRK", centres=False)
    asked = columns.call(store, view)
    assert asked["selected"] == [store.get("EVT-057")["row"]]
    assert columns.centre_ids(package)[asked["centre"]] == "CEN-KRK"
    assert asked["centres"] == 0
    assert all(isinstance(value, int | list) or re.fullmatch("[0-9a-f]{16}|", value)
               for value in asked.values())


@pytest.mark.parametrize("view", [View(), View(event="EVT-999", centre="CEN-XXX")])
def test_a_call_without_a_selection(store: Store, view: View) -> None:
    """Unknown ids select nothing; an open range is that of the data."""
    asked = columns.call(store, view)
    assert (asked["selected"], asked["centre"], asked["mask"]) == ([], -1, "")
    assert (asked["from"], asked["to"]) == store.span_days()


@pytest.mark.parametrize("lang", LANGS)
def test_meta_explains_every_code(package, lang: str) -> None:
    """Each code, family, status and centre has a label in the language; it is plain JSON."""
    meta = json.loads(json.dumps(columns.meta(package, lang), allow_nan=False))
    assert [columns.TYPES[t["code"]] for t in meta["types"]] == list(columns.TYPES[1:])
    assert {t["family"] for t in meta["types"]} == {f["id"] for f in meta["families"]}
    assert [columns.ADMIN1[a["code"]] for a in meta["admin1"]] == list(columns.ADMIN1[1:])
    labelled = [*meta["types"], *meta["families"], *meta["admin1"], *meta["precisions"],
                *meta["statuses"], *meta["assessments"], *meta["centres"]]
    assert all(one["label"] and one["label"] != one["id"] for one in labelled)
    assert meta["words"]
    assert meta["version"] in package.version


def test_centres_carry_the_steps_of_their_status(package) -> None:
    """Six of the network, each with its place and the spans of provenance; index is the table's."""
    centres = columns.meta(package, "en")["centres"]
    assert len([one for one in centres if one["role"] == "network"]) == 6
    ids = columns.centre_ids(package)
    for one in centres:
        assert ids[one["index"]] == one["id"]
        spans = provenance.status_spans(package, one["id"])
        assert [step["from"] for step in one["spans"]] == [span.day_from for span in spans]
    kirkuk = next(one for one in centres if one["id"] == "CEN-KRK")
    assert (kirkuk["admin1"], kirkuk["precision"]) == ("IQ-KI", "site")


@pytest.mark.parametrize("lang", LANGS)
def test_every_event_has_details(store: Store, package, lang: str) -> None:
    """Title, place, date and type in the language, and how many sources it has."""
    for row in range(store.size):
        found = columns.detail(store.at(row), lang)
        assert (found["row"], found["lang"]) == (row, lang)
        assert all(found[name] for name in ("id", "title", "date", "type", "precision", "role"))
        assert found["sources"] >= 1
        json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("lang", LANGS)
def test_a_worked_out_date_says_how(store: Store, package, lang: str) -> None:
    """On the map's card and in the panel, marked as English; a stated date says nothing of it."""
    say = i18n.words(lang)
    for row in range(store.size):
        event = store.at(row)
        basis = columns.detail(event, lang)["basis"]
        assert (basis == "") == (event["date_basis"] == "stated")
        assert "derived" not in basis
        page = panel.event(package, event, say)
        shown = f"{say('panel.worked_out')} {details.english(basis, say)}"
        assert (shown in page) == bool(basis)


def test_what_is_worked_out_is_not_certain(store: Store) -> None:
    """EVT-065 is a Tuesday by the order of stories, EVT-084 a meeting whose outcome is unknown."""
    found = store.events(EventFilter(only=("certain",)))
    assert len(found) > 20
    assert set(found["date_basis"]) == {"stated"}
    assert not {"EVT-036", "EVT-065", "EVT-084"} & set(found["event_id"])


def test_a_digest_names_a_schema() -> None:
    """Columns and cache share the promise that another form is another number."""
    assert (columns.VERSION, masks.VERSION, engine.SCHEMA) == (1, 1, 4)
