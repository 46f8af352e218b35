"""What a reader sees when a page fails: a reference, no path, no traceback; the log has it all."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from geo.i18n import LANGS, words

_log = logging.getLogger("tansiq")


def on_script_error(error: Exception) -> bool:
    """Log the error under a reference and show one sentence in the reader's language."""
    reference = secrets.token_hex(4)
    _log.error("page failed, reference %s", reference, exc_info=error)
    lang = st.session_state.get("lang", LANGS[0])
    st.error(words(lang)("app.failed", reference=reference))
    return True
