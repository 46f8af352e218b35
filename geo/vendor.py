"""Where that lies which others made and we serve, in Python packages."""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# package, folder inside it, and the names that may be asked for
_LEAFLET: Final = ("xstatic.pkg.leaflet", "data")
_FONTS: Final = ("fontpkg_ibm_plex_sans_arabic", "files")
LEAFLET_FILES: Final = ("leaflet.js", "leaflet.css")
FONT_FILES: Final = tuple(
    f"IBMPlexSansArabic-{weight}.ttf" for weight in ("Regular", "Medium", "SemiBold", "Bold")
)


def _folder(package: str, inside: str) -> Path | None:
    """Return a folder of an installed package without importing it, or None."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return None
    return None if spec is None else Path(str(resources.files(package) / inside))


def path(name: str) -> Path | None:
    """Return where a file of Leaflet or of the typeface lies; None when it is not there."""
    for (package, inside), names in ((_LEAFLET, LEAFLET_FILES), (_FONTS, FONT_FILES)):
        if name in names:
            folder = _folder(package, inside)
            return folder / name if folder and (folder / name).is_file() else None
    return None


def streamlit_page() -> Path:
    """Return where the page lies in which Streamlit starts."""
    return Path(str(resources.files("streamlit") / "static" / "index.html"))


def missing() -> list[str]:
    """Name the files that are not there: without Leaflet there is no map."""
    return [name for name in (*LEAFLET_FILES, *FONT_FILES) if path(name) is None]
