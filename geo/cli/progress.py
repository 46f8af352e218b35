"""A bar of progress with rate and time left, on a terminal alone."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

from geo.formats import Stamp

_WIDTH: Final = 30
# seconds between two drawings
_PAUSE: Final = 0.1


class Bar:
    """Draws how far a reading is; quiet where nobody looks."""

    def __init__(self, to: TextIO | None = None) -> None:
        self._to = to or sys.stderr
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._used = False

    def __call__(self, stamp: Stamp, rows: int) -> None:
        """Draw the bar, if there is a terminal and some time has passed."""
        now = time.monotonic()
        if not self._to.isatty() or now - self._drawn < _PAUSE:
            return
        self._drawn, self._used = now, True
        self._to.write(f"\r\x1b[K{line(stamp, rows, now - self._begun)}")
        self._to.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._used:
            self._to.write("\r\x1b[K")
            self._to.flush()


def line(stamp: Stamp, rows: int, seconds: float) -> str:
    """Return the bar after so many seconds: share, rows, rows a second, time left."""
    rate = rows / seconds if seconds > 0 else 0.0
    told = f"{rows:,} rows, {rate:,.0f} a second"
    if not stamp.total:
        return told
    share = min(1.0, stamp.done / stamp.total)
    full = round(share * _WIDTH)
    left = seconds * (1 - share) / share if share else 0.0
    bar = "█" * full + "·" * (_WIDTH - full)
    return f"{bar} {share:4.0%}  {told}, {_clock(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
