"""Which data sets a session shows: the chooser in the sidebar, their terms, the reader's own file.

The names stand in the address; the reader's own file does not. It is known to the session by a
token, and let go with it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

import streamlit as st
from markupsafe import Markup
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo import server
from geo.datasets import Manifest
from geo.errors import TansiqError
from geo.filters import CURATED, UPLOAD, set_label
from geo.i18n import Words
from geo.server.uploads import Upload
from geo.store import Store
from geo.ui import session
from geo.ui.leaving import Door
from geo.ui.page import html


class Held:
    """The session's hold on its file: when the session is forgotten, so is the file."""

    def __init__(self, token: str) -> None:
        self.token = token
        weakref.finalize(self, server.process_state().uploads.drop, token)


@cache
def _door() -> Door:
    """Return what lets go the files of closed tabs; one for the process."""
    return Door(server.process_state().uploads, runtime.get_instance().is_active_session)


def own() -> Upload | None:
    """Return the reader's file, None when there is none, or none any more."""
    held: Held | None = st.session_state.get("upload")
    return server.process_state().uploads.touch(held.token) if held else None


def store(names: Sequence[str]) -> Store:
    """Return the store of data sets, with the reader's file laid over them where it is shown."""
    state, held = server.process_state(), st.session_state.get("upload")
    mode = st.session_state.get("uploaded", "")
    found = None
    if held and mode and not broken(names):
        found = state.uploads.store(held.token, names, alone=mode == "alone")
    return found or state.holdings.store(() if broken(names) else names)


def broken(names: Sequence[str]) -> bool:
    """Tell whether imported data sets cannot be opened, as when a file of theirs was damaged."""
    try:
        server.process_state().holdings.store(names)
    except TansiqError:
        return bool(names)
    return False


def expired() -> bool:
    """Tell whether a file is let go that the session still shows."""
    return "upload" in st.session_state and own() is None


def bring(found: Upload) -> None:
    """Hold a file for this session, in place of the one before, and show it from the next run on.

    What is shown stands in widgets, which cannot be set once they are drawn.
    """
    forget()
    state = st.session_state
    state["upload"] = Held(found.token)
    context = get_script_run_ctx()
    if context is not None:
        _door().watch(found.token, context.session_id)
    state.pop("upload_gone", None)
    names = list(state["datasets"] or (CURATED,))
    state["shown_next"] = [UPLOAD, *names] if found.stored else names


def forget() -> None:
    """Let the session's file go; `session.set_datasets` tells what is shown instead."""
    held: Held | None = st.session_state.pop("upload", None)
    if held:
        server.process_state().uploads.drop(held.token)


def settle(span_of: Callable[[Sequence[str]], tuple[date, date]]) -> None:
    """Show what is to be shown from this run on: a new file, or no more one that was let go.

    To be called before any widget is drawn.
    """
    state = st.session_state
    if expired():
        forget()
        state["upload_gone"] = True
        if state.get("uploaded"):
            state["shown_next"] = list(state["datasets"])
    if "shown_next" in state:
        session.set_datasets(state.pop("shown_next"), span_of)


def waiting() -> tuple[str, ...] | None:
    """Return the data sets that are to be shown from the next run on, None when nothing is."""
    names = st.session_state.get("shown_next")
    return None if names is None else tuple(name for name in names if name != UPLOAD)


def choose(names: Sequence[str], span_of: Callable[[Sequence[str]], tuple[date, date]]) -> None:
    """Show data sets; at once where their store is open, else from the next run on.

    That run says that they are being opened before it does so; a callback can say nothing.
    """
    named = [name for name in names if name != UPLOAD]
    if server.process_state().holdings.is_open(named):
        session.set_datasets(names, span_of)
    else:
        st.session_state["shown_next"] = list(names)


def chooser(say: Words, span_of: Callable[[Sequence[str]], tuple[date, date]]) -> None:
    """Draw the choice of data sets, where there is one, and the terms of those chosen."""
    found, chosen = own(), st.session_state["datasets"]
    names = server.process_state().holdings.names()
    own_one = (UPLOAD,) if found and found.stored else ()
    options = tuple(dict.fromkeys((CURATED, *own_one, *names, *chosen)))
    if st.session_state.get("upload_gone"):
        html(Markup('<p class="ts-note" role="status">{}</p>').format(say("sets.gone")))
    if len(options) == 1:
        return
    key = session.listed("dataset", say.lang)
    with st.container(key="dataset"):
        st.multiselect(
            say("sets.label"),
            options,
            key=key,
            placeholder=set_label(CURATED, say),
            select_all=False,
            format_func=lambda name: set_label(name, say),
            on_change=lambda: choose(st.session_state[key], span_of),
        )
        if broken(chosen):
            html(Markup('<p class="ts-note" role="alert">{}</p>').format(say("sets.damaged")))
        if listed := _shown():
            html(terms(listed, say))
    if st.session_state.get("uploaded") == "beside" and _too_much():
        html(Markup('<p class="ts-note" role="status">{}</p>').format(say("sets.too_much")))


def _too_much() -> bool:
    return server.process_state().uploads.too_much(st.session_state["datasets"])


def _shown() -> list[tuple[str, Manifest]]:
    """Return names and manifests of what is shown and not curated."""
    state, found = server.process_state(), own()
    listed = [(one.name, one) for one in
              state.holdings.manifests(st.session_state["datasets"])]
    if found and st.session_state.get("uploaded"):
        listed.insert(0, (found.filename, found.manifest))
    return listed


def terms(listed: Sequence[tuple[str, Manifest]], say: Words) -> Markup:
    """Say whose data sets are and under which licence; those of ACLED with its terms."""
    lines = [
        Markup('<p class="ts-sub ts-terms"><b><bdi dir="auto">{}</bdi></b>'
               '<span><bdi dir="auto">{}</bdi></span><span><bdi dir="auto">{}</bdi></span></p>')
        .format(name, one.attribution, one.licence or say("imported.no_licence"))
        for name, one in listed
    ]
    return Markup("").join([*lines, *(warning(one, say) for _, one in listed)])


def warning(one: Manifest, say: Words) -> Markup:
    """Return ACLED's terms below a data set of ACLED, nothing below others."""
    if one.codebook != "acled":
        return Markup("")
    return Markup('<p class="ts-note">{}</p>').format(say("sets.acled"))
