"""Words, direction, digits, dates and search normalisation for en, ar and ckb.

The words stand in ``locale/<lang>.toml``: keys are dotted (``map.title``), plural words
are tables of CLDR's categories (``unit.events.one``). Numbers follow Babel; dates follow
patterns of the catalogues, since Babel's Sorani order is wrong and plain ``ar`` has the
months of Egypt.
"""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from babel import Locale
from babel.numbers import format_decimal

LANGS: Final = ("en", "ar", "ckb")
# digits as the language has them, or 0123456789 as many newsrooms of the region write
DIGITS: Final = ("local", "western")
Direction: TypeAlias = Literal["ltr", "rtl"]
Value: TypeAlias = str | int | float | date

_DIRECTIONS: Final[dict[str, Direction]] = {"en": "ltr", "ar": "rtl", "ckb": "rtl"}
_LOCALES: Final = {"en": "en", "ar": "ar_IQ", "ckb": "ckb"}
_NUMERALS: Final = {"en": "latn", "ar": "arab", "ckb": "arab"}
_FOLDER: Final = Path(__file__).with_name("locale")
_LOCAL_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_EDTF: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

# what this thread or task writes numbers with
_WESTERN: ContextVar[bool] = ContextVar("western", default=False)
# what Streamlit's own parts (slider, calendar) are told to speak: digits and direction follow it,
# and theirs are right only from left to right
PARTS: Final = "en-GB"
_TOLD: Final = f"{PARTS.casefold()}-x-"
# subtags of the languages that we speak, as browsers name them; Kurdish of Iraq is Sorani
_SPOKEN: Final = (("ckb", "ckb"), ("ku-latn", "en"), ("ku", "ckb"), ("ar", "ar"))

FIRST_STRONG, RIGHT_TO_LEFT, LEFT_TO_RIGHT, END_ISOLATE = "\u2068", "\u2067", "\u2066", "\u2069"


def direction(lang: str) -> Direction:
    """Return the writing direction of a language; KeyError for one we do not speak."""
    return _DIRECTIONS[lang]


def preferred(tag: str) -> str:
    """Return which of our languages a browser's language tag (BCP 47) asks for; else English.

    A tag that begins with `PARTS` and "-x-" has the browser's own behind that.
    """
    asked = f"{tag.casefold().replace('_', '-').removeprefix(_TOLD)}-"
    return next((ours for theirs, ours in _SPOKEN if asked.startswith(f"{theirs}-")), "en")


def use_digits(kind: str) -> None:
    """Write numbers of this thread or task with digits of a kind, one of `DIGITS`."""
    _WESTERN.set(kind == "western")


@contextmanager
def writing(kind: str) -> Iterator[None]:
    """Write numbers with digits of a kind while the block runs."""
    before = _WESTERN.set(kind == "western")
    try:
        yield
    finally:
        _WESTERN.reset(before)


def plural_forms(lang: str) -> tuple[str, ...]:
    """Return the plural categories of CLDR that the language has, ``other`` last."""
    return (*sorted(Locale.parse(_LOCALES[lang]).plural_form.tags), "other")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; call it with a dotted key and the placeholders' values."""

    lang: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: Value) -> str:
        """Return the text of ``key``; KeyError names a missing key or placeholder.

        Numbers are written in local digits, dates as long dates, and a text that runs
        the other way is isolated, so that it cannot reorder the words around it.
        """
        if key not in self.texts:
            raise KeyError(f"no text {key!r} in the catalogue {self.lang!r}")
        said = {name: self._say(value) for name, value in values.items()}
        text = self.texts[key]
        return (text.translate(_ASCII_DIGITS) if _WESTERN.get() else text).format_map(said)

    def count(self, key: str, n: int, /, **values: Value) -> str:
        """Return the plural form of ``key`` for ``n``, in the place of ``{n}``."""
        form = Locale.parse(_LOCALES[self.lang]).plural_form(abs(n))
        return self(f"{key}.{form}", n=n, **values)

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has this key."""
        return key in self.texts

    def label(self, section: str, key: str) -> str:
        """Return ``section.key``, or ``key`` as it is where an import brought its own."""
        return self.texts.get(f"{section}.{key}", key)

    def join(self, parts: list[str], word: Literal["and", "or", "or_type"]) -> str:
        """Join the parts as an enumeration, its last two by the local and / or.

        ``or_type`` is the or between parts that have an and of their own.
        """
        if len(parts) < 2:  # noqa: PLR2004 - two is what the word "two" means
            return "".join(parts)
        comma = self.texts["filter.comma"]
        return comma.join(parts[:-1]) + self.texts[f"filter.{word}"] + parts[-1]

    def _say(self, value: Value) -> str:
        if isinstance(value, date):
            return day(value, self.lang)
        if isinstance(value, str):
            return isolate(value) if _runs_against(value, direction(self.lang)) else value
        return number(value, self.lang)  # numpy's integers too


@cache
def words(lang: str) -> Words:
    """Return the words of a language; KeyError for one that is not in ``LANGS``."""
    if lang not in LANGS:
        raise KeyError(f"no catalogue for {lang!r}; there are {', '.join(LANGS)}")
    with (_FOLDER / f"{lang}.toml").open("rb") as file:
        return Words(lang, MappingProxyType(_flat(tomllib.load(file))))


def catalogue(lang: str, prefix: str) -> dict[str, str]:
    """Return the texts under ``prefix``, which is cut off the keys; in catalogue order."""
    head = f"{prefix}."
    texts = words(lang).texts
    return {key.removeprefix(head): text for key, text in texts.items() if key.startswith(head)}


def placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders of a text."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def digits(text: str, lang: str) -> str:
    """Return the text with its ASCII digits written as the language writes them."""
    return text if lang == "en" or _WESTERN.get() else text.translate(_LOCAL_DIGITS)


def ascii_digits(text: str) -> str:
    """Return the text with every decimal digit, of whatever script, in ASCII."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


def number(n: float, lang: str, decimals: int = 3) -> str:
    """Return the number grouped by thousands, with at most so many decimals, in local digits."""
    system = "latn" if _WESTERN.get() else _NUMERALS[lang]
    pattern = f"#,##0.{'#' * decimals}"
    text: str = format_decimal(n, pattern, locale=_LOCALES[lang], numbering_system=system)
    return digits(text, lang)


def month_name(month: int, lang: str) -> str:
    """Return the name of a month, 1 to 12, as Iraq's newsrooms write it."""
    return words(lang)(f"date.month_{month}")


def day(value: date, lang: str) -> str:
    """Return the long date: 23 May 2021, «٢٣ أيار ٢٠٢١», «٢٣ی ئایاری ٢٠٢١»."""
    return _dated("date.day", lang, day=value.day, month=value.month, year=value.year)


def edtf(text: str, lang: str) -> str:
    """Return "2021", "2021-05" or "2021-05-23" in words; "" says that it is unknown.

    Raises ValueError for any other text, and for a day that no calendar has.
    """
    if not text:
        return words(lang)("date.unknown")
    found = _EDTF.fullmatch(text)
    if not found:
        raise ValueError(f"expected YYYY, YYYY-MM or YYYY-MM-DD, found {text[:40]!r}")
    year, month, dom = (int(part) if part else 0 for part in found.groups())
    date(year, month or 1, dom or 1)
    if dom:
        return _dated("date.day", lang, day=dom, month=month, year=year)
    if month:
        return _dated("date.month", lang, month=month, year=year)
    return digits(f"{year:04d}", lang)


def edtf_span(start: str, end: str, lang: str) -> str:
    """Return an event's two dates in words, as one when they are equal."""
    if start == end or not end:
        return edtf(start, lang)
    if len(start) == len(end) == len("2021-05-23"):
        return span(date.fromisoformat(start), date.fromisoformat(end), lang)
    return words(lang)("date.range", first=edtf(start, lang), last=edtf(end, lang))


def span(first: date | None, last: date | None, lang: str) -> str:
    """Return a range of days in words, both ends included; "" when neither is given."""
    say = words(lang)
    if first is None or last is None:
        if first is not None:
            return say("date.from", day=day(first, lang))
        return say("date.until", day=day(last, lang)) if last is not None else ""
    if first == last:
        return day(first, lang)
    if (first.year, first.month) == (last.year, last.month):
        month = _dated_parts(lang, first=first.day, last=last.day, month=last.month, year=last.year)
        return say("date.range_in_month", **month)
    head = day(first, lang)
    if first.year == last.year:
        head = _dated("date.day_in_year", lang, day=first.day, month=first.month)
    return say("date.range", first=head, last=day(last, lang))


def isolate(text: str, lang: str = "") -> str:
    """Wrap a text in a Unicode isolate, so that it cannot reorder what stands around it.

    The direction is that of ``lang``, or of the first strong letter when none is given.
    A label that may begin with a Latin sign («K1 …») needs its language named.
    """
    if text.startswith((FIRST_STRONG, RIGHT_TO_LEFT, LEFT_TO_RIGHT)) and text.endswith(END_ISOLATE):
        return text
    opening = {"": FIRST_STRONG, "rtl": RIGHT_TO_LEFT, "ltr": LEFT_TO_RIGHT}
    return f"{opening[direction(lang) if lang else '']}{text}{END_ISOLATE}"


def normalise(text: str) -> str:
    """Return the form of a text in which spelling variants of a search are equal.

    Case, Latin and Arabic diacritics, tatweel, ZWNJ and other invisible signs are
    dropped; alef, yeh, kaf, heh, hamza and the Sorani letters are folded to one letter
    each, a doubled waw to one, all digits to ASCII, dashes and white space to one space.
    Each letter folds by itself, so a part of a text is also a part of its normal form.
    """
    folded = text.translate(_FOLDS)
    return " ".join(_WAWS.sub("و", folded).split())


class _Folds(dict[int, str]):
    """What each code point becomes in a search; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


# the letters that newsrooms, keyboards and transliterations interchange
_VARIANTS: Final = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیېۍێئے", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةهەھہۀۂۃ", "ه"),
    **dict.fromkeys("ؤۆۊۉۇ", "و"),
    **dict.fromkeys("ڕ", "ر"),
    **dict.fromkeys("ڵ", "ل"),
    **dict.fromkeys("ءـ'’‘ʼʿʾ`´ٔ", ""),  # hamza alone, tatweel, every apostrophe
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
}
_FOLDS: Final = _Folds()
_WAWS: Final = re.compile("وو+")
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})


def _fold(char: str) -> str:
    """Return the search form of one character, folded until it no longer changes."""
    if char.isspace() or unicodedata.category(char) == "Pd":
        return " "
    parts = unicodedata.normalize("NFKD", char.casefold())
    kept = "".join(
        _VARIANTS.get(part, part)
        for part in ascii_digits(parts)
        if unicodedata.category(part) not in _INVISIBLE
    )
    return kept if kept == char else "".join(_fold(part) for part in kept)


def _flat(table: Mapping[str, object], head: str = "") -> dict[str, str]:
    """Return nested tables as one mapping of dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{head}{key}.")
        else:
            flat[f"{head}{key}"] = str(value)
    return flat


def _dated_parts(lang: str, **parts: int) -> dict[str, str]:
    """Return day, month and year as they are written; a year is never grouped."""
    said = {name: digits(str(value), lang) for name, value in parts.items()}
    return said | {"month": month_name(parts["month"], lang)}


def _dated(key: str, lang: str, **parts: int) -> str:
    return words(lang)(key, **_dated_parts(lang, **parts))


def _runs_against(text: str, towards: Direction) -> bool:
    """Tell whether a strong letter, outside of isolates, runs against the direction."""
    against = {"L"} if towards == "rtl" else {"R", "AL"}
    depth = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        depth += kind in {"LRI", "RLI", "FSI"}
        depth -= kind == "PDI" and depth > 0
        if kind in against and not depth:
            return True
    return False
