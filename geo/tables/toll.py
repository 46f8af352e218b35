"""How many people were killed, from what is claimed: the range, and the best figure by its rule.

The one place that turns figures into a toll: the check of the tables, the state of knowledge
on an earlier day and the panel all ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

UNIT: Final = "persons_killed"
# a figure for a part of an event is a lower bound; other scopes are kept and not counted
COUNTED: Final = ""
PART: Final = "part_of_event"


@dataclass(frozen=True, slots=True)
class Toll:
    """Persons killed: lowest, best and highest figure; None where none is told or adopted."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One claimed number: its bounds (None: open), its scope, the day it was asserted (EDTF)."""

    low: int
    high: int | None
    scope: str
    asserted: str


def figures(claims: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """Return the numbers of persons killed among claims (mappings of the table's columns)."""
    return [
        Figure(
            int(claim["value_min"]),
            int(claim["value_max"]) if claim["value_max"] else None,
            claim["scope"],
            claim["asserted_on"],
        )
        for claim in claims
        if claim["unit"] == UNIT and claim["value_min"]
    ]


def toll(told: Sequence[Figure], rule: str) -> Toll:
    """Return the toll that the figures give by a rule of ``fatalities_rule``.

    An unknown rule raises `KeyError`.
    """
    counted = [one for one in told if one.scope == COUNTED]
    if not counted:
        if rule == "none_reported":
            return Toll(0, 0, 0)
        parts = [one.low for one in told if one.scope == PART]
        return Toll(low=min(parts)) if parts else Toll()
    tops = [one.high for one in counted]
    high = None if None in tops else max(one for one in tops if one is not None)
    return Toll(min(one.low for one in counted), BEST[rule](counted), high)


def _nothing(_: Sequence[Figure]) -> int | None:
    return None


def _single(told: Sequence[Figure]) -> int | None:
    values = {one.low for one in told}
    return values.pop() if len(values) == 1 else None


def _most_reported(told: Sequence[Figure]) -> int | None:
    ranked = Counter(one.low for one in told).most_common(2)
    tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    return None if tied else ranked[0][0]


def _middle(told: Sequence[Figure]) -> int | None:
    values = sorted(one.low for one in told)
    return values[len(values) // 2] if len(values) % 2 else _single(told)


def _latest(told: Sequence[Figure]) -> int | None:
    last = max(one.asserted for one in told)
    return _single([one for one in told if one.asserted == last])


def _highest(told: Sequence[Figure]) -> int | None:
    return max(one.low for one in told)


BEST: Final[dict[str, Callable[[Sequence[Figure]], int | None]]] = {
    "": _nothing,
    "none": _nothing,
    "none_reported": _single,
    "single": _single,
    "most_reported": _most_reported,
    "middle": _middle,
    "latest": _latest,
    "highest": _highest,
}
