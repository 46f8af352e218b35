"""A Spark cluster: `spark://host:7077/a/folder` (standalone) or `sc://host:15002/a/folder`.

The events stand as Parquet in a folder that the driver and all workers see; another file system
is named by `?folder=hdfs://…`. A session is one for the whole process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from geo.store import arrow

# the events of a choice fit into few parts, and a part costs more than it saves
_SETTINGS: Final = {"spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "4",
                    "spark.sql.ansi.enabled": "true"}
_STARTED_WITH: Final = {"spark.app.name": "tansiq", "spark.ui.enabled": "false",
                        "spark.ui.showConsoleProgress": "false"}
_PORTS: Final = {"spark": 7077, "sc": 15_002}
_HELD: Final[dict[str, Spark]] = {}
_LOCK: Final = threading.Lock()


class Spark:
    """A session on a cluster, and the folder of its tables."""

    def __init__(self, url: sa.URL) -> None:
        # an extra that is not installed is said by its name
        from py4j.protocol import Py4JError  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415

        self._failures = (PySparkException, Py4JError, RuntimeError)
        self._folder = str(url.query.get("folder", f"/{url.database or ''}")).rstrip("/")
        # it would print what failed with all its values, and a traceback
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
        try:
            self._session = _session(url)
        except self._failures as error:
            raise arrow.DatabaseError(str(error)) from error
        self._remote = url.drivername == "sc"
        self._tables: set[str] = set()

    def hold(self, name: str, _: object, /) -> str:
        """Return a named place."""
        return f":{name}"

    def ask(self, statement: str, values: Mapping[str, object]) -> pa.Table:
        """Answer a statement."""
        try:
            return self._session.sql(statement, args=dict(values)).toArrow()
        except self._failures as error:
            raise arrow.DatabaseError(str(error)) from error

    def stopper(self) -> Callable[[], object]:
        """Return what stops the question that this thread asks next."""
        tag = f"tansiq-{threading.get_ident()}"
        if self._remote:
            self._session.addTag(tag)
            return partial(self._stop, self._session.interruptTag, tag)
        # the session's own tags do not reach the thread that collects an Arrow table
        context = self._session.sparkContext
        context.addJobTag(tag)
        context.setInterruptOnCancel(True)
        return partial(self._stop, context.cancelJobsWithTag, tag)

    def _stop(self, cancel: Callable[[str], object], tag: str) -> None:
        with suppress(*self._failures):
            cancel(tag)

    def has_table(self, name: str) -> bool:
        """Tell whether there are files of this name, and let statements know them."""
        if name in self._tables:
            return True
        try:
            self._session.read.parquet(f"{self._folder}/{name}").createOrReplaceTempView(name)
        except self._failures:
            return False
        self._tables.add(name)
        return True

    def fill(self, table: sa.Table, parts: Iterator[pa.Table]) -> None:
        """Write the files anew."""
        mode = "overwrite"
        self._tables.discard(table.name)
        for part in parts:
            try:
                frame = self._session.createDataFrame(part).coalesce(1)
                frame.write.mode(mode).parquet(f"{self._folder}/{table.name}")
            except self._failures as error:
                raise arrow.DatabaseError(str(error)) from error
            mode = "append"
        self.has_table(table.name)


def _session(url: sa.URL) -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415

    where = f"{url.drivername}://{url.host}:{url.port or _PORTS[url.drivername]}"
    builder = SparkSession.builder
    if url.drivername == "sc":
        session = builder.remote(where).getOrCreate()
    else:
        told = {name: str(value) for name, value in url.query.items() if name.startswith("spark.")}
        for name, value in (_STARTED_WITH | told).items():
            builder = builder.config(name, value)
        session = builder.master(where).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    return session


class Dialect(arrow.Dialect):
    """The cluster for SQLAlchemy."""

    name = "spark"
    supports_statement_cache = True

    @classmethod
    def reach(cls, url: sa.URL) -> Spark:
        """Return the session of a URL."""
        with _LOCK:
            if str(url) not in _HELD:
                _HELD[str(url)] = Spark(url)
            return _HELD[str(url)]
