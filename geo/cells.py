r"""Text in the cells of a CSV file: safe for spreadsheets, and the way back.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@`` and the like as a
formula. `guard` puts a backslash before such a beginning, and before a beginning that is
a backslash itself, so that `unguard` gives back every text unchanged. The beginning is
looked for after spaces, quotes and invisible signs, and again after each ``;``, tab and line
break inside the cell, because a spreadsheet set to another separator splits there.
Numbers such as ``-5.2`` stay as they are.

Lists of free text are joined by `` | `` with ``\`` and ``|`` of the items escaped by a
backslash (`join`, `split`); lists of identifiers are joined by ``;`` as in the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SPLIT: Final = r";\t\r\n\v\f\x85\u2028\u2029"
_LEAD: Final = (
    r"[\s"
    r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # invisible signs
    r"\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff9-\ufffb\U000110bd\U000110cd"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    r"\u2e02-\u2e0d\u2e1c\u2e1d\u2e20\u2e21"  # quotes of editions
    r"\"'`´‘’‚‛“”„‟«»‹›＂＇〝〞〟｀「」『』]"
)
# ascii, full-width, small, superscript, subscript; control characters count as well
_DANGER: Final = r"[=+\-@|%＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺⁻₌₊₋−⩵⩶﬩\x00-\x1f\x7f-\x9f]"
_NUMBER: Final = rf"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=[{_SPLIT}]|\Z)"
_BEGINNING: Final = rf"(?:\A|(?<=[{_SPLIT}]))"
_UNSAFE: Final = re.compile(rf"{_BEGINNING}(?!{_NUMBER})(?={_LEAD}*{_DANGER}|\\)")
_GUARDED: Final = re.compile(rf"{_BEGINNING}\\")
_NAME: Final = re.compile(r"[^a-z0-9._-]+")


def guard(text: str) -> str:
    """Return the text as a cell that no spreadsheet takes for a formula."""
    return _UNSAFE.sub(r"\\", text)


def unguard(cell: str) -> str:
    """Return the text that `guard` was given."""
    return _GUARDED.sub("", cell)


def join(items: Iterable[str]) -> str:
    """Return a list of free texts as one cell text; an empty list is an empty text."""
    return " | ".join(re.sub(r"([\\|])", r"\\\1", item) for item in items)


def split(text: str) -> list[str]:
    """Return the list that `join` was given (a list of one empty text comes back empty)."""
    # an escaped bar has a backslash before it, so this separator stands between items only
    items = text.split(" | ") if text else []
    return [re.sub(r"\\([\\|])", r"\1", item) for item in items]


def file_name(stem: str, ending: str) -> str:
    """Return a download name of at most 80 signs out of ``a-z 0-9 . _ -``, no leading dot."""
    plain = _NAME.sub("-", stem.lower()).strip("-.") or "tansiq"
    return f"{plain[: 79 - len(ending)].rstrip('-.')}.{ending}"
