"""The centres: what was reported about each, when and by whom, up to the chosen date."""

import streamlit as st

from geo import ui


@st.fragment
def body() -> None:
    """Draw the centres as of the end of the chosen dates."""
    view, say = ui.current()
    ui.head(view, say)
    ui.time_strip(view, say)
    ui.centres(view, say)


body()
