"""UCDP GED, the Georeferenced Event Dataset of the Uppsala Conflict Data Program.

Versions 17 to 25, global and country files, and the candidate events, which have the same
columns. The codes are those of the GED codebook; each stays beside what it is mapped to.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from geo.codebooks.book import Codebook, Translate, lacking
from geo.codebooks.canon import Draft, actor_cells
from geo.codebooks.rules import Rules
from geo.codebooks.sheet import Header, Sheet

MARKS: Final = ("type_of_violence", "where_prec", "date_prec", "date_start", "date_end")
NEEDED: Final = ("id", *MARKS, "latitude", "longitude")
# 1 state-based, 2 non-state, 3 one-sided violence
TYPES: Final = {"1": "armed_clash", "2": "armed_clash", "3": "attack_on_civilians"}
# 1 the day, 2 two to six days, 3 a week, 4 up to a month, 5 up to a year;
# the interval itself is date_start to date_end
DATES: Final = {"1": "day", "2": "week", "3": "week", "4": "month", "5": "year"}
# 1 the place itself, 2 within some 25 km of it, 3 second order (district), 4 first order
# (governorate), 5 a line or an area of no such order, 6 the country, 7 sea or air
PLACES: Final = {
    "1": "town", "2": "district", "3": "district", "4": "governorate", "5": "governorate",
    "6": "none", "7": "none",
}  # fmt: skip
# names of one column in different versions
_LOW, _BEST, _HIGH = ("low", "low_est"), ("best", "best_est"), ("high", "high_est")


def _translator(header: Header, rules: Rules) -> Translate:
    low, best, high = (header.first(*names) for names in (_LOW, _BEST, _HIGH))
    title = header.first("dyad_name", "conflict_name")
    place = header.first("where_coordinates", "where_description")
    country = header.first("country", "country_id")

    def translate(sheet: Sheet) -> Draft:
        starts = rules.days(sheet, "date_start", exact=True)
        ends = rules.days(sheet, "date_end", exact=True)
        rules.ordered(sheet, starts, ends, ("date_start", "date_end"))
        lat, lon = rules.points(sheet, "latitude", "longitude")
        precision = sheet.code("where_prec", PLACES)
        # a country's middle is no place; the source's own columns keep its coordinates
        for row, known in enumerate(precision):
            if known == "none" or lat[row] is None:
                precision[row], lat[row], lon[row] = "none", None, None
        return Draft(
            ids=sheet.cells("id"), starts=starts, ends=ends, lat=lat, lon=lon,
            place=sheet.cells(place), note=sheet.cells("source_headline"),
            actors=actor_cells(sheet.cells("side_a"), sheet.cells("side_b")),
            titles={"en": sheet.cells(title)},
            more={
                "event_type": sheet.code("type_of_violence", TYPES),
                "type_source": list(sheet.cells("type_of_violence")),
                "type_scale": "UCDP GED type_of_violence",
                "date_precision": sheet.code("date_prec", DATES),
                "date_code": list(sheet.cells("date_prec")),
                "date_scale": "UCDP GED date_prec",
                "geo_precision": precision,
                "geo_code": list(sheet.cells("where_prec")),
                "geo_scale": "UCDP GED where_prec",
                "admin1": rules.provinces(sheet, "adm_1", country),
                "admin1_source": list(sheet.cells("adm_1")),
                "fatalities_low": rules.counts(sheet, low),
                "fatalities_best": rules.counts(sheet, best),
                "fatalities_high": rules.counts(sheet, high),
                "n_sources": _sources(sheet),
            },
        )  # fmt: skip

    return translate


def _sources(sheet: Sheet) -> list[int]:
    """Return the number of publications; UCDP writes -1 where it was not counted."""
    cells = (cell.strip().removesuffix(".0") for cell in sheet.cells("number_of_sources"))
    return [max(1, int(cell)) if cell.isascii() and cell[:9].isdigit() and len(cell) < 9 else 1  # noqa: PLR2004
            for cell in cells]


def _variant(header: Header) -> str:
    """Return the age of the table as its columns tell it."""
    if "code_status" in header:
        return "version 19 or later"
    return "country file" if "start_year" in header else "version 17 or 18"


CODEBOOK: Final = Codebook(
    name="ucdp-ged",
    title="UCDP Georeferenced Event Dataset (GED)",
    licence="CC BY 4.0",
    attribution="Uppsala Conflict Data Program (UCDP), Georeferenced Event Dataset; Sundberg and "
    "Melander (2013), Journal of Peace Research 50(4); https://ucdp.uu.se",
    terms="UCDP GED is published under CC BY 4.0: name UCDP, the version and what was changed "
    "wherever the data are shown.",
    first_day=date(1989, 1, 1),
    knows=lambda header: header.has(MARKS),
    lacks=lambda header, _: lacking(header, NEEDED),
    variant=_variant,
    translator=_translator,
)
