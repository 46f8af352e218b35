"""The rules that the descriptor names in ``tansiq:rules``: what holds between columns and tables.

Each rule is a generator of findings; its parameters stand in the descriptor, so that a new
table is ruled without Python. `RULES` maps the name to the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import shapely

from geo.tables import audit, evidence, naming, schema
from geo.tables.draft import Draft, Finding, Findings

Params = Mapping[str, Any]


def together(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that all of the fields are filled, or none."""
    fields = rule["fields"]
    for row, cells in table.records(*fields):
        if any(cells) and not all(cells):
            empty = fields[cells.index("")]
            yield Finding(row.line, empty, "", f"expected {', '.join(fields)} filled together")


def empty_when(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field is empty exactly when another one has one of some values."""
    for row, (cell, other) in table.records(rule["field"], rule["other"]):
        if (other in rule["values"]) != (cell == ""):
            wanted = "no value" if cell else "a value"
            message = f"expected {wanted} where {rule['other']} is {other!r}"
            yield Finding(row.line, rule["field"], cell, message)


def differ(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that two fields differ, and that the second never stands alone."""
    first, second = rule["fields"]
    for row, cells in table.records(first, second):
        if cells[1] and cells[0] in {"", cells[1]}:
            yield Finding(row.line, second, cells[1], f"expected another value than in {first}")


def acyclic(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that no row is its own ancestor."""
    parents = {key: parent for _, (key, parent) in table.records(rule["key"], rule["field"])}
    for row, (key, cell) in table.records(rule["key"], rule["field"]):
        above, seen = cell, set()
        while above and above not in seen and above != key:
            seen.add(above)
            above = parents.get(above, "")
        if cell and above == key:
            yield Finding(row.line, rule["field"], cell, f"expected no way back to {key}")


def distinct_names(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that no name of a row is a name of another row, whatever the case."""
    owner: dict[str, int] = {}
    columns = table.resource.columns
    for field in (*rule["names"], rule["field"]):
        for row, (cell,) in table.records(field):
            for name in columns[field].items(cell):
                if owner.setdefault(name.casefold(), row.line) != row.line:
                    other = f"expected a name that line {owner[name.casefold()]} does not have"
                    yield Finding(row.line, field, name, other)


def order(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that values do not fall from field to field; empty ones are passed over."""
    value = schema.first_day if rule["kind"] == "edtf" else schema.as_number
    for row, cells in table.records(*rule["fields"]):
        last: tuple[Any, str] | None = None
        for field, cell in zip(rule["fields"], cells, strict=True):
            found = value(cell)
            if found is None:
                continue
            if last and found < last[0]:
                yield Finding(row.line, field, cell, f"expected no less than {last[1]}")
            last = (found, field)


def precision_matches(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand a date as long as its precision says; no date is of unknown precision."""
    for row, (cell, precision) in table.records(rule["date"], rule["precision"]):
        known = schema.PRECISION_OF_LENGTH.get(len(cell), "unknown")
        if known != precision:
            message = f"expected a date of precision {precision!r}"
            yield Finding(row.line, rule["date"], cell, message)


def inside_country(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand a point inside the country's outline or within the tolerance in metres."""
    country = draft.descriptor.raw["tansiq:country"]
    try:
        outline = draft.country
    except (OSError, ValueError) as error:
        yield Finding(0, rule["lat"], country["outline"], f"expected a readable outline: {error}")
        return
    for row, (lat, lon) in table.records(rule["lat"], rule["lon"]):
        x, y = schema.as_number(lon), schema.as_number(lat)
        if x is None or y is None or _distance(draft, outline, x, y) <= country["toleranceMetres"]:
            continue
        swapped = _distance(draft, outline, y, x) <= country["toleranceMetres"]
        hint = "; latitude and longitude swapped?" if swapped else ""
        message = f"expected a point in the country or {country['toleranceMetres']} m from it{hint}"
        yield Finding(row.line, rule["lat"], f"{lat}, {lon}", message)


def _distance(draft: Draft, outline: shapely.Geometry, lon: float, lat: float) -> float:
    """Return the distance in metres of a point (EPSG:4326) from the outline; 0 inside."""
    if abs(lon) > 180 or abs(lat) > 90:  # noqa: PLR2004 # no place on earth
        return float("inf")
    point = shapely.Point(draft.metric.transform(lon, lat))
    return float(shapely.distance(outline, point))


def claims_of_subject(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a row lists the claims whose subject it is; with ``exact`` no others."""
    of_subject = _grouped(draft, "subject_id")
    yield from _compare(table, rule, of_subject, exact=rule["exact"])


def claims_of_conflict(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a conflict lists exactly the claims that name it."""
    yield from _compare(table, rule, _grouped(draft, "conflict_group"), exact=True)


def _grouped(draft: Draft, field: str) -> dict[str, list[str]]:
    """Map the values of a claim's field to the claims that have it."""
    groups: dict[str, list[str]] = {}
    for claim_id, claim in draft.claims.items():
        groups.setdefault(claim[field], []).append(claim_id)
    return groups


def _compare(
    table: schema.Table, rule: Params, groups: Mapping[str, list[str]], *, exact: bool
) -> Findings:
    """Find claims that a list lacks, and with ``exact`` those that it has too many."""
    for row, (key, cell) in table.records(rule["key"], rule["list"]):
        listed, wanted = set(filter(None, cell.split(";"))), set(groups.get(key, ()))
        if lacking := sorted(wanted - listed):
            message = f"expected also {';'.join(lacking)}, which name {key}"
            yield Finding(row.line, rule["list"], cell, message)
        if exact and (extra := sorted(listed - wanted)):
            message = f"expected without {';'.join(extra)}, which do not name {key}"
            yield Finding(row.line, rule["list"], cell, message)


def _of_claims(draft: Draft, cell: str, field: str) -> list[str]:
    """Return a field of each listed claim that is there."""
    return [draft.claims[claim][field] for claim in cell.split(";") if claim in draft.claims]


def _derived(
    table: schema.Table, rule: Params, derive: Callable[[str], str], meaning: str
) -> Findings:
    """Find cells that are not what follows from the row's list."""
    for row, (cell, listed) in table.records(rule["field"], rule["list"]):
        wanted = derive(listed)
        if cell != wanted:
            message = f"expected {wanted or 'nothing'}, {meaning}"
            yield Finding(row.line, rule["field"], cell, message)


def counted(_: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field holds how many items a list has."""
    meaning = f"the number of items of {rule['list']}"
    yield from _derived(table, rule, lambda listed: str(len(listed.split(";"))), meaning)


def sources_counted(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field holds how many sources stand behind the listed claims."""

    def count(listed: str) -> str:
        return str(len(set(_of_claims(draft, listed, "source_id"))))

    yield from _derived(table, rule, count, "the number of sources of the claims")


def conflicts_of_claims(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field holds the conflict groups of the listed claims, sorted."""

    def groups(listed: str) -> str:
        return ";".join(sorted(set(_of_claims(draft, listed, "conflict_group")) - {""}))

    yield from _derived(table, rule, groups, "the conflict groups of the claims")


def seed_only(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field says whether all listed claims stand in the seed."""

    def alone(listed: str) -> str:
        return _said(_seeds(draft, listed) == {True})

    yield from _derived(table, rule, alone, "since the claims' sources say so")


def any_seed(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field says whether a listed claim stands in the seed."""

    def among(listed: str) -> str:
        return _said(True in _seeds(draft, listed))

    yield from _derived(table, rule, among, "since the claims' sources say so")


def within_seed(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field says whether the seed disagrees with itself by two claims."""
    seed = draft.descriptor.raw["tansiq:seedSource"]

    def twice(listed: str) -> str:
        return _said(_of_claims(draft, listed, "source_id").count(seed) > 1)

    yield from _derived(table, rule, twice, "since the claims' sources say so")


def seed_source(draft: Draft, table: schema.Table, rule: Params) -> Findings:
    """Demand that a field says whether the row's own source is the seed."""
    seed = draft.descriptor.raw["tansiq:seedSource"]
    for row, (cell, source) in table.records(rule["field"], rule["source"]):
        if cell != _said(source == seed):
            message = f"expected {_said(source == seed)}, since the source is {source}"
            yield Finding(row.line, rule["field"], cell, message)


def _seeds(draft: Draft, listed: str) -> set[bool]:
    """Return whether the listed claims stand in the seed: {True}, {False}, both or neither."""
    seed = draft.descriptor.raw["tansiq:seedSource"]
    return {source == seed for source in _of_claims(draft, listed, "source_id")}


def _said(truth: bool) -> str:
    return "true" if truth else "false"


Rule = Callable[[Draft, schema.Table, Params], Iterable[Finding]]
RULES: Final[dict[str, Rule]] = {
    "acyclic": acyclic,
    "any_seed": any_seed,
    "append_only": audit.append_only,
    "audited": audit.audited,
    "claims_of_conflict": claims_of_conflict,
    "claims_of_subject": claims_of_subject,
    "conflicts_of_claims": conflicts_of_claims,
    "counted": counted,
    "differ": differ,
    "distinct_names": distinct_names,
    "empty_when": empty_when,
    "host_claimed": naming.host_claimed,
    "inside_country": inside_country,
    "order": order,
    "place_claimed": naming.place_claimed,
    "precision_matches": precision_matches,
    "seed_only": seed_only,
    "seed_source": seed_source,
    "sources_counted": sources_counted,
    "together": together,
    "within_seed": within_seed,
    **evidence.RULES,
}
