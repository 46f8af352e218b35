"""The map, what is selected on it, and what has no point on it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import columns, server, webmap
from geo.address import WINDOWS, View
from geo.filters import CURATED, box
from geo.i18n import Words, isolate, number
from geo.ui import areas, citing, imported, listing, panel, session
from geo.ui.frame import day_of, known, store, told
from geo.ui.page import html

MAP_HEIGHT: Final = 620
HEAD_START_S: Final = 0.06
# events of a list beside the map; more are counted
LISTED: Final = 100


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
    theme = st.context.theme.type or "light"
    chart = webmap.base(store().version, view.lang, theme, view.digits)
    with st.container(key="mapbox"):
        _as_table(view, say)
        html(Markup('<div class="ts-fallback">{}</div>').format(say("app.map_waiting")))
        webmap.show(chart, _call(view), MAP_HEIGHT, _take)
    # the browser paints the map before the rest of the page arrives and must be laid out
    time.sleep(HEAD_START_S)


def _as_table(view: View, say: Words) -> None:
    """Name the map, and lead those who cannot use it to the same events in words."""
    query = urlencode(session.words(view), safe=",")
    html(
        Markup(
            '<h2 class="ts-hidden">{}</h2>'
            '<a class="ts-skip" href="./events?{}" target="_self">{}</a>'
        ).format(say("page_map.title"), query, say("reach.as_table"))
    )


def _call(view: View) -> dict[str, object]:
    """Return the short call for the layer; its number grows only when it says something new."""
    call = columns.call(store(), view) | areas.call(view) | session.journey()
    if call != st.session_state.get("call"):
        st.session_state["call"] = call
        st.session_state["seq"] = st.session_state.get("seq", 0) + 1
    return {"seq": st.session_state["seq"], **call}


def _take() -> None:
    """Take what the reader did on the map; runs before the page is drawn again."""
    answer = st.session_state.get(webmap.KEY)
    if played := webmap.played(answer):
        _follow(played)
    if click := webmap.chosen(answer):
        _choose(click)


def _follow(played: webmap.Played) -> None:
    """Set the dates to those at which the playing stopped, inside those of the slider."""
    if 0 <= played.window < len(WINDOWS):
        session.set_window(WINDOWS[played.window])
    if played.days is None:
        return
    first, ends = store().span()[0], store().span_days()
    moved = [first + timedelta(min(max(day, ends[0]), ends[1]) - ends[0]) for day in played.days]
    session.set_dates(moved[0], moved[1])


def _choose(click: webmap.Click) -> None:
    """Select what the reader chose, or filter by the rectangle that the reader drew."""
    if click.box is not None:
        session.set_box(box.of_units(click.box))
        return
    state = server.process_state()
    ids = store().ids_of(click.rows[:LISTED]) if click.rows else []
    centres = list(state.package.frames["centres"]["centre_id"])
    centre = centres[click.centre] if 0 <= click.centre < len(centres) else ""
    session.choose("" if centre or not ids else ids[0], centre, ids, click.of)


def selection(view: View, say: Words) -> None:
    """Show the selected centre or event with its facts and sources, or the way to choose one."""
    state, package, whose = server.process_state(), known(view), view.filter.viewpoint
    event, centre = st.session_state["event"], st.session_state["centre"]
    picked = st.session_state["picked"]
    found = store().get(event) if event else None
    with st.container(key="details"):
        if found or centre:
            st.button(
                say("page_map.close"), key="close", icon=":material/close:", on_click=session.choose
            )
        if centre:
            html(panel.centre(package, centre, day_of(view), say, whose))
            html(citing.line(view.replace(event="", centre=centre), say))
        if len(picked) > 1:
            html(Markup('<p class="ts-sub">{}</p>').format(_how_many(len(picked), say)))
            _several(store().by_ids(picked), say, event)
        if found and found["dataset"] != CURATED:
            manifests = state.holdings.manifests([found["dataset"]])
            html(imported.event(found, manifests, say))
        elif found and event in set(package.frames["events"]["event_id"]):
            html(panel.event(package, told(view, event), say, whose))
            html(citing.line(view.replace(event=event, centre=""), say))
        elif found:
            html(Markup('<p class="ts-note">{}</p>').format(say("panel.not_known_then")))
        if found and not store().matches(view.filter, event):
            html(Markup('<p class="ts-note">{}</p>').format(say("panel.selected_not_in_filter")))
        if not found:
            html(panel.overview(package, day_of(view), say, view))
        if not (found or centre):
            st.button(
                say("page_map.network"),
                key="network",
                on_click=session.choose,
                kwargs={"centre": panel.NETWORK},
            )


def _how_many(listed: int, say: Words) -> str:
    """Say how many events lie under the reader's click, and how many of them are listed."""
    of = st.session_state["picked_of"]
    if of > listed:
        return say("many.several", n=listed, events=say.count("unit.events", of))
    return say("page_map.several", events=say.count("unit.events", listed))


def _several(rows: pd.DataFrame, say: Words, event: str) -> None:
    """List the events of one point, of which the reader chooses one."""
    named, ids = say("reach.several"), list(rows["event_id"])
    listing.short(rows, say, listing.Choice("several", named, ids, event, stays=True))


def unlocated(view: View, say: Words) -> None:
    """List beside the map what matches the filter and has no point."""
    total = store().figures(view.filter).without_point
    if not total:
        return
    rows = store().unlocated(view.filter, LISTED)
    html(
        Markup(
            '<div class="ts-panel"><h2 class="ts-label">{} ({})</h2><p class="ts-sub">{}</p></div>'
        ).format(
            say("page_map.no_point"), number(total, view.lang), say("page_map.no_point_why")
        )
    )
    if total > len(rows):
        cut = say("many.first", n=len(rows), total=total)
        html(Markup('<p class="ts-sub">{}</p>').format(cut))
    named = say("page_map.no_point")
    choice = listing.Choice("unlocated", named, list(rows["event_id"]), view.event)
    listing.short(rows, say, choice)
