"""Colours, sizes of type and spaces: read from ``assets/palette.js``, which the map's frame runs.

One definition for the page, the map, the chart, the pictures and the page to take away.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from geo.scripts import asset

THEMES: Final = ("light", "dark")
_FILE: Final = "palette.js"


@cache
def definition() -> dict[str, Any]:
    """Return the whole definition: ``light``, ``dark``, ``type``, ``space`` and ``font``."""
    text = asset(_FILE).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text[text.index("= {") + 2 : text.rindex(";")])
    return found


def colour(name: str, theme: str = "light") -> str:
    """Return a colour as ``#rrggbb`` or ``#rrggbbaa``; KeyError for one that is not defined."""
    return str(definition()[theme][name])


def colours(theme: str) -> dict[str, str]:
    """Return the plain colours of a theme by their names, without ramps and shares."""
    return {name: one for name, one in definition()[theme].items() if isinstance(one, str)}


def ramp(theme: str) -> tuple[str, ...]:
    """Return the opaque colours of the density, from one event in a cell to the fullest."""
    return tuple(one[:7] for one in definition()[theme]["density"])


def size(name: str) -> float:
    """Return a size of type as a multiple of the body's; KeyError for one that is not defined."""
    sizes = {key: float(one.removesuffix("rem")) for key, one in definition()["type"].items()}
    return sizes[name] / sizes["body"]


def css() -> str:
    """Return the definition as custom properties of a page, such as ``--ts-ink``.

    A colour follows the page's ``color-scheme``, light or dark.
    """
    light, dark = (colours(theme) for theme in THEMES)
    made = {name: f"light-dark({one},{dark[name]})" for name, one in light.items()}
    made |= {f"type-{name}": size for name, size in definition()["type"].items()}
    made |= {f"space-{name}": size for name, size in definition()["space"].items()}
    made["font"] = definition()["font"]
    return ":root{" + "".join(f"--ts-{name}:{value};" for name, value in made.items()) + "}"
