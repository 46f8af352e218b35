"""One cell read as a day, a coordinate, a number or a word: the value, or the reason why not.

Each reader is a function of one text. `Memo` keeps what a text was read as, since the cells of a
large table repeat few texts.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, NamedTuple, TypeVar

from geo.codebooks.months import FILLERS, HIJRI, month_of
from geo.i18n import ascii_digits, normalise

EPOCH: Final = date(1970, 1, 1)
# how a date such as 10/11/2017 is to be read
ORDERS: Final = ("", "day-first", "month-first")
# years of the Hijri and of the Iranian calendar that the events of these decades would have
_OTHER_YEARS: Final = range(1300, 1501)
_MOST_KEPT: Final = 200_000
_LARGEST: Final = 100_000_000
V = TypeVar("V")


class Fault(NamedTuple):
    """Why a cell is not what it should be: a key under ``import.reason`` of the catalogues."""

    reason: str


class Memo(dict[str, V], Generic[V]):
    """What texts were read as."""

    def __init__(self, read: Callable[[str], V]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> V:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[text] = found = self._read(text)
        return found


# --- text -----------------------------------------------------------------------------------

# controls but tab and line ends, bidi embeddings, overrides and isolates; joiners are letters
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return a text with what would act unseen written out: ⟨U+202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def plain(text: str) -> str:
    """Return a cell with ASCII digits and signs, and without invisible ones."""
    if text.isascii():
        return text.strip()
    kept = "".join(x for x in text if unicodedata.category(x) not in {"Cf", "Mn"})
    return unicodedata.normalize("NFKC", ascii_digits(kept)).translate(_SIGNS).strip()


# the marks of Arabic keyboards, and dashes
_SIGNS: Final = str.maketrans(
    {"٫": ".", "٬": "'", "،": ",", "−": "-", "–": "-", "‐": "-", "‑": "-", "⁄": "/"}
)


# --- days -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A date as precise as it was written.

    Attributes
    ----------
    text: EDTF: 2021-05-23, 2021-05 or 2021.
    first, last: days since 1970-01-01, both included.
    precision: day, month or year.
    """

    text: str
    first: int
    last: int
    precision: str


_TIME: Final = (
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])?"
    r"(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_YEAR_FIRST: Final = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_YEAR_LAST: Final = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_SHORT_YEAR: Final = re.compile(rf"[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\1[0-9]{{2}}{_TIME}")
_COMPACT: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_COARSE: Final = re.compile("([0-9]{4})(?:-([0-9]{2}))?")
_NUMBERS: Final = re.compile("[0-9]+")


def read_day(text: str, order: str = "") -> Day | Fault:
    """Read a date in any script, by numbers or with the month's name.

    ``order`` says how 10/11/2017 is meant; without it such a date is a fault, one that can be
    read in one way only (25/10/2017, 10/10/2017) is not.
    """
    found = plain(text)
    if not found:
        return Fault("no_date")
    if m := _YEAR_FIRST.fullmatch(found) or _COMPACT.fullmatch(found):
        parts = [int(part) for part in m.groups() if part.isdigit()]
        return _day(*parts)
    if m := _YEAR_LAST.fullmatch(found):
        return _ordered(int(m[1]), int(m[3]), int(m[4]), order)
    if m := _COARSE.fullmatch(found):
        return _coarse(int(m[1]), int(m[2] or 0), bool(m[2]))
    if _SHORT_YEAR.fullmatch(found):
        return Fault("short_year")
    return _named(found)


def _ordered(one: int, two: int, year: int, order: str) -> Day | Fault:
    """Return the day of two numbers and a year."""
    if year in _OTHER_YEARS:
        return Fault("hijri")
    if order == "month-first":
        return _day(year, one, two)
    if order == "day-first" or one > 12 or one == two:  # noqa: PLR2004 - months
        return _day(year, two, one)
    return _day(year, one, two) if two > 12 else Fault("ambiguous_date")  # noqa: PLR2004


def _day(year: int, month: int, day: int) -> Day | Fault:
    if year in _OTHER_YEARS:
        return Fault("hijri")
    try:
        found = date(year, month, day)
    except ValueError:
        return Fault("no_such_day")
    number = (found - EPOCH).days
    return Day(found.isoformat(), number, number, "day")


def _coarse(year: int, month: int, monthly: bool) -> Day | Fault:
    """Return a whole month or year."""
    first = _day(year, month if monthly else 1, 1)
    if isinstance(first, Fault):
        return first
    last = _day(year, month or 12, calendar.monthrange(year, month or 12)[1])
    if isinstance(last, Fault):
        return last
    text = f"{year:04d}-{month:02d}" if monthly else f"{year:04d}"
    return Day(text, first.first, last.last, "month" if monthly else "year")


def _named(text: str) -> Day | Fault:
    """Read a date with the month's name: «٢٣ أيار ٢٠٢١», 16-Feb-2023, February 16, 2023."""
    flat = normalise(re.sub("[/.,()'\"]", " ", text))
    numbers: list[str] = _NUMBERS.findall(flat)
    words = _NUMBERS.sub(" ", flat).split()
    if any(word in HIJRI for word in words) or " ".join(words) in HIJRI:
        return Fault("hijri")
    month = month_of(" ".join(word for word in words if word not in FILLERS))
    years = [number for number in numbers if len(number) == 4]  # noqa: PLR2004 - digits
    days = [number for number in numbers if len(number) <= 2]  # noqa: PLR2004
    if not month or len(years) + len(days) != len(numbers) or len(days) > 1:
        return Fault("not_a_date")
    if len(years) != 1:
        return Fault("short_year" if days and not years else "not_a_date")
    year = int(years[0])
    return _day(year, month, int(days[0])) if days else _coarse(year, month, True)


def within(day: Day, first: int, last: int) -> bool:
    """Tell whether a date touches a range of days since 1970-01-01."""
    return day.last >= first and day.first <= last


# --- numbers --------------------------------------------------------------------------------

_DEGREES: Final = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
)
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")
_NOT_FINITE: Final = re.compile("[+-]?(nan|inf|infinity)", re.IGNORECASE)
_WHOLE: Final = re.compile(r"([+-]?)([0-9]{1,12})(?:\.0*)?")


def read_degrees(text: str, most: float) -> float | Fault | None:
    """Read a coordinate in decimal degrees; None for an empty cell.

    A comma is taken for the decimal sign, since no thousands can stand here.
    """
    found = plain(text)
    if not found:
        return None
    if _NOT_FINITE.fullmatch(found):
        return Fault("not_finite")
    if not _DEGREES.fullmatch(found):
        return Fault("out_of_range" if _PLAIN_NUMBER.fullmatch(found) else "not_a_number")
    value = float(found.replace(",", "."))
    return value if abs(value) <= most else Fault("out_of_range")


def read_latitude(text: str) -> float | Fault | None:
    """Read a latitude in decimal degrees."""
    return read_degrees(text, 90.0)


def read_longitude(text: str) -> float | Fault | None:
    """Read a longitude in decimal degrees."""
    return read_degrees(text, 180.0)


def read_count(text: str) -> int | Fault | None:
    """Read a number of people; None for an empty cell."""
    found = plain(text)
    if not found:
        return None
    m = _WHOLE.fullmatch(found)
    if not m:
        return Fault("not_finite" if _NOT_FINITE.fullmatch(found) else "not_a_count")
    value = int(m[2])
    if m[1] == "-" and value:
        return Fault("negative")
    return value if value <= _LARGEST else Fault("out_of_range")
