"""The events: table and monthly chart of the same filter, linked to the map."""

import streamlit as st

from geo import ui


@st.fragment
def body() -> None:
    """Draw everything that a date or a row chosen in the table can change."""
    view, say = ui.current()
    ui.head(view, say)
    ui.time_strip(view, say)
    ui.title(say("page_events.chart"))
    ui.monthly_chart(view, say)
    ui.title(say("page_events.table"))
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        ui.events_table(view, say)
        ui.take_away(view, say)
    with narrow:
        ui.selection(view, say)
    ui.sync()


body()
