"""The legend of a picture: only what the picture holds, in columns that fit their box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from matplotlib.colors import to_hex

from geo import i18n, marks
from geo.boundaries import counting
from geo.snapshot import areas, density, symbols
from geo.snapshot.labels import Box, Point
from geo.snapshot.pen import Pen, rectangle
from geo.snapshot.plan import Drawn
from geo.snapshot.scene import Scene
from geo.snapshot.symbols import Share, unit
from geo.snapshot.typeface import SMALL

_SWATCH: Final = 2.15
_LINE: Final = 1.28
_ROW: Final = 1.82
_HEADING: Final = SMALL
_GAP: Final = 1.5
_STEPS: Final = 8


Draw: TypeAlias = Callable[[Pen, Point], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend; a heading has no sign."""

    text: str
    draw: Draw | None = None


Block: TypeAlias = tuple[Entry, ...]


def blocks(scene: Scene, drawn: Drawn) -> list[Block]:
    """Return what the legend tells: families, how to read marks, areas, centres; no empty ones."""
    events, reading = _events(scene, drawn), _reading(scene, drawn)
    # three blocks at the most, since there are three columns
    marked = [(*events, *reading), _areas(scene)] if scene.areas else [events, reading]
    return [block for block in (*marked, _centres(scene, drawn)) if block]


def _events(scene: Scene, drawn: Drawn) -> Block:
    say = i18n.words(scene.lang)
    if not drawn.families:
        return ()
    head = Entry(say("map.legend_sets" if scene.sets else "map.legend_events"))
    if drawn.dense:
        together = [Entry(say("snapshot.legend_together"), _plain)] if scene.sets else []
        return (head, Entry(say("map.legend_density"), _ramp), *together)
    return (head, *(Entry(_named(scene, one), _sign(one)) for one in drawn.families))


def _named(scene: Scene, family: str) -> str:
    """Return what a family is called, or a data set where several are shown."""
    say = i18n.words(scene.lang)
    if family in scene.sets:
        return scene.sets[family]
    return say("map.legend_other") if family == marks.OTHER.id else say(f"family.{family}")


def _reading(scene: Scene, drawn: Drawn) -> Block:
    say = i18n.words(scene.lang)
    if not drawn.families or drawn.dense:
        return ()
    wanted = (
        (drawn.hollow, "legend_hollow", _hollow(drawn.families[0])),
        (drawn.several, "legend_number", _number(drawn.families)),
        (drawn.areas, "legend_area", _area),
        (drawn.clash, "legend_clash", symbols.clash),
        (drawn.disputed, "legend_disputed", _ring(dashed=True)),
        (drawn.both, "legend_both", _ring(dashed=False)),
    )
    return tuple(Entry(say(f"map.{key}"), draw) for told, key, draw in wanted if told)


def _areas(scene: Scene) -> Block:
    """Return the classes of areas, what lies in none, and what the lines are worth."""
    if scene.areas is None:
        return ()
    say, found, limits = i18n.words(scene.lang), scene.areas, scene.areas.limits
    classes = range(len(limits) + 1) if found.placed else ()
    return (
        Entry(say(f"map.areas_title_{found.found.about.level}")),
        Entry(say("map.areas_nothing"), _shaded(0)),
        *(Entry(_class(scene, limits, at), _shaded(counting.shade(at, limits))) for at in classes),
        Entry(say("map.areas_lost", n=found.lost, total=found.total), _plain),
        Entry(say("map.areas_indicative"), _plain),
    )


def _class(scene: Scene, limits: Sequence[float], at: int) -> str:
    """Return in words from how many events per 1,000 km² to how many a class reaches."""
    say, ends = i18n.words(scene.lang), [counting.rounded(limit) for limit in limits]
    if not ends:
        return say("map.areas_some")
    if at == 0:
        return say("map.areas_below", n=ends[0])
    if at == len(ends):
        return say("map.areas_from", n=ends[-1])
    return say("map.areas_between", low=ends[at - 1], high=ends[at])


def _centres(scene: Scene, drawn: Drawn) -> Block:
    say = i18n.words(scene.lang)
    if not drawn.statuses:
        return ()
    head = say("snapshot.legend_centres_undated")
    if scene.status_day:
        head = say("snapshot.legend_centres", day=scene.status_day)
    entries = [Entry(head)]
    entries += [Entry(say(f"status.{status}"), _status(status)) for status in drawn.statuses]
    entries += [Entry(say(f"status.{one}"), _assessment(one)) for one in drawn.assessments]
    if drawn.dated:
        entries.append(Entry(_dated(scene, drawn), _date))
    elif scene.confirmed:
        entries.append(Entry(_confirmed(scene), _plain))
    if drawn.contradicted:
        entries.append(Entry(say("map.legend_contradicted"), symbols.warning))
    if drawn.doubted:
        entries.append(Entry(say("map.legend_doubted"), symbols.clash))
    return tuple(entries)


def _oldest(scene: Scene) -> int:
    """Return how many days before the day shown a centre of the network was last confirmed."""
    return max(centre.age for centre in scene.centres if centre.main and centre.confirmed)


def _dated(scene: Scene, drawn: Drawn) -> str:
    """Return what the dates under names mean."""
    say, oldest = i18n.words(scene.lang), _oldest(scene)
    if not oldest:
        return say("snapshot.confirmed")
    if drawn.aged:
        return say("snapshot.confirmed_aged")
    return say("snapshot.confirmed_oldest", ago=say.count("unit.days", oldest))


def _confirmed(scene: Scene) -> str:
    """Return when the network's centres were last confirmed, and how long before at the most."""
    say, oldest = i18n.words(scene.lang), _oldest(scene)
    main = [centre for centre in scene.centres if centre.main and centre.confirmed]
    words = {centre.told for centre in main}
    day = i18n.span(scene.confirmed[0], scene.confirmed[-1], scene.lang)
    day = words.pop() if len(words) == 1 else day
    if not oldest:
        return say("snapshot.confirmed_all", day=day)
    return say("snapshot.confirmed_ago", day=day, ago=say.count("unit.days", oldest))


def _sign(family: str) -> Draw:
    return lambda pen, at: symbols.sign(pen, family, at, 7, hollow=False)


def _shaded(alpha: float) -> Draw:
    return lambda pen, at: areas.swatch(pen, at, alpha)


def _hollow(family: str) -> Draw:
    return lambda pen, at: symbols.sign(pen, family, at, 7, hollow=True)


def _number(families: tuple[str, ...]) -> Draw:
    shares = [Share(family, 1, hollow=False) for family in (*families, *families)[:2]]

    def draw(pen: Pen, at: Point) -> None:
        with pen.scaled(0.72):
            symbols.badge(pen, shares, at, soft=False)

    return draw


def _status(status: str) -> Draw:
    return lambda pen, at: symbols.centre(pen, (status,), at, 9.5)


def _assessment(one: str) -> Draw:
    return lambda pen, at: symbols.assessment(pen, one, at)


def _plain(_pen: Pen, _at: Point) -> None:
    """Draw nothing: the words say it all."""


def _date(pen: Pen, at: Point) -> None:
    """Draw two lines like a name and a date under it."""
    u, (x, y) = unit(pen), at
    for wide, up, tall, tint in ((18, 3, 3.2, pen.palette.ink), (13, -2.5, 2, pen.palette.muted)):
        low = y + (up - tall / 2) * u
        pen.path(rectangle(Box(x - wide / 2 * u, low, x + wide / 2 * u, low + tall * u)), face=tint)


def _ring(*, dashed: bool) -> Draw:
    return lambda pen, at: symbols.disputed(pen, at, 8, dashed=dashed, both=not dashed)


def _area(pen: Pen, at: Point) -> None:
    symbols.area_disc(pen, at, 10 * unit(pen))


def _ramp(pen: Pen, at: Point) -> None:
    wide, (x, y) = 24 * unit(pen), at
    for step in range(_STEPS):
        left = x + (step / _STEPS - 0.5) * wide
        box = Box(left, y - wide / 4, left + wide / _STEPS, y + wide / 4)
        pen.path(rectangle(box), face=to_hex(density.ramp(pen)(step / (_STEPS - 1))))


def columns_of(found: list[Block], columns: int) -> list[Block]:
    """Share the blocks out to columns, in their order; the first column is the longest."""
    if columns == 1 or len(found) == 1:
        return [tuple(entry for block in found for entry in block)]
    # a block without a heading begins where the others' first entries are
    headed = [block if block[0].draw is None else (Entry(""), *block) for block in found]
    if columns >= len(found):
        return headed
    joined = (*found[0], *found[1])
    # areas go where they leave the columns more alike
    if found[1][0].draw is None and len(joined) <= len(found[1]) + len(found[2]):
        return [joined, headed[2]]
    rest = [entry for block in found[1:] for entry in block]
    return [headed[0], tuple(rest if found[1][0].draw is None else [Entry(""), *rest])]


def height(pen: Pen, columns: list[Block], width: float) -> float:
    """Return how tall the columns are in points when each is so wide."""
    return max((sum(_tall(pen, e, width) for e in column) for column in columns), default=0.0)


def _tall(pen: Pen, entry: Entry, width: float) -> float:
    lines = len(_lines(pen, entry, width))
    if entry.draw is None:
        return (_GAP + lines * _LINE * _HEADING) * pen.em
    return max(_ROW, 0.5 + lines * _LINE * SMALL) * pen.em


def _lines(pen: Pen, entry: Entry, width: float) -> list[str]:
    if entry.draw is None:
        return pen.wrap(entry.text, width, _HEADING, bold=True)
    return pen.wrap(entry.text, width - _SWATCH * pen.em, SMALL)


def draw(pen: Pen, columns: list[Block], box: Box, gap: float) -> None:
    """Draw the columns from the box's top, the first where reading starts."""
    wide = (box.width - gap * (len(columns) - 1)) / len(columns)
    for number, column in enumerate(columns):
        shift = number * (wide + gap)
        left = box.x1 - shift - wide if pen.rtl else box.x0 + shift
        _column(pen, column, Box(left, box.y0, left + wide, box.y1))


def _column(pen: Pen, column: Block, box: Box) -> None:
    y = box.y1
    start = box.x1 if pen.rtl else box.x0
    towards = -1 if pen.rtl else 1
    for entry in column:
        lines, tall = _lines(pen, entry, box.width), _tall(pen, entry, box.width)
        # no word of the legend runs into the words below it
        if y - tall < box.y0 - pen.em:
            return
        size = _HEADING if entry.draw is None else SMALL
        x = start
        top = y - (_GAP - 0.35) * pen.em
        if entry.draw is not None:
            entry.draw(pen, (start + towards * 0.8 * pen.em, y - tall / 2))
            x = start + towards * _SWATCH * pen.em
            top = y - (tall - len(lines) * _LINE * size * pen.em) / 2
        for number, line in enumerate(lines):
            baseline = top - (number * _LINE + 0.95) * size * pen.em
            pen.write(x, baseline, line, size, bold=entry.draw is None)
        y -= tall
