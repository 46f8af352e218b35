"""The report of an import: a CSV with a line for every reason why a row was not taken.

Rows that were taken and should be looked at stand in it too, as `flagged`. Cells are guarded, for
the report is opened in a spreadsheet.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from geo import cells
from geo.codebooks.values import visible
from geo.formats import Finding
from geo.i18n import words

COLUMNS: Final = ("line", "outcome", "column", "value", "reason", "explanation")
REJECTED, FLAGGED = "rejected", "flagged"


class Report:
    """Writes findings to a file as they come.

    Attributes
    ----------
    reasons, flags: how often each reason was given.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(COLUMNS)
        self._say = words("en")
        self.reasons: Counter[str] = Counter()
        self.flags: Counter[str] = Counter()

    def add(self, rejected: Iterable[Finding], flagged: Iterable[Finding] = ()) -> None:
        """Write what was found."""
        for outcome, findings, counts in (
            (REJECTED, rejected, self.reasons), (FLAGGED, flagged, self.flags),
        ):  # fmt: skip
            for finding in findings:
                counts[finding.reason] += 1
                told = self._say(f"import.reason.{finding.reason}")
                self._csv.writerow([
                    finding.line, outcome, _safe(finding.column), _safe(finding.value),
                    finding.reason, told,
                ])  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._file.close()


def _safe(text: str) -> str:
    """Return a text that neither a spreadsheet nor a terminal runs."""
    return cells.guard(visible(text))
