"""Formats that are read in a child process, which may take so much memory and time and no more.

The child (`geo.formats.child`) writes Arrow record batches of texts to its standard output; it
knows no more than the path. Whatever it dies of costs one message.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import pyarrow as pa

from geo.formats.rows import Chunk, Finding, Limits, Opened, Reader, RefusedFileError, Stamp

# columns of the child's batches before those of the file
LINE, REASON, VALUE = "line", "reason", "value"
OWN: Final = (LINE, REASON, VALUE)
HEADER: Final = b"header"
_ROOT: Final = Path(__file__).resolve().parents[2]
_ENDED: Final = "The file could not be read within the limits of memory and time."


def reader(kind: str) -> Reader:
    """Return the reader of a format that is read apart."""

    def read(path: Path, limits: Limits) -> Opened:
        with ExitStack() as stack:
            stream, whole = stack.enter_context(_started(kind, path, limits))
            header = tuple(json.loads((stream.schema.metadata or {})[HEADER]))
            # from here on whoever opened the file ends the child
            rest = stack.pop_all()
        return Opened(kind, header, lambda: _chunks(stream, whole, limits), close=rest.close)

    return read


def _chunks(stream: Any, whole: Callable[[], None], limits: Limits) -> Iterator[Chunk]:
    seen = 0
    while (batch := _next(stream)) is not None:
        seen += batch.num_rows
        if limits.rows is not None and seen > limits.rows:
            raise RefusedFileError(f"The file has more than {limits.rows} rows.")
        yield _chunk(batch, seen)
    whole()


def _next(stream: Any) -> Any:
    """Return the next batch; None at the end, also where the child died in the middle."""
    try:
        return stream.read_next_batch()
    except (StopIteration, pa.ArrowException, OSError):
        return None


def _chunk(batch: Any, seen: int) -> Chunk:
    lines, reasons, values, *columns = (column.to_pylist() for column in batch.columns)
    at, rows, broken = [], [], []
    cells = zip(*columns, strict=True) if columns else iter([()] * len(lines))
    for line, reason, value, row in zip(lines, reasons, values, cells, strict=True):
        if reason:
            broken.append(Finding(line, "", value, reason))
        else:
            at.append(line)
            rows.append(list(row))
    return Chunk(at, rows, broken, Stamp(seen, 0))


@contextmanager
def _started(kind: str, path: Path, limits: Limits) -> Iterator[tuple[Any, Callable[[], None]]]:
    """Start the child; give the stream of its batches, and what to call when it is used up.

    The child ends with the block at the latest.

    Raises
    ------
    RefusedFileError
        When the child refuses the file, dies, or takes too long.
    """
    command = [sys.executable, "-m", "geo.formats.child", kind, str(path.resolve()),
               str(limits.memory), str(limits.seconds), str(limits.unpacked), str(limits.ratio)]
    with TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, and a path
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            env=_environment(), cwd=_ROOT)
        # processor time is limited by the system; waiting is limited here
        clock = threading.Timer(limits.seconds, child.kill)
        clock.start()

        def whole() -> None:
            """Raise unless the child came to its end by itself."""
            if child.wait(limits.seconds):
                raise RefusedFileError(_said(said))

        try:
            with _telling(whole):
                stream = pa.ipc.open_stream(child.stdout)
            yield stream, whole
        finally:
            clock.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()


@contextmanager
def _telling(whole: Callable[[], None]) -> Iterator[None]:
    """Raise what the child said when it wrote no stream at all."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        whole()
        raise RefusedFileError(_ENDED) from error


def _said(said: IO[bytes]) -> str:
    """Return the child's last words, when they are ours."""
    said.seek(0)
    for line in reversed(said.read().splitlines()):
        if line.startswith(b'{"refused":'):
            return str(json.loads(line)["refused"])
    return _ENDED


def _environment() -> dict[str, str]:
    """Return what the child gets to know of its surroundings."""
    kept = ("PATH", "SYSTEMROOT", "LANG", "TMPDIR")
    own = {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1",
           "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system",
           "PYTHONDONTWRITEBYTECODE": "1"}
    return {name: os.environ[name] for name in kept if name in os.environ} | own
