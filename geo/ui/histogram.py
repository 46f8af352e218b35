"""The slim histogram over the date slider: it shares the slider's axis, bar by bar.

Bars are plain boxes with positions in percent, since Streamlit strips SVG from HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import pandas as pd
from markupsafe import Markup

EPOCH = date(1970, 1, 1)
Bar = tuple[float, float, int, bool]
# more stretches than there is room for, pixel by pixel
MOST_STRETCHES: Final = 400
# more years than have room under the bars of a narrow window
MANY_YEARS: Final = 14


def month_end(first: date) -> date:
    """Return the last day of the month that begins on ``first``."""
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def share(day: date, span: tuple[date, date]) -> float:
    """Return where a day stands on the axis of the span, 0 to 1 and never beyond."""
    length = max((span[1] - span[0]).days, 1)
    return min(max((day - span[0]).days / length, 0.0), 1.0)


def bars(
    months: Iterable[tuple[int, int]], span: tuple[date, date], chosen: tuple[date, date]
) -> list[Bar]:
    """Return left edge, width (0 to 1), count and whether chosen, for each month ``yyyymm``."""
    found = []
    for ym, count in months:
        first = date(ym // 100, ym % 100, 1)
        last = month_end(first)
        left = share(first, span)
        inside = first <= chosen[1] and last >= chosen[0]
        found.append((left, share(last, span) - left, int(count), inside))
    return found


def draw(columns: Iterable[Bar], label: str) -> Markup:
    """Draw the bars; the tallest fills the height (square root scale keeps 1 beside 40)."""
    columns = list(columns)
    tallest = max((count for _, _, count, _ in columns), default=1) ** 0.5
    drawn = Markup("").join(_bar(column, tallest) for column in columns)
    return Markup('<div class="ts-hist" role="img" aria-label="{}">{}</div>').format(label, drawn)


def lanes(found: Sequence[tuple[str, Markup, str, list[Bar]]], label: str) -> Markup:
    """Draw the bars of several data sets on one axis, a lane each, all to the same height.

    ``found`` has for each the name of its look, its sign, what it is called and how many are
    shown, and its bars.
    """
    tallest = max((bar[2] for *_, columns in found for bar in columns), default=1) ** 0.5
    return Markup("").join(
        Markup('<p class="ts-lane-key">{}<bdi dir="auto">{}</bdi></p>'
               '<div class="ts-hist ts-lane ts-lane-{}" role="img" aria-label="{}: {}">{}</div>')
        .format(sign, name, look, name, label,
                Markup("").join(_bar(column, tallest) for column in columns))
        for look, sign, name, columns in found
    )


def _bar(column: Bar, tallest: float) -> Markup:
    left, width, count, inside = column
    return Markup('<i class="{}" style="left:{:.2f}%;width:{:.2f}%;height:{:.0f}%"></i>').format(
        "in" if inside else "out", 100 * left, 100 * width, 100 * count**0.5 / tallest
    )


def stretches(uncertain: pd.DataFrame) -> list[tuple[date, date, int]]:
    """Return first day, last day and number of events for each stretch that these can lie in.

    ``uncertain`` has ``day_start``, ``day_end`` (days since 1970-01-01) and ``n``. Where the
    months and years of several events meet, their numbers add up.
    """
    change: dict[int, int] = {}
    for first, last, n in uncertain.itertuples(index=False):
        change[int(first)] = change.get(int(first), 0) + int(n)
        change[int(last) + 1] = change.get(int(last) + 1, 0) - int(n)
    found, now = [], 0
    for start, end in pairwise(sorted(change)):
        now += change[start]
        if now:
            days = EPOCH + timedelta(days=start), EPOCH + timedelta(days=end - 1)
            found.append((*days, now))
    return found


def _merged(drawn: list[tuple[date, date, int]], most: int) -> list[tuple[date, date, int]]:
    """Return at most so many stretches: neighbours become one, as high as the highest of them."""
    size = -(-len(drawn) // most)
    groups = (drawn[at : at + size] for at in range(0, len(drawn), size)) if size > 1 else ()
    return [(g[0][0], g[-1][1], max(n for *_, n in g)) for g in groups] or drawn


def spread(uncertain: pd.DataFrame, span: tuple[date, date], label: str) -> Markup:
    """Draw dates known only to their month or year over all days that they can mean.

    ``uncertain`` is what `stretches` takes; the more events can lie in a stretch, the higher it
    is. ``label`` says so in words, with their number.
    """
    drawn = _merged(stretches(uncertain[["day_start", "day_end", "n"]]), MOST_STRETCHES)
    if not drawn:
        return Markup("")
    most = max(n for *_, n in drawn)
    boxes = Markup("").join(
        Markup('<i style="left:{:.2f}%;width:{:.2f}%;height:{:.0f}%"></i>').format(
            100 * (left := share(first, span)), 100 * (share(last, span) - left), 100 * n / most
        )
        for first, last, n in drawn
    )
    strip = Markup('<div class="ts-spread" role="img" aria-label="{0}" title="{0}">{1}</div>')
    return strip.format(label, boxes)


def key(uncertain: pd.DataFrame, label: str) -> Markup:
    """Say under the axis what the spread is, to those who see it; others are told by itself."""
    if uncertain.empty:
        return Markup("")
    return Markup('<p class="ts-spread-key" aria-hidden="true"><i></i>{}</p>').format(label)


def axis(span: tuple[date, date], say: dict[int, str]) -> Markup:
    """Write the years under the bars, each at its first of January; ``say`` has the digits."""
    # over decades there is no room for each; every fifth stays on a telephone
    many = len(say) > MANY_YEARS
    marks = Markup("").join(
        Markup(
            '<i style="left:{0:.2f}%"></i><span class="{2}" style="left:{0:.2f}%">{1}</span>'
        ).format(
            100 * share(date(year, 1, 1), span),
            text,
            "ts-between" if many and year % 5 else "",
        )
        for year, text in say.items()
    )
    return Markup('<div class="ts-axis" aria-hidden="true">{}</div>').format(marks)
