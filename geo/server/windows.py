"""The window of the map that an address names, and the days for which it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from geo.filters import EPOCH, FIRST_DAY, LAST_DAY
from geo.server.answers import RefusedError
from geo.store import Window

_CELLS: Final = ("side", "x", "y", "cols", "lines")
_WHOLE: Final = re.compile(r"\d{1,8}", re.ASCII)
_ZOOM: Final = re.compile(r"\d{1,2}(\.5)?", re.ASCII)


def asked(query: Mapping[str, str]) -> tuple[tuple[date, date], Window]:
    """Return the first and the last day, and the window, that the keys of an address say.

    Raises
    ------
    RefusedError
        When a number is missing or none, or they make no range of days and no window.
    """
    between, zoom = days(query), query.get("zoom", "")
    whole = {key: query.get(key, "") for key in _CELLS}
    if not (_ZOOM.fullmatch(zoom) and all(map(_WHOLE.fullmatch, whole.values()))):
        raise RefusedError(400, "window")
    try:
        window = Window(float(zoom), *(int(whole[key]) for key in _CELLS))
    except ValueError:
        raise RefusedError(400, "window") from None
    return between, window


def days(query: Mapping[str, str]) -> tuple[date, date]:
    """Return the first and the last day that the keys of an address say.

    Raises
    ------
    RefusedError
        When they are missing, no numbers, or no range of days.
    """
    ends = [query.get(key, "") for key in ("from", "to")]
    if not all(map(_WHOLE.fullmatch, ends)):
        raise RefusedError(400, "window")
    first, last = (EPOCH + timedelta(days=min(int(end), 10**6)) for end in ends)
    if not FIRST_DAY <= first <= last <= LAST_DAY:
        raise RefusedError(400, "window")
    return first, last
