"""The parts of a filter that ask where: governorates and a rectangle, in SQL and for centres."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from geo.filters import box as rectangle
from geo.filters import evidence
from geo.filters.box import Box

Column = Callable[[str], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the events are that a filter asks for; see `geo.filters.EventFilter`."""

    provinces: tuple[str, ...]
    viewpoint: str
    box: Box | None

    @property
    def governorates(self) -> tuple[str, ...]:
        """Return the columns of which one has to hold a governorate that is asked for."""
        return evidence.governorate_columns(self.viewpoint)

    def clauses(self, column: Column) -> list[ColumnElement[bool]]:
        """Return the conditions under which an event is shown."""
        found = [self._held(column)] if self.provinces else []
        return found + (rectangle.inside(self.box, column) if self.box else [])

    def certainly(self, column: Column) -> list[ColumnElement[bool]]:
        """Return what must hold besides, so that it is there wherever its place turns out to be."""
        held = evidence.certainly_in(column, self.provinces, self.viewpoint)
        found = [] if held is None else [held]
        return found + ([rectangle.certainly(self.box, column)] if self.box else [])

    def possibly(self, column: Column) -> list[ColumnElement[bool]]:
        """Return what must hold so that it could be there."""
        found = [or_(self._held(column), self._unheld(column))] if self.provinces else []
        return found + ([rectangle.possibly(self.box, column)] if self.box else [])

    def reach(self, column: Column) -> list[ColumnElement[bool]]:
        """Return what holds of every event that could be there, or is left out."""
        return [rectangle.reach(self.box, column)] if self.box else []

    def left_out(self, column: Column) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Return what is left out for lack of a governorate, and for lack of a point.

        No event is in both: one that lacks both lacks a governorate, if one is asked for.
        """
        unheld = self._unheld(column) if self.provinces else false()
        if self.box is None:
            return unheld, false()
        nowhere = rectangle.nowhere(column)
        here = or_(nowhere, and_(*rectangle.inside(self.box, column)))
        held = [self._held(column)] if self.provinces else []
        return and_(unheld, here), and_(nowhere, *held)

    def holds(self, place: Mapping[Any, Any]) -> bool:
        """Tell whether a centre's place is there; one without a point is in no rectangle.

        ``place`` is a row of places; without one, nothing that asks where is met.
        """
        here = evidence.held(place, self.provinces, self.viewpoint)
        return here and (self.box is None or (bool(place) and self.box.has(place)))

    def _held(self, column: Column) -> ColumnElement[bool]:
        return or_(*(column(name).in_(self.provinces) for name in self.governorates))

    def _unheld(self, column: Column) -> ColumnElement[bool]:
        return and_(*(column(name) == "" for name in self.governorates))
