"""Cells of a CSV file: no formula gets out, every text comes back."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import cells

SIGNS = "=+-@|%\t\r\n＝＋－＠｜％ '\"“‘\u200b\ufeff\\;,a1.\x00كێ"
texts = st.one_of(st.text(SIGNS, max_size=8), st.text(max_size=12))


def begins_formula(cell: str) -> bool:
    """Say by another road than the module's whether a cell begins like a formula."""
    if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", cell, re.ASCII):
        return False
    skip = "'\"`´"
    for sign in cell:
        if sign in "\t\r\n" or unicodedata.category(sign) == "Cc":
            return True
        if sign in skip or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Pi", "Pf", "Cf"}:
            continue
        return unicodedata.normalize("NFKC", sign)[0] in "=+-@|%"
    return False


@given(texts)
def test_no_formula_gets_out(text: str) -> None:
    """No guarded cell begins like a formula, nor does what a wrong separator makes of it."""
    cell = cells.guard(text)
    assert not begins_formula(cell)
    assert not any(begins_formula(part) for part in re.split(r"[;\t\r\n]", cell))


def test_no_sign_hides_a_formula() -> None:
    """Whatever single sign stands before or in place of ``=``, no formula gets out."""
    signs = map(chr, [*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)])
    open_ = [s for s in signs for c in (s, s + "=1") if begins_formula(cells.guard(c))]
    assert [f"{ord(sign):04x}" for sign in open_] == []


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    """What was guarded is given back unchanged, sign by sign."""
    assert cells.unguard(cells.guard(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "\\=1+1"),
        (" '=cmd", "\\ '=cmd"),
        ("＝1", "\\＝1"),
        ("\u200e@x", "\\\u200e@x"),
        ("\tx", "\\\tx"),
        ("\\x", "\\\\x"),
        ("a;=1", "a;\\=1"),
        ("-5.25", "-5.25"),
        ("+964 750", "\\+964 750"),
        ("2014-06", "2014-06"),
        ("{{7*7}} ${alert(1)} <img>", "{{7*7}} ${alert(1)} <img>"),
        ("", ""),
    ],
)
def test_what_is_guarded(text: str, cell: str) -> None:
    """Only what a spreadsheet would run is changed."""
    assert cells.guard(text) == cell


@given(st.lists(st.text("a |\\;=\n", max_size=5), max_size=4).filter(lambda x: x != [""]))
def test_lists_come_back(items: list[str]) -> None:
    """A joined list is split into the same items, bars and backslashes included."""
    assert cells.split(cells.join(items)) == items


@given(st.text(max_size=120))
def test_file_names_are_plain(stem: str) -> None:
    """A download name has plain signs only and at most 80 of them."""
    name = cells.file_name(stem, "parquet")
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", name)
    assert name.endswith(".parquet")
    assert not name.startswith(".")
