"""The areas of the map as a table: what the colours say, for those who read or hear it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import streamlit as st
from markupsafe import Markup

from geo import boundaries
from geo.address import View
from geo.boundaries import PER_KM2, Area, Boundaries
from geo.i18n import Words, number
from geo.store import Store
from geo.ui.frame import store
from geo.ui.page import html

Rows = npt.NDArray[np.uint16]
# by store and level, with the digest of the boundaries; a store that is let go takes them along
_KNOWN: Final[MutableMapping[Store, dict[str, tuple[str, Rows]]]] = WeakKeyDictionary()


def table(view: View, say: Words) -> None:
    """List the areas with their events, most per square kilometre first; nothing without areas."""
    kept = boundaries.kept(view.areas)
    if kept is None:
        return
    held = store()
    chosen = held.row_numbers(view.filter)
    counts = np.bincount(_areas_of(held, kept)[chosen],
                         minlength=len(kept.areas) + 1)
    rows = [
        (area, int(n), float(one["properties"]["km2"]))
        for area, n, one in zip(kept.areas, counts[1:], kept.drawn["features"], strict=True)
    ]
    rows.sort(key=lambda row: (-row[1] / row[2] if row[2] else 0, row[0].name))
    with st.container(key="area_table"):
        html(_table(rows, int(counts[0]), len(chosen), say))


def _areas_of(held: Store, kept: Boundaries) -> Rows:
    """Return the number of each event's area; worked out once for the boundaries of now."""
    level, key = kept.about.level, kept.about.key
    known = _KNOWN.setdefault(held, {})
    if known.get(level, ("",))[0] != key:
        known[level] = key, boundaries.rows_of(kept, held.points())
    return known[level][1]


def _table(rows: list[tuple[Area, int, float]], lost: int, total: int, say: Words) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(say(f"areas.column_{name}"))
        for name in ("area", "governorate", "events", "size", "density")
    )
    lines = Markup("").join(_line(*row, say) for row in rows)
    return Markup(
        '<details class="ts-areas"><summary>{}</summary><p class="ts-sub">{}</p>'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></details>"
    ).format(say("areas.table"), say("areas.lost", n=lost, total=total), heads, lines)


def _line(area: Area, n: int, size: float, say: Words) -> Markup:
    density = n / size * PER_KM2 if size else 0.0
    return Markup(
        '<tr><th scope="row"><bdi dir="auto">{}</bdi></th><td>{}</td><td>{}</td><td>{}</td>'
        "<td>{}</td></tr>"
    ).format(
        area.names.get(say.lang) or area.name,
        say.label("admin1", area.admin1) if area.admin1 else "",
        number(n, say.lang), number(size, say.lang, 0), number(density, say.lang, 2),
    )  # fmt: skip

