"""Whatever the bytes: no loader raises, and accepted and rejected rows add up to the file's."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import codebooks, formats, tables
from geo.errors import TansiqError
from tests import foreign

NAMES = codebooks.governorates(tables.load())
FIRST, LAST = codebooks.days(codebooks.limits(None, None))
HEADS = {
    "acled": ",".join(foreign.ACLED_COLUMNS),
    "ucdp-ged": ",".join(foreign.GED_COLUMNS),
    "table": "date,date_end,lat,lon,type,title,governorate,fatalities",
}
# what tears cells, lines, numbers, dates and encodings apart
BITS = st.sampled_from(
    [b",", b'"', b"\n", b"\r\n", b"\r", b"\x00", b"\xff\xfe", b"\xd8\xb3", b"\xc7\xe1", b";",
     b"2017-11-10", b"10/11/2017", b"1439-01-26", b"NaN", b"-inf", b"1e999", b"35.4", b"\xd9\xa3",
     "٢٣ أيار ٢٠٢١".encode(), "\u202e".encode(), b"NA", b"00123", b"=1+1", b"#date",
     b"\xed\xa0\x80"]
)  # fmt: skip
BYTES = st.lists(BITS | st.binary(max_size=6), max_size=60).map(b"".join)
CELLS = st.sampled_from(["", "1", "2", "35.4", "44.3", "2021-05-23", "x", "Iraq", "Kirkuk", "\x00",
                         "-1", "Battles", "99999999999999999999", "٣"]) | st.text(max_size=5)


def add_up(content: bytes, book: str = "") -> tuple[int, int, int]:
    """Return rows, accepted and rejected; what is refused as a whole raises `TansiqError`."""
    with tempfile.TemporaryDirectory() as folder:
        opened = formats.opened(foreign.written(Path(folder), content))
        chosen = codebooks.recognised(opened.header, book)
        setup = codebooks.Settings("fuzz", NAMES, "", FIRST, LAST)
        rows = accepted = rejected = 0
        for chunk, found in codebooks.Importing(opened, chosen, setup):
            rows += len(chunk.rows) + len(chunk.broken)
            accepted += found.table.num_rows
            rejected += found.rejected
            assert len({one.line for one in found.findings}) == found.rejected
        return rows, accepted, rejected


def any_bytes(content: bytes) -> None:
    """A file may be refused as a whole; nothing but a sentence comes of that."""
    with suppress(TansiqError):
        rows, accepted, rejected = add_up(content)
        assert accepted + rejected == rows


def after_a_header(book: str, content: bytes) -> None:
    """A known header is never refused, whatever follows."""
    rows, accepted, rejected = add_up(f"{HEADS[book]}\n".encode() + content, book)
    assert accepted + rejected == rows


def any_cells(book: str, cells: list[list[str]]) -> None:
    """Well-formed rows of any cells: none is lost, none is made."""
    width = HEADS[book].count(",") + 1
    whole = [(row * width)[:width] for row in cells if any(cell.strip() for cell in row)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADS[book].split(","), *whole])
    rows, accepted, rejected = add_up(out.getvalue().encode("utf-8", "replace"), book)
    assert accepted + rejected == rows == len(whole)


FAST, SLOW = 120, 3_400
BOOKS = st.sampled_from(list(HEADS))
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=12), max_size=6)
CASES = {"bytes": (any_bytes, (BYTES,)), "header": (after_a_header, (BOOKS, BYTES)),
         "cells": (any_cells, (BOOKS, ROWS))}  # fmt: skip


def run(name: str, examples: int) -> None:
    check, strategies = CASES[name]
    quiet = list(HealthCheck)
    settings(max_examples=examples, suppress_health_check=quiet, deadline=None)(
        given(*strategies)(check))()


@pytest.mark.parametrize("name", CASES)
def test_never_raises(name: str) -> None:
    """Some hundred generated files."""
    run(name, FAST)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_never_raises_in_ten_thousand(name: str) -> None:
    """Ten thousand generated files."""
    run(name, SLOW)
