"""The events: table and monthly chart of the same filter, linked to the map."""

import streamlit as st

from geo.ui import frame, listing, mapview, monthly, papers, timestrip


@st.fragment
def body() -> None:
    """Draw everything that a date or a row chosen in the table can change."""
    view, say = frame.current()
    frame.head(view, say)
    timestrip.strip(view, say)
    papers.title(say("page_events.table"))
    listing.table(view, say)
    wide, narrow = st.columns([6, 4], gap="large")
    with wide:
        mapview.selection(view, say)
    with narrow:
        papers.title(say("page_events.chart"))
        monthly.chart(view, say)
        papers.take_away(view, say)
    frame.sync()


body()
