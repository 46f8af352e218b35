"""The Folium map and our own layer on it; the only module that touches folium.

Folium compiles what it is given as a template, so nothing that comes from data may reach
it: the base map carries two small integers and a hexadecimal digest, an update carries
integers and hexadecimal digests, and both are checked before they are handed over.
The map is empty (no tiles): the layer fetches base map and events by itself, once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import folium
from folium.elements import JSCSSMixin
from folium.template import Template
from streamlit_folium import st_folium

from geo import vendor
from geo.errors import TansiqError
from geo.i18n import DIGITS
from geo.palette import THEMES
from geo.scripts import BUNDLE, SCRIPTS, STYLES, asset, bundle

LANGUAGES: Final = ("en", "ar", "ckb")
KEY: Final = "map"
# from `<base>/component/streamlit_folium.st_folium/index.html` back to our own routes
ROUTES: Final = "../../tansiq"
HEX: Final = re.compile(r"[0-9a-f]{1,64}")

_BOOT = """
{% macro script(this, kwargs) %}
window.tansiq.boot({{ this._parent.get_name() }}, {
  base: "../../tansiq", version: "{{ this.version }}", language: {{ this.language }},
  theme: {{ this.theme }}, digits: {{ this.digits }}});
{% endmacro %}
"""
_CALL = """
{% macro script(this, kwargs) %}
window.tansiq.apply({{ this.call }});
{% endmacro %}
"""


@dataclass(frozen=True, slots=True)
class Click:
    """What a reader chose on the map: rows of events, and a centre's index or -1.

    ``box`` has the sides of a rectangle in ten-thousandths of a degree, nothing when it was
    removed; None when the choice was none of a rectangle. ``of`` says how many events were
    chosen when they are too many to be named.
    """

    rows: tuple[int, ...]
    centre: int
    nonce: int
    box: tuple[int, ...] | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """What the map says of the time that plays on it.

    Attributes
    ----------
    days: the first and the last day shown when it stopped, since 1970-01-01; None when only
        the way of playing was chosen.
    window: the way of playing, as its place in `address.WINDOWS`.
    """

    days: tuple[int, int] | None
    window: int


class _Layer(JSCSSMixin, folium.MacroElement):
    """Our layer: loads its script and starts it on the map it is added to."""

    _template = Template(_BOOT)

    def __init__(self, version: str, language: int, theme: int, digits: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Tansiq"
        self.version, self.language, self.theme = _hex(version), int(language), int(theme)
        self.digits = int(digits)
        self.default_js = [(BUNDLE, _address(BUNDLE))]
        self.default_css = [(name, _address(name)) for name in STYLES]


class _Call(folium.MacroElement):
    """A script-only element: one short call to the layer that is already there."""

    _template = Template(_CALL)

    def __init__(self, call: Mapping[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Call"
        self.call = literal(call)


def literal(call: Mapping[str, object]) -> str:
    """Write a call as a JavaScript object of integers and hexadecimal digests.

    Raises
    ------
    TansiqError
        When a key is no plain name, or a value is neither an integer, nor a list of
        integers, nor a hexadecimal digest (or empty).
    """
    return "{" + ", ".join(f"{_name(key)}: {_value(value)}" for key, value in call.items()) + "}"


def _name(key: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*", key):
        raise TansiqError(f"A map call may not carry the key {key!r}.")
    return key


def _value(value: object) -> str:
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, list | tuple) and all(isinstance(item, int) for item in value):
        return "[" + ", ".join(str(int(item)) for item in value) + "]"
    if isinstance(value, str):
        return f'"{_hex(value)}"' if value else '""'
    raise TansiqError(f"A map call may not carry the value {value!r}.")


def _hex(text: str) -> str:
    if not HEX.fullmatch(text):
        raise TansiqError(f"A map call may carry hexadecimal digests only, not {text!r}.")
    return text


def _address(name: str) -> str:
    """Return where the frame finds an asset; its digest makes a new version a new address."""
    content = bundle() if name == BUNDLE else asset(name).read_bytes()
    return f"{ROUTES}/assets/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def missing_assets() -> list[str]:
    """Name the scripts and styles that are not there; streamlit-folium would stay blank."""
    ours = [name for name in (*SCRIPTS, *STYLES) if not asset(name).is_file()]
    theirs = [name for name in vendor.LEAFLET_FILES if vendor.path(name) is None]
    return ours + theirs


def base(version: str, lang: str, theme: str, digits: str = "local") -> folium.Map:
    """Return the constant, empty base map with our layer (a fresh object at each call).

    ``version`` is the data version's hexadecimal part. The view is the layer's own
    affair: it reads and writes ``lat``, ``lon`` and ``z`` of the address.
    """
    chart = folium.Map(
        location=(34.9, 44.2),
        zoom_start=7,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        min_zoom=5,
        max_zoom=15,
    )
    chart.default_js = [("leaflet", f"{ROUTES}/assets/leaflet.js")]
    chart.default_css = [("leaflet_css", f"{ROUTES}/assets/leaflet.css")]
    looks = LANGUAGES.index(lang), THEMES.index(theme), DIGITS.index(digits)
    _Layer(version, *looks).add_to(chart)
    return chart


def show(
    chart: folium.Map, call: Mapping[str, object], height: int, changed: Callable[[], None]
) -> None:
    """Draw the map with a call to its layer.

    ``changed`` is called before the next run, when the reader has chosen something: what it
    was then stands in the session under `KEY`, to be read by `chosen`.
    """
    group = folium.FeatureGroup(name="call", control=False)
    _Call(call).add_to(group)
    st_folium(
        chart,
        key="map",  # `KEY`; a literal, as everything is that is handed over here
        height=height,
        use_container_width=True,
        feature_group_to_add=group,
        returned_objects=[],
        on_change=changed,
    )


def chosen(answer: object) -> Click | None:
    """Read what the layer sent; None for anything else."""
    if not isinstance(answer, Mapping) or not {"nonce", "rows"} <= answer.keys():
        return None
    rows = tuple(int(row) for row in answer.get("rows") or ())
    sides = answer.get("box")
    box = tuple(int(side) for side in sides) if isinstance(sides, list) else None
    of = int(answer.get("of", len(rows)))
    return Click(rows, int(answer.get("centre", -1)), int(answer["nonce"]), box, of)


def played(answer: object) -> Played | None:
    """Read what the layer says of the time that plays; None for anything else."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("window"), int):
        return None
    match answer.get("days"):
        case [int(first), int(last)]:
            return Played((min(first, last), max(first, last)), answer["window"])
    return Played(None, answer["window"])
