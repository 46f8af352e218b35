"""The stories: guided tours kept as data, each step a text, an address and the claims it rests on.

A story is a file `stories/<name>.toml` of the data folder; its name is what the address says.
What is wrong with one is reported as faults are, with file, line, field, rule and value.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from geo import address, provenance, tables
from geo.address import View
from geo.errors import DataError, Fault
from geo.i18n import LANGS
from geo.tables import EPOCH, checks, draft

FEWEST_STEPS: Final = 2
# the languages whose texts are drafts until a native reader has reviewed them
REVIEWS: Final = {"ar_review": "ar", "ckb_review": "ckb"}
REVIEWED: Final = ("needs_native_review", "reviewed")
_HEAD: Final[Mapping[str, type[Any]]] = {
    "title": dict,
    **dict.fromkeys(REVIEWS, str),
    "steps": list,
}
_STEP: Final[Mapping[str, type[Any]]] = {
    "title": dict,
    "text": dict,
    "address": str,
    "claims": list,
}
# what is the reader's and no step's
_READERS: Final = ("lang", "digits", "window")
_NO_STORY: Final = {"story": "", "step": 1} | {key: getattr(View(), key) for key in _READERS}
_BEGIN: Final = re.compile(r"\s*\[\[\s*steps\s*\]\]")
_AT_LINE: Final = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: title and text by language, what the dashboard shows, and the claims told of."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    view: View
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A guided tour; ``drafts`` are the languages that no native reader has reviewed."""

    name: str
    titles: Mapping[str, str]
    steps: tuple[Step, ...]
    drafts: frozenset[str]

    def view(self, step: int, read: View) -> View:
        """Return what a step shows to the reader of a view, in its language; the first is 1."""
        own = {"story": self.name, "step": step}
        return self.steps[step - 1].view.replace(
            **own, **{key: getattr(read, key) for key in _READERS}
        )


def bare(view: View) -> View:
    """Return what a view shows, without story, what is the reader's, and the map's position."""
    return view.replace(**_NO_STORY, lat=None, lon=None, z=None)


def load(package: tables.Package) -> Mapping[str, Story]:
    """Return the stories of a package by their names; raises `DataError` with every fault."""
    sheets = _read(package.folder)
    if found := _faults(package, sheets):
        raise DataError(found)
    return MappingProxyType({one.story: _story(one) for one in sheets})


def validate(folder: Path) -> list[Fault]:
    """Return every fault of a data folder, sorted by file, line and field.

    The stories rest on the tables, so they are judged as soon as these are without fault.
    """
    try:
        load(tables.load(folder))
    except DataError as error:
        return list(error.faults)
    return []


# --- reading ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """A story's file as it was read; ``broken`` is the reason why it cannot be, or ""."""

    name: str
    text: str
    content: Mapping[str, Any]
    broken: str = ""

    @property
    def story(self) -> str:
        """The story's own name: that of the file, without folder and ending."""
        return self.name.removeprefix(f"{draft.STORIES}/").removesuffix(".toml")

    @property
    def steps(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The steps with their numbers, the first is 1."""
        return list(enumerate(self.content["steps"], start=1))

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    def line(self, step: int, *keys: str) -> int:
        """Return the physical line of a key in a step (0: before the first), the nearest else."""
        begins = [at for at, line in enumerate(self._lines, start=1) if _BEGIN.match(line)]
        if step > len(begins):
            return 0
        at = begins[step - 1] if step else 1
        end = begins[step] if step < len(begins) else len(self._lines) + 1
        for key in map(re.escape, keys):
            wanted = re.compile(rf"\s*(\[(steps\.)?{key}\]|\"?{key}\"?\s*[=.])")
            at = next((n for n in range(at, end) if wanted.match(self._lines[n - 1])), at)
        return at


def _read(folder: Path) -> list[_Sheet]:
    """Read the stories of a data folder, whatever their state."""
    return [_sheet(folder, name) for name in draft.read(folder).stories]


def _sheet(folder: Path, name: str) -> _Sheet:
    raw = (folder / name).read_bytes()
    text = raw.decode("utf-8", errors="replace")
    try:
        return _Sheet(name, text, tomllib.loads(raw.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        return _Sheet(name, text, {}, str(error) or type(error).__name__)


def _story(sheet: _Sheet) -> Story:
    content = sheet.content
    steps = tuple(
        Step(one["title"], one["text"], _view(one["address"]), tuple(one["claims"]))
        for _, one in sheet.steps
    )
    drafts = {lang for key, lang in REVIEWS.items() if content[key] != REVIEWED[-1]}
    return Story(sheet.story, content["title"], steps, frozenset(drafts))


def _view(text: str) -> View:
    return View.from_text(text)[0]


# --- checking -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ground:
    """What a package has for stories to rest on: claims, and those of each event and centre."""

    package: tables.Package

    @cached_property
    def events(self) -> pd.DataFrame:
        """The events with all that a filter asks for."""
        return provenance.events(self.package)

    @cached_property
    def span(self) -> tuple[date, date]:
        """First and last day of the data."""
        first, last = int(self.events["day_start"].min()), int(self.events["day_end"].max())
        return EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)

    @cached_property
    def claims(self) -> frozenset[str]:
        """The ids of all claims."""
        return frozenset(self.package.frames["claims"]["claim_id"])

    def claims_of(self, table: str, key: str) -> frozenset[str] | None:
        """Return the claims of an event or a centre; None when there is none of this id."""
        frame = self.package.frames[table]
        cells = frame.loc[frame.iloc[:, 0] == key, "claim_ids"]
        return frozenset(cells.iloc[0].split(";")) if len(cells) else None


# step, its keys down to the value, what was found, what was expected
Found = Iterator[tuple[int, tuple[str, ...], str, str]]
_TABLES: Final = {"event": "events", "centre": "centres"}


def _faults(package: tables.Package, sheets: Collection[_Sheet]) -> list[Fault]:
    """Return every fault of the stories, in no certain order."""
    ground, found = _Ground(package), []
    for sheet in sheets:
        unsound = list(_unsound(sheet))
        found += unsound or list(_judged(sheet, ground))
    return found


def _unsound(sheet: _Sheet) -> Iterator[Fault]:
    """Yield why a file is no story at all; nothing else of it is looked at then."""
    if sheet.broken:
        at = _AT_LINE.search(sheet.broken)
        line = int(at[1]) if at else 0
        yield Fault(sheet.name, line, "", "toml", sheet.broken[:200], "expected TOML in UTF-8")
        return
    for step, keys, value, message in _shape(sheet):
        yield _fault(sheet, "shape", step, keys, value, message)


def _judged(sheet: _Sheet, ground: _Ground) -> Iterator[Fault]:
    for rule, check in CHECKS.items():
        for step, keys, value, message in check(sheet, ground):
            yield _fault(sheet, rule, step, keys, value, message)
    for step, keys, text in _texts(sheet):
        for rule, message in checks.of_text(text):
            yield _fault(sheet, rule, step, keys, text, message)


def _fault(  # noqa: PLR0913, PLR0917 # the parts of a fault
    sheet: _Sheet, rule: str, step: int, keys: tuple[str, ...], value: str, message: str
) -> Fault:
    field = ".".join((f"steps[{step}]", *keys) if step else keys)
    line = sheet.line(step, *keys)
    return Fault(sheet.name, line, field, rule, checks.shown(value[:200]), checks.shown(message))


def _shape(sheet: _Sheet) -> Found:
    """Yield keys that are missing, unknown, or of another kind than expected."""
    yield from _kinds(0, sheet.content, _HEAD)
    steps = sheet.content.get("steps")
    for step, content in enumerate(steps if isinstance(steps, list) else (), start=1):
        if isinstance(content, dict):
            yield from _kinds(step, content, _STEP)
        else:
            yield step, (), str(content), "expected a table [[steps]]"


def _kinds(step: int, content: Mapping[str, Any], kinds: Mapping[str, type[Any]]) -> Found:
    for key in sorted(kinds.keys() - content.keys()):
        yield step, (key,), "", "expected this key"
    for key, value in content.items():
        if key not in kinds:
            yield step, (key,), str(value), f"expected only the keys {', '.join(kinds)}"
        elif not isinstance(value, kinds[key]):
            yield step, (key,), str(value), f"expected a {_KINDS[kinds[key]]}"
        elif isinstance(value, dict):
            yield from _languages(step, key, value)
        elif key == "claims" and not all(isinstance(one, str) for one in value):
            yield step, (key,), str(value), "expected a list of ids of claims"


_KINDS: Final[Mapping[type[Any], str]] = {
    dict: "table of texts by language",
    str: "text",
    list: "list",
}


def _languages(step: int, key: str, by_lang: Mapping[str, Any]) -> Found:
    for lang, text in by_lang.items():
        if lang not in LANGS or not isinstance(text, str):
            yield step, (key, lang), str(text), f"expected texts in {', '.join(LANGS)} only"


def _texts(sheet: _Sheet) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Yield every text that readers see, with its step and its keys."""
    parts: list[tuple[int, Mapping[str, Any]]] = [(0, sheet.content), *sheet.steps]
    for step, content in parts:
        for key in ("title", "text") if step else ("title",):
            for lang, text in content[key].items():
                yield step, (key, lang), text


def _name(sheet: _Sheet, _: _Ground) -> Found:
    if not address.STORY.fullmatch(sheet.story):
        yield 0, (), sheet.story, "expected small letters, digits and hyphens as the file's name"


def _count(sheet: _Sheet, _: _Ground) -> Found:
    found = len(sheet.steps)
    if not FEWEST_STEPS <= found <= address.MOST_STEPS:
        limits = f"{FEWEST_STEPS} to {address.MOST_STEPS}"
        yield 0, ("steps",), str(found), f"expected {limits} steps"


def _review(sheet: _Sheet, _: _Ground) -> Found:
    for key in REVIEWS:
        if sheet.content[key] not in REVIEWED:
            yield 0, (key,), sheet.content[key], f"expected one of {', '.join(REVIEWED)}"


def _translation(sheet: _Sheet, _: _Ground) -> Found:
    parts: list[tuple[int, Mapping[str, Any]]] = [(0, sheet.content), *sheet.steps]
    for step, content in parts:
        for key in ("title", "text") if step else ("title",):
            for lang in LANGS:
                if not content[key].get(lang, "").strip():
                    yield step, (key, lang), "", f"expected the text in the language {lang}"


def _address(sheet: _Sheet, _: _Ground) -> Found:
    """Yield what an address asks for and cannot get."""
    for step, one in sheet.steps:
        for notice in View.from_text(one["address"])[1]:
            yield step, ("address",), notice.value or notice.key, notice.sentence("en")


def _canonical(sheet: _Sheet, _: _Ground) -> Found:
    """Yield addresses that are written otherwise than the dashboard writes them."""
    for step, one in sheet.steps:
        view = _view(one["address"])
        if view.z is None:
            yield step, ("address",), one["address"], "expected lat, lon and z as well"
        elif (written := view.replace(**_NO_STORY).to_text()) != one["address"]:
            yield step, ("address",), one["address"], f"expected it written as {written}"


def _dates(sheet: _Sheet, ground: _Ground) -> Found:
    first, last = ground.span
    for step, one in sheet.steps:
        chosen = _view(one["address"]).filter
        for day in (chosen.date_from, chosen.date_to):
            if day and not first <= day <= last:
                yield step, ("address",), str(day), f"expected a day from {first} to {last}"


def _selected(sheet: _Sheet, ground: _Ground) -> Found:
    """Yield events and centres that are not there."""
    for step, one in sheet.steps:
        view = _view(one["address"])
        for key, table in _TABLES.items():
            if (name := getattr(view, key)) and ground.claims_of(table, name) is None:
                yield step, ("address",), name, f"expected an id of {table}.csv"


def _shown(sheet: _Sheet, ground: _Ground) -> Found:
    """Yield selected events that the step's own filter leaves out."""
    for step, one in sheet.steps:
        view = _view(one["address"])
        rows = ground.events[ground.events["event_id"] == view.event]
        if len(rows) and not view.filter.matches(rows).any():
            yield step, ("address",), view.event, "expected a filter that this event matches"


def _claims(sheet: _Sheet, ground: _Ground) -> Found:
    for step, one in sheet.steps:
        named = one["claims"]
        if not named:
            yield step, ("claims",), "", "expected the claims that the text rests on"
        for claim in named:
            if claim not in ground.claims:
                yield step, ("claims",), claim, "expected a claim_id of claims.csv"
        for claim in sorted({claim for claim in named if named.count(claim) > 1}):
            yield step, ("claims",), claim, "expected each claim once"


def _about(sheet: _Sheet, ground: _Ground) -> Found:
    """Yield selections that none of the step's claims is about."""
    for step, one in sheet.steps:
        view = _view(one["address"])
        for key, table in _TABLES.items():
            name = getattr(view, key)
            own = ground.claims_of(table, name) if name else None
            if own is not None and own.isdisjoint(one["claims"]):
                yield step, ("claims",), name, f"expected a claim of the selected {key}"


CHECKS: Final[Mapping[str, Callable[[_Sheet, _Ground], Found]]] = {
    "story_name": _name,
    "step_count": _count,
    "review": _review,
    "translation": _translation,
    "address": _address,
    "canonical_address": _canonical,
    "date_range": _dates,
    "reference": _selected,
    "event_in_filter": _shown,
    "claims": _claims,
    "claim_of_selected": _about,
}
