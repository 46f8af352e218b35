"""The map's own layer on a plain Leaflet map: calls to it, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from geo import columns, tables
from tests.js import events
from tests.js.site import Site

PACKAGE = tables.load()
FEW = events.few()
PACKED = columns.pack(FEW)
SHARED = Path(__file__).parents[1] / "vectors"
VECTORS = json.loads((SHARED / "filters.json").read_text("utf-8"))
CLASSES = json.loads((SHARED / "areas.json").read_text("utf-8"))
CALL: dict[str, Any] = {
    "seq": 1,
    "from": 0,
    "to": 30000,
    "types": 0,
    "admin1": 0,
    "mask": "",
    "filter": "aa",
    "selected": [],
    "centre": -1,
    "centres": 1,
    "away": [],
}
BITS = {"0123456789abcdef": columns.mask([1, 3], len(FEW))}
STATE = "() => tansiq.state()"
# where a mark of these rows, or a centre, lies in the view
AT = """([row, id]) => { const l = tansiq.test.layer(); const o = l.sheet.local([0, 0]);
  const m = row < 0 ? l.laid.find((c) => c.one.id === id)
    : l.marks.find((k) => k.place === l.held.grouped.of[row]); return [m.x - o.x, m.y - o.y]; }"""

# what is said of a centre under the pointer, line by line
CENTRE_TIP = """(id) => { const l = tansiq.test.layer();
  const c = l.laid.find((k) => k.one.id === id);
  return tansiq.test.parts.texts.tip(c, [], 0, l.w, {}).map((line) => line.text); }"""
FIELDS = dict(
    PACKAGE.frames["conflicts"][["conflict_group", "field"]].itertuples(index=False, name=None)
)


def start(page: Page, site: Site, query: str = "", **call: Any) -> dict[str, Any]:
    """Open the map, apply a call, wait until it is painted; return its state."""
    page.goto(f"{site.address}/?{query}")
    page.evaluate("(c) => tansiq.apply(c)", CALL | call)
    page.wait_for_function("() => tansiq.state().ready")
    return page.evaluate(STATE)


def apply(page: Page, seq: int, **call: Any) -> dict[str, Any]:
    """Apply another call and wait for its paint."""
    painted = page.evaluate(STATE)["painted"]
    page.evaluate("(c) => tansiq.apply(c)", CALL | call | {"seq": seq})
    page.wait_for_function("(n) => tansiq.state().painted > n", arg=painted)
    return page.evaluate(STATE)


def click(page: Page, row: int = -1, centre: str = "") -> Mapping[str, Any]:
    """Click a mark by one of its rows, or a centre; return the last message to Python."""
    page.mouse.click(*page.evaluate(AT, [row, centre]))
    return page.evaluate("() => sent.at(-1)")


def vector_call(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from": one["from"],
        "to": one["to"],
        "types": columns.bits(one["types"], columns.TYPES),
        "admin1": columns.bits(one["admin1"], columns.ADMIN1),
    }
