"""Promises of the letters: nothing in a text disturbs what stands around it."""

from __future__ import annotations

import pytest

from geo.snapshot import typeface


def test_isolates_cut_by_a_line_are_closed_and_opened() -> None:
    """A line of its own never leaves its direction to the next, nor loses it."""
    rli, pdi = typeface.RLI, typeface.PDI
    assert typeface.rejoin([f"a {rli}b", f"c{pdi} d"]) == [f"a {rli}b{pdi}", f"{rli}c{pdi} d"]
    assert typeface.rejoin(["a", "b"]) == ["a", "b"]


@pytest.mark.parametrize(("text", "cleaned"), [
    ("a\n b\t\tc", "a b c"), ("a\x00b", "a b"), ("\u202eabc", "abc"), ("abc\u2069", "abc"),
    ("\u2067abc", "abc"), ("\u2067abc\u2069", "\u2067abc\u2069"), ("CC\u00a0BY", "CC\u00a0BY"),
    ("پێش\u200cمەرگە", "پێش\u200cمەرگە"), ("漢", "\ufffd"), ("", ""),
])  # fmt: skip
def test_a_text_is_cleaned_of_what_reaches_beyond_it(text: str, cleaned: str) -> None:
    """One line; overrides and unpaired isolates go; joiners and no-break spaces stay."""
    assert typeface.clean(text, typeface.letters(typeface.files())) == cleaned
