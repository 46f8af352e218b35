"""The address of a state of the dashboard: filter, selection, story, language, the map's view."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from geo.filters import CURATED, KEYS, EventFilter
from geo.filters.query import FilterError, Notice, Query, Reader
from geo.i18n import DIGITS, LANGS

# the first is the one at the root, a map
PAGES: Final = ("map", "events", "centres", "contradictions", "data", "about")
# taken for later issues; an address that has them is not told off
LATER: Final = ("actor",)
RESERVED: Final = frozenset((*LATER, "theme", "embed", "embed_options"))
# names a page that there is not
MISSED: Final = "page"
VIEW_KEYS: Final = (
    *("centres", "areas", "event", "centre", "story", "step"),
    *("lang", "digits", "window", "lat", "lon", "z"),
)
# how time plays: from the first day on, or so much of it at a time
WINDOWS: Final = ("growing", "month", "quarter", "year")
# which boundaries of the operator are drawn, with the events in each of their areas
AREAS: Final = ("none", "adm1", "adm2")
KNOWN: Final = frozenset((*KEYS, *VIEW_KEYS, MISSED)) | RESERVED
MOST_UNKNOWN: Final = 8
# the name of a story is that of its file, without the ending
STORY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
MOST_STEPS: Final = 99

# what the identifier of an event of a reader's own file begins with: no address says it
OWN: Final = "upload:"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)
# name: (lowest, highest, decimals); degrees of EPSG:4326, and Leaflet's zoom
_NUMBERS: Final = {"lat": (-90, 90, 4), "lon": (-180, 180, 4), "z": (0, 22, 2)}


@dataclass(frozen=True, slots=True)
class View:
    """What one address shows.

    Attributes
    ----------
    filter: which events.
    lang: en, ar or ckb.
    digits: how numbers are written, one of `geo.i18n.DIGITS`.
    event, centre: the selected ids, "" when none is.
    story, step: the open story and its step, the first is 1; "" and 1 when none is open.
    centres: whether the coordination centres are shown.
    areas: which boundaries of the operator are drawn, one of ``AREAS``.
    window: how time plays on the map, one of ``WINDOWS``.
    lat, lon: the map's centre in degrees (EPSG:4326), four decimals; z: its zoom;
        all three or none.

    FilterError is raised for what no address could say.
    """

    filter: EventFilter = field(default_factory=EventFilter)
    lang: str = "en"
    digits: str = "local"
    event: str = ""
    centre: str = ""
    story: str = ""
    step: int = 1
    centres: bool = True
    areas: str = "none"
    window: str = "growing"
    lat: float | None = None
    lon: float | None = None
    z: float | None = None

    def __post_init__(self) -> None:
        notice = self._fault()
        if notice:
            raise FilterError(notice)
        for key, (_, _, decimals) in _NUMBERS.items():
            value = getattr(self, key)
            if value is not None:  # adding zero turns -0.0 into 0.0
                object.__setattr__(self, key, round(float(value), decimals) + 0.0)

    @property
    def known(self) -> date | None:
        """Return the day of knowledge, None for what is known today."""
        return self.filter.asof

    def _fault(self) -> Notice | None:
        choices = {"lang": LANGS, "digits": DIGITS, "window": WINDOWS, "areas": AREAS}
        for key, known in choices.items():
            if getattr(self, key) not in known:
                return Notice(key, getattr(self, key), "choice")
        for key in ("event", "centre"):
            value = getattr(self, key)
            if value and not (sayable(value) or value.startswith(OWN)):
                return Notice(key, value, "id_form")
        return self._fault_of_story() or self._fault_of_map()

    def _fault_of_story(self) -> Notice | None:
        if self.story and not STORY.fullmatch(self.story):
            return Notice("story", self.story, "id_form")
        if not 1 <= self.step <= (MOST_STEPS if self.story else 1):
            return Notice("step", str(self.step), "number")
        return None

    def _fault_of_map(self) -> Notice | None:
        numbers = {key: getattr(self, key) for key in _NUMBERS}
        if len({value is None for value in numbers.values()}) > 1:
            return Notice("lat", "", "incomplete")
        for key, value in numbers.items():
            low, high, _ = _NUMBERS[key]
            if value is not None and not low <= value <= high:
                return Notice(key, str(value), "number")
        return None

    @classmethod
    def parse(
        cls,
        query: Query,
        *,
        datasets: Collection[str] = (CURATED,),
        also: Collection[str] = (),
    ) -> tuple[View, list[Notice]]:
        """Return what an address shows, and a notice for each part that was left out.

        Never raises. ``datasets`` are the names that exist, ``also`` are further keys
        that the caller reads itself (such as the size of a picture).
        """
        asked, notices = EventFilter.parse(query, datasets=datasets)
        reader = Reader(query, notices)
        view = cls(
            filter=asked,
            lang=reader.choice("lang", LANGS, "en"),
            digits=reader.choice("digits", DIGITS, "local"),
            event=reader.matching("event", _ID),
            centre=reader.matching("centre", _ID),
            centres=reader.choice("centres", ("1", "0"), "1") == "1",
            areas=reader.choice("areas", AREAS, AREAS[0]),
            window=reader.choice("window", WINDOWS, WINDOWS[0]),
            **_story(reader),
            **_view(reader),
        )
        if missed := reader.raw(MISSED):
            reader.leave_out(MISSED, missed, "no_page")
        unknown = [key for key in query if key not in KNOWN and key not in also]
        for key in unknown[:MOST_UNKNOWN]:
            reader.leave_out(key, "", "unknown_key")
        return view, notices

    @classmethod
    def from_text(cls, text: str, **known: Collection[str]) -> tuple[View, list[Notice]]:
        """Return what a query string shows, with or without its question mark."""
        pairs = parse_qs(text.removeprefix("?"), keep_blank_values=True, errors="replace")
        return cls.parse(pairs, **known)

    def to_query(self, *, include_view: bool = True) -> dict[str, str]:
        """Return the canonical parameters: a fixed order, and only what is not the default."""
        asked = self.filter.to_query()
        dataset = asked.pop("dataset", "")
        rest = {
            "centres": "" if self.centres else "0",
            "areas": "" if self.areas == AREAS[0] else self.areas,
            "dataset": dataset,
            "event": "" if self.event.startswith(OWN) else self.event,
            "centre": self.centre,
            "story": self.story,
            "step": str(self.step) if self.story else "",
            "lang": "" if self.lang == "en" else self.lang,
            "digits": "" if self.digits == "local" else self.digits,
            "window": "" if self.window == WINDOWS[0] else self.window,
        }
        if include_view and self.z is not None:
            rest |= {key: _written(getattr(self, key), key) for key in _NUMBERS}
        return asked | {key: value for key, value in rest.items() if value}

    def to_text(self, *, include_view: bool = True) -> str:
        """Return the canonical query string, without a question mark; "" for the default."""
        return urlencode(self.to_query(include_view=include_view), safe=",")

    def replace(self, **changes: Any) -> View:
        """Return the view with these parts changed."""
        return replace(self, **changes)


def sayable(name: str) -> bool:
    """Tell whether an address can name an event or a centre of this id."""
    return bool(_ID.fullmatch(name))


def _story(reader: Reader) -> dict[str, Any]:
    """Return story and step; a step without a story is left out."""
    story = reader.matching("story", STORY)
    step = reader.number("step", 1, MOST_STEPS)
    if step is not None and (not story or step != int(step)):
        reader.leave_out("step", reader.raw("step"), "number" if story else "no_story")
        step = None
    return {"story": story, "step": int(step or 1)}


def _view(reader: Reader) -> dict[str, Any]:
    """Return lat, lon and z, all three or none."""
    given = [key for key in _NUMBERS if reader.query.get(key)]
    found = {key: reader.number(key, low, high) for key, (low, high, _) in _NUMBERS.items()}
    whole = {key: value for key, value in found.items() if value is not None}
    if len(whole) == len(_NUMBERS):
        return whole
    if given and len(given) < len(_NUMBERS) and len(whole) == len(given):
        reader.leave_out(given[0], "", "incomplete")
    return {}


def _written(value: float, key: str) -> str:
    text = f"{value:.{_NUMBERS[key][2]}f}"
    return text.rstrip("0").rstrip(".")
