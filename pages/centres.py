"""The centres: what was reported about each, when and by whom, up to the chosen date."""

import streamlit as st

from geo import ui
from geo.ui import timestrip


@st.fragment
def body() -> None:
    """Draw the centres as of the end of the chosen dates."""
    view, say = ui.current()
    ui.head(view, say)
    timestrip.strip(view, say)
    ui.centres(view, say)
    ui.sync()


body()
