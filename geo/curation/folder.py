"""A folder of tables that changes as a whole: the old one or the new one, never a mixture.

The new content is staged beside the folder, checked there, and swapped in by two renames; the
journal of the swap is the staged folder's own name, so that whoever comes next after a crash can
finish it or throw it away. A lock file keeps a second curator out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.errors import TansiqError

# beside `data`: `.data.new` is being made, `.data.ready` is whole, `.data.old` is to be deleted
NEW, READY, OLD, LOCK = ".{}.new", ".{}.ready", ".{}.old", ".{}.lock"
NAMES: Final = (NEW, READY, OLD)


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(name.format(folder.name))


@contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """Give a copy of a folder to change; it takes the folder's place when the block ends.

    An error in the block leaves the folder as it was. Raises `TansiqError` while somebody
    else changes it, and `OSError` where the folder beside it cannot be written.
    """
    folder = folder.resolve()
    with _locked(folder):
        recover(folder)
        new, ready = _beside(folder, NEW), _beside(folder, READY)
        try:
            shutil.copytree(folder, new, symlinks=True)
            yield new
            _settle(new)
            new.rename(ready)  # from here on the change is made, even if we are killed
        finally:  # after the renaming there is none
            shutil.rmtree(new, ignore_errors=True)
        recover(folder)


def recover(folder: Path) -> bool:
    """Finish or throw away a change that was cut off; returns whether there was one."""
    folder = folder.resolve()
    new, ready, old = (_beside(folder, name) for name in NAMES)
    found = any(path.exists() for path in (new, ready, old))
    if ready.exists():
        if folder.exists() and not old.exists():
            folder.rename(old)
        elif folder.exists():  # an older remainder; the folder itself is what ready replaces
            shutil.rmtree(old)
            folder.rename(old)
        ready.rename(folder)
    elif old.exists() and not folder.exists():
        old.rename(folder)
    for path in (new, old):
        if path.exists():
            shutil.rmtree(path)
    if found:
        _sync(folder.parent)
    return found


def _settle(folder: Path) -> None:
    """Bring every file of the folder to the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync(folder)


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; one whose process is gone is taken over."""
    lock = _beside(folder, LOCK)
    for _ in range(2):
        try:
            handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            if _alive(lock):
                message = f"{folder} is being changed by another process ({lock.name})."
                raise TansiqError(message) from None
            lock.unlink(missing_ok=True)
    else:
        raise TansiqError(f"{folder} is being changed by another process ({lock.name}).")
    with os.fdopen(handle, "w") as file:
        file.write(str(os.getpid()))
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _alive(lock: Path) -> bool:
    """Tell whether the process that holds a lock is still there."""
    try:
        number = int(lock.read_text(encoding="ascii"))
        os.kill(number, 0)
    except (ValueError, ProcessLookupError, FileNotFoundError):
        return False
    except OSError:
        return True
    return number != os.getpid()
