"""Made-up files of boundaries for tests: squares in the north of Iraq. No line of them is real."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from geo import boundaries, datasets, tables
from geo.boundaries import Wanted
from tests import foreign

# squares of half a degree: west, south; Kirkuk, Diyala beside it, Erbil above
KIRKUK, DIYALA, ERBIL = (44.0, 35.0), (44.5, 35.0), (44.0, 35.5)
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def square(at: tuple[float, float], side: float = 0.5) -> dict[str, Any]:
    """Return a square as GeoJSON, by its corner in the south-west."""
    return dict(shapely.box(*at, at[0] + side, at[1] + side).__geo_interface__)


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def adm1(at: tuple[float, float], code: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a governorate as OCHA has it."""
    return feature(square(at), ADM1_PCODE=code, ADM1_EN=name, ADM1_AR="اسم", **more)


def governorates() -> list[dict[str, Any]]:
    return [adm1(KIRKUK, "IQG13", "Kirkuk"), adm1(DIYALA, "IQG10", "Diyala"),
            adm1(ERBIL, "IQG11", "Erbil")]


def districts() -> list[dict[str, Any]]:
    """Return four districts of Kirkuk, each a quarter of it."""
    found = []
    for number, (dx, dy) in enumerate([(0, 0), (0.25, 0), (0, 0.25), (0.25, 0.25)], start=1):
        at = (KIRKUK[0] + dx, KIRKUK[1] + dy)
        found.append(feature(square(at, 0.25), ADM2_PCODE=f"IQG13Q0{number}",
                             ADM2_EN=f"District {number}", ADM1_PCODE="IQG13", ADM1_EN="Kirkuk"))
    return found


def written(folder: Path, features: Sequence[Any], name: str = "areas.geojson",
            **whole: Any) -> Path:
    """Write a FeatureCollection and return its path."""
    path = folder / name
    collection = {"type": "FeatureCollection", "crs": CRS84, "features": features, **whole}
    path.write_text(json.dumps({k: v for k, v in collection.items() if v != "-"}), "utf-8")
    return path


def packaged(folder: Path, layers: dict[str, list[dict[str, Any]]], system: int = 4326) -> Path:
    """Write a GeoPackage with layers of features, and return its path."""
    path = folder / "areas.gpkg"
    with sqlite3.connect(path) as link:
        link.execute("CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id)")
        for name, features in layers.items():
            columns = list(features[0]["properties"])
            link.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (name, system))
            listed = ", ".join(f'"{one}"' for one in columns)
            link.execute(f'CREATE TABLE "{name}" (geom, {listed})')
            for one in features:
                shape = shapely.geometry.shape(one["geometry"])
                blob = b"GP\0\1" + struct.pack("<i", system) + shapely.to_wkb(shape)
                marks = ", ".join("?" * (len(columns) + 1))
                insert = f'INSERT INTO "{name}" VALUES ({marks})'  # noqa: S608 - our own names
                link.execute(insert, (blob, *one["properties"].values()))
    link.close()
    return path


# two in the first district, one known to the governorate, one abroad, one without a point
EVENTS = ({"latitude": "35.1", "longitude": "44.1"}, {"latitude": "35.2", "longitude": "44.2"},
          {"latitude": "35.1", "longitude": "44.1", "where_prec": "4"},
          {"latitude": "50", "longitude": "10"}, {"where_prec": "6"})  # fmt: skip


def home(folder: Path, name: str = "District 1", levels: Sequence[str] = ("adm2",)) -> Path:
    """Make a home with boundaries and a data set `ged`; ``name`` is of the first district."""
    made = folder / "home"
    for level in levels:
        added(folder, made, level, name)
    order = datasets.Order(foreign.written(folder, foreign.ged(*EVENTS)), name="ged")
    datasets.import_file(tables.load(), order, home=made / "datasets")
    return made


def added(folder: Path, home: Path, level: str, name: str = "District 1") -> None:
    """Add governorates or districts to a home."""
    features = governorates() if level == "adm1" else districts()
    if level == "adm2":
        features[0]["properties"]["ADM2_EN"] = name
    wanted = Wanted(written(folder, features, f"{level}.geojson"), name="mine", licence="CC0")
    boundaries.add(tables.load(), wanted, home / "boundaries")
