"""Who made a file of boundaries, told by its columns, and what its areas are called there.

Known are OCHA's common operational data sets (COD-AB), geoBoundaries and GADM, each at the first
and the second level below the country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo.codebooks.values import visible
from geo.filters.query import DISTRICT
from geo.formats import RefusedFileError

LEVELS: Final = ("adm1", "adm2")
# a code stands in addresses and files
CODE: Final = DISTRICT
LONGEST_NAME: Final = 120
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """One area as its file names it.

    Attributes
    ----------
    number: of the feature in its file, from 1.
    code: as the maker has it.
    names: by language, en, ar and ckb; "" under none that is known.
    parent: code of the area of the first level that it belongs to; "" at that level.
    parent_name: likewise its name.
    shape: the polygon in degrees (EPSG:4326).
    admin1: ISO 3166-2 code of the governorate; "" when it is not known.
    """

    number: int
    code: str
    names: Mapping[str, str]
    parent: str
    parent_name: str
    shape: Any
    admin1: str = ""

    @property
    def name(self) -> str:
        """A name, the English one first; the code where there is none."""
        return next((one for one in self.names.values() if one), self.code)

    @property
    def told(self) -> str:
        """Return how a refusal names the area."""
        return f"feature {self.number} ({self.name})" if self.name else f"feature {self.number}"


@dataclass(frozen=True, slots=True)
class Maker:
    """How a maker's columns are called; names are compared in small letters."""

    title: str
    knows: Callable[[Row], bool]
    level: Callable[[Row], str]
    # columns by what they hold; the first that has something is taken
    code: Mapping[str, Sequence[str]]
    names: Mapping[str, Mapping[str, Sequence[str]]]
    licence: str = ""


def _ocha_level(row: Row) -> str:
    return "adm2" if "adm2_pcode" in row else "adm1"


def _ocha_names(level: str) -> dict[str, Sequence[str]]:
    # since 2024 the names have no language in their columns: name, name1 …
    return {"en": (f"{level}_en", f"{level}_name"), "ar": (f"{level}_ar", f"{level}_name1"),
            "ckb": (f"{level}_ckb", f"{level}_ku", f"{level}_name2")}


def _gadm_names(number: int) -> dict[str, Sequence[str]]:
    return {"en": (f"name_{number}",), "ar": (f"nl_name_{number}",)}


MAKERS: Final = (
    Maker(
        "OCHA COD-AB", lambda row: "adm1_pcode" in row, _ocha_level,
        {level: (f"{level}_pcode",) for level in LEVELS},
        {level: _ocha_names(level) for level in LEVELS},
    ),
    Maker(
        "geoBoundaries", lambda row: {"shapename", "shapetype"} <= row.keys(),
        lambda row: row["shapetype"].strip().lower(),
        {"adm1": ("shapeiso", "shapeid"), "adm2": ("shapeid",)},
        {level: {"en": ("shapename",)} for level in LEVELS},
    ),
    Maker(
        "GADM", lambda row: "name_1" in row, lambda row: "adm2" if "name_2" in row else "adm1",
        {"adm1": ("gid_1", "hasc_1"), "adm2": ("gid_2", "hasc_2")},
        {"adm1": _gadm_names(1), "adm2": _gadm_names(2)},
        "GADM's own: free for academic and other non-commercial use, not to be passed on",
    ),
)  # fmt: skip
# cells that stand for nothing in GADM and others
_NOTHING: Final = frozenset({"", "na", "n/a", "null", "none", "<null>"})


def recognised(header: Sequence[str]) -> Maker:
    """Return the maker whose columns these are.

    Raises
    ------
    RefusedFileError
        When it is none that is known.
    """
    row = dict.fromkeys((name.strip().lower() for name in header), "")
    found = next((one for one in MAKERS if one.knows(row)), None)
    if found is None:
        shown = ", ".join(header[:8])
        raise RefusedFileError(
            f"The columns ({shown} …) are of no boundaries that are known: OCHA COD-AB has "
            "ADM1_PCODE and ADM1_EN, geoBoundaries shapeName and shapeType, GADM NAME_1 and GID_1."
        )
    return found


def level_of(maker: Maker, rows: Sequence[Row], asked: str) -> str:
    """Return the level of the areas, which the file says, or who adds it.

    Raises
    ------
    RefusedFileError
        When the rows are of several levels, of one that is not kept, or of another than asked.
    """
    found = {maker.level(row) for row in rows}
    if len(found) != 1 or not found <= set(LEVELS):
        told = ", ".join(sorted(visible(one)[:20] or "none" for one in found)[:5])
        raise RefusedFileError(
            f"The file says that its areas are of the levels {told}; all should be of adm1 "
            "(governorates) or of adm2 (districts).")
    level = found.pop()
    if asked and asked != level:
        raise RefusedFileError(f"The columns are those of {level}, not of {asked}.")
    return level


def area(maker: Maker, level: str, row: Row, number: int, shape: Any) -> Area:
    """Return one area; code or names are "" where the row has none."""
    names = {lang: _first(row, columns) for lang, columns in maker.names[level].items()}
    above = level == "adm2"
    told = maker.names["adm1"].values() if above and maker.title != "geoBoundaries" else ()
    return Area(
        number, _first(row, maker.code[level])[:80], {k: v for k, v in names.items() if v},
        _first(row, maker.code["adm1"]) if told else "",
        next((name for columns in told if (name := _first(row, columns))), ""), shape,
    )  # fmt: skip


def _first(row: Row, columns: Sequence[str]) -> str:
    """Return the first of these columns' cells that holds something, as one visible line."""
    for column in columns:
        text = " ".join(visible(row.get(column, "")).split())[:LONGEST_NAME]
        if text.lower() not in _NOTHING:
            return text
    return ""
