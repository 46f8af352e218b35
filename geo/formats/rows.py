"""What every reader gives: chunks of rows of texts, each with its line, and what was no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from geo.errors import TansiqError

# characters of a found value that a report repeats
SHOWN: Final = 200


class Finding(NamedTuple):
    """What is wrong, or to be looked at, in one cell of a foreign file.

    ``line`` is the line of the file where the row begins (the number of the record, from 1, where
    a format has no lines); ``column`` the file's own name of it, "" for the row as a whole;
    ``reason`` a key under ``import.reason`` of the catalogues.
    """

    line: int
    column: str
    value: str
    reason: str


class RefusedFileError(TansiqError):
    """A file that is not read at all; nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost before it is refused.

    Attributes
    ----------
    size: bytes of the file.
    unpacked: bytes that an archive, a spreadsheet or a Parquet file says it unpacks to.
    ratio: how many times its size an archive may unpack to (small ones aside).
    rows: number of rows; None for no limit.
    memory: bytes of the child that reads what is not delimited text.
    seconds: time of that child.
    """

    size: int = 16_000_000_000
    unpacked: int = 32_000_000_000
    ratio: int = 100
    rows: int | None = None
    memory: int = 4 << 30
    seconds: int = 1_800


# for what a reader of the dashboard uploads
UPLOAD: Final = Limits(50_000_000, 200_000_000, 100, 200_000, 1 << 30, 30)
# for files of boundaries, of which the largest that are published have some 60 MB
AREAS: Final = Limits(100_000_000, 200_000_000, 100, 2_000, 4 << 30, 300)


class Stamp(NamedTuple):
    """How far the reading is: bytes done and in all (0 where it is not known)."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in the file's order.

    Attributes
    ----------
    lines: where each row begins.
    rows: one list of texts a row, as many as the header has.
    broken: rows that could not be told apart into cells; they count as rows of the file.
    stamp: how far the reading is after this chunk.
    """

    lines: list[int]
    rows: list[list[str]]
    broken: list[Finding]
    stamp: Stamp


@dataclass(slots=True)
class Opened:
    """A file whose header is known.

    Attributes
    ----------
    kind: one of `KINDS`.
    header: names of the columns as the file has them, each once and none empty.
    chunks: gives the rows; it can be called once.
    close: gives back what the reading holds; to be called in any case.
    notes: what a reader should know of the file as a whole, by short names (such as
        ``lines_cp1256``); complete when the chunks are used up.
    """

    kind: str
    header: tuple[str, ...]
    chunks: Callable[[], Iterator[Chunk]]
    notes: dict[str, int] = field(default_factory=dict)
    close: Callable[[], None] = lambda: None


Reader = Callable[[Path, Limits], Opened]


def named(header: list[str]) -> tuple[str, ...]:
    """Return names for all columns: a repeated one gets a number, an empty one its place."""
    found: dict[str, None] = {}
    for at, text in enumerate(header, start=1):
        name = text.strip() or f"column_{at}"
        number, tried = 2, name
        while tried in found:
            tried = f"{name}_{number}"
            number += 1
        found[tried] = None
    return tuple(found)


def shown(text: str) -> str:
    """Return a value as a report repeats it."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
