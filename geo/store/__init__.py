"""Hold the events and answer filters, in SQLAlchemy Core of one table.

What differs between engines (months, grids, normalised text) stands as plain columns,
computed once at load, so that every engine gives the same rows in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo import provenance, tables
from geo.errors import TansiqError
from geo.filters import EPOCH, EventFilter, evidence
from geo.store import engine
from geo.store.bulk import Part, Sets
from geo.store.derived import DERIVED, derive
from geo.store.engine import home
from geo.store.figures import Figures, conditions, nowhere, within
from geo.store.kept import Kept
from geo.store.refusals import StoreError
from geo.store.window import MOST_CELLS, Window

__all__ = ["MOST_CELLS", "Figures", "Part", "Sets", "Store", "StoreError", "Window",
           "day_number", "derive", "home", "version_key"]

# answers that a store remembers: numbers and tallies, and short lists of events
_NUMBERS: Final = 512
_LISTS: Final = 24


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to a day."""
    return (day - EPOCH).days


def version_key(package: tables.Package) -> str:
    """Return the hexadecimal part of a package's version."""
    return package.version.rsplit("+", 1)[-1]


class Store:
    """The events of one data version behind an engine; safe to be asked from many threads.

    Attributes
    ----------
    events_table: the table, for a filter's ``where``.
    notice: catalogue key of what a reader should know about the store, or "".
    package: the data package the events come from, or None.
    version: hexadecimal digits that change with the data, as they stand in our addresses.
    size: the number of events.
    terms: licences and attributions of imported data sets, to be named with the events.
    sets: names of the data sets whose events it holds, in order; nothing where that is not told.
    """

    def __init__(self, held: sa.Engine, table: sa.Table, notice: str,
                 frame: pd.DataFrame | Sets) -> None:
        self.events_table = table
        self.notice = notice
        self.package: tables.Package | None = None
        self.terms: tuple[str, ...] = ()
        self.sets: tuple[str, ...] = ()
        self.version = table.name.rsplit("_", 1)[-1]
        self.size = len(frame)
        self._kinds = {str(name): kind for name, kind in frame.dtypes.items()}
        self._canonical = [str(name) for name in frame.columns if name not in DERIVED[1:]]
        self._numbers, self._lists = Kept(_NUMBERS), Kept(_LISTS)
        self._engine = held.execution_options(isolation_level="AUTOCOMMIT")
        # an in-memory database lives as long as its last connection
        with engine.answering():
            self._keep = held.connect() if engine.in_memory(held.url) else None

    @classmethod
    def open(cls, package: tables.Package, url: str | None = None, *,
             progress: engine.Progress | None = None) -> Self:
        """Open the store of a data package, built first when it is not there.

        ``url`` is any SQLAlchemy URL; without one, a DuckDB file in `home()`, or memory
        when that folder cannot be written. Raises TansiqError when it cannot be used.
        """
        store = cls.of(provenance.events(package), url, progress=progress)
        store.package, store.version = package, version_key(package)
        return store

    @classmethod
    def of(cls, events: pd.DataFrame | Sets, url: str | None = None, *, known: str = "",
           progress: engine.Progress | None = None) -> Self:
        """Open the store of canonical events, whose order gives the row numbers.

        ``known`` are 16 hexadecimal digits that stand for them, where such are known already.
        ``progress`` is told how many rows of all are in, where the store has to be filled.

        Raises
        ------
        TansiqError
            When a column is missing, or the store of a given URL cannot be used.
        """
        frame = events if isinstance(events, Sets) else derive(events)
        return cls(*engine.opened(frame, url, known=known, progress=progress), frame)

    def close(self) -> None:
        """Give back every connection."""
        if self._keep is not None:
            self._keep.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _ask(self, statement: sa.Select[Any]) -> pd.DataFrame:
        """Run a query; TansiqError when it takes too long or the engine has no answer."""
        with engine.asking(self._engine) as connection:
            result = connection.execute(statement, execution_options={"duckdb_arrow": True})
            return engine.fetched(result)

    def count(self, f: EventFilter) -> int:
        """Return how many events match."""
        return self.figures(f).shown

    def figures(self, f: EventFilter) -> Figures:
        """Return all that is counted of a filter's events, in one query, and remember it."""
        return self._numbers.get(("figures", f), lambda: self._figures(f))

    def _figures(self, f: EventFilter) -> Figures:
        table = self.events_table
        parts = conditions(f, table)
        counts: list[sa.ColumnElement[Any]] = [
            sa.func.count(sa.case((holds, 1))).label(name) for name, holds in parts.items()
        ]
        found = self._ask(sa.select(*counts).select_from(table).where(within(f, table)))
        return Figures(**{name: int(found[name].iloc[0]) for name in parts})

    def row_numbers(self, f: EventFilter) -> NDArray[np.uint32]:
        """Return the row numbers of the matching events, ascending."""
        row = self.events_table.c.row
        found = self._ask(sa.select(row).where(f.where(self.events_table)).order_by(row))
        return found["row"].to_numpy(np.uint32)

    def events(self, f: EventFilter, *, order: Sequence[str] | None = None,
               limit: int | None = None, offset: int = 0) -> pd.DataFrame:
        """Return the matching events: the canonical columns and ``row``.

        ``order`` names columns, each with a leading "-" for descending; ties and the default
        follow the row number.

        Raises
        ------
        TansiqError
            When ``order`` names no canonical column.
        """
        return self._page(f.where(self.events_table), order or (), limit, offset)

    def every(self) -> pd.DataFrame:
        """Return all events of all data sets, by row number."""
        return self._page(sa.true(), (), None, 0)

    def slices(self, plain: Sequence[str], coded: Mapping[str, Sequence[str]], step: int,
               ) -> Iterator[pd.DataFrame]:
        """Yield some columns of all events, by row number, ``step`` rows at a time.

        ``coded`` names columns of words, each with a list: a cell is the place of its word in
        the list, -1 when it is not there. So no text is fetched.
        """
        table = self.events_table
        wanted = self._coded(plain, coded)
        for first in range(0, self.size, step):
            here = sa.and_(table.c.row >= first, table.c.row < first + step)
            yield self._ask(sa.select(*wanted).where(here).order_by(table.c.row))

    def _coded(self, plain: Sequence[str], coded: Mapping[str, Sequence[str]],
               ) -> list[sa.ColumnElement[Any]]:
        column = self.events_table.c
        wanted: list[sa.ColumnElement[Any]] = [column[name] for name in plain]
        for name, known in coded.items():
            places = {word: place for place, word in enumerate(known)}
            wanted.append(sa.case(places, value=column[name], else_=-1).label(name))
        return wanted

    def cells(self, f: EventFilter, window: Window) -> pd.DataFrame:
        """Return how many matching events lie in each cell of a window that has some.

        ``x`` and ``y`` are the cell's place in the window, from its north-west corner;
        ``dataset`` is the place of the name in `sets`, 0 where none are told apart; ``n``.
        """
        found = self._ask(window.cells(f, self.events_table, apart=len(self.sets) > 1))
        return window.placed(found, self.sets)

    def inside(self, f: EventFilter, window: Window, plain: Sequence[str],
               coded: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """Return some columns of the matching events in a window, by row number.

        As `slices` does, and ``clash``: 1 when reports of an event contradict each other, as
        known on the filter's day.
        """
        wanted = self._coded(plain, coded)
        return self._ask(window.events(f, self.events_table, wanted))

    @cached_property
    def extent(self) -> list[float]:
        """West, south, east and north of all points, in degrees; nothing where there is none."""
        lon, lat = self.events_table.c.lon, self.events_table.c.lat
        ends = {"west": sa.func.min(lon), "south": sa.func.min(lat),
                "east": sa.func.max(lon), "north": sa.func.max(lat)}
        found = self._ask(sa.select(*(end.label(name) for name, end in ends.items())))
        return [float(found[name].iloc[0]) for name in ends if pd.notna(found[name].iloc[0])]

    def points(self, rows: range) -> pd.DataFrame:
        """Return ``lon``, ``lat`` (degrees) and ``geo_precision`` of these rows, in their order."""
        columns = self.events_table.c
        wanted = [columns[name] for name in ("lon", "lat", "geo_precision")]
        here = columns.row.between(rows.start, rows.stop - 1)
        return self._ask(sa.select(*wanted).where(here).order_by(columns.row))

    def _page(self, where: sa.ColumnElement[bool], order: Sequence[str], limit: int | None,
              offset: int) -> pd.DataFrame:
        """Return rows in an order: ranked on the keys first, fetched whole afterwards."""
        table = self.events_table
        keys = [self._key(name) for name in order] + [table.c.row.asc()]
        chosen = where
        if limit is not None or offset:
            ranked = sa.select(table.c.row).where(where).order_by(*keys).limit(limit).offset(offset)
            chosen = table.c.row.in_(ranked)
        wanted = [table.c[name] for name in self._canonical]
        return self._typed(self._ask(sa.select(*wanted).where(chosen).order_by(*keys)))

    def _key(self, name: str) -> sa.ColumnElement[Any]:
        column = name.removeprefix("-")
        if column not in self._canonical:
            raise TansiqError(f"Events cannot be ordered by {column!r}.")
        key = self.events_table.c[column]
        ordered = key.desc() if name.startswith("-") else key.asc()
        # an index is read backwards only for an order that says nothing of what cannot lack
        return ordered.nulls_last() if key.nullable else ordered

    def _typed(self, found: pd.DataFrame) -> pd.DataFrame:
        """Give a fetched frame the types that the events came with."""
        kinds = {name: self._kinds[str(name)] for name, kind in found.dtypes.items()
                 if kind != self._kinds.get(str(name), kind)}
        return found.astype(kinds)

    def get(self, event_id: str) -> dict[str, Any] | None:
        """Return one event as plain values (None for a missing number), or None."""
        return self._one(self.events_table.c.event_id == event_id)

    def by_ids(self, event_ids: Sequence[str]) -> pd.DataFrame:
        """Return the events of these ids, in row order; unknown ids are left out."""
        return self._page(self.events_table.c.event_id.in_(list(event_ids)), (), None, 0)

    def ids_of(self, rows: Sequence[int]) -> list[str]:
        """Return the ids of the events of row numbers, in row order."""
        table = self.events_table
        found = self._ask(sa.select(table.c.event_id).where(table.c.row.in_(list(rows)))
                          .order_by(table.c.row))
        return [str(one) for one in found["event_id"]]

    def row_of(self, event_id: str) -> int | None:
        """Return the row number of an event, None when there is no such event."""
        table = self.events_table
        found = self._ask(sa.select(table.c.row).where(table.c.event_id == event_id))
        return None if found.empty else int(found["row"].iloc[0])

    def id_of(self, row: int) -> str:
        """Return the id of the event of a row number, "" when there is no such row."""
        found = self.at(row)
        return str(found["event_id"]) if found else ""

    def before(self, f: EventFilter, event_id: str) -> int | None:
        """Return how many matching events stand before one of them; None when it is none."""
        row = self.row_of(event_id) if self.matches(f, event_id) else None
        if row is None:
            return None
        return self._number(sa.and_(f.where(self.events_table), self.events_table.c.row < row))

    def matches(self, f: EventFilter, event_id: str) -> bool:
        """Tell whether one event is among the matching ones."""
        table = self.events_table
        found = self._ask(sa.select(table.c.row).where(f.where(table),
                                                       table.c.event_id == event_id))
        return not found.empty

    def at(self, row: int) -> dict[str, Any] | None:
        """Return the event of a row number as plain values, or None."""
        return self._one(self.events_table.c.row == row) if 0 <= row < self.size else None

    def _one(self, where: sa.ColumnElement[bool]) -> dict[str, Any] | None:
        """Return one whole row, without the cost of a frame."""
        wanted = [self.events_table.c[name] for name in self._canonical]
        with engine.asking(self._engine) as connection:
            found = connection.execute(sa.select(*wanted).where(where)).mappings().first()
        return None if found is None else dict(found)

    def by_month(self, f: EventFilter) -> pd.DataFrame:
        """Return ``ym`` (yyyymm, ascending, months with events only) and ``n``.

        Each event counts once: in the month of the later of its start and the range's start.
        """
        table = self.events_table
        month: sa.ColumnElement[Any] = table.c.ym
        if f.date_from is not None:
            first = f.date_from
            month = sa.case((table.c.day_start < day_number(first),
                             first.year * 100 + first.month), else_=table.c.ym)
        return self._tally(f, month.label("ym")).sort_values("ym", ignore_index=True)

    def by_type(self, f: EventFilter) -> pd.DataFrame:
        """Return ``event_type`` and ``n``, the most frequent first."""
        return self._tally(f, self.events_table.c.event_type)

    def by_province(self, f: EventFilter) -> pd.DataFrame:
        """Return ``admin1`` ("" for none) and ``n``, the most frequent first.

        An event of a disputed place counts once, under the governorate that holds it by law,
        or under the one that the filter's viewpoint gives.
        """
        column = self.events_table.c[evidence.governorate_columns(f.viewpoint)[0]]
        return self._tally(f, column.label("admin1"))

    def _tally(self, f: EventFilter, group: sa.ColumnElement[Any]) -> pd.DataFrame:
        """Count the matching events by a column."""
        question = ("tally", f, group.key)
        return self._numbers.get(question, lambda: self._tallied(f, group)).copy()

    def _tallied(self, f: EventFilter, group: sa.ColumnElement[Any]) -> pd.DataFrame:
        inner = sa.select(group).where(f.where(self.events_table)).subquery()
        key = inner.c[group.key or "ym"]
        n = sa.func.count().label("n")
        found = self._ask(sa.select(key, n).group_by(key).order_by(n.desc(), key))
        return self._typed(found).astype({"n": "int64"})

    def unlocated(self, f: EventFilter, limit: int | None = None) -> pd.DataFrame:
        """Return the matching events that have no point, as `events` does; the first, if limited.

        Short lists are remembered.
        """
        where = sa.and_(f.where(self.events_table), nowhere(self.events_table))
        if limit is None:
            return self._page(where, (), None, 0)
        return self._lists.get(("unlocated", f, limit), lambda: self._page(where, (), limit, 0))

    def left_out(self, f: EventFilter) -> tuple[int, int]:
        """Return how many events lack a governorate, and a point, that the filter asks about."""
        found = self.figures(f)
        return found.no_governorate, found.no_point

    def in_no_district(self, f: EventFilter) -> int:
        """Return how many events lack a district that the filter asks about."""
        table = self.events_table
        lacks = table.c.admin2_polygon == ""
        return self._number(sa.and_(f.without("districts").where(table), lacks))

    def _number(self, where: sa.ColumnElement[bool]) -> int:
        """Return how many events a condition selects."""
        table = self.events_table
        found = self._ask(sa.select(sa.func.count().label("n")).select_from(table).where(where))
        return int(found["n"].iloc[0])

    def count_range(self, f: EventFilter) -> tuple[int, int, int]:
        """Return how many events match at least, as shown, and at most.

        At least: those that match wherever in its month or year an imprecise date falls, and
        whichever governorate a disputed place belongs to, and whose place lies inside the
        rectangle as a whole. At most: also those that are left out because no governorate or
        point is told, and those whose place could lie inside the rectangle.
        """
        found = self.figures(f)
        return found.least, found.shown, found.most

    def spread(self, f: EventFilter) -> pd.DataFrame:
        """Return ``day_start``, ``day_end`` and ``n`` of matching events without an exact day.

        Days are counted since 1970-01-01; each is the first or last of a month or year.
        """
        return self._numbers.get(("spread", f), lambda: self._spread(f)).copy()

    def _spread(self, f: EventFilter) -> pd.DataFrame:
        table = self.events_table
        keys = [table.c.day_start, table.c.day_end]
        return self._ask(sa.select(*keys, sa.func.count().label("n"))
                         .where(f.where(table), table.c.date_precision != "day")
                         .group_by(*keys).order_by(*keys)).astype("int64")

    def hidden(self, f: EventFilter) -> tuple[int, int]:
        """Return how many events "as known on" hides: told of later, and on no known day."""
        if f.asof is None:
            return 0, 0
        return self._numbers.get(("hidden", f), lambda: self._hidden(f))

    def _hidden(self, f: EventFilter) -> tuple[int, int]:
        table = self.events_table
        whole = f.without("asof").where(table)
        undated = self._number(sa.and_(whole, table.c.known_from == evidence.NEVER))
        all_hidden = self._number(whole) - self.count(f)
        return all_hidden - undated, undated

    def hidden_by_asof(self, f: EventFilter) -> int:
        """Return how many events "as known on" hides, for whichever reason."""
        return sum(self.hidden(f))

    def undated(self, f: EventFilter) -> int:
        """Return how many events "as known on" hides because no claim of theirs is dated."""
        return self.hidden(f)[1]

    @cached_property
    def _ends(self) -> tuple[date, date]:
        table = self.events_table
        found = self._ask(sa.select(sa.func.min(table.c.day_start).label("first"),
                                    sa.func.max(table.c.day_end).label("last")))
        if not self.size:
            return EPOCH, EPOCH
        first, last = (EPOCH + timedelta(days=int(day)) for day in found.iloc[0])
        return first, last

    def span_days(self) -> tuple[int, int]:
        """Return the span of all events as days since 1970-01-01."""
        first, last = self._ends
        return day_number(first), day_number(last)

    def span(self) -> tuple[date, date]:
        """Return the first and the last day of all events (1970-01-01 twice when empty)."""
        return self._ends
