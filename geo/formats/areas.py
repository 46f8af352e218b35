"""Polygons of GeoJSON and GeoPackage: properties as texts, and each geometry as hexadecimal WKB.

Read in the child, like every foreign file (decision 0018): GEOS builds shapes out of numbers and
of well-known binary, and opens no file. Only WGS 84 is read; nothing is projected by guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.errors import ShapelyError

from geo.formats import geopackage
from geo.formats.features import header_of, plain, properties_of
from geo.formats.geopackage import Layers
from geo.formats.rows import Limits, RefusedFileError, shown
from geo.formats.table import AREA, Record, Table, TableReader

_POLYGONS: Final = ("Polygon", "MultiPolygon")
# the names of the one reference system of RFC 7946, and of EPSG:4326 written as it is
_WGS84: Final = re.compile(
    r"(urn:ogc:def:crs:)?(ogc:[\d.]*:?crs84|epsg:[\d.]*:?4326|wgs ?84)", re.ASCII | re.IGNORECASE)


def reader(kind: str) -> TableReader:
    """Return the reader of a kind: geojson-areas, gpkg-areas, gpkg-areas-adm1, gpkg-areas-adm2."""
    if kind == "geojson-areas":
        return of_geojson
    return of_geopackage(kind.removeprefix("gpkg-areas").removeprefix("-"))


def of_geojson(path: Path, _: Limits) -> Table:
    """Read a FeatureCollection of polygons."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    whole = json.loads(text)
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise RefusedFileError("The file is no GeoJSON FeatureCollection.")
    _check_system(whole)
    header = [name for name in header_of(features) if name != AREA]
    return Table((*header, AREA), _of_features(features, header))


def _check_system(whole: dict[str, Any]) -> None:
    """Refuse any reference system but WGS 84, which is also that of a file that names none."""
    if "crs" not in whole:
        return
    said = whole["crs"]
    about = said.get("properties") if isinstance(said, dict) else None
    name = about.get("name") if isinstance(about, dict) else None
    if not isinstance(name, str) or not name:
        raise RefusedFileError(
            "The file says that its reference system is not known (its crs has no name); "
            "EPSG:4326 is expected.")
    if not _WGS84.fullmatch(name.strip()):
        raise RefusedFileError(
            f"The polygons are in {shown(name)}; EPSG:4326 is expected, and nothing is projected.")


def _of_features(features: list[Any], header: list[str]) -> Iterator[Record]:
    for number, feature in enumerate(features, start=1):
        properties = properties_of(feature)
        cells = [plain(properties.get(name)) for name in header]
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        try:
            area = shapely.geometry.shape(geometry) if kind in _POLYGONS else None
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            area = None
        yield _record(number, cells, area, plain(kind))


def of_geopackage(level: str = "") -> TableReader:
    """Return the reader of a GeoPackage's polygons: the layer of a level, or the only one."""

    def read(path: Path, _: Limits) -> Table:
        header, rows = geopackage.raw(path, lambda layers: _layer(layers, level))
        return Table((*header, AREA), (_of_row(*row) for row in rows))

    return read


def _layer(layers: Layers, level: str) -> tuple[str, str]:
    """Return table and geometry column of the layer whose name ends with the level's number."""
    names = list(layers)
    if len(names) > 1 and level:
        names = [name for name in names if name.endswith(level[-1])]
    if len(names) != 1:
        told = ", ".join(list(layers)[:8]) or "none"
        raise RefusedFileError(
            f"Which layer holds the boundaries is not clear; the GeoPackage has {shown(told)}. "
            "Say --level, or keep one layer.")
    column, system = layers[names[0]]
    if system != geopackage.WGS84:
        said = "no known reference system" if system in {-1, 0, None} else f"EPSG:{system}"
        raise RefusedFileError(
            f"The polygons are in {said}; EPSG:4326 is expected, and nothing is projected.")
    return names[0], column


def _of_row(number: int, cells: list[str], blob: Any) -> Record:
    found = geopackage.geometry_of(blob)
    try:
        area = shapely.from_wkb(found) if found else None
    except (ShapelyError, ValueError):
        area = None
    return _record(number, cells, area, "" if area is None else area.geom_type)


def _record(number: int, cells: list[str], area: Any, kind: str) -> Record:
    """Return a record with a polygon in two dimensions, or one that says that it has none."""
    if area is None or area.geom_type not in _POLYGONS or area.is_empty:
        return Record(number, [], "not_an_area", kind)
    return Record(number, [*cells, shapely.to_wkb(shapely.force_2d(area), hex=True)])
