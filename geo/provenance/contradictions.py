"""Which contradictions a subject's claims belong to, and since when they are known.

A contradiction is known from the day on which two of its sides were told. One of which that
day cannot be told, since its claims are undated, counts on every day on which it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from geo.provenance import knowledge
from geo.tables import EPOCH, Package

_NEEDED: Final = ("claim_id", "conflict_group", "field", "value", "asserted_on")


def begins(package: Package, claim_ids: Iterable[str]) -> dict[str, int]:
    """Map the contradictions among claims, by id, to the days from which they are known.

    Days are counted since 1970-01-01; the order is that of the ids.
    """
    claims, wanted = package.frames["claims"], set(claim_ids)
    # plain lists: a status is asked for often, and frames are slow with so few rows
    cells = zip(*(claims[name].tolist() for name in _NEEDED), strict=True)
    rows = [dict(zip(_NEEDED, row, strict=True)) for row in cells]
    mine = {one["conflict_group"] for one in rows if one["claim_id"] in wanted} - {""}
    found = knowledge.group_days([one for one in rows if one["conflict_group"] in mine])
    return {group: 0 if found[group] == knowledge.NEVER else found[group] for group in sorted(mine)}


def by(day: date | None, found: Mapping[str, int]) -> tuple[str, ...]:
    """Return the contradictions that are known by a day (None: all)."""
    return tuple(
        group for group, since in found.items() if day is None or since <= (day - EPOCH).days
    )


def fields(package: Package, groups: Iterable[str]) -> dict[str, str]:
    """Map contradictions to the field that each is about."""
    table = package.frames["conflicts"]
    field_of: dict[str, Any] = dict(zip(table["conflict_group"], table["field"], strict=True))
    return {group: str(field_of[group]) for group in groups}
