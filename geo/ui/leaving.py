"""Whose browser tab was closed: the file that it brought is let go soon after.

Streamlit forgets a session that left only when another comes or leaves, which may be hours later.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from geo.server.uploads import Uploads

# seconds between two looks, and how long a tab may be gone: a connection that broke comes back
LOOK_S: Final = 15
GRACE_S: Final = 120


class Door:
    """Knows which session holds which file; looks round in a thread of its own while any does."""

    def __init__(self, uploads: Uploads, active: Callable[[str], bool],
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._uploads, self._active, self._clock = uploads, active, clock
        self._seen: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._looking = False

    def watch(self, token: str, session: str) -> None:
        """Let a file go when its session has left."""
        with self._lock:
            self._seen[token] = (session, self._clock())
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._run, daemon=True, name="uploads").start()

    def look(self) -> bool:
        """Let go what belongs to nobody any more; tells whether anything is left to watch."""
        now = self._clock()
        with self._lock:
            for token, (session, last) in list(self._seen.items()):
                if self._uploads.get(token) is None:
                    del self._seen[token]
                elif self._active(session):
                    self._seen[token] = (session, now)
                elif now - last >= GRACE_S:
                    del self._seen[token]
                    self._uploads.drop(token)
            self._looking = bool(self._seen)
            return self._looking

    def _run(self) -> None:
        while self.look():
            time.sleep(LOOK_S)
