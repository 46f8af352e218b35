"""Where the reader is: which page, and the absolute address of the map."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from geo.address import PAGES, View


def page_name() -> str:
    """Return the last word of the path that the browser shows."""
    path = urlsplit(st.context.url or "").path.rstrip("/").rsplit("/", 1)[-1]
    return path if path in PAGES else PAGES[0]


def query(view: View) -> str:
    """Return a view as an address's words; its language always, since browsers differ in theirs."""
    return urlencode(view.to_query() | {"lang": view.lang}, safe=",")


def here(said: str) -> str:
    """Return the address of the map with a query, as this reader's browser reaches it."""
    root = (st.context.url or "").rstrip("/")
    if page_name() != PAGES[0]:
        root = root.rpartition("/")[0]
    return f"{root}/?{said}"
