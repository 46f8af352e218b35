"""From a shown value to the claims that say it: who told what, side by side; contradictions.

Values that differ stay apart. A shown field that no claim carries has a trace without values:
what no claim carries is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from geo.i18n import LANGS
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
_OPTIONAL: Final = frozenset({"officers", "other", "what"})
_OF: Final = {field: shown for shown, fields in evidence.CARRIERS.items() for field in fields}
NETWORK: Final = "network_as_whole"


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a field, and the claims (rows of the table) that say exactly that."""

    value: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A shown field: what is claimed of it, value by value, and its contradictions."""

    field: str
    said: tuple[Said, ...] = ()
    groups: tuple[str, ...] = ()

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


def traces(package: Package, subject: str) -> list[Trace]:
    """Return the traces of an event's, a centre's or the network's shown fields.

    The governorate's claims are those about the place; raises `KeyError` for an id that is
    neither an event nor a centre.
    """
    kind, place = _kind(package, subject)
    listed: dict[str, list[Claim]] = {}
    for claim in _records(claims_for(package, subject)):
        listed.setdefault(_OF.get(claim["field"], "other"), []).append(claim)
    if place:
        listed["governorate"] = _of_place(package, place)
    if kind == "centres" and "date" in listed:
        listed.setdefault("other", []).extend(listed.pop("date"))
    found = [_trace(package, field, listed.get(field, [])) for field in SHOWN[kind]]
    return [one for one in found if one.carried or one.field not in _OPTIONAL]


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


def _trace(package: Package, field: str, listed: list[Claim]) -> Trace:
    """Return a field's claims, with what others say in a contradiction about the same field."""
    groups = dict.fromkeys(one["conflict_group"] for one in listed if one["conflict_group"])
    table = package.frames["conflicts"]
    same = table[table["conflict_group"].isin(list(groups)) & (table["field"] == field)]
    there = {one["claim_id"] for one in listed}
    others = [one for cell in same["claim_ids"] for one in cell.split(";") if one not in there]
    told = [*listed, *_records(claims_for(package, others))]
    told.sort(key=lambda one: one["conflict_group"] not in groups)  # what is at issue comes first
    return Trace(field, side_by_side(told), tuple(groups))


def _records(claims: pd.DataFrame) -> list[Claim]:
    return [{str(name): cell for name, cell in row.items()} for row in claims.to_dict("records")]


def side_by_side(claims: Iterable[Claim]) -> tuple[Said, ...]:
    """Group claims by what they say of which field; the order is that of the first of each."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for one in claims:
        found.setdefault((one["field"], one["value"]), []).append(one)
    return tuple(Said(value, tuple(rows)) for (_, value), rows in found.items())


def conflicts(package: Package) -> list[Conflict]:
    """Return the contradictions in the order of their ids."""
    return [_conflict(package, row) for row in package.frames["conflicts"].to_dict("records")]


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
