"""What was known by a day: the data package without the claims asserted later.

A claim counts from the last day of the month or year when only that is known of its assertion.
Undated claims were known on no day that can be told: they are left out, and counted. When
something happened is told as it is known today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from geo import tables
from geo.filters import evidence as evidence_days
from geo.provenance.corroboration import independent
from geo.tables import EPOCH, Package, evidence, schema, toll

NEVER: Final = evidence_days.NEVER
TOLL: Final = ("fatalities_low", "fatalities_best", "fatalities_high")
Rows = list[dict[str, Any]]
TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many claims a day of knowledge leaves out: asserted later, and on no known day."""

    later: int
    undated: int


def known_days(package: Package) -> dict[str, int]:
    """Map each dated claim to the day from which it counts, as days since 1970-01-01."""
    claims = package.frames["claims"]
    return _dated(zip(claims["claim_id"], claims["asserted_on"], strict=True))


def _dated(asserted: Iterable[tuple[str, str]]) -> dict[str, int]:
    return {claim: (schema.edtf_span(text)[1] - EPOCH).days for claim, text in asserted if text}


def hidden(package: Package, day: date) -> Hidden:
    """Count the claims that "as known on" the day leaves out."""
    days, asked = known_days(package), (day - EPOCH).days
    later = sum(known > asked for known in days.values())
    return Hidden(later, len(package.frames["claims"]) - len(days))


def as_known(package: Package, day: date) -> Package:
    """Return the package as it could have been compiled on a day; the version stays.

    Claims asserted later or on no known day are gone, and with them: contradictions of fewer
    than two differing claims, reports of a status without a claim that says it, events without
    any claim, figures of tolls; and our own words about a row of which a claim is hidden, since
    they were written with all of them in view. Centres and places stay, also those that nobody
    had spoken of.
    """
    asked = (day - EPOCH).days
    known = {claim for claim, at in known_days(package).items() if at <= asked}
    frames = dict(package.frames)
    claims = [one for one in _rows(package, "claims") if one["claim_id"] in known]
    conflicts = _conflicts(package, claims)
    alive = {one["conflict_group"] for one in conflicts}
    for one in claims:
        one["conflict_group"] = one["conflict_group"] if one["conflict_group"] in alive else ""
    said = {one["claim_id"]: one for one in claims}
    events_ = _events(package, said)
    _adopted(conflicts, events_)
    frames["claims"] = _frame(package, "claims", claims)
    frames["conflicts"] = _frame(package, "conflicts", conflicts)
    frames["events"] = _frame(package, "events", events_)
    frames["centre_status"] = _frame(package, "centre_status", _reports(package, said))
    frames["centres"] = _frame(package, "centres", _centres(package, said))
    places = [one | _told(one, said, "note_en") for one in _rows(package, "places")]
    frames["places"] = _frame(package, "places", places)
    return replace(package, frames=MappingProxyType(frames))


def _rows(package: Package, name: str) -> Rows:
    return [
        {str(key): cell for key, cell in row.items()}
        for row in package.frames[name].to_dict("records")
    ]


def _frame(package: Package, name: str, rows: Rows) -> pd.DataFrame:
    """Return rows in the columns and types of the package's own table."""
    whole = package.frames[name]
    return pd.DataFrame(rows, columns=whole.columns).astype(whole.dtypes.to_dict())


def _kept(row: Mapping[str, Any], said: Mapping[str, Any]) -> list[str]:
    return [claim for claim in row["claim_ids"].split(";") if claim in said]


def _told(row: Mapping[str, Any], said: Mapping[str, Any], *ours: str) -> dict[str, str]:
    """Return the row's list of known claims; our own words are blank when it lost a claim."""
    kept = ";".join(_kept(row, said))
    blank = dict.fromkeys(ours, "") if kept != row["claim_ids"] else {}
    return {"claim_ids": kept} | blank


def _seed(package: Package) -> str:
    return str(package.descriptor.raw["tansiq:seedSource"])


def _conflicts(package: Package, claims: Rows) -> Rows:
    """Return the contradictions of which two differing claims are left."""
    whole = _by_group(_rows(package, "claims"))
    left, seed = _by_group(claims), _seed(package)
    found = []
    for row in _rows(package, "conflicts"):
        group = row["conflict_group"]
        rest = left.get(group, [])
        if len(rest) < TWO or (len(_values(rest)) < TWO <= len(_values(whole[group]))):
            continue
        ids = {one["claim_id"] for one in rest}
        listed = [one for one in row["claim_ids"].split(";") if one in ids]
        own = sum(one["source_id"] == seed for one in rest)
        row |= {"n_claims": len(listed), "within_seed": own > 1}
        found.append(row | _told(row, dict.fromkeys(listed), "summary_en"))
    return found


def _adopted(conflicts: Rows, events: Rows) -> None:
    """Say of tolls of which no best figure is left that none is adopted."""
    best = {
        group
        for one in events
        if not pd.isna(one["fatalities_best"])
        for group in one["conflict_groups"].split(";")
    }
    for row in conflicts:
        if row["shown"] == "range_best" and row["conflict_group"] not in best:
            row["shown"] = "range_only"


def _centres(package: Package, said: Mapping[str, Any]) -> Rows:
    """Return the centres; a host is what the known claims name when one of theirs is hidden."""
    found = []
    for row in _rows(package, "centres"):
        told = _told(row, said, "relation_note", "host_site")
        if "host_site" in told:
            kept = [said[one] for one in _kept(row, said)]
            hosts = [one["value"] for one in kept if one["field"] == "host_site"]
            told["host_site"] = "; ".join(dict.fromkeys(hosts))
        found.append(row | told)
    return found


def _by_group(claims: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for one in claims:
        found.setdefault(one["conflict_group"], []).append(one)
    return found


def _values(claims: Rows) -> set[tuple[str, str]]:
    return {(one["field"], one["value"]) for one in claims}


def _events(package: Package, said: Mapping[str, Any]) -> Rows:
    """Return the events that a known claim tells of, with what the known claims give."""
    seed, found = _seed(package), []
    for row in _rows(package, "events"):
        kept = [said[claim] for claim in _kept(row, said)]
        if not kept:
            continue
        sources = {one["source_id"] for one in kept}
        groups = sorted({one["conflict_group"] for one in kept} - {""})
        known = _told(row, said, "note_en") | {
            "conflict_groups": ";".join(groups),
            "n_sources": len(sources),
            "seed_only": sources == {seed},
            "in_seed": row["in_seed"] if seed in sources else "false",
        }
        found.append(row | known | _toll(row, kept))
    return found


def _toll(row: Mapping[str, Any], kept: Rows) -> dict[str, Any]:
    """Return the toll that the known claims of an event give."""
    own = [one for one in kept if one["subject_id"] == row["event_id"]]
    killed = [one for one in own if one["unit"] == toll.UNIT]
    rule = row["fatalities_rule"] if killed or row["fatalities_rule"] == "none_reported" else ""
    given = toll.toll(toll.figures(killed), rule)
    values = zip(TOLL, (given.low, given.best, given.high), strict=True)
    return {"fatalities_rule": rule} | {
        name: pd.NA if value is None else value for name, value in values
    }


def _reports(package: Package, said: Mapping[str, Any]) -> Rows:
    """Return the reports of a status that a known claim says, from the day that it gives."""
    column = package.descriptor.resources["centre_status"].columns["status"]
    beside, seed = column.special["assessments"], _seed(package)
    found = []
    for row in _rows(package, "centre_status"):
        kept = [said[claim] for claim in _kept(row, said)]
        told = {one["value"] for one in kept if one["field"] == "status"}
        judged = any(one["field"] == "assessment" for one in kept) and row["status"] in beside
        if row["status"] in told or judged:
            day = evidence.status_days(kept)[0]
            known = {
                "valid_from": day,
                "date_precision": schema.PRECISION_OF_LENGTH[len(day)],
                "in_seed": "true" if any(one["source_id"] == seed for one in kept) else "false",
            }
            found.append(row | _told(row, said, "note_en") | known)
    return sorted(found, key=lambda row: (row["centre_id"], row["valid_from"], row["status"]))


# what follows from claims in a canonical event's columns
RETOLD: Final = (
    "claim_ids",
    "conflict_groups",
    "n_sources",
    "in_seed",
    "seed_only",
    "fatalities_rule",
    "note_en",
    *TOLL,
)


def retell(package: Package, rows: pd.DataFrame) -> pd.DataFrame:
    """Return canonical events as a (smaller) package tells them; others stay as they are."""
    told = package.frames["events"].set_index("event_id")
    mine = rows["event_id"].isin(told.index)
    if not mine.any() or "claims" not in package.frames:
        return rows
    found, ids = rows.copy(), rows.loc[mine, "event_id"]
    for name in RETOLD:
        found.loc[mine, name] = told.loc[ids, name].to_numpy()
    claims = package.frames["claims"].set_index("claim_id")
    listed = [cell.split(";") for cell in told.loc[ids, "claim_ids"]]
    told_by = [claims.loc[one, ["source_id", "origin"]] for one in listed]
    for column, cells in (
        ("source_ids", [";".join(dict.fromkeys(one["source_id"])) for one in told_by]),
        ("n_reports", [independent(one.to_dict("records")) for one in told_by]),
    ):
        found.loc[mine, column] = pd.Series(cells, index=found.index[mine])
    found.loc[mine, "contradicted"] = (found.loc[mine, "conflict_groups"] != "").astype("int64")
    return found


# ---------------------------------------------------------------- days of the store's columns
def events(package: Package) -> pd.DataFrame:
    """Return the curated events in canonical columns, with what is known of them since when.

    Beside those of `geo.tables.events`: ``n_reports`` independent reports; ``contradicted`` 0 or
    1; ``known_from``, ``contradicted_from``, ``two_sources_from``, ``two_reports_from``: days
    since 1970-01-01, `NEVER` when no dated claim makes it so. ``admin1_check`` and
    ``admin2_polygon`` are empty: curated events are not compared with polygons.
    """
    frame = tables.events(package).assign(admin1_check="", admin2_polygon="")
    days = known_days(package)
    by_id = {one["claim_id"]: one for one in _rows(package, "claims")}
    begins = group_days(list(by_id.values()))
    told = [[by_id[claim] for claim in cell.split(";")] for cell in frame["claim_ids"]]
    columns: dict[str, Iterable[int]] = {
        "n_reports": (independent(own) for own in told),
        "contradicted": (int(bool(cell)) for cell in frame["conflict_groups"]),
        "known_from": (_nth(own, days, lambda one: one["claim_id"], 1) for own in told),
        "contradicted_from": (_contradicted(own, days, begins) for own in told),
        "two_sources_from": (_nth(own, days, lambda one: one["source_id"], 2) for own in told),
        "two_reports_from": (_corroborated(own, days) for own in told),
    }
    return frame.assign(**{name: pd.array(list(cells), "int64") for name, cells in columns.items()})


def _nth(own: Rows, days: Mapping[str, int], key: Callable[[Any], str], number: int) -> int:
    """Return the day on which claims with so many different keys were known."""
    first: dict[str, int] = {}
    for one in own:
        day = days.get(one["claim_id"], NEVER)
        first[key(one)] = min(day, first.get(key(one), NEVER))
    ranked = sorted(first.values())
    return ranked[number - 1] if len(ranked) >= number else NEVER


def _corroborated(own: Rows, days: Mapping[str, int]) -> int:
    """Return the day from which on the known claims are two independent reports at the least."""
    found, known = NEVER, {days[one["claim_id"]] for one in own if one["claim_id"] in days}
    for day in sorted(known, reverse=True):
        if independent(one for one in own if days.get(one["claim_id"], NEVER) <= day) < TWO:
            return found
        found = day
    return found


def group_days(claims: Rows) -> dict[str, int]:
    """Map each contradiction to the day on which two differing claims of it were known.

    ``claims`` are rows of the table: all those of the contradictions that are asked for.
    """
    days, found = _dated((one["claim_id"], one["asserted_on"]) for one in claims), {}
    for group, rows in _by_group(claims).items():
        differ = len(_values(rows)) > 1
        found[group] = _nth(
            rows, days, (lambda one: f"{one['field']}={one['value']}") if differ else _id, 2
        )
    return found


def _id(one: Mapping[str, str]) -> str:
    return one["claim_id"]


def _contradicted(own: Rows, days: Mapping[str, int], begins: Mapping[str, int]) -> int:
    """Return the day from which an event's known claims belong to a known contradiction."""
    found = (
        max(begins[one["conflict_group"]], days.get(one["claim_id"], NEVER))
        for one in own
        if one["conflict_group"]
    )
    return min(found, default=NEVER)
