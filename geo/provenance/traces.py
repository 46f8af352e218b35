"""From a shown value to the claims that say it: who told what, side by side; contradictions.

Values that differ stay apart. A shown field that no claim carries has a trace without values:
what no claim carries is shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from geo.i18n import LANGS
from geo.provenance import contradictions
from geo.provenance.corroboration import independent
from geo.provenance.status import claims_for
from geo.tables import Package, evidence

Claim = Mapping[str, Any]

# the shown fields of a subject, in the order in which they are read
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "events": ("date", "place", "governorate", "fatalities", "officers", "what", "other"),
    "centres": ("status", "place", "governorate", "host_site", "officers", "what", "other"),
    "network": ("centres_count", "officers", "status", "what", "other"),
}
# fields that stand in a panel only when a claim speaks of them
OTHER: Final = "other"
_OPTIONAL: Final = frozenset({"officers", OTHER, "what"})
# the trace of contradictions that are about no shown field
ALSO: Final = "also"
_OF: Final = {field: shown for shown, fields in evidence.CARRIERS.items() for field in fields}
NETWORK: Final = "network_as_whole"
_PROPER: Final = re.compile(r"\b[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a field, and the claims (rows of the table) that say exactly that."""

    value: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A shown field: what is claimed of it, value by value, and its contradictions.

    ``groups`` contradict the field; ``disputed`` are about the governorate of the place alone.
    ``beside`` is, where no claim states the field by itself, what the subject rests on.
    """

    field: str
    said: tuple[Said, ...] = ()
    groups: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    beside: tuple[Said, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether a claim speaks of the field at all."""
        return bool(self.said)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims of the field, value by value."""
        return tuple(claim for one in self.said for claim in one.claims)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction: what is at issue, what each side says, what is shown of it and why.

    ``titles`` are by language; ``shown`` is a key of the catalogues under ``conflict.shown``;
    ``subjects`` are ids of events, centres or places; ``events`` those that list its claims.
    """

    group: str
    field: str
    titles: Mapping[str, str]
    summary_en: str
    shown: str
    said: tuple[Said, ...]
    subjects: tuple[str, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Numbers of publications, and of independent reports, of which there are never more."""

    publications: int
    independent: int


def traces(package: Package, subject: str, day: date | None = None) -> list[Trace]:
    """Return the traces of an event's, a centre's or the network's shown fields.

    A field is contradicted by contradictions about that very field; the subject's others stand
    together in a trace of their own, `ALSO`. The governorate's claims are those about the place:
    a contradiction that none of the subject's own claims belongs to is a dispute of the place.
    With ``day``, only contradictions known by then count. Raises `KeyError` for an id that is
    neither an event nor a centre.
    """
    kind, place = _kind(package, subject)
    own = _records(claims_for(package, subject))
    listed: dict[str, list[Claim]] = {}
    for claim in own:
        listed.setdefault(_OF.get(claim["field"], OTHER), []).append(claim)
    if place:
        listed["governorate"] = _of_place(package, place)
    if kind == "centres" and "date" in listed:
        listed.setdefault(OTHER, []).extend(listed.pop("date"))
    begun = contradictions.begins(package, (one["claim_id"] for one in own))
    mine = contradictions.fields(package, contradictions.by(day, begun))
    shown = [one for one in SHOWN[kind] if listed.get(one) or one not in _OPTIONAL]
    told = (_trace(package, field, listed.get(field, []), mine) for field in shown)
    found = [
        one if one.carried else replace(one, beside=_beside(package, subject, one.field, own))
        for one in told
    ]
    rest = [group for group, field in mine.items() if field not in shown]
    if rest:
        conflicts_ = package.frames["conflicts"].set_index("conflict_group")["claim_ids"]
        ids = (one for group in rest for one in conflicts_[group].split(";"))
        said = side_by_side(_records(claims_for(package, ids)))
        found.append(Trace(ALSO, said, tuple(rest)))
    return found


def beside(package: Package, subject: str, field: str) -> tuple[Said, ...]:
    """Return what an event or a centre rests on, for a field that no claim states by itself.

    For a centre's host these are the claims that name it: with most of its proper names, two or
    more; without such claims, all.
    """
    return _beside(package, subject, field, _records(claims_for(package, subject)))


def _beside(package: Package, subject: str, field: str, own: list[Claim]) -> tuple[Said, ...]:
    """Return what of a subject's own claims a field rests on."""
    if field == "host_site":
        centres = package.frames["centres"].set_index("centre_id")["host_site"]
        names = set(_PROPER.findall(centres[subject]))
        shared = [len(names & set(_PROPER.findall(one["paraphrase_en"]))) for one in own]
        most = max(shared, default=0)
        if most > 1:
            own = [one for one, n in zip(own, shared, strict=True) if n == most]
    return side_by_side(own)


def _kind(package: Package, subject: str) -> tuple[str, str]:
    """Return which fields a subject has, and the id of its place."""
    for name, key in (("events", "event_id"), ("centres", "centre_id")):
        frame = package.frames[name]
        for row in frame[frame[key] == subject].to_dict("records"):
            whole = row.get("role") == NETWORK
            return ("network" if whole else name), str(row["place_id"])
    raise KeyError(subject)


def _of_place(package: Package, place: str) -> list[Claim]:
    """Return what is claimed of a place's governorate: of it, a centre there, or what it is in."""
    claims, places = package.frames["claims"], package.frames["places"].set_index("place_id")
    centres = package.frames["centres"]
    while place:
        about = {place, *centres.loc[centres["place_id"] == place, "centre_id"]}
        told = claims[(claims["field"] == "admin_governorate") & claims["subject_id"].isin(about)]
        if len(told):
            return _records(told)
        place = str(places.loc[place, "parent_id"]) if place in places.index else ""
    return []


def _trace(package: Package, field: str, listed: list[Claim], mine: Mapping[str, str]) -> Trace:
    """Return a field's claims, with what others say in a contradiction about the same field."""
    groups = tuple(group for group, about in mine.items() if about == field)
    placed = {one["conflict_group"] for one in listed} - {"", *mine}
    disputed = tuple(sorted(placed)) if field == "governorate" else ()
    table = package.frames["conflicts"]
    same = table[table["conflict_group"].isin([*groups, *disputed])]
    there = {one["claim_id"] for one in listed}
    others = [one for cell in same["claim_ids"] for one in cell.split(";") if one not in there]
    told = [*listed, *_records(claims_for(package, others))]
    at_issue = {*groups, *disputed}
    told.sort(key=lambda one: one["conflict_group"] not in at_issue)  # what is at issue first
    return Trace(field, side_by_side(told), groups, disputed)


def _records(claims: pd.DataFrame) -> list[Claim]:
    return [{str(name): cell for name, cell in row.items()} for row in claims.to_dict("records")]


def side_by_side(claims: Iterable[Claim]) -> tuple[Said, ...]:
    """Group claims by what they say of which field; the order is that of the first of each."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for one in claims:
        found.setdefault((one["field"], one["value"]), []).append(one)
    return tuple(Said(value, tuple(rows)) for (_, value), rows in found.items())


def conflicts(package: Package, groups: Collection[str] | None = None) -> list[Conflict]:
    """Return the contradictions in the order of their ids: all, or those of some ids."""
    rows = package.frames["conflicts"]
    chosen = rows if groups is None else rows[rows["conflict_group"].isin(list(groups))]
    return [_conflict(package, row) for row in chosen.to_dict("records")]


def _conflict(package: Package, row: Mapping[Any, Any]) -> Conflict:
    ids = row["claim_ids"].split(";")
    claims = _records(claims_for(package, ids))
    events = package.frames["events"]
    mine = [
        event
        for event, cell in zip(events["event_id"], events["conflict_groups"], strict=True)
        if row["conflict_group"] in cell.split(";")
    ]
    return Conflict(
        group=row["conflict_group"],
        field=row["field"],
        titles={lang: row[f"title_{lang}"] for lang in LANGS},
        summary_en=row["summary_en"],
        shown=row["shown"],
        said=side_by_side(claims),
        subjects=tuple(dict.fromkeys(one["subject_id"] for one in claims)),
        events=tuple(mine),
    )


def reports(package: Package, claim_ids: Iterable[str]) -> Corroboration:
    """Count the publications and the independent reports behind claims."""
    claims = claims_for(package, list(claim_ids))
    return Corroboration(claims["source_id"].nunique(), independent(_records(claims)))
