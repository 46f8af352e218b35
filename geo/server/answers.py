"""Answers to browsers: content with its digest, JSON, and refusals in the reader's language."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from geo.errors import TansiqError
from geo.i18n import LANGS, Value, words

KINDS: Final = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json", ".bin": "application/octet-stream", ".ttf": "font/ttf",
    ".png": "image/png", ".webp": "image/webp",
}
GUARDS: Final = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# already compressed, so that a second time costs more than it saves
_DENSE: Final = frozenset({"image/png", "image/webp"})
_SMALL: Final = 1_000
_FOREVER: Final = "public, max-age=31536000, immutable"
# digits of a digest that an address must name to be kept for good
_NAMED: Final = 8


class RefusedError(TansiqError):
    """An answer other than what was asked for; ``reason`` is a key under ``answers``."""

    def __init__(self, status: int, reason: str, **values: Value) -> None:
        self.status, self.reason, self.values = status, reason, values
        super().__init__(self.sentence("en"))

    def sentence(self, lang: str) -> str:
        """Return why, in a language."""
        return words(lang)(f"answers.{self.reason}", **self.values)

    def response(self, lang: str) -> Response:
        """Return the answer: JSON with the sentence under ``error``."""
        return as_json({"error": self.sentence(lang)}, self.status)


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to be served, with their digest, and compressed where that saves something."""

    body: bytes
    kind: str
    etag: str
    packed: bytes | None

    @classmethod
    def read(cls, path: PurePath, body: bytes) -> Content:
        """Take the bytes of a file, whose ending tells the media type."""
        return cls.of(body, KINDS[path.suffix])

    @classmethod
    def of(cls, body: bytes, kind: str) -> Content:
        """Take bytes of a media type."""
        worth = len(body) >= _SMALL and kind not in _DENSE
        packed = gzip.compress(body, 6, mtime=0) if worth else None
        return cls(body, kind, hashlib.sha256(body).hexdigest()[:32], packed)


def language(request: Request) -> str:
    """Return the language that a request names, else English."""
    asked = request.path_params.get("lang") or request.query_params.get("lang")
    return asked if asked in LANGS else LANGS[0]


def as_json(value: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with JSON that nobody keeps."""
    body = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return Response(body, status, GUARDS | {"Cache-Control": "no-store"}, "application/json")


def send(request: Request, content: Content) -> Response:
    """Answer with content: nothing when the browser has it, compressed when it takes that."""
    named = request.query_params.get("v", "")
    lasting = len(named) >= _NAMED and content.etag.startswith(named)
    headers = GUARDS | {
        "ETag": f'W/"{content.etag}"', "Vary": "Accept-Encoding",
        "Cache-Control": _FOREVER if lasting else "no-cache",
    }
    if content.etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    if content.packed and _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(content.packed, 200, headers | {"Content-Encoding": "gzip"}, content.kind)
    return Response(content.body, 200, headers, content.kind)


def secret(content: Content, more: Mapping[str, str] | None = None) -> Response:
    """Answer with content that nobody may keep, neither the browser nor what lies between."""
    headers = GUARDS | {"Cache-Control": "no-store"} | dict(more or {})
    return Response(content.body, 200, headers, content.kind)


def _takes_gzip(accepted: str) -> bool:
    """Tell whether a list of accepted encodings has gzip, other than with weight 0."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return False
