"""The map: the story in words, the dates, the map, and the details beside it."""

import streamlit as st

from geo.ui import frame, mapview, timestrip


@st.fragment
def body() -> None:
    """Draw everything that a date or a click on the map can change; the map comes first."""
    view, say = frame.current()
    top = st.container()
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        mapview.map_view(view, say)
    with top:
        frame.head(view, say)
        timestrip.strip(view, say)
    with narrow:
        mapview.selection(view, say)
        mapview.unlocated(view, say)
    frame.sync()


body()
