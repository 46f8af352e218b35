"""A window on the map, in cells of the screen, and what it asks of the events table.

For tables that are too large for a browser: it then asks for what its window shows, which is
bounded by the screen and not by the table. All is whole numbers, so that every engine puts an
event into the same cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from geo.filters import EventFilter, evidence
from geo.store.derived import WORLD

# pixels of the world at zoom 0, as Leaflet has it
TILE: Final = 256
# cells are counted in this part of one, so that no engine has to divide
PART: Final = 1 << 40
# up to 16.5: nearer, the parts of a cell would not fit into 64 bits
ZOOMS: Final = range(17)
SIDES: Final = range(4, 65)
# cells that a window may have; a larger screen asks for larger cells
MOST_CELLS: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Window:
    """Cells of the screen: ``cols`` by ``lines`` of them from cell (``x``, ``y``).

    Attributes
    ----------
    zoom: the map's zoom, in halves.
    side: a cell's side in pixels.
    x, y: the first cell's place, counted from the north-west corner of the world.
    """

    zoom: float
    side: int
    x: int
    y: int
    cols: int
    lines: int

    def __post_init__(self) -> None:
        if not (2 * self.zoom == int(2 * self.zoom) and int(self.zoom) in ZOOMS
                and self.side in SIDES and min(self.x, self.y) >= 0
                and min(self.cols, self.lines) > 0 and self.cols * self.lines <= MOST_CELLS
                and max(self.x + self.cols, self.y + self.lines) <= self._across + 1):
            raise ValueError(f"no window of the map: {self}")

    @property
    def _across(self) -> int:
        """How many cells the world has from edge to edge, the last one perhaps cut."""
        return math.ceil(TILE * 2**self.zoom / self.side)

    @property
    def _parts(self) -> int:
        """How many parts of a cell one step of Mercator has."""
        return round(TILE * 2**self.zoom / self.side * PART / WORLD)

    def holds(self, table: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return when an event's point lies in the window; one without a point does not."""
        found = []
        for column, first, n in ((table.c.mx, self.x, self.cols), (table.c.my, self.y, self.lines)):
            low, end = (-(-one * PART // self._parts) for one in (first, first + n))
            found.append(column.between(low, end - 1))
        return sa.and_(*found)

    def cells(self, f: EventFilter, table: sa.Table, *, apart: bool) -> sa.Select[Any]:
        """Return the question how many events lie in each cell; ``apart``: by data set."""
        split = [table.c.dataset] if apart else []
        places = [self._cell(table.c.my).label("y"), self._cell(table.c.mx).label("x")]
        inner = sa.select(*places, *split).where(f.where(table), self.holds(table)).subquery()
        keys = [*inner.c]
        return sa.select(*keys, sa.func.count().label("n")).group_by(*keys).order_by(*keys)

    def placed(self, found: pd.DataFrame, sets: Sequence[str]) -> pd.DataFrame:
        """Return the answer with cells counted from the window's corner, data sets by place."""
        at = {name: place for place, name in enumerate(sets)}
        names = found["dataset"].map(at) if "dataset" in found else 0
        return pd.DataFrame({
            "x": found["x"] // PART - self.x, "y": found["y"] // PART - self.y,
            "dataset": names, "n": found["n"],
        }).astype("int64")

    def events(self, f: EventFilter, table: sa.Table, wanted: Sequence[sa.ColumnElement[Any]],
               ) -> sa.Select[Any]:
        """Return the question which events lie in the window, and which of them clash."""
        column = table.c.__getitem__
        clashing = sa.and_(sa.true(), *evidence.clauses(f.asof, ("contradicted",), column))
        clash = sa.case((clashing, 1), else_=0).label("clash")
        return (sa.select(*wanted, clash).where(f.where(table), self.holds(table))
                .order_by(table.c.row))

    def _cell(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return the cell of a place in Mercator, in parts of a cell: a whole multiple."""
        place = column * self._parts
        return place - place % PART
