"""A foreign file becomes a data set: read, translated, sorted, and put in its place at once.

Until the manifest is written nothing has changed: the new Parquet file has a name of its own, and
the manifest, which is replaced as a whole, says which file counts. So whoever is killed leaves the
old data set or the new one.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from geo import codebooks, formats
from geo.boundaries import Placer
from geo.codebooks import Importing, Mapped, Settings
from geo.codebooks.values import EPOCH
from geo.datasets import comparing, shelf
from geo.datasets.lock import locked
from geo.datasets.manifest import Manifest
from geo.datasets.report import Report
from geo.datasets.sorting import KEYS, Sorter
from geo.datasets.writing import fingerprint, synced
from geo.files import write_atomic
from geo.formats import Limits, RefusedFileError, Stamp
from geo.tables import Package

Progress = Callable[[Stamp, int], None]
# the name of the report while it is written
REPORT: Final = "rejects.csv"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how.

    Attributes
    ----------
    file: the foreign file.
    name: of the data set; "" for the file's own.
    codebook: its name; "" to recognise it.
    dates: how 10/11/2017 is meant: "", day-first or month-first.
    mapped: what a mapping file says.
    first_day, last_day: limits of dates; None for the codebook's first, and tomorrow.
    licence, attribution: what is to be named; "" for what the codebook knows.
    limits: what the file may cost.
    """

    file: Path
    name: str = ""
    codebook: str = ""
    dates: str = ""
    mapped: Mapped = field(default_factory=Mapped)
    first_day: date | None = None
    last_day: date | None = None
    licence: str = ""
    attribution: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: the manifest, and where the report stands.

    ``stored`` is False when no row was taken; then nothing was changed.
    """

    manifest: Manifest
    report: Path | None
    stored: bool


def import_file(  # noqa: PLR0913 - where it comes from, where it goes, and who is told
    package: Package,
    order: Order,
    *,
    home: Path | None = None,
    report: Path | None = None,
    progress: Progress | None = None,
    placer: Placer | None = None,
) -> Imported:
    """Import a file into a data set, which is made or replaced as a whole.

    ``package`` knows the governorates; ``report`` names a file that gets a copy of the report;
    ``placer`` compares with boundaries, without it those that stand beside the data sets.

    Raises
    ------
    RefusedFileError
        When the file is not read at all.
    TansiqError
        When the name is none, or another process changes the data set.
    """
    home = home or shelf.home()
    name = shelf.checked(order.name or shelf.name_of(order.file))
    with locked(home, name):
        shelf.tidy(home, name)
        with _workshop(home, name) as folder:
            placer = placer or comparing.placer(home)
            return _Import(package, order, name, home, folder, placer).run(report, progress)


@contextmanager
def _workshop(home: Path, name: str) -> Iterator[Path]:
    """Give a folder beside the data sets that is gone after the block."""
    folder = home / f".{name}.{secrets.token_hex(6)}.work"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Import:
    """The steps of one import."""

    def __init__(  # noqa: PLR0913, PLR0917 - as above
        self, package: Package, order: Order, name: str, home: Path, folder: Path,
        placer: Placer | None,
    ) -> None:  # fmt: skip
        self._package, self._order, self._name = package, order, name
        self._home, self._folder, self._placer = home, folder, placer
        self._rejected, self._rows = 0, 0

    def run(self, report: Path | None, progress: Progress | None) -> Imported:
        """Read, translate, sort, and put the result in its place."""
        order = self._order
        before = fingerprint(order.file)
        with closing(formats.opened(order.file, order.limits)) as opened:
            # whoever maps columns means a plain table
            asked = order.codebook or ("table" if order.mapped.columns else "")
            book = codebooks.recognised(opened.header, asked)
            limits = codebooks.limits(
                order.first_day or order.mapped.first_day or book.first_day,
                order.last_day or order.mapped.last_day,
            )
            importing = Importing(opened, book, self._settings(limits))
            sorter = Sorter(self._folder, importing.schema)
            with Report(self._folder / REPORT) as written:
                self._read(importing, sorter, written, progress)
        if fingerprint(order.file) != before:
            raise RefusedFileError(f"{order.file} changed while it was read.")
        notes: Counter[str] = Counter(opened.notes) + Counter(hxl_row=int(importing.hxl))
        made = Manifest(
            name=self._name, codebook=book.name, variant=importing.variant,
            source=order.file.name, source_sha256=before[0], source_bytes=before[1],
            source_format=opened.kind, rows=self._rows, accepted=sorter.rows,
            rejected=self._rejected, reasons=dict(sorted(written.reasons.items())),
            flags=dict(sorted(written.flags.items())),
            licence=order.licence or order.mapped.licence or book.licence,
            attribution=order.attribution or order.mapped.attribution or book.attribution,
            imported_on=datetime.now(UTC).date().isoformat(),
            date_limits=(limits[0].isoformat(), limits[1].isoformat()),
            columns=tuple(importing.schema.names), notes=dict(notes),
            **comparing.told(self._placer),
        )  # fmt: skip
        if report:
            write_atomic(report, (self._folder / REPORT).read_bytes())
        if not sorter.rows:
            return Imported(made, report, stored=False)
        return Imported(*self._settle(made, sorter), stored=True)

    def _settings(self, limits: tuple[date, date]) -> Settings:
        first, last = codebooks.days(limits)
        mapped = self._order.mapped
        return Settings(
            dataset=self._name,
            governorates=codebooks.governorates(self._package),
            order=self._order.dates or mapped.dates,
            first=first, last=last, mapped=mapped,
        )  # fmt: skip

    def _read(self, importing: Importing, sorter: Sorter, report: Report,
              progress: Progress | None) -> None:
        for chunk, found in importing:
            sorter.add(comparing.compared(found.table, self._placer))
            report.add(found.findings, found.flagged)
            self._rejected += found.rejected
            self._rows += len(chunk.rows) + len(chunk.broken)
            if progress:
                progress(chunk.stamp, self._rows)

    def _settle(self, made: Manifest, sorter: Sorter) -> tuple[Manifest, Path]:
        """Write the Parquet file, move it and the report, and let the manifest name them."""
        token = secrets.token_hex(4)
        table, report = (f"{self._name}.{token}.{ending}" for ending in ("parquet", "csv"))
        staged = self._folder / "events.parquet"
        span = write_sorted(staged, sorter, made)
        for part, target in ((staged, table), (self._folder / REPORT, report)):
            synced(part)
            part.replace(self._home / target)
        digest, size = fingerprint(self._home / table)
        whole = replace(made, span=span, parquet=table, parquet_sha256=digest,
                        parquet_bytes=size, report=report)
        # from here on the data set is the new one, even if we are killed
        whole.write(self._home)
        shelf.tidy(self._home, self._name)
        return whole, self._home / report


def write_sorted(path: Path, sorter: Sorter, made: Manifest) -> tuple[str, str]:
    """Write all rows in order, a row group a bucket; returns the first and the last day."""
    first, last = "", 0
    writer: Any = None
    try:
        for table in sorter.buckets():
            if writer is None:
                writer = _writer(path, table.schema, made)
                first = _iso(table["day_start"][0].as_py())
            writer.write_table(table)
            last = max(last, pa.compute.max(table["day_end"]).as_py())
    finally:
        if writer is not None:
            writer.close()
    return first, _iso(last)


def _writer(path: Path, schema: pa.Schema, made: Manifest) -> Any:
    about = {"dataset": made.name, "codebook": made.codebook, "licence": made.licence,
             "attribution": made.attribution}
    named = schema.with_metadata({b"tansiq": json.dumps(about, ensure_ascii=False).encode()})
    keys = [(key, "ascending") for key in KEYS]
    sorting = parquet.SortingColumn.from_ordering(schema, keys)
    return parquet.ParquetWriter(path, named, compression="zstd", sorting_columns=sorting)


def _iso(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()
