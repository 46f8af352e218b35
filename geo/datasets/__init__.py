"""Imported data sets in their durable form: Parquet sorted by day, each with a manifest.

`import_file` makes or replaces one as a whole, `listed` names them, `drop` removes one, `load`
gives its events. Nothing here is ever shipped, and nothing of it is curated.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pyarrow import parquet

from geo.codebooks import FIELDS
from geo.datasets import manifest
from geo.datasets.comparing import compare
from geo.datasets.importing import Imported, Order, Progress, import_file
from geo.datasets.lock import locked
from geo.datasets.manifest import Manifest
from geo.datasets.shelf import checked, found, home, tidy
from geo.datasets.writing import fingerprint
from geo.errors import TansiqError

__all__ = [
    "Imported",
    "Manifest",
    "Order",
    "Progress",
    "check",
    "compare",
    "drop",
    "file_of",
    "get",
    "home",
    "import_file",
    "listed",
    "load",
]


def listed(folder: Path | None = None) -> tuple[list[Manifest], list[str]]:
    """Return the manifests of all data sets by name, and a sentence for each damaged one."""
    return found(folder)


def get(name: str, folder: Path | None = None) -> Manifest:
    """Return one manifest; raises `TansiqError` when there is none, or it is damaged."""
    path = manifest.path_of(folder or home(), checked(name))
    if not path.is_file():
        raise TansiqError(f"There is no data set {name!r}.")
    return manifest.read(path)


def drop(name: str, folder: Path | None = None) -> Manifest | None:
    """Remove a data set; returns its manifest, None when that was damaged.

    Raises
    ------
    TansiqError
        When there is none, or another process changes it.
    """
    folder = folder or home()
    path = manifest.path_of(folder, checked(name))
    if not path.is_file():
        raise TansiqError(f"There is no data set {name!r}.")
    with locked(folder, name):
        try:
            gone = manifest.read(path)
        except TansiqError:
            gone = None
        # without its manifest the rest counts for nothing
        path.unlink(missing_ok=True)
        tidy(folder, name)
    return gone


def load(name: str, folder: Path | None = None,
         columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the events of a data set, sorted by day; a damaged file is refused by name.

    ``columns`` names those that are wanted; without it all come, the source's own too.

    Raises
    ------
    TansiqError
        When there is no such data set, or its file is not what the manifest says.
    """
    about = get(name, folder)
    check(about, folder)
    path = file_of(about, folder)
    wanted = [one for one in columns if one in about.columns] if columns else None
    table = parquet.read_table(path, columns=wanted)
    frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
    # a data set of before has not all of our columns of today
    lacking = {one: FIELDS[one][1] for one in columns or () if one not in about.columns}
    frame = frame.assign(**lacking)[list(columns)] if lacking and columns else frame
    counts = [f"fatalities_{one}" for one in ("low", "best", "high")]
    kinds = {one: "Int64" for one in counts if one in frame.columns}
    return frame.astype(kinds) if kinds else frame


def file_of(about: Manifest, folder: Path | None = None) -> Path:
    """Return where the events of a data set stand; raises `TansiqError` when nothing is there."""
    path = (folder or home()) / about.parquet
    if not path.is_file():
        raise TansiqError(f"{path}: not there; import {about.name} anew")
    return path


def check(about: Manifest, folder: Path | None = None) -> None:
    """Raise `TansiqError` when the file of a data set is not the one that the manifest names."""
    path = file_of(about, folder)
    if fingerprint(path) != (about.parquet_sha256, about.parquet_bytes):
        raise TansiqError(f"{path}: not the file that the manifest names; import {about.name} anew")
