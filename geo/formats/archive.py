"""Zip archives, judged by what they say of themselves before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from geo.formats import delimited
from geo.formats.rows import Limits, Opened, RefusedFileError

TABLES: Final = (".csv", ".tsv", ".txt")
# an archive that unpacks to less than this may do so at any ratio
SMALL: Final = 10_000_000
# what reading a broken or hostile archive raises
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError,
    ValueError,
)  # fmt: skip


@contextmanager
def weighed(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open an archive, after a look at how large it says it is.

    A member never gives more than it says, since the reader stops there.

    Raises
    ------
    RefusedFileError
        When it is none, is encrypted, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _weigh(archive, path.stat().st_size, limits)
            yield archive
    except BROKEN as error:
        raise RefusedFileError(f"The archive cannot be read ({error}).") from error


def _weigh(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    members = archive.infolist()
    if any(one.flag_bits & 1 for one in members):
        raise RefusedFileError("The archive is encrypted.")
    total = sum(one.file_size for one in members)
    if total > limits.unpacked:
        message = f"The archive unpacks to {total} bytes; {limits.unpacked} are allowed."
        raise RefusedFileError(message)
    if total > SMALL and total > limits.ratio * packed:
        message = f"The archive unpacks to more than {limits.ratio} times its size."
        raise RefusedFileError(message)


def of_zip(path: Path, limits: Limits) -> Opened:
    """Open the one table in an archive."""
    with weighed(path, limits) as archive:
        found = [
            one for one in archive.infolist()
            if PurePosixPath(one.filename).suffix.lower() in TABLES
            and not one.filename.startswith("__MACOSX/")
        ]  # fmt: skip
        if len(found) != 1:
            names = ", ".join(one.filename for one in found[:5]) or "none"
            message = f"The archive should hold one CSV or TSV file; it holds {names}."
            raise RefusedFileError(message)
    member = found[0]

    def source(stack: ExitStack) -> tuple[IO[bytes], int]:
        archive = stack.enter_context(weighed(path, limits))
        return stack.enter_context(archive.open(member)), member.file_size

    tsv = member.filename.lower().endswith(".tsv")
    return delimited.opened(source, "zip", limits, "\t" if tsv else "")
