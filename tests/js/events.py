"""Made-up events for the layer's tests: few that show every kind of mark, and crowds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from geo import columns, i18n, marks, tables
from geo.filters import EventFilter
from geo.server import windows
from geo.store import MOST_CELLS, Store
from tests.js.site import Set

ATTACK: Final = "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#}"
KIRKUK, MAKHMOUR, ERBIL = (35.468, 44.392), (35.77622, 43.57974), (36.191, 44.009)
NOWHERE: Final = (np.nan, np.nan)
# start, end, type, admin1, admin1_alt, point, precision, role, title
FEW: Final = (
    (16000, 16000, "armed_clash", "IQ-KI", "", KIRKUK, "town", "location", ATTACK),
    (16010, 16040, "agreement_talks", "IQ-KI", "", KIRKUK, "town", "location", "Talks in Kirkuk"),
    (16010, 16010, "vote", "IQ-KI", "", KIRKUK, "town", "subject_area", "A vote about Kirkuk"),
    (16020, 16020, "unrest", "IQ-KI", "", KIRKUK, "governorate", "location", "Somewhere in Kirkuk"),
    (16100, 16100, "joint_operation", "IQ-AR", "IQ-NI", MAKHMOUR, "town", "location", "Makhmour"),
    (16150, 16150, "attack_on_civilians", "IQ-AR", "IQ-NI", MAKHMOUR, "district", "location", "M."),
    (
        16200,
        16200,
        "political_statement",
        "",
        "",
        NOWHERE,
        "none",
        "subject_area",
        "Without a point",
    ),
    (16300, 16600, "territorial_change", "IQ-AR", "", ERBIL, "town", "location", "A long one"),
)


def few() -> pd.DataFrame:
    """Return the few events in canonical columns, as far as the map needs them."""
    rows = [
        {
            "event_id": f"EVT-{row:03d}",
            "day_start": a,
            "day_end": b,
            "event_type": kind,
            "admin1": one,
            "admin1_alt": two,
            "lat": at[0],
            "lon": at[1],
            "geo_precision": precision,
            "place_role": role,
            "title": title,
        }
        for row, (a, b, kind, one, two, at, precision, role, title) in enumerate(FEW)
    ]
    return pd.DataFrame(rows)


def crowd(n: int, points: int, seed: int = 7) -> pd.DataFrame:
    """Return n events of one day on so many points around Kirkuk."""
    rng = np.random.default_rng(seed)
    at = rng.uniform((33.2, 41.7), (37.2, 46.2), (points, 2))[rng.integers(0, points, n)]
    return pd.DataFrame(
        {
            "event_id": "EVT-1",
            "day_start": 17000,
            "day_end": 17000,
            "event_type": "armed_clash",
            "admin1": "IQ-KI",
            "admin1_alt": "",
            "lat": at[:, 0],
            "lon": at[:, 1],
            "geo_precision": "town",
            "place_role": "location",
            "title": "One of many",
        }
    )


def detail(frame: pd.DataFrame, row: int) -> dict[str, object]:
    """Return what the server would say about a row."""
    one = frame.iloc[row]
    return {
        "row": row,
        "id": str(one["event_id"]),
        "title": str(one["title"]),
        "place": "A place",
        "date": "23 May 2021",
        "type": "A type",
        "family": marks.FAMILY_OF[one["event_type"]],
        "precision": "Town",
        "note": "",
        "sources": 2,
    }


def a_set(frame: pd.DataFrame, masks: Mapping[str, bytes] | None = None) -> Set:
    """Return a set of events as the site serves it."""
    return Set(columns.pack(frame), lambda row, _: detail(frame, row), masks or {})


def far(frame: pd.DataFrame) -> tuple[Set, Store]:
    """Return a set of events that a browser asks window by window, and the store behind it."""
    held = Store.of(frame.assign(search_text="", dataset="curated"), "sqlite://")

    def answer(query: Mapping[str, str]) -> bytes:
        (first, last), window = windows.asked(query)
        return columns.view(held, EventFilter(date_from=first, date_to=last), window)

    more = {"n": len(frame), "windows": {"most": MOST_CELLS, "span": held.span_days(),
                                         "extent": held.extent}}  # fmt: skip
    none = columns.pack(frame.iloc[:0])
    return Set(none, lambda row, _: detail(frame, row), {}, answer, more), held


def meta() -> dict[str, dict[str, Any]]:
    """Return the meta data of the real package by language: its centres and words."""
    package = tables.load()
    found = {lang: columns.meta(package, lang) for lang in i18n.LANGS}
    for lang, one in found.items():  # dates are written with the words of [date]
        one["words"] |= {f"date.{key}": text for key, text in i18n.catalogue(lang, "date").items()}
    return found


def matching(
    frame: pd.DataFrame, call: Mapping[str, Any], mask: set[int] | None = None
) -> list[int]:
    """Count again, one row after the other, what a call asks for."""

    def wanted(row: int, one: Mapping[str, Any]) -> bool:
        kinds, places = call["types"], call["admin1"]
        codes = {columns.ADMIN1.index(one[name]) for name in ("admin1", "admin1_alt")} - {0}
        return (
            one["day_start"] <= call["to"]
            and one["day_end"] >= call["from"]
            and (not kinds or bool(kinds >> columns.TYPES.index(one["event_type"]) & 1))
            and (not places or any(places >> code & 1 for code in codes))
            and (mask is None or row in mask)
        )

    return [row for row, one in enumerate(frame.to_dict("records")) if wanted(row, one)]
