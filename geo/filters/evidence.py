"""The parts of a filter that ask how an event is known: since when, how surely, by how many.

Each part has an SQL half and a pandas half over the same plain columns of the events: a
comparison of integers or of short words, so that it costs the same at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import ColumnElement, and_

EPOCH: Final = date(1970, 1, 1)
SOURCE: Final = "source"
# whose governorates count: as the source says (claimed and alternative), or one authority's
VIEWPOINTS: Final = (SOURCE, "ocha", "geonames")
PRECISIONS: Final = ("site", "town", "subdistrict", "district", "governorate", "none")
EXACT: Final = ("site", "town")
ONLY: Final = ("contradicted", "certain", "two_sources", "two_reports", "differs")
# flag: (column and least value without a day of knowledge, column of the day since when)
_SINCE: Final = {
    "contradicted": ("contradicted", 1, "contradicted_from"),
    "two_sources": ("n_sources", 2, "two_sources_from"),
    "two_reports": ("n_reports", 2, "two_reports_from"),
}
# a day that was worked out is told to the day, and may still be another one
_CERTAIN: Final = (
    ("date_precision", ("day",)),
    ("date_basis", ("stated",)),
    ("geo_precision", EXACT),
)
# how a governorate that the source gives and the polygon of the point stand to each other
_DIFFERING: Final = ("admin1_check", ("differs",))
# a day that nobody can ask for: no dated claim stands behind it
NEVER: Final = 65_535
# what a table of events without claims says of itself
DEFAULTS: Final[dict[str, int | str]] = {
    "admin1_ocha": "",
    "admin1_geonames": "",
    "date_precision": "day",
    "date_basis": "stated",
    "geo_precision": "town",
    "contradicted": 0,
    "n_sources": 1,
    "n_reports": 1,
    "known_from": NEVER,
    "contradicted_from": NEVER,
    "two_sources_from": NEVER,
    "two_reports_from": NEVER,
    "admin1_check": "",
    "admin2_polygon": "",
}


def clauses(asof: date | None, only: tuple[str, ...], column: Callable[[str], Any]) -> list[Any]:
    """Return the conditions over columns: of SQL, or of a frame (both compare alike)."""
    found: list[Any] = []
    day = None if asof is None else (asof - EPOCH).days
    if day is not None:
        found.append(column("known_from") <= day)
    for flag in only:
        if flag in _SINCE:
            name, least, since = _SINCE[flag]
            found.append(column(name) >= least if day is None else column(since) <= day)
    return found


def precise(
    precisions: tuple[str, ...], only: tuple[str, ...], districts: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the columns whose value has to be among some words."""
    asked = {"geo_precision": precisions, "admin2_polygon": districts}
    found = [(name, words) for name, words in asked.items() if words]
    if "certain" in only:
        found += [*_CERTAIN]
    if "differs" in only:
        found.append(_DIFFERING)
    return found


def certain(frame: pd.DataFrame) -> pd.Series[bool]:
    """Tell of each event whether its day is stated and its place known to the site or town."""
    found = pd.Series(data=True, index=frame.index)
    for name, words in _CERTAIN:
        found &= frame[name].isin(words)
    return found.astype(bool)


def governorate_columns(viewpoint: str) -> tuple[str, ...]:
    """Return the columns of which one has to hold the governorate that is asked for."""
    return ("admin1", "admin1_alt") if viewpoint == SOURCE else (f"admin1_{viewpoint}",)


def held(place: Mapping[Any, Any], provinces: Collection[str], viewpoint: str) -> bool:
    """Tell whether a place lies in one of the governorates, by whose they are; none asks for all.

    ``place`` has the columns of places or of events; the same rule as the filter's own.
    """
    columns = governorate_columns(viewpoint)
    return not provinces or any(place.get(name) in provinces for name in columns)


def certainly_in(
    column: Callable[[str], ColumnElement[Any]], provinces: tuple[str, ...], viewpoint: str
) -> ColumnElement[bool] | None:
    """Return when no second governorate claims an event's place; None when none is asked for.

    A viewpoint other than the sources' gives one governorate at most, so nothing is disputed.
    """
    if not provinces or viewpoint != SOURCE:
        return None
    second = column("admin1_alt")
    return and_(
        column("admin1").in_(provinces),
        second.in_(("", *provinces)),
    )
