"""Ask a curator on the terminal for a new row: cell by cell, checked at once, shown, agreed to.

Nothing that was answered is lost: what turns out to be at fault is asked for again, with the
earlier answer kept unless another one is typed.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from geo import curation
from geo.errors import DataError, TansiqError
from geo.tables import checks, draft, schema

# how many rows a search for an id shows
_LISTED: Final = 12
# what is asked of a claim that an event or a status rests on, beside what these tell of it
_TOLD: Final = {
    "event": {"subject_id": ""},
    "status": {"subject_id": "", "field": "", "value": "", "asserted_on": "as valid_from"},
}
Slot = tuple[str, str]


class _AgainError(TansiqError):
    """The curator wants to answer some columns again."""

    def __init__(self, slots: list[Slot]) -> None:
        super().__init__("some columns are to change")
        self.slots = slots


class Dialogue:
    """The questions for one row, and for the claim that it rests on; keeps what is answered."""

    def __init__(
        self, folder: Path, kind: str, cells: curation.Cells, claim: curation.Cells
    ) -> None:
        if claim and kind not in _TOLD:
            raise TansiqError(f"a {kind} rests on no claim")
        self.folder, self.kind = folder, kind
        self.draft = draft.read(folder)
        self.answers = {curation.KINDS[kind].table: cells}
        if kind in _TOLD:
            self.answers["claims"] = claim
        for asked in (kind, "claim")[: len(self.answers)]:
            table = curation.KINDS[asked].table
            curation.refuse_columns(
                curation.KINDS[asked], self._columns(table), self.answers[table]
            )

    def run(self, curator: str, reason: str, day: str) -> str:
        """Ask, show and write; returns the key of the new row.

        Raises `TansiqError` when the curator stops, and `DataError` when faults are left;
        nothing is written then.
        """
        _say("?WORD lists what has that word; Ctrl+C stops. Nothing is written before you agree.")
        self._all()
        curator = curator or self._words("curator", "who answers for it")
        reason = reason or self._words("reason", "why, in a few words")
        while True:
            cells, *claim = (
                {name: cell for name, cell in answers.items() if cell}
                for answers in self.answers.values()
            )
            try:
                return curation.add(
                    self.folder,
                    self.kind,
                    cells,
                    curator=curator,
                    reason=reason,
                    day=day,
                    claim=claim[0] if claim else None,
                    agree=self._agree,
                )
            except _AgainError as wanted:
                slots = wanted.slots
            except DataError as error:
                slots = self._mended(error)
            for table, name in slots:
                self._ask(table, name)
            self._all()

    @property
    def table(self) -> str:
        """The table that the row is for."""
        return curation.KINDS[self.kind].table

    # ------------------------------------------------------------ what is asked
    def _columns(self, table: str) -> dict[str, schema.Column]:
        return dict(self.draft.descriptor.resources[table].columns)

    def _of(self, table: str) -> curation.Kind:
        """Return what is known of a table's columns: the row's own, or the claim's."""
        return curation.KINDS[self.kind if table == self.table else "claim"]

    def _usual(self, table: str) -> dict[str, str]:
        """Return what stands in columns that are left empty, in words; "": not asked."""
        kind = self._of(table)
        told = _TOLD.get(self.kind, {}) if table != self.table else {}
        rests = {"claim_ids": "the claim that is asked for below"}
        below = rests if table == self.table and self.kind in _TOLD else {}
        return dict.fromkeys(kind.filled, "") | dict(kind.usual) | told | below

    def _slots(self, *, asked: bool = True) -> Iterator[Slot]:
        """Yield the columns, the claim's after the row's; not those that are told by others.

        With ``asked`` only those that are a curator's to say, else all that may be given.
        """
        for table in self.answers:
            usual, derived = self._usual(table), self._of(table).derived
            for name in self._columns(table):
                if name not in derived and not (asked and usual.get(name) == ""):
                    yield table, name

    def _all(self) -> None:
        """Ask for every column that is not given, or that is given with a fault."""
        for table, name in list(self._slots()):
            if table != self.table and self._rests():
                return
            given = self.answers[table].get(name)
            if given is not None and not (message := self._fault(table, name, given)):
                continue
            if given is not None:
                _say(f"{name} = {given}\n  ! {message}")
            elif table != self.table and not self.answers[table]:
                _say(f"The claim that the {self.kind} rests on:")
            self._ask(table, name)

    def _rests(self) -> bool:
        """Whether the row lists claims that are there, and no new one is begun."""
        begun = any(self.answers["claims"].values())
        return bool(self.answers[self.table].get("claim_ids")) and not begun

    def _ask(self, table: str, name: str) -> None:
        """Ask for one cell until it is sound by itself."""
        column, kept = self._columns(table)[name], self.answers[table].get(name, "")
        usual = self._usual(table).get(name, "")
        _say(f"{name}: {column.description}")
        if allowed := column.constraints.get("enum"):
            _say(f"  one of {', '.join(allowed)}")
        mark = f" (empty: {usual})" if usual else "" if column.required else " (may stay empty)"
        mark = f" (empty: {kept}; - for nothing)" if kept else mark
        while True:
            cell = _read(f"  {name}{mark} = ")
            if cell.startswith("?"):
                _say("\n".join(self._found(table, name, cell[1:])) or "    none")
                continue
            cell = "" if cell == "-" else cell or kept
            if not (message := self._fault(table, name, cell)):
                break
            _say(f"  ! {message}")
        self.answers[table][name] = cell

    def _fault(self, table: str, name: str, cell: str) -> str:
        if not cell and name in self._usual(table):
            return ""
        return checks.of_cell(self.draft, table, name, cell)

    # ------------------------------------------------------------ looking an id up
    def _targets(self, table: str, name: str) -> list[Slot]:
        """Return the tables and keys that a column points at."""
        resource = self.draft.descriptor.resources[table]
        special = resource.columns[name].special
        named = special.get("reference", {}).get("anyOf", ())
        listed = special.get("list", {}).get("reference")
        found = [(one["resource"], one["field"]) for one in (*named, *filter(None, [listed]))]
        return found + [(other, key) for own, other, key in resource.foreign_keys if own == name]

    def _found(self, table: str, name: str, word: str) -> list[str]:
        """Return lines of what has a word in it: rows with their keys, or a column's values."""
        wanted, lines = word.strip().casefold(), []
        targets = self._targets(table, name)
        for other, key in targets:
            for row, (one,) in self.draft.tables[other].records(key):
                if any(wanted in cell.casefold() for cell in row.cells):
                    said = [cell for cell in row.cells if cell and cell != one]
                    lines.append(f"    {one}  {' · '.join(said)[:90]}")
        if not targets:
            values = sorted(self.draft.tables[table].values(name) - {""})
            lines = [f"    {one[:110]}" for one in values if wanted in one.casefold()]
        more = [f"    … and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
        return lines[:_LISTED] + more

    # ------------------------------------------------------------ what is shown
    def _agree(self, entered: curation.Entered) -> None:
        """Show the rows as they will stand, and ask whether they are to be written."""
        for table, row in entered:
            width = max(map(len, row))
            _say(f"{table}.csv:")
            _say("\n".join(f"  {name:<{width}}  {cell}" for name, cell in row.items() if cell))
        while True:
            answer = _read("Write this? y writes it, n does not, names of columns change them: ")
            if answer.casefold() in {"y", "yes"}:
                return
            if answer.casefold() in {"", "n", "no"}:
                raise TansiqError("stopped; nothing was written")
            if slots := self._named(answer):
                raise _AgainError(slots)

    def _mended(self, error: DataError) -> list[Slot]:
        """Tell the faults of the new rows, and ask which columns are to change."""
        _say("This breaks a rule, and nothing was written:")
        _say("\n".join(f"  ! {fault}" for fault in error.faults))
        fields = {fault.field for fault in error.faults}
        blamed = " ".join(dict.fromkeys(n for _, n in self._slots(asked=False) if n in fields))
        hint = f" (empty: {blamed})" if blamed else ""
        while True:
            answer = _read(f"Which columns are to change{hint}? n gives up: ") or blamed
            if answer.casefold() in {"", "n", "no"}:
                raise error
            if slots := self._named(answer):
                return slots

    def _named(self, answer: str) -> list[Slot]:
        """Return the columns of an answer; none, with a sentence, when one is unknown."""
        slots = {slot[1]: slot for slot in reversed([*self._slots(asked=False)])}
        names = answer.replace(",", " ").split()
        if strange := [name for name in names if name not in slots]:
            _say(f"  ! {', '.join(strange)}: expected some of {', '.join(reversed(slots))}")
            return []
        return [slots[name] for name in names]

    @staticmethod
    def _words(name: str, meaning: str) -> str:
        """Ask for words that must not be missing."""
        _say(f"{name}: {meaning}")
        while not (found := _read(f"  {name} = ")):
            _say("  ! expected some words")
        return found


def pairs(texts: Iterable[str]) -> curation.Cells:
    """Read COLUMN=VALUE texts; raises `TansiqError` for any other."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise TansiqError(f"{text!r}: expected COLUMN=VALUE")
        found[name.strip()] = value
    return found


def _read(prompt: str) -> str:
    """Read a line as it is meant: composed letters, no space about it."""
    try:
        return unicodedata.normalize("NFC", input(prompt)).strip()
    except EOFError:
        _say("")
        raise TansiqError("the input ended; nothing was written") from None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
