"""The contradictions: who says what, side by side, what is shown of it, and why."""

import streamlit as st

from geo.ui import frame, papers


@st.fragment
def body() -> None:
    """Draw the contradictions that were known on the chosen day."""
    view, say = frame.current()
    papers.headline(say("page_contradictions.title"))
    papers.contradictions(view, say)
    frame.sync()


body()
