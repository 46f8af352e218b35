"""Foreign tables of events as our event columns, the original codes kept beside them.

`Importing` takes the chunks that `formats` reads and gives tables of our columns (`canon.FIELDS`
and the source's own), with a finding for every row that is not taken. One file a codebook:
`ucdp_ged`, `acled`, `plain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa

from geo.codebooks import acled, own, plain, ucdp_ged
from geo.codebooks.book import Codebook, without_hxl
from geo.codebooks.canon import FIELDS, SOURCE_PREFIX, Builder
from geo.codebooks.rules import Rules
from geo.codebooks.settings import Mapped, Settings, days, governorates, limits
from geo.codebooks.sheet import Header, Sheet
from geo.errors import TansiqError
from geo.formats import Chunk, Finding, Opened, RefusedFileError

__all__ = [
    "CODEBOOKS",
    "FIELDS",
    "SOURCE_PREFIX",
    "Codebook",
    "Importing",
    "Mapped",
    "Settings",
    "Translated",
    "days",
    "governorates",
    "limits",
    "recognised",
]

# the first that knows a header is taken: the plain table, which knows much, comes last
CODEBOOKS: Final[Mapping[str, Codebook]] = {
    book.name: book for book in (ucdp_ged.CODEBOOK, acled.CODEBOOK, plain.CODEBOOK)
}
# signs of a row that is told apart by its cells
_APART: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Translated:
    """What became of a chunk.

    Attributes
    ----------
    table: the rows that are taken, in our columns.
    rejected: number of rows that are not; each has one finding at least.
    findings: why rows are not taken.
    flagged: what is taken and should be looked at.
    """

    table: pa.Table
    rejected: int
    findings: list[Finding]
    flagged: list[Finding]


def recognised(header: Sequence[str], name: str = "") -> Codebook:
    """Return the codebook of a header, or the one that is asked for by name.

    Raises
    ------
    TansiqError
        When there is none of that name, or none is known for the header.
    """
    if name:
        if name not in CODEBOOKS:
            raise TansiqError(f"There is no codebook {name!r}; there are {', '.join(CODEBOOKS)}.")
        return CODEBOOKS[name]
    found = next((book for book in CODEBOOKS.values() if book.knows(Header(header))), None)
    if found is None:
        shown = ", ".join(header[:8])
        raise RefusedFileError(
            f"The columns ({shown} …) are those of no table that is known: no date of an event "
            "is among them. A mapping file can name it (docs/importing.md)."
        )
    return found


class Importing:
    """One file on its way into our columns.

    Attributes
    ----------
    variant: which version of its codebook's table the file is.
    schema: the columns of the tables that come out.
    hxl: whether the file has a row of HXL tags, which is no row of it.
    """

    def __init__(self, opened: Opened, book: Codebook, settings: Settings) -> None:
        header, rules = Header(opened.header), Rules(settings)
        if lacking := book.lacks(header, rules):
            raise RefusedFileError(lacking)
        self.variant = book.variant(header)
        self.hxl = False
        self._opened, self._header = opened, header
        self._translate = book.translator(header, rules)
        self._builder = Builder(settings.dataset, opened.header)
        self.schema = self._builder.schema
        self._guarded = own.is_guarded(header)
        self._has_ids = book.name != plain.CODEBOOK.name or bool(
            plain.identity(header, settings.mapped.columns)
        )
        self._lines: dict[Any, int] = {}

    def __iter__(self) -> Iterator[tuple[Chunk, Translated]]:
        """Yield each chunk of the file with what became of it."""
        first = True
        for chunk in self._opened.chunks():
            given = chunk
            if first and chunk.rows:
                given, self.hxl = without_hxl(chunk)
                first = False
            if self._guarded:
                given = replace(given, rows=own.unguarded(given.rows))
            yield given, self._translated(given)

    def _translated(self, chunk: Chunk) -> Translated:
        sheet = Sheet(self._header, chunk)
        draft = self._translate(sheet)
        self._refuse_twins(sheet, draft.ids, chunk.rows)
        findings = sorted([*chunk.broken, *sheet.findings])
        refused = {finding.line for finding in sheet.findings}
        flagged = [finding for finding in sheet.flagged if finding.line not in refused]
        table = self._builder.table(sheet, draft)
        return Translated(table, sheet.rejected + len(chunk.broken), findings, flagged)

    def _refuse_twins(self, sheet: Sheet, ids: Sequence[str], rows: list[list[str]]) -> None:
        """Reject a row whose identifier another row had; the first that was taken stays."""
        lines = self._lines
        for row, given in enumerate(ids):
            if sheet.is_rejected(row):
                continue
            if self._has_ids:
                key: Any = given.strip()
            else:
                key = hash(_APART.join(rows[row]))
            if not key and self._has_ids:
                sheet.reject_value(row, "no_id", "")
                continue
            first = lines.setdefault(key, sheet.lines[row])
            if first != sheet.lines[row]:
                sheet.reject_value(row, "duplicate", f"{given} = {first}")
