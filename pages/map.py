"""The map: the story in words, the dates, the map, and the details beside it."""

import streamlit as st

from geo import ui
from geo.ui import timestrip


@st.fragment
def body() -> None:
    """Draw everything that a date or a click on the map can change; the map comes first."""
    view, say = ui.current()
    top = st.container()
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        ui.map_view(view, say)
    with top:
        ui.head(view, say)
        timestrip.strip(view, say)
    with narrow:
        ui.selection(view, say)
        ui.unlocated(view, say)
    ui.sync()


body()
