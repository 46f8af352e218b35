"""What the tests of pictures ask for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from geo import snapshot
from geo.filters import EventFilter

GEO = Path(snapshot.__file__).parent
HOSTILE = "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#} $x^2_$ \\frac"
ALL = EventFilter()
NORTH = (41.5, 33.0, 46.8, 37.2)
MAY = EventFilter(date_from=date(2021, 5, 19), date_to=date(2021, 5, 24))
SPRING = EventFilter(date_to=date(2021, 5, 23))
