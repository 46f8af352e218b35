"""Boundaries of the operator for the map: their shapes and names, and the area of each event."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from geo import boundaries
from geo.boundaries import Boundaries, Counted, sending
from geo.boundaries.sending import shapes
from geo.filters import EventFilter
from geo.server.answers import RefusedError
from geo.store import Store
from geo.store.kept import Kept

__all__ = ["counted", "named", "placed", "rows", "shapes"]

Rows = npt.NDArray[np.uint16]
# points that are placed at a time, so that a large table never lies in memory as a whole
_STEP: Final = 500_000
# answers that are remembered of a store
_COUNTS: Final = 32


@dataclass(slots=True)
class _Known:
    """Where a store's events lie, by level, with the digest of the boundaries; what was counted.

    The map of a large table and the table below it ask for the same numbers.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    levels: dict[str, tuple[str, Rows]] = field(default_factory=dict)
    counts: Kept = field(default_factory=lambda: Kept(_COUNTS))


# a store that is let go takes them along
_KNOWN: Final[MutableMapping[Store, _Known]] = WeakKeyDictionary()


def named(key: str) -> Boundaries:
    """Return the boundaries of a digest; others are refused."""
    found = next((one for one in boundaries.listed()[0] if one.about.key == key), None)
    if found is None:
        raise RefusedError(404, "not_found")
    return found


def rows(found: Boundaries, store: Store) -> Rows:
    """Return the number of each event's area by row number, from 1; 0 for none.

    Worked out once for the boundaries of now, whoever asks first.
    """
    level, key = found.about.level, found.about.key
    known = _KNOWN.setdefault(store, _Known())
    with known.lock:
        if known.levels.get(level, ("",))[0] != key:
            size = store.size
            parts = (range(at, min(at + _STEP, size)) for at in range(0, size, _STEP))
            numbers = [boundaries.rows_of(found, store.points(part)) for part in parts]
            known.levels[level] = key, np.concatenate([np.zeros(0, np.uint16), *numbers])
        return known.levels[level][1]


def placed(found: Boundaries, store: Store) -> bytes:
    """Return the same as `sending.packed` has it."""
    return sending.packed(rows(found, store))


def counted(found: Boundaries, store: Store, f: EventFilter) -> Counted:
    """Return how many of a filter's events lie in each area."""

    def count() -> Counted:
        chosen = store.row_numbers(f)
        counts = np.bincount(rows(found, store)[chosen], minlength=len(found.areas) + 1)
        return Counted(found, tuple(counts[1:].tolist()), len(chosen))

    return _KNOWN.setdefault(store, _Known()).counts.get((found.about.key, f), count)
