"""A small server of our routes for the layer's tests: Leaflet, the scripts, made-up events.

It knows neither Streamlit nor Folium: a page with a plain Leaflet map, on which
`tansiq.boot` and `tansiq.apply` are called as the dashboard calls them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from geo import vendor
from geo.scripts import SCRIPTS

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "geo" / "assets"
BASEMAP = ROOT / "data" / "basemap"
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".html": "text/html",
    ".webp": "image/webp",
    ".ttf": "font/ttf",
    ".bin": "application/octet-stream",
}

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Map</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/tansiq/assets/leaflet.css">
<link rel="stylesheet" href="/tansiq/assets/layer.css">
<style>body {{ margin: 0 }} #map_div {{ width: 100vw; height: 100vh }}</style></head>
<body><div id="map_div"></div>
<script src="/tansiq/assets/leaflet.js"></script>{scripts}
<script>
  const asked = new URLSearchParams(location.search);
  window.sent = [];
  if (!asked.has("alone")) window.Streamlit = {{ setComponentValue: (v) => sent.push(v) }};
  window.map_div = L.map("map_div", {{ center: [34.9, 44.2], zoom: 7, minZoom: 5, maxZoom: 15 }});
  tansiq.boot(map_div, {{ base: "/tansiq", version: asked.get("set") || "few",
    lang: asked.get("lang") || "en", theme: asked.get("theme") || "light" }});
</script></body></html>"""
AROUND = """<!doctype html><html><head><title>Around</title><link rel="icon" href="data:,"></head>
<body style="margin:0"><iframe src="/map.html" style="border:0;width:100vw;height:99vh"></iframe>
</body></html>"""


@dataclass
class Set:
    """One set of events: the columns, details by row, masks by digest.

    ``windows`` answers for windows of a set that is too large, ``more`` is what meta says of it.
    """

    columns: bytes
    details: Callable[[int, str], Mapping[str, object]]
    masks: Mapping[str, bytes] = field(default_factory=dict)
    windows: Callable[[Mapping[str, str]], bytes] | None = None
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Site:
    """What is served: `broken` parts of addresses answer 500, `bare` leaves out the base map."""

    sets: dict[str, Set]
    meta: Callable[[str], Mapping[str, object]]
    broken: set[str] = field(default_factory=set)
    bare: bool = True
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, address: str) -> tuple[bytes, str] | None:
        """Return body and name of what an address asks for."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        name = path.rsplit("/", 1)[-1]
        if path in {"/", "/map.html"}:
            scripts = "".join(f'<script src="/tansiq/assets/{one}"></script>' for one in SCRIPTS)
            return PAGE.format(scripts=scripts).encode(), "page.html"
        if path == "/around.html":
            return AROUND.encode(), name
        if path.startswith("/tansiq/assets/"):
            return _file(vendor.path(name) or ASSETS / name)
        if path.startswith("/tansiq/basemap/"):
            if self.bare:
                return b'{"files": {}}', name
            return _file(BASEMAP / name)
        return self._data(path.split("/")[2:], parse_qs(parts.query))

    def _data(self, path: list[str], query: Mapping[str, list[str]]) -> tuple[bytes, str] | None:
        match path:
            case ["meta", version, lang]:
                more = self.sets[version].more if version in self.sets else {}
                told = {**self.meta(lang.removesuffix(".json")), **more}
                return json.dumps(told).encode(), "x.json"
            case ["view", version, _] if answer := self.sets[version].windows:
                return answer({key: value[0] for key, value in query.items()}), "x.bin"
            case ["columns", name]:
                return self.sets[name.removesuffix(".bin")].columns, name
            case ["mask", version, digest]:
                return self.sets[version].masks[digest.removesuffix(".bin")], digest
            case ["event", row]:
                one = self.sets[query["version"][0]]
                found = one.details(int(row.removesuffix(".json")), query["lang"][0])
                return json.dumps(found).encode(), row
        return None


def _file(path: Path) -> tuple[bytes, str] | None:
    return (path.read_bytes(), path.name) if path.is_file() else None


def serve(site: Site) -> ThreadingHTTPServer:
    """Serve on a free port of the loopback; the caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            broken = any(part in self.path for part in site.broken)
            found = None if broken else site.answer(self.path)
            body, name = found or (b"{}", "x.json")
            self.send_response(200 if found else 500)
            self.send_header("Content-Type", KINDS[Path(name).suffix])
            self.send_header("Content-Length", str(len(body)))
            if found and "/assets/" in self.path:
                self.send_header("Cache-Control", "max-age=600")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    return server
