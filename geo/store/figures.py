"""What is counted of a filter's events, beside those that it shows, in one pass over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo.filters import EventFilter


@dataclass(frozen=True, slots=True)
class Figures:
    """How many events match a filter, and how many could.

    Attributes
    ----------
    shown: those that match.
    without_point: those of them that have no point.
    least: those that match whatever their date and their place turn out to be: a date known only
        to its month or year lies inside the range as a whole, no second governorate outside of
        those asked for claims the place, and what the place's precision can mean lies inside
        the rectangle.
    most: those that match, or could: also those of no told governorate or point, and those whose
        precision's ring reaches into the rectangle.
    no_governorate, no_point: those left out for lack of one.
    """

    shown: int
    without_point: int
    least: int
    most: int
    no_governorate: int
    no_point: int


def conditions(f: EventFilter, table: sa.Table) -> dict[str, sa.ColumnElement[bool]]:
    """Return when an event counts for each of the `Figures`, beside `within`."""
    place, column = f.place, table.c.__getitem__
    shown = sa.and_(sa.true(), *place.clauses(column))
    no_governorate, no_point = place.left_out(column)
    return {
        "shown": shown,
        "without_point": sa.and_(shown, nowhere(table)),
        "least": sa.and_(shown, *_exactly(f, table), *place.certainly(column)),
        "most": sa.and_(sa.true(), *place.possibly(column)),
        "no_governorate": no_governorate,
        "no_point": no_point,
    }


def within(f: EventFilter, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return what holds of every event that counts: all of the filter but where it is."""
    anywhere = f.without("provinces").without("box").where(table)
    return sa.and_(anywhere, *f.place.reach(table.c.__getitem__))


def _exactly(f: EventFilter, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Return when an event lies in the range wherever in its month or year it falls."""
    first, last = f.days
    exact = table.c.date_precision == "day"
    found = [] if first is None else [sa.or_(exact, table.c.day_start >= first)]
    return found if last is None else [*found, sa.or_(exact, table.c.day_end <= last)]


def nowhere(table: sa.Table) -> sa.ColumnElement[bool]:
    """Return when an event has no point."""
    column: Any = table.c
    return sa.or_(column.lat.is_(None), column.lon.is_(None))
