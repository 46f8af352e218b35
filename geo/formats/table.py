"""What the readers of the child give: names of columns, and records of texts."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from geo.formats.rows import Limits

# where a point of the geometry goes, when a file has one
GEOMETRY: Final = ("geometry_lon", "geometry_lat")
# where a polygon goes, as hexadecimal well-known binary
AREA: Final = "geometry_wkb"
_WKB_POINT: Final = 1
_WKB_KINDS: Final = 1000
_WKB_EMPTY: Final = ("", "")


class Record(NamedTuple):
    """One record: its number, its cells, and the reason why it is none (with the value), or ""."""

    line: int
    cells: list[str]
    reason: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; an iterable that can be read once."""

    header: tuple[str, ...]
    records: Iterable[Record]


TableReader = Callable[[Path, Limits], Table]


class NotAPointError(ValueError):
    """A geometry that is no point; it is never reduced to one."""


def number(value: float) -> str:
    """Return a number as short as it can be read back: 33.25, 1e-05, 7."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:  # noqa: PLR2004
        return str(int(value))
    return repr(value)


def point(wkb: bytes) -> tuple[str, str]:
    """Return longitude and latitude of a point as texts; both empty for an empty point.

    Raises
    ------
    NotAPointError
        For any other geometry, or what is none.
    """
    try:
        order = "<" if wkb[0] == 1 else ">"
        (kind,) = struct.unpack_from(f"{order}I", wkb, 1)
        # the high bits are EWKB's: z, m, and a reference system that follows
        at = 9 if kind & 0x20000000 else 5
        if (kind & 0x0FFFFFFF) % _WKB_KINDS != _WKB_POINT:
            raise NotAPointError
        lon, lat = struct.unpack_from(f"{order}2d", wkb, at)
    except (IndexError, struct.error) as error:
        raise NotAPointError from error
    return _WKB_EMPTY if math.isnan(lon) and math.isnan(lat) else (repr(lon), repr(lat))
