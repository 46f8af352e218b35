"""The map, what is selected on it, and what has no point on it."""

from __future__ import annotations

import time
from typing import Final

import streamlit as st
from markupsafe import Markup

from geo import columns, server, webmap
from geo.address import View
from geo.i18n import Words, isolate, number
from geo.ui import listing, panel, session
from geo.ui.frame import day_of, known, told, without_point
from geo.ui.page import html

MAP_HEIGHT: Final = 620
HEAD_START_S: Final = 0.06


def map_view(view: View, say: Words) -> None:
    """Draw the map with the current filter, and take the reader's choice from it."""
    missing = webmap.missing_assets()
    if missing:
        html(
            Markup('<p class="ts-note" role="alert">{}</p>').format(
                say("app.map_missing", files=isolate(", ".join(missing)))
            )
        )
        return
    state = server.process_state()
    theme = st.context.theme.type or "light"
    chart = webmap.base(state.version, view.lang, theme, view.digits)
    with st.container(key="mapbox"):
        html(Markup('<div class="ts-fallback">{}</div>').format(say("app.map_waiting")))
        webmap.show(chart, _call(view), MAP_HEIGHT, _take_click)
    # the browser paints the map before the rest of the page arrives and must be laid out
    time.sleep(HEAD_START_S)


def _call(view: View) -> dict[str, object]:
    """Return the short call for the layer; its number grows only when it says something new."""
    state = server.process_state()
    call = columns.call(state.store, view)
    if call != st.session_state.get("call"):
        st.session_state["call"] = call
        st.session_state["seq"] = st.session_state.get("seq", 0) + 1
    return {"seq": st.session_state["seq"], **call}


def _take_click() -> None:
    """Select what the reader chose on the map; runs before the page is drawn again."""
    click = webmap.chosen(st.session_state.get(webmap.KEY))
    if click is None:
        return
    state = server.process_state()
    ids = [found for row in click.rows if (found := state.store.id_of(row))]
    centres = list(state.package.frames["centres"]["centre_id"])
    centre = centres[click.centre] if 0 <= click.centre < len(centres) else ""
    session.choose("" if centre or not ids else ids[0], centre, ids)


def selection(view: View, say: Words) -> None:
    """Show the selected centre or event with its facts and sources, or the way to choose one."""
    state, package, whose = server.process_state(), known(view), view.filter.viewpoint
    event, centre = st.session_state["event"], st.session_state["centre"]
    picked = st.session_state["picked"]
    found = state.store.get(event) if event else None
    with st.container(key="details"):
        if found or centre:
            st.button(
                say("page_map.close"), key="close", icon=":material/close:", on_click=session.choose
            )
        if centre:
            html(panel.centre(package, centre, day_of(view), say, whose))
        if len(picked) > 1:
            html(Markup('<p class="ts-sub">{}</p>').format(say("page_map.several", n=len(picked))))
            listing.short(state.store.by_ids(picked), say, key="several")
        if found and event in set(package.frames["events"]["event_id"]):
            html(panel.event(package, told(view, event), say, whose))
        elif found:
            html(Markup('<p class="ts-note">{}</p>').format(say("panel.not_known_then")))
        if found and not state.store.matches(view.filter, event):
            html(Markup('<p class="ts-note">{}</p>').format(say("panel.selected_not_in_filter")))
        if not (found or centre):
            html(panel.overview(package, day_of(view), say, view.filter))
            st.button(
                say("page_map.network"),
                key="network",
                on_click=session.choose,
                kwargs={"centre": panel.NETWORK},
            )


def unlocated(view: View, say: Words) -> None:
    """List beside the map what matches the filter and has no point."""
    rows = without_point(view.filter)
    if rows.empty:
        return
    html(
        Markup('<div class="ts-panel"><h3>{} ({})</h3><p class="ts-sub">{}</p></div>').format(
            say("page_map.no_point"), number(len(rows), view.lang), say("page_map.no_point_why")
        )
    )
    listing.short(rows, say, key="unlocated")
