"""Boundaries as the map's layer takes them: shapes with names and terms, and each event's area."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.boundaries.placing import rows_of
from geo.boundaries.shelf import Boundaries

MAGIC: Final = b"TSQP"
VERSION: Final = 1
# magic, version, flags, number of events
HEADER: Final = struct.Struct("<4sHHI")


def shapes(found: Boundaries) -> dict[str, Any]:
    """Return the copy for the browser, with its level and terms, ready for JSON."""
    return {**found.drawn, "level": found.about.level, "terms": found.about.terms}


def placed(found: Boundaries, events: pd.DataFrame) -> bytes:
    """Return in which area each event lies; ``events`` has lon, lat and geo_precision."""
    return packed(rows_of(found, events))


def packed(rows: npt.NDArray[np.uint16]) -> bytes:
    """Return the numbers of events' areas, from 1 and 0 for none, as bytes.

    Little-endian, 16 bits each, after a header of 12 bytes.
    """
    return HEADER.pack(MAGIC, VERSION, 0, len(rows)) + rows.astype("<u2").tobytes()
