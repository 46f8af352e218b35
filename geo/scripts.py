"""Our own scripts and styles: where they lie, and the order in which a page loads them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# after Leaflet; each file adds its part, and the layer comes last
SCRIPTS: Final = (
    "columns.js",
    "words.js",
    "theme.js",
    "marks.js",
    "texts.js",
    "sheet.js",
    "basemap.js",
    "events.js",
    "density.js",
    "centres.js",
    "panel.js",
    "address.js",
    "sources.js",
    "pointer.js",
    "layer.js",
)
STYLES: Final = ("layer.css",)
_FOLDER: Final = Path(__file__).resolve().with_name("assets")


def asset(name: str) -> Path:
    """Return the path of one of our own scripts, styles or templates."""
    return _FOLDER / name
