"""What is read rather than clicked: the centres' histories, the method, files to take away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from geo import server
from geo.address import View
from geo.filters import CURATED
from geo.i18n import Words
from geo.server.downloads import CURATED_ONLY, MOST_EVENTS
from geo.ui import citing, details, embed, histories, listing, method, panel, session
from geo.ui.frame import day_of, known, store
from geo.ui.page import html

TAKES: Final = {
    "csv": "format=csv",
    "geojson": "format=geojson",
    "gpkg": "format=gpkg",
    "parquet": "format=parquet",
    "package": "format=package",
    "prov": "format=prov",
    "html": "format=html",
    "png": "format=png&preset=screen",
    "print": "format=png&preset=print",
    "wide": "format=png&preset=social-wide",
    "square": "format=png&preset=social-square",
    "svg": "format=svg",
    "pdf": "format=pdf",
}


def take_away(view: View, say: Words) -> None:
    """Offer the current filter as files; pictures of the exact view are in the map itself."""
    view = view.replace(story="", step=1)
    n = store().count(view.filter)
    if n > MOST_EVENTS:
        said = say("many.files", n=n, most=MOST_EVENTS)
        html(Markup('<p class="ts-note">{}</p>').format(said))
    query = view.to_query(include_view=False)
    takes, chosen = dict(TAKES), view.filter
    if chosen.uploaded:
        query["upload"] = store().version
    if chosen.sets != (CURATED,):
        for name in CURATED_ONLY:
            del takes[name]
    query_ = urlencode(query)
    links = Markup("").join(
        Markup('<a href="tansiq/download?{}" download>{}</a>').format(
            "&".join(filter(None, (words_, query_))), say(f"app.take_{name}")
        )
        for name, words_ in takes.items()
    )
    html(
        Markup(
            '<div class="ts-panel"><h2 class="ts-label">{}</h2><div class="ts-away">{}</div>'
            '<h2 class="ts-label">{}</h2><div class="ts-away">{}</div></div>'
        ).format(say("app.take_away"), links, say("app.cite"), citing.links(view, say))
    )
    embed.offer(view, say)


def headline(text: str) -> None:
    """Write the heading of a page that tells no story above it."""
    html(Markup('<h1 class="ts-story">{}</h1>').format(text))


def title(text: str) -> None:
    """Write the heading of a part of a page."""
    html(Markup('<h2 class="ts-story">{}</h2>').format(text))


def centres(view: View, say: Words) -> None:
    """Show the history of each centre as a timeline, with its sources."""
    axis = histories.Axis(store().span(), day_of(view))
    _choose_centre(view, say)
    html(histories.centres(known(view), axis, say, view))


def _choose_centre(view: View, say: Words) -> None:
    """Let a centre of the page be chosen; it is then selected on the map too."""
    package, where = known(view), view.filter
    names = {
        one: str(details.centre_row(package, one)[f"name_{say.lang}"])
        for role in histories.ROLES
        for one in details.centres_in(package, role, where)
    }
    key = session.listed("centre_choice", say.lang)
    st.session_state[key] = view.centre if view.centre in names else None
    with st.container(key="centre_choice"):
        st.selectbox(
            say("linked.centre"),
            list(names),
            index=None,
            key=key,
            format_func=names.__getitem__,
            placeholder=say("linked.no_centre"),
            on_change=lambda: session.choose(centre=st.session_state[key] or ""),
        )


def contradictions(view: View, say: Words) -> None:
    """Show every contradiction that is known, side by side."""
    plain = view.replace(event="", centre="", story="", step=1)
    query = urlencode(session.words(plain), safe=",")
    package = known(view)
    html(panel.conflicts(package, say, f"&{query}"))


def about(say: Words) -> None:
    """Say what the data is, its limits, its licences, and how to cite it."""
    state = server.process_state()
    html(method.about(state.package, state.coverage, say))
    sources = state.package.frames["sources"]
    st.dataframe(
        listing.read_from(method.source_table(sources, say), say),
        hide_index=True,
        width="stretch",
        height=520,
        column_config={say("page_about.link"): st.column_config.LinkColumn()},
        alt=say("page_about.sources"),
    )
