"""GeoPackage: an SQLite file whose tables of points are read, and nothing else in it.

SQLite is opened read-only, with its schema not trusted: no view, trigger, function or extension
of the file is ever run, since only tables are asked for and every other act is denied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from geo.formats.rows import Limits, RefusedFileError
from geo.formats.table import GEOMETRY, NotAPointError, Record, Table, number, point

# the layer that our own exports name so; another file should have one layer only
EVENTS: Final = "events"
WGS84: Final = 4326
_ENVELOPES: Final = (0, 32, 48, 48, 64)
# name: (column of the geometry, number of the reference system)
Layers = Mapping[str, tuple[str, Any]]
# table and geometry column of the layer that is to be read
Chooser = Callable[[Layers], tuple[str, str]]
# number, cells, geometry
Row = tuple[int, list[str], Any]
_ALLOWED: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}


def read(path: Path, _: Limits) -> Table:
    """Read the layer of points of a GeoPackage."""
    opened, layer, geometry = _opened(path, _layer)
    header, records = _rows(opened, layer, geometry)
    return Table((*header, *GEOMETRY), (_record(*row) for row in records))


def raw(path: Path, choose: Chooser) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the header of a layer that is chosen by name, and its rows with their geometries."""
    return _rows(*_opened(path, lambda opened: choose(_layers(opened))))


def _opened(path: Path, choose: Callable[[sqlite3.Connection], tuple[str, str]],
            ) -> tuple[sqlite3.Connection, str, str]:
    """Return a connection that can do nothing but read, the layer, and its geometry's column."""
    try:
        opened = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        opened.text_factory = lambda raw: raw.decode("utf-8", "replace")
        opened.execute("PRAGMA trusted_schema = OFF")
        opened.execute("PRAGMA cell_size_check = ON")
        opened.set_authorizer(_only_reading)
        return opened, *choose(opened)
    except sqlite3.Error as error:
        raise RefusedFileError(f"The file is no GeoPackage that can be read ({error}).") from error


def _rows(opened: sqlite3.Connection, layer: str, geometry: str,
          ) -> tuple[tuple[str, ...], Iterator[Row]]:
    try:
        found = opened.execute(f"SELECT * FROM {_quoted(layer)}")  # noqa: S608 - quoted
        names = [column[0] for column in found.description]
    except sqlite3.Error as error:
        raise RefusedFileError(f"The file is no GeoPackage that can be read ({error}).") from error
    at = names.index(geometry) if geometry in names else -1
    header = tuple(name for place, name in enumerate(names) if place != at)
    return header, _records(opened, found, at)


def _only_reading(act: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if act in _ALLOWED else sqlite3.SQLITE_DENY


def _layers(opened: sqlite3.Connection) -> Layers:
    """Return the column of the geometry and its reference system, by the names of the layers."""
    return {str(name): (str(column), srs) for name, column, srs in opened.execute(
        "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns AS g "
        "JOIN sqlite_master AS m ON m.name = g.table_name AND m.type = 'table'")}


def _layer(opened: sqlite3.Connection) -> tuple[str, str]:
    """Return table and geometry column of the layer that is read."""
    layers = _layers(opened)
    names = [EVENTS] if EVENTS in layers else list(layers)
    if len(names) != 1:
        told = ", ".join(names[:5]) or "none"
        raise RefusedFileError(f"The GeoPackage should hold one layer of points; it holds {told}.")
    column, srs = layers[names[0]]
    if srs != WGS84:
        raise RefusedFileError(f"The points are in EPSG:{srs}; EPSG:4326 is expected.")
    return names[0], column


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _records(opened: sqlite3.Connection, rows: sqlite3.Cursor, at: int) -> Iterator[Row]:
    """Yield number, cells and geometry of each row."""
    with closing(opened):
        try:
            for line, found in enumerate(rows, start=1):
                row = list(found)
                blob = row.pop(at) if at >= 0 else None
                yield line, [_text(value) for value in row], blob
        except sqlite3.Error as error:
            raise RefusedFileError(f"The GeoPackage is damaged ({error}).") from error


def _record(line: int, cells: list[str], blob: Any) -> Record:
    try:
        return Record(line, [*cells, *(_place(blob) if blob is not None else ("", ""))])
    except NotAPointError:
        return Record(line, [], "not_a_point", "")


def _place(blob: Any) -> tuple[str, str]:
    """Return longitude and latitude out of a GeoPackage's geometry."""
    found = geometry_of(blob)
    if found is None:
        raise NotAPointError
    return point(found) if found else ("", "")


def geometry_of(blob: Any) -> bytes | None:
    """Return the well-known binary of a GeoPackage's geometry: b"" when empty, None for none."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        return None
    flags = blob[3] if len(blob) > 3 else 0  # noqa: PLR2004 - magic, version, flags
    kind = flags >> 1 & 7
    if kind >= len(_ENVELOPES):
        return None
    return b"" if flags & 0x10 else blob[8 + _ENVELOPES[kind]:]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return number(value) if isinstance(value, float) else str(value)
