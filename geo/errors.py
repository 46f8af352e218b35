"""Errors raised on purpose: located, and collected before they are raised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


class TansiqError(Exception):
    """An error whose text is a sentence that a reader may see."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One broken rule in one place of a data file.

    Attributes
    ----------
    file: name inside the data folder, such as ``events.csv``.
    line: physical line, 1 is the header; 0 when the whole file is at fault.
    field: column, or "" when the row or the file as a whole is at fault.
    rule: short stable name of the broken rule, such as ``foreign_key``.
    value: what was found, shortened to 200 characters.
    message: an English sentence telling what was expected.
    """

    file: str
    line: int
    field: str
    rule: str
    value: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" [{self.field}]" if self.field else ""
        return f"{place}{column} {self.rule}: {self.message} (found {self.value!r})"

    def as_dict(self) -> dict[str, object]:
        """Return the fault as plain values, for JSON."""
        return asdict(self)


class DataError(TansiqError):
    """A data package breaks its rules; carries every fault that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        lines = "\n".join(str(fault) for fault in self.faults)
        super().__init__(f"{len(self.faults)} fault(s) in the data\n{lines}")
