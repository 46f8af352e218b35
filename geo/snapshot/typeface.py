"""The letters of pictures: fonts from a package, fallback, and safe bidirectional text.

The fonts are named by file, never looked up on the machine, so that a picture is
the same everywhere. IBM Plex Sans Arabic holds Arabic, Sorani and Latin letters;
DejaVu Sans, which comes with matplotlib, holds what Plex lacks.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from geo import palette, vendor

TEXT: Final = "Tansiq text"
REST: Final = "Tansiq rest"
REGULAR: Final = 400
BOLD: Final = 700
# sizes of type, as multiples of the body's
TINY, SMALL, TITLE, STORY, DISPLAY = map(
    palette.size, ("tiny", "small", "title", "story", "display")
)
_RULER_SIZE: Final = 100.0
_PLEX: Final = {REGULAR: "IBMPlexSansArabic-Regular.ttf", BOLD: "IBMPlexSansArabic-SemiBold.ttf"}
_DEJAVU: Final = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_ISOLATES: Final = frozenset((LRI, RLI, FSI, PDI))
# embeddings and overrides reach beyond their own text: never let in from data
_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
_REPLACEMENT: Final = "\ufffd"


Files = tuple[tuple[str, int, str], ...]


def files() -> Files:
    """Return (family, weight, path) of each font there is, in the order of fallback."""
    found = ((weight, vendor.path(name)) for weight, name in _PLEX.items())
    plex = [(TEXT, weight, str(path)) for weight, path in found if path]
    bundled = Path(mpl.get_data_path(), "fonts", "ttf")
    return (*plex, *((REST, weight, str(bundled / name)) for weight, name in _DEJAVU.items()))


def missing(fonts: Files) -> bool:
    """Tell whether a picture must do without its own font."""
    return {family for family, _, _ in fonts} != {TEXT, REST}


@cache
def families(fonts: Files) -> tuple[str, ...]:
    """Make the fonts known to matplotlib under names of our own; return these names.

    A name of our own is never won by a font of the machine that is called alike.
    """
    known = font_manager.fontManager.ttflist
    mark = f"{zlib.crc32(repr(fonts).encode()):08x}"
    for family, weight, path in fonts:
        known.append(
            font_manager.FontEntry(
                fname=path,
                name=f"{family} {mark}",
                style="normal",
                variant="normal",
                weight=weight,
                stretch="normal",
                size="scalable",
            )
        )
    return tuple(dict.fromkeys(f"{family} {mark}" for family, _, _ in fonts))


def properties(fonts: Files, size: float, *, bold: bool) -> FontProperties:
    """Return matplotlib's description of the letters; ``size`` in points."""
    return FontProperties(family=list(families(fonts)), weight=BOLD if bold else REGULAR, size=size)


@cache
def letters(fonts: Files, *, first_only: bool = False) -> frozenset[int]:
    """Return the code points that the fonts can draw; ``first_only`` without fallback."""
    paths = [path for _, weight, path in fonts if weight == REGULAR]
    chosen = paths[:1] if first_only else paths
    return frozenset[int]().union(*(FT2Font(path).get_charmap() for path in chosen))


@lru_cache(maxsize=1)
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, 72)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=50_000)
def advance(fonts: Files, text: str, *, bold: bool) -> float:
    """Return how wide a line is, as a share of its letters' size.

    Without hinting a width grows evenly with the size, so one measure serves all.
    """
    if not text:
        return 0.0
    font = properties(fonts, _RULER_SIZE, bold=bold)
    measured: Any = _ruler()
    return float(measured.get_text_width_height_descent(text, font, ismath=False)[0] / _RULER_SIZE)


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf"


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in _ISOLATES) - 2 * (char == PDI)
        if depth < 0:
            return False
    return depth == 0


def clean(text: str, known: frozenset[int] | None = None) -> str:
    """Return text on one line that cannot disturb its neighbours.

    White space and control characters become single spaces, overrides and unpaired
    isolates go. With ``known``, a letter that no font has becomes the replacement character.
    """
    drop = _OVERRIDES if _balanced(text) else _OVERRIDES | _ISOLATES
    kept = []
    for char in text:
        if char in drop:
            continue
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
            kept.append(" ")
        elif known is None or ord(char) in known or _invisible(char):
            kept.append(char)
        else:
            kept.append(" " if char.isspace() else _REPLACEMENT)
    return " ".join(part for part in re.split(r"[^\S\u00a0]+", "".join(kept)) if part)


def rejoin(lines: list[str]) -> list[str]:
    """Close on each line the isolates that a line break cut, and open them on the next."""
    result, opened = [], ""
    for line in lines:
        start = opened
        for char in line:
            if char == PDI:
                opened = opened[:-1]
            elif char in _ISOLATES:
                opened += char
        result.append(start + line + PDI * len(opened))
    return result


def has_rtl(text: str) -> bool:
    """Tell whether a letter of the text runs from right to left."""
    return any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text)
