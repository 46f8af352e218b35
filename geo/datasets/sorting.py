"""Tables of any size in the order of their days, in bounded memory.

Each table that is added is sorted and written aside as a run, in small batches; only the keys stay
in memory. Then the place of every row is known, and the runs are merged a bucket at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

KEYS: Final = ("day_start", "day_end", "event_id")
_ORDER: Final = [(key, "ascending") for key in KEYS]
# rows of a run's batch, which is what is read at once, and of a bucket
_BATCH: Final = 2_048
BUCKET: Final = 40_000


class Sorter:
    """Takes tables of one schema and gives their rows back sorted by `KEYS`."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder, schema
        self._keys: list[pa.Table] = []
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Sort a table and write it aside."""
        if not table.num_rows:
            return
        table = table.take(pc.sort_indices(table.select(KEYS), _ORDER))
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(self._run(len(self._keys)), self._schema, options=options) as run:
            run.write_table(table, max_chunksize=_BATCH)
        self._keys.append(table.select(KEYS).combine_chunks())
        self.rows += table.num_rows

    def _run(self, number: int) -> str:
        return str(self._folder / f"run-{number:05d}.arrow")

    def buckets(self) -> Iterator[pa.Table]:
        """Yield all rows in order, `BUCKET` at a time."""
        if not self._keys:
            return
        keys = pa.concat_tables(self._keys)
        order = pc.sort_indices(keys, _ORDER).to_numpy()
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        sizes = [table.num_rows for table in self._keys]
        self._keys.clear()
        # a run is sorted, so its rows' places ascend
        per_run = np.split(places, np.cumsum(sizes)[:-1])
        files = [pa.ipc.open_file(self._run(number)) for number in range(len(sizes))]
        for first in range(0, self.rows, BUCKET):
            yield _bucket(files, per_run, first)


def _bucket(files: list[Any], per_run: list[NDArray[np.int64]], first: int) -> pa.Table:
    """Return the rows whose places are ``first`` up to the next bucket's."""
    parts, places = [], []
    for file, run in zip(files, per_run, strict=True):
        start, stop = np.searchsorted(run, [first, first + BUCKET])
        if start < stop:
            parts.append(_rows(file, int(start), int(stop)))
            places.append(run[start:stop])
    return pa.concat_tables(parts).take(np.argsort(np.concatenate(places)))


def _rows(file: Any, start: int, stop: int) -> pa.Table:
    """Return some rows of a run."""
    numbers = range(start // _BATCH, (stop - 1) // _BATCH + 1)
    batches = pa.Table.from_batches([file.get_batch(number) for number in numbers])
    return batches.slice(start - numbers.start * _BATCH, stop - start)
