"""The audit table: who entered or changed which row, when and why; rows are held to it.

Lines are only ever added. A row is as its latest line vouches for, so that a change that nobody
answers for is found even after the manifest was rebuilt. Claims are immutable: only a
correction, with its reason, changes what somebody was quoted with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from geo.tables import schema
from geo.tables.draft import Draft, Finding, Findings

NAME: Final = "audit"
ADOPTED, ADDED, CHANGED = "adopted", "added", "changed"
CORRECTED, WITHDRAWN = "corrected", "withdrawn"
IMMUTABLE: Final = frozenset({"claims"})
DIGITS: Final = 16


def digest(header: Sequence[str], cells: Sequence[str]) -> str:
    """Return 16 hex digits of a row; an empty cell counts as no cell, so columns may be added."""
    filled = sorted(f"{name}={cell}" for name, cell in zip(header, cells, strict=True) if cell)
    return hashlib.sha256("\x1f".join(filled).encode("utf-8", "surrogateescape")).hexdigest()[
        :DIGITS
    ]


def row_key(table: schema.Table, row: schema.Row) -> str:
    """Return the cells of a row's primary key, joined by a vertical bar."""
    return "|".join(table.cell(row, name) for name in table.resource.primary_key)


def digests(table: schema.Table) -> dict[str, str]:
    """Map the keys of a table's rows to their digests."""
    return {row_key(table, row): digest(table.header, row.cells) for row in table.whole}


def latest(table: schema.Table) -> dict[tuple[str, str], tuple[schema.Row, str, str]]:
    """Map (table, row key) to the latest line about it: the line, its act, its digest."""
    found: dict[tuple[str, str], tuple[schema.Row, str, str]] = {}
    for row, (name, key, act, told) in table.records("table", "row_key", "act", "row_digest"):
        found[name, key] = (row, act, told)
    return found


def audited(draft: Draft, table: schema.Table, rule: Mapping[str, Any]) -> Findings:
    """Demand that each row of the named tables is as its latest line vouches for."""
    lines = latest(table)
    gone = {key: line for key, line in lines.items() if line[1] != WITHDRAWN}
    for name in rule["tables"]:
        for key, now in digests(draft.tables[name]).items():
            gone.pop((name, key), None)
            row, act, told = lines.get((name, key), (None, WITHDRAWN, ""))
            if act == WITHDRAWN:
                message = f"expected a line for this row of {name}.csv; `tansiq record` adds it"
                yield Finding(row.line if row else 0, "row_key", key, message)
            elif told != now:
                message = f"expected the row of {name}.csv as recorded; `tansiq record` adds a line"
                yield Finding(row.line if row else 0, "row_digest", key, message)
    for (name, key), (row, _, _) in gone.items():
        message = f"expected this row in {name}.csv, or a line that says why it was withdrawn"
        yield Finding(row.line, "row_key", key, message)


def append_only(_: Draft, table: schema.Table, __: Mapping[str, Any]) -> Findings:
    """Demand that a claim is never called changed, and that days do not fall."""
    last = ""
    for row, (day, act, name) in table.records("day", "act", "table"):
        if act == CHANGED and name in IMMUTABLE:
            message = f"expected {CORRECTED}: rows of {name}.csv are immutable"
            yield Finding(row.line, "act", act, message)
        if day < last:
            yield Finding(row.line, "day", day, f"expected no day before {last}")
        last = day


def changes(draft: Draft) -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, row key, act, digest) for each row that differs from its latest line."""
    audit = draft.tables[NAME]
    lines = latest(audit)
    left = {key for key, line in lines.items() if line[1] != WITHDRAWN}
    for name in tables_of(draft):
        for key, now in digests(draft.tables[name]).items():
            left.discard((name, key))
            _, act, told = lines.get((name, key), (None, WITHDRAWN, ""))
            if act == WITHDRAWN:
                yield name, key, ADDED, now
            elif told != now:
                yield name, key, CORRECTED if name in IMMUTABLE else CHANGED, now
    for name, key in sorted(left):
        yield name, key, WITHDRAWN, lines[name, key][2]


def tables_of(draft: Draft) -> tuple[str, ...]:
    """Return the tables that the descriptor wants audited."""
    rules = draft.tables[NAME].resource.rules if NAME in draft.tables else ()
    return tuple(next((rule["tables"] for rule in rules if rule["rule"] == "audited"), ()))


def lines_for(
    audit: schema.Table,
    changed: Iterable[tuple[str, str, str, str]],
    *,
    day: str,
    curator: str,
    reason: str,
) -> list[tuple[str, ...]]:
    """Return the audit table's cells of new lines, numbered on from its last one."""
    first = 1 + max((int(audit.cell(row, "audit_id")[1:]) for row in audit.whole), default=0)
    return [
        (f"A{number:06d}", day, curator, act, name, key, told, reason)
        for number, (name, key, act, told) in enumerate(changed, start=first)
    ]
