"""Events as tables and as a chart; a row that is chosen is selected everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import palette, provenance, server
from geo.address import View
from geo.filters.evidence import governorate_columns
from geo.i18n import Words, direction, edtf, number
from geo.ui import details, session
from geo.ui.page import html

TABLE_HEIGHT = 400
CHART_HEIGHT = 180
_MONTHS = alt.Axis(format="%Y-%m", grid=False, labelOverlap="greedy", labelSeparation=12)
ROW_HEIGHT = 36
# pixels, so that every column is in sight on a wide screen, whichever way it is read
_WIDTHS = {
    "date": 128,
    "event": 225,
    "type": 118,
    "place": 95,
    "governorate": 82,
    "precision": 88,
    "fatalities": 60,
    "contradicted": 74,
    "sources": 55,
    "reports": 58,
    "id": 72,
}


def short(rows: pd.DataFrame, say: Words, key: str, name: str) -> None:
    """List events by date and title; choosing a row selects the event.

    ``name`` says what the list is to those who hear it.
    """
    date_name, event_name = say("page_events.date"), say("page_events.event")
    shown = pd.DataFrame(
        {
            date_name: [details.dates(row, say.lang) for row in _records(rows)],
            event_name: rows[f"title_{say.lang}"].to_list(),
        }
    )
    widths = {
        date_name: st.column_config.TextColumn(width=110),
        event_name: st.column_config.TextColumn(width=180),
    }
    height = min(ROW_HEIGHT * (len(rows) + 1), 260)
    _choosable(read_from(shown, say), list(rows["event_id"]), (key, name), height, widths)


def table(view: View, say: Words) -> None:
    """Show every event of the filter as a table; the map's equivalent in words."""
    state = server.process_state()
    rows = provenance.retell(state.known(view.filter.asof), state.store.events(view.filter))
    if rows.empty:
        nothing(say)
        return
    whose = view.filter.viewpoint
    shown = pd.DataFrame([_cells(row, say, whose) for row in _records(rows)])
    shown.columns = [say(f"page_events.{name}") for name in shown.columns]
    widths = {
        say(f"page_events.{name}"): st.column_config.TextColumn(width=width)
        for name, width in _WIDTHS.items()
    }
    key = ("table", say("page_events.table"))
    _choosable(read_from(shown, say), list(rows["event_id"]), key, TABLE_HEIGHT, widths)


def _records(rows: pd.DataFrame) -> list[Mapping[Any, Any]]:
    return list(rows.to_dict("records"))


def _cells(row: Mapping[Any, Any], say: Words, viewpoint: str) -> dict[str, str]:
    """Return what one event says in the table, by the name of the column's heading."""
    codes = [row[name] for name in governorate_columns(viewpoint) if row[name]]
    return {
        "date": details.dates(row, say.lang),
        "event": row[f"title_{say.lang}"],
        "type": say.label("type", row["event_type"]),
        "place": row[f"place_{say.lang}"],
        "governorate": " / ".join(say.label("admin1", code) for code in codes),
        "precision": say(f"precision.{row['geo_precision']}"),
        "fatalities": details.killed(row, say),
        "contradicted": say("page_events.yes") if row["contradicted"] else "",
        "sources": number(int(row["n_sources"]), say.lang),
        "reports": number(int(row["n_reports"]), say.lang),
        "id": row["event_id"],
    }


def _choosable(
    shown: pd.DataFrame,
    ids: list[str],
    key: tuple[str, str],
    height: int,
    widths: Mapping[str, Any] | None = None,
) -> None:
    """Show a table whose rows can be chosen; other rows make it another table.

    ``key`` is the table's key and what it is called by those who read it aloud.
    """
    digest = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:12]
    name = f"{key[0]}_{digest}"

    def choose() -> None:
        rows = st.session_state[name].selection.rows
        session.choose(event=ids[rows[0]] if rows else "", picked=[ids[row] for row in rows])

    st.dataframe(
        shown,
        column_config=dict(widths or {}),
        key=name,
        hide_index=True,
        on_select=choose,
        selection_mode="single-row",
        height=height,
        width="stretch",
        row_height=ROW_HEIGHT - 1,
        alt=key[1],
    )


def read_from(shown: pd.DataFrame, say: Words) -> pd.DataFrame:
    """Return the table with its columns in the order in which the language reads."""
    return shown if direction(say.lang) == "ltr" else shown[shown.columns[::-1]]


def nothing(say: Words) -> None:
    """Say that nothing matches, and what to do."""
    html(
        Markup('<div class="ts-empty"><b>{}</b><br>{}</div>').format(
            say("page_map.empty"), say("page_map.empty_hint")
        )
    )


def chart(view: View, say: Words) -> None:
    """Chart the events of the filter by month; each event once."""
    months = server.process_state().store.by_month(view.filter)
    if months.empty:
        return
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime(months["ym"].astype(str), format="%Y%m"),
            "number": months["n"].astype(int),
        }
    )
    covered = (frame["month"].max() - frame["month"].min()).days // 30 + 1
    width = min(max(900 // covered, 2), 26)
    x = alt.X("month:T", timeUnit="yearmonth", title=None, axis=_MONTHS)
    y = alt.Y("number:Q", title=None, axis=alt.Axis(tickMinStep=1))
    tip = [
        alt.Tooltip("month:T", format="%Y-%m", title=say("page_events.month")),
        alt.Tooltip("number:Q", title=say("page_events.number")),
    ]
    bars = (
        alt.Chart(frame, height=CHART_HEIGHT, padding={"left": 24, "right": 8})
        .mark_bar(color=palette.colour("primary", st.context.theme.type or "light"), size=width)
        .encode(x=x, y=y, tooltip=tip)
    )
    total = say.count("unit.events", int(frame["number"].sum()))
    ym, most = max(zip(months["ym"], months["n"], strict=True), key=lambda pair: int(pair[1]))
    month = edtf(f"{ym // 100:04d}-{ym % 100:02d}", say.lang)
    told = say("reach.chart", events=total, month=month, n=int(most))
    st.altair_chart(bars, width="stretch", key="chart", alt=told)
    with st.container(key="chart_total"):
        html(
            Markup('<p class="ts-sub">{}</p>').format(say("page_events.chart_total", events=total))
        )
