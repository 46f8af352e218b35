"""One change of a data set at a time; the system itself gives a dead process's lock back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import TansiqError

if os.name == "nt":
    import msvcrt

    def take(handle: int) -> None:
        """Lock an open file for as long as it is open; OSError while another has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def take(handle: int) -> None:
        """Lock an open file for as long as it is open; OSError while another has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(home: Path, name: str) -> Iterator[None]:
    """Hold the lock of a data set's name until the block ends.

    Raises
    ------
    TansiqError
        While another process holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / f".{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            take(handle)
        except OSError as error:
            message = f"The data set {name} is being changed by another process; try again later."
            raise TansiqError(message) from error
        yield
    finally:
        # the file stays: whoever waits for its name must not meet another file
        os.close(handle)
