"""XLSX: the first sheet as texts. Dates come as ISO dates, formulas as the values last shown.

Read from its XML by the standard library, without a document type (so no entity can be defined)
and one row at a time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from geo.formats import archive
from geo.formats.rows import Limits, RefusedFileError
from geo.formats.table import Record, Table

_SHEET: Final = "xl/worksheets/sheet1.xml"
_WIDEST: Final = 16_384
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
# number formats of dates that need no definition
_DATES: Final = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_BLOCK: Final = 1 << 16


def read(path: Path, limits: Limits) -> Table:
    """Read the first sheet of a workbook; its first row that has cells names the columns."""
    rows = _rows(path, limits)
    first = next(rows, None)
    if first is None:
        raise RefusedFileError("The first sheet of the workbook is empty.")
    header = tuple(first[1])
    return Table(header, _records(rows, len(header)))


def _records(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Record]:
    for line, cells in rows:
        # a sheet leaves out empty cells at the end of a row
        yield Record(line, cells + [""] * (width - len(cells)))


def _rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row that has any."""
    with archive.weighed(path, limits) as book:
        names = set(book.namelist())
        shared = list(_shared(book)) if "xl/sharedStrings.xml" in names else []
        styles = _date_styles(book) if "xl/styles.xml" in names else frozenset()
        sheet, epoch = _first_sheet(book, names)
        row = 0
        for element in _elements(book, sheet, "row"):
            row = int(element.get("r") or row + 1)
            cells = _cells(element, shared, styles, epoch)
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield row, cells


def _elements(book: zipfile.ZipFile, name: str, tag: str) -> Iterator[ET.Element]:
    """Yield the elements of a name, each forgotten after its turn."""
    with book.open(name) as file:
        yield from _parsed(file, tag)


def _parsed(file: IO[bytes], tag: str) -> Iterator[ET.Element]:
    """Yield elements as they end; of what lies outside of them nothing is kept."""
    parser, builder = expat.ParserCreate(namespace_separator="}"), _Builder(tag)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    # only a document type can define entities
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        while block := file.read(_BLOCK):
            parser.Parse(block, False)
            yield from builder.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise RefusedFileError(f"The workbook is damaged ({error}).") from error
    yield from builder.taken()


class _Builder:
    """Builds the elements of one name, and forgets the others."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._stack: list[ET.Element] = []
        self._done: list[ET.Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = ET.Element(name, attributes)
        if self._stack:
            self._stack[-1].append(element)
        if self._stack or _local(element) == self._tag:
            self._stack.append(element)

    def data(self, text: str) -> None:
        if self._stack:
            self._stack[-1].text = (self._stack[-1].text or "") + text

    def end(self, _: str) -> None:
        if self._stack:
            element = self._stack.pop()
            if not self._stack:
                self._done.append(element)

    def taken(self) -> list[ET.Element]:
        """Return the elements that ended since the last call."""
        done, self._done = self._done, []
        return done


def _refuse_doctype(*_: object) -> None:
    raise RefusedFileError("The workbook defines a document type, which none needs.")


def _local(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _text(element: ET.Element) -> str:
    """Return the text runs of a string, phonetic hints left out."""
    parts = []
    for child in element:
        if _local(child) == "t":
            parts.append(child.text or "")
        elif _local(child) == "r":
            parts += [t.text or "" for t in child if _local(t) == "t"]
    return "".join(parts)


def _shared(book: zipfile.ZipFile) -> Iterator[str]:
    return (_text(element) for element in _elements(book, "xl/sharedStrings.xml", "si"))


def _date_styles(book: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of the cell styles that show a number as a date."""
    own, styles = {}, []
    for element in _elements(book, "xl/styles.xml", "numFmt"):
        code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", element.get("formatCode", ""))
        own[int(element.get("numFmtId", "0"))] = bool(re.search("[ymdYMD]", code))
    for element in _elements(book, "xl/styles.xml", "cellXfs"):
        styles = [int(xf.get("numFmtId", "0")) for xf in element if _local(xf) == "xf"]
    return frozenset(at for at, form in enumerate(styles) if own.get(form, form in _DATES))


def _first_sheet(book: zipfile.ZipFile, names: set[str]) -> tuple[str, datetime]:
    """Return the name of the first sheet's part, and the day that its dates count from."""
    epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar day
    for element in _elements(book, "xl/workbook.xml", "workbookPr"):
        if element.get("date1904") in {"1", "true"}:
            epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    first = next(_elements(book, "xl/workbook.xml", "sheet"), None)
    wanted = "" if first is None else next(
        (value for key, value in first.attrib.items() if key.endswith("}id")), "")
    if wanted and "xl/_rels/workbook.xml.rels" in names:
        for element in _elements(book, "xl/_rels/workbook.xml.rels", "Relationship"):
            if element.get("Id") == wanted:
                target = element.get("Target", "").removeprefix("/xl/")
                if f"xl/{target}" in names:
                    return f"xl/{target}", epoch
    return _SHEET, epoch


def _cells(row: ET.Element, shared: list[str], styles: frozenset[int],
           epoch: datetime) -> list[str]:
    cells: list[str] = []
    for element in row:
        if _local(element) != "c":
            continue
        place = _column(element.get("r", ""), len(cells))
        cells += [""] * (place - len(cells))
        cells.append(_value(element, shared, styles, epoch))
    return cells


def _column(reference: str, otherwise: int) -> int:
    """Return the place of a cell out of a reference such as AB12."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return otherwise
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    return min(max(place - 1, otherwise), _WIDEST)


def _value(cell: ET.Element, shared: list[str], styles: frozenset[int], epoch: datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_text(child) for child in cell if _local(child) == "is")
    text = next((child.text or "" for child in cell if _local(child) == "v"), "")
    if kind == "s":
        return shared[int(text)] if text else ""
    if kind == "b":
        return "true" if text == "1" else "false"
    if kind == "n" and text and int(cell.get("s", "0")) in styles:
        return _date(text, epoch)
    return text


def _date(text: str, epoch: datetime) -> str:
    """Return a day number as an ISO date, as it is when no calendar has it."""
    try:
        found = epoch + timedelta(days=float(text))
    except (ValueError, OverflowError):
        return text
    whole = float(text) == int(float(text))
    return found.date().isoformat() if whole else found.isoformat(sep=" ", timespec="seconds")
