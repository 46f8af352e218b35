"""The country in metres: what areas are measured in, and how far boundaries cover it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.tables import Package

KM2: Final = 1e6
Areas = npt.NDArray[np.float64]


class Country:
    """The country of a data package, in its metric reference system (`tansiq:country`)."""

    def __init__(self, package: Package) -> None:
        about = package.descriptor.raw["tansiq:country"]
        self.crs = str(about["metricCrs"])
        self._metric = pyproj.Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
        text = (Path(package.folder) / about["outline"]).read_text("utf-8")
        self.outline = shapely.make_valid(self.metres([shapely.from_geojson(text)])[0])

    def metres(self, shapes: Sequence[Any]) -> npt.NDArray[np.object_]:
        """Return shapes in degrees (EPSG:4326) in metres; infinite or nonsense far away."""
        projected: Any = self._metric.transform
        found: npt.NDArray[np.object_] = shapely.transform(
            np.array(shapes, object), projected, interleaved=False)
        return found

    def covered(self, shapes: Sequence[Any]) -> tuple[float, float]:
        """Return the share of the country that shapes cover, and of them outside; in metres."""
        whole = shapely.union_all(np.array(shapes, object))
        inside = shapely.area(shapely.intersection(whole, self.outline))
        return float(inside / self.outline.area), float(1 - inside / whole.area)
