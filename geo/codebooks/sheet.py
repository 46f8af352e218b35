"""The rows of one chunk under their columns, and what is found wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from geo.codebooks.values import Fault
from geo.formats import Chunk, Finding
from geo.formats.rows import shown

V = TypeVar("V")


class Header:
    """The names of a file's columns, found whatever their case and spaces."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._at: dict[str, int] = {}
        for at, name in enumerate(names):
            self._at.setdefault(name.strip().lower(), at)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._at

    def has(self, names: Iterable[str]) -> bool:
        """Tell whether all of these columns are there."""
        return all(name in self for name in names)

    def at(self, name: str) -> int | None:
        """Return the place of a column, None when it is not there."""
        return self._at.get(name.strip().lower())

    def first(self, *names: str) -> str:
        """Return the first of these names that is a column, "" when none is."""
        return next((name for name in names if name in self), "")


class Sheet:
    """A chunk, by columns.

    Attributes
    ----------
    size: number of rows; all lists have this length.
    findings: what rejects rows, each with line, column and value.
    flagged: what is only to be looked at, in the same form.
    """

    def __init__(self, header: Header, chunk: Chunk) -> None:
        self.header = header
        self.lines = chunk.lines
        self.size = len(chunk.rows)
        self._columns: list[Sequence[str]] = list(zip(*chunk.rows, strict=True))
        self.findings: list[Finding] = []
        self.flagged: list[Finding] = []
        self._rejected: set[int] = set()
        self.flags: dict[int, list[str]] = {}

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of each column, as they are in the file."""
        return self._columns

    def cells(self, name: str) -> Sequence[str]:
        """Return the cells of a column; empty ones for a column that is not there."""
        at = self.header.at(name) if name else None
        if at is None or not self.size:
            return [""] * self.size
        return self._columns[at]

    def read(self, name: str, memo: Mapping[str, V | Fault | None]) -> list[V | None]:
        """Return the values of a column; a cell that has none rejects its row."""
        found: list[Any] = [memo[cell] for cell in self.cells(name)]
        for row, value in enumerate(found):
            if value.__class__ is Fault:
                self.reject(row, name, value.reason)
                found[row] = None
        return found

    def code(self, name: str, table: Mapping[str, V]) -> list[V | None]:
        """Return what each code of a column stands for; an unknown one rejects its row."""
        found: list[V | None] = []
        for row, cell in enumerate(self.cells(name)):
            code = cell.strip()
            # tables that went through a spreadsheet have 1.0 for 1
            value = table.get(code) or table.get(code.removesuffix(".0"))
            if value is None:
                self.reject(row, name, "unknown_code")
            found.append(value)
        return found

    def reject(self, row: int, name: str, reason: str, beside: str = "") -> None:
        """Note that a row is not taken, because of a cell, or of two side by side."""
        self._rejected.add(row)
        self.findings.append(self._finding(row, name, reason, beside))

    def reject_value(self, row: int, reason: str, value: str) -> None:
        """Note that a row is not taken, because of what it is as a whole."""
        self._rejected.add(row)
        self.findings.append(Finding(self.lines[row], "", shown(value), reason))

    def flag(self, row: int, name: str, reason: str, beside: str = "") -> None:
        """Note that a row is taken and should be looked at."""
        self.flags.setdefault(row, []).append(reason)
        self.flagged.append(self._finding(row, name, reason, beside))

    def _finding(self, row: int, name: str, reason: str, beside: str) -> Finding:
        parts = [part for part in (name, beside) if part]
        value = ", ".join(self.cells(part)[row] for part in parts)
        columns = ", ".join(self._named(part) for part in parts)
        return Finding(self.lines[row], columns, shown(value), reason)

    def _named(self, name: str) -> str:
        at = self.header.at(name)
        return name if at is None else self.header.names[at]

    def is_rejected(self, row: int) -> bool:
        """Tell whether a row is not taken."""
        return row in self._rejected

    @property
    def rejected(self) -> int:
        """How many rows are not taken."""
        return len(self._rejected)

    def taken(self) -> list[bool]:
        """Return for each row whether it is taken."""
        taken = [True] * self.size
        for row in self._rejected:
            taken[row] = False
        return taken
