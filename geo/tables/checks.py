"""The checks of a data package; each fault is named by the check that found it.

Four registries, from the outside in: `FILES` looks at bytes and lines, `CELLS` at one cell,
`TABLES` at keys and references, `geo.tables.rules.RULES` at what the descriptor rules between
columns and tables. `geo.tables.manifest.CHECKS` stands before them all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from geo.errors import Fault
from geo.tables import manifest, rules, schema
from geo.tables.draft import Draft, Finding, Findings

# rules after which a table's cells cannot be told for certain
UNREADABLE: Final = frozenset({"encoding", "csv_syntax", "header", "cell_count", "missing_file"})
KNOWN_RULES: Final = frozenset(rules.RULES)
HIJRI_YEARS: Final = range(1300, 1501)
_LINE_END: Final = re.compile("\r\n|\r|\n")
_SURROGATE: Final = re.compile("[\udc80-\udcff]")
# the joiners shape Arabic letters; every other invisible sign is a slip or a trick
_JOINERS: Final = frozenset("\u200c\u200d")
_STRAY: Final = frozenset({"Cc", "Cf", "Co", "Zl", "Zp", "Zs"})
_COMPOSED: Final = "expected composed letters (Unicode form NFC)"


def faults(draft: Draft) -> list[Fault]:
    """Return every fault of a data package, in no certain order.

    A descriptor that the manifest does not vouch for judges nothing: then only what
    manifest and folder do not agree about is returned.
    """
    found = list(manifest.faults(draft))
    if any(fault.file in {manifest.NAME, schema.DESCRIPTOR} for fault in found):
        return found
    for table in draft.tables.values():
        found.extend(_of_table(draft, table))
    return found


def canonical_bytes(table: schema.Table) -> bytes:
    """Return a table in canonical form, rows in the order of their key."""
    rows = sorted(table.rows, key=lambda row: _key(table, row))
    return schema.render(table.header, (row.cells for row in rows))


def of_cell(draft: Draft, name: str, column: str, cell: str) -> str:
    """Return what is wrong with a new cell by itself, "" for nothing.

    Its form, what it points at, and whether it has to be the only one of its kind; what holds
    between cells is for the whole row to show.
    """
    table = draft.tables[name]
    one = table.resource.columns[column]
    for check in CELLS.values():
        if message := check(draft, one, cell):
            return message
    alone = schema.Table(table.resource, b"", "", (column,), (schema.Row(0, (cell,)),))
    for points in (_foreign_key, _reference, _list_reference):
        for finding in points(draft, alone):
            return f"{finding.message}, found {finding.value}"
    taken = one.constraints.get("unique") and cell in table.values(column)
    return "expected a value of its own, a row has it already" if taken else ""


def _of_table(draft: Draft, table: schema.Table) -> Iterator[Fault]:
    """Yield the faults of one table."""
    for name, file_check in FILES.items():
        yield from _located(table, name, file_check(table))
    for name, cell_check in CELLS.items():
        yield from _located(table, name, _cells(draft, table, cell_check))
    for name, table_check in TABLES.items():
        yield from _located(table, name, table_check(draft, table))
    for params in table.resource.rules:
        yield from _of_rule(draft, table, params)


def _of_rule(draft: Draft, table: schema.Table, params: rules.Params) -> Iterator[Fault]:
    """Yield what one of the descriptor's rules finds; the descriptor's own slips as well."""
    name = params.get("rule", "")
    if name not in KNOWN_RULES:
        message = f"expected one of the rules {', '.join(sorted(KNOWN_RULES))}"
        yield Fault(schema.DESCRIPTOR, 0, table.resource.name, "descriptor", name, message)
    elif name in rules.RULES:
        try:
            found = list(rules.RULES[name](draft, table, params))
        except KeyError as error:
            message = f"expected the rule {name} to name a column or parameter that is there"
            value = str(error.args[0])
            yield Fault(schema.DESCRIPTOR, 0, table.resource.name, "descriptor", value, message)
        else:
            yield from _located(table, name, found)


def of_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield rule and message of what is wrong with the signs of a text that readers see."""
    found = {
        "whitespace": _space_around(text),
        "stray_character": _stray(text),
        "nfc": "" if unicodedata.is_normalized("NFC", text) else _COMPOSED,
    }
    yield from ((rule, message) for rule, message in found.items() if message)


def _located(table: schema.Table, rule: str, findings: Iterable[Finding]) -> Iterator[Fault]:
    """Yield findings of one check as faults of the table's file."""
    for line, field, value, message in findings:
        yield Fault(table.resource.path, line, field, rule, shown(value[:200]), shown(message))


def shown(text: str) -> str:
    """Return a text that can be printed, what is invisible in it as code points."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    """Return a character as it stands, or its code point when it would not be seen."""
    if char == " " or char in _JOINERS or unicodedata.category(char) not in {*_STRAY, "Cs"}:
        return char
    return f"<U+{ord(char):04X}>"


def _encoding(table: schema.Table) -> Findings:
    for line, text in enumerate(_LINE_END.split(table.text), start=1):
        if found := _SURROGATE.search(text):
            value = f"0x{ord(found.group()) - 0xDC00:02x}"
            yield Finding(line, "", value, "expected UTF-8, found a byte of another encoding")


def _bom(table: schema.Table) -> Findings:
    if table.text.startswith("\ufeff"):
        yield Finding(1, "", "\ufeff", "expected UTF-8 without a byte order mark")


def _line_end(table: schema.Table) -> Findings:
    lines = table.text.count("\n") + 1
    for line, text in enumerate(table.text.split("\n"), start=1):
        if "\r" in text:
            yield Finding(line, "", "\r", "expected lines to end with LF alone")
    if table.text and not table.text.endswith("\n"):
        yield Finding(lines, "", table.text[-20:], "expected a line end at the end of the file")


def _csv_syntax(table: schema.Table) -> Findings:
    if table.broken:
        line, reason = table.broken
        yield Finding(line, "", reason, "expected CSV with doubled quotes; the rest was not read")


def _header(table: schema.Table) -> Findings:
    expected = tuple(table.resource.columns)
    if table.header != expected:
        pairs = zip((*table.header, *[""] * len(expected)), (*expected, ""), strict=False)
        found, wanted = next((f, w) for f, w in pairs if f != w)
        message = f"expected the columns {', '.join(expected)}"
        yield Finding(1, wanted, found, message)


def _cell_count(table: schema.Table) -> Findings:
    expected = len(table.header)
    for row in table.rows:
        if len(row.cells) != expected:
            yield Finding(row.line, "", str(len(row.cells)), f"expected {expected} cells")


def _quoting(table: schema.Table) -> Findings:
    lines = _LINE_END.split(table.text.removeprefix("\ufeff"))
    for row in (schema.Row(1, table.header), *table.rows):
        plain = schema.render(row.cells, ()).decode("utf-8", errors="surrogateescape")
        spans_lines = any(_LINE_END.search(cell) for cell in row.cells)
        if row.cells and not spans_lines and lines[row.line - 1] != plain[:-1]:
            message = "expected quotes only around cells that need them"
            yield Finding(row.line, "", lines[row.line - 1], message)


def _cells(draft: Draft, table: schema.Table, check: CellCheck) -> Findings:
    """Run one check over all cells of a table."""
    for row, column, cell in table.grid:
        if message := check(draft, column, cell):
            yield Finding(row.line, column.name, cell, message)


def _is_translation(draft: Draft, column: schema.Column) -> bool:
    """Whether a column holds a text's version in another language than the first."""
    return column.special.get("language") in draft.descriptor.raw["tansiq:languages"][1:]


def _required(draft: Draft, column: schema.Column, cell: str) -> str:
    missing = column.required and not cell and not _is_translation(draft, column)
    return "expected a value" if missing else ""


def _translation(draft: Draft, column: schema.Column, cell: str) -> str:
    missing = column.required and not cell and _is_translation(draft, column)
    return f"expected the text in the language {column.special['language']}" if missing else ""


def _type(_: Draft, column: schema.Column, cell: str) -> str:
    form = schema.FORMS.get(column.kind)
    sound = not cell or form is None or form.fullmatch(cell)
    return "" if sound else f"expected {schema.FORM_WORDS[column.kind]}"


def _enum(_: Draft, column: schema.Column, cell: str) -> str:
    allowed = column.constraints.get("enum", ())
    sound = not cell or not allowed or cell in allowed
    return "" if sound else f"expected one of {', '.join(allowed)}"


def _pattern(_: Draft, column: schema.Column, cell: str) -> str:
    pattern = column.constraints.get("pattern")
    sound = not cell or pattern is None or re.fullmatch(pattern, cell)
    return "" if sound else f"expected the form {pattern}"


def _minimum(_: Draft, column: schema.Column, cell: str) -> str:
    limit, value = column.constraints.get("minimum"), schema.as_number(cell)
    low = limit is not None and value is not None and value < limit
    return f"expected no less than {limit}" if low else ""


def _maximum(_: Draft, column: schema.Column, cell: str) -> str:
    limit, value = column.constraints.get("maximum"), schema.as_number(cell)
    high = limit is not None and value is not None and value > limit
    return f"expected no more than {limit}" if high else ""


def _calendar(_: Draft, column: schema.Column, cell: str) -> str:
    impossible = column.is_edtf and schema.EDTF.fullmatch(cell) and not schema.first_day(cell)
    return "expected a date of the calendar" if impossible else ""


def _date_range(draft: Draft, column: schema.Column, cell: str) -> str:
    day: date | None = schema.first_day(cell) if column.is_edtf else None
    earliest, latest = draft.day_limits
    if day is None or earliest <= day <= latest:
        return ""
    hint = "; a Hijri year?" if day.year in HIJRI_YEARS else ""
    return f"expected a date from {earliest} to {latest}{hint}"


def _list(_: Draft, column: schema.Column, cell: str) -> str:
    items = column.items(cell) if column.separator else []
    if any(not item or item != item.strip() for item in items):
        return f"expected items separated by {column.separator!r} alone"
    return "" if len(set(items)) == len(items) else "expected each item once"


def _whitespace(_: Draft, __: schema.Column, cell: str) -> str:
    return _space_around(cell)


def _space_around(cell: str) -> str:
    return "" if cell == cell.strip(" ") else "expected no space at the beginning or the end"


def _stray_character(_: Draft, __: schema.Column, cell: str) -> str:
    return _stray(cell)


def _stray(cell: str) -> str:
    if cell.isprintable() and "\ufffd" not in cell:
        return ""
    stray = (c for c in cell if c == "\ufffd" or (_visible(c) != c and not _SURROGATE.match(c)))
    found = next(stray, "")
    return f"expected visible text, found U+{ord(found):04X}" if found else ""


def _nfc(_: Draft, __: schema.Column, cell: str) -> str:
    return "" if unicodedata.is_normalized("NFC", cell) else _COMPOSED


def _key(table: schema.Table, row: schema.Row) -> tuple[str, ...]:
    """Return the cells of a row's primary key."""
    return tuple(table.cell(row, name) for name in table.resource.primary_key)


def _primary_key(_: Draft, table: schema.Table) -> Findings:
    first: dict[tuple[str, ...], int] = {}
    for row in table.whole:
        key = _key(table, row)
        if first.setdefault(key, row.line) != row.line:
            message = f"expected a key of its own, line {first[key]} has it"
            yield Finding(row.line, table.resource.primary_key[0], ", ".join(key), message)


def _unique(_: Draft, table: schema.Table) -> Findings:
    for name, column in table.resource.columns.items():
        if not column.constraints.get("unique") or table.resource.primary_key == (name,):
            continue
        first: dict[str, int] = {}
        for row, (cell,) in table.records(name):
            if cell and first.setdefault(cell, row.line) != row.line:
                message = f"expected a value of its own, line {first[cell]} has it"
                yield Finding(row.line, name, cell, message)


def _row_order(_: Draft, table: schema.Table) -> Findings:
    for above, row in pairwise(table.whole):
        if _key(table, row) < _key(table, above):
            name = table.resource.primary_key[0]
            message = f"expected rows in the order of {', '.join(table.resource.primary_key)}"
            yield Finding(row.line, name, ", ".join(_key(table, row)), message)


def _foreign_key(draft: Draft, table: schema.Table) -> Findings:
    for name, other, key in table.resource.foreign_keys:
        known = draft.tables[other].values(key)
        for row, (cell,) in table.records(name):
            if cell and cell not in known:
                yield Finding(row.line, name, cell, f"expected a {key} of {other}.csv")


def _reference(draft: Draft, table: schema.Table) -> Findings:
    for name, column in table.resource.columns.items():
        targets = column.special.get("reference", {}).get("anyOf", ())
        known = {v for to in targets for v in draft.tables[to["resource"]].values(to["field"])}
        for row, (cell,) in table.records(name):
            if targets and cell and cell not in known:
                places = ", ".join(f"{to['resource']}.csv" for to in targets)
                yield Finding(row.line, name, cell, f"expected an id of {places}")


def _list_reference(draft: Draft, table: schema.Table) -> Findings:
    for name, column in table.resource.columns.items():
        target = column.special.get("list", {}).get("reference")
        if target is None:
            continue
        known = draft.tables[target["resource"]].values(target["field"])
        for row, (cell,) in table.records(name):
            for item in column.items(cell):
                if item and item not in known:
                    message = f"expected a {target['field']} of {target['resource']}.csv"
                    yield Finding(row.line, name, item, message)


CellCheck = Callable[[Draft, schema.Column, str], str]
FILES: Final[dict[str, Callable[[schema.Table], Findings]]] = {
    "encoding": _encoding,
    "bom": _bom,
    "line_end": _line_end,
    "csv_syntax": _csv_syntax,
    "header": _header,
    "cell_count": _cell_count,
    "quoting": _quoting,
}
CELLS: Final[dict[str, CellCheck]] = {
    "required": _required,
    "translation": _translation,
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "calendar": _calendar,
    "date_range": _date_range,
    "list": _list,
    "whitespace": _whitespace,
    "stray_character": _stray_character,
    "nfc": _nfc,
}
TABLES: Final[dict[str, Callable[[Draft, schema.Table], Findings]]] = {
    "primary_key": _primary_key,
    "unique": _unique,
    "row_order": _row_order,
    "foreign_key": _foreign_key,
    "reference": _reference,
    "list_reference": _list_reference,
}
