"""What a codebook is: how a table is known by its columns, and how its rows become ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.codebooks.canon import Draft
from geo.codebooks.rules import Rules
from geo.codebooks.sheet import Header, Sheet
from geo.formats import Chunk

Translate = Callable[[Sheet], Draft]


@dataclass(frozen=True, slots=True)
class Codebook:
    """The rules of one kind of table.

    Attributes
    ----------
    name: as `--as` has it.
    title: what the tables are called by those who publish them.
    licence, attribution: what they ask for; "" where whoever imports has to say.
    terms: what whoever imports is told; "" when there is nothing to tell.
    first_day: from when on there are events.
    knows: tells whether a header is such a table's.
    lacks: returns what a table needs and a header does not have, as a sentence; "" for nothing.
    variant: returns which version of the table a header is.
    translator: returns what makes drafts of sheets, for one header and one set of rules.
    ids: the columns that tell rows apart, the first that is there counts; none: whole rows.
    noise: tells whether a chunk's first row is no row (HXL tags).
    """

    name: str
    title: str
    licence: str
    attribution: str
    terms: str
    first_day: date
    knows: Callable[[Header], bool]
    lacks: Callable[[Header, Rules], str]
    variant: Callable[[Header], str]
    translator: Callable[[Header, Rules], Translate]


def lacking(header: Header, needed: tuple[str, ...]) -> str:
    """Return which of the needed columns are not there, as a sentence."""
    missing = [name for name in needed if name not in header]
    return f"The table lacks the columns {', '.join(missing)}." if missing else ""


_TAG: Final = "#"


def is_hxl(cells: list[str]) -> bool:
    """Tell whether a row holds HXL tags (`#date+start`), as humanitarian exchanges add one."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(cell.startswith(_TAG) and len(cell) > 1 for cell in filled)


def without_hxl(chunk: Chunk) -> tuple[Chunk, bool]:
    """Return a table's first chunk without its row of HXL tags, and whether there was one."""
    if chunk.rows and is_hxl(chunk.rows[0]):
        return Chunk(chunk.lines[1:], chunk.rows[1:], chunk.broken, chunk.stamp), True
    return chunk, False
