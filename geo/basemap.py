"""The offline layers under every map: land, borders, water, rivers, relief.

All coordinates are unprojected longitude and latitude in degrees (EPSG:4326). The layers
are drawn to find one's way; they never decide where an event is counted.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image

MANIFEST: Final = "manifest.json"
RELIEF: Final = "relief.webp"
# what a whole basemap has; a manifest that forgets one does not hide the loss
FILES: Final = (
    "borders.json",
    "governorates.json",
    "land.json",
    "neighbours.json",
    RELIEF,
    "rivers.json",
    "water.json",
)
CRS: Final = "EPSG:4326"
Bounds = tuple[float, float, float, float]
EVERYWHERE: Final[Bounds] = (-180.0, -90.0, 180.0, 90.0)
# the relief's grey for flat ground, and how far compression may stray from it
NEUTRAL: Final = 128
NOISE: Final = 2


@dataclass(frozen=True, slots=True)
class Basemap:
    """The layers that were found whole, and the names of those that were not.

    Attributes
    ----------
    layers: GeoDataFrames in EPSG:4326 by layer name (``land``, ``governorates``,
        ``borders``, ``neighbours``, ``water``, ``rivers``).
    relief: the bytes of the WebP image, b"" when it is missing.
    relief_bounds: west, south, east, north of the relief in degrees; its rows are evenly
        spaced in Web Mercator.
    box: west, south, east, north of everything that the layers cover, in degrees.
    missing: file names that are absent or differ from the manifest, sorted.
    attribution: English strings to be shown with every map.
    caption: the English sentence that the boundaries are indicative.
    manifest: the manifest as read, empty when it is missing.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    relief: bytes = b""
    relief_bounds: Bounds = EVERYWHERE
    box: Bounds = EVERYWHERE
    missing: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    caption: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outline(self) -> Any:
        """Return Iraq as one geometry in EPSG:4326, empty when no file tells it."""
        if "land" in self.layers:
            land = self.layers["land"]
            return shapely.union_all(land.geometry[land["id"] == "IQ"].to_numpy())
        if "governorates" in self.layers:
            return shapely.union_all(self.layers["governorates"].geometry.to_numpy())
        return shapely.MultiPolygon()

    def shading(self, light: float = 1.0, shadow: float = 1.0) -> npt.NDArray[np.uint8]:
        """Return the relief as RGBA rows from north to south: white light, black shadow.

        Flat ground is transparent, so the image lies over any colour. ``light`` and
        ``shadow`` scale the opacity, 0 to 1. Without a relief the array has no rows.
        """
        if not self.relief:
            return np.zeros((0, 0, 4), np.uint8)
        with Image.open(io.BytesIO(self.relief)) as image:
            grey = np.asarray(image.convert("L")).astype(np.float32) - NEUTRAL
        strength = np.clip(np.abs(grey) - NOISE, 0, None) * np.where(grey > 0, light, shadow)
        rgba = np.zeros((*grey.shape, 4), np.uint8)
        rgba[..., :3] = np.where(grey > 0, 255, 0)[..., None]
        rgba[..., 3] = np.clip(strength * 2, 0, 255)
        return rgba


def default_folder() -> Path:
    """Return the folder of the basemap that is shipped with the program."""
    here = Path(__file__).resolve().parent
    shipped = here / "_app" / "data" / "basemap"
    return shipped if shipped.is_dir() else here.parent / "data" / "basemap"


def load(folder: Path | None = None) -> Basemap:
    """Return the basemap of a folder, the shipped one by default; never raises for a file.

    A file that is absent, unreadable or differs from its sha256 in the manifest is named
    in ``missing`` and left out; a missing manifest costs every file, since nothing then
    vouches for them.
    """
    folder = folder or default_folder()
    manifest = _manifest(folder)
    entries = manifest.get("files", {})
    whole = {name: _whole(folder / name, entries.get(name)) for name in FILES}
    layers = {
        Path(name).stem: gpd.GeoDataFrame.from_features(json.loads(content), crs=CRS)
        for name, content in whole.items()
        if content and name != RELIEF
    }
    lost = [name for name, content in whole.items() if not content]
    return Basemap(
        layers=layers,
        relief=whole[RELIEF],
        relief_bounds=_bounds(entries.get(RELIEF, {}).get("bounds")),
        box=_bounds(manifest.get("box")),
        missing=tuple(sorted(lost if manifest else [MANIFEST, *lost])),
        attribution=tuple(manifest.get("attribution", ())),
        caption=str(manifest.get("caption", "")),
        manifest=manifest,
    )


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest, empty when it is absent or no JSON object of the right form."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    entries = found.get("files") if isinstance(found, dict) else None
    if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
        return {}
    return dict(found)


def _whole(path: Path, entry: dict[str, Any] | None) -> bytes:
    """Return the file's bytes when they are what the manifest vouches for, else b""."""
    try:
        content = path.read_bytes()
    except OSError:
        return b""
    vouched = entry is not None and hashlib.sha256(content).hexdigest() == entry.get("sha256")
    return content if vouched else b""


def _bounds(found: list[float] | None) -> Bounds:
    """Return four limits as a tuple, the whole world when there are none."""
    if not found or len(found) != len(EVERYWHERE):
        return EVERYWHERE
    west, south, east, north = (float(limit) for limit in found)
    return west, south, east, north
