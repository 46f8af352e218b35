"""What a store cannot do, each as a sentence that a reader may see."""

from __future__ import annotations

from geo.errors import TansiqError
from geo.i18n import Value, words


class StoreError(TansiqError):
    """The store cannot answer; ``reason`` is a key under ``answers`` of the catalogues.

    Neither statement nor URL is told, for these may hold what somebody searched for, or a
    password.
    """

    def __init__(self, reason: str, **values: Value) -> None:
        self.reason, self.values = reason, values
        super().__init__(self.sentence("en"))

    def sentence(self, lang: str) -> str:
        """Return why, in a language."""
        return words(lang)(f"answers.{self.reason}", **self.values)
