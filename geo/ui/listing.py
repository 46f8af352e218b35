"""Events as tables and as a chart; a row that is chosen is selected everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import provenance, server
from geo.address import View
from geo.filters import set_label
from geo.filters.evidence import governorate_columns
from geo.i18n import Words, direction, number
from geo.ui import details, paging, session
from geo.ui.frame import store
from geo.ui.page import html

TABLE_HEIGHT = 500
HEAD_HEIGHT = 36
# Streamlit breaks lines in rows higher than 64 pixels only; else dates, tolls and names are cut
LINES_HEIGHT = 65
# of the list beside the map, where titles break over lines
SHORT_HEIGHT, TITLE_WIDTH = 300, 178
# pixels, so that every column is in sight on a wide screen, whichever way it is read
WIDTHS = {
    "date": 112,
    "event": 162,
    "type": 110,
    "place": 100,
    "governorate": 106,
    "precision": 102,
    "fatalities": 94,
    "contradicted": 98,
    "sources": 68,
    "reports": 66,
    "id": 75,
}


def short(rows: pd.DataFrame, say: Words, choice: Choice) -> None:
    """List events by date and title; choosing a row selects the event, which is marked."""
    date_name, event_name = say("page_events.date"), say("page_events.event")
    shown = pd.DataFrame(
        {
            date_name: [details.dates(row, say.lang) for row in _records(rows)],
            event_name: rows[f"title_{say.lang}"].to_list(),
        }
    )
    widths = {
        date_name: st.column_config.TextColumn(width=WIDTHS["date"]),
        event_name: st.column_config.TextColumn(width=TITLE_WIDTH),
    }
    height = min(LINES_HEIGHT * len(rows) + HEAD_HEIGHT, SHORT_HEIGHT)
    _choosable(read_from(shown, say), choice, height, widths)


def table(view: View, say: Words) -> None:
    """Show the events of the filter as a table, by the page; the map's equivalent in words."""
    state, held = server.process_state(), store()
    total = held.count(view.filter)
    if not total:
        nothing(say)
        return
    order, first = paging.turned(held, view, total, say)
    found = held.events(view.filter, order=order, limit=paging.PAGE, offset=first)
    rows = provenance.retell(state.known(view.filter.asof), found)
    whose = view.filter.viewpoint
    shown = pd.DataFrame([cells(row, say, whose) for row in _records(rows)])
    if len(store().sets) > 1:
        shown.insert(1, "dataset", [set_label(name, say) for name in rows["dataset"]])
    shown.columns = [heading(name, say) for name in shown.columns]
    widths = {
        heading(name, say): st.column_config.TextColumn(width=width, help=_help(name, say))
        for name, width in WIDTHS.items()
    }
    choice = Choice("table", say("page_events.table"), list(rows["event_id"]), view.event)
    _choosable(read_from(shown, say), choice, TABLE_HEIGHT, widths)


def heading(name: str, say: Words) -> str:
    """Return the heading of a column, as short as its width asks for."""
    return say("page_events.reports_brief" if name == "reports" else f"page_events.{name}")


def _help(name: str, say: Words) -> str | None:
    """Return what a short heading stands for, shown when it is pointed at."""
    return say("page_events.reports") if name == "reports" else None


def _records(rows: pd.DataFrame) -> list[Mapping[Any, Any]]:
    return list(rows.to_dict("records"))


def cells(row: Mapping[Any, Any], say: Words, viewpoint: str) -> dict[str, str]:
    """Return what one event says in the table, by the name of the column's heading."""
    codes = [row[name] for name in governorate_columns(viewpoint) if row[name]]
    return {
        "date": details.dates(row, say.lang),
        "event": row[f"title_{say.lang}"],
        "type": say.label("type", row["event_type"]),
        "place": row[f"place_{say.lang}"],
        "governorate": " / ".join(say.label("admin1", code) for code in codes),
        "precision": say(f"precision.{row['geo_precision']}"),
        "fatalities": details.killed(row, say, brief=True),
        "contradicted": say("page_events.yes") if row["contradicted"] else "",
        "sources": number(int(row["n_sources"]), say.lang),
        "reports": number(int(row["n_reports"]), say.lang),
        "id": row["event_id"],
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """A table whose rows can be chosen: events by row, and the chosen one among them or not.

    Attributes
    ----------
    key: how the widget's key begins.
    label: what the table is called by those who hear the page.
    ids: the events, row by row; event: the selected one, wherever it was selected.
    stays: whether the list, of events that were chosen together, stays after a choice.
    """

    key: str
    label: str
    ids: list[str]
    event: str
    stays: bool = False

    @property
    def name(self) -> str:
        """Return the key of the widget; other rows make it another table."""
        return f"{self.key}_{hashlib.sha256(' '.join(self.ids).encode()).hexdigest()[:12]}"

    def taken(self) -> None:
        """Select the event of the row that the reader chose, or none."""
        rows = st.session_state[self.name].selection.rows
        event = self.ids[rows[0]] if rows else ""
        stays = bool(event) and self.stays
        of = st.session_state["picked_of"] if stays else 0
        session.choose(event=event, picked=self.ids if stays else (), of=of)

    def mark(self) -> None:
        """Mark the row of the selected event, wherever it was selected; before the table."""
        wanted = [self.ids.index(self.event)] if self.event in self.ids else []
        held = st.session_state.get(self.name)
        # a run that was cut short leaves what it set as a plain mapping
        if wanted != (held["selection"]["rows"] if held else []):
            st.session_state[self.name] = {
                "selection": {"rows": wanted, "columns": [], "cells": []}
            }


def _choosable(
    shown: pd.DataFrame, choice: Choice, height: int, widths: Mapping[str, Any]
) -> None:
    """Show a table whose rows can be chosen, the selected event marked."""
    choice.mark()
    st.dataframe(
        shown,
        column_config=dict(widths),
        key=choice.name,
        hide_index=True,
        on_select=choice.taken,
        selection_mode="single-row",
        height=height,
        width="stretch",
        row_height=LINES_HEIGHT,
        alt=choice.label,
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
