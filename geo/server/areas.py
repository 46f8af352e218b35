"""Boundaries of the operator for the map: their shapes and names, and the area of each event."""

from __future__ import annotations

from geo import boundaries
from geo.boundaries import Boundaries, sending
from geo.boundaries.sending import shapes
from geo.server.answers import RefusedError
from geo.store import Store

__all__ = ["named", "placed", "shapes"]


def named(key: str) -> Boundaries:
    """Return the boundaries of a digest; others are refused."""
    found = next((one for one in boundaries.listed()[0] if one.about.key == key), None)
    if found is None:
        raise RefusedError(404, "not_found")
    return found


def placed(found: Boundaries, store: Store) -> bytes:
    """Return the number of each event's area by row number, as `sending.placed` packs it."""
    return sending.placed(found, store.points())
