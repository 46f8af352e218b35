"""What a reader sees when a page fails: a reference, no path, no traceback; the log has it all."""

from __future__ import annotations

import logging
import secrets

import streamlit as st
from markupsafe import Markup

from geo.i18n import LANGS, direction, words
from geo.store import StoreError
from geo.ui.page import html

_log = logging.getLogger("tansiq")


def on_script_error(error: Exception) -> bool:
    """Log the error under a reference and show one sentence in the reader's language.

    What the store itself has to say, such as that a question took too long, is told as it is.
    """
    reference = secrets.token_hex(4)
    _log.error("page failed, reference %s", reference, exc_info=error)
    # what fails before the widgets are there fails in the language of the address
    asked = st.query_params.get("lang", "")
    lang = st.session_state.get("lang", asked if asked in LANGS else LANGS[0])
    if isinstance(error, StoreError):
        told = Markup('<p class="ts-note" role="status" lang="{}" dir="{}">{}</p>')
        html(told.format(lang, direction(lang), error.sentence(lang)))
        return True
    st.error(words(lang)("app.failed", reference=reference))
    return True
