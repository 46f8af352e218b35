"""The base map under a picture's marks: land, relief, water, rivers, borders, drawn in points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.image import BboxImage
from matplotlib.path import Path
from matplotlib.transforms import Bbox, TransformedBbox
from PIL import Image

from geo.basemap import Basemap
from geo.snapshot.labels import Box
from geo.snapshot.panel import Panel, mercator
from geo.snapshot.pen import Pen, rectangle
from geo.snapshot.symbols import unit

HOME: Final = "IQ"
# how far outside the panel geometry is kept, so that its cut edges are never seen
PAD: Final = 20.0
# the share of the base map's width over which it fades where it ends
FADE: Final = 0.04


def draw(pen: Pen, panel: Panel, basemap: Basemap) -> None:
    """Draw every layer that there is; what is missing leaves plain ground."""
    tint, u = pen.palette, unit(pen)
    land, water = _found(basemap, "land"), _found(basemap, "water")
    pen.path(rectangle(panel.box), face=tint.outside, layer=0)
    pen.path(area(panel, land), face=tint.land, layer=1)
    pen.path(area(panel, _found(basemap, "land", id=HOME)), face=tint.home, layer=1)
    _relief(pen, panel, basemap)
    pen.path(area(panel, water), face=tint.water, edge=tint.river, width=0.5 * u, layer=1)
    rivers = _course(panel, _found(basemap, "rivers"))
    pen.path(rivers, edge=tint.river, width=0.9 * u, layer=1)
    abroad = _course(panel, _found(basemap, "neighbours"))
    pen.path(abroad, edge=tint.inner, width=0.5 * u, alpha=0.7, layer=1)
    for kind, colour, wide in (
        ("governorate", tint.inner, 0.8),
        ("national", tint.national, 1.4),
    ):
        line = _course(panel, _found(basemap, "borders", kind=kind))
        pen.path(line, edge=tint.home, width=(wide + 2) * u, alpha=0.6, layer=1)
        pen.path(line, edge=colour, width=wide * u, layer=1)
    _edges(pen, panel, basemap)


def _found(basemap: Basemap, layer: str, **wanted: str) -> Any:
    """Return the geometries of a layer, all or those with the wanted properties."""
    frame = basemap.layers.get(layer)
    if frame is None:
        return np.array([], dtype=object)
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame.geometry.to_numpy()


def _on_page(panel: Panel, geometries: Any) -> Any:
    """Return the geometries in points of the page, cut a little outside the panel."""
    moved = shapely.transform(geometries, panel.points)
    return shapely.clip_by_rect(moved, *panel.box.grown(PAD))


def area(panel: Panel, geometries: Any) -> Path:
    """Return polygons as one path; holes run against their outlines."""
    parts = shapely.get_parts(shapely.get_parts(_on_page(panel, geometries)))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    return _joined(shapely.get_coordinates(ring) for ring in rings)


def _course(panel: Panel, geometries: Any) -> Path:
    """Return lines as one path."""
    parts = shapely.get_parts(shapely.get_parts(_on_page(panel, geometries)))
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    return _joined(shapely.get_coordinates(line) for line in lines)


def _joined(pieces: Iterator[Any]) -> Path:
    paths = [Path(piece) for piece in pieces if len(piece) > 1]
    return Path.make_compound_path(*paths) if paths else Path(np.zeros((0, 2)))


class _Relief(Artist):
    """White light and black shadow over a box, sampled once at the file's own resolution.

    matplotlib's images resample four channels in floats, which costs a print half a second.
    """

    def __init__(self, pen: Pen, box: Box, layers: tuple[Image.Image, ...], part: Box) -> None:
        super().__init__()
        self.box = TransformedBbox(Bbox.from_extents(*box), pen.points)
        self.layers = layers
        self.part = part
        self.set_zorder(1)

    def draw(self, renderer: Any) -> None:
        """Draw the image in the pixels of the renderer."""
        scale = renderer.get_image_magnification()
        left, low, right, high = self.box.extents
        size = max(1, round((right - left) * scale)), max(1, round((high - low) * scale))
        part = (self.part.x0, self.part.y0, self.part.x1, self.part.y1)
        light, shadow = (
            np.asarray(layer.resize(size, Image.Resampling.BILINEAR, box=part))
            for layer in self.layers
        )
        rgba = np.empty((size[1], size[0], 4), np.uint8)
        rgba[..., :3] = np.where(light > shadow, np.uint8(255), np.uint8(0))[..., None]
        rgba[..., 3] = np.maximum(light, shadow)
        context = renderer.new_gc()
        renderer.draw_image(context, left, low, rgba[::-1])
        context.restore()


@lru_cache(maxsize=4)
def _shades(relief: bytes, light: float, shadow: float) -> tuple[Image.Image, ...]:
    """Return how strong light and shadow are, as two grey images."""
    rgba = Basemap({}, relief=relief).shading(light, shadow)
    white = rgba[..., 0] > 0
    return tuple(
        Image.fromarray(np.where(lit, rgba[..., 3], np.uint8(0))) for lit in (white, ~white)
    )


def _relief(pen: Pen, panel: Panel, basemap: Basemap) -> None:
    """Lay the part of the relief that is in the panel over the land."""
    if not basemap.relief:
        return
    layers = _shades(basemap.relief, pen.palette.light, pen.palette.shadow)
    columns, rows = layers[0].size
    west, south, east, north = basemap.relief_bounds
    low, high = float(mercator(south)), float(mercator(north))
    left, right = max(west, panel.left), min(east, panel.right)
    bottom, top = max(low, panel.low), min(high, panel.high)
    if left >= right or bottom >= top:
        return
    across, down = columns / (east - west), rows / (high - low)
    part = Box((left - west) * across, (high - top) * down,
               (right - west) * across, (high - bottom) * down)  # fmt: skip
    x0, y0 = panel.place(left, bottom)
    x1, y1 = panel.place(right, top)
    pen.add(_Relief(pen, Box(x0, y0, x1, y1), layers, part))


def _edges(pen: Pen, panel: Panel, basemap: Basemap) -> None:
    """Let the base map fade where it ends instead of being cut."""
    west, south, east, north = basemap.box
    x0, y0 = panel.point(west, south)
    x1, y1 = panel.point(east, north)
    deep = (x1 - x0) * FADE
    box = panel.box
    clear = np.linspace(1, 0, 64)[None, :]
    if x0 + deep > box.x0:
        _fade(pen, Box(x0, box.y0, x0 + deep, box.y1), clear)
    if x1 - deep < box.x1:
        _fade(pen, Box(x1 - deep, box.y0, x1, box.y1), clear[:, ::-1])
    if y0 + deep > box.y0:
        _fade(pen, Box(box.x0, y0, box.x1, y0 + deep), clear.T[::-1])
    if y1 - deep < box.y1:
        _fade(pen, Box(box.x0, y1 - deep, box.x1, y1), clear.T)


def _fade(pen: Pen, box: Box, opacity: Any) -> None:
    rgba = np.empty((*opacity.shape, 4))
    rgba[..., :3] = to_rgb(pen.palette.outside)
    rgba[..., 3] = opacity
    image = BboxImage(
        TransformedBbox(Bbox.from_extents(*box), pen.points),
        origin="upper",
        interpolation="bilinear",
        zorder=1,
    )
    image.set_data(rgba)
    pen.add(image)
