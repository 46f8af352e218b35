"""ACLED exports, as they were before and are since the change of columns of 20 March 2023.

Until then there were `data_id`, `event_id_no_cnty` and `iso3`; since then `disorder_type`,
`civilian_targeting` and `tags`. Older names of event types are known as well.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from geo.codebooks.book import Codebook, Translate, lacking
from geo.codebooks.canon import Draft, actor_cells
from geo.codebooks.rules import Rules
from geo.codebooks.sheet import Header, Sheet
from geo.codebooks.values import EPOCH, Day, Memo

MARKS: Final = ("event_date", "event_type", "sub_event_type")
NEEDED: Final = (*MARKS, "latitude", "longitude")
IDS: Final = ("event_id_cnty", "data_id")
SINCE_2023: Final = ("disorder_type", "civilian_targeting", "tags")
UNTIL_2023: Final = ("data_id", "event_id_no_cnty", "iso3")
# by event type; the second table, by sub-event, wins
TYPES: Final = {
    "battles": "armed_clash",
    "violence against civilians": "attack_on_civilians",
    "explosions/remote violence": "explosion_remote",
    "protests": "unrest",
    "riots": "unrest",
    "strategic developments": "strategic_development",
    # before 2019
    "remote violence": "explosion_remote",
    "riots/protests": "unrest",
    "strategic development": "strategic_development",
    "battle-no change of territory": "armed_clash",
    "battle-government regains territory": "territorial_change",
    "battle-non-state actor overtakes territory": "territorial_change",
    "headquarters or base established": "strategic_development",
    "non-violent transfer of territory": "territorial_change",
}
SUB_TYPES: Final = {
    "government regains territory": "territorial_change",
    "non-state actor overtakes territory": "territorial_change",
    "non-violent transfer of territory": "territorial_change",
    "agreement": "agreement_talks",
}
# 1 the day, 2 a week (the date is its middle), 3 a month (likewise)
DATES: Final = {"1": "day", "2": "week", "3": "month"}
_HALF_A_WEEK: Final = 3
# 1 the town, 2 a part of a region (near the named town), 3 the region (at its capital)
PLACES: Final = {"1": "town", "2": "district", "3": "governorate"}


def _translator(header: Header, rules: Rules) -> Translate:
    identity = header.first(*IDS)
    place = header.first("location", "admin3", "admin2")
    types: Memo[str] = Memo(lambda text: TYPES.get(_flat(text), ""))
    subs: Memo[str] = Memo(lambda text: SUB_TYPES.get(_flat(text), ""))

    def translate(sheet: Sheet) -> Draft:
        dates = rules.days(sheet, "event_date", exact=True)
        precision = _codes(sheet, "time_precision", DATES)
        starts, ends = _spread(dates, precision)
        lat, lon = rules.points(sheet, "latitude", "longitude")
        geo = _codes(sheet, "geo_precision", PLACES)
        for row, value in enumerate(lat):
            if value is None:
                geo[row] = "none"
        return Draft(
            ids=sheet.cells(identity), starts=starts, ends=ends, lat=lat, lon=lon,
            place=sheet.cells(place), note=sheet.cells("notes"),
            actors=actor_cells(*(sheet.cells(name) for name in ("actor1", "actor2"))),
            titles={"en": _titles(sheet)},
            more={
                "event_type": _types(sheet, types, subs),
                "type_source": [f"{kind} / {sub}" for kind, sub in _kinds(sheet)],
                "type_scale": "ACLED event_type / sub_event_type",
                "date_precision": precision,
                "date_code": list(sheet.cells("time_precision")),
                "date_scale": "ACLED time_precision",
                "geo_precision": geo,
                "geo_code": list(sheet.cells("geo_precision")),
                "geo_scale": "ACLED geo_precision",
                "admin1": rules.provinces(sheet, "admin1", header.first("country", "iso")),
                "admin1_source": list(sheet.cells("admin1")),
                "fatalities_best": rules.counts(sheet, header.first("fatalities")),
                "n_sources": _sources(sheet),
            },
        )  # fmt: skip

    return translate


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def _codes(sheet: Sheet, name: str, table: dict[str, str]) -> list[str | None]:
    """Return what the codes stand for; the finest where an export leaves the column out."""
    if name not in sheet.header:
        return [table["1"]] * sheet.size
    return sheet.code(name, table)


def _spread(
    dates: Sequence[Day | None], precision: Sequence[str | None]
) -> tuple[list[Day | None], list[Day | None]]:
    """Return first and last date: three days around it for a week, the month for a month."""
    starts, ends = list(dates), list(dates)
    known: dict[tuple[int, str], tuple[Day, Day]] = {}
    for row, (day, how) in enumerate(zip(dates, precision, strict=True)):
        if day is None or how is None or how == "day":
            continue
        key = day.first, how
        if key not in known:
            month = _month(day)
            week = _moved(day, -_HALF_A_WEEK), _moved(day, _HALF_A_WEEK)
            known[key] = week if how == "week" else (month, month)
        starts[row], ends[row] = known[key]
    return starts, ends


def _moved(day: Day, by: int) -> Day:
    moved = EPOCH + timedelta(days=day.first + by)
    return Day(moved.isoformat(), day.first + by, day.last + by, "day")


def _month(day: Day) -> Day:
    found = EPOCH + timedelta(days=day.first)
    last = calendar.monthrange(found.year, found.month)[1]
    first = day.first - found.day + 1
    return Day(found.isoformat()[:7], first, first + last - 1, "month")


def _kinds(sheet: Sheet) -> list[tuple[str, str]]:
    return list(zip(sheet.cells("event_type"), sheet.cells("sub_event_type"), strict=True))


def _types(sheet: Sheet, types: Memo[str], subs: Memo[str]) -> list[str]:
    found = []
    for row, (kind, sub) in enumerate(_kinds(sheet)):
        known = types[kind]
        if not known:
            sheet.reject(row, "event_type", "unknown_code")
        found.append(subs[sub] or known)
    return found


def _titles(sheet: Sheet) -> list[str]:
    """Return the sub-event (or the event) with its two actors, in the source's words."""
    memo: dict[tuple[str, str, str, str], str] = {}
    columns = (sheet.cells(n) for n in ("event_type", "sub_event_type", "actor1", "actor2"))
    found = []
    for cells in zip(*columns, strict=True):
        if cells not in memo:
            kind, sub, *actors = cells
            named = " – ".join(actor for actor in actors if actor)
            memo[cells] = ": ".join(part for part in (sub or kind, named) if part)
        found.append(memo[cells])
    return found


def _sources(sheet: Sheet) -> list[int]:
    """Return how many sources are named, parted by semicolons."""
    memo: Memo[int] = Memo(lambda text: max(1, sum(1 for one in text.split(";") if one.strip())))
    return [memo[text] for text in sheet.cells("source")]


def _lacks(header: Header, _: Rules) -> str:
    identity = "" if header.first(*IDS) else "The table lacks the column event_id_cnty."
    return lacking(header, NEEDED) or identity


def _variant(header: Header) -> str:
    if any(name in header for name in SINCE_2023):
        return "columns since 20 March 2023"
    if any(name in header for name in UNTIL_2023):
        return "columns until 20 March 2023"
    return "selected columns"


CODEBOOK: Final = Codebook(
    name="acled",
    title="Armed Conflict Location & Event Data (ACLED)",
    licence="ACLED's terms of use",
    attribution="Armed Conflict Location & Event Data Project (ACLED); https://acleddata.com",
    terms="ACLED's terms of use hold for this data set (https://acleddata.com): the raw data must "
    "not be passed on, and ACLED is to be named with the day of access wherever they are shown.",
    first_day=date(1990, 1, 1),
    knows=lambda header: header.has(MARKS) and bool(header.first(*IDS)),
    lacks=_lacks,
    variant=_variant,
    translator=_translator,
)
