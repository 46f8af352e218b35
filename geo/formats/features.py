"""GeoJSON: properties as they are written, and the point of each feature beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.formats.rows import Limits, RefusedFileError, shown
from geo.formats.table import GEOMETRY, Record, Table

# the one reference system that RFC 7946 knows, under its names
WGS84: Final = ("crs84", "4326", "wgs84", "wgs 84")


class _Literal(str):
    """A number as it stands in the file."""

    __slots__ = ()


def read(path: Path, _: Limits) -> Table:
    """Read a FeatureCollection of points."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    whole = json.loads(text, parse_float=_Literal, parse_int=_Literal, parse_constant=_Literal)
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise RefusedFileError("The file is no GeoJSON FeatureCollection.")
    named = str((whole.get("crs") or {}).get("properties", {}).get("name", "")).lower()
    if named and not any(one in named for one in WGS84):
        raise RefusedFileError(f"The points are in {shown(named)}; WGS 84 is expected.")
    header = [name for name in header_of(features) if name not in GEOMETRY]
    return Table((*header, *GEOMETRY), _records(features, header))


def header_of(features: list[Any]) -> list[str]:
    """Return all names of properties, in the order in which they are met."""
    names: dict[str, None] = {}
    for feature in features:
        names |= dict.fromkeys(properties_of(feature))
    return list(names)


def properties_of(feature: Any) -> dict[str, Any]:
    """Return the properties of a feature; none for what is no feature."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _records(features: list[Any], header: list[str]) -> Iterator[Record]:
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            yield Record(number, [], "no_feature", shown(plain(feature)))
            continue
        properties = properties_of(feature)
        cells = [plain(properties.get(name)) for name in header]
        geometry = feature.get("geometry")
        place = _point(geometry)
        if place is None:
            kind = geometry.get("type") if isinstance(geometry, dict) else geometry
            yield Record(number, [], "not_a_point", shown(plain(kind)))
        else:
            yield Record(number, [*cells, *place])


def _point(geometry: Any) -> tuple[str, str] | None:
    """Return longitude and latitude, both empty without a geometry; None for anything else."""
    if geometry is None:
        return "", ""
    found = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(found, list) or geometry.get("type") != "Point":
        return None
    lon, lat, *_ = [*found, None, None]
    return (plain(lon), plain(lat)) if found else ("", "")


def plain(value: Any) -> str:
    """Return a value as text: words and numbers as written, lists of words joined by ";"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False)
