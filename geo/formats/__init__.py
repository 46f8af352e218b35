"""Foreign files as rows of texts: what a file holds, cell for cell, and where each row stands.

Nothing is interpreted here: `NA` and `00123` stay as they are written. Delimited text is read in
this process; everything else (spreadsheets, GeoJSON, GeoPackage, Parquet) in a child with limits
of memory and time, by readers that open nothing else (decision 0018).
"""

from geo.formats.opening import KINDS, kind_of, opened, opened_areas
from geo.formats.rows import (
    AREAS,
    Chunk,
    Finding,
    Limits,
    Opened,
    RefusedFileError,
    Stamp,
)
from geo.formats.table import AREA

__all__ = [
    "AREA",
    "AREAS",
    "KINDS",
    "Chunk",
    "Finding",
    "Limits",
    "Opened",
    "RefusedFileError",
    "Stamp",
    "kind_of",
    "opened",
    "opened_areas",
]
