"""What a reader takes away: an address with a format becomes a file, a few at a time."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, cast

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response

from geo import cells, i18n
from geo.address import View
from geo.basemap import Basemap
from geo.errors import DataError, TansiqError
from geo.filters import CURATED
from geo.i18n import ascii_digits
from geo.server.answers import GUARDS, RefusedError
from geo.store import Store, StoreError
from geo.tables import Package

Kind = Literal["table", "picture", "page"]
FORMATS: Final[dict[str, Kind]] = {
    "csv": "table", "geojson": "table", "gpkg": "table", "parquet": "table", "package": "table",
    "prov": "table", "html": "page",
    "png": "picture", "svg": "picture", "pdf": "picture",
}
# what is told of claims, which imported events have none of
CURATED_ONLY: Final = ("package", "prov")
PRESETS: Final = ("screen", "print", "social-wide", "social-square")
SIDES: Final = ("west", "south", "east", "north")
OWN_KEYS: Final = ("format", "preset", "w", "h", *SIDES, "theme", "upload")
# px of one side of a picture
SMALLEST, LARGEST = 240, 4000
# a picture holds a processor for a second: two at a time, and few that wait
AT_ONCE: Final = 2
WAITING: Final = 12
# events of one file; more would hold the server's memory, and the durable file has them all
MOST_EVENTS: Final = 50_000
_PIXELS: Final = re.compile(r"\d{1,7}", re.ASCII)
_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(\.\d{0,20})?", re.ASCII)
_log = logging.getLogger("tansiq")
Bounds = tuple[float, float, float, float]


class File(NamedTuple):
    """Bytes to be taken away, the file's name and its media type."""

    content: bytes
    filename: str
    mimetype: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks to take away.

    Attributes
    ----------
    size: width and height in px, or None; bounds: west, south, east, north in degrees
        (EPSG:4326), or None. Both count for pictures only.
    upload: the token of a store with the reader's own file, or "".
    """

    view: View
    format: str
    preset: str = "screen"
    size: tuple[int, int] | None = None
    bounds: Bounds | None = None
    theme: Literal["light", "dark"] = "light"
    upload: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str | Sequence[str]],
              datasets: Sequence[str] = (CURATED,)) -> Wish:
        """Read a query; raises `RefusedError` for what no file can be made of.

        The address proper never fails: what is wrong in it falls to its default, as on the
        page.
        """
        one = {key: _first(query.get(key, "")) for key in OWN_KEYS}
        view, _ = View.parse(query, also=OWN_KEYS, datasets=datasets)
        return cls(
            view=view,
            upload=one["upload"],
            format=_choice("format", one["format"], tuple(FORMATS)),
            preset=_choice("preset", one["preset"] or PRESETS[0], PRESETS),
            size=_size(one["w"], one["h"]),
            bounds=_bounds([one[side] for side in SIDES]),
            theme="dark" if one["theme"] == "dark" else "light",
        )

    @property
    def filename(self) -> str:
        """Return the name of a picture; the same wish has the same name."""
        asked = self.view.filter
        days = [day.isoformat() for day in (asked.date_from, asked.date_to) if day]
        parts = ["tansiq", "map", *days, *asked.provinces, self.view.lang, self.preset]
        return cells.file_name("-".join(parts), self.format)


def _first(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else next(iter(value), "")


def _shown(text: str) -> str:
    """Return a value as a sentence may show it: short, and without invisible signs."""
    return "".join(char if char.isprintable() else "�" for char in text[:40])


def _choice(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise RefusedError(400, name, value=_shown(value), known=", ".join(known))
    return value


def _size(width: str, height: str) -> tuple[int, int] | None:
    """Return width and height in px, None when neither is given."""
    if not width and not height:
        return None
    sides = [int(text) if _PIXELS.fullmatch(text) else 0
             for text in map(ascii_digits, (width, height))]
    if not all(SMALLEST <= side <= LARGEST for side in sides):
        raise RefusedError(400, "size", value=_shown(f"{width} × {height}"), low=SMALLEST,
                      high=LARGEST)
    return sides[0], sides[1]


def _bounds(given: Sequence[str]) -> Bounds | None:
    """Return west, south, east, north in degrees, None when none is given."""
    if not any(given):
        return None
    numbers = [float(text) if _DEGREES.fullmatch(text) else math.nan
               for text in map(ascii_digits, given)]
    west, south, east, north = numbers
    # comparisons with what is no number are false
    if not (-360 <= west < east <= 360 and -90 <= south < north <= 90):  # noqa: PLR2004
        raise RefusedError(400, "bounds", value=_shown(", ".join(given)), names=", ".join(SIDES))
    return west, south, east, north


def make(wish: Wish, package: Package, store: Store, layers: Basemap) -> File:
    """Return the file that is wished for, its numbers written as the view has them."""
    with i18n.writing(wish.view.digits):
        return _made(wish, package, store, layers)


def _made(wish: Wish, package: Package, store: Store, layers: Basemap) -> File:
    if wish.format in CURATED_ONLY and wish.view.filter.sets != (CURATED,):
        raise RefusedError(400, "curated_only")
    # imported here because drawing and writing tables take a second to load
    if FORMATS[wish.format] == "table":
        from geo import export  # noqa: PLC0415

        return File(*export.to_bytes(package, store, wish.view, wish.format))
    if FORMATS[wish.format] == "page":
        from geo import standalone  # noqa: PLC0415

        return File(*standalone.download(package, store, wish.view, layers))
    from geo import snapshot  # noqa: PLC0415
    from geo.snapshot import scene  # noqa: PLC0415

    shown = scene.scene(package, store, wish.view, wish.bounds, wish.size, layers,
                        theme=wish.theme)
    fmt = cast("snapshot.Format", wish.format)
    content = snapshot.render(shown, fmt, wish.preset, wish.size)
    return File(content, wish.filename, snapshot.MIME[wish.format])


def refusal(error: TansiqError) -> RefusedError:
    """Return what a reader is told of one of our errors."""
    if isinstance(error, RefusedError):
        return error
    _log.error("an address could not be answered", exc_info=error)
    if isinstance(error, DataError):
        return RefusedError(503, "data_fault", n=len(error.faults))
    if isinstance(error, StoreError):
        return RefusedError(503, error.reason, **error.values)
    return RefusedError(500, "failed")


@dataclass
class Desk:
    """Hands files out; the parts are asked for only when something is to be made.

    Attributes
    ----------
    store: opens the store of data sets, by their names; ``datasets`` tells which there are.
    limiter: how many are made at once.
    uploaded: the open store of a token, and how it shows the upload.
    line: how many are being made or wait for it.
    """

    package: Callable[[], Package]
    store: Callable[[Sequence[str]], Store]
    datasets: Callable[[], Sequence[str]]
    layers: Callable[[], Basemap]
    limiter: CapacityLimiter
    line: int = 0
    uploaded: Callable[[str], tuple[Store, str] | None] = lambda _: None

    async def answer(self, request: Request) -> Response:
        """Answer one request for a file."""
        query = {key: request.query_params.getlist(key) for key in request.query_params}
        lang = View.parse(query, also=OWN_KEYS)[0].lang
        try:
            wish = Wish.parse(query, self.datasets())
            if request.method == "HEAD":
                return Response(None, 200, GUARDS)
            file = await self._in_turn(wish)
        except TansiqError as error:
            return refusal(error).response(lang)
        headers = GUARDS | {
            "Content-Disposition": f'attachment; filename="{file.filename}"',
            "Cache-Control": "no-store",
        }
        return Response(file.content, 200, headers, file.mimetype)

    async def _in_turn(self, wish: Wish) -> File:
        """Make a file on another thread when its turn comes."""
        # counted here, before anything is awaited: the limiter counts a moment too late
        if self.line >= self.limiter.total_tokens + WAITING:
            raise RefusedError(503, "busy")
        self.line += 1
        try:
            return await anyio.to_thread.run_sync(self._make, wish, limiter=self.limiter)
        finally:
            self.line -= 1

    def _make(self, wish: Wish) -> File:
        if not wish.upload:
            held = self.store(wish.view.filter.datasets)
        else:
            own = self.uploaded(wish.upload)
            if own is None:
                raise RefusedError(404, "upload_gone")
            held, asked = own[0], replace(wish.view.filter, uploaded=own[1])
            wish = replace(wish, view=wish.view.replace(filter=asked))
        n = held.count(wish.view.filter)
        if n > MOST_EVENTS:
            raise RefusedError(413, "too_many", n=n, most=MOST_EVENTS)
        return make(wish, self.package(), held, self.layers())
