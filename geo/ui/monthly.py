"""The events by month as a chart: months are chosen by a brush or a click, and set the dates.

What is chosen becomes the filter, so the chart of the new dates is another widget, and
nothing stays selected on it. The slider and the typed dates do the same by keyboard.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import palette
from geo.address import View
from geo.i18n import Words, edtf
from geo.ui import histogram, session
from geo.ui.frame import store
from geo.ui.page import html

CHART_HEIGHT: Final = 180
BRUSH: Final = "brush"
BAR: Final = "bar"
_MONTHS: Final = alt.Axis(format="%Y-%m", grid=False, labelOverlap="greedy", labelSeparation=12)
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
        }
    )
    ym, most = max(zip(months["ym"], months["n"], strict=True), key=lambda pair: int(pair[1]))
    month = edtf(f"{ym // 100:04d}-{ym % 100:02d}", say.lang)
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
            x=alt.X("month:T", title=None, axis=_MONTHS),
            y=alt.Y("number:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            color=alt.condition(
                marked, alt.value(colours["choice"]), alt.value(colours["primary"])
            ),
            stroke=alt.condition(marked, alt.value(colours["ink"]), alt.value(None)),
            strokeWidth=alt.condition(marked, alt.value(2), alt.value(0)),
            tooltip=[
                alt.Tooltip("month:T", format="%Y-%m", title=say("page_events.month")),
                alt.Tooltip("number:Q", title=say("page_events.number")),
            ],
        )
        .add_params(
            alt.selection_interval(name=BRUSH, encodings=["x"]),
            alt.selection_point(name=BAR, fields=["month"]),
        )
    )
    return bars


def _explain(total: int, chosen: int, say: Words) -> None:
    """Say how many events stand in the chart, and what is marked and can be done with it."""
    lines = []
    if chosen:
        month = edtf(f"{chosen // 100}-{chosen % 100:02d}", say.lang)
        lines.append(say("linked.chart_month", month=month))
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
