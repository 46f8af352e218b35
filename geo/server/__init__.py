"""Our own routes beside Streamlit's: assets, base map, columns, event details, downloads, health.

Every name in an address is looked up in a list, none is joined to a path. Answers carry a
digest as ETag; an address that names the digest (``?v=``) is kept by browsers for good.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geo import basemap, columns, i18n, provenance, stories, tables, vendor
from geo.address import View
from geo.errors import TansiqError
from geo.filters import EventFilter
from geo.i18n import LANGS
from geo.scripts import BUNDLE, bundle
from geo.server import areas, downloads, front, windows, workshop
from geo.server.answers import (
    GUARDS,
    KINDS,
    Content,
    RefusedError,
    as_json,
    language,
    secret,
    send,
)
from geo.server.holdings import Holdings
from geo.server.uploads import Uploads
from geo.store import Store, version_key
from geo.stories import Story
from geo.tables import EPOCH, evidence

PREFIX: Final = "/tansiq"
_DIGEST: Final = re.compile(r"[0-9a-f]{16}")
_log = logging.getLogger("tansiq")
T = TypeVar("T")
Handler = Callable[["AppState", Request], Response]


class AppState:
    """What all sessions share, each part made once and when it is first asked for.

    ``data`` is the folder of the data package, ``url`` the store's; the defaults are the
    shipped package and the embedded store. Reading a part may raise `TansiqError`.
    """

    def __init__(self, data: Path | None = None, url: str | None = None) -> None:
        self.data, self.url = data, url
        self._held: dict[object, Any] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._columns: WeakKeyDictionary[Store, Content] = WeakKeyDictionary()
        self._as_known = lru_cache(maxsize=32)(lambda day: provenance.as_known(self.package, day))

    def _once(self, key: object, make: Callable[[], T]) -> T:
        """Return what is held under a key; two threads never make it twice."""
        if key not in self._held:
            # one lock a part, so that no asset waits for the data
            with self._locks.setdefault(key, threading.Lock()):
                if key not in self._held:
                    self._held[key] = make()
        found: T = self._held[key]
        return found

    @property
    def package(self) -> tables.Package:
        """The validated data package."""
        return self._once("package", lambda: tables.load(self.data))

    @property
    def stories(self) -> Mapping[str, Story]:
        """The stories by their names."""
        return self._once("stories", lambda: stories.load(self.package))

    def known(self, day: date | None) -> tables.Package:
        """Return the package as known on a day (None: today); the last few days are kept."""
        return self.package if day is None else self._as_known(day)

    @property
    def coverage(self) -> list[evidence.Cover]:
        """How far claims carry what is shown."""
        return self._once("coverage", lambda: tables.coverage(self.package.folder))

    @property
    def store(self) -> Store:
        """The store of the package's events."""
        return self._once("store", lambda: Store.open(self.package, self.url))

    @property
    def holdings(self) -> Holdings:
        """The stores of imported data sets, beside the curated one."""
        return self._once("holdings", lambda: Holdings(
            lambda: self.package, lambda: self.store, self.url))

    @property
    def uploads(self) -> Uploads:
        """The files that readers brought for their sessions alone."""
        return self._once("uploads", lambda: Uploads(
            lambda: self.package, self.holdings.store))

    @property
    def basemap(self) -> basemap.Basemap:
        """The base map; files that lack are named in it."""
        return self._once("basemap", lambda: basemap.load(self.basemap_folder))

    @property
    def basemap_folder(self) -> Path:
        """Where the base map lies: with the data, else as shipped."""
        own = (self.data or tables.default_folder()) / "basemap"
        return own if own.is_dir() else tables.default_folder() / "basemap"

    @property
    def version(self) -> str:
        """The hexadecimal part of the data version."""
        return version_key(self.package)

    def content(self, key: tuple[str, ...], kind: str, make: Callable[[], bytes]) -> Content:
        """Return content that is made once; only names out of a list may be keys."""
        return self._once(key, lambda: Content.of(make(), kind))

    def columns_of(self, store: Store) -> Content:
        """Return the binary columns of a store, made once and held as long as it is."""
        if store not in self._columns:
            with self._locks.setdefault(("columns", store.version), threading.Lock()):
                if store not in self._columns:
                    self._columns[store] = Content.of(columns.pack_store(store), KINDS[".bin"])
        return self._columns[store]

    def file(self, path: Path) -> Content:
        """Return a file's content; a file that changed is read again."""
        stat = path.stat()
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        return self._once(key, lambda: Content.read(path, path.read_bytes()))


# --- one state a process ------------------------------------------------------------------

_SETTINGS: Final[dict[str, Any]] = {}
_STATES: Final[list[AppState]] = []
_LOCK: Final = threading.Lock()


def configure(data: Path | None = None, url: str | None = None) -> None:
    """Set folder and store of the process's state, before it is first used.

    Raises
    ------
    TansiqError
        When the state is in use already.
    """
    with _LOCK:
        if _STATES:
            raise TansiqError("The data is open already and cannot be changed now.")
        _SETTINGS.update(data=data, url=url)


def process_state() -> AppState:
    """Return the one state of this process, as configured, else by TANSIQ_DATA and TANSIQ_STORE."""
    with _LOCK:
        if not _STATES:
            folder, url = os.environ.get("TANSIQ_DATA"), os.environ.get("TANSIQ_STORE")
            data = _SETTINGS.get("data") or (Path(folder) if folder else None)
            _STATES.append(AppState(data, _SETTINGS.get("url") or url or None))
        return _STATES[0]


def app_routes(base: str = "") -> list[BaseRoute]:
    """Return the pages, and the routes of the process's state at the root and below a base path.

    Called once, when a process starts: what killed ones left behind goes first.
    """
    workshop.tidy()
    return [*mounted(routes(process_state()), base), *front.routes(base)]


# --- routes -------------------------------------------------------------------------------


def routes(state: AppState) -> list[Route]:
    """Return our routes; the last one refuses what is left below `/tansiq`."""
    paths: dict[str, Handler] = {
        "/assets/{name:path}": _asset, "/basemap/{name}": _basemap,
        "/columns/{version}.bin": _columns, "/mask/{version}/{digest}.bin": _mask,
        "/meta/{version}/{lang}.json": _meta, "/event/{row}.json": _event,
        "/spans/{version}/{day}.json": _spans, "/upload/{token}/rejects.csv": _rejects,
        "/view/{version}/{digest}.bin": _view,
        "/counts/{version}/{digest}/{key}.json": _counts,
        "/boundaries/{key}.json": _boundaries, "/placed/{version}/{key}.bin": _placed,
    }
    ours = [Route(PREFIX + path, _guarded(state, handler)) for path, handler in paths.items()]
    desk = downloads.Desk(lambda: state.package, state.holdings.store,
                          state.holdings.names, lambda: state.basemap,
                          CapacityLimiter(downloads.AT_ONCE),
                          uploaded=state.uploads.shown)
    rest = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [
        *ours,
        Route(f"{PREFIX}/download", desk.answer),
        Route(f"{PREFIX}/cite", _guarded(state, _cite)),
        Route("/healthz", _guarded(state, _health)),
        Route(PREFIX + "/{rest:path}", _guarded(state, _nothing), methods=rest),
    ]


def mounted(ours: Iterable[Route], base: str) -> list[BaseRoute]:
    """Return routes as they are, and once more below a base path such as "geo/x"."""
    ours, base = list(ours), base.strip("/")
    below = [Route(f"/{base}{route.path}", route.endpoint, methods=list(route.methods or ()))
             for route in ours]
    return [*ours, *(below if base else ())]


def _guarded(state: AppState, handler: Handler) -> Callable[[Request], Response]:
    """Return an endpoint that answers our own errors with a sentence."""

    def endpoint(request: Request) -> Response:
        try:
            return handler(state, request)
        except TansiqError as error:
            return downloads.refusal(error).response(language(request))
        except FileNotFoundError:
            return RefusedError(404, "not_found").response(language(request))

    return endpoint


def assets() -> dict[str, Path]:
    """Return what may be asked for under `/tansiq/assets`: our scripts, Leaflet, the typeface."""
    own = Path(str(resources.files("geo") / "assets"))
    found = {path.name: path for path in own.iterdir() if path.suffix in {".js", ".css"}}
    theirs = {name: vendor.path(name) for name in (*vendor.LEAFLET_FILES, *vendor.FONT_FILES)}
    found |= {name: path for name, path in theirs.items() if path}
    if leaflet := found.get("leaflet.css"):
        images = leaflet.with_name("images").glob("*.png")
        found |= {f"images/{path.name}": path for path in images}
    return found


def _asset(state: AppState, request: Request) -> Response:
    if request.path_params["name"] == BUNDLE:
        return send(request, state.content((BUNDLE,), KINDS[".js"], bundle))
    path = assets().get(request.path_params["name"])
    if path is None:
        raise RefusedError(404, "not_found")
    return send(request, state.file(path))


def _basemap(state: AppState, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in {basemap.MANIFEST, *basemap.FILES}:
        raise RefusedError(404, "not_found")
    return send(request, state.file(state.basemap_folder / name))


def _named(state: AppState, version: str) -> Store:
    """Return the store of a version: the curated one, or one of imported data sets."""
    found = state.store if version == state.version else state.holdings.of_version(version)
    found = found or state.uploads.of_version(version)
    if found is None:
        raise RefusedError(404, "other_version")
    return found


def _answer(state: AppState, request: Request, version: str, content: Content) -> Response:
    """Answer with content of a data version; what a reader brought is kept by nobody."""
    own = state.uploads.of_version(version) is not None
    return secret(content) if own else send(request, content)


def _current(state: AppState, request: Request) -> tuple[str, Store]:
    """Return the data version of the address, which must be one that is served, and its store."""
    version = request.path_params["version"]
    return version, _named(state, version)


def _columns(state: AppState, request: Request) -> Response:
    version, store = _current(state, request)
    if state.uploads.of_version(version):
        return secret(Content.of(columns.pack_store(store), KINDS[".bin"]))
    return send(request, state.columns_of(store))


def _mask(state: AppState, request: Request) -> Response:
    (version, _), digest = _current(state, request), request.path_params["digest"]
    found = columns.registered_mask(version, digest) if _DIGEST.fullmatch(digest) else None
    if found is None:
        raise RefusedError(404, "unknown_mask")
    return _answer(state, request, version, Content.of(found, KINDS[".bin"]))


def _asked(state: AppState, request: Request,
           days: tuple[date, date]) -> tuple[str, Store, EventFilter]:
    """Return version, store and filter that a call has named, between these days."""
    (version, _), digest = _current(state, request), request.path_params["digest"]
    found = columns.registered_view(version, digest) if _DIGEST.fullmatch(digest) else None
    if found is None:
        raise RefusedError(404, "unknown_mask")
    store, f = found
    # an end at the end of the data is as good as open, and is remembered as the page asks it
    first, last = (None if day == end else day
                   for day, end in zip(days, store.span(), strict=True))
    return version, store, replace(f, date_from=first, date_to=last)


def _view(state: AppState, request: Request) -> Response:
    """Answer with what a window of the map shows of a filter that a call has named."""
    days, window = windows.asked(request.query_params)
    version, store, wanted = _asked(state, request, days)
    content = Content.of(columns.view(store, wanted, window), KINDS[".bin"])
    return _answer(state, request, version, content)


def _counts(state: AppState, request: Request) -> Response:
    """Answer with how many events of such a filter lie in each area of boundaries."""
    found = areas.named(request.path_params["key"])
    version, store, wanted = _asked(state, request, windows.days(request.query_params))
    here = areas.counted(found, store, wanted)
    told = _compact({"counts": here.counts, "total": here.total})
    return _answer(state, request, version, Content.of(told, KINDS[".json"]))


def _boundaries(state: AppState, request: Request) -> Response:
    found = areas.named(request.path_params["key"])
    return send(request, state.content(
        ("boundaries", found.about.key), KINDS[".json"], lambda: _compact(areas.shapes(found))))


def _placed(state: AppState, request: Request) -> Response:
    (version, store), found = _current(state, request), areas.named(request.path_params["key"])
    if state.uploads.of_version(version):
        return secret(Content.of(areas.placed(found, store), KINDS[".bin"]))
    return send(request, state.content(
        ("placed", version, found.about.key), KINDS[".bin"], lambda: areas.placed(found, store)))


def _spans(state: AppState, request: Request) -> Response:
    """Answer with the centres' statuses as known on a day, counted since 1970-01-01."""
    _current(state, request)
    day = request.path_params["day"]
    if not re.fullmatch(r"\d{1,5}", day, re.ASCII):
        raise RefusedError(404, "not_found")
    known = state.known(EPOCH + timedelta(days=int(day)))
    return send(request, Content.of(_compact(columns.spans(known)), KINDS[".json"]))


def _meta(state: AppState, request: Request) -> Response:
    (version, store), lang = _current(state, request), request.path_params["lang"]
    if lang not in LANGS:
        raise RefusedError(404, "not_found")
    def made(own: int = 0) -> bytes:
        return _compact(columns.meta(state.package, lang) | columns.sets(store.sets, lang)
                        | columns.beyond(store)
                        | {"version": version, "n": store.size}
                        | ({"foreign": 1} if store.sets else {}) | ({"own": own} if own else {}))

    if state.uploads.of_version(version):
        return secret(Content.of(made(own=1), KINDS[".json"]))
    return send(request, state.content(("meta", version, lang), KINDS[".json"], made))


def _compact(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _event(state: AppState, request: Request) -> Response:
    row = request.path_params["row"]
    version = request.query_params.get("version", state.version)
    store = _named(state, version)
    found = store.at(int(row)) if re.fullmatch(r"\d{1,9}", row, re.ASCII) else None
    if found is None:
        raise RefusedError(404, "no_event")
    day = request.query_params.get("known", "")
    if re.fullmatch(r"\d{1,5}", day, re.ASCII):
        told = provenance.retell(
            state.known(EPOCH + timedelta(days=int(day))), store.by_ids([found["event_id"]]))
        found = {str(name): cell for name, cell in told.to_dict("records")[0].items()}
    with i18n.writing(request.query_params.get("digits", "")):
        detail = _compact(columns.detail(found, language(request)))
    return _answer(state, request, version, Content.of(detail, KINDS[".json"]))


def _rejects(state: AppState, request: Request) -> Response:
    """Answer with the rows of a reader's file that were not taken, each with its reason."""
    found = state.uploads.get(request.path_params["token"])
    if found is None:
        raise RefusedError(404, "upload_gone")
    named = {"Content-Disposition": 'attachment; filename="rejects.csv"'}
    return secret(Content.of(found.report, "text/csv; charset=utf-8"), named)


def _cite(state: AppState, request: Request) -> Response:
    """Answer with a citation of the selected event or centre, or of the view."""
    from geo.export import citation  # noqa: PLC0415 # tables take a second to load

    asked = request.query_params
    fmt = asked.get("format", "text")
    if fmt not in citation.FORMATS:
        raise RefusedError(400, "format", value=fmt[:40], known=", ".join(citation.FORMATS))
    view, _ = View.parse({key: asked.getlist(key) for key in asked}, also=("format",))
    kind, write = citation.FORMATS[fmt]
    origin = str(request.base_url).rstrip("/") + "/"
    with i18n.writing(view.digits):
        made = write(citation.cited(state.package, view, origin))
    return Response(made, 200, GUARDS | {"Cache-Control": "no-store"}, kind)


def _health(state: AppState, _: Request) -> Response:
    rows = {name: len(frame) for name, frame in state.package.frames.items()}
    return as_json({"status": "ok", "version": state.package.version, "rows": rows,
                  "store": state.store.notice or "ok", "missing": list(state.basemap.missing)})


def _nothing(_: AppState, request: Request) -> Response:
    if request.method in {"GET", "HEAD"}:
        raise RefusedError(404, "not_found")
    raise RefusedError(405, "method")


def crashed(request: Request, error: Exception) -> Response:
    """Answer for the whole application when something unforeseen failed; the log has it all."""
    _log.error("%s failed", request.url.path, exc_info=error)
    return RefusedError(500, "failed").response(language(request))
