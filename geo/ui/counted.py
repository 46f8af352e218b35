"""The areas of the map as a table: what the colours say, for those who read or hear it."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from geo import boundaries
from geo.address import View
from geo.boundaries import Area
from geo.i18n import Words, number
from geo.server import areas
from geo.ui.frame import store
from geo.ui.page import html


def table(view: View, say: Words) -> None:
    """List the areas with their events, most per square kilometre first; nothing without areas."""
    kept = boundaries.kept(view.areas)
    if kept is None:
        return
    here = areas.counted(kept, store(), view.filter)
    sizes = (float(one["properties"]["km2"]) for one in here.features)
    rows = sorted(zip(kept.areas, here.counts, sizes, here.densities, strict=True),
                  key=lambda row: (-row[3], row[0].name))
    with st.container(key="area_table"):
        html(_table(rows, here.lost, here.total, say))


def _table(rows: list[tuple[Area, int, float, float]], lost: int, total: int, say: Words) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(say(f"areas.column_{name}"))
        for name in ("area", "governorate", "events", "size", "density")
    )
    lines = Markup("").join(_line(*row, say) for row in rows)
    return Markup(
        '<details class="ts-areas"><summary>{}</summary><p class="ts-sub">{}</p>'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></details>"
    ).format(say("areas.table"), say("areas.lost", n=lost, total=total), heads, lines)


def _line(area: Area, n: int, size: float, density: float, say: Words) -> Markup:
    return Markup(
        '<tr><th scope="row"><bdi dir="auto">{}</bdi></th><td>{}</td><td>{}</td><td>{}</td>'
        "<td>{}</td></tr>"
    ).format(
        area.names.get(say.lang) or area.name,
        say.label("admin1", area.admin1) if area.admin1 else "",
        number(n, say.lang), number(size, say.lang, 0), number(density, say.lang, 2),
    )  # fmt: skip

