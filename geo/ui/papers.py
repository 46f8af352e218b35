"""What is read rather than clicked: the centres' histories, the method, files to take away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from geo import server
from geo.address import View
from geo.i18n import Words
from geo.ui import histories, listing, method, panel, session
from geo.ui.frame import day_of, known
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


CITES: Final = ("text", "bibtex", "csl")


def take_away(view: View, say: Words) -> None:
    """Offer the current filter as files; pictures of the exact view are in the map itself."""
    query = urlencode(view.to_query(include_view=False))
    links = Markup("").join(
        Markup('<a href="tansiq/download?{}" download>{}</a>').format(
            "&".join(filter(None, (words_, query))), say(f"app.take_{name}")
        )
        for name, words_ in TAKES.items()
    )
    cited = Markup("").join(
        Markup('<a href="tansiq/cite?{}" target="_blank">{}</a>').format(
            "&".join(filter(None, (f"format={name}", query))), say(f"app.cite_{name}")
        )
        for name in CITES
    )
    html(
        Markup(
            '<div class="ts-panel"><h3>{}</h3><div class="ts-away">{}</div>'
            '<h3>{}</h3><div class="ts-away">{}</div></div>'
        ).format(say("app.take_away"), links, say("app.cite"), cited)
    )


def title(text: str) -> None:
    """Write a heading of ours."""
    html(Markup('<h2 class="ts-story">{}</h2>').format(text))


def centres(view: View, say: Words) -> None:
    """Show the history of each centre as a timeline, with its sources."""
    state = server.process_state()
    axis = histories.Axis(state.store.span(), day_of(view))
    html(histories.centres(known(view), axis, say, view.filter))


def contradictions(view: View, say: Words) -> None:
    """Show every contradiction that is known, side by side."""
    query = urlencode(session.words(view.replace(event="", centre="")), safe=",")
    package = known(view)
    html(panel.conflicts(package, say, f"&{query}"))


def about(say: Words) -> None:
    """Say what the data is, its limits, its licences, and how to cite it."""
    state = server.process_state()
    html(method.about(state.package, state.basemap.attribution, state.coverage, say))
    sources = state.package.frames["sources"]
    st.dataframe(
        listing.read_from(method.source_table(sources, say), say),
        hide_index=True,
        width="stretch",
        height=520,
        column_config={say("page_about.link"): st.column_config.LinkColumn()},
    )
