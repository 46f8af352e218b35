"""Boundaries of the operator for the map: their shapes and names, and the area of each event."""

from __future__ import annotations

import struct
from typing import Any, Final

from geo import boundaries
from geo.boundaries import Boundaries
from geo.server.answers import RefusedError
from geo.store import Store

MAGIC: Final = b"TSQP"
VERSION: Final = 1
# magic, version, flags, number of events
HEADER: Final = struct.Struct("<4sHHI")


def named(key: str) -> Boundaries:
    """Return the boundaries of a digest; others are refused."""
    found = next((one for one in boundaries.listed()[0] if one.about.key == key), None)
    if found is None:
        raise RefusedError(404, "not_found")
    return found


def shapes(found: Boundaries) -> dict[str, Any]:
    """Return the copy for the browser, with its level and terms, ready for JSON."""
    return {**found.drawn, "level": found.about.level, "terms": found.about.terms}


def placed(found: Boundaries, store: Store) -> bytes:
    """Return the number of each event's area, from 1, by row number; 0 for none.

    Little-endian, 16 bits each, after a header of 12 bytes.
    """
    rows = boundaries.rows_of(found, store.points())
    return HEADER.pack(MAGIC, VERSION, 0, len(rows)) + rows.astype("<u2").tobytes()
