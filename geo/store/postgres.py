"""What only PostgreSQL needs: rows by COPY, indexes on what filters ask, settings of a session."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import csv

from geo.errors import TansiqError
from geo.store import patience
from geo.store.refusals import StoreError

# code of an error: what ran was stopped, as its time was over
STOPPED: Final = "57014"
# seconds that a server may take to answer a connection at all
CONNECT_S: Final = 10
# answered from the index alone where a question needs no other column
INDEXES: Final = {
    "id": (("event_id",), ()),
    "days": (("day_start", "day_end"), ("dataset", "ym", "event_type", "admin1", "admin1_alt")),
    "type": (("event_type", "day_start"), ("dataset", "day_end")),
    "admin1": (("admin1", "day_start"), ("dataset", "day_end")),
    "admin1_alt": (("admin1_alt", "day_start"), ("dataset", "day_end")),
    "point": (("lat", "lon"), ()),
}  # fmt: skip


def prepare(engine: sa.Engine, *, read_only: bool) -> None:
    """Give every session of an engine its limits: readers change nothing and are not kept long."""
    settings = {
        "statement_timeout": str(patience.limit_ms() if read_only else 0),
        "default_transaction_read_only": "on" if read_only else "off",
        "client_encoding": "UTF8",
    }

    def set_up(held: Any, _: object) -> None:
        with held.cursor() as cursor:
            for name, value in settings.items():
                cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        held.commit()

    sa.event.listen(engine, "connect", set_up)


def alone(connection: sa.Connection, name: str) -> None:
    """Wait until nobody else fills this table; the transaction's end lets the next one in."""
    number = int(name.rsplit("_", 1)[-1], 16) % 2**63
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def insert(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """Put rows into a table made in this very transaction; raises `StoreError` for none taken."""
    # an extra that is not installed is said by its name
    from psycopg import Error, sql  # noqa: PLC0415

    held = connection.connection.driver_connection
    if held is None:
        raise TansiqError("The store of the events has no connection.")
    names = [column.name for column in table.c]
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FREEZE true)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names)))
    # texts are quoted and missing cells are not, which is how COPY tells "" from NULL
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    sink = pa.BufferOutputStream()
    csv.write_csv(rows.select(names), sink, options)
    try:
        with held.cursor() as cursor, cursor.copy(copy) as stream:
            stream.write(sink.getvalue().to_pybytes())
    except Error as error:
        raise StoreError("unfilled") from error


def finish(connection: sa.Connection, table: sa.Table) -> None:
    """Index a filled table and count what is in it for the planner."""
    for name, (keys, beside) in INDEXES.items():
        index = sa.Index(f"{table.name}_{name}", *(table.c[key] for key in keys),
                         postgresql_include=list(beside))
        connection.execute(sa.schema.CreateIndex(index))
    named = connection.dialect.identifier_preparer.format_table(table)
    connection.exec_driver_sql(f"ANALYZE {named}")


def is_overdue(error: object) -> bool:
    """Tell whether the server stopped a statement for want of time."""
    return getattr(error, "sqlstate", None) == STOPPED
