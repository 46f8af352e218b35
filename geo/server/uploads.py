"""Files that readers bring for their session alone: held in memory, under expiring tokens.

A token is an address that nobody can guess; whatever is answered under it is not to be kept.
Nothing of an upload stands in an address that a reader can pass on, and nothing of it stays on
the disk: the folder it is read in is gone before its events are shown, and one that a killed
process left goes when the next one starts.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pandas as pd

from geo import boundaries, columns, datasets
from geo.address import OWN
from geo.boundaries import Placer
from geo.codebooks import FIELDS
from geo.codebooks.values import visible
from geo.datasets import Manifest, Order
from geo.errors import TansiqError
from geo.filters import CURATED, UPLOAD, in_order
from geo.formats import Limits
from geo.formats.rows import UPLOAD as SHIPPED
from geo.server.answers import RefusedError
from geo.server.holdings import joined
from geo.server.workshop import workshop
from geo.store import Store
from geo.tables import Package

# one database an upload, in memory whatever the store of the others is
_URL: Final = "duckdb:///:memory:"
# the name under which a file is read, in a folder of its own
_NAME: Final = "file"
# files that are read at once, since one keeps a processor busy; how many seconds others wait
AT_ONCE: Final = 1
WAITING_S: Final = 60
# stores of an upload that are held open: what is shown, and what was before
OPEN: Final = 2
# events of other data sets that an upload is laid over
MOST_BESIDE: Final = 300_000
# characters of a file's name that are shown
_SHOWN: Final = 80
_ENDINGS: Final = re.compile(r"\.(csv|tsv|txt|zip|xlsx|geojson|json|gpkg|parquet)", re.ASCII)
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What readers may bring.

    Attributes
    ----------
    megabytes, rows: of one file; 0 megabytes takes none at all.
    minutes: how long a file is held after its session last showed a page.
    held: how many files are held at once.
    """

    megabytes: int = SHIPPED.size // 1_000_000
    rows: int = SHIPPED.rows or 0
    minutes: int = 60
    held: int = 12

    @classmethod
    def read(cls) -> Settings:
        """Return the settings of TANSIQ_UPLOAD_MB, _ROWS, _MINUTES and _HELD, else as shipped."""
        names = {"MB": "megabytes", "ROWS": "rows", "MINUTES": "minutes", "HELD": "held"}
        said = {ours: os.environ.get(f"TANSIQ_UPLOAD_{theirs}", "")
                for theirs, ours in names.items()}
        return cls(**{name: int(text) for name, text in said.items()
                      if text.isascii() and text.isdigit()})

    @property
    def limits(self) -> Limits:
        """What a file may cost before it is refused."""
        return replace(SHIPPED, size=self.megabytes * 1_000_000, rows=self.rows)


@dataclass(slots=True)
class Upload:
    """A reader's file, read.

    Attributes
    ----------
    token: 32 hexadecimal digits; who knows it may ask for the report.
    filename: as the reader's machine names it; shown to nobody else.
    manifest: rows, reasons, licence; ``report`` the CSV of what was not taken.
    packed: the events in canonical columns as Parquet, a tenth of their frame; empty when no
        row was taken.
    until: when it is let go, unless its session shows a page before, by the registry's clock.
    """

    token: str
    filename: str
    manifest: Manifest
    report: bytes
    packed: bytes
    until: float = 0.0
    opened: dict[Key, Store] = field(default_factory=dict)

    @property
    def stored(self) -> bool:
        """Tell whether any row was taken."""
        return bool(self.packed)

    def events(self) -> pd.DataFrame:
        """Return the events, by the day of their start."""
        return pd.read_parquet(io.BytesIO(self.packed))


class Uploads:
    """The uploads of all sessions, each known by its token alone; safe between threads.

    ``package`` is the curated data; ``beside`` opens the store of data sets by their names.
    """

    def __init__(self, package: Callable[[], Package], beside: Callable[[Sequence[str]], Store],
                 settings: Settings | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings or Settings.read()
        self._package, self._beside, self._clock = package, beside, clock
        self._held: dict[str, Upload] = {}
        self._lock = threading.RLock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def take(self, content: bytes, filename: str, dates: str = "",
             progress: datasets.Progress | None = None) -> Upload:
        """Read a file and hold what it has; ``dates`` says how 10/11/2017 is meant.

        Raises
        ------
        RefusedFileError
            When the file is not read at all.
        RefusedError
            When too many files are read or held already.
        """
        self._let_go()
        full = len(self._held) >= self.settings.held
        if full or not self._turns.acquire(timeout=WAITING_S):
            raise RefusedError(503, "uploads_busy")
        try:
            made = self._read(content, filename, dates, progress)
        finally:
            self._turns.release()
        with self._lock:
            made.until = self._clock() + 60 * self.settings.minutes
            self._held[made.token] = made
        return made

    def _read(self, content: bytes, filename: str, dates: str,
              progress: datasets.Progress | None) -> Upload:
        with workshop() as folder:
            ending = Path(filename).suffix.lower()
            file = folder / f"{_NAME}{ending if _ENDINGS.fullmatch(ending) else '.csv'}"
            file.write_bytes(content)
            order = Order(file, name=_NAME, dates=dates, limits=self.settings.limits)
            home, report = folder / "home", folder / "report.csv"
            found = datasets.import_file(self._package(), order, home=home, report=report,
                                         progress=progress, placer=_placer())
            packed = _packed(home) if found.stored else b""
            shown = visible(filename)[:_SHOWN]
            made = replace(found.manifest, name=shown, source=shown)
            return Upload(secrets.token_hex(16), shown, made, report.read_bytes(), packed)

    def get(self, token: str) -> Upload | None:
        """Return an upload that is held, None when there is none, or none any more."""
        self._let_go()
        return self._held.get(token)

    def touch(self, token: str) -> Upload | None:
        """Return an upload, and hold it for as long again: its session shows a page."""
        found = self.get(token)
        if found:
            found.until = self._clock() + 60 * self.settings.minutes
        return found

    def store(self, token: str, names: Sequence[str], *, alone: bool = False) -> Store | None:
        """Return the upload's store, laid over data sets; the last two are held open.

        None when the upload is gone. With more than `MOST_BESIDE` events beside, it stands alone.
        """
        found = self.touch(token)
        if found is None or not found.stored:
            return None
        key: Key = () if alone or self.too_much(names) else ("+", *names)
        with self._lock:
            if key not in found.opened:
                self._close(found, OPEN - 1)
                found.opened[key] = self._open(found, key[1:] if key else None)
            return found.opened[key]

    def too_much(self, names: Sequence[str]) -> bool:
        """Tell whether data sets have more events than an upload is laid over."""
        return self._beside(names).size > MOST_BESIDE

    def _open(self, found: Upload, names: Sequence[str] | None) -> Store:
        events, terms, sets = found.events(), tuple[str, ...](), in_order([UPLOAD])
        if names is not None:
            beside = self._beside(names)
            sets = in_order((*(beside.sets or (CURATED,)), UPLOAD))
            events, terms = joined([beside.every(), events]), beside.terms
        # another token for each: a browser that keeps answers never meets another table
        opened = Store.of(events, _URL, known=secrets.token_hex(16))
        opened.package, opened.sets = self._package(), sets
        opened.terms = (*terms, found.manifest.terms)
        return opened

    def of_version(self, version: str) -> Store | None:
        """Return the open store of a token that stands in an address, None for any other."""
        found = self.shown(version)
        return found[0] if found else None

    def shown(self, version: str) -> tuple[Store, str] | None:
        """Return the same, and how it shows the upload, as `EventFilter.uploaded` has it."""
        self._let_go()
        opened = [item for one in list(self._held.values()) for item in one.opened.items()]
        return next(((store, "beside" if key else "alone") for key, store in opened
                     if store.version == version), None)

    def drop(self, token: str) -> None:
        """Let an upload go; one that is gone already is none."""
        with self._lock:
            found = self._held.pop(token, None)
            if found:
                self._close(found)

    def _let_go(self) -> None:
        """Let go what nobody has shown for long."""
        now = self._clock()
        for token, one in list(self._held.items()):
            if one.until <= now:
                self.drop(token)

    @staticmethod
    def _close(found: Upload, kept: int = 0) -> None:
        """Close an upload's stores but the last few."""
        while len(found.opened) > kept:
            store = found.opened.pop(next(iter(found.opened)))
            columns.forget(store.version)
            with suppress(TansiqError):
                store.close()


def _packed(home: Path) -> bytes:
    """Return the events that were read as ours: of the reader's data set, with ids of its own."""
    events = datasets.load(_NAME, home, columns=list(FIELDS))
    out = io.BytesIO()
    events.assign(dataset=UPLOAD, event_id=OWN + events["event_id"]).to_parquet(
        out, index=False, compression="zstd")
    return out.getvalue()


def _placer() -> Placer | None:
    """Return what compares with the operator's boundaries; those that are damaged are left out."""
    levels = {one.about.level: one for one in boundaries.listed()[0]}
    return Placer(levels) if levels else None
