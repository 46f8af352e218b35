"""The events as little-endian binary columns, and back.

Of a store some rows are fetched at a time, as numbers only: no text of the events is loaded, and
memory grows with the columns alone.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import marks
from geo.errors import TansiqError
from geo.filters import PROVINCES
from geo.store import Store
from geo.store.derived import mercator

MAGIC: Final = b"TSQE"
VERSION: Final = 1
# magic, version, flags, n, longest interval in days, origin x0 and y0
HEADER: Final = struct.Struct("<4sHHIidd")
# the high bit of a precision: the event is about the area, it did not happen there
SUBJECT_AREA: Final = 0x80
# a code is the index in its list, and a bit of the call's masks: at most 31, for JavaScript
TYPES: Final = ("", *marks.EVENT_TYPES)
ADMIN1: Final = ("", *PROVINCES)
PRECISIONS: Final = ("none", "site", "town", "subdistrict", "district", "governorate")
LAYOUT: Final = (
    ("x", "<f4"), ("y", "<f4"), ("start", "<u2"), ("end", "<u2"),
    ("type", "u1"), ("admin1", "u1"), ("admin1_alt", "u1"), ("precision", "u1"),
)
LAST_DAY: Final = 0xFFFF
# the canonical columns behind those of the layout: numbers, and words with their codes
_NUMBERS: Final = ("lat", "lon", "day_start", "day_end")
_CODED: Final[dict[str, tuple[str, ...]]] = {
    "event_type": TYPES, "admin1": ADMIN1, "admin1_alt": ADMIN1, "geo_precision": PRECISIONS,
}
_ROLE: Final = {"place_role": ("subject_area",)}
# events that a browser should load, unless a setting says otherwise
MOST_LOADED: Final = 2_000_000
LIMIT: Final = "TANSIQ_MAP_LIMIT"
# rows of a store that are fetched at once
STEP: Final = 100_000


def too_large(store: Store) -> bool:
    """Tell whether a store has more events than a browser should load (`TANSIQ_MAP_LIMIT`).

    Raises
    ------
    TansiqError
        When the setting is no whole number.
    """
    said = os.environ.get(LIMIT, "").strip()
    if said and not re.fullmatch(r"\d{1,10}", said, re.ASCII):
        raise TansiqError(f"{LIMIT}: expected a number of events, found {said!r}")
    return store.size > (int(said) if said else MOST_LOADED)


def pack(events: pd.DataFrame) -> bytes:
    """Return canonical events, sorted by ``day_start``, as little-endian columns.

    A header of 32 bytes, then the columns of ``LAYOUT`` in order, each beginning at a
    multiple of 8 bytes: ``x`` and ``y`` as offsets from the header's x0 and y0 in units of
    the world (Web Mercator; NaN without a point), days since 1970-01-01, and codes.

    Raises
    ------
    TansiqError
        When the order is wrong, or a value has no code or does not fit.
    """
    coded = {}
    for name, known in {**_CODED, **_ROLE}.items():
        places = {word: place for place, word in enumerate(known)}
        coded[name] = events[name].map(places).fillna(-1).astype("int64")
        if name in _CODED and (coded[name] < 0).any():
            _refuse(name, events.loc[coded[name] < 0, name].iloc[0])
    return packed(events[list(_NUMBERS)].assign(**coded))


def packed(rows: pd.DataFrame) -> bytes:
    """Return rows of numbers, as `wanted` names them, as `pack` does."""
    columns = _Columns(len(rows))
    columns.add(0, rows)
    return columns.packed()


def wanted(more: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], dict[str, Sequence[str]]]:
    """Return what `packed` needs of a store: plain columns, and those of words with their codes.

    ``more`` are further columns of words.
    """
    return _NUMBERS, {**_CODED, **_ROLE, **more}


def pack_store(store: Store, step: int = STEP) -> bytes:
    """Return all events of a store as `pack` does, fetched ``step`` rows at a time.

    Of a store that is `too_large` none is returned: it is asked window by window (`view`).
    """
    if too_large(store):
        return _Columns(0).packed()
    columns, first = _Columns(store.size), 0
    for rows in store.slices(_NUMBERS, {**_CODED, **_ROLE}, step):
        columns.add(first, rows)
        for name in _CODED:
            if (rows[name] < 0).any():
                found = store.at(first + int((rows[name] < 0).to_numpy().argmax()))
                _refuse(name, found and found[name])
        first += len(rows)
    return columns.packed()


def _refuse(name: str, value: object) -> None:
    raise TansiqError(f"The column {name} has {value!r}, which has no code for the map.")


class _Columns:
    """The columns while they are filled; x and y in full precision, since the origin comes last."""

    def __init__(self, n: int) -> None:
        self._n, self._longest = n, 0
        self._x, self._y = np.empty(n, np.float64), np.empty(n, np.float64)
        self._rest = {name: np.empty(n, kind) for name, kind in LAYOUT[2:]}

    def add(self, first: int, rows: pd.DataFrame) -> None:
        """Put rows in their place: degrees, days, and codes for words (see `_CODED`)."""
        here, rest = slice(first, first + len(rows)), self._rest
        lat, lon = (rows[name].to_numpy(np.float64) for name in ("lat", "lon"))
        self._x[here], self._y[here] = mercator(lat, lon)
        start, end = _days(rows["day_start"]), _days(rows["day_end"])
        rest["start"][here], rest["end"][here] = start, end
        for ours, theirs in (("type", "event_type"), ("admin1", "admin1"),
                             ("admin1_alt", "admin1_alt")):
            rest[ours][here] = rows[theirs].to_numpy(np.int64).astype(np.uint8)
        about = np.where(rows["place_role"].to_numpy() == 0, SUBJECT_AREA, 0)
        precision = rows["geo_precision"].to_numpy(np.int64) | about
        rest["precision"][here] = precision.astype(np.uint8)
        if len(rows):
            lengths = end.astype(np.int64) - start
            self._longest = max(self._longest, int(lengths.max()))

    def packed(self) -> bytes:
        """Return the bytes."""
        start = self._rest["start"]
        if (start[1:] < start[:-1]).any():
            raise TansiqError("The events are not sorted by the day of their start.")
        x0, y0 = _origin(self._x), _origin(self._y)
        columns = {"x": self._x - x0, "y": self._y - y0, **self._rest}
        head = HEADER.pack(MAGIC, VERSION, 0, self._n, self._longest, x0, y0)
        parts, at = [head], len(head)
        for name, kind in LAYOUT:
            part = b"\0" * (-at % 8) + columns[name].astype(kind).tobytes()
            parts.append(part)
            at += len(part)
        return b"".join(parts)


def _days(cells: pd.Series[int]) -> NDArray[np.uint16]:
    if len(cells) and not (cells.min() >= 0 and cells.max() <= LAST_DAY):
        raise TansiqError(f"The column {cells.name} has days outside 1970-01-01 to 2149-06-06.")
    return cells.to_numpy().astype(np.uint16)


def _origin(values: NDArray[np.float64]) -> float:
    """Return the middle of the values, so that offsets from it fit a 32-bit float."""
    here = values[np.isfinite(values)]
    return float((here.min() + here.max()) / 2) if here.size else 0.5


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Binary columns read back: arrays by the names of ``LAYOUT``, x and y as offsets."""

    n: int
    longest: int
    x0: float
    y0: float
    columns: Mapping[str, NDArray[Any]]


def unpack(packed: bytes) -> Unpacked:
    """Read binary columns back; raises TansiqError when the bytes are not such columns."""
    if len(packed) < HEADER.size:
        raise TansiqError(f"Binary columns have {len(packed)} bytes, less than their header.")
    magic, version, _, n, longest, x0, y0 = HEADER.unpack_from(packed)
    if (magic, version) != (MAGIC, VERSION):
        raise TansiqError(f"Expected binary columns TSQE {VERSION}, found {magic!r} {version}.")
    columns, at = {}, HEADER.size
    for name, kind in LAYOUT:
        at += -at % 8
        size = np.dtype(kind).itemsize * n
        if at + size > len(packed):
            raise TansiqError(f"The binary column {name} is cut short.")
        columns[name] = np.frombuffer(packed, kind, n, at)
        at += size
    return Unpacked(n, longest, x0, y0, columns)
