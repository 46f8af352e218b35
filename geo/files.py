"""Files written whole or not at all: temporary neighbour, fsync, replace, fsync of the folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from geo.errors import TansiqError


def write_atomic(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, so that a reader or a crash finds the old or the new file.

    A symbolic link is followed, the mode of a file that is there is kept. Raises
    `TansiqError` when the place is no regular file, and `OSError` that names ``path``
    (with no temporary file left) when the disk is full or the folder missing or locked.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise TansiqError(f"{path}: expected a file to write, found a folder or a device")
    # the neighbour stands in the same folder, for os.replace is atomic on one file system only
    neighbour = target.with_name(f".tansiq-{secrets.token_hex(8)}.tmp")
    try:
        _write_through(neighbour, content, target)
        neighbour.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:  # after the replacement there is none
        neighbour.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _write_through(neighbour: Path, content: bytes, target: Path) -> None:
    """Write the new file and wait until the disk has it."""
    with neighbour.open("xb") as file:
        if target.exists():
            neighbour.chmod(target.stat().st_mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; Windows has no such call for folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
