"""Bitmasks of rows for what a browser cannot decide by itself, named by a digest.

A text, or a data set that the browser does not hold, is answered by the store; the browser
fetches the rows as bits, once per digest.
"""

from __future__ import annotations

import struct
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from geo.filters import EventFilter
from geo.store import Store

MAGIC: Final = b"TSQM"
VERSION: Final = 1
# magic, version, flags, n, how many rows are set
HEADER: Final = struct.Struct("<4sHHII")


def mask(rows: NDArray[np.uint32] | Sequence[int], n: int) -> bytes:
    """Return a bitmask of ``n`` rows, the lowest bit first, after a header of 16 bytes."""
    bits = np.zeros(n, bool)
    bits[np.asarray(rows, np.int64)] = True
    head = HEADER.pack(MAGIC, VERSION, 0, n, int(bits.sum()))
    return head + np.packbits(bits, bitorder="little").tobytes()


class Masks:
    """The bitmasks that calls have named: bounded, safe between threads, rebuilt when needed.

    Attributes
    ----------
    remembered: how many questions are remembered.
    held: of how many of them the bytes are held; the others are asked for again.
    """

    def __init__(self, remembered: int = 4096, held: int = 64) -> None:
        self.remembered, self.held = remembered, held
        # a store that nobody holds any longer is not held for its questions either
        self._asked: OrderedDict[tuple[str, str], tuple[ref[Store], EventFilter]] = OrderedDict()
        self._bytes: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def register(self, store: Store, f: EventFilter) -> str:
        """Remember the part of a filter that a browser cannot decide; "" when there is none."""
        rest = f.beyond_columns()
        if rest == EventFilter(viewpoint=rest.viewpoint):
            return ""
        return self.name(store, rest, rest.text_digest() if rest == EventFilter(q=rest.q) else "")

    def name(self, store: Store, f: EventFilter, name: str = "") -> str:
        """Remember a filter of a store, by its digest if no name is given; returns the name."""
        name = name or f.digest()
        with self._lock:
            _keep(self._asked, (store.version, name), (ref(store), f), self.remembered)
        return name

    def question(self, version: str, name: str) -> tuple[Store, EventFilter] | None:
        """Return the store and the filter of a name, None when nobody has named it."""
        with self._lock:
            asked = self._asked.get((version, name))
        store = asked and asked[0]()
        return (store, asked[1]) if asked and store else None

    def forget(self, version: str) -> None:
        """Let go everything of a data version, its store too."""
        with self._lock:
            for kept in (self._asked, self._bytes):
                for key in [key for key in kept if key[0] == version]:
                    del kept[key]

    def get(self, version: str, name: str) -> bytes | None:
        """Return a mask by data version and digest, None when nobody has named it."""
        key = (version, name)
        with self._lock:
            found = self._bytes.get(key)
            if found is not None:
                self._bytes.move_to_end(key)
        if found is not None:
            return found
        question = self.question(version, name)
        if question is None:
            return None
        # asked outside of the lock: two threads may do the same work, none waits for a query
        store, rest = question
        found = mask(store.row_numbers(rest), store.size)
        with self._lock:
            _keep(self._bytes, key, found, self.held)
        return found


def _keep(kept: OrderedDict[tuple[str, str], Any], key: tuple[str, str], value: object,
          most: int) -> None:
    """Put a value last, and drop the longest unused ones."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


_MASKS: Final = Masks()


def register_mask(store: Store, f: EventFilter) -> str:
    """Remember what a text filter asks for; returns its digest, "" without a text."""
    return _MASKS.register(store, f)


def register_view(store: Store, f: EventFilter) -> str:
    """Remember a filter but for its dates, for what windows of the map show of it."""
    return _MASKS.name(store, f.without("dates"))


def registered_view(version: str, name: str) -> tuple[Store, EventFilter] | None:
    """Return the store and the filter, without dates, that a call has named, or None."""
    return _MASKS.question(version, name)


def forget(version: str) -> None:
    """Let go the masks of a data version, and the store that they hold."""
    _MASKS.forget(version)


def registered_mask(version: str, name: str) -> bytes | None:
    """Return a mask that a call has named, or None."""
    return _MASKS.get(version, name)
