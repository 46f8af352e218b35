"""What is asked, as one frozen value: it selects, speaks, and writes itself as an address."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, and_

from geo.filters import box as rectangle
from geo.filters import evidence
from geo.filters.box import Box
from geo.filters.evidence import ONLY, PRECISIONS, SOURCE, VIEWPOINTS
from geo.filters.place import Place
from geo.filters.query import (
    DISTRICT,
    FIRST_DAY,
    LAST_DAY,
    FilterError,
    Notice,
    Query,
    Reader,
    clean_text,
    text_fault,
    unique,
)
from geo.filters.text import HasText
from geo.i18n import Words, catalogue, day, normalise, span, words

__all__ = [
    "CURATED",
    "EPOCH",
    "FIRST_DAY",
    "KEYS",
    "LAST_DAY",
    "ONLY",
    "PRECISIONS",
    "PROVINCES",
    "SOURCE",
    "TYPES",
    "UPLOAD",
    "VIEWPOINTS",
    "Box",
    "EventFilter",
    "FilterError",
    "Group",
    "HasText",
    "Notice",
    "Place",
    "in_order",
    "one_set",
    "set_label",
]

Group: TypeAlias = Literal[
    "dates", "provinces", "types", "q", "box", "asof", "viewpoint", "precisions", "only",
    "districts", "datasets",
]  # fmt: skip

EPOCH: Final = date(1970, 1, 1)
CURATED: Final = "curated"
# the data set of a reader's own file: no address can say this name
UPLOAD: Final = "your upload"
PROVINCES: Final = tuple(sorted(catalogue("en", "admin1")))
TYPES: Final = tuple(catalogue("en", "type"))
KEYS: Final = (
    *("from", "to", "province", "type", "q", "box"),
    *("asof", "viewpoint", "precision", "only", "district", "dataset"),
)

# keys of the address that a digest holds when they are asked for, so that older ones stay
_LATER: Final = ("box", "asof", "viewpoint", "precision", "only", "district")
_DATASET: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_GROUPS: Final[dict[Group, dict[str, Any]]] = {
    "dates": {"date_from": None, "date_to": None},
    "provinces": {"provinces": ()},
    "types": {"types": ()},
    "q": {"q": ""},
    "box": {"box": None},
    "asof": {"asof": None},
    "viewpoint": {"viewpoint": SOURCE},
    "precisions": {"precisions": ()},
    "only": {"only": ()},
    "districts": {"districts": ()},
    "datasets": {"datasets": (), "uploaded": ""},
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are asked for: AND across the groups, OR within; empty asks for all.

    Attributes
    ----------
    date_from, date_to: first and last day, both included; an event matches when its
        interval touches theirs.
    provinces: ISO 3166-2 codes; the claimed or the alternative governorate matches, or with a
        viewpoint the one that this authority gives.
    types: event types.
    q: text of which every word must occur in an event's search text, whatever its spelling.
    datasets: names of data sets; empty means the curated one.
    uploaded: how the reader's own file is shown: "" not at all, "beside" the data sets, or
        "alone". No address says it.
    asof: the day of knowledge: events that no claim had told of by then are left out; None
        asks for what is known today.
    viewpoint: whose governorates count, one of `VIEWPOINTS`.
    precisions: how exactly the place is known, some of `PRECISIONS`.
    only: restrictions that all must hold, some of `ONLY`: contradicted; certain (the day is
        stated, the place known to the site or town); two publications; two independent
        reports (with ``asof``, as known then); differs: the source's governorate is not the
        one in whose polygon the point lies.
    districts: codes of areas of the operator's boundaries in one of which an event's point lies,
        as `admin2_polygon` has them: imported events alone have any.
    box: west, south, east and north in degrees, four decimals: an event's point lies inside,
        edges included.

    The parts are brought into one canonical form (sorted, unique, white space
    collapsed); FilterError is raised for what no address could say.
    """

    date_from: date | None = None
    date_to: date | None = None
    provinces: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    q: str = ""
    datasets: tuple[str, ...] = ()
    uploaded: str = ""
    asof: date | None = None
    viewpoint: str = SOURCE
    precisions: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
    districts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        datasets = unique(self.datasets)
        object.__setattr__(self, "provinces", unique(self.provinces))
        object.__setattr__(self, "types", unique(self.types))
        object.__setattr__(self, "districts", unique(self.districts))
        object.__setattr__(self, "q", clean_text(self.q))
        for name, known in (("precisions", PRECISIONS), ("only", ONLY)):
            chosen = getattr(self, name)
            inside = tuple(one for one in known if one in chosen)
            object.__setattr__(self, name, (*inside, *unique(set(chosen) - set(known))))
        if self.box is not None:
            object.__setattr__(self, "box", rectangle.of(self.box))
        object.__setattr__(self, "datasets", () if datasets == (CURATED,) else datasets)
        notice = self._fault()
        if notice:
            raise FilterError(notice)

    def _fault(self) -> Notice | None:
        for key, value in (("from", self.date_from), ("to", self.date_to), ("asof", self.asof)):
            if value and not FIRST_DAY <= value <= LAST_DAY:
                return Notice(key, value.isoformat(), "date_limits")
        if self.date_from and self.date_to and self.date_from > self.date_to:
            return Notice("from", f"{self.date_from} > {self.date_to}", "from_after_to")
        for key, chosen, known, reason in (
            ("province", self.provinces, PROVINCES, "unknown_province"),
            ("type", self.types, TYPES, "unknown_type"),
            ("viewpoint", (self.viewpoint,), VIEWPOINTS, "choice"),
            ("precision", self.precisions, PRECISIONS, "choice"),
            ("only", self.only, ONLY, "choice"),
            ("dataset", (self.uploaded,), ("", "beside", "alone"), "choice"),
        ):
            unknown = [item for item in chosen if item not in known]
            if unknown:
                return Notice(key, ",".join(unknown), reason)
        if self._box and not self._box.sane:
            return Notice("box", str(self._box), "box")
        for key, names, form, reason in (
            ("district", self.districts, DISTRICT, "district_form"),
            ("dataset", self.datasets, _DATASET, "unknown_dataset"),
        ):
            if not all(map(form.fullmatch, names)):
                return Notice(key, ",".join(names), reason)
        reason = text_fault(self.q)
        return Notice("q", self.q, reason) if reason else None

    @property
    def _box(self) -> Box | None:
        return None if self.box is None else Box(*self.box)

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the data sets that are shown, the reader's own file among them."""
        if not self.uploaded:
            return self.datasets or (CURATED,)
        return (UPLOAD,) if self.uploaded == "alone" else (*(self.datasets or (CURATED,)), UPLOAD)

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the normalised words of ``q``, sorted and unique."""
        return unique(normalise(self.q).split())

    @property
    def days(self) -> tuple[int | None, int | None]:
        """Return first and last day as days since 1970-01-01."""
        first, last = self.date_from, self.date_to
        return (
            (first - EPOCH).days if first else None,
            (last - EPOCH).days if last else None,
        )

    def where(self, events: FromClause) -> ColumnElement[bool]:
        """Return the SQL half of the filter over the events table.

        Columns used: day_start, day_end (days since 1970-01-01), admin1, admin1_alt,
        event_type, search_text (normalised), dataset, lat, lon (degrees), and those of
        `geo.filters.evidence`.
        """
        column, (first, last) = events.c, self.days
        wanted: list[ColumnElement[bool]] = [column.dataset.in_(self.sets)]
        if last is not None:
            wanted.append(column.day_start <= last)
        if first is not None:
            wanted.append(column.day_end >= first)
        if self.types:
            wanted.append(column.event_type.in_(self.types))
        wanted.extend(HasText(column.search_text, term) for term in self.terms)
        wanted.extend(self.place.clauses(column.__getitem__))
        wanted.extend(evidence.clauses(self.asof, self.only, column.__getitem__))
        wanted.extend(
            column[name].in_(words_)
            for name, words_ in evidence.precise(self.precisions, self.only, self.districts)
        )
        return and_(*wanted)

    @property
    def place(self) -> Place:
        """Return the part of the filter that asks where."""
        return Place(self.provinces, self.viewpoint, self._box)

    def matches(self, frame: pd.DataFrame) -> pd.Series[bool]:
        """Return the pandas half of the filter: a boolean per row, on the frame's index."""
        first, last = self.days
        found = frame["dataset"].isin(self.sets)
        if last is not None:
            found &= frame["day_start"] <= last
        if first is not None:
            found &= frame["day_end"] >= first
        if self.provinces:
            found &= frame[list(self.place.governorates)].isin(self.provinces).any(axis=1)
        if self.types:
            found &= frame["event_type"].isin(self.types)
        for term in self.terms:
            found &= frame["search_text"].str.contains(term, regex=False, na=False)
        for holds in rectangle.inside(self._box, frame.__getitem__) if self._box else ():
            found &= holds
        for holds in evidence.clauses(self.asof, self.only, frame.__getitem__):
            found &= holds
        for name, words_ in evidence.precise(self.precisions, self.only, self.districts):
            found &= frame[name].isin(words_)
        return found.astype(bool)

    def sentence(self, lang: str) -> str:
        """Return what is asked for, in words: “Events in Kirkuk, until 23 May 2021”."""
        say = words(lang)
        if self == EventFilter():
            return say("filter.all")
        names = [say.label("admin1", code) for code in self.provinces]
        clauses = self._clauses(say)
        head = say("filter.events")
        if names:
            head = say("filter.events_in", provinces=say.join(names, "or"))
        elif not (self.date_from and self.date_to):
            head = f"{head} {clauses.pop(0)}"  # only a bare range of days needs a comma
        return say("filter.comma").join([head, *clauses])

    def _clauses(self, say: Words) -> list[str]:
        """Return the parts of the sentence after its head; unset groups are left out."""
        found = [span(self.date_from, self.date_to, say.lang)]
        found.append(self._box.said(say) if self._box else "")
        if self.types:
            kinds = [_small(say.label("type", kind)) for kind in self.types]
            found.append(say("filter.of_type", types=say.join(kinds, "or_type")))
        if self.q:
            terms = [say("filter.quoted", text=term) for term in self.q.split() if normalise(term)]
            found.append(say("filter.containing", terms=say.join(terms, "and")))
        if self.datasets or self.uploaded:
            sets = [set_label(name, say) for name in self.sets]
            found.append(say("filter.in_datasets", datasets=say.join(sets, "or")))
        found += [say(f"filter.only_{flag}") for flag in self.only]
        if self.precisions:
            kinds = [_small(say(f"precision.{kind}")) for kind in self.precisions]
            found.append(say("filter.placed", precisions=say.join(kinds, "or_type")))
        if self.districts:
            codes = say.join([*self.districts], "or")
            found.append(say("filter.in_districts", districts=codes))
        if self.viewpoint != SOURCE:
            found.append(say(f"filter.view_{self.viewpoint}"))
        if self.asof:
            found.append(say("filter.as_known", day=day(self.asof, say.lang)))
        return [clause for clause in found if clause]

    def to_query(self) -> dict[str, str]:
        """Return the filter as address parameters, in canonical order, without defaults."""
        query = {
            "from": self.date_from.isoformat() if self.date_from else "",
            "to": self.date_to.isoformat() if self.date_to else "",
            "province": ",".join(self.provinces),
            "type": ",".join(self.types),
            "q": self.q,
            "box": str(self._box) if self._box else "",
            "asof": self.asof.isoformat() if self.asof else "",
            "viewpoint": "" if self.viewpoint == SOURCE else self.viewpoint,
            "precision": ",".join(self.precisions),
            "only": ",".join(self.only),
            "district": ",".join(self.districts),
            "dataset": ",".join(self.datasets),
        }
        return {key: value for key, value in query.items() if value}

    @classmethod
    def parse(
        cls, query: Query, *, datasets: Collection[str] = (CURATED,)
    ) -> tuple[EventFilter, list[Notice]]:
        """Return the filter that an address asks for, and what had to be left out of it.

        Never raises: what is unknown, repeated, out of limits or not to be read falls to
        its default with one notice a key. Keys that are not ours are not looked at.
        ``datasets`` are the names that exist.
        """
        notices: list[Notice] = []
        reader = Reader(query, notices)
        first, last = reader.day("from"), reader.day("to")
        if first and last and first > last:
            notices.append(Notice("from", f"{first} > {last}", "from_after_to"))
            first = last = None
        asked = cls(
            date_from=first,
            date_to=last,
            provinces=reader.choices("province", PROVINCES, "unknown_province"),
            types=reader.choices("type", TYPES, "unknown_type"),
            q=reader.text("q"),
            box=reader.box("box"),
            asof=reader.day("asof"),
            viewpoint=reader.choice("viewpoint", VIEWPOINTS, SOURCE),
            precisions=reader.choices("precision", PRECISIONS, "choice"),
            only=reader.choices("only", ONLY, "choice"),
            districts=reader.codes("district", DISTRICT, "district_form"),
            datasets=reader.choices("dataset", datasets, "unknown_dataset"),
        )
        return asked, notices

    def digest(self) -> str:
        """Return 16 hex digits that are equal for filters that select the same by rule."""
        parts: list[Any] = [self.days, self.provinces, self.types, self.terms, self.datasets]
        query = self.to_query()
        query |= {"uploaded": self.uploaded} if self.uploaded else {}
        later = {key: query[key] for key in (*_LATER, "uploaded") if key in query}
        return _digest(json.dumps([*parts, *([later] if later else [])], separators=(",", ":")))

    def beyond_columns(self) -> EventFilter:
        """Return the part of the filter that the browser's columns cannot decide.

        Text, a rectangle, districts, other data sets, how an event is known, and governorates of
        another viewpoint.
        """
        elsewhere = self.viewpoint != SOURCE
        kept = self if elsewhere else self.without("provinces")
        return replace(kept, date_from=None, date_to=None, types=(), viewpoint=self.viewpoint)

    def text_digest(self) -> str:
        """Return 16 hex digits of the normalised text; "" when no text is asked for."""
        return _digest(" ".join(self.terms)) if self.terms else ""

    def without(self, group: Group) -> EventFilter:
        """Return the filter with one group unset; KeyError for a group there is not."""
        return replace(self, **_GROUPS[group])


def one_set(name: str) -> EventFilter:
    """Return what asks for all events of one data set, the reader's file being one."""
    return EventFilter(uploaded="alone") if name == UPLOAD else EventFilter(datasets=(name,))


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of data sets as they stand side by side: the curated one, the reader's file."""
    return tuple(sorted(set(names), key=lambda name: (name != CURATED, name != UPLOAD, name)))


def set_label(name: str, say: Words) -> str:
    """Return what a data set is called: by our words for the curated one and the reader's file."""
    ours = {CURATED: "filter.curated", UPLOAD: "filter.upload"}
    return say(ours[name]) if name in ours else name


def _small(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
