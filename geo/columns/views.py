"""What a window of the map shows of a table too large for a browser: events, or their numbers.

Few events come as the columns that a browser holds of smaller tables, so that it draws and
answers for them as it always does; of more, each cell of the screen comes with its number.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import pandas as pd

from geo.columns.packing import packed, wanted
from geo.filters import EventFilter
from geo.store import Store, Window

MAGIC: Final = b"TSQV"
VERSION: Final = 1
# magic, version, 0 for cells and 1 for events, how many follow; of the whole filter: how many
# events match, and how many of them have a point
HEADER: Final = struct.Struct("<4sHHIII4x")
CELLS: Final = (("n", "<u4"), ("x", "<u2"), ("y", "<u2"), ("dataset", "u1"))
# events of a window that come as such
MOST_SINGLE: Final = 20_000


def view(store: Store, f: EventFilter, window: Window) -> bytes:
    """Return what a window shows of a filter's events, little-endian.

    After a header of 24 bytes either `CELLS`, or the events: their number in bytes (unsigned, 32
    bits) and the columns of `pack`; their row numbers (unsigned, 32 bits), the places of their
    data sets (8 bits), and a bit for each whose reports contradict each other. Each part begins
    at a multiple of 8 bytes.
    """
    figures, cells = store.figures(f), store.cells(f, window)
    located = figures.shown - figures.without_point
    if int(cells["n"].sum()) > MOST_SINGLE:
        parts = [cells[name].to_numpy().astype(kind).tobytes() for name, kind in CELLS]
        head = HEADER.pack(MAGIC, VERSION, 0, len(cells), figures.shown, located)
        return _joined(head, *parts)
    numbers, coded = wanted({"dataset": store.sets} if len(store.sets) > 1 else {})
    rows = store.inside(f, window, ("row", *numbers), coded)
    head = HEADER.pack(MAGIC, VERSION, 1, len(rows), figures.shown, located)
    return _joined(head, *_events(rows))


def _events(rows: pd.DataFrame) -> list[bytes]:
    columns = packed(rows)
    sets = rows["dataset"].to_numpy() if "dataset" in rows else np.zeros(len(rows))
    clash = np.packbits(rows["clash"].to_numpy() == 1, bitorder="little")
    return [struct.pack("<I4x", len(columns)), columns,
            rows["row"].to_numpy().astype("<u4").tobytes(), sets.astype("u1").tobytes(),
            clash.tobytes()]


def _joined(*parts: bytes) -> bytes:
    return b"".join(part + b"\0" * (-len(part) % 8) for part in parts)
