"""Promises of the pen: words are measured before they are drawn."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.snapshot.pen import Pen


@settings(max_examples=60)
@given(text=st.text(max_size=60), width=st.floats(20, 300))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: float) -> None:
    """Whatever the text, no line is wider than asked (one letter at least), none is lost."""
    pen = Pen((400, 300), 96, 10, "en", "light")
    lines = pen.wrap(text, width)
    unseen = {" ", "\u2066", "\u2067", "\u2068", "\u2069"}
    assert [c for c in "".join(lines) if c not in unseen] == [
        c for c in pen.clean(text) if c not in unseen
    ]
    assert all(pen.width(line) <= width + 0.01 or len(set(line) - unseen) <= 1 for line in lines)


def test_a_text_too_long_ends_in_an_ellipsis() -> None:
    pen = Pen((400, 300), 96, 10, "ar", "light")
    lines = pen.wrap("كلمة " * 60, 100, most=2)
    assert (len(lines), lines[-1][-1]) == (2, "…")
    assert pen.width(lines[-1]) <= 100
