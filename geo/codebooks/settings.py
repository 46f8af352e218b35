"""What is settled before a file is read: limits of dates, the region, names of governorates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from geo import marks
from geo.codebooks.values import EPOCH, ORDERS
from geo.errors import TansiqError
from geo.filters import PROVINCES
from geo.i18n import LANGS, normalise
from geo.tables import Package

# west, south, east, north in degrees: Iraq and what lies around it
REGION: Final = (38.0, 29.0, 49.0, 38.0)
FIRST_DAY: Final = date(1990, 1, 1)
# what the binary columns can hold
_BOUNDS: Final = (date(1970, 1, 1), date(2149, 6, 6))
_AROUND: Final = frozenset(
    normalise(word) for word in ("province", "governorate", "muhafazat", "muhafazah", "محافظة",
                                 "پارێزگای", "پارێزگا", "region")
)  # fmt: skip
_TABLES: Final = ("columns", "types", "governorates")
_WORDS: Final = ("dates", "title_lang", "licence", "attribution")
_DAYS: Final = ("first_day", "last_day")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping file says; see docs/importing.md."""

    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    governorates: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    title_lang: str = ""
    licence: str = ""
    attribution: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def read(cls, path: Path) -> Mapped:
        """Read a mapping file; raises `TansiqError` that names what is wrong with it."""
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TansiqError(f"{path}: expected TOML ({error})") from error
        for key, value in found.items():
            _check(path, key, value)
        return cls(**found)


def _check(path: Path, key: str, value: Any) -> None:
    """Raise when a key of a mapping file is unknown, or its value is of another kind."""
    kinds = {**dict.fromkeys(_TABLES, dict), **dict.fromkeys(_WORDS, str),
             **dict.fromkeys(_DAYS, date)}
    if key not in kinds:
        raise TansiqError(f"{path}: {key!r} is not known; there are {', '.join(kinds)}")
    if not isinstance(value, kinds[key]):
        raise TansiqError(f"{path}: {key} should be a {kinds[key].__name__}")
    if key == "dates" and value not in ORDERS:
        raise TansiqError(f"{path}: dates should be day-first or month-first")
    if key == "title_lang" and value not in LANGS:
        raise TansiqError(f"{path}: title_lang should be {', '.join(LANGS)}")
    known = {"types": marks.EVENT_TYPES, "governorates": PROVINCES}.get(key, ())
    for name, ours in value.items() if isinstance(value, dict) else ():
        if not isinstance(ours, str) or (known and ours not in known):
            raise TansiqError(f"{path}: {key}.{name} = {ours!r}; there are {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a file is to be read.

    Attributes
    ----------
    dataset: the name of the data set.
    governorates: normalised name or code to ISO 3166-2 code.
    order: how a date such as 10/11/2017 is meant, one of `ORDERS`.
    first, last: the days since 1970-01-01 between which dates lie.
    region: west, south, east, north: where points are expected.
    mapped: what a mapping file says.
    """

    dataset: str
    governorates: Mapping[str, str]
    order: str
    first: int
    last: int
    region: tuple[float, float, float, float] = REGION
    mapped: Mapped = field(default_factory=Mapped)


def limits(first: date | None, last: date | None) -> tuple[date, date]:
    """Return the limits of dates: 1990 to tomorrow where nothing else is said.

    Raises
    ------
    TansiqError
        When the first lies after the last, or one outside of 1970 to 2149.
    """
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    found = first or FIRST_DAY, last or tomorrow
    if not _BOUNDS[0] <= found[0] <= found[1] <= _BOUNDS[1]:
        raise TansiqError(f"The limits of dates, {found[0]} and {found[1]}, are none.")
    return found


def days(span: tuple[date, date]) -> tuple[int, int]:
    """Return two dates as days since 1970-01-01."""
    return (span[0] - EPOCH).days, (span[1] - EPOCH).days


def governorates(package: Package) -> dict[str, str]:
    """Return codes by the normalised names, aliases and codes of the governorates."""
    found: dict[str, str] = {}
    for row in package.frames["governorates"].to_dict("records"):
        names = [row["admin1"], *(row[f"name_{lang}"] for lang in LANGS)]
        for name in (*names, *str(row["aliases"] or "").split(";")):
            found[bare(name)] = row["admin1"]
    found.pop("", None)
    return found


def bare(name: str) -> str:
    """Return a governorate's name for comparison, without the word for governorate."""
    return " ".join(word for word in normalise(name).split() if word not in _AROUND)
