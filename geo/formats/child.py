"""The child that reads one foreign file: `python -m geo.formats.child KIND PATH …`.

It limits itself before it opens the file, opens nothing but the file, and writes Arrow batches of
texts to standard output. A refusal is one line of JSON on standard error and exit code 3.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from geo.formats import columnar, features, geopackage, workbook
from geo.formats.apart import HEADER, OWN
from geo.formats.rows import Limits, RefusedFileError, named, shown
from geo.formats.table import Record, Table, TableReader

READERS: Final[Mapping[str, TableReader]] = {
    "xlsx": workbook.read,
    "geojson": features.read,
    "gpkg": geopackage.read,
    "parquet": columnar.read,
}
REFUSED: Final = 3
BATCH: Final = 5_000
# what the parsers raise on damaged files
BROKEN: Final = (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError,
                 OSError, pa.ArrowException, MemoryError)


def confine(limits: Limits) -> None:
    """Let the system end this process when it takes more than the limits; POSIX only."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """Read the file and write its batches; returns the exit code."""
    kind, path, memory, seconds, unpacked, ratio = arguments
    limits = Limits(unpacked=int(unpacked), ratio=int(ratio), memory=int(memory),
                    seconds=int(seconds))
    confine(limits)
    try:
        _write(_reader(kind)(Path(path), limits))
    except RefusedFileError as error:
        return _refuse(str(error))
    except BrokenPipeError:
        return 0
    except BROKEN as error:
        reason = "the memory allowed is used up" if isinstance(error, MemoryError) else str(error)
        return _refuse(f"The file cannot be read as {kind} ({shown(reason)}).")
    return 0


def _reader(kind: str) -> TableReader:
    if kind in READERS:
        return READERS[kind]
    # shapely costs memory that readers of tables do not need
    from geo.formats import areas  # noqa: PLC0415

    return areas.reader(kind)


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{json.dumps({'refused': sentence})}\n")
    return REFUSED


def _write(table: Table) -> None:
    """Write the table's records, a batch at a time."""
    header = list(named(list(table.header)))
    names = [*OWN, *(f"c{at}" for at in range(len(header)))]
    kinds = [pa.int64(), *[pa.string()] * (len(names) - 1)]
    schema = pa.schema(list(zip(names, kinds, strict=True)), {HEADER: json.dumps(header)})
    with pa.ipc.new_stream(pa.PythonFile(sys.stdout.buffer), schema) as stream:
        for records in _batches(table.records):
            columns = zip(*(_cells(one, len(header)) for one in records), strict=True)
            arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
            stream.write_batch(pa.record_batch(arrays, schema=schema))
    sys.stdout.buffer.flush()


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _cells(record: Record, width: int) -> list[Any]:
    """Return a record as the columns of a batch; a surrogate alone is written out."""
    line, cells, reason, value = record
    if not reason and len(cells) != width:
        reason, value = "ragged", f"{len(cells)} ≠ {width}: {','.join(cells)}"
    texts = [reason, shown(value), *(cells if not reason else [""] * width)]
    return [line, *(text if text.isascii() else _sound(text) for text in texts)]


def _sound(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(f"⟨U+{ord(x):04X}⟩" if "\ud800" <= x <= "\udfff" else x for x in text)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
