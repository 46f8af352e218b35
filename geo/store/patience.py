"""How long a question may take: what a server does not stop by itself is stopped from here."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from geo.errors import TansiqError

NAME: Final = "TANSIQ_TIME_LIMIT"
SECONDS: Final = 20.0


def limit_s() -> float:
    """Return the seconds that a question may take (`TANSIQ_TIME_LIMIT`), infinity for 0.

    Raises
    ------
    TansiqError
        When the setting is no number of seconds.
    """
    said = os.environ.get(NAME, "").strip()
    try:
        seconds = float(said) if said else SECONDS
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < threading.TIMEOUT_MAX:
        raise TansiqError(f"{NAME}: expected a number of seconds (0: no limit), found {said!r}")
    return seconds or math.inf


def limit_ms() -> int:
    """Return the same as whole milliseconds, 0 for no limit, as servers are told it."""
    seconds = limit_s()
    return 0 if math.isinf(seconds) else max(1, round(seconds * 1000))


class Watch:
    """Calls ``stop`` once when the block takes too long, and never after its end."""

    def __init__(self, seconds: float, stop: Callable[[], object] | None) -> None:
        self.fired = False
        self._over = False
        self._lock = threading.Lock()
        self._stop = stop
        waits = stop is not None and not math.isinf(seconds)
        self._timer = threading.Timer(seconds, self._fire) if waits else None

    def _fire(self) -> None:
        # under the lock, so that no later question of the same connection is hit
        with self._lock:
            if self._stop is not None and not self._over:
                self.fired = True
                self._stop()

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        with self._lock:
            self._over = True
        if self._timer is not None:
            self._timer.cancel()
