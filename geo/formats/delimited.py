"""Delimited text as rows: every record is a row or a finding, whatever the bytes.

The parser is the standard library's, strict. A record that it cannot end (a quote that is never
closed) costs its first line alone: the lines after it are parsed anew.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from geo.formats.lines import Lines
from geo.formats.rows import (
    Chunk,
    Finding,
    Limits,
    Opened,
    RefusedFileError,
    Stamp,
    named,
    shown,
)

DELIMITERS: Final = ",;\t|"
# rows handed on at once
CHUNK: Final = 20_000
# signs of one cell, and lines of one record: what is longer is a quote that nobody closed
LONGEST_CELL: Final = 1_000_000
MOST_LINES: Final = 200
# lines looked at for a header
_TOP: Final = 20

Source = Callable[[ExitStack], tuple[IO[bytes], int]]


class _Endless(csv.Error):
    """A record with more lines than any record has."""


class Records:
    """Yields ``(line, cells or None, raw first line)`` of each record, blank lines left out."""

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self._delimiter = delimiter

    def _feed(self) -> Iterator[str]:
        while True:
            if len(self._taken) >= MOST_LINES:
                raise _Endless
            try:
                text = self._again.popleft() if self._again else next(self._lines)
            except StopIteration:
                return
            self._taken.append(text)
            yield text

    def __iter__(self) -> Iterator[tuple[int, list[str] | None, str]]:
        while True:
            begins = self._line + 1
            try:
                for cells in csv.reader(self._feed(), delimiter=self._delimiter, strict=True):
                    taken = len(self._taken)
                    if cells and (len(cells) > 1 or cells[0].strip()):
                        yield begins, cells, ""
                    self._line += taken
                    self._taken.clear()
                    begins = self._line + 1
            except csv.Error:
                first, *rest = self._taken
                self._taken.clear()
                self._again.extendleft(reversed(rest))
                self._line += 1
                yield begins, None, first
            else:
                return


def opened(source: Source, kind: str, limits: Limits, delimiter: str = "") -> Opened:
    """Open delimited text whose bytes ``source`` opens; a delimiter is found where none is given.

    Raises
    ------
    RefusedFileError
        When there is no header.
    """
    csv.field_size_limit(LONGEST_CELL)
    with ExitStack() as stack:
        file, _ = source(stack)
        top = [line for line, _ in zip(iter(Lines(file)), range(_TOP), strict=False)]
    skipped = 1 if top and top[0].lower().startswith("sep=") else 0
    if skipped and len(top[0].strip()) == len("sep=") + 1:
        delimiter = top[0][4]
    delimiter = delimiter or _delimiter(top[skipped:])
    line, header, _ = next(iter(Records(iter(top[skipped:]), delimiter)), (0, None, ""))
    if header is None:
        raise RefusedFileError("The file has no line of column names that can be read.")
    found = Opened(kind, named(header), lambda: iter(()))
    found.chunks = lambda: _chunks(source, delimiter, found, line + skipped, limits)
    return found


def _delimiter(top: Sequence[str]) -> str:
    """Return the delimiter that parts the first line into the most columns."""
    line = next((text for text in top if text.strip()), "")
    return max(DELIMITERS, key=lambda sign: (_parts(line, sign), -DELIMITERS.index(sign)))


def _parts(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return line.count(delimiter)


def _chunks(source: Source, delimiter: str, found: Opened, header: int,
            limits: Limits) -> Iterator[Chunk]:
    """Yield the rows after the header's line."""
    width = len(found.header)
    with ExitStack() as stack:
        file, size = source(stack)
        lines = Lines(file)
        at: list[int] = []
        rows: list[list[str]] = []
        broken: list[Finding] = []
        seen = 0
        for line, cells, raw in Records(iter(lines), delimiter):
            if line <= header:
                continue
            seen += 1
            if limits.rows is not None and seen > limits.rows:
                raise RefusedFileError(f"The file has more than {limits.rows} rows.")
            if cells is None:
                broken.append(Finding(line, "", shown(raw.rstrip("\r\n")), "unreadable"))
            elif len(cells) != width:
                value = f"{len(cells)} ≠ {width}: {delimiter.join(cells)}"
                broken.append(Finding(line, "", shown(value), "ragged"))
            else:
                at.append(line)
                rows.append(cells)
            if len(rows) + len(broken) >= CHUNK:
                yield Chunk(at, rows, broken, Stamp(lines.bytes_read, size))
                at, rows, broken = [], [], []
        yield Chunk(at, rows, broken, Stamp(lines.bytes_read, size))
        found.notes |= {"lines_cp1256": lines.cp1256, "lines_replaced": lines.replaced}


def of_file(path: Path, limits: Limits) -> Opened:
    """Open a CSV or TSV file."""

    def source(stack: ExitStack) -> tuple[IO[bytes], int]:
        return stack.enter_context(path.open("rb")), path.stat().st_size

    return opened(source, "csv", limits, "\t" if path.suffix.lower() == ".tsv" else "")
