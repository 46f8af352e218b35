"""The view as a picture: PNG, SVG or PDF, the same bytes for the same scene.

A page holds a headline, the map, its legend and what a reader needs to check it:
counts, sources, version, attribution, address. It is drawn with matplotlib's figure
and canvases alone; nothing here has global state but a lock.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import matplotlib as mpl
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from geo.errors import TansiqError
from geo.snapshot import caption, legend, picture, plan
from geo.snapshot.labels import Box
from geo.snapshot.panel import Panel
from geo.snapshot.pen import Pen, Written
from geo.snapshot.plan import Drawn, Plan
from geo.snapshot.scene import Bounds, Scene

Format = Literal["png", "svg", "pdf"]
FORMATS: Final = ("png", "svg", "pdf")
MIME: Final = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of picture.

    Attributes
    ----------
    width, height: in px; dpi: px to an inch.
    body: the body text's size in px; margin: in em.
    """

    width: int
    height: int
    dpi: float
    body: float
    margin: float = 1.5


PRESETS: Final[Mapping[str, Preset]] = {
    "screen": Preset(1000, 640, 96, 12.5),
    "print": Preset(3508, 2480, 300, 37, 3.0),
    "social-wide": Preset(1200, 675, 96, 15.5),
    "social-square": Preset(1080, 1080, 96, 19),
}
# below so many em a page has narrow margins, and the legend under its map
NARROW: Final = 45
# words shrink until the map and its legend have this share of the page's height
SHRINKING: Final = tuple(0.86**step for step in range(9))
LEAST_MAP: Final = 0.42
# the least width of a map beside its legend, as a share of its height
LEAST_WIDTH: Final = 0.6
# how small a legend's words may become before it takes a second column
SMALL_LEGEND: Final = 0.72
# a reader's map in px: smaller holds no words, larger no memory
SMALLEST, LARGEST = 240, 4096
# fonts without hinting are as wide in every format; text in PDF is TrueType, not drawings
_SETTINGS: Final = {
    "text.hinting": "none",
    "text.parse_math": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "tansiq",
    "path.simplify": True,
    "font.family": "DejaVu Sans",
}
# matplotlib's settings and font caches belong to the process: one picture at a time
_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Composed:
    """A picture before it is written: the pen that drew it, and what it holds."""

    pen: Pen
    planned: Plan
    drawn: Drawn

    @property
    def map_box(self) -> Box:
        """Where the map lies on the page, in points."""
        return self.planned.panel.box

    @property
    def words(self) -> tuple[Written, ...]:
        """Every text on the page with its box in points."""
        return tuple(self.pen.written)


def render(
    scene: Scene,
    fmt: Format = "png",
    preset: str = "screen",
    size: tuple[int, int] | None = None,
) -> bytes:
    """Return the picture's bytes; the same scene gives the same bytes, on any thread.

    ``size`` (width, height) in px counts for the preset ``screen`` alone, and is kept
    within 240 to 4096. Raises `TansiqError` for an unknown format or preset.
    """
    if fmt not in FORMATS:
        raise TansiqError(f"format: expected one of {', '.join(FORMATS)}, found {fmt!r}")
    with _settings():
        return _saved(_composed(scene, preset, size, searchable=fmt == "pdf"), scene, fmt)


def compose(scene: Scene, preset: str = "screen", size: tuple[int, int] | None = None) -> Composed:
    """Return the picture drawn but not written, for those who look into it."""
    with _settings():
        return _composed(scene, preset, size)


@contextmanager
def _settings() -> Any:
    with _LOCK, mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


def page_size(preset: str, size: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return width and height in px; raises `TansiqError` for an unknown preset."""
    found = _preset(preset)
    if preset == "screen" and size is not None:
        return tuple(max(SMALLEST, min(LARGEST, int(side))) for side in size)  # type: ignore[return-value]
    return found.width, found.height


def _preset(name: str) -> Preset:
    if name not in PRESETS:
        raise TansiqError(f"preset: expected one of {', '.join(PRESETS)}, found {name!r}")
    return PRESETS[name]


def _pen(scene: Scene, preset: str, size: tuple[int, int] | None, scale: float) -> Pen:
    found = _preset(preset)
    width, height = page_size(preset, size)
    to_points = 72 / found.dpi
    body = found.body * scale
    if preset == "screen":
        # a phone's map has smaller words, a large one larger, within what is read well
        body *= max(0.8, min(1.6, (width * height / (1000 * 640)) ** 0.25))
    # a thousandth of a px keeps the rounding of inches from losing the last row
    page = ((width + 1e-3) * to_points, (height + 1e-3) * to_points)
    return Pen(page, found.dpi, body * to_points, scene.lang, scene.theme)


def _composed(
    scene: Scene, preset: str, size: tuple[int, int] | None, *, searchable: bool = False
) -> Composed:
    """Draw the page, with smaller words where they would leave the map too little room."""
    body = Box(0, 0, 0, 0)
    for scale in SHRINKING:
        pen = _pen(scene, preset, size, scale)
        pen.searchable = searchable
        margin = _preset(preset).margin if pen.page.width > NARROW * pen.em else 1.0
        page = pen.page.grown(-margin * pen.em)
        top = caption.header(pen, scene, page)
        lines = caption.standfirst_lines(pen, scene, page.width)
        bottom = caption.footer(pen, scene, page)
        low = top - (1.4 * lines + 0.35) * pen.em
        body = Box(page.x0, bottom + 0.9 * pen.em, page.x1, low - 0.6 * pen.em)
        if body.height > LEAST_MAP * pen.page.height:
            break
    wide = body.width > NARROW * pen.em and body.width > 1.25 * body.height
    planned, drawn = (_beside if wide else _below)(pen, scene, body)
    caption.write_standfirst(pen, scene, page, top, drawn)
    return Composed(pen, planned, drawn)


def _within(scene: Scene) -> Bounds:
    return Bounds(*scene.basemap.box)


def _beside(pen: Pen, scene: Scene, body: Box) -> tuple[Plan, Drawn]:
    """Draw the map with its legend in one column, or two, where reading ends."""
    gap, column = 1.2 * pen.em, 16.2 * pen.em
    for count in (1, 2):
        side = column * count + gap * (count - 1)
        left, right = (body.x0 + side + gap, body.x1) if pen.rtl else (
            body.x0, body.x1 - side - gap)  # fmt: skip
        panel = Panel(Box(left, body.y0, right, body.y1), scene.bounds, _within(scene))
        planned = plan.plan(pen, panel, scene)
        found = legend.blocks(scene, planned.held)
        columns = legend.columns_of(found, count)
        if SMALL_LEGEND * legend.height(pen, columns, column) < body.height:
            break
    if not found:
        return _beside_nothing(pen, scene, body)
    if panel.box.width < LEAST_WIDTH * panel.box.height:
        return _below(pen, scene, body)
    drawn = picture.draw(pen, scene, planned)
    start = body.x0 if pen.rtl else body.x1 - side
    _fitted(pen, columns, Box(start, body.y0, start + side, body.y1), gap)
    return planned, drawn


def _beside_nothing(pen: Pen, scene: Scene, body: Box) -> tuple[Plan, Drawn]:
    panel = Panel(body, scene.bounds, _within(scene))
    planned = plan.plan(pen, panel, scene)
    return planned, picture.draw(pen, scene, planned)


def _below(pen: Pen, scene: Scene, body: Box) -> tuple[Plan, Drawn]:
    """Draw the map with its legend below it, in as many columns as find room."""
    count = max(1, min(3, int(body.width // (14 * pen.em))))
    gap = 1.2 * pen.em
    tall = 0.0
    # a taller legend makes the map flatter, which may bring in more: twice settles it
    for _ in range(3):
        box = Box(body.x0, body.y0 + tall, body.x1, body.y1)
        panel = Panel(box, scene.bounds, _within(scene))
        planned = plan.plan(pen, panel, scene)
        columns = legend.columns_of(legend.blocks(scene, planned.held), count)
        wide = (body.width - gap * (len(columns) - 1)) / max(1, len(columns))
        needed = legend.height(pen, columns, wide)
        if needed <= tall:
            break
        tall = min(needed, 0.5 * body.height)
    drawn = picture.draw(pen, scene, planned)
    if columns:
        _fitted(pen, columns, Box(body.x0, body.y0, body.x1, box.y0), gap)
    return planned, drawn


def _fitted(pen: Pen, columns: list[legend.Block], box: Box, gap: float = 0.0) -> None:
    """Draw the legend, smaller where its box is too low for it."""
    body = pen.em
    wide = (box.width - gap * (len(columns) - 1)) / len(columns)
    while legend.height(pen, columns, wide) > box.height and pen.em > 0.62 * body:
        pen.em *= 0.96
    legend.draw(pen, columns, box, gap)
    pen.em = body


def _saved(composed: Composed, scene: Scene, fmt: str) -> bytes:
    buffer = io.BytesIO()
    pen = composed.pen
    about = caption.metadata(scene, fmt, composed.drawn)
    if fmt == "png":
        _save_png(pen, about, buffer)
    else:
        pen.figure.savefig(buffer, format=fmt, dpi=pen.figure.dpi, metadata=about)
    return buffer.getvalue()


def _save_png(pen: Pen, about: Mapping[str, Any], buffer: io.BytesIO) -> None:
    """Write the canvas without its useless fourth channel: a print takes half the time."""
    pen.canvas.draw()  # type: ignore[no-untyped-call]
    said = PngInfo()
    for key, value in about.items():
        said.add_text(key, value)
    pixels = np.asarray(pen.canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.fromarray(pixels[..., :3])
    dpi = (pen.figure.dpi, pen.figure.dpi)
    image.save(buffer, format="png", pnginfo=said, dpi=dpi, compress_level=3)
