"""The events by month as a chart: months are chosen by a brush or a click, and set the dates.

What is chosen becomes the filter, so the chart of the new dates is another widget, and
nothing stays selected on it. The slider and the typed dates do the same by keyboard.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import palette
from geo.address import View
from geo.i18n import Words, digits, edtf, number
from geo.ui import histogram, session
from geo.ui.frame import store
from geo.ui.page import html

CHART_HEIGHT: Final = 180
BRUSH: Final = "brush"
BAR: Final = "bar"
# months from one label of the axis to the next, and how many labels there may be: a year is short
_STEPS: Final = {1: 8, 2: 8, 3: 8, 6: 8, 12: 14, 24: 14, 60: 14, 120: 14, 240: 14}
_HALF: Final = timedelta(days=15)


def chart(view: View, say: Words) -> None:
    """Chart the events of the filter by month; each event once."""
    months = store().by_month(view.filter)
    if months.empty:
        return
    chosen = _month_of(view)
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime(months["ym"].astype(str), format="%Y%m"),
            "number": months["n"].astype(int),
            "chosen": (months["ym"] == chosen).astype(int),
            "month_said": [_said(int(ym), say) for ym in months["ym"]],
            "number_said": [number(int(n), say.lang) for n in months["n"]],
        }
    )
    ym, most = max(zip(months["ym"], months["n"], strict=True), key=lambda pair: int(pair[1]))
    month = _said(int(ym), say)
    total = int(frame["number"].sum())
    events = say.count("unit.events", total)
    key = f"chart_{view.filter.digest()}"
    st.altair_chart(
        _bars(frame, say),
        width="stretch",
        key=key,
        on_select=lambda: _choose(st.session_state[key].selection),
        selection_mode=[BRUSH, BAR],
        alt=say("reach.chart", events=events, month=month, n=int(most)),
    )
    _explain(total, chosen, say)


def _bars(frame: pd.DataFrame, say: Words) -> alt.Chart:
    colours = palette.colours(st.context.theme.type or "light")
    covered = (frame["month"].max() - frame["month"].min()).days // 30 + 1
    width = min(max(900 // covered, 2), 26)
    marked = "datum.chosen > 0"
    bars: alt.Chart = (
        alt.Chart(frame, height=CHART_HEIGHT, padding={"left": 24, "right": 8})
        .mark_bar(size=width, cursor="pointer")
        .encode(
            x=alt.X("month:T", title=None, axis=_months(frame, say)),
            y=_numbers(int(frame["number"].max()), say),
            color=alt.condition(
                marked, alt.value(colours["choice"]), alt.value(colours["primary"])
            ),
            stroke=alt.condition(marked, alt.value(colours["ink"]), alt.value(None)),
            strokeWidth=alt.condition(marked, alt.value(2), alt.value(0)),
            tooltip=[
                alt.Tooltip("month_said:N", title=say("page_events.month")),
                alt.Tooltip("number_said:N", title=say("page_events.number")),
            ],
        )
        .add_params(
            alt.selection_interval(name=BRUSH, encodings=["x"]),
            alt.selection_point(name=BAR, fields=["month"]),
        )
    )
    return bars


def _said(ym: int, say: Words) -> str:
    """Return a month, given as yyyymm, in words."""
    return edtf(f"{ym // 100:04d}-{ym % 100:02d}", say.lang)


def _months(frame: pd.DataFrame, say: Words) -> alt.Axis:
    """Return the axis of the months: Vega's own names are English, its digits ASCII."""
    ends = frame["month"].min(), frame["month"].max()
    first, last = (12 * one.year + one.month - 1 for one in ends)
    fitting = (one for one, most in _STEPS.items() if (last - first) // one < most)
    step = next(fitting, max(_STEPS))
    at = range(first + -first % step, last + 1, step) or range(first, last + 1)
    said = {
        f"{one // 12:04d}-{one % 12 + 1:02d}": digits(f"{one // 12}", say.lang)
        if step % 12 == 0
        else _said(one // 12 * 100 + one % 12 + 1, say)
        for one in at
    }
    return alt.Axis(
        values=[alt.DateTime(year=one // 12, month=one % 12 + 1) for one in at],
        labelExpr=f"{json.dumps(said)}[timeFormat(datum.value, '%Y-%m')]",
        grid=False,
        labelOverlap="greedy",
        labelSeparation=12,
    )


def _numbers(most: int, say: Words) -> alt.Y:
    """Return the axis of the numbers: whole steps of 1, 2 or 5, written as the language writes."""
    sizes = (size * 10**power for power in range(9) for size in (1, 2, 5))
    step = next(one for one in sizes if most <= 4 * one)
    top = -(-most // step) * step
    said = {str(one): number(one, say.lang) for one in range(0, top + 1, step)}
    axis = alt.Axis(values=[int(one) for one in said], labelExpr=f"{json.dumps(said)}[datum.value]")
    return alt.Y("number:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def _explain(total: int, chosen: int, say: Words) -> None:
    """Say how many events stand in the chart, and what is marked and can be done with it."""
    lines = []
    if chosen:
        lines.append(say("linked.chart_month", month=_said(chosen, say)))
    lines.append(say("linked.chart_hint"))
    with st.container(key="chart_total"):
        events = say.count("unit.events", total)
        html(
            Markup('<p class="ts-sub">{}</p>').format(say("page_events.chart_total", events=events))
        )
    with st.container(key="chart_words"):
        html(Markup('<p class="ts-sub">{}</p>').format(" ".join(lines)))


def _month_of(view: View) -> int:
    """Return the month as yyyymm under which the selected event is counted, 0 for none."""
    found = store().get(view.event) if view.event else None
    if found is None or not store().matches(view.filter, view.event):
        return 0
    start = histogram.EPOCH + timedelta(days=int(found["day_start"]))
    first = max(start, view.filter.date_from or start)
    return first.year * 100 + first.month


def _choose(selection: Any) -> None:
    """Set the dates to the months under the brush, or to that of the bar."""
    ends = selection.get(BRUSH, {}).get("month") or [one["month"] for one in selection.get(BAR, ())]
    if not ends:
        return
    first, last = (_nearest(float(end)) for end in (min(ends), max(ends)))
    span = store().span()
    session.set_dates(max(first, span[0]), min(histogram.month_end(last), span[1]))


def _nearest(milliseconds: float) -> date:
    """Return the first day of the month whose bar stands nearest."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return (moment + _HALF).date().replace(day=1)
