"""What the tables say, compared with the claims that they point at; and how far claims carry it.

Each rule is a generator of findings like those of `geo.tables.rules`, where they are registered:
days, tolls, governorates and statuses must be what the listed claims say. `coverage` counts for
how many shown values there is a claim of that very field; no claim is made up to raise it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from geo.tables import schema, toll
from geo.tables.draft import Draft, Finding, Findings

Params = Mapping[str, Any]
Claim = Mapping[str, str]

# which fields of claims carry a shown value
CARRIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": ("status", "assessment"),
    "date": ("date", "weekday"),
    "place": ("place", "place_name", "location", "planned_locations"),
    "governorate": ("admin_governorate",),
    "host_site": ("host_site",),
    "officers": ("officers_peshmerga", "personnel", "liaison"),
    "fatalities": ("fatalities",),
    "what": ("outcome", "statement", "result", "cause", "context", "photo_caption"),
    "centres_count": ("planned_centres", "active_centres", "planned_locations"),
}
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")


def _claims(draft: Draft, listed: str) -> list[Claim]:
    """Return the listed claims that are there."""
    return [draft.claims[one] for one in listed.split(";") if one in draft.claims]


def _bounds(claim: Claim) -> tuple[str, str] | None:
    """Return the first and last day that a claim of a date carries, as they are written."""
    sound = schema.first_day(claim["value_min"]) and schema.first_day(claim["value_max"])
    counts = claim["unit"] == "day" and not claim["scope"]
    return (claim["value_min"], claim["value_max"]) if counts and sound else None


def claim_numbers(_: Draft, table: schema.Table, __: Params) -> Findings:
    """Demand numbers that the claim's value has, in order, with what they count."""
    names = ("field", "value", "value_min", "value_max", "unit", "scope")
    for row, (field, value, low, high, unit, scope) in table.records(*names):
        if (low or high) and not (low and unit):
            yield Finding(row.line, "value_min", low, "expected a lowest number and its unit")
        elif unit == "day":
            if value != (low if low == high else f"{low}/{high}"):
                yield Finding(row.line, "value_min", low, f"expected the days of {value!r}")
        elif low and high and (schema.as_number(low) or 0) > (schema.as_number(high) or 0):
            yield Finding(row.line, "value_max", high, f"expected no less than {low}")
        elif (told := _DIGITS.findall(value)) and (strange := {low, high} - {"", *told}):
            message = f"expected a number of the value {value!r}"
            yield Finding(row.line, "value_min", min(strange), message)
        elif field in {"date", "fatalities"} and not (low or scope):
            yield Finding(row.line, "value_min", "", f"expected what {value!r} says, or a scope")


def dates_claimed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand an interval that the claims of a date give; none begins after it was reported."""
    names = ("event_id", "date_start", "date_end", "claim_ids")
    for row, (event, start, end, listed) in table.records(*names):
        claims = _claims(draft, listed)
        own = [one for one in claims if one["subject_id"] == event]
        told = [days for one in own if (days := _bounds(one))]
        reported = {one["asserted_on"] for one in claims}
        if told:
            first, last = min(day for day, _ in told), max(day for _, day in told)
            if start != first:
                yield Finding(row.line, "date_start", start, f"expected {first}, as claimed")
            if end != last and (end < last or end not in reported):
                message = f"expected {last}, as claimed, or the day of a later report"
                yield Finding(row.line, "date_end", end, message)
        begins = schema.first_day(start)
        for one in own:
            known = schema.first_day(one["asserted_on"])
            if begins and known and begins > schema.edtf_span(one["asserted_on"])[1]:
                message = f"expected no later than {one['asserted_on']}, when {one['claim_id']}"
                yield Finding(row.line, "date_start", start, f"{message} reported it")
                break


def toll_claimed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand the toll that the claims give by the row's rule."""
    fields = ("fatalities_low", "fatalities_best", "fatalities_high")
    for row, (event, rule, listed, *cells) in table.records(
        "event_id", "fatalities_rule", "claim_ids", *fields
    ):
        own = [one for one in _claims(draft, listed) if one["subject_id"] == event]
        killed = [one for one in own if one["unit"] == toll.UNIT]
        if (rule == "") != (not killed) and rule != "none_reported":
            yield Finding(row.line, "fatalities_rule", rule, "expected a rule where claims count")
            continue
        if rule not in toll.BEST:
            continue  # the column's own check names it
        given = toll.toll(toll.figures(killed), rule)
        for field, cell, value in zip(
            fields, cells, (given.low, given.best, given.high), strict=True
        ):
            wanted = "" if value is None else str(value)
            if cell != wanted:
                message = f"expected {wanted or 'nothing'}, as claimed ({rule or 'no figure'})"
                yield Finding(row.line, field, cell, message)


def governorate_claimed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand the governorates that claims about the place, or a centre there, name."""
    names = _governorate_names(draft)
    told = _governorates_told(draft, names)
    for row, (place, parent, *codes) in table.records(
        "place_id", "parent_id", "admin1", "admin1_alt"
    ):
        wanted = told.get(place) or told.get(parent)
        if wanted and set(filter(None, codes)) != wanted:
            message = f"expected {' and '.join(sorted(wanted))}, which claims name"
            yield Finding(row.line, "admin1", codes[0], message)


def _governorate_names(draft: Draft) -> dict[str, str]:
    """Map the names and aliases of governorates to their codes."""
    table = draft.tables["governorates"]
    found: dict[str, str] = {}
    for _, (code, name, aliases) in table.records("admin1", "name_en", "aliases"):
        found |= dict.fromkeys([name, *filter(None, aliases.split(";"))], code)
    return found


def _governorates_told(draft: Draft, names: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the governorates that claims name, by the place that they are about."""
    seat = {
        key: place for _, (key, place) in draft.tables["centres"].records("centre_id", "place_id")
    }
    found: dict[str, set[str]] = {}
    for claim in draft.claims.values():
        if claim["field"] == "admin_governorate":
            place = seat.get(claim["subject_id"], claim["subject_id"])
            codes = {code for name, code in names.items() if name in claim["value"]}
            found.setdefault(place, set()).update(codes)
    return found


def status_claimed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand a status that a listed claim says, from the earliest day that its claims give."""
    names = ("centre_id", "valid_from", "status", "claim_ids")
    for row, (centre, valid_from, status, listed) in table.records(*names):
        claims = _claims(draft, listed)
        if not any(_says(one, centre, status, table) for one in claims):
            message = f"expected a claim of {centre} with this status among {listed}"
            yield Finding(row.line, "status", status, message)
        days = status_days(claims)
        if days and valid_from != days[0]:
            yield Finding(row.line, "valid_from", valid_from, f"expected {days[0]}, as claimed")


def status_days(claims: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the days (EDTF) that claims of a status give, the earliest first.

    The day of each assertion, and what claims of a date say; a day before its month.
    """
    days = {one["asserted_on"] for one in claims if one["asserted_on"]}
    days |= {one["value_min"] for one in claims if one["unit"] == "day" and one["value_min"]}
    return sorted(days, key=lambda day: (schema.first_day(day) or date.max, -len(day)))


def _says(claim: Claim, centre: str, status: str, table: schema.Table) -> bool:
    """Whether a claim says the status of the centre; an assessment may be of the network."""
    if claim["field"] == "assessment":
        return status in table.resource.columns["status"].special.get("assessments", ())
    return (claim["subject_id"], claim["field"], claim["value"]) == (centre, "status", status)


def status_used(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand that a dated claim of a status stands behind a row of its centre, or has a scope."""
    rows = draft.tables["centre_status"].records("centre_id", "claim_ids")
    used = {(centre, one) for _, (centre, listed) in rows for one in listed.split(";")}
    names = ("claim_id", "subject_id", "field", "asserted_on", "scope")
    for row, (claim, centre, field, day, scope) in table.records(*names):
        if field == "status" and day and not scope and (centre, claim) not in used:
            message = f"expected a row of {centre} in centre_status.csv that lists {claim}"
            yield Finding(row.line, "claim_id", claim, message)


def partly_seed(draft: Draft, table: schema.Table, _: Params) -> Findings:
    """Demand "false" exactly where no listed claim stands in the seed."""
    seed = draft.descriptor.raw["tansiq:seedSource"]
    for row, (cell, listed) in table.records("in_seed", "claim_ids"):
        among = any(one["source_id"] == seed for one in _claims(draft, listed))
        if (cell == "false") == among:
            wanted = "true or partial" if among else "false"
            message = f"expected {wanted}, since the claims' sources say so"
            yield Finding(row.line, "in_seed", cell, message)


def depends(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand one value of a field for each value of another; the rarer one is named."""
    told: dict[str, Counter[str]] = {}
    for _row, (cell, other) in table.records(rule["field"], rule["on"]):
        told.setdefault(other, Counter())[cell] += 1
    for row, (cell, other) in table.records(rule["field"], rule["on"]):
        usual = told[other].most_common(1)[0][0]
        if cell != usual:
            message = f"expected {usual!r} as elsewhere where {rule['on']} is {other!r}"
            yield Finding(row.line, rule["field"], cell, message)


RULES: Final[dict[str, Callable[[Draft, schema.Table, Params], Iterable[Finding]]]] = {
    "claim_numbers": claim_numbers,
    "dates_claimed": dates_claimed,
    "depends": depends,
    "governorate_claimed": governorate_claimed,
    "partly_seed": partly_seed,
    "status_claimed": status_claimed,
    "status_used": status_used,
    "toll_claimed": toll_claimed,
}


# ---------------------------------------------------------------- coverage
class Cover(NamedTuple):
    """Of so many filled values of a shown field, so many are carried by a claim of it."""

    table: str
    field: str
    filled: int
    carried: int


_SHOWN: Final = (
    ("events", "event_id", "date", "date_start"),
    ("events", "event_id", "fatalities", "fatalities_low"),
    ("events", "event_id", "what", "title_en"),
    ("centres", "centre_id", "status", "claim_ids"),
    ("centres", "centre_id", "host_site", "host_site"),
    ("places", "place_id", "governorate", "admin1"),
)


def coverage(draft: Draft) -> Iterator[Cover]:
    """Yield for each shown field how many of its values a claim of that field carries."""
    by_subject: dict[str, set[str]] = {}
    for claim in draft.claims.values():
        by_subject.setdefault(claim["subject_id"], set()).add(claim["field"])
    told = _governorates_told(draft, _governorate_names(draft))
    for name, key, shown, column in _SHOWN:
        filled = [one for _, (one, cell) in draft.tables[name].records(key, column) if cell]
        carried = sum(
            one in told
            if shown == "governorate"
            else bool(by_subject.get(one, set()).intersection(CARRIERS[shown]))
            for one in filled
        )
        yield Cover(name, shown, len(filled), carried)
