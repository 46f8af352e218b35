"""The stores behind what is shown: the curated events, and imported data sets beside them.

Each choice of data sets is a store of its own, with its own row numbers, columns and span, so
that nothing imported weighs on who does not ask for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import pandas as pd

from geo import datasets, provenance
from geo.codebooks import FIELDS
from geo.datasets import Manifest
from geo.filters import CURATED, in_order
from geo.store import Part, Sets, Store
from geo.store.engine import Progress
from geo.tables import Package

# choices of data sets that are held open; the one asked for longest ago goes first
MOST: Final = 6
_ORDER: Final = ["day_start", "day_end", "event_id"]
Key = tuple[tuple[str, str], ...]


class Holdings:
    """Opens stores by the names of their data sets, each once; safe between threads."""

    def __init__(self, package: Callable[[], Package], curated: Callable[[], Store],
                 url: str | None, progress: Progress | None = None) -> None:
        self._package, self._curated, self._url = package, curated, url
        self._progress = progress
        self._held: dict[Key, Store] = {}
        self._lock = threading.Lock()
        self._turns: dict[Key, threading.Lock] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names of the data sets that there are, the curated one first."""
        return (CURATED, *(one.name for one in datasets.listed()[0]))

    def manifests(self, names: Sequence[str]) -> list[Manifest]:
        """Return what is known of the imported ones among these data sets."""
        wanted = set(names)
        return [one for one in datasets.listed()[0] if one.name in wanted] if wanted else []

    def store(self, names: Sequence[str]) -> Store:
        """Return the store of these data sets, the curated one for none.

        Raises
        ------
        TansiqError
            When one is damaged. A data set that is gone since is left out.
        """
        found = self.manifests(names)
        if not found:
            return self._curated()
        key = self._key(names, found)
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        # who opens a large data set keeps those waiting who want the same, and nobody else
        with turn:
            held = self._held.get(key) or self._opened(key, found)
            with self._lock:
                self._held.pop(key, None)
                while len(self._held) >= MOST:
                    self._held.pop(next(iter(self._held)))
                self._held[key] = held
        return held

    def is_open(self, names: Sequence[str]) -> bool:
        """Tell whether the store of these data sets answers at once."""
        found = self.manifests(names)
        return not found or self._key(names, found) in self._held

    def _key(self, names: Sequence[str], found: Sequence[Manifest]) -> Key:
        key = tuple((one.name, one.parquet) for one in found)
        return ((CURATED, self._package().version), *key) if CURATED in names else key

    def of_version(self, version: str) -> Store | None:
        """Return a store that is open by its version, None for any other."""
        return next((one for one in list(self._held.values()) if one.version == version), None)

    def _opened(self, key: Key, found: Sequence[Manifest]) -> Store:
        """Open the store of data sets, filled first from their files when it is not there."""
        parts = [Part(datasets.file_of(one), partial(datasets.check, one)) for one in found]
        if len(parts) < len(key):
            parts.insert(0, Part(provenance.events(self._package())))
        # the manifests' hashes stand for the rows
        said = "|".join([*(one.parquet_sha256 for one in found), *map(str, key)])
        fields = {name: value for name, (_, value) in FIELDS.items()}
        opened = Store.of(Sets(parts, fields, said), self._url, progress=self._progress)
        opened.package = self._package()
        opened.terms = tuple(one.terms for one in found)
        opened.sets = in_order(name for name, _ in key)
        return opened


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return events of several data sets in the order of the row numbers.

    What a table does not have (the curated one knows no codes of a source) is as good as empty.
    An identifier that an earlier table has too ends in the data set's name, as in `Sets`.
    """
    whole, known = [], set[str]()
    for frame in frames:
        lacking = {name: value for name, (_, value) in FIELDS.items()
                   if name not in frame.columns}
        ids = frame["event_id"]
        own = ids.where(~ids.isin(known), ids + ":" + frame["dataset"])
        known |= set(ids)
        whole.append(frame.assign(**lacking, event_id=own)[list(FIELDS)])
    return pd.concat(whole, ignore_index=True).sort_values(_ORDER, ignore_index=True)

