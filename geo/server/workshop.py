"""The folder in which a reader's file is read: for us alone, gone afterwards, whatever happens.

A folder is held by a lock on a file in it, which the system gives back when a process ends, even
when it is killed. So a folder whose lock can be had belongs to nobody any more.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from geo.datasets.lock import take

PREFIX: Final = "tansiq-upload-"
# the file whose lock holds the folder, and the one that says that it was locked
_LOCK, _LOCKED = "lock", "locked"


@contextmanager
def workshop() -> Iterator[Path]:
    """Give a folder that nobody else reads, gone after the block."""
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            take(handle)
            (folder / _LOCKED).touch()
            yield folder
        finally:
            os.close(handle)


def tidy(parent: Path | None = None) -> list[Path]:
    """Remove the folders that killed processes of this user left behind; returns them.

    One that was never locked is being made, or was left in that moment: it stays.
    """
    gone = []
    for folder in sorted((parent or Path(gettempdir())).glob(f"{PREFIX}*")):
        if _ours(folder) and (folder / _LOCKED).exists() and _free(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder)
    return gone


def _ours(folder: Path) -> bool:
    """Tell whether this is a folder, and no link to one, of the user who runs this process."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (os.name == "nt" or found.st_uid == os.getuid())


def _free(lock: Path) -> bool:
    """Tell whether no process holds a lock; of none that can be opened nobody can say."""
    with suppress(OSError):
        handle = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            take(handle)
        finally:
            os.close(handle)
        return True
    return False
