"""The page that browsers get first: Streamlit's own, in which our first script runs before it.

It stands at the addresses of our pages alone; any other leads home, where it is said.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route

from geo import vendor
from geo.address import MISSED, PAGES
from geo.i18n import PARTS
from geo.scripts import asset
from geo.server.answers import Content, send

# first parts of paths that are Streamlit's or ours; whatever begins with "_" is Streamlit's too
TAKEN: Final = frozenset(
    {
        *("static", "component", "media", "app", "auth", "oauth2callback"),
        *("script-health-check", "tansiq", "healthz"),
    }
)
_LONGEST: Final = 60


def routes(base: str = "") -> list[BaseRoute]:
    """Return the routes of the pages, below a base path such as "geo/x"."""
    root = f"/{base.strip('/')}" if base.strip("/") else ""
    pages = [Route(f"{root}/{name}", _page) for name in ("", *PAGES[1:])]
    return [*pages, _Elsewhere(f"{root}/{{path:path}}", _home)]


@cache
def page() -> Content:
    """Return Streamlit's page with our first script and our name."""
    script = f"<script>{asset('start.js').read_text('utf-8').rstrip()}(window, {json.dumps(PARTS)})"
    text = vendor.streamlit_page().read_text("utf-8")
    text = text.replace("<head>", f"<head>\n{script}</script>", 1)
    text = text.replace("<title>Streamlit</title>", "<title>Tansiq</title>", 1)
    return Content.of(text.encode(), "text/html; charset=utf-8")


def _page(request: Request) -> Response:
    response = send(request, page())
    # those of a file that pages use; a page may stand in a frame of another site
    for name in ("Cross-Origin-Resource-Policy", "Referrer-Policy"):
        del response.headers[name]
    return response


class _Elsewhere(Route):
    """What a browser was sent to that is no page; files and probes are left to Streamlit."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        match, found = super().matches(scope)
        if match is Match.FULL and "text/html" in Request(scope).headers.get("accept", ""):
            first, *_ = parts = found["path_params"]["path"].split("/")
            ours = all(parts) and first not in TAKEN and not first.startswith("_")
            if ours and "." not in parts[-1]:
                return match, found
        return Match.NONE, {}


def _home(request: Request) -> Response:
    """Lead to the page that was meant, else to the map, which says that there is no such page."""
    path = request.path_params["path"]
    name, meant = path.casefold(), path.casefold() in PAGES
    query = [request.url.query, "" if meant else urlencode({MISSED: path[:_LONGEST]})]
    # relative, so that it holds below whatever path the dashboard is served under
    up = "../" * path.count("/") or "./"
    target = name if name in PAGES[1:] else ""
    asked = "&".join(one for one in query if one)
    return RedirectResponse(f"{up}{target}{'?' if asked else ''}{asked}", 307,
                            {"Cache-Control": "no-store"})
