"""Values of an address, read without ever failing: what cannot be used becomes a notice."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from geo.errors import TansiqError
from geo.filters import box as rectangle
from geo.filters.box import Box
from geo.i18n import ascii_digits, normalise, words

Query: TypeAlias = Mapping[str, str | Sequence[str]]

# what the binary columns can hold; which days a table may have is a setting of its own
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
LONGEST_VALUE: Final = 2_000
LONGEST_TEXT: Final = 200
# a code of somebody else's boundaries
DISTRICT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", re.ASCII)

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(\.\d{0,20})?", re.ASCII)
_JOINERS: Final = "\u200c\u200d"
# the marks of Arabic keyboards for comma, decimal point and minus; spaces go
_SIGNS: Final = str.maketrans("،٫−", ",.-", " ")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One part of an address that was left out.

    Attributes
    ----------
    key: its name in the address, shortened.
    value: what stood there, shortened, with control characters made visible.
    reason: a key under ``filter.notice`` of the catalogues.
    """

    key: str
    value: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _visible(self.key, 40))
        object.__setattr__(self, "value", _visible(self.value, 60))

    def sentence(self, lang: str) -> str:
        """Return what was left out and why, as a sentence."""
        return words(lang)(f"filter.notice.{self.reason}", key=self.key, value=self.value)


class FilterError(TansiqError, ValueError):
    """A filter or view that cannot be asked; carries the notice that says why."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(notice.sentence("en"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads single values of an address; what cannot be read becomes a notice, never an error.

    Attributes
    ----------
    query: names and values; a repeated name has a sequence of values.
    notices: where the notices are added.
    """

    query: Query
    notices: list[Notice]

    def leave_out(self, key: str, value: str, reason: str) -> None:
        """Note that a value was left out, and why."""
        self.notices.append(Notice(key, value, reason))

    def raw(self, key: str, *, several: bool = False) -> str:
        """Return the value, "" when there is none; several values are joined by commas."""
        found = self.query.get(key) or ""
        values = [found] if isinstance(found, str) else list(dict.fromkeys(map(str, found)))
        text = ",".join(values) if several else "".join(values[:1])
        if len(values) > 1 and not several:
            self.leave_out(key, ", ".join(values[:3]), "repeated")
        elif len(text) > LONGEST_VALUE:
            self.leave_out(key, text, "too_long")
        else:
            return text
        return ""

    def day(self, key: str) -> date | None:
        """Return the date written YYYY-MM-DD, in whatever script its digits are."""
        value = self.raw(key)
        text = _plain(value)
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            found = None
        if found and FIRST_DAY <= found <= LAST_DAY:
            return found
        self.leave_out(key, value, "date_limits" if found else "date_form")
        return None

    def choices(self, key: str, known: Collection[str], reason: str) -> tuple[str, ...]:
        """Return the known ones of a list parted by commas, whatever their case."""
        spelt = {name.casefold(): name for name in known}
        items = [item for item in _plain(self.raw(key, several=True)).split(",") if item]
        unknown = [item for item in items if item.casefold() not in spelt]
        if unknown:
            self.leave_out(key, ", ".join(unknown), reason)
        return unique(spelt[item.casefold()] for item in items if item.casefold() in spelt)

    def codes(self, key: str, form: re.Pattern[str], reason: str) -> tuple[str, ...]:
        """Return the codes of this form out of a list parted by commas."""
        items = [one.strip() for one in self.raw(key, several=True).split(",")]
        wrong = [one for one in items if one and not form.fullmatch(one)]
        if wrong:
            self.leave_out(key, ", ".join(wrong), reason)
        return unique(one for one in items if form.fullmatch(one))

    def choice(self, key: str, known: Collection[str], default: str) -> str:
        """Return one of the known words."""
        value = self.raw(key)
        found = _plain(value).casefold() or default
        if found in known:
            return found
        self.leave_out(key, value, "choice")
        return default

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        """Return an identifier of this form, "" for any other."""
        value = self.raw(key).strip()
        if not value or pattern.fullmatch(value):
            return value
        self.leave_out(key, value, "id_form")
        return ""

    def number(self, key: str, low: float, high: float) -> float | None:
        """Return a plain decimal number between two limits, both included."""
        value = self.raw(key)
        text = _plain(value)
        if not text:
            return None
        found = float(text) if _NUMBER.fullmatch(text) else None
        if found is not None and low <= found <= high:
            return found
        self.leave_out(key, value, "number")
        return None

    def box(self, key: str) -> Box | None:
        """Return a rectangle written west,south,east,north."""
        value = self.raw(key)
        text = _plain(value)
        if not text:
            return None
        sides = [float(one) if _NUMBER.fullmatch(one) else math.nan for one in text.split(",")]
        found = rectangle.of(sides) if len(sides) == len(Box._fields) else None
        if found and found.sane:
            return found
        self.leave_out(key, value, "box")
        return None

    def text(self, key: str) -> str:
        """Return a text to search for, "" when it cannot be searched for."""
        value = self.raw(key)
        reason = text_fault(clean_text(value)) or ""
        if not reason and value.strip() and not clean_text(value):
            reason = "nothing_to_find"
        if reason:
            self.leave_out(key, value, reason)
        return "" if reason else value


def clean_text(text: str) -> str:
    """Return a text as it is kept: white space collapsed, invisible signs dropped."""
    kept = (char for char in text if char in _JOINERS or unicodedata.category(char) != "Cf")
    return " ".join("".join(kept).split())


def text_fault(text: str) -> str:
    """Return the reason why a cleaned text cannot be searched for, or ""."""
    if len(text) > LONGEST_TEXT:
        return "too_long"
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        return "characters"
    return "nothing_to_find" if text and not normalise(text) else ""


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Return the items sorted, each once."""
    return tuple(sorted(set(items)))


def _plain(text: str) -> str:
    """Return a value with digits, dashes and commas in ASCII and no white space."""
    signs = unicodedata.normalize("NFKC", ascii_digits(clean_text(text)))
    return signs.translate(_SIGNS)


def _visible(text: str, longest: int) -> str:
    """Return a text shortened, its control and surrogate characters written out."""
    head = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(
        f"⟨U+{ord(char):04X}⟩"
        if unicodedata.category(char) in _UNSEEN and char not in _JOINERS
        else char
        for char in head
    )
