"""The descriptor's columns: read a table as raw text with true line numbers, and cast it.

`data/datapackage.json` is the only truth about columns; this module turns it into frozen
values. Reading never fails on content: whatever is wrong stands in the `Table` for
`geo.tables.checks` to report, and only a table without fault is cast to a frame.
"""

from __future__ import annotations

import calendar
import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geo.errors import DataError, Fault

DESCRIPTOR: Final = "datapackage.json"
NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")
INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
EDTF: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# forms of cells by declared kind, and the words of a fault; other kinds are free text
FORMS: Final = {"number": NUMBER, "integer": INTEGER, "boolean": re.compile("true|false")}
FORM_WORDS: Final = {
    "number": "a plain decimal number such as 35.46",
    "integer": "a whole number without leading zeros",
    "boolean": "true or false",
}
_NEEDS_QUOTES: Final = re.compile('[,"\r\n]')
PRECISION_OF_LENGTH: Final = {10: "day", 7: "month", 4: "year"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, as the descriptor has it."""

    name: str
    kind: str
    description: str
    constraints: Mapping[str, Any]
    special: Mapping[str, Any]

    @property
    def required(self) -> bool:
        """Whether no cell may be empty."""
        return bool(self.constraints.get("required"))

    @property
    def separator(self) -> str:
        """The sign between the items of a list, "" when the column is no list."""
        return str(self.special.get("list", {}).get("separator", ""))

    @property
    def is_edtf(self) -> bool:
        """Whether the cells are dates of EDTF level 0."""
        return self.special.get("type") == "edtf"

    def items(self, cell: str) -> list[str]:
        """Split a cell into the items of its list; an empty cell has none."""
        return cell.split(self.separator) if cell and self.separator else [cell] if cell else []


@dataclass(frozen=True, slots=True)
class Resource:
    """One table of the package, as the descriptor has it."""

    name: str
    path: str
    title: str
    description: str
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]
    rules: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The data package's own description; ``raw`` is the whole JSON."""

    resources: Mapping[str, Resource]
    raw: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The date-like version of the data set."""
        return str(self.raw["version"])

    @property
    def licences(self) -> tuple[Mapping[str, str], ...]:
        """The licences of what the tables took from elsewhere, in the descriptor's order."""
        return tuple(self.raw["licenses"])

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files of the package that the manifest vouches for, sorted."""
        tables = [resource.path for resource in self.resources.values()]
        return tuple(sorted([*tables, DESCRIPTOR, self.raw["tansiq:country"]["outline"]]))


def read_descriptor(folder: Path) -> Descriptor:
    """Read ``datapackage.json``; raises `DataError` when it is missing or no descriptor."""
    try:
        raw = json.loads((folder / DESCRIPTOR).read_bytes().decode("utf-8"))
        resources = {item["name"]: _resource(item) for item in raw["resources"]}
        descriptor = Descriptor(resources, raw)
        _ = descriptor.version, descriptor.licences, descriptor.files
        if outside := [name for name in descriptor.files if Path(name).name != name]:
            message = "expected names of files that lie in the folder itself"
            raise DataError([_fault(", ".join(outside), message)])
    except OSError as error:
        message = "expected a readable descriptor of the data package"
        raise DataError([_fault(error.strerror or "", message)]) from error
    except (ValueError, TypeError, AttributeError, re.error) as error:
        raise DataError([_fault(str(error), "expected a JSON data package")]) from error
    except KeyError as error:
        key = str(error.args[0])
        raise DataError([_fault(key, "expected this property, which is missing")]) from error
    return descriptor


def _fault(value: str, message: str) -> Fault:
    """Return a fault of the descriptor as a whole."""
    return Fault(DESCRIPTOR, 0, "", "descriptor", value[:200], message)


def _resource(item: Mapping[str, Any]) -> Resource:
    """Return one table's description from its JSON."""
    schema = item["schema"]
    keys = tuple(
        (key["fields"], key["reference"]["resource"] or item["name"], key["reference"]["fields"])
        for key in schema.get("foreignKeys", ())
    )
    columns = {column["name"]: _column(column) for column in schema["fields"]}
    return Resource(
        name=item["name"],
        path=item["path"],
        title=item["title"],
        description=item["description"],
        columns=columns,
        primary_key=tuple(schema["primaryKey"]),
        foreign_keys=keys,
        rules=tuple(item.get("tansiq:rules", ())),
    )


def _column(item: Mapping[str, Any]) -> Column:
    """Return one column's description from its JSON; the pattern is tried once here."""
    constraints = item.get("constraints", {})
    re.compile(constraints.get("pattern", ""))
    special = {k.removeprefix("tansiq:"): v for k, v in item.items() if k.startswith("tansiq:")}
    return Column(item["name"], item["type"], item["description"], constraints, special)


@dataclass(frozen=True)
class Row:
    """One record: the physical line it begins on, and its cells as they stand in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file as it was read: bytes, header and records, with what could not be parsed.

    ``text`` keeps bytes that are no UTF-8 as lone surrogates, so that nothing is lost.
    ``broken`` is the line and the reason where CSV parsing stopped, or None.
    """

    resource: Resource
    raw: bytes
    text: str
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    broken: tuple[int, str] | None = None
    _positions: dict[str, int] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._positions.update({name: at for at, name in reversed([*enumerate(self.header)])})

    def cell(self, row: Row, name: str) -> str:
        """Return a cell by its column; "" when the row or the header has no such column."""
        at = self._positions.get(name, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    def records(self, *names: str) -> Iterable[tuple[Row, tuple[str, ...]]]:
        """Yield each whole row with the cells of the named columns, in file order."""
        for row in self.whole:
            yield row, tuple(self.cell(row, name) for name in names)

    @cached_property
    def whole(self) -> tuple[Row, ...]:
        """The rows with as many cells as the header: in others no cell is certain."""
        return tuple(row for row in self.rows if len(row.cells) == len(self.header))

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """Map the first column of the primary key to its first row."""
        rows: dict[str, Row] = {}
        for row in self.rows:
            rows.setdefault(self.cell(row, self.resource.primary_key[0]), row)
        return rows

    @cached_property
    def grid(self) -> tuple[tuple[Row, Column, str], ...]:
        """Every cell of the declared columns with its row, over the whole rows."""
        columns = self.resource.columns.items()
        return tuple(
            (row, one, self.cell(row, name)) for row in self.whole for name, one in columns
        )

    def values(self, name: str) -> frozenset[str]:
        """Return the distinct cells of a column."""
        return frozenset(self.cell(row, name) for row in self.rows)


def read_table(folder: Path, resource: Resource) -> Table:
    """Read one table; a file that is missing gives an empty table (the manifest tells)."""
    path = folder / resource.path
    raw = path.read_bytes() if path.is_file() else b""
    text = raw.decode("utf-8", errors="surrogateescape")
    found, broken = records(text.removeprefix("\ufeff"))
    header = found[0].cells if found else ()
    return Table(resource, raw, text, header, tuple(found[1:]), broken)


def records(text: str) -> tuple[list[Row], tuple[int, str] | None]:
    """Parse CSV text; line numbers are physical and 1-based."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows, None
        except csv.Error as error:
            return rows, (line, str(error))
        rows.append(Row(line, tuple(cells)))
        line = reader.line_num + 1


def render(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Return a table in its one canonical form: UTF-8, LF, minimal quoting, final newline."""
    # csv's own writer leaves a lone carriage return without quotes
    lines = (",".join(_quoted(cell) for cell in row) for row in (header, *rows))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", errors="surrogateescape")


def _quoted(cell: str) -> str:
    """Return a cell in quotes when it cannot stand without."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def edtf_span(text: str) -> tuple[date, date]:
    """Return the first and the last day of "2021", "2021-05" or "2021-05-23".

    Raises `ValueError` when the text is of another form or no day of the calendar.
    """
    found = EDTF.fullmatch(text)
    if found is None:
        raise ValueError(f"expected YYYY, YYYY-MM or YYYY-MM-DD, found {text!r}")
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if day:
        return date(year, month, day), date(year, month, day)
    first, last = (month, month) if found.group(2) else (1, 12)
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def first_day(text: str) -> date | None:
    """Return the first day of an EDTF date; None when it is empty or none."""
    try:
        return edtf_span(text)[0]
    except ValueError:
        return None


def as_number(text: str) -> float | None:
    """Return a plain decimal number; None when the text is empty or none."""
    return float(text) if NUMBER.fullmatch(text) else None


def cast(table: Table) -> pd.DataFrame:
    """Return a table without fault as a frame, in file order.

    Text is ``str`` with "" for nothing, integers are ``Int64``, numbers ``float64`` with
    NaN for nothing, booleans ``bool``. Order of the columns: the descriptor's.
    """
    columns = {}
    for name, column in table.resource.columns.items():
        cells = [table.cell(row, name) for row in table.rows]
        columns[name] = _series(cells, column.kind)
    return pd.DataFrame(columns)


def _series(cells: list[str], kind: str) -> pd.Series[Any]:
    """Return cells that were found sound as a column of the declared kind."""
    if kind == "integer":
        return pd.Series([int(cell) if cell else None for cell in cells], dtype="Int64")
    if kind == "number":
        return pd.Series([float(cell) if cell else float("nan") for cell in cells], dtype="float64")
    if kind == "boolean":
        return pd.Series([cell == "true" for cell in cells], dtype="bool")
    return pd.Series(cells, dtype="str")
