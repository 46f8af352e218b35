"""The widgets and caches that pages share; pages only say what stands where."""

from __future__ import annotations

import time
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import columns, i18n, provenance, server, webmap
from geo.address import View
from geo.errors import DataError
from geo.filters import EventFilter
from geo.i18n import LANGS, Words, direction, isolate, number, words
from geo.marks import EVENT_TYPES
from geo.ui import details, listing, page, session
from geo.ui.page import html

MAP_HEIGHT: Final = 620
HEAD_START_S: Final = 0.03
PAGES: Final = ("map", "events", "centres", "about")
TAKES: Final = {
    "csv": "format=csv",
    "geojson": "format=geojson",
    "gpkg": "format=gpkg",
    "parquet": "format=parquet",
    "html": "format=html",
    "png": "format=png&preset=screen",
    "print": "format=png&preset=print",
    "wide": "format=png&preset=social-wide",
    "square": "format=png&preset=social-square",
    "svg": "format=svg",
    "pdf": "format=pdf",
}


# ---------------------------------------------------------------- the frame of every page
def draw(pages: Path) -> None:
    """Draw the page that the address names, inside what all pages share."""
    st.set_page_config(
        page_title="Tansiq", page_icon="🧭", layout="wide", initial_sidebar_state="auto"
    )
    try:
        span = server.process_state().store.span()
    except DataError as broken:
        _refuse(broken)
        return
    view = session.resolve(span, _page_name())
    say = words(view.lang)
    page.dress(view.lang)
    chosen = st.navigation(
        [
            st.Page(
                pages / f"{name}.py",
                title=say(f"page_{name}.title"),
                default=name == PAGES[0],
                url_path="" if name == PAGES[0] else name,
            )
            for name in PAGES
        ],
        position="top",
    )
    _sidebar(say, span)
    _notices(say)
    chosen.run()


def _refuse(broken: DataError) -> None:
    """Say in three languages that the data is at fault, and where first."""
    for lang in LANGS:
        html(
            Markup('<p class="ts-note" lang="{}" dir="{}">{}</p>').format(
                lang, direction(lang), words(lang)("app.data_fault")
            )
        )
    st.code(str(broken.faults[0]) if broken.faults else "", language=None)


def _page_name() -> str:
    """Return the last word of the path that the browser shows."""
    path = urlsplit(st.context.url or "").path.rstrip("/").rsplit("/", 1)[-1]
    return path if path in PAGES else PAGES[0]


def _sidebar(say: Words, span: tuple[date, date]) -> None:
    """Draw the filters that every page shares."""
    with st.sidebar:
        st.radio(
            say("app.language"),
            LANGS,
            key="lang",
            horizontal=True,
            format_func=lambda lang: say(f"lang.{lang}"),
            label_visibility="collapsed",
        )
        st.text_input(say("filter.label_q"), key="search", placeholder=say("app.search_hint"))
        st.multiselect(
            say("filter.label_province"),
            _provinces(),
            key="province",
            placeholder=say("filter.any_province"),
            format_func=lambda code: say.label("admin1", code),
        )
        st.multiselect(
            say("filter.label_type"),
            EVENT_TYPES,
            key="type",
            placeholder=say("filter.any_type"),
            format_func=lambda kind: say.label("type", kind),
        )
        st.toggle(say("filter.label_centres"), key="centres")
        st.button(say("app.reset"), key="reset", on_click=session.reset, args=(span,))
        html(
            Markup('<p class="ts-sub">{}<br>{}</p>').format(
                say("app.version", version=server.process_state().package.version),
                say("app.indicative"),
            )
        )


@st.cache_data(show_spinner=False)
def _provinces() -> tuple[str, ...]:
    """Return the codes of the governorates, those of the data's events first."""
    package = server.process_state().package
    every = tuple(package.frames["governorates"]["admin1"])
    places = package.frames["places"]
    used = set(places["admin1"]) | set(places["admin1_alt"])
    return tuple(sorted(every, key=lambda code: (code not in used, code)))


def _notices(say: Words) -> None:
    found = session.notices()
    if found:
        lines = Markup("").join(
            Markup("<li>{}</li>").format(
                say(f"filter.notice.{n.reason}", key=n.key, value=isolate(n.value[:80]))
            )
            for n in found
        )
        html(
            Markup('<div class="ts-note" role="status"><b>{}</b><ul>{}</ul></div>').format(
                say("app.notice_title"), lines
            )
        )


# ---------------------------------------------------------------- what pages call
def current() -> tuple[View, Words]:
    """Return the reader's view and the words of its language; also inside a fragment."""
    view = session.current(server.process_state().store.span())
    return view, words(view.lang)


def day_of(view: View) -> date:
    """Return the day whose status of the centres is shown: the end of the range."""
    return view.filter.date_to or server.process_state().store.span()[1]


def head(view: View, say: Words) -> None:
    """Say in words what is shown, and how many: the story first, then the counts."""
    total, without = matching(view.filter)
    html(
        Markup(
            '<p class="ts-head"><span class="ts-brand">{}</span>'
            '<span class="ts-strap">{}</span></p><h1 class="ts-story">{}</h1>'
        ).format(say("app.title"), say("app.strap"), _story(view, say, total))
    )
    with st.container(key="counts", horizontal=True, gap="small"):
        with st.container(key="count", width="content"):
            html(Markup("<b>{}</b>").format(number(total, view.lang)))
        html(Markup("{}").format(_counts(view, say, total - without, without)))


def matching(chosen: EventFilter) -> tuple[int, int]:
    """Return how many events match, and how many of these have no point."""
    return server.process_state().store.count(chosen), len(_unlocated(chosen))


@lru_cache(maxsize=64)
def _unlocated(chosen: EventFilter) -> pd.DataFrame:
    """Return the matching events without a point; the data of a process does not change."""
    return server.process_state().store.unlocated(chosen)


def _story(view: View, say: Words, total: int) -> str:
    chosen = view.filter
    names = [say.label("admin1", code) for code in chosen.provinces]
    where = say("app.in_places", places=say.join(names, "or")) if names else ""
    first, last = server.process_state().store.span()
    dates = i18n.span(chosen.date_from or first, chosen.date_to or last, view.lang)
    events = say.count("unit.events", total)
    if not view.centres:
        return say("app.story_no_centres", events=events, where=where, span=dates)
    centres = say.count("active_centres", _active(view))
    return say("app.story", events=events, centres=centres, where=where, span=dates)


def _active(view: View) -> int:
    """Count the centres of the network last reported active by the day, uncontradicted."""
    package, day = server.process_state().package, day_of(view)
    return sum(
        provenance.status_on(package, centre, day).statuses == ("active",)
        for centre in details.network_in(package, view.filter.provinces)
    )


def _counts(view: View, say: Words, drawn: int, without: int) -> str:
    parts = [
        view.filter.sentence(view.lang),
        say("app.on_map", n=drawn),
        say("app.unlocated", n=without),
    ]
    if view.filter.provinces:
        left = server.process_state().store.without_governorate(view.filter)
        parts.append(say("app.left_out", n=left))
    parts.append(say("app.status_day", day=day_of(view)))
    return " · ".join(parts)


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
    chart = webmap.base(state.version, view.lang, theme)
    with st.container(key="mapbox"):
        html(Markup('<div class="ts-fallback">{}</div>').format(say("app.map_waiting")))
        click = webmap.show(chart, _call(view), MAP_HEIGHT)
    # the browser paints the map before the rest of the page arrives and must be laid out
    time.sleep(HEAD_START_S)
    if click and click.nonce != st.session_state.get("nonce"):
        st.session_state["nonce"] = click.nonce
        _take_click(click)


def _call(view: View) -> dict[str, object]:
    """Return the short call for the layer; its number grows only when it says something new."""
    state = server.process_state()
    call = columns.call(state.store, view)
    if call != st.session_state.get("call"):
        st.session_state["call"] = call
        st.session_state["seq"] = st.session_state.get("seq", 0) + 1
    return {"seq": st.session_state["seq"], **call}


def _take_click(click: webmap.Click) -> None:
    state = server.process_state()
    ids = [found for row in click.rows if (found := state.store.id_of(row))]
    centres = list(state.package.frames["centres"]["centre_id"])
    centre = centres[click.centre] if 0 <= click.centre < len(centres) else ""
    session.choose("" if centre or not ids else ids[0], centre, ids)


def selection(view: View, say: Words) -> None:
    """Show the selected centre or event with its facts and sources, or the way to choose one."""
    state = server.process_state()
    event, centre = st.session_state["event"], st.session_state["centre"]
    picked = st.session_state["picked"]
    found = state.store.get(event) if event else None
    with st.container(key="details"):
        if found or centre:
            st.button(
                say("page_map.close"), key="close", icon=":material/close:", on_click=session.choose
            )
        if centre:
            html(details.centre(state.package, centre, day_of(view), say))
        if len(picked) > 1:
            html(Markup('<p class="ts-sub">{}</p>').format(say("page_map.several", n=len(picked))))
            listing.short(state.store.by_ids(picked), say, key="several")
        if found:
            html(details.event(state.package, found, say))
            if not state.store.matches(view.filter, event):
                html(
                    Markup('<p class="ts-note">{}</p>').format(say("panel.selected_not_in_filter"))
                )
        if not (found or centre):
            html(details.overview(state.package, day_of(view), say, view.filter.provinces))


def unlocated(view: View, say: Words) -> None:
    """List beside the map what matches the filter and has no point."""
    rows = _unlocated(view.filter)
    if rows.empty:
        return
    html(
        Markup('<div class="ts-panel"><h3>{} ({})</h3><p class="ts-sub">{}</p></div>').format(
            say("page_map.no_point"), number(len(rows), view.lang), say("page_map.no_point_why")
        )
    )
    listing.short(rows, say, key="unlocated")


def take_away(view: View, say: Words) -> None:
    """Offer the current filter as files; pictures of the exact view are in the map itself."""
    query = urlencode(view.to_query(include_view=False))
    links = Markup("").join(
        Markup('<a href="tansiq/download?{}" download>{}</a>').format(
            "&".join(filter(None, (words_, query))), say(f"app.take_{name}")
        )
        for name, words_ in TAKES.items()
    )
    html(
        Markup('<div class="ts-panel"><h3>{}</h3><div class="ts-away">{}</div></div>').format(
            say("app.take_away"), links
        )
    )


def title(text: str) -> None:
    """Write a heading of ours."""
    html(Markup('<h2 class="ts-story">{}</h2>').format(text))


def centres(view: View, say: Words) -> None:
    """Show the history of each centre as a timeline, with its sources."""
    html(
        details.centres(
            server.process_state().package, day_of(view), say, server.process_state().store.span()
        )
    )


def about(say: Words) -> None:
    """Say what the data is, its limits, its licences, and how to cite it."""
    state = server.process_state()
    html(details.about(state.package, state.basemap.attribution, say))
    sources = state.package.frames["sources"]
    st.dataframe(
        details.source_table(sources, say),
        hide_index=True,
        width="stretch",
        height=520,
        column_config={say("page_about.link"): st.column_config.LinkColumn()},
    )


def sync() -> None:
    """Write what this run shows and chose into the address; every page calls it last."""
    session.write(session.current(server.process_state().store.span()))
