"""What every page wears: style, typeface, language and direction; and HTML that is safe."""

from __future__ import annotations

import json
from functools import cache
from typing import Final

import streamlit as st
from markupsafe import Markup

from geo import palette
from geo.i18n import PARTS, direction, words
from geo.scripts import asset
from geo.ui import details

_WEIGHTS: Final = {400: "Regular", 600: "SemiBold", 700: "Bold"}


def html(content: Markup) -> None:
    """Show HTML; only `Markup`, whose format escapes what it is given, is taken."""
    if not isinstance(content, Markup):
        raise TypeError(f"expected Markup, found {type(content).__name__}")
    st.html(str(content))


@cache
def style(lang: str) -> str:
    """Return the style sheet of a page in a language; addresses in it are our own routes."""
    names = ["page.css", "tour.css"] + (["rtl.css"] if direction(lang) == "rtl" else [])
    faces = "".join(
        f"@font-face{{font-family:Plex;font-weight:{weight};font-display:swap;"
        f"src:url(tansiq/assets/IBMPlexSansArabic-{name}.ttf)}}"
        for weight, name in _WEIGHTS.items()
    )
    sheets = (asset(name).read_text(encoding="utf-8") for name in names)
    return faces + palette.css() + details.family_css() + "".join(sheets)


@cache
def script(lang: str) -> str:
    """Return the page's own script, for a language of ours."""
    say = words(lang)
    given = {"lang": lang, "dir": direction(lang), "choose": say("page_data.choose"),
             "lost": say("front.lost")}
    start, text, copy = (asset(name).read_text(encoding="utf-8").rstrip()
                         for name in ("start.js", "page.js", "copy.js"))
    rest = "\n".join(asset(name).read_text(encoding="utf-8") for name in ("keys.js", "history.js"))
    return (f"<script>{start}(window, {json.dumps(PARTS)});\n"
            f"{text}(window, {json.dumps(given)});\n{copy}(window);\n{rest}</script>")


def dress(lang: str) -> None:
    """Give the page its style, its language and its direction."""
    st.html(f"<style>{style(lang)}</style>")
    # literals of ours only: no word from data or address is in this script
    st.html(script(lang), unsafe_allow_javascript=True)
