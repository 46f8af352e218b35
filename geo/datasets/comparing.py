"""The polygons of the operator's boundaries beside the source's governorates, in the columns.

An import does so for each chunk, `compare` for a data set that is there: its rows are written
anew, and the manifest says with which boundaries.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from geo.boundaries import Placer
from geo.datasets import manifest, shelf
from geo.datasets.lock import locked
from geo.datasets.manifest import Manifest
from geo.datasets.writing import fingerprint, synced
from geo.errors import TansiqError

COLUMNS: Final = ("admin1_polygon", "admin2_polygon", "admin1_check")


def placer(home: Path) -> Placer | None:
    """Return what compares with the boundaries that stand beside the data sets, None without."""
    return Placer.there(home.parent / "boundaries")


def compared(table: pa.Table, using: Placer | None) -> pa.Table:
    """Return events with the columns of `COLUMNS` filled."""
    if using is None or not table.num_rows:
        return table
    lon, lat = (_degrees(table[name]) for name in ("lon", "lat"))
    words = [table[name].to_pylist() for name in ("admin1", "admin1_alt", "geo_precision")]
    for name, cells in using.place(lon, lat, *words).items():
        column = pa.array(cells, pa.string())
        at = table.schema.get_field_index(name)
        table = (table.append_column(name, column) if at < 0
                 else table.set_column(at, name, column))
    return table


def _degrees(column: pa.ChunkedArray) -> Any:
    return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False), np.float64)


def told(using: Placer | None) -> dict[str, Any]:
    """Return what a manifest says of the comparison."""
    if using is None:
        return {"polygons": {}, "agreement": {}, "districts": 0}
    return {"polygons": using.stamps, "agreement": using.agreement, "districts": using.districts}


def compare(name: str, home: Path | None = None) -> Manifest:
    """Compare a data set with the boundaries that there are now; returns its new manifest.

    Raises
    ------
    TansiqError
        When there are no boundaries, no such data set, or one of them is damaged.
    """
    home = home or shelf.home()
    path = manifest.path_of(home, shelf.checked(name))
    if not path.is_file():
        raise TansiqError(f"There is no data set {name!r}.")
    using = placer(home)
    if using is None:
        raise TansiqError("There are no boundaries to compare with; add some first.")
    with locked(home, name):
        was = manifest.read(path)
        if fingerprint(home / was.parquet) != (was.parquet_sha256, was.parquet_bytes):
            raise TansiqError(f"{home / was.parquet}: not the file that the manifest names; "
                              f"import {name} anew")
        return _settled(was, home, using)


def _settled(was: Manifest, home: Path, using: Placer) -> Manifest:
    """Write the rows anew, and let the manifest name them."""
    table = f"{was.name}.{secrets.token_hex(4)}.parquet"
    with _staged(home, was.name) as staged:
        columns = _write(home / was.parquet, staged, using)
        synced(staged)
        staged.replace(home / table)
    digest, size = fingerprint(home / table)
    made = replace(was, parquet=table, parquet_sha256=digest, parquet_bytes=size,
                   columns=columns, **told(using))
    # from here on the data set is the new one, even if we are killed
    made.write(home)
    shelf.tidy(home, was.name)
    return made


@contextmanager
def _staged(home: Path, name: str) -> Iterator[Path]:
    """Give a path that is gone after the block; one of a dead process is tidied by its name."""
    path = home / f"{name}.{secrets.token_hex(6)}.part"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write(source: Path, target: Path, using: Placer) -> tuple[str, ...]:
    """Write a Parquet file with other columns, a row group at a time; returns their names."""
    with parquet.ParquetFile(source) as read:
        about = read.schema_arrow.metadata
        writer: Any = None
        try:
            for number in range(read.num_row_groups):
                group = compared(read.read_row_group(number), using)
                if writer is None:
                    schema = group.schema.with_metadata(about)
                    sorting = read.metadata.row_group(number).sorting_columns
                    writer = parquet.ParquetWriter(
                        target, schema, compression="zstd", sorting_columns=sorting)
                writer.write_table(group.cast(schema))
        finally:
            if writer is not None:
                writer.close()
    return tuple(schema.names)
