"""Engines that take a statement with its values apart and answer an Arrow table.

They are dressed as a PEP 249 driver and an SQLAlchemy dialect, so that every question of the
store reaches them as the same expression. Values never become text: a statement holds names in
their places, and the engine binds the values by its own means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Protocol

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import default, interfaces
from sqlalchemy.sql import compiler

_UNTOLD: Final = (None,) * 6


class Error(Exception):
    """What an engine raised, as SQLAlchemy expects it of a driver."""


class DatabaseError(Error):
    """An engine refused or could not answer."""


class OverdueError(DatabaseError):
    """An engine stopped a question for want of time."""


class Engine(Protocol):
    """What such an engine can do; shared by all connections to it, from any thread."""

    def hold(self, name: str, value: object, /) -> str:
        """Return how a statement names a value that is bound."""

    def ask(self, statement: str, values: Mapping[str, object]) -> pa.Table:
        """Answer a statement; raises `DatabaseError`."""

    def stopper(self) -> Callable[[], object] | None:
        """Return what stops this thread's next question, None where the engine does it."""

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""

    def fill(self, table: sa.Table, parts: Iterator[pa.Table]) -> None:
        """Make a table anew out of such parts; raises `DatabaseError`."""


class Cursor:
    """One answer; ``arrow`` is the whole of it."""

    arraysize = 1
    rowcount = -1

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.arrow: pa.Table | None = None
        self.description: list[tuple[Any, ...]] | None = None

    def execute(self, statement: str, values: Mapping[str, object] = {}) -> None:
        """Ask; a statement names its values as %(name)s."""
        held = {name: self._engine.hold(name, value) for name, value in values.items()}
        self.arrow = self._engine.ask(statement % held, values)
        self.description = [(name, *_UNTOLD) for name in self.arrow.column_names]
        self._rows = self._each(self.arrow)

    @staticmethod
    def _each(answer: pa.Table) -> Iterator[tuple[Any, ...]]:
        # only made into Python values when somebody asks for rows
        yield from zip(*(column.to_pylist() for column in answer.columns), strict=True)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """Return some rows."""
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Let the answer go."""
        self.arrow, self._rows = None, iter(())


class Connection:
    """A thread's way to the engine; nothing is ever written but by `Engine.fill`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def cursor(self) -> Cursor:
        """Return what asks one question."""
        return Cursor(self.engine)

    def commit(self) -> None:
        """Do nothing: there is no transaction."""

    rollback = close = commit


class Compiler(compiler.SQLCompiler):
    """Standard SQL, and rows left out without a number of rows."""

    def limit_clause(self, select: Any, **options: Any) -> str:
        """Return LIMIT and OFFSET, either without the other."""
        parts = (("LIMIT", select._limit_clause), ("OFFSET", select._offset_clause))  # noqa: SLF001
        return "".join(f"\n {word} {self.process(clause, **options)}"
                       for word, clause in parts if clause is not None)

    def visit_empty_set_expr(self, *_: Any, **__: Any) -> str:
        """Return what stands for a list of nothing."""
        return "SELECT 1 WHERE 1 != 1"


class Preparer(compiler.IdentifierPreparer):
    """Names between backticks, which both engines take."""

    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect, initial_quote="`", escape_quote="`")


class Dialect(default.DefaultDialect):
    """What SQLAlchemy has to know; a child says how an engine is reached."""

    driver = "tansiq"
    default_paramstyle = "pyformat"
    statement_compiler = Compiler
    preparer: type[compiler.IdentifierPreparer] = Preparer
    supports_native_boolean = True
    supports_statement_cache = True
    supports_sane_rowcount = False
    # PEP 249
    paramstyle = "pyformat"
    Error: ClassVar[type[Exception]] = Error
    DatabaseError: ClassVar[type[Exception]] = DatabaseError

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver: this class has what is needed of one."""
        return cls

    def create_connect_args(self, url: sa.URL) -> tuple[Sequence[Any], dict[str, Any]]:
        """Hand the URL on as it is."""
        return (url,), {}

    def connect(self, *arguments: Any, **_: Any) -> Any:
        """Reach the engine that a URL names."""
        return Connection(self.reach(arguments[0]))

    @classmethod
    def reach(cls, url: sa.URL) -> Engine:
        """Return the engine of a URL, one for the whole process; raises `DatabaseError`."""
        raise NotImplementedError

    def has_table(self, connection: sa.Connection, table_name: str, *_: Any, **__: Any) -> bool:
        """Tell whether there is a table of this name."""
        held: Any = connection.connection.driver_connection
        return bool(held.engine.has_table(table_name))

    def do_ping(self, *_: Any) -> bool:
        """Tell that the engine is there; a question will show whether it answers."""
        return True

    def get_isolation_level_values(self, *_: Any) -> Sequence[interfaces.IsolationLevel]:
        """Return that each statement stands for itself."""
        return ("AUTOCOMMIT",)

    def get_isolation_level(self, *_: Any) -> interfaces.IsolationLevel:
        """Return the one there is."""
        return "AUTOCOMMIT"

    def set_isolation_level(self, *_: Any) -> None:
        """Do nothing: there is but one."""
