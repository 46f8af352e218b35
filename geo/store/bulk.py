"""Events out of Parquet files, of one data set or several, without a frame of all of them.

DuckDB reads the files, puts the rows in order, numbers them and computes what is derived. Into
its own tables the rows go directly, to any other engine some at a time; the rows are the same.
"""

from __future__ import annotations

import glob
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from pyarrow import parquet

from geo.store.derived import derive, in_sql

ORDER: Final = ("day_start", "day_end", "event_id")
# what DuckDB may hold while it sorts for another engine; the rest goes to a file
SORTING: Final = "300MB"
# and while it builds a file: the first is enough but for very long texts
BUILDING: Final = ("160MB", "640MB", "2500MB")
# with more rows than these it is given the most at once, and all processors: who brings so many
# has a machine for them, and waits
FEW: Final = 3_000_000
# rows of a group in a DuckDB file, which is built in memory as a whole: a quarter of the usual
GROUP: Final = 30_720
# rows of several data sets that are sorted at once
BUCKET: Final = 20_000
# the names under which DuckDB sees events that are handed over in memory
_HANDED: Final = "tansiq_part"


@dataclass(frozen=True, slots=True)
class Part:
    """Events in their order: a Parquet file, or a frame when there are few.

    Attributes
    ----------
    check: called before the file is read; raises `TansiqError` when it is not what it should be.
    """

    events: Path | pd.DataFrame
    check: Callable[[], object] = bool

    def like(self, names: Sequence[str]) -> pd.DataFrame:
        """Return a frame of no rows with the types of those columns that there are."""
        if isinstance(self.events, pd.DataFrame):
            return self.events.iloc[:0]
        try:
            schema = parquet.read_schema(self.events)
        except (OSError, pa.ArrowException):
            self.check()  # says whose file is damaged
            raise
        kept = [schema.field(name) for name in names if name in schema.names]
        frame: pd.DataFrame = pa.schema(kept).empty_table().to_pandas()
        counts = [f"fatalities_{one}" for one in ("low", "best", "high")]
        return frame.astype({one: "Int64" for one in counts if one in frame.columns})

    def __len__(self) -> int:
        if isinstance(self.events, pd.DataFrame):
            return len(self.events)
        return int(parquet.read_metadata(self.events).num_rows)


class Sets:
    """The events of some parts as one table, sorted by day where they are several.

    Two versions of a source have the same identifiers. In the later part such a one ends in its
    data set's name, so that it names one event: 4711, and 4711:ged-25.

    Attributes
    ----------
    said: a text that stands for the rows, other for any others.
    dtypes: the types of its columns, as a frame of the events has them.
    columns: their names.
    """

    def __init__(self, parts: Sequence[Part], fields: Mapping[str, Any], said: str) -> None:
        self._parts, self.said = list(parts), said
        empty = [part.like(list(fields)) for part in self._parts]
        # what one of several does not have is as good as empty
        self._lacking = [{name: value for name, value in fields.items()
                          if len(empty) > 1 and name not in one.columns} for one in empty]
        like = empty[0]
        if len(empty) > 1:
            kinds = {name: pd.Series([value]).iloc[:0] for name, value in fields.items()}
            filled = [one.assign(**{name: kinds[name] for name in lacks})
                      for one, lacks in zip(empty, self._lacking, strict=True)]
            like = pd.concat([one[list(fields)] for one in filled], ignore_index=True)
        self._given = [str(name) for name in like.columns]
        derived = derive(like)
        self.dtypes, self.columns = derived.dtypes, derived.columns

    def __len__(self) -> int:
        return self._size

    @cached_property
    def _size(self) -> int:
        return sum(map(len, self._parts))

    def fill(self, held: Any, table: sa.Table) -> None:
        """Put all rows, in order, into a table of DuckDB, whose connection is ``held``."""
        names = [column.name for column in table.c]
        for query in self._queries(held):
            held.execute(_written(sa.insert(table).from_select(names, query)))

    def chunks(self, size: int) -> Iterator[pd.DataFrame]:
        """Yield all rows in order, so many at a time at the most."""
        with tempfile.TemporaryDirectory() as folder:
            config: dict[str, Any] = {"memory_limit": SORTING, "temp_directory": folder}
            with duckdb.connect(config=config) as held:
                for query in self._queries(held):
                    for batch in held.execute(_written(query)).to_arrow_reader(size):
                        yield pa.Table.from_batches([batch]).to_pandas(integer_object_nulls=True)

    def _queries(self, held: Any) -> Iterator[sa.Select[Any]]:
        """Yield the queries that give all rows in order, one after the other."""
        for part in self._parts:
            part.check()
        sources = [self._source(number, held) for number in range(len(self._parts))]
        parts = [self._part(number, source, _shared(number, sources, held))
                 for number, source in enumerate(sources)]
        if len(parts) == 1:
            # a file is sorted when it is written, and DuckDB keeps its order
            yield self._select(parts[0], parts[0].c.place)
            return
        rows = sa.union_all(*(sa.select(part) for part in parts)).subquery("rows")
        day = rows.c.day_start
        # equal keys of two data sets follow the order of these
        keys = [rows.c[name] for name in (*ORDER, "part", "place")]
        days = held.execute(_written(sa.select(day, sa.func.count()).group_by(day).order_by(day)))
        for first, last, before in _buckets(days.fetchall()):
            numbered = sa.func.row_number().over(order_by=keys) - 1 + before
            yield self._select(rows, numbered).where(day.between(first, last)).order_by("row")

    def _select(self, rows: sa.Subquery, numbered: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Return the columns of rows, with what is derived and their numbers."""
        plain = {name: rows.c[name] for name in self._given}
        found = {**plain, **in_sql(plain), "row": numbered}
        return sa.select(*(found[str(name)].label(str(name)) for name in self.columns))

    def _source(self, number: int, held: Any) -> sa.FromClause:
        """Return the table from which DuckDB reads a part."""
        events, lacking = self._parts[number].events, self._lacking[number]
        own = [name for name in self._given if name not in lacking]
        names: list[Any] = [sa.column(name) for name in (*own, "file_row_number")]
        if isinstance(events, pd.DataFrame):
            rows = events[own].assign(file_row_number=range(len(events)))
            held.register(f"{_HANDED}_{number}", pa.Table.from_pandas(rows, preserve_index=False))
            return sa.table(f"{_HANDED}_{number}", *names)
        # a path is no pattern
        path = sa.literal(glob.escape(str(events)))
        return sa.func.read_parquet(path).table_valued(*names, name=f"file_{number}")

    def _part(self, number: int, source: sa.FromClause, shared: sa.TableClause | None,
              ) -> sa.Subquery:
        """Return one part's rows: the given columns, and where each stands.

        An identifier of ``shared`` belongs to an earlier part already, and gets its own ending.
        """
        lacking = self._lacking[number]
        cells = {name: sa.literal(lacking[name]) if name in lacking
                 else self._cell(source.c[name]) for name in self._given}
        if shared is not None:
            plain = cells["event_id"]
            cells["event_id"] = sa.case(
                (plain.in_(sa.select(shared.c.event_id)), plain + ":" + cells["dataset"]),
                else_=plain)
        place = source.c.file_row_number.label("place")
        return sa.select(*(cell.label(name) for name, cell in cells.items()),
                         sa.literal(number).label("part"), place).subquery(f"p_{number}")

    def _cell(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return a cell as the store keeps it: "" for a missing text, nothing for NaN."""
        kind = self.dtypes[column.name]
        if pd.api.types.is_float_dtype(kind) and not pd.api.types.is_extension_array_dtype(kind):
            return sa.case((sa.func.isnan(column), None), else_=column)
        if pd.api.types.is_numeric_dtype(kind):  # truth values too
            return column
        return sa.func.coalesce(column, sa.literal("", sa.Text()))


def _shared(number: int, sources: Sequence[sa.FromClause], held: Any) -> sa.TableClause | None:
    """Keep the identifiers of a part that earlier ones have too; None where there are none."""
    if not number:
        return None
    earlier = sa.union_all(*(sa.select(one.c.event_id) for one in sources[:number]))
    name = f"tansiq_shared_{number}"
    both = sa.intersect(sa.select(sources[number].c.event_id), earlier)
    held.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_written(both)}")
    found = sa.table(name, sa.column("event_id", sa.Text))
    n = held.execute(_written(sa.select(sa.func.count()).select_from(found))).fetchone()[0]
    return found if n else None


def memories(rows: int) -> tuple[str, ...]:
    """Return how much memory the building of so many rows is given: at first, and if it fails."""
    return BUILDING if rows <= FEW else BUILDING[-1:]


def builder(path: Path, config: Mapping[str, str], memory: str) -> sa.Engine:
    """Create an engine that fills a new DuckDB file in little memory, which the server is short of.

    One thread where memory is little: several hold as many groups of rows, and wait for each other.
    """
    given = {**config, "memory_limit": memory, "temp_directory": f"{path}.tmp"}
    if memory != BUILDING[-1]:
        given["threads"] = "1"
    made = sa.create_engine(f"duckdb:///:memory:new-{secrets.token_hex(4)}",
                            connect_args={"config": given}, poolclass=sa.StaticPool)

    @sa.event.listens_for(made, "connect")
    def attach(connection: Any, _: object) -> None:
        place = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS built (ROW_GROUP_SIZE {GROUP}); USE built")

    return made


def _buckets(days: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield first day, last day and number of rows before, so that no bucket is large.

    ``days`` are days with their numbers of rows, ascending. Only a bucket is sorted at a time:
    the rows of all would not fit into the memory that there is.
    """
    first, size, before = None, 0, 0
    for day, n in days:
        if first is not None and size + n > BUCKET:
            yield first, day - 1, before
            first, size, before = None, 0, before + size
        first, size = day if first is None else first, size + n
    if first is not None:
        yield first, days[-1][0], before


def _written(statement: Any) -> str:
    """Return a statement as DuckDB reads it, its values in it."""
    dialect = Dialect(paramstyle="qmark")  # else a percent sign is doubled
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
