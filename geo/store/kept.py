"""Answers that are remembered, since what a store holds does not change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """Remembers so many answers by their questions, the longest unused goes first; for threads.

    Two threads that ask the same at once may both do the work; none waits for another's.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable, make: Callable[[], T]) -> T:
        """Return the answer, made when it is not remembered."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                found: T = self._answers[question]
                return found
        made = make()
        with self._lock:
            self._answers[question] = made
            self._answers.move_to_end(question)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made
