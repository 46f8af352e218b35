"""ClickHouse's engine inside this process, by chdb: `chdb:////a/folder`.

One process at a time can hold such a folder, and one process can hold one folder.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import parquet

from geo.store import arrow, patience
from geo.store.refusals import StoreError

# of our plain columns; a missing cell is NULL, never a default
_TYPES: Final = {bool: "Bool", int: "Int64", float: "Float64", str: "String"}
# names in a condition are columns, as in every other engine
_SETTINGS: Final = {"prefer_column_name_to_alias": 1, "aggregate_functions_null_for_empty": 1}
# a bound text is read as ClickHouse's escaped formats are
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_ROUND: Final = {"come_round": [7]}
_TRIES: Final = 5
_OVERDUE: Final = "TIMEOUT_EXCEEDED"
_HELD: Final[dict[str, Chdb]] = {}
_LOCK: Final = threading.Lock()


class Chdb:
    """The engine on a folder."""

    def __init__(self, folder: str) -> None:
        # an extra that is not installed is said by its name
        from chdb.session import Session  # noqa: PLC0415

        start: Any = Session
        self._session = start(folder)
        self._turn = threading.Lock()
        for name, value in (_SETTINGS | {"max_execution_time": patience.limit_s()}).items():
            self._run(f"SET {name} = {0 if value == float('inf') else value}")

    def hold(self, name: str, value: object, /) -> str:
        """Return a place with its type: {name:String}."""
        return f"{{{name}:{_TYPES[type(value)]}}}"

    def _run(self, statement: str, values: Mapping[str, object] | None = None) -> bytes:
        held = {name: value.translate(_ESCAPES) if isinstance(value, str) else value
                for name, value in (values or {}).items()}
        # the engine takes one question at a time, and uses every core for it
        with self._turn:
            try:
                answer = self._session.query(statement, "ArrowStream", params=held)
            except RuntimeError as error:
                self._come_round()
                kind = arrow.OverdueError if _OVERDUE in str(error) else arrow.DatabaseError
                raise kind(str(error)) from error
            return bytes(answer.bytes())

    def _come_round(self) -> None:
        """Ask until an answer is the question's own.

        After a question that was stopped, chdb 4.4.0 answers the next one with an empty table of
        the one before.
        """
        for _ in range(_TRIES):
            with suppress(RuntimeError, pa.ArrowException):
                answer = self._session.query("SELECT 7 AS come_round", "ArrowStream")
                if pa.ipc.open_stream(answer.bytes()).read_all().to_pydict() == _ROUND:
                    return
        raise arrow.DatabaseError("The engine does not come round.")

    def ask(self, statement: str, values: Mapping[str, object]) -> pa.Table:
        """Answer a statement."""
        return pa.ipc.open_stream(self._run(statement, values)).read_all()

    def stopper(self) -> None:
        """Leave it to the engine, which knows the limit."""

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        asked = "SELECT count() AS n FROM system.tables WHERE name = {name:String}"
        found = self.ask(f"{asked} AND database = currentDatabase()", {"name": name})
        return bool(found["n"][0].as_py())

    def fill(self, table: sa.Table, parts: Iterator[pa.Table]) -> None:
        """Make the table anew, in the order of days."""
        columns = ", ".join(f"`{column.name}` {_column_type(column)}" for column in table.c)
        self._run(f"DROP TABLE IF EXISTS `{table.name}`")
        self._run(f"CREATE TABLE `{table.name}` ({columns}) ENGINE = MergeTree "
                  "ORDER BY (day_start, row)")
        names = ", ".join(f"`{column.name}`" for column in table.c)
        with tempfile.TemporaryDirectory(prefix="tansiq-") as folder:
            path = Path(folder) / "part.parquet"
            for part in parts:
                parquet.write_table(part, path)
                self._run(f"INSERT INTO `{table.name}` ({names}) SELECT {names} "  # noqa: S608
                          "FROM file({path:String}, 'Parquet')", {"path": str(path)})


def _column_type(column: sa.Column[Any]) -> str:
    named = _TYPES[column.type.python_type]
    return f"Nullable({named})" if column.nullable else named


class Dialect(arrow.Dialect):
    """The engine for SQLAlchemy."""

    name = "chdb"
    supports_statement_cache = True

    @classmethod
    def reach(cls, url: sa.URL) -> Chdb:
        """Return the engine of a URL."""
        folder = url.database or ":memory:"
        with _LOCK:
            if folder not in _HELD:
                if _HELD:
                    raise StoreError("unopened")
                _HELD[folder] = Chdb(folder)
            return _HELD[folder]
