"""The dashboard in a frame of another site, and the snippet that puts it there."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from geo.address import View
from geo.i18n import Words
from geo.ui import mapview, timestrip
from geo.ui.frame import story
from geo.ui.page import html
from geo.ui.place import here, query


def draw(view: View, say: Words) -> None:
    """Draw headline, dates and map, and the way to the whole dashboard with the same state."""
    with st.container(key="embed"):
        top = st.container()
        mapview.map_view(view, say)
        with top:
            html(Markup('<h1 class="ts-story">{}</h1>').format(story(view, say)))
            timestrip.strip(view, say, steps=False)
        html(
            Markup(
                '<p class="ts-sub"><a class="ts-back" href="./?{}" target="_blank" '
                'rel="noopener noreferrer">{}</a></p>'
            ).format(query(view), say("embed.back"))
        )


def offer(view: View, say: Words) -> None:
    """Offer the snippet that puts the present view into another page."""
    shown = view.replace(story="", step=1)
    source = here(f"embed=true&{query(shown)}")
    snippet = Markup(
        '<iframe src="{}" title="{}" width="100%" height="640" style="border:0" loading="lazy">'
        "</iframe>"
    ).format(source, story(view, say))
    with st.popover(say("embed.offer"), key="embed_offer"):
        # the map's frame puts its own place into the address, as the reader moves it (address.js)
        html(
            Markup(
                '<p class="ts-sub">{}</p><div class="ts-snippet"><pre dir="ltr" tabindex="0">'
                '<code>{}</code></pre><button type="button" class="ts-copy" data-done="{}">{}'
                "</button></div>"
            ).format(say("embed.how"), str(snippet), say("embed.copied"), say("embed.copy"))
        )
