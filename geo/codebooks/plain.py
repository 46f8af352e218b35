"""Plain tables of events: columns by their headers in English, Arabic or Sorani, or as mapped.

What a table lacks stays empty; what it has beside is kept under `src.`. Our own exports are such
tables, and come back as they went (`own`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from geo import marks
from geo.codebooks import own
from geo.codebooks.book import Codebook, Translate
from geo.codebooks.canon import Draft, actor_cells
from geo.codebooks.rules import Rules
from geo.codebooks.sheet import Header, Sheet
from geo.codebooks.values import Day, Memo
from geo.filters import PRECISIONS
from geo.i18n import LANGS, normalise, words

# our name of a column, and the headers by which it is known (compared as a search compares)
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "event_id", "event id", "event_id_cnty", "fid", "رقم الحدث", "معرف", "المعرف",
           "رقم", "ناسنامە", "ژمارە"),
    "date": ("date", "event_date", "event date", "day", "date_start", "start_date", "start date",
             "التاريخ", "تاريخ", "تاريخ الحدث", "اليوم", "تاريخ البداية", "بەروار", "ڕێکەوت",
             "ڕۆژ"),
    "date_end": ("date_end", "end_date", "end date", "until", "تاريخ النهاية", "تاريخ الانتهاء",
                 "بەرواری کۆتایی"),
    "type": ("type", "event_type", "event type", "category", "النوع", "نوع", "نوع الحدث",
             "التصنيف", "جۆر", "جۆری ڕووداو"),
    "admin1": ("admin1", "adm1", "adm_1", "province", "governorate", "region", "المحافظة",
               "محافظة", "پارێزگا"),
    "country": ("country", "البلد", "الدولة", "وڵات"),
    "place": ("place", "location", "town", "site", "place_en", "المكان", "الموقع", "مكان",
              "المدينة", "شوێن"),
    "lat": ("lat", "latitude", "y", "خط العرض", "دائرة العرض", "العرض", "هێڵی پانی",
            "geometry_lat"),
    "lon": ("lon", "lng", "long", "longitude", "x", "خط الطول", "الطول", "هێڵی درێژی",
            "geometry_lon"),
    "geo_precision": ("geo_precision", "place_precision", "دقة الموقع"),
    "title": ("title", "headline", "name", "event", "summary", "العنوان", "عنوان", "الحدث",
              "اسم الحدث", "ناونیشان", "ڕووداو"),
    "title_en": ("title_en", "title (en)", "english title"),
    "title_ar": ("title_ar", "title (ar)", "arabic title", "العنوان بالعربية"),
    "title_ckb": ("title_ckb", "title_ku", "title (ckb)", "kurdish title"),
    "note": ("note", "notes", "description", "details", "الوصف", "ملاحظات", "التفاصيل", "تفاصيل",
             "تێبینی", "وردەکاری"),
    "actors": ("actors", "actor", "actor1", "side_a", "الجهة", "الأطراف", "الفاعل", "الجهات",
               "لایەنەکان"),
    "actor2": ("actor2", "side_b", "الطرف الثاني"),
    "fatalities": ("fatalities", "deaths", "killed", "dead", "best", "fatalities_best", "القتلى",
                   "عدد القتلى", "الضحايا", "الوفيات", "کوژراو", "کوژراوان"),
    "fatalities_low": ("fatalities_low", "low", "deaths_low"),
    "fatalities_high": ("fatalities_high", "high", "deaths_high"),
}  # fmt: skip
_NAMED: Final = {normalise(head.replace("_", " ")): name
                 for name, heads in ALIASES.items() for head in reversed(heads)}
_TYPE_WORDS: Final = {
    normalise(text): kind
    for kind in marks.EVENT_TYPES
    for text in (kind, kind.replace("_", " "), *(words(la).label("type", kind) for la in LANGS))
}
_PRECISE: Final = frozenset(PRECISIONS)


def columns(header: Header, mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the file's column for each of ours that it has; a mapping wins over the headers."""
    found: dict[str, str] = {}
    for ours, heads in ALIASES.items():
        wanted = [normalise(head.replace("_", " ")) for head in heads]
        known = {normalise(name.replace("_", " ")): name for name in reversed(header.names)}
        first = next((known[head] for head in wanted if head in known), "")
        if first:
            found[ours] = first
    return found | {ours: theirs for ours, theirs in mapped.items() if theirs in header}


def _translator(header: Header, rules: Rules) -> Translate:
    if own.knows(header):
        return own.translator(header, rules)
    mapped = rules.settings.mapped
    at = columns(header, mapped.columns)
    kinds = {normalise(text): kind for text, kind in mapped.types.items()}
    types: Memo[str] = Memo(lambda text: _kind(normalise(text), kinds))

    def translate(sheet: Sheet) -> Draft:
        starts, ends = _dates(sheet, rules, at)
        lat, lon = [None] * sheet.size, [None] * sheet.size
        if "lat" in at and "lon" in at:
            lat, lon = rules.points(sheet, at["lat"], at["lon"])  # type: ignore[assignment]
        event_type = [types[text] for text in sheet.cells(at.get("type", ""))]
        for row, text in enumerate(sheet.cells(at.get("type", ""))):
            if text.strip() and not event_type[row]:
                sheet.flag(row, at["type"], "unknown_type")
        return Draft(
            ids=_ids(sheet, at), starts=starts, ends=ends, lat=lat, lon=lon,
            place=sheet.cells(at.get("place", "")), note=sheet.cells(at.get("note", "")),
            actors=actor_cells(*(sheet.cells(at.get(n, "")) for n in ("actors", "actor2"))),
            titles=_titles(sheet, at, mapped.title_lang),
            more={
                "event_type": event_type,
                "type_source": list(sheet.cells(at.get("type", ""))),
                "date_precision": [_coarsest(a, b) for a, b in zip(starts, ends, strict=True)],
                "geo_precision": _precision(sheet, at.get("geo_precision", ""), lat),
                "geo_code": list(sheet.cells(at.get("geo_precision", ""))),
                "admin1": rules.provinces(sheet, at.get("admin1", ""), at.get("country", "")),
                "admin1_source": list(sheet.cells(at.get("admin1", ""))),
                "fatalities_low": rules.counts(sheet, at.get("fatalities_low", "")),
                "fatalities_best": rules.counts(sheet, at.get("fatalities", "")),
                "fatalities_high": rules.counts(sheet, at.get("fatalities_high", "")),
            },
        )  # fmt: skip

    return translate


def _kind(text: str, mapped: Mapping[str, str]) -> str:
    return mapped.get(text) or _TYPE_WORDS.get(text, "")


def _ids(sheet: Sheet, at: Mapping[str, str]) -> Sequence[str]:
    """Return the table's identifiers, or such as are made of the line."""
    if "id" in at:
        return sheet.cells(at["id"])
    return [f"L{line:07d}" for line in sheet.lines]


def _dates(sheet: Sheet, rules: Rules, at: Mapping[str, str],
           ) -> tuple[Sequence[Day | None], Sequence[Day | None]]:
    """Return first and last date; an event without a last date ends with its first."""
    starts = rules.days(sheet, at["date"])
    if "date_end" not in at or at["date_end"] == at["date"]:
        return starts, starts
    told = rules.days(sheet, at["date_end"], optional=True)
    ends = [end or start for start, end in zip(starts, told, strict=True)]
    rules.ordered(sheet, starts, ends, (at["date"], at["date_end"]))
    return starts, ends


def _coarsest(start: Day | None, end: Day | None) -> str:
    kinds = {day.precision for day in (start, end) if day}
    return next((kind for kind in ("year", "month") if kind in kinds), "day")


def _precision(sheet: Sheet, name: str, lat: Sequence[float | None]) -> list[str]:
    """Return how exactly places are known: as told, a town where nothing is, none without a point.

    Codes of other scales are not taken for ours; they stand in `geo_code`.
    """
    told = [text.strip().lower() for text in sheet.cells(name)]
    known = [text if text in _PRECISE else "town" for text in told]
    return ["none" if value is None else text for text, value in zip(known, lat, strict=True)]


def _titles(sheet: Sheet, at: Mapping[str, str], lang: str) -> Mapping[str, Sequence[str]]:
    """Return the titles by language; a title of no told language stands under ""."""
    found = {la: sheet.cells(at[f"title_{la}"]) for la in LANGS if f"title_{la}" in at}
    if "title" in at:
        found.setdefault(lang, sheet.cells(at["title"]))
    if not found:
        first = next((at[name] for name in ("note", "type", "place") if name in at), "")
        found[lang] = [text[:200] for text in sheet.cells(first)]
    return found


def _lacks(header: Header, rules: Rules) -> str:
    if own.knows(header):
        return ""
    mapped = rules.settings.mapped.columns
    if unknown := sorted(set(mapped) - set(ALIASES)):
        return f"The mapping names {', '.join(unknown)}; there are {', '.join(ALIASES)}."
    if gone := sorted(theirs for theirs in mapped.values() if theirs not in header):
        return f"The mapping names {', '.join(gone)}, which the table does not have."
    if "date" in columns(header, mapped):
        return ""
    return ("No column is known as the date of an event; a mapping file can name it "
            "(docs/importing.md).")


def variant(header: Header) -> str:
    """Return whether a table is one of our own exports."""
    return "export of Tansiq" if own.knows(header) else ""


def _knows(header: Header) -> bool:
    return own.knows(header) or "date" in columns(header, {})


def identity(header: Header, mapped: Mapping[str, str]) -> str:
    """Return the column of identifiers, "" when a table has none."""
    return columns(header, mapped).get("id", "")


CODEBOOK: Final = Codebook(
    name="table",
    title="Table of events",
    licence="",
    attribution="",
    terms="",
    first_day=date(1990, 1, 1),
    knows=_knows,
    lacks=_lacks,
    variant=variant,
    translator=_translator,
)
