"""The typeface of a page that needs nothing: only the letters it uses, as a data address."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

from geo import vendor

FACES: Final = {400: "IBMPlexSansArabic-Regular.ttf", 700: "IBMPlexSansArabic-Bold.ttf"}
# licence texts stay; the font's own names go, for its licence reserves them for the whole font
_NAMES: Final = (0, 13, 14)
# always there, so that most pages share one cut: Latin, Arabic and Sorani letters, marks
_ALWAYS: Final = frozenset(
    chr(code)
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0x17F),
        (0x60C, 0x669),
        (0x66B, 0x6D5),
        (0x2009, 0x2026),
    )
    for code in range(first, last + 1)
)


def addresses(text: str) -> dict[str, str]:
    """Return weight -> ``data:`` address of a WOFF with the letters of the text.

    Letters of the font's joining and ligature rules come along. A face whose file is missing
    is left out; the page then falls back to the reader's fonts.
    """
    letters = "".join(sorted(_ALWAYS.union(text)))
    found = {str(weight): _address(name, letters) for weight, name in FACES.items()}
    return {weight: address for weight, address in found.items() if address}


@lru_cache(maxsize=16)
def _address(name: str, letters: str) -> str:
    """Return one face as a data address, "" when its file is missing."""
    path = vendor.path(name)
    if path is None:
        return ""
    options = subset.Options(
        drop_tables=[*subset.Options().drop_tables, "meta"],
        flavor="woff",
        layout_features=["*"],
        name_IDs=list(_NAMES),
        name_languages=["*"],
        notdef_outline=True,
        hinting=False,
        recalc_timestamp=False,
    )
    with TTFont(path, lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        font.flavor = "woff"
        out = io.BytesIO()
        font.save(out, reorderTables=False)
    return "data:font/woff;base64," + base64.b64encode(out.getvalue()).decode("ascii")
