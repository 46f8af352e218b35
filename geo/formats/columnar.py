"""Parquet: columns as texts; a geometry of points (GeoParquet) beside them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pyarrow import parquet

from geo.formats.features import plain
from geo.formats.rows import Limits, RefusedFileError
from geo.formats.table import GEOMETRY, NotAPointError, Record, Table, number, point

# no reference system at all means this one, too
_WGS84: Final = ("4326", "CRS84")
# rows of a batch; a column of repeated long texts unpacks to many times its size
_ROWS: Final = 2_000


def read(path: Path, limits: Limits) -> Table:
    """Read a Parquet file of flat columns."""
    file = parquet.ParquetFile(path)
    groups = range(file.metadata.num_row_groups)
    total = sum(file.metadata.row_group(at).total_byte_size for at in groups)
    if total > limits.unpacked:
        raise RefusedFileError(f"The file unpacks to {total} bytes; {limits.unpacked} are allowed.")
    names = list(file.schema_arrow.names)
    geometry = _geometry(file.schema_arrow.metadata or {}, names)
    header = [name for name in names if name != geometry]
    places = GEOMETRY if geometry else ()
    return Table((*header, *places), _records(file, header, geometry))


def _geometry(metadata: dict[bytes, bytes], names: list[str]) -> str:
    """Return the name of the geometry column of a GeoParquet file, "" when there is none."""
    if b"geo" not in metadata:
        return ""
    about = json.loads(metadata[b"geo"])
    found = str(about["primary_column"])
    reference = about["columns"][found].get("crs")
    code = str((reference or {}).get("id", {}).get("code", ""))
    if reference and code not in _WGS84:
        raise RefusedFileError("The points are not in WGS 84.")
    return found if found in names else ""


def _records(file: parquet.ParquetFile, header: list[str], geometry: str) -> Iterator[Record]:
    line = 0
    for batch in file.iter_batches(_ROWS):
        columns = [[_text(value) for value in batch.column(name).to_pylist()] for name in header]
        places = batch.column(geometry).to_pylist() if geometry else [None] * batch.num_rows
        cells = zip(*columns, strict=True) if columns else iter([()] * batch.num_rows)
        for row, wkb in zip(cells, places, strict=True):
            line += 1
            yield _record(line, list(row), wkb, bool(geometry))


def _record(line: int, cells: list[str], wkb: Any, placed: bool) -> Record:
    if not placed:
        return Record(line, cells)
    try:
        return Record(line, [*cells, *(("", "") if wkb is None else point(wkb))])
    except NotAPointError:
        return Record(line, [], "not_a_point", "")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dt.datetime):
        whole = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if whole else value.isoformat(sep=" ")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.date | dt.time | dt.timedelta) or type(value).__name__ == "Decimal":
        return str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else plain(value)
