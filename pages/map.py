"""The map: the story in words, the dates, the map, and the details beside it."""

import streamlit as st

from geo.ui import counted, embed, frame, mapview, timestrip, tour


@st.fragment
def body() -> None:
    """Draw everything that a date or a click on the map can change; the map comes first."""
    tour.follow()
    view, say = frame.current()
    top = st.container()
    wide, narrow = st.columns([7, 3], gap="medium")
    with wide:
        mapview.map_view(view, say)
        counted.table(view, say)
        tour.shelf(view, say)
        if not view.story:
            embed.offer(view, say)
    with top:
        frame.head(view, say)
        timestrip.strip(view, say)
    with narrow:
        tour.card(view, say)
        mapview.selection(view, say)
        mapview.unlocated(view, say)
        if view.story:  # on a phone nothing comes between the map and the step
            embed.offer(view, say)
    frame.sync()


@st.fragment
def framed() -> None:
    """Draw what stands in a frame of another site: headline, dates, map, and the way back."""
    view, say = frame.current()
    embed.draw(view, say)
    frame.sync()


if frame.embedded():
    framed()
else:
    body()
