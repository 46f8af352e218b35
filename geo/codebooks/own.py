"""Our own exports, in any of their formats: what went out comes back as it was.

In a CSV the cells are guarded against spreadsheets and have to be unguarded first; lists that a
GeoJSON has as lists were joined by ";" when it was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from geo import cells
from geo.codebooks.book import Translate
from geo.codebooks.canon import Draft
from geo.codebooks.rules import Rules
from geo.codebooks.sheet import Header, Sheet
from geo.i18n import LANGS

MARKS: Final = ("event_id", "date_start", "date_end", "date_precision", "event_type", "place_id",
                "claim_ids", "title_ckb")
# of a CSV alone, whose cells are guarded
GUARDED: Final = ("data_version", "address")
_TEXTS: Final = (
    *("date_start", "date_end", "date_precision", "event_type", "place_id", "place_role"),
    *(f"place_{lang}" for lang in LANGS),
    *("admin1", "admin1_alt", "admin1_ocha", "admin1_geonames", "geo_precision", "actors"),
    *("fatalities_rule", *(f"title_{lang}" for lang in LANGS), "note_en", "claim_ids"),
    *("source_ids", "conflict_groups", "in_seed", "acled_like", "date_basis"),
)
_COUNTS: Final = ("fatalities_low", "fatalities_best", "fatalities_high", "n_sources", "n_reports")


def knows(header: Header) -> bool:
    """Tell whether a header is one of our exports'."""
    return header.has(MARKS)


def is_guarded(header: Header) -> bool:
    """Tell whether the cells of such a table are guarded."""
    return knows(header) and header.has(GUARDED)


def unguarded(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the rows as they were before they were written to a CSV."""
    return [[cells.unguard(cell) for cell in row] for row in rows]


def translator(header: Header, rules: Rules) -> Translate:
    """Return what makes drafts of such a table's sheets."""
    lat_name, lon_name = header.first("lat", "geometry_lat"), header.first("lon", "geometry_lon")

    def translate(sheet: Sheet) -> Draft:
        starts, ends = rules.days(sheet, "date_start"), rules.days(sheet, "date_end")
        rules.ordered(sheet, starts, ends, ("date_start", "date_end"))
        lat, lon = rules.points(sheet, lat_name, lon_name)
        more: dict[str, Any] = {name: list(sheet.cells(name)) for name in _TEXTS if name in header}
        for name in _COUNTS:
            found = rules.counts(sheet, name if name in header else "")
            more[name] = found if name.startswith("fatal") else [one or 1 for one in found]
        clash = more.get("conflict_groups", [""] * sheet.size)
        return Draft(
            ids=sheet.cells("event_id"), starts=starts, ends=ends, lat=lat, lon=lon,
            place=sheet.cells("place_en"), note=sheet.cells("note_en"),
            actors=[""] * sheet.size,
            titles={lang: sheet.cells(f"title_{lang}") for lang in LANGS},
            more=more | {
                "contradicted": [int(bool(one)) for one in clash],
                "seed_only": [one.strip().lower() in {"true", "1"}
                              for one in sheet.cells("seed_only")],
                "admin1_source": more["admin1"],
                "type_source": more["event_type"],
            },
        )  # fmt: skip

    return translate
