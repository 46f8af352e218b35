"""A table of more events than are shown at once: a page of it, in an order that can be chosen."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st
from markupsafe import Markup

from geo.address import View
from geo.i18n import Words
from geo.store import Store
from geo.ui import session
from geo.ui.page import html

# events of one page; fewer are shown as they are
PAGE: Final = 250
# the orders, each by the columns of `Store.events`
ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "oldest": (), "newest": ("-row",), "deadliest": ("-fatalities_best",),
}  # fmt: skip


def turned(held: Store, view: View, total: int, say: Words) -> tuple[tuple[str, ...], int]:
    """Draw what turns the pages; returns the order and how many events stand before the page.

    A table that fits on one page has nothing to turn.
    """
    if total <= PAGE:
        return (), 0
    with st.container(key="paging", horizontal=True, vertical_alignment="center", gap="small"):
        order = st.selectbox(
            say("many.order"),
            list(ORDERS),
            key=session.listed("order", say.lang),
            format_func=lambda name: say(f"many.{name}"),
            label_visibility="collapsed",
        )
        first = _first(held, view, order or "oldest", total)
        last_page = (total - 1) // PAGE * PAGE
        steps = {"start": 0, "back": first - PAGE, "on": first + PAGE, "end": last_page}
        for name, to in steps.items():
            there = min(max(to, 0), last_page)
            st.button(
                say(f"many.{name}"),
                key=f"page_{name}",
                disabled=there == first,
                on_click=partial(_turn, there),
            )
        last = min(first + PAGE, total)
        html(
            Markup('<p class="ts-sub" role="status">{}</p>').format(
                say("many.rows", first=first + 1, last=last, total=total)
            )
        )
    return ORDERS[order or "oldest"], first


def _turn(to: int) -> None:
    st.session_state["page_first"] = to


def _first(held: Store, view: View, order: str, total: int) -> int:
    """Return how many events stand before the page: the reader's own, or the selected event's."""
    state, asked = st.session_state, (view.filter, order)
    if state.get("page_asked") != asked:
        state["page_asked"], state["page_first"], state["page_event"] = asked, 0, ""
    if view.event != state["page_event"]:
        state["page_event"] = view.event
        before = held.before(view.filter, view.event) if view.event else None
        if before is not None and order != "deadliest":
            place = before if order == "oldest" else total - 1 - before
            state["page_first"] = place // PAGE * PAGE
    return min(int(state["page_first"]), (total - 1) // PAGE * PAGE)
