"""From a fact to its claims and their sources; what contradicts; a centre's status on a date.

A centre's status is what was last reported by the chosen day, never more: nothing is active
beyond its evidence. Reports of one day that differ stand side by side as a contradiction. A
report known only to the month counts from the month's last day. Assessments (degraded,
contested) are no statuses: they stand beside the status that they were made about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

import pandas as pd

from geo import marks
from geo.provenance import contradictions
from geo.provenance.knowledge import as_known
from geo.tables import EPOCH, Package, schema

RANK: Final = {look.id: look.rank for look in marks.STATUSES}
NOTHING_REPORTED: Final = ("none",)
_SAID: Final = ("claim_id", "subject_id", "field", "value", "asserted_on")
_FACT_COLUMNS: Final = ("claim_id", "source_id", "conflict_group")
# tables whose rows list the claims that they rest on, by the column of their id
_LISTING: Final = {"events": "event_id", "centres": "centre_id", "places": "place_id"}


@dataclass(frozen=True, slots=True)
class Status:
    """What was last reported of a centre by a day.

    Attributes
    ----------
    statuses: ids of `marks.STATUSES` from the earliest to the latest step of a centre's
        life; more than one when reports of one day differ; ``("none",)`` without a report.
    since: day from which on every report says this.
    last_confirmed: the last day on which somebody said so by then; when that is known only
        to its month, the month's last day.
    confirmed: the same as it is known (EDTF), "" without a report.
    assessments: ``degraded``, ``contested``: made since, in the order of their days.
    claim_ids: claims of the latest report, then those of the assessments.
    groups: contradictions known by then that the centre's claims belong to, whatever their
        field; beside `contradicted`, which is about the reports of one day.
    hidden_claims: how many undated claims "as known on" leaves out.
    """

    statuses: tuple[str, ...] = NOTHING_REPORTED
    since: date | None = None
    last_confirmed: date | None = None
    assessments: tuple[str, ...] = ()
    claim_ids: tuple[str, ...] = ()
    hidden_claims: int = 0
    confirmed: str = ""
    groups: tuple[str, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether reports of the deciding day differ."""
        return len(self.statuses) > 1

    def age_days(self, day: date) -> int | None:
        """Return the days from the last confirmation to a day; None without a report."""
        return None if self.last_confirmed is None else (day - self.last_confirmed).days


@dataclass(frozen=True, slots=True)
class Span:
    """A step of a centre's status: it holds from a day until the next step, or on.

    A step begins with a report, with a later word that confirms it, or with a contradiction.
    Days are counted since 1970-01-01; ``confirmed`` is `last_confirmed` as it is known (EDTF).
    """

    day_from: int
    statuses: tuple[str, ...]
    last_confirmed: int | None
    assessments: tuple[str, ...]
    claim_ids: tuple[str, ...]
    confirmed: str
    groups: tuple[str, ...]

    @property
    def contradicted(self) -> bool:
        """Whether reports of the deciding day differ."""
        return len(self.statuses) > 1


@dataclass(frozen=True, slots=True)
class Fact:
    """One value claimed for one field of an event or centre, with who says so.

    Values of one field that differ are separate facts; ``conflict_groups`` names the
    contradictions that their claims belong to.
    """

    field: str
    value: str
    claim_ids: tuple[str, ...]
    source_ids: tuple[str, ...]
    conflict_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """One row of the status table, dated by its day or by the last day of its month.

    ``told`` are the days (EDTF) that stand for it: its own, and those of the claims that say it.
    """

    day: date
    status: str
    claim_ids: tuple[str, ...]
    told: tuple[str, ...]


def status_on(package: Package, centre_id: str, day: date, known: date | None = None) -> Status:
    """Return a centre's status as last reported by ``day``, both ends inclusive.

    With ``known``, only claims made by that day count; undated ones are left out and
    counted. Raises `KeyError` for a centre that the data does not have.
    """
    hidden = 0
    if known is not None:
        told = claims_for(package, centre_id)
        hidden, package = int((told["asserted_on"] == "").sum()), as_known(package, known)
    found = Status()
    for from_day, status in _steps(package, centre_id):
        if from_day <= day:
            found = status
    return replace(found, hidden_claims=hidden)


def status_spans(package: Package, centre_id: str) -> list[Span]:
    """Return a centre's status as steps in the order of their days; before them: none.

    Raises `KeyError` for a centre that the data does not have.
    """
    return [
        Span(
            day_from=(day - EPOCH).days,
            statuses=status.statuses,
            last_confirmed=_days(status.last_confirmed),
            assessments=status.assessments,
            claim_ids=status.claim_ids,
            confirmed=status.confirmed,
            groups=status.groups,
        )
        for day, status in _steps(package, centre_id)
    ]


def _days(day: date | None) -> int | None:
    """Return a day as days since 1970-01-01."""
    return None if day is None else (day - EPOCH).days


def _reports(package: Package, centre_id: str) -> list[_Report]:
    """Return the reports about a centre by their days."""
    if centre_id not in set(package.frames["centres"]["centre_id"]):
        raise KeyError(centre_id)
    table = package.frames["centre_status"]
    rows = table.loc[table["centre_id"] == centre_id, ["valid_from", "status", "claim_ids"]]
    claims = package.frames["claims"]
    cells = zip(*(claims[name].tolist() for name in _SAID), strict=True)
    words = {
        one: (value, day)
        for one, subject, field, value, day in cells
        if (subject, field) == (centre_id, "status")
    }
    reports = []
    for valid_from, status, listed in rows.itertuples(index=False):
        ids = tuple(listed.split(";"))
        told = (day for one in ids for value, day in [words.get(one, ("", ""))] if value == status)
        days = (valid_from, *filter(None, told))
        reports.append(_Report(schema.edtf_span(valid_from)[1], status, ids, days))
    return sorted(reports, key=lambda report: report.day)


def _steps(package: Package, centre_id: str) -> Iterator[tuple[date, Status]]:
    """Yield the status from each day on from which something else is to be said of it."""
    reports = _reports(package, centre_id)
    centres = package.frames["centres"]
    listed = centres.loc[centres["centre_id"] == centre_id, "claim_ids"].iloc[0]
    begun = contradictions.begins(package, listed.split(";"))
    steps = list(_reported(package, reports))
    days = {day for day, _, _ in steps}
    days |= {_last(text) for report in reports for text in report.told}
    days |= {EPOCH + timedelta(days=since) for since in begun.values()}
    found = -1
    for day in sorted(one for one in days if steps and one >= steps[0][0]):
        if found + 1 < len(steps) and steps[found + 1][0] == day:
            found += 1
        _, status, told = steps[found]
        last = max((text for text in told if _last(text) <= day), key=_sharpest, default="")
        yield (
            day,
            replace(
                status,
                confirmed=last,
                last_confirmed=_last(last) if last else None,
                groups=contradictions.by(day, begun),
            ),
        )


def _last(text: str) -> date:
    """Return the last day that an EDTF date can mean: the day from which it counts."""
    return schema.edtf_span(text)[1]


def _sharpest(text: str) -> tuple[date, int]:
    """Rank dates by their last days; of two that end alike the one that says more is higher."""
    return _last(text), len(text)


def _reported(
    package: Package, reports: Iterable[_Report]
) -> Iterator[tuple[date, Status, tuple[str, ...]]]:
    """Yield the status from the day of each report, with the days that stand for it (EDTF)."""
    beside = _assessments(package)
    status = Status()
    basis: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    assessed: dict[str, tuple[str, ...]] = {}
    for day, group in groupby(reports, key=lambda report: report.day):
        told = {report.status: report for report in group}
        if said := tuple(sorted(told.keys() - beside, key=RANK.__getitem__)):
            same = said == status.statuses
            # an assessment was made about the status of its time, not about a later one
            assessed = assessed if same else {}
            status = replace(status, statuses=said, since=status.since if same else day)
            basis = tuple(claim for one in said for claim in told[one].claim_ids)
            new = tuple(text for one in said for text in told[one].told)
            days = (*days, *new) if same else new
        assessed |= {one: told[one].claim_ids for one in sorted(told.keys() & beside)}
        every = dict.fromkeys((*basis, *(c for listed in assessed.values() for c in listed)))
        yield day, replace(status, assessments=tuple(assessed), claim_ids=tuple(every)), days


def _assessments(package: Package) -> frozenset[str]:
    """Return the values of the status column that are assessments beside the status."""
    column = package.descriptor.resources["centre_status"].columns["status"]
    return frozenset(column.special["assessments"])


def claims_for(package: Package, subject: str | Iterable[str]) -> pd.DataFrame:
    """Return claims as rows of the claims table: of a subject's id, or of claim ids.

    An event or centre gives the claims that it lists, in that order; a place those about
    it. A subject without claims gives an empty frame; an unknown claim id raises `KeyError`.
    """
    claims = package.frames["claims"]
    if not isinstance(subject, str):
        wanted = list(dict.fromkeys(subject))
        return claims.set_index("claim_id", drop=False).loc[wanted].reset_index(drop=True)
    for name, key in _LISTING.items():
        table = package.frames[name]
        for listed in table.loc[table[key] == subject, "claim_ids"]:
            return claims_for(package, listed.split(";") if listed else [])
    return claims[claims["subject_id"] == subject].reset_index(drop=True)


def sources_for(package: Package, claim_ids: Iterable[str]) -> pd.DataFrame:
    """Return the sources of claims as rows of the sources table, each once, in their order."""
    wanted = list(dict.fromkeys(claims_for(package, list(claim_ids))["source_id"]))
    sources = package.frames["sources"].set_index("source_id", drop=False)
    return sources.loc[wanted].reset_index(drop=True)


def facts(package: Package, subject: str) -> list[Fact]:
    """Return what is claimed of an event, centre or place: one fact per field and value.

    Only claims whose subject it is; in the order in which the fields first occur.
    """
    claims = claims_for(package, subject)
    rows = claims[claims["subject_id"] == subject].to_dict("records")
    fields = {field: at for at, field in reversed([*enumerate(row["field"] for row in rows)])}
    grouped: dict[tuple[str, str], list[Mapping[Any, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["field"], row["value"]), []).append(row)
    ordered = sorted(grouped.items(), key=lambda item: fields[item[0][0]])
    return [
        Fact(field, value, *(_distinct(said, column) for column in _FACT_COLUMNS))
        for (field, value), said in ordered
    ]


def _distinct(rows: Iterable[Mapping[Any, Any]], column: str) -> tuple[str, ...]:
    """Return the filled cells of a column, each once, in the rows' order."""
    return tuple(dict.fromkeys(row[column] for row in rows if row[column]))
