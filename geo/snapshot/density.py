"""Many events as a shade: how many lie in each small cell of the map, by logarithm."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.image import BboxImage
from matplotlib.transforms import Bbox, TransformedBbox

from geo import palette
from geo.snapshot.panel import Panel
from geo.snapshot.pen import Pen
from geo.snapshot.symbols import unit

CELL: Final = 4.0
# the scale ends no lower, so that a few events do not look like many
LEAST_TOP: Final = 8


def ramp(pen: Pen) -> LinearSegmentedColormap:
    """Return the colours from one event in a cell to the fullest."""
    stops = palette.ramp("dark" if pen.palette.dark else "light")
    return LinearSegmentedColormap.from_list("density", stops)


def draw(pen: Pen, panel: Panel, inside: pd.DataFrame) -> int:
    """Shade the cells of the map that hold events; return the fullest cell's number."""
    cell = CELL * unit(pen)
    box = panel.box
    columns, rows = int(np.ceil(box.width / cell)), int(np.ceil(box.height / cell))
    at = panel.points(inside[["lon", "lat"]].to_numpy(dtype=float))
    across = np.clip(((at[:, 0] - box.x0) / cell).astype(int), 0, columns - 1)
    down = np.clip(((box.y1 - at[:, 1]) / cell).astype(int), 0, rows - 1)
    counts = np.zeros((rows, columns))
    np.add.at(counts, (down, across), 1)
    most = max(int(counts.max()), LEAST_TOP)
    rgba = ramp(pen)(np.log1p(counts) / np.log1p(most))
    rgba[..., 3] = np.where(counts > 0, 0.92, 0)
    extent = Bbox.from_extents(box.x0, box.y1 - rows * cell, box.x0 + columns * cell, box.y1)
    image = BboxImage(
        TransformedBbox(extent, pen.points), origin="upper", interpolation="nearest", zorder=4
    )
    image.set_data(rgba)
    pen.add(image)
    return most
