"""The links to the citations of what is selected, or of the view: words, BibTeX, CSL-JSON."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from geo.address import View
from geo.i18n import Words

CITES: Final = ("text", "bibtex", "csl")


def links(view: View, say: Words) -> Markup:
    """Return three links; each opens a citation that names the address of this very view."""
    query = urlencode(view.replace(story="", step=1).to_query(include_view=False))
    return Markup(" ").join(
        Markup('<a href="tansiq/cite?{}" target="_blank" aria-label="{}: {}">{}</a>').format(
            "&".join(filter(None, (f"format={name}", query))),
            say("app.cite"),
            label := say(f"app.cite_{name}"),
            label,
        )
        for name in CITES
    )


def line(view: View, say: Words) -> Markup:
    """Return the links on one line under a panel."""
    return Markup('<p class="ts-links ts-cite"><span class="ts-sub">{}</span> {}</p>').format(
        say("app.cite"), links(view, say)
    )
