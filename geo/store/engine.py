"""Where the events live: an engine behind one URL, filled whole or not at all.

The one module that tells engines apart. Without a URL it is an embedded DuckDB file in the
reader's cache folder, which can be rebuilt at any time, is named by the digest of what it
holds, and is never replaced while it is open.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import platformdirs
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from geo.errors import TansiqError
from geo.store import arrow, bulk, patience, postgres, pruning
from geo.store.bulk import Sets
from geo.store.refusals import StoreError

# to be raised whenever a derived column or a type changes: older cache files are then left alone
SCHEMA: Final = 4
# rows handed to an engine at once, so that memory does not grow with the table
CHUNK: Final = 50_000
# what DuckDB may hold of one file in memory while it is asked; more is read again
MEMORY: Final = "112MB"
# the name under which DuckDB sees the rows that are handed over
_HANDED: Final = "tansiq_rows"
# a part whose cells all lack has its type all the same
_ARROW: Final = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
# called with the rows that are in, and all of them
Progress = Callable[[int, int], None]
# DuckDB must not fetch extensions on its own
_DUCKDB_CONFIG: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

for _name, _module in (("chdb", "chdb"), ("spark", "spark"), ("sc", "spark")):
    sa.dialects.registry.register(_name, f"geo.store.{_module}", "Dialect")


def home() -> Path:
    """Return the folder for what can be rebuilt (`TANSIQ_HOME`, else the user's cache)."""
    chosen = os.environ.get("TANSIQ_HOME")
    return Path(chosen) if chosen else platformdirs.user_cache_path("tansiq", appauthor=False)


def digest(frame: pd.DataFrame | Sets) -> str:
    """Return 16 hexadecimal digits that change with any cell, column or the schema."""
    if isinstance(frame, Sets):
        return hashlib.sha256(f"{SCHEMA}|{frame.said}".encode()).hexdigest()[:16]
    heading = f"{SCHEMA}|{'|'.join(f'{name}:{kind}' for name, kind in frame.dtypes.items())}"
    sums = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return hashlib.sha256(heading.encode() + sums.tobytes()).hexdigest()[:16]


def opened(frame: pd.DataFrame | Sets, url: str | None = None, *, known: str = "",
           progress: Progress | None = None) -> tuple[sa.Engine, sa.Table, str]:
    """Return an engine that holds the frame, its table, and a notice's catalogue key or "".

    ``known`` are 16 hexadecimal digits that stand for the frame, where such are known already.
    ``url`` is any SQLAlchemy URL; without one, a DuckDB file in `home()`, or memory when
    that folder cannot be written. ``progress`` is told of rows while the store is filled.

    Raises
    ------
    TansiqError
        When the store of a given URL cannot be used, or lacks the events and takes none.
    """
    patience.limit_s()  # a setting that is none is said at once
    name = known or digest(frame)
    table = _table(f"events_{name}", frame)
    if url is not None:
        try:
            shared = _shared(sa.make_url(url), name)
            return _open_url(shared, table, frame, progress), table, ""
        except (DBAPIError, ArgumentError, NoSuchModuleError) as error:
            raise StoreError("unopened") from error
    try:
        return _open_file(home() / f"events-{name}-v{SCHEMA}.duckdb", table, frame), table, ""
    except (OSError, DBAPIError):
        memory = _shared(sa.make_url("duckdb:///:memory:"), name)
        return _open_url(memory, table, frame), table, "store.in_memory"


@contextmanager
def answering() -> Iterator[None]:
    """Raise TansiqError for whatever an engine raises inside: a gone server, a broken file."""
    try:
        yield
    except (SQLAlchemyError, duckdb.Error) as error:
        raise StoreError("silent") from error


@contextmanager
def asking(held: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection for one question, which is stopped when it takes too long.

    Raises
    ------
    TansiqError
        When the time is over, or the engine has no answer.
    """
    seconds = patience.limit_s()
    with (answering(), held.connect() as connection,
          patience.Watch(seconds, _stop(connection)) as watch):
        try:
            yield connection
        except (SQLAlchemyError, duckdb.Error) as error:
            if watch.fired or _is_overdue(error):
                raise _slow(seconds) from error
            raise
        if watch.fired:  # what came after all may lack what was stopped
            raise _slow(seconds)


def _slow(seconds: float) -> StoreError:
    return StoreError("slow", seconds=round(seconds, 1))


def _stop(connection: sa.Connection) -> Callable[[], object] | None:
    """Return what stops a question from another thread, None where the server does it."""
    held: Any = connection.connection.driver_connection
    if isinstance(held, arrow.Connection):
        return held.engine.stopper()
    stop: Callable[[], object] | None = getattr(held, "interrupt", None)
    return stop


def _is_overdue(error: BaseException) -> bool:
    """Tell whether the engine itself stopped a question for want of time."""
    raised = getattr(error, "orig", None)
    return isinstance(raised, arrow.OverdueError) or postgres.is_overdue(raised)


def _shared(url: sa.URL, name: str) -> sa.URL:
    """Return a URL under which every connection meets the same database.

    A database in memory without a name would be another one for each connection.
    """
    if url.database not in {None, "", ":memory:"}:
        return url
    own = f"{name}-{secrets.token_hex(4)}"
    if url.get_backend_name() == "duckdb":
        return url.set(database=f":memory:{own}")
    if url.get_backend_name() == "sqlite":
        query = {"mode": "memory", "cache": "shared", "uri": "true", "check_same_thread": "false"}
        return url.set(database=f"file:{own}", query=query)
    return url


def _sql_type(kind: Any) -> tuple[sa.types.TypeEngine[Any], bool]:
    """Return the column type of a pandas dtype, and whether cells may be missing."""
    if pd.api.types.is_bool_dtype(kind):
        return sa.Boolean(), False
    if pd.api.types.is_integer_dtype(kind):
        return sa.BigInteger(), isinstance(kind, pd.api.extensions.ExtensionDtype)
    if pd.api.types.is_float_dtype(kind):
        return sa.Double(), True
    # in order of the signs' numbers, whatever language the server sorts in
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), False


def _table(name: str, frame: pd.DataFrame | Sets) -> sa.Table:
    """Describe the table that holds such a frame."""
    columns = []
    for column, kind in frame.dtypes.items():
        type_, nullable = _sql_type(kind)
        columns.append(sa.Column(str(column), type_, nullable=nullable, quote=True,
                                 primary_key=column == "row", autoincrement=False))
    return sa.Table(name, sa.MetaData(), *columns)


def _records(frame: pd.DataFrame, table: sa.Table) -> list[dict[str, Any]]:
    """Return the rows as plain values: None for a missing number, "" for a missing text."""
    plain = {}
    for name in frame.columns:
        cells = frame[name].astype(object)
        empty: object = None if table.c[name].nullable else ""
        plain[str(name)] = cells.where(cells.notna(), empty).tolist()
    return [dict(zip(plain, cells, strict=True)) for cells in zip(*plain.values(), strict=True)]


def _engine(url: sa.URL, *, read_only: bool = False) -> sa.Engine:
    """Create an engine whose pool gives each thread its own connection."""
    # a server that was restarted is met by a new connection
    options: dict[str, Any] = {"pool_pre_ping": True}
    backend = url.get_backend_name()
    if backend == "duckdb":
        options = {"connect_args": {"config": dict(_DUCKDB_CONFIG)}}
        if _is_duckdb_file(url):
            options["connect_args"]["config"]["memory_limit"] = MEMORY
        if read_only:
            options["connect_args"]["read_only"] = True
    if backend == "postgresql" and "connect_timeout" not in url.query:
        options["connect_args"] = {"connect_timeout": postgres.CONNECT_S}
    options |= {"poolclass": sa.QueuePool, "pool_size": 8, "max_overflow": 24}
    engine = sa.create_engine(url, **options)
    if backend == "postgresql":
        postgres.prepare(engine, read_only=read_only)
    return engine


def in_memory(url: sa.URL) -> bool:
    """Tell whether a database lives only as long as somebody is connected to it."""
    named = url.database or ":memory:"
    return (url.get_backend_name() in {"duckdb", "sqlite"}
            and (named.startswith(":") or "mode" in url.query))


def _is_duckdb_file(url: sa.URL) -> bool:
    return url.get_backend_name() == "duckdb" and not (url.database or ":memory:").startswith(":")


def fetched(result: sa.CursorResult[Any]) -> pd.DataFrame:
    """Return a result as a frame: by Arrow where the engine has it, else row by row."""
    table: pa.Table | None = getattr(result, "arrow", None)
    cursor: Any = result.cursor
    if isinstance(cursor, arrow.Cursor) and cursor.arrow is not None:
        table = cursor.arrow.rename_columns(list(result.keys()))
    if table is not None:
        frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
        return frame
    names = list(result.keys())
    # some at a time, for a row of Python values takes ten times what a frame does
    frames = [pd.DataFrame.from_records(rows, columns=names)
              for rows in iter(partial(result.fetchmany, CHUNK), [])]
    return (pd.concat(frames, ignore_index=True) if len(frames) > 1
            else frames[0] if frames else pd.DataFrame(columns=names))


def _is_loaded(engine: sa.Engine, table: sa.Table, rows: int) -> bool:
    """Tell whether the table is there with all its rows."""
    with engine.connect() as connection:
        return _holds(connection, table, rows)


def _holds(connection: sa.Connection, table: sa.Table, rows: int) -> bool:
    if not sa.inspect(connection).has_table(table.name):
        return False
    count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return bool(count == rows)


def _load(engine: sa.Engine, table: sa.Table, frame: pd.DataFrame | Sets,
          progress: Progress | None = None) -> None:
    """Create and fill the table in one transaction: all of it or nothing."""
    parts = _parts(frame, progress)
    with engine.begin() as connection:
        held = connection.connection.driver_connection
        if isinstance(held, arrow.Connection):
            held.engine.fill(table, (_arrow(part, table) for part in parts))
            return
        if connection.dialect.name == "postgresql":
            postgres.alone(connection, table.name)
            if _holds(connection, table, len(frame)):
                return
        table.drop(connection, checkfirst=True)
        table.create(connection)
        if isinstance(frame, Sets) and connection.dialect.name == "duckdb":
            with answering():
                frame.fill(held, table)
            if progress is not None:
                progress(len(frame), len(frame))
            return
        for part in parts:
            if len(part):
                _insert(connection, table, part)
        if connection.dialect.name == "postgresql":
            postgres.finish(connection, table)


def _parts(frame: pd.DataFrame | Sets, progress: Progress | None) -> Iterator[pd.DataFrame]:
    """Yield the rows in parts, one at least, and tell how many were taken."""
    taken = 0
    if isinstance(frame, Sets):
        parts = frame.chunks(CHUNK)
    else:
        starts = range(0, max(len(frame), 1), CHUNK)
        parts = (frame.iloc[first:first + CHUNK] for first in starts)
    for part in parts:
        yield part
        taken += len(part)
        if progress is not None:
            progress(taken, len(frame))


def _insert(connection: sa.Connection, table: sa.Table, chunk: pd.DataFrame) -> None:
    """Put some rows into the table: by Arrow where the engine has a way, else as values."""
    if connection.dialect.name == "postgresql":
        postgres.insert(connection, table, _arrow(chunk, table))
    elif connection.dialect.name == "duckdb":
        _insert_arrow(connection, table, _arrow(chunk, table))
    else:
        connection.execute(sa.insert(table), _records(chunk, table))


def _arrow(chunk: pd.DataFrame, table: sa.Table) -> pa.Table:
    """Return rows as an Arrow table: null for a missing number, "" for a missing text."""
    texts = [str(name) for name in chunk.columns if isinstance(table.c[str(name)].type, sa.Text)]
    filled = chunk.assign(**{name: chunk[name].fillna("") for name in texts})
    schema = pa.schema([(column.name, _ARROW[column.type.python_type]) for column in table.c])
    return pa.Table.from_pandas(filled, schema=schema, preserve_index=False)


def _insert_arrow(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """Let DuckDB read the rows where they are."""
    held, names = connection.connection.driver_connection, [column.name for column in table.c]
    if held is None:
        raise TansiqError("The store of the events has no connection.")
    held.register(_HANDED, rows)
    try:
        columns: list[sa.ColumnElement[Any]] = [sa.column(name) for name in names]
        source = sa.select(*columns).select_from(sa.table(_HANDED))
        connection.execute(sa.insert(table).from_select(names, source))
    finally:
        held.unregister(_HANDED)


def _open_url(url: sa.URL, table: sa.Table, frame: pd.DataFrame | Sets,
              progress: Progress | None = None) -> sa.Engine:
    """Open a store that somebody named, and fill it when it lacks this data.

    Whoever only reads it needs no right to write, and locks nobody out.
    """
    apart = _is_duckdb_file(url) or url.get_backend_name() == "postgresql"
    there = not _is_duckdb_file(url) or Path(url.database or "").is_file()
    if there:
        held = _engine(url, read_only=apart)
        if _is_loaded(held, table, len(frame)):
            return held
        held.dispose()
    writing = _engine(url)
    try:
        _load(writing, table, frame, progress)
    except (DBAPIError, arrow.Error) as error:
        writing.dispose()
        # that it can be reached is known by now
        raise StoreError("unfilled" if there else "unopened") from error
    if not apart:
        return writing
    writing.dispose()
    return _engine(url, read_only=True)


def _open_file(path: Path, table: sa.Table, frame: pd.DataFrame | Sets) -> sa.Engine:
    """Open the cache file, built first when it is not there or damaged."""
    found = _usable(path, table, len(frame))
    if found is None:
        _build_file(path, table, frame)
        found = _engine(sa.URL.create("duckdb", database=str(path)), read_only=True)
    return found


def _usable(path: Path, table: sa.Table, rows: int) -> sa.Engine | None:
    """Return an engine on the cache file, None when it is not there or damaged."""
    if not path.is_file():
        return None
    engine = _engine(sa.URL.create("duckdb", database=str(path)), read_only=True)
    with suppress(DBAPIError):
        if _is_loaded(engine, table, rows):
            return engine
    engine.dispose()
    return None


def _fill_file(part: Path, table: sa.Table, frame: pd.DataFrame | Sets) -> None:
    """Fill a new file in as little memory as that takes: long texts need more."""
    allowed = bulk.memories(len(frame))
    for memory in allowed:
        part.unlink(missing_ok=True)
        engine = bulk.builder(part, _DUCKDB_CONFIG, memory)
        try:
            _load(engine, table, frame)
        except StoreError as error:
            scarce = isinstance(error.__cause__, duckdb.OutOfMemoryException)
            if not scarce or memory == allowed[-1]:
                raise
        else:
            return
        finally:
            engine.dispose()


def _build_file(path: Path, table: sa.Table, frame: pd.DataFrame | Sets) -> None:
    """Build the file beside its place and move it there when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}-{secrets.token_hex(6)}.part")
    part.touch(exist_ok=False)  # a folder that cannot be written says so here
    part.unlink()
    try:
        _fill_file(part, table, frame)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        # another process may have been quicker, and holds its file open by now
        if theirs := _usable(path, table, len(frame)):
            theirs.dispose()
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        part.with_name(part.name + ".wal").unlink(missing_ok=True)
    with suppress(OSError):  # two may clean up at once
        pruning.prune(path)
