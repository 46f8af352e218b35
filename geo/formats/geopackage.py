"""GeoPackage: an SQLite file whose tables of points are read, and nothing else in it.

SQLite is opened read-only, with its schema not trusted: no view, trigger, function or extension
of the file is ever run, since only tables are asked for and every other act is denied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from geo.formats.rows import Limits, RefusedFileError
from geo.formats.table import GEOMETRY, NotAPointError, Record, Table, number, point

# the layer that our own exports name so; another file should have one layer only
EVENTS: Final = "events"
_WGS84: Final = 4326
_ENVELOPES: Final = (0, 32, 48, 48, 64)
_ALLOWED: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}


def read(path: Path, _: Limits) -> Table:
    """Read the layer of points of a GeoPackage."""
    try:
        opened = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        opened.text_factory = lambda raw: raw.decode("utf-8", "replace")
        opened.execute("PRAGMA trusted_schema = OFF")
        opened.execute("PRAGMA cell_size_check = ON")
        opened.set_authorizer(_only_reading)
        layer, geometry = _layer(opened)
        found = opened.execute(f"SELECT * FROM {_quoted(layer)}")  # noqa: S608 - quoted
        names = [column[0] for column in found.description]
    except sqlite3.Error as error:
        raise RefusedFileError(f"The file is no GeoPackage that can be read ({error}).") from error
    at = names.index(geometry) if geometry in names else -1
    header = tuple(name for place, name in enumerate(names) if place != at)
    return Table((*header, *GEOMETRY), _records(opened, found, at))


def _only_reading(act: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if act in _ALLOWED else sqlite3.SQLITE_DENY


def _layer(opened: sqlite3.Connection) -> tuple[str, str]:
    """Return table and geometry column of the layer that is read."""
    layers = {str(name): (str(column), srs) for name, column, srs in opened.execute(
        "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns AS g "
        "JOIN sqlite_master AS m ON m.name = g.table_name AND m.type = 'table'")}
    names = [EVENTS] if EVENTS in layers else list(layers)
    if len(names) != 1:
        told = ", ".join(names[:5]) or "none"
        raise RefusedFileError(f"The GeoPackage should hold one layer of points; it holds {told}.")
    column, srs = layers[names[0]]
    if srs != _WGS84:
        raise RefusedFileError(f"The points are in EPSG:{srs}; EPSG:4326 is expected.")
    return names[0], column


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _records(opened: sqlite3.Connection, rows: sqlite3.Cursor, at: int) -> Iterator[Record]:
    with closing(opened):
        try:
            for line, row in enumerate(rows, start=1):
                yield _record(line, list(row), at)
        except sqlite3.Error as error:
            raise RefusedFileError(f"The GeoPackage is damaged ({error}).") from error


def _record(line: int, row: list[Any], at: int) -> Record:
    blob = row.pop(at) if at >= 0 else None
    cells = [_text(value) for value in row]
    try:
        return Record(line, [*cells, *(_place(blob) if blob is not None else ("", ""))])
    except NotAPointError:
        return Record(line, [], "not_a_point", "")


def _place(blob: Any) -> tuple[str, str]:
    """Return longitude and latitude out of a GeoPackage's geometry."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        raise NotAPointError
    flags = blob[3] if len(blob) > 3 else 0  # noqa: PLR2004 - magic, version, flags
    kind = flags >> 1 & 7
    if kind >= len(_ENVELOPES):
        raise NotAPointError
    return ("", "") if flags & 0x10 else point(blob[8 + _ENVELOPES[kind]:])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return number(value) if isinstance(value, float) else str(value)
