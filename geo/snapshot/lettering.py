"""The words on a picture's map: names that find room, and the scale bar."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from geo import i18n
from geo.snapshot import labels
from geo.snapshot.labels import Board, Box, Wish
from geo.snapshot.panel import Panel
from geo.snapshot.pen import Align, Pen
from geo.snapshot.scene import Centre, Scene
from geo.snapshot.symbols import unit
from geo.snapshot.typeface import SMALL, TINY

# the layer's zooms 5.5 and 6.5, as px to a degree of longitude
COUNTRIES_FROM: Final = 32.0
GOVERNORATES_FROM: Final = 64.0
# where a name of the base map is tried, in em from its own place
_NUDGES: Final = ((0, 0), (0, 1.6), (0, -1.6), (3, 0), (-3, 0), (3, 2), (-3, 2), (3, -2), (-3, -2))
_STORY_WIDTH: Final = 15.0
_NAME_WIDTH: Final = 11.0
_LINE: Final = 1.2
_BRACKETS: Final = re.compile(r"\s*\([^()]*\)")


# the size of a centre's day in em, and the least size in px at which words are read
NOTE: Final = TINY
READABLE: Final = 7.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label; ``size`` in em."""

    text: str
    size: float
    colour: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Lines that stand together, and the room they take in points."""

    lines: tuple[Line, ...]
    width: float
    height: float

    @classmethod
    def of(cls, pen: Pen, lines: Iterable[Line]) -> Label:
        """Return the label of some lines."""
        kept = tuple(line for line in lines if line.text)
        wide = (pen.width(line.text, line.size, bold=line.bold) for line in kept)
        tall = sum(line.size * _LINE * pen.em for line in kept)
        return cls(kept, max(wide, default=0.0), tall)

    @property
    def text(self) -> str:
        """The words of all lines."""
        return " ".join(line.text for line in self.lines)

    def beside(self, reach: float, near: float, *, right: bool) -> Box:
        """Return the box it takes at the side of a mark, relative to the mark."""
        gap, half = reach + near, self.height / 2
        if right:
            return Box(gap, -half, gap + self.width, half)
        return Box(-gap - self.width, -half, -gap, half)


def centre_label(pen: Pen, centre: Centre, *, dated: bool, aged: bool = False) -> Label:
    """Return a centre's name, ``dated`` with the day it was last confirmed if it is main.

    When it is ``aged``, how many days that was before the day shown stands in brackets.
    """
    ink, size = pen.palette.ink, 1.0 if centre.main else SMALL
    names = pen.wrap(_short(centre.label), _NAME_WIDTH * pen.em, size, bold=centre.main, most=2)
    lines = [Line(name, size, ink, centre.main) for name in names]
    if dated and centre.main and centre.confirmed:
        age = f" ({i18n.number(centre.age, pen.lang)})" if aged and centre.age else ""
        lines.append(Line(f"{centre.told}{age}", NOTE, pen.palette.muted))
    return Label.of(pen, lines)


def place_label(pen: Pen, name: str) -> Label:
    """Return the name of a place of events."""
    lines = pen.wrap(_short(name), _NAME_WIDTH * pen.em, SMALL, most=2)
    return Label.of(pen, (Line(line, SMALL, pen.palette.ink) for line in lines))


def story_label(pen: Pen, title: str) -> Label:
    """Return an event's title, in up to three lines."""
    lines = pen.wrap(title, _STORY_WIDTH * pen.em, SMALL, most=3)
    return Label.of(pen, (Line(line, SMALL, pen.palette.ink) for line in lines))


def near(pen: Pen) -> float:
    """Return the room between a mark and its name in points."""
    return labels.NEAR * pen.em


class Letterer:
    """Writes names on the map, each where it touches nothing; ``written`` keeps them."""

    def __init__(self, pen: Pen, panel: Panel) -> None:
        self.pen = pen
        self.panel = panel
        self.px = unit(pen)
        self.board = Board(panel.box.grown(-4 * self.px))
        self.written: list[tuple[str, Box]] = []
        self.keep_clear([self._scale_bar()])

    def keep_clear(self, boxes: Iterable[Box]) -> None:
        """Let no name touch these boxes."""
        self.board.take(boxes)

    def line(self, boxes: Iterable[Box]) -> None:
        """Let names keep off the line that these boxes follow, unless they must be written."""
        self.board.lines.extend(boxes)

    def rival(self, marks: Iterable[tuple[float, float, float]]) -> None:
        """Let no name stand nearer to one of these marks (x, y, radius) than to its own."""
        self.board.rivals.extend(marks)

    def beside(  # noqa: PLR0913 - each names what is asked
        self, label: Label, at: tuple[float, float], reach: float, rings: int,
        *, right: bool | None = None, must: bool = False,
    ) -> bool:  # fmt: skip
        """Write a label beside a mark of radius ``reach`` (px); tell whether there was room."""
        if not label.lines:
            return True
        right = not self.pen.rtl if right is None else right
        wide, tall = label.width, label.height
        wish = Wish(wide, tall, (at,), reach * self.px, rings, self.pen.em, right)
        box = self.board.place(wish, 1.5 * self.px, must=must)
        if box is None:
            return False
        self._lead(box, at, reach * self.px)
        side = 1 if box.x0 > at[0] else -1 if box.x1 < at[0] else 0
        self._write(label, box, side)
        return True

    def base_names(self, scene: Scene) -> None:
        """Write the names of governorates, then of countries, as far as they find room."""
        say, tint = i18n.words(scene.lang), self.pen.palette
        scale = self.panel.unit / self.px
        if scale >= GOVERNORATES_FROM:
            for code, at in self._places(scene, "governorates"):
                self._ground_name(scene.governorates.get(code, ""), at, SMALL, tint.names)
        if scale >= COUNTRIES_FROM:
            for code, at in self._places(scene, "land"):
                key = f"map.country_{code}"
                self._ground_name(say(key) if say.has(key) else "", at, 1.0, tint.muted)

    def _ground_name(self, text: str, at: tuple[float, float], size: float, colour: str) -> None:
        em = self.pen.em
        # a town of the same name beside it says it already
        near = Box.around(*at, 5 * em)
        if not text or any(text in told and box.touches(near) for told, box in self.written):
            return
        label = Label.of(self.pen, [Line(self.pen.clean(text), size, colour)])
        spots = tuple((at[0] + dx * em, at[1] + dy * em) for dx, dy in _NUDGES)
        box = self.board.place(Wish(label.width, label.height, spots), 1.5 * self.px)
        if box is not None:
            self._write(label, box, 0)

    def _places(self, scene: Scene, layer: str) -> list[tuple[str, tuple[float, float]]]:
        frame = scene.basemap.layers.get(layer)
        if frame is None:
            return []
        rows = zip(frame["id"], frame["label_lon"], frame["label_lat"], strict=True)
        return [(str(code), self.panel.point(lon, lat)) for code, lon, lat in rows]

    def _write(self, label: Label, box: Box, side: int) -> None:
        """Write the lines in their box; ``side`` of the mark is -1 left, 0 over it, 1 right."""
        pen = self.pen
        x = (box.x0 + box.x1) / 2 if side == 0 else box.x0 if side > 0 else box.x1
        align: Align = "centre"
        if side:
            align = "start" if (side > 0) != pen.rtl else "end"
        y = box.y1
        for line in label.lines:
            em = line.size * pen.em
            pen.write(
                x, y - 0.9 * em, line.text, line.size,
                bold=line.bold, colour=line.colour, align=align, halo=pen.palette.home,
            )  # fmt: skip
            y -= _LINE * em
        self.written.append((label.text, box))

    def _lead(self, box: Box, spot: tuple[float, float], reach: float) -> None:
        """Draw a line to a mark whose name found room only some way off."""
        end = box.nearest(*spot)
        far = math.dist(end, spot)
        if far < reach + 0.8 * self.pen.em:
            return
        share = reach / far
        start = spot[0] + (end[0] - spot[0]) * share, spot[1] + (end[1] - spot[1]) * share
        self.pen.line([start, end], self.pen.palette.muted, 0.8 * self.px)

    def _scale_bar(self) -> Box:
        """Draw the scale bar in the corner where reading ends; return its box."""
        pen, panel, px = self.pen, self.panel, self.px
        middle = (panel.bounds.south + panel.bounds.north) / 2
        metres = _round(0.15 * panel.box.width / panel.metres(1, middle))
        long, edge = panel.metres(metres, middle), 10 * px
        left = panel.box.x0 + edge if pen.rtl else panel.box.x1 - edge - long
        low = panel.box.y0 + edge
        ends = [(left, low + 4 * px), (left, low), (left + long, low), (left + long, low + 4 * px)]
        pen.line(ends, pen.palette.home, 4 * px)
        pen.line(ends, pen.palette.ink, 1.3 * px)
        text, middle = distance(metres, pen.lang), left + long / 2
        box = pen.write(middle, low + 5 * px, text, TINY, align="centre", halo=pen.palette.home)
        return Box(min(left, box.x0), low, max(left + long, box.x1), box.y1).grown(2 * px)


def distance(metres: int, lang: str) -> str:
    """Return a distance in words: kilometres from 1,000 m on, in local digits."""
    say = i18n.words(lang)
    kilo = metres >= 1000  # noqa: PLR2004 - a kilometre
    number = i18n.number(metres / 1000 if kilo else metres, lang)
    return f"{number} {say('unit.km' if kilo else 'unit.m')}"


def _round(metres: float) -> int:
    """Return the greatest 1, 2 or 5 times a power of ten that is not above ``metres``."""
    power = 10 ** math.floor(math.log10(metres))
    return int(max(step for step in (1, 2, 5) if step * power <= metres) * power) or 1


def _short(name: str) -> str:
    """Return a place's name without what stands in brackets, as a map has it."""
    return _BRACKETS.sub("", name).strip() or name
