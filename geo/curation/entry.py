"""Enter a source, a claim, an event or a status, with all that follows from it, or not at all.

A claim also enters the lists of its subject and its contradiction, and the numbers that are
counted from lists are counted anew. The whole package is checked before it takes the place of
the old one; what breaks a rule is refused with every fault, and nothing is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from geo import i18n, stories, tables
from geo.curation.folder import changing
from geo.errors import DataError, TansiqError
from geo.tables import audit, draft, schema, toll

Cells = dict[str, str]
# the rows that a step adds, each with the name of its table
Entered = list[tuple[str, Cells]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be added: its table, and the columns that follow from others.

    ``derived`` columns are worked out; a value that is given for one is refused. ``filled``
    ones are worked out unless they are given. Those of ``usual`` are a curator's to say, and
    have a usual value when they are left empty, here in words.
    """

    table: str
    derived: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    usual: Mapping[str, str] = field(default_factory=dict)


KINDS: Final[Mapping[str, Kind]] = {
    "source": Kind("sources", filled=("source_id",)),
    "claim": Kind(
        "claims",
        derived=("in_seed",),
        filled=("claim_id", "asserted_precision", "label_ar", "label_ckb", "label_quality"),
        usual={"origin": "made of attributed_to"},
    ),
    "event": Kind(
        "events",
        derived=(
            "n_sources",
            "conflict_groups",
            "seed_only",
            "fatalities_low",
            "fatalities_best",
            "fatalities_high",
        ),
        filled=("event_id", "date_precision", "acled_like", "in_seed", "ckb_review"),
        usual={"date_end": "the same as date_start"},
    ),
    "status": Kind("centre_status", derived=("in_seed",), filled=("date_precision",)),
}
# the tables whose rows list the claims about them
_PRECISIONS: Final = (
    ("date_start", "date_precision"),
    ("valid_from", "date_precision"),
    ("asserted_on", "asserted_precision"),
)
_LISTING: Final = {"events": "event_id", "centres": "centre_id", "places": "place_id"}


def add(  # noqa: PLR0913 # who adds what where, and why
    folder: Path,
    kind: str,
    given: Mapping[str, str],
    *,
    curator: str,
    reason: str,
    day: str,
    claim: Mapping[str, str] | None = None,
    agree: Callable[[Entered], None] | None = None,
) -> str:
    """Add one row and all that follows from it; returns the row's key.

    ``given`` are cells by column; ids that are missing are numbered on, and what can be told
    from other cells is filled in. ``claim`` are the cells of a claim that an event or a status
    rests on, entered in the same step. ``agree`` is shown the new rows as they will stand, once
    they are found sound; what it raises leaves everything as it was.

    Raises
    ------
    DataError
        With every fault that the package would have; nothing is written.
    TansiqError
        When a column is not one of the table's, or one that is derived.
    """
    if kind not in KINDS:
        raise TansiqError(f"expected one of {', '.join(KINDS)}, found {kind!r}")
    if claim and kind not in {"event", "status"}:
        raise TansiqError(f"a {kind} rests on no claim")
    with changing(folder) as staged:
        book = _Book(staged)
        row = book.enter(KINDS[kind], given)
        entered = [(KINDS[kind].table, row)]
        if claim:
            entered.append(("claims", book.enter(KINDS["claim"], book.about(kind, row, claim))))
        book.follow()
        book.write()
        _answer(staged, curator=curator, reason=reason, day=day)
        if agree:
            agree(entered)
        return "|".join(row[name] for name in book.key(KINDS[kind].table))


def record(
    folder: Path, *, curator: str, reason: str, day: str, correct: bool = False
) -> list[tuple[str, str, str]]:
    """Answer for rows that were edited by hand; returns (table, row key, act) of each.

    Raises `DataError` with every fault of the edited package, `TansiqError` for a changed
    claim unless ``correct``; the folder then stays as it was edited, without a new line.
    """
    with changing(folder) as staged:
        done = tables.record(staged, curator=curator, reason=reason, day=day, correct=correct)
        _check(staged)
    return done


def refuse_columns(kind: Kind, columns: Collection[str], given: Collection[str]) -> None:
    """Raise `TansiqError` for a given column that the table does not have, or that is derived."""
    for name in given:
        if name not in columns:
            raise TansiqError(f"{name}: {kind.table}.csv has the columns {', '.join(columns)}")
        if name in kind.derived:
            raise TansiqError(f"{name} follows from other cells and is not given")


def _answer(staged: Path, *, curator: str, reason: str, day: str) -> None:
    """Write the audit's lines for what the entry changed, and let all of it be checked."""
    # an entry adds to lists and contradictions of claims; it never changes what one says
    tables.record(staged, curator=curator, reason=reason, day=day, correct=True)
    _check(staged)


def _check(staged: Path) -> None:
    if faults := stories.validate(staged):
        raise DataError(faults)


class _Book:
    """The tables of a folder as rows of cells, to be written back in canonical form."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.draft = draft.read(folder)
        self.rows: dict[str, list[Cells]] = {
            name: [dict(zip(table.header, row.cells, strict=True)) for row in table.whole]
            for name, table in self.draft.tables.items()
            if name != audit.NAME
        }

    def key(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table's primary key."""
        return self.draft.descriptor.resources[table].primary_key

    def enter(self, kind: Kind, given: Mapping[str, str]) -> Cells:
        """Add a row, numbered when it has no key, with what its other cells tell; return it."""
        columns = self.draft.descriptor.resources[kind.table].columns
        refuse_columns(kind, columns, given)
        row = {name: given.get(name, "").strip() for name in columns}
        keys = self.key(kind.table)
        if not row[keys[0]] and len(keys) == 1:
            row[keys[0]] = self._next(kind.table, keys[0])
        for name, value in _told(row).items():
            row[name] = row.get(name) or value
        if kind.table == "events":
            same = (one for one in self.rows["events"] if one["event_type"] == row["event_type"])
            row["acled_like"] = row["acled_like"] or next(same, row)["acled_like"]
        self.rows[kind.table].append(row)
        if kind.table == "claims":
            self._claim(row)
        return row

    def about(self, kind: str, row: Cells, claim: Mapping[str, str]) -> Cells:
        """Return a claim's cells with what the row that rests on it tells; the row lists it."""
        cells = dict(claim)
        cells.setdefault("claim_id", self._next("claims", "claim_id"))
        told = (
            {"subject_id": row["event_id"]}
            if kind == "event"
            else {
                "subject_id": row["centre_id"],
                "field": "status",
                "value": row["status"],
                "asserted_on": row["valid_from"],
            }
        )
        _append(row, cells["claim_id"])
        return told | cells

    def _next(self, table: str, column: str) -> str:
        """Return the id after the highest one of a table."""
        ids = [row[column] for row in self.rows[table]]
        stem = ids[-1].rstrip("0123456789") if ids else ""
        numbers = [one.removeprefix(stem) for one in ids if one.startswith(stem)]
        width = max((len(one) for one in numbers), default=3)
        highest = max((int(one) for one in numbers if one.isdigit()), default=0)
        return f"{stem}{highest + 1:0{width}d}"

    def _claim(self, claim: Cells) -> None:
        """Put a claim into the lists of its subject and of its contradiction, and label it."""
        for lang in ("ar", "ckb"):
            claim[f"label_{lang}"] = claim[f"label_{lang}"] or self._label(claim, lang)
        for name, key in _LISTING.items():
            for row in self.rows[name]:
                if row[key] == claim["subject_id"]:
                    _append(row, claim["claim_id"])
        for row in self.rows["conflicts"]:
            if row["conflict_group"] == claim["conflict_group"]:
                _append(row, claim["claim_id"])

    def _label(self, claim: Cells, lang: str) -> str:
        """Return what a claim is about: its subject's name and its field, in a language."""
        field = i18n.words(lang).label("field", claim["field"])
        for name, key in _LISTING.items():
            for row in self.rows[name]:
                if row[key] == claim["subject_id"]:
                    return f"{row.get(f'name_{lang}') or row.get(f'title_{lang}')} — {field}"
        return field

    def follow(self) -> None:
        """Work out the columns that follow from lists of claims."""
        seed = self.draft.descriptor.raw["tansiq:seedSource"]
        claims = {row["claim_id"]: row for row in self.rows["claims"]}
        for claim in claims.values():
            claim["in_seed"] = _said(claim["source_id"] == seed)
        for row in self.rows["centre_status"]:
            row["in_seed"] = _said(any(c["source_id"] == seed for c in _listed(row, claims)))
        for row in self.rows["conflicts"]:
            told = _listed(row, claims)
            row["n_claims"] = str(len(told))
            row["within_seed"] = _said(sum(c["source_id"] == seed for c in told) > 1)
        for row in self.rows["events"]:
            self._event(row, _listed(row, claims), seed)

    @staticmethod
    def _event(row: Cells, told: list[Cells], seed: str) -> None:
        sources = {claim["source_id"] for claim in told}
        groups = sorted({claim["conflict_group"] for claim in told} - {""})
        row["n_sources"], row["conflict_groups"] = str(len(sources)), ";".join(groups)
        row["seed_only"] = _said(sources == {seed})
        row["in_seed"] = row["in_seed"] or ("partial" if seed in sources else "false")
        killed = [c for c in told if c["subject_id"] == row["event_id"] and c["unit"] == toll.UNIT]
        if row["fatalities_rule"] in toll.BEST:
            found = toll.toll(toll.figures(killed), row["fatalities_rule"])
            for name in ("low", "best", "high"):
                value = getattr(found, name)
                row[f"fatalities_{name}"] = "" if value is None else str(value)

    def write(self) -> None:
        """Write every table in canonical form, rows in the order of their keys."""
        for name, rows in self.rows.items():
            resource = self.draft.descriptor.resources[name]
            ordered = sorted(rows, key=lambda row: tuple(row[key] for key in resource.primary_key))
            content = schema.render(
                resource.columns, ([row[column] for column in resource.columns] for row in ordered)
            )
            (self.folder / resource.path).write_bytes(content)


def _told(row: Cells) -> Cells:
    """Return what a row's own cells tell of others, for those that are left empty."""
    found: Cells = {}
    for date, precision in _PRECISIONS:
        if date in row and precision in row:
            found[precision] = schema.PRECISION_OF_LENGTH.get(len(row[date]), "unknown")
    for name in row:
        if name.endswith("_review"):
            found[name] = "needs_native_review"
    if "origin" in row:
        found["label_quality"] = "template_needs_review"
        plain = unicodedata.normalize("NFKD", row["attributed_to"]).encode("ascii", "ignore")
        found["origin"] = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")
    if "date_end" in row:
        found["date_end"] = row["date_start"]
    return found


def _append(row: Cells, claim: str) -> None:
    listed = [one for one in row["claim_ids"].split(";") if one]
    if claim not in listed:
        row["claim_ids"] = ";".join([*listed, claim])


def _listed(row: Cells, claims: Mapping[str, Cells]) -> list[Cells]:
    return [claims[one] for one in row["claim_ids"].split(";") if one in claims]


def _said(truth: bool) -> str:
    return "true" if truth else "false"
