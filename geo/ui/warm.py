"""Load what the first page needs while the server starts, so that its reader need not wait."""

from __future__ import annotations

import importlib
import threading
from typing import Final

# not streamlit_folium: its component is registered with the server of a session
_LATER: Final = ("altair", "folium", "geo.ui.details", "geo.columns")


def start() -> None:
    """Import in a thread of its own; an import that fails will say so where it is needed."""
    threading.Thread(target=_load, daemon=True, name="warm").start()


def _load() -> None:
    for name in _LATER:
        importlib.import_module(name)
