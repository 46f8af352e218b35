"""Where imported data sets stand: a folder of their own, for they cannot be rebuilt.

A data set is a manifest `NAME.json` with a Parquet file and a report beside it, whose names begin
with its own and a dot. What no manifest names is left over from a process that was killed.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import platformdirs

from geo.datasets import manifest
from geo.datasets.manifest import Manifest
from geo.errors import TansiqError
from geo.filters import CURATED

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_OTHER: Final = re.compile(r"[^a-z0-9_-]+")


def home() -> Path:
    """Return the folder of imported data (`TANSIQ_HOME`, else the user's data folder)."""
    chosen = os.environ.get("TANSIQ_HOME")
    root = Path(chosen) if chosen else platformdirs.user_data_path("tansiq", appauthor=False)
    return root / "datasets"


def checked(name: str) -> str:
    """Return a name that a data set may have; raises `TansiqError` for any other."""
    if not NAME.fullmatch(name) or name == CURATED:
        raise TansiqError(
            f"{name!r} is no name for a data set: up to 40 small letters, digits, - and _ "
            f"(and not {CURATED!r}, which is ours)."
        )
    return name


def name_of(file: Path) -> str:
    """Return a name made of a file's own."""
    plain = _OTHER.sub("-", file.name.split(".")[0].lower()).strip("-_")[:40].strip("-_")
    return plain if plain and plain != CURATED else "events"


def tidy(folder: Path, name: str) -> None:
    """Remove what stands beside a data set and is not its own; its lock has to be held."""
    kept = {manifest.path_of(folder, name).name}
    with suppress(TansiqError, OSError):
        found = manifest.read(manifest.path_of(folder, name))
        kept |= {found.parquet, found.report}
    for path in folder.glob(f"{name}.*"):
        # a file that another process still reads stays, where the system says so
        if path.name not in kept and path.is_file():
            with suppress(OSError):
                path.unlink()
    for left in folder.glob(f".{name}.*.work"):
        shutil.rmtree(left, ignore_errors=True)


def found(folder: Path | None = None) -> tuple[list[Manifest], list[str]]:
    """Return the manifests of all data sets by name, and a sentence for each damaged one."""
    folder = folder or home()
    manifests, faults = [], []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        if NAME.fullmatch(path.stem):
            try:
                manifests.append(manifest.read(path))
            except TansiqError as error:
                faults.append(str(error))
    return manifests, faults
