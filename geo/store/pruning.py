"""The folder of the stores that were built: older ones go, and what killed builds left behind."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

KEPT_FILES: Final = 4
# a part that nobody has touched for a day belongs to a build that was killed
STALE_S: Final = 86_400


def prune(path: Path) -> None:
    """Remove files of older data beyond the newest few, and what killed builds left behind."""
    others = [other for other in path.parent.glob("events-*.duckdb") if other != path]
    others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    left = [part for part in path.parent.glob(".events-*.part*")
            if time.time() - part.stat().st_mtime > STALE_S]
    for other in (*others[KEPT_FILES:], *left):
        # what another process holds open stays, where the system says so
        with suppress(OSError):
            shutil.rmtree(other) if other.is_dir() else other.unlink()
