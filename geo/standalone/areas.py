"""Areas of the operator's boundaries in the page: as the layer fetches them, and as a table."""

from __future__ import annotations

import base64
from typing import Any, Final

import pandas as pd

from geo.boundaries import Boundaries, counted, sending
from geo.i18n import Words, number

COLUMNS: Final = ("area", "governorate", "events", "size", "density")


def inline(kept: Boundaries, found: pd.DataFrame) -> dict[str, Any]:
    """Return boundaries and the area of each row by the digest under which the layer asks.

    Both are bounded: the copy for browsers by `drawing.MOST_BYTES`, the rows by two bytes each.
    """
    rows = base64.b64encode(sending.placed(kept, found)).decode("ascii")
    return {"areas": {kept.about.key: sending.shapes(kept)}, "placed": {kept.about.key: rows}}


def table(kept: Boundaries, found: pd.DataFrame, say: Words) -> dict[str, Any]:
    """Return the areas with their events, most per square kilometre first, in words."""
    here = counted(kept, found)
    sizes = [float(one["properties"]["km2"]) for one in here.features]
    rows = sorted(zip(kept.areas, here.counts, sizes, here.densities, strict=True),
                  key=lambda row: (-row[3], row[0].name))
    return {
        "title": say("areas.table"),
        "lost": say("areas.lost", n=here.lost, total=here.total),
        "heads": [say(f"areas.column_{name}") for name in COLUMNS],
        "rows": [
            [area.names.get(say.lang) or area.name,
             say.label("admin1", area.admin1) if area.admin1 else "",
             number(n, say.lang), number(size, say.lang, 0), number(density, say.lang, 2)]
            for area, n, size, density in rows
        ],
    }  # fmt: skip
