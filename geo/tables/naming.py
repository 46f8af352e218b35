"""Whether the place of an event, and the host of a centre, are among those that claims name.

A place has the names of its row, without words such as "district"; a claim names it when its
value or our paraphrase has one of them. No gazetteer is asked: only the package's own places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from geo.tables import schema
from geo.tables.draft import Draft, Finding, Findings

Params = Mapping[str, Any]

_PARTS: Final = re.compile(r"[/(),;]| and ")
_ARTICLE: Final = re.compile(r"^al-", re.IGNORECASE)
_PROPER: Final = re.compile(r"\b[A-Z]\w+")


class _Gazetteer(NamedTuple):
    """The package's own places: their names, what each lies in, and the governorates' names.

    ``pattern`` finds any of the names.
    """

    places: Mapping[str, frozenset[str]]
    lines: Mapping[str, frozenset[str]]
    codes: Mapping[str, frozenset[str]]
    governorates: Mapping[str, frozenset[str]]
    pattern: re.Pattern[str]


def place_claimed(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand a place that the claims or the title name, or one that lies in it or holds it.

    Where they name none, nothing is demanded. A region of several governorates, such as the
    disputed territories, is refused only where a single place is named.
    """
    known = _gazetteer(draft, rule["generic"])
    wide = {
        place
        for _, (place, kind) in draft.tables["places"].records("place_id", "kind")
        if kind == "region"
    }
    asked, named = known.codes.values(), known.governorates.values()
    if not frozenset().union(*asked) <= frozenset().union(*named):
        return  # a governorate without a name is another rule's fault
    for row, (event, place, title, listed) in table.records(
        "event_id", "place_id", "title_en", "claim_ids"
    ):
        told = (draft.claims[one] for one in listed.split(";") if one in draft.claims)
        own = [one for one in told if one["subject_id"] == event]
        text = " . ".join([title, *(f"{one['value']} . {one['paraphrase_en']}" for one in own)])
        found, codes = _named(known, text)
        if place in known.lines and not _fits(known, place, found, codes, wide=place in wide):
            names = sorted({*found, *codes})
            message = f"expected a place that its claims or title name: {', '.join(names)}"
            yield Finding(row.line, "place_id", place, message)


def _fits(known: _Gazetteer, place: str, named: set[str], codes: set[str], *, wide: bool) -> bool:
    """Whether a place is named, lies in what is named or holds it; or nothing is named."""
    if wide:
        return len(named) != 1
    if not named and not codes:
        return True
    held = any(place in known.lines[one] for one in named)
    return held or bool(known.lines[place] & named or known.codes[place] & codes)


def _named(known: _Gazetteer, text: str) -> tuple[set[str], set[str]]:
    """Return the places, and the codes of governorates, that a text names."""
    found = {one.casefold() for one in known.pattern.findall(text)}
    places = {one for one, names in known.places.items() if names & found}
    told = (codes for name, codes in known.governorates.items() if name in found)
    return places, {code for codes in told for code in codes}


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Find any of the names as words of their own, whatever the case; the longer before."""
    longest = sorted(names, key=lambda one: (-len(one), one))
    either = "|".join(map(re.escape, longest)) or "(?!)"
    return re.compile(rf"(?<![^\W\d_])(?:{either})(?![^\W\d_])", re.IGNORECASE)


def _gazetteer(draft: Draft, generic: Iterable[str]) -> _Gazetteer:
    """Return the places by name; a name that is a governorate's stands for the governorate."""
    governorates: dict[str, frozenset[str]] = {}
    columns = ("admin1", "name_en", "aliases")
    for _, (code, own, aliases) in draft.tables["governorates"].records(*columns):
        for name in map(str.casefold, (own, *filter(None, aliases.split(";")))):
            governorates[name] = governorates.get(name, frozenset()) | {code}
    names, parents, codes = {}, {}, {}
    fields = ("place_id", "name_en", "parent_id", "admin1", "admin1_alt")
    for _, (place, name, parent, *admin) in draft.tables["places"].records(*fields):
        names[place] = _names(name, frozenset(generic)) - governorates.keys()
        parents[place], codes[place] = parent, frozenset(filter(None, admin))
    lines = {place: frozenset(_line(place, parents)) for place in parents}
    pattern = _pattern({*governorates, *(one for some in names.values() for one in some)})
    return _Gazetteer(names, lines, codes, governorates, pattern)


def _names(text: str, generic: frozenset[str]) -> frozenset[str]:
    """Return a place's names, and the first word of each, in lower case."""
    found: set[str] = set()
    for part in _PARTS.split(text.casefold()):
        words = [] if part.startswith("near ") else part.split()
        words = [one for one in words if one not in generic]
        whole = _ARTICLE.sub("", " ".join(words))
        found |= {whole, *whole.split()[:1]} if len(whole) > 1 else set()
    return frozenset(found)


def _line(place: str, parents: Mapping[str, str]) -> Iterable[str]:
    """Yield a place and what it lies in; a circle, which is another rule's fault, ends it."""
    seen: set[str] = set()
    while place and place not in seen:
        seen.add(place)
        yield place
        place = parents.get(place, "")


def host_claimed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand that a centre's host names the first proper name of each claim of a host."""
    for row, (centre, host) in table.records("centre_id", "host_site"):
        for claim in draft.claims.values():
            if (claim["subject_id"], claim["field"]) != (centre, "host_site"):
                continue
            first = _PROPER.search(claim["value"])
            if first and not _pattern([first.group()]).search(host):
                message = f"expected {first.group()}, as {claim['claim_id']} says"
                yield Finding(row.line, "host_site", host, message)
