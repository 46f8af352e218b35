"""Drawing in points on a matplotlib figure: text, shapes, paths, and how wide text is.

The origin is the page's lower left corner, y grows upwards, one unit is 1/72 inch
whatever the format; text starts where its language starts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import Normal, withStroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox

from geo import i18n, marks, palette
from geo.snapshot import typeface
from geo.snapshot.labels import Box, Point

Align = Literal["start", "end", "centre"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, named by what they are for."""

    paper: str
    ink: str
    muted: str
    rule: str
    primary: str
    outside: str
    land: str
    home: str
    water: str
    river: str
    national: str
    inner: str
    names: str
    centre: str
    warning: str
    disputed: str
    light: float
    shadow: float
    dark: bool


def _palette(theme: str, **tones: float) -> Palette:
    """Return the shared colours of a theme, and how the relief is toned in it."""
    shared = palette.colours(theme)
    return Palette(
        **{one.name: shared[one.name] for one in fields(Palette) if one.name in shared},
        light=tones["light"],
        shadow=tones["shadow"],
        dark=theme == "dark",
    )


PALETTES: Final = {
    "light": _palette("light", light=0.5, shadow=0.42),
    "dark": _palette("dark", light=0.1, shadow=0.7),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A text that was drawn: what, the box it takes, and on which layer."""

    text: str
    box: Box
    layer: float


class Pen:
    """Draws on one figure in one language and theme; ``em`` is the body size in points.

    With ``searchable`` set, words drawn as outlines are laid over with the same words as
    unseen text, so that a PDF can be searched.
    """

    def __init__(
        self, size: tuple[float, float], dpi: float, em: float, lang: str, theme: str
    ) -> None:
        self.figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=dpi)
        self.canvas = FigureCanvasAgg(self.figure)
        self.page = Box(0, 0, *size)
        self.em = em
        self.lang = lang
        self.rtl = i18n.direction(lang) == "rtl"
        self.palette = PALETTES[theme]
        self.fonts = typeface.files()
        self.searchable = False
        self.points = Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans
        self.written: list[Written] = []
        self._clip: TransformedBbox | None = None
        self.figure.set_facecolor(self.palette.paper)

    @property
    def px(self) -> float:
        """The body size in px."""
        return self.em * float(self.figure.dpi) / 72

    def clip(self, box: Box | None) -> None:
        """Keep what follows inside the box; None lets it run over the page again."""
        self._clip = None if box is None else TransformedBbox(Bbox.from_extents(*box), self.points)

    def add(self, artist: Artist) -> Artist:
        """Put a matplotlib artist, whose coordinates are points, on the page."""
        self.figure.add_artist(artist)
        if self._clip is not None:
            artist.set_clip_box(self._clip)
            artist.set_clip_on(True)
        return artist

    @contextmanager
    def scaled(self, scale: float) -> Iterator[None]:
        """Draw everything larger or smaller for a while."""
        body = self.em
        self.em = body * scale
        try:
            yield
        finally:
            self.em = body

    # text

    def clean(self, text: str) -> str:
        """Return the text on one line, with nothing in it that disturbs its neighbours."""
        return typeface.clean(text, typeface.letters(self.fonts))

    def directed(self, text: str) -> str:
        """Return the cleaned text laid out in the direction of the language."""
        text = self.clean(text)
        if self.rtl:
            return f"{typeface.RLI}{text}{typeface.PDI}"
        return f"{typeface.LRI}{text}{typeface.PDI}" if typeface.has_rtl(text) else text

    def width(self, text: str, size: float = 1.0, *, bold: bool = False) -> float:
        """Return how wide the text is in points; ``size`` in em."""
        return typeface.advance(self.fonts, self.directed(text), bold=bold) * size * self.em

    def wrap(
        self, text: str, width: float, size: float = 1.0, *, bold: bool = False, most: int = 99
    ) -> list[str]:
        """Break the text into lines of at most ``width`` points; the last may end in "…"."""
        lines: list[str] = []
        for word in self.clean(text).split(" "):
            tried = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(tried, size, bold=bold) <= width:
                lines[-1] = tried
            else:
                lines.extend(self._pieces(word, width, size, bold=bold))
        if len(lines) > most:
            lines = lines[:most]
            lines[-1] = self._cut(lines[-1], width, size, bold=bold)
        return typeface.rejoin(lines)

    def _pieces(self, word: str, width: float, size: float, *, bold: bool) -> list[str]:
        """Return a word, in pieces when it is wider than a whole line."""
        pieces = []
        while word and self.width(word, size, bold=bold) > width:
            fits = self._fitting(word, "", width, size, bold=bold)
            pieces.append(word[:fits])
            word = word[fits:]
        return [*pieces, word] if word or not pieces else pieces

    def _cut(self, text: str, width: float, size: float, *, bold: bool) -> str:
        """Return the beginning of a text, and an ellipsis, in the width."""
        fits = self._fitting(text, "…", width, size, bold=bold)
        return text[:fits].rstrip() + "…"

    def _fitting(self, text: str, end: str, width: float, size: float, *, bold: bool) -> int:
        """Return how many letters fit with the end behind them, at least one."""

        def wide(n: int) -> float:
            return self.width(text[:n] + end, size, bold=bold)

        # no letter is narrower than a tenth of its size: longer beginnings need no measure
        most = min(len(text), int(10 * width / (size * self.em)))
        return max(1, bisect_right(range(1, most + 1), width, key=wide))

    def write(  # noqa: PLR0913 - each names what is set
        self,
        x: float,
        y: float,
        text: str,
        size: float = 1.0,
        *,
        bold: bool = False,
        colour: str = "",
        align: Align = "start",
        halo: str = "",
        layer: float = 10,
    ) -> Box:
        """Draw one line with its baseline at y; return the box it takes.

        x is the edge named by ``align``, as the language reads: the start is on the
        right in Arabic and Sorani.
        """
        line = self.directed(text)
        wide = self.width(text, size, bold=bold)
        left = x - wide * self._share(align)
        font = typeface.properties(self.fonts, size * self.em, bold=bold)
        artist = self._text((left, y), line, font, layer, color=colour or self.palette.ink)
        if halo:
            artist.set_path_effects([withStroke(linewidth=0.3 * size * self.em, foreground=halo)])
        elif not self._plain(line):
            artist.set_path_effects([Normal()])
        if self.searchable and artist.get_path_effects():
            self._text((left, y), line, font, layer, color=self.palette.ink, alpha=0)
        box = Box(left, y - 0.3 * size * self.em, left + wide, y + 0.85 * size * self.em)
        self.written.append(Written(text, box, layer))
        return box

    def _text(self, at: Point, line: str, font: FontProperties, layer: float, **look: Any) -> Text:
        artist = Text(
            *at,
            line,
            fontproperties=font,
            parse_math=False,
            transform=self.points,
            zorder=layer,
            **look,
        )
        self.add(artist)
        return artist

    def _share(self, align: Align) -> float:
        if align == "centre":
            return 0.5
        return 1.0 if (align == "end") != self.rtl else 0.0

    def _plain(self, line: str) -> bool:
        """Tell whether text of a PDF keeps its letters in place: Latin letters of one font.

        Others are drawn as outlines, which never move: matplotlib's PDF text leaves gaps
        after combining marks and where the direction changes.
        """
        first = typeface.letters(self.fonts, first_only=True)
        return all(ord(char) in first for char in line) and not typeface.has_rtl(line)

    # shapes

    def path(  # noqa: PLR0913 - each names what is set
        self,
        path: Path,
        *,
        face: str = "none",
        edge: str = "none",
        width: float = 0.0,
        dashes: Sequence[float] = (),
        alpha: float | None = None,
        butt: bool = False,
        layer: float = 5,
    ) -> None:
        """Draw a path whose coordinates are points; ``width`` of the line in points."""
        style: Any = (0, tuple(dashes)) if dashes else "solid"
        patch = PathPatch(
            path,
            facecolor=face,
            edgecolor=edge if width else "none",
            linewidth=width,
            linestyle=style,
            alpha=alpha,
            joinstyle="round",
            capstyle="butt" if butt or dashes else "round",
            transform=self.points,
            zorder=layer,
        )
        self.add(patch)

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        """Draw a line through the points."""
        self.path(Path(points), edge=colour, width=width, layer=8)


def shape(name: str, at: Point, radius: float) -> Path:
    """Return one of the shapes of the marks about a point."""
    corners = marks.SHAPES[name]
    if not corners:
        return Path.circle(at, radius)
    ring = np.asarray([*corners, corners[0]], dtype=float) * radius + at
    return Path(ring, closed=True)


def rectangle(box: Box) -> Path:
    """Return the outline of a box."""
    corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
    return Path([*corners, corners[0]], closed=True)
