"""Our own scripts and styles: where they lie, and the order in which a page loads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

# after Leaflet; each file adds its part, and the layer comes last
SCRIPTS: Final = (
    "palette.js",
    "columns.js",
    "words.js",
    "clock.js",
    "theme.js",
    "marks.js",
    "texts.js",
    "sheet.js",
    "basemap.js",
    "areas.js",
    "events.js",
    "density.js",
    "places.js",
    "centres.js",
    "panel.js",
    "address.js",
    "travel.js",
    "sources.js",
    "remote.js",
    "pointer.js",
    "rectangle.js",
    "playback.js",
    "layer.js",
)
STYLES: Final = ("layer.css",)
_FOLDER: Final = Path(__file__).resolve().with_name("assets")


def asset(name: str) -> Path:
    """Return the path of one of our own scripts, styles or templates."""
    return _FOLDER / name


# the name under which a page asks for all scripts at once: seventeen requests, one after the
# other, would keep the first map waiting
BUNDLE: Final = "tansiq.js"


@cache
def bundle() -> bytes:
    """Return all our scripts as one, in their order."""
    return b"\n;\n".join(asset(name).read_bytes() for name in SCRIPTS)
