"""The events: table and monthly chart of the same filter, linked to the map."""

import streamlit as st

from geo import ui
from geo.ui import listing, timestrip


@st.fragment
def body() -> None:
    """Draw everything that a date or a row chosen in the table can change."""
    view, say = ui.current()
    ui.head(view, say)
    timestrip.strip(view, say)
    ui.title(say("page_events.chart"))
    listing.chart(view, say)
    ui.title(say("page_events.table"))
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        listing.table(view, say)
        ui.take_away(view, say)
    with narrow:
        ui.selection(view, say)
    ui.sync()


body()
