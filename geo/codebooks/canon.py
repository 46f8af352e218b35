"""Our columns of an imported event, and how the parts that every codebook has become them.

The columns are those of `tables.events` and the defaults of `filters.evidence`; beside them stand
the source's own codes with the names of their scales, and at the end every column of the source,
byte for byte, under `src.` and its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from geo import cells, marks
from geo.codebooks.sheet import Sheet
from geo.codebooks.values import Day, Memo, visible
from geo.filters import evidence
from geo.i18n import LANGS, normalise

SOURCE_PREFIX: Final = "src."
_TEXT, _INT, _REAL, _YES = pa.string(), pa.int32(), pa.float64(), pa.bool_()
FIELDS: Final[dict[str, tuple[pa.DataType, Any]]] = {
    **dict.fromkeys(("event_id", "date_start", "date_end"), (_TEXT, "")),
    "date_precision": (_TEXT, "day"),
    "day_start": (_INT, None),
    "day_end": (_INT, None),
    **dict.fromkeys(("event_type", "family", "place_id"), (_TEXT, "")),
    "place_role": (_TEXT, "location"),
    **{f"place_{lang}": (_TEXT, "") for lang in LANGS},
    **{f"admin1{name}": (_TEXT, "") for name in ("", "_alt", "_ocha", "_geonames")},
    "lat": (_REAL, None),
    "lon": (_REAL, None),
    "geo_precision": (_TEXT, "none"),
    "actors": (_TEXT, ""),
    **{f"fatalities_{name}": (_INT, None) for name in ("low", "best", "high")},
    "fatalities_rule": (_TEXT, ""),
    **{f"title_{lang}": (_TEXT, "") for lang in LANGS},
    **dict.fromkeys(("note_en", "claim_ids", "source_ids", "conflict_groups"), (_TEXT, "")),
    "in_seed": (_TEXT, "false"),
    "seed_only": (_YES, False),
    "n_sources": (_INT, 1),
    "acled_like": (_TEXT, ""),
    "date_basis": (_TEXT, ""),
    "dataset": (_TEXT, ""),
    "search_text": (_TEXT, ""),
    **{
        name: (_TEXT if isinstance(value, str) else _INT, value)
        for name, value in evidence.DEFAULTS.items()
        if name not in {"admin1_ocha", "admin1_geonames", "date_precision", "geo_precision",
                        "n_sources"}
    },
    # the source's own: words, codes, and the scales that the codes belong to
    **dict.fromkeys(("title_langs", "actor_names", "type_source", "type_scale"), (_TEXT, "")),
    **dict.fromkeys(("date_code", "date_scale", "geo_code", "geo_scale"), (_TEXT, "")),
    **dict.fromkeys(("admin1_source", "import_flags"), (_TEXT, "")),
    # computed from the point and boundaries of the operator, never mixed with the source's
    "admin1_polygon": (_TEXT, ""),
    "source_line": (pa.int64(), 0),
}  # fmt: skip


@dataclass(slots=True)
class Draft:
    """What a codebook reads out of a sheet; lists of the sheet's size.

    Attributes
    ----------
    ids: identifiers of the source.
    starts, ends: the first and the last date; None stands in rejected rows only.
    lat, lon: decimal degrees (EPSG:4326); None without a point.
    place, note: as the source has them.
    actors: names, joined by `cells.join`.
    titles: the title by language; the key "" is a title whose language is not known.
    more: canonical columns that are filled already: a list, or one value for all rows.
    """

    ids: Sequence[str]
    starts: Sequence[Day | None]
    ends: Sequence[Day | None]
    lat: Sequence[float | None]
    lon: Sequence[float | None]
    place: Sequence[str]
    note: Sequence[str]
    actors: Sequence[str]
    titles: Mapping[str, Sequence[str]]
    more: dict[str, Any] = field(default_factory=dict)


class Builder:
    """Turns drafts into tables of our columns, for one data set."""

    def __init__(self, dataset: str, names: Sequence[str]) -> None:
        self.dataset = dataset
        self.source = [f"{SOURCE_PREFIX}{name}" for name in names]
        own = [(name, kind) for name, (kind, _) in FIELDS.items()]
        self.schema = pa.schema([*own, *((name, _TEXT) for name in self.source)])
        self._folded: Memo[str] = Memo(normalise)
        self._seen: Memo[str] = Memo(visible)

    def table(self, sheet: Sheet, draft: Draft) -> pa.Table:
        """Return the rows of a sheet that were not rejected, in the file's order."""
        values, size = self._values(sheet, draft), sheet.size
        arrays = []
        for name, (kind, default) in FIELDS.items():
            found = values.get(name, default)
            if isinstance(found, list | tuple):
                arrays.append(pa.array(found, kind))
            else:
                arrays.append(pa.repeat(pa.scalar(found, kind), size))
        columns = sheet.columns or [[]] * len(self.source)
        arrays += [pa.array(column, _TEXT) for column in columns]
        table = pa.table(arrays, schema=self.schema)
        return table.filter(pa.array(sheet.taken())) if sheet.rejected else table

    def _values(self, sheet: Sheet, draft: Draft) -> dict[str, Any]:
        """Return our columns as lists, or as one value for all rows."""
        nothing = Day("", 0, 0, "day")
        starts = [day or nothing for day in draft.starts]
        ends = [day or nothing for day in draft.ends]
        flags = [""] * sheet.size
        for row, reasons in sheet.flags.items():
            flags[row] = ";".join(reasons)
        place = [self._seen[text] for text in draft.place]
        note = [visible(text) for text in draft.note]
        titles = self._titles(draft.titles, sheet.size)
        types = draft.more.get("event_type", [""] * sheet.size)
        values: dict[str, Any] = {
            "event_id": [visible(text.strip()) for text in draft.ids],
            "date_start": [day.text for day in starts],
            "date_end": [day.text for day in ends],
            "day_start": [day.first for day in starts],
            "day_end": [day.last for day in ends],
            "family": [marks.FAMILY_OF.get(kind or "", "") for kind in types],
            **{f"place_{lang}": place for lang in LANGS},
            "lat": list(draft.lat),
            "lon": list(draft.lon),
            "note_en": note,
            "actor_names": [self._seen[text] for text in draft.actors],
            **titles,
            "dataset": self.dataset,
            "import_flags": flags,
            "source_line": sheet.lines,
        }
        values |= draft.more
        values["search_text"] = self._search(values, sheet.size)
        return values

    def _titles(self, titles: Mapping[str, Sequence[str]], size: int) -> dict[str, Any]:
        """Return the three titles: a language that the source lacks gets one that it has."""
        own = {lang: [self._seen[text] for text in texts] for lang, texts in titles.items()}
        if len(own) == 1:
            (lang, texts), = own.items()
            found: dict[str, Any] = {f"title_{one}": texts for one in LANGS}
            return found | {"title_langs": lang}
        columns: dict[str, list[str]] = {f"title_{lang}": [] for lang in LANGS}
        langs = []
        for row in range(size):
            said = {lang: texts[row] for lang, texts in own.items() if texts[row]}
            first = next(iter(said.values()), "")
            for lang in LANGS:
                columns[f"title_{lang}"].append(said.get(lang, first))
            langs.append(";".join(lang for lang in said if lang))
        return {**columns, "title_langs": langs}

    def _search(self, values: Mapping[str, Any], size: int) -> list[str]:
        """Return the texts that a search looks in, normalised, one text a line."""
        short = [f"{stem}_{lang}" for stem in ("title", "place") for lang in LANGS]
        columns: list[Sequence[str]] = []
        for name in (*short, "actor_names"):
            if values[name] not in columns:
                columns.append(values[name])
        folded, found = self._folded, []
        for texts, note in zip(zip(*columns, strict=True), values["note_en"], strict=True):
            lines = [folded[text] for text in dict.fromkeys(texts) if text]
            if note:
                lines.append(normalise(note))
            found.append("\n".join(lines))
        return found or [""] * size


def actor_cells(*columns: Sequence[str]) -> list[str]:
    """Return the names of each row's actors in one cell, joined as exports join texts."""
    memo: dict[tuple[str, ...], str] = {}
    found = []
    for names in zip(*columns, strict=True):
        if names not in memo:
            memo[names] = cells.join(dict.fromkeys(name.strip() for name in names if name.strip()))
        found.append(memo[names])
    return found
