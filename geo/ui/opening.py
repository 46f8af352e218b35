"""The first opening of a large data set, which takes its time: said, and done once for all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import streamlit as st

from geo import server
from geo.address import View
from geo.errors import TansiqError
from geo.i18n import Words, words
from geo.ui import page, session, sets

_log = logging.getLogger("tansiq")


def wait(names: Sequence[str], turn: Callable[[Words], object]) -> None:
    """Open the data sets that are asked for, and draw the page anew when they are.

    The choice in the sidebar asks, else the address, else what the session shows. ``names`` are
    those that there are; ``turn`` draws the navigation, without which the page that the address
    names would be forgotten by the next run. While a store is built the page says so, and nothing
    else stands on it: what came and went would move the map, and build it anew.
    """
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    asked = sets.waiting()
    if asked is None:
        asked = View.parse(query, datasets=names)[0].filter.datasets
        asked = asked or st.session_state.get("datasets", ())
    holdings = server.process_state().holdings
    # what could not be opened is told by the page itself, which shows the curated events
    if holdings.is_open(asked) or st.session_state.get("unopened") == asked:
        return
    say = words(session.language(query))
    page.dress(say.lang)
    turn(say)
    total = sum(one.accepted for one in holdings.manifests(asked))
    try:
        told = say("many.opening", events=say.count("unit.events", total))
        with st.container(key="opening"), st.spinner(told):
            holdings.store(asked)
    except TansiqError:
        _log.exception("data sets could not be opened")
        st.session_state["unopened"] = asked
    st.rerun()
