"""Which reader a file gets: by what its first bytes are, never by its name alone."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geo.formats import apart, archive, delimited
from geo.formats.rows import AREAS, Limits, Opened, Reader, RefusedFileError

READERS: Final[Mapping[str, Reader]] = {
    "csv": delimited.of_file,
    "zip": archive.of_zip,
    "xlsx": apart.reader("xlsx"),
    "geojson": apart.reader("geojson"),
    "gpkg": apart.reader("gpkg"),
    "parquet": apart.reader("parquet"),
}
KINDS: Final = tuple(READERS)
_HEAD: Final = 512


def kind_of(path: Path) -> str:
    """Return the format of a file, one of `KINDS`; what is nothing else is delimited text."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx" if _is_workbook(path) else "zip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    named = path.suffix.lower() in {".json", ".geojson"}
    return "geojson" if text.startswith(b"{") and (named or b'"' in text[:40]) else "csv"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as opened_archive:
            return "xl/workbook.xml" in opened_archive.namelist()
    except archive.BROKEN:
        return False


def opened(path: Path, limits: Limits | None = None) -> Opened:
    """Open a foreign file of any known format.

    Raises
    ------
    RefusedFileError
        When it is not read at all: too large, encrypted, damaged, without a header.
    OSError
        When the file itself cannot be opened.
    """
    limits = limits or Limits()
    _weigh(path, limits)
    return READERS[kind_of(path)](path, limits)


def opened_areas(path: Path, level: str = "", limits: Limits | None = None) -> Opened:
    """Open a foreign file of polygons: GeoJSON or GeoPackage; ``level`` is "", adm1 or adm2.

    The last column holds each polygon as hexadecimal well-known binary, in degrees (EPSG:4326).

    Raises
    ------
    RefusedFileError
        When it is not read at all, or of another format.
    OSError
        When the file itself cannot be opened.
    """
    limits = limits or AREAS
    _weigh(path, limits)
    kind = kind_of(path)
    if kind == "geojson":
        return apart.reader("geojson-areas")(path, limits)
    if kind == "gpkg":
        return apart.reader(f"gpkg-areas-{level}" if level else "gpkg-areas")(path, limits)
    raise RefusedFileError(
        "Boundaries are read from GeoJSON or GeoPackage; a shapefile or another format has to be "
        "saved as one of these first.")


def _weigh(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.size:
        raise RefusedFileError(f"The file has {size} bytes; {limits.size} are allowed.")
    if not size:
        raise RefusedFileError("The file is empty.")
