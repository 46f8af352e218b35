"""Land, governorates and borders, all dissolved from one file of first-level areas.

Those areas form a valid coverage (neighbours share their edges), so every layer made
from them meets the others without a sliver.
"""

from __future__ import annotations

import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from grid import DECIMALS, TOLERANCE, WINDOW, BuildError, feature, lines, rounded
from shapely.geometry import box, shape

NEIGHBOUR_TOLERANCE: Final = 0.012
# Natural Earth still carries the code of Kirkuk's former name
RECODED: Final = {"IQ-TS": "IQ-KI"}
GOVERNORATES: Final = 18
IRAQ: Final = ("IQ", "IRQ")
Ids = tuple[str, str]
Feature = dict[str, Any]


def first_level(path: Path) -> list[tuple[dict[str, Any], Any]]:
    """Return first-level areas that touch the box as (properties, geometry), sorted by code."""
    with tarfile.open(path) as packed:
        member = packed.extractfile("package/data/states/admin1.json")
        if member is None:
            raise BuildError(f"{path.name}: no data/states/admin1.json")
        found = json.load(member)["features"]
    kept = []
    for one in found:
        geometry = shape(one["geometry"])
        # the cheap test first: repairing all of the world takes long
        if box(*geometry.bounds).intersects(WINDOW) and geometry.buffer(0).intersects(WINDOW):
            kept.append((one["properties"], geometry.buffer(0)))
    kept.sort(key=lambda area: (area[0]["adm0_a3"], area[0]["iso_3166_2"], area[0]["adm1_code"]))
    return kept


def simplified(geometries: list[Any]) -> list[Any]:
    """Return the coverage simplified, clipped to the box and rounded; still a coverage."""
    coarse = shapely.coverage_simplify(np.array(geometries), TOLERANCE)
    clipped = rounded(shapely.intersection(coarse, WINDOW))
    if not (shapely.is_valid(clipped).all() and shapely.coverage_is_valid(clipped)):
        raise BuildError("the simplified areas overlap or leave gaps; change TOLERANCE")
    return list(clipped)


def labelled(identifier: str, geometry: Any, **more: str) -> Feature:
    """Return a feature with its id and the point deepest inside its largest part."""
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    lon, lat = shapely.maximum_inscribed_circle(largest, 0.005).coords[0]
    point = {"label_lon": round(lon, DECIMALS), "label_lat": round(lat, DECIMALS)}
    return feature(geometry, id=identifier, **more, **point)


def inner_edges(parts: list[Any], outline: Any) -> Any:
    """Return the edges between the parts of one country, each edge once."""
    edges = shapely.union_all([part.boundary for part in parts])
    return lines(edges.difference(outline.boundary))


def borders(countries: dict[Ids, Any], governorates: list[Any], land: Any) -> Iterator[Feature]:
    """Yield land borders between states and between Iraq's governorates, each edge once.

    Drawn instead of the outlines of polygons, dashes stay dashes and the clip box shows
    no frame.
    """
    edges = shapely.union_all([whole.boundary for whole in countries.values()])
    yield feature(lines(edges.difference(land.boundary)), kind="national")
    yield feature(inner_edges(governorates, countries[IRAQ]), kind="governorate")


def neighbours(countries: dict[Ids, Any], parts: dict[Ids, list[Any]]) -> Iterator[Feature]:
    """Yield each neighbour's first-level borders, coarser than Iraq's."""
    for ids, whole in countries.items():
        if ids != IRAQ and len(parts[ids]) > 1:
            edges = inner_edges(parts[ids], whole).simplify(NEIGHBOUR_TOLERANCE)
            yield feature(edges, id=ids[0], kind="first_level")


def layers(path: Path) -> dict[str, list[Feature]]:
    """Return the features of land, governorates, borders, neighbours, and water's sea."""
    found = first_level(path)
    parts: dict[Ids, list[Any]] = defaultdict(list)
    governorates = {}
    for (about, _), geometry in zip(found, simplified([one for _, one in found]), strict=True):
        parts[about["iso_a2"], about["adm0_a3"]].append(geometry)
        if about["adm0_a3"] == "IRQ":
            governorates[RECODED.get(about["iso_3166_2"], about["iso_3166_2"])] = geometry
    if len(governorates) != GOVERNORATES:
        raise BuildError(f"expected {GOVERNORATES} governorates, found {len(governorates)}")
    countries = {ids: rounded(shapely.union_all(some)) for ids, some in parts.items()}
    land = shapely.union_all(list(countries.values()))
    return {
        "land": [labelled(ids[0], whole, iso_a3=ids[1]) for ids, whole in countries.items()],
        "governorates": [labelled(code, governorates[code]) for code in sorted(governorates)],
        "borders": list(borders(countries, list(governorates.values()), land)),
        "neighbours": list(neighbours(countries, parts)),
        "water": [feature(WINDOW.difference(land), kind="sea")],
    }
