"""The centres: what was reported about each, when and by whom, up to the chosen date."""

import streamlit as st

from geo.ui import frame, papers, timestrip


@st.fragment
def body() -> None:
    """Draw the centres as of the end of the chosen dates."""
    view, say = frame.current()
    frame.head(view, say)
    timestrip.strip(view, say)
    papers.centres(view, say)
    frame.sync()


body()
