"""Promises of the page that browsers get first, and of addresses that are no page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.routing import Match
from streamlit.web.server.starlette import starlette_routes

from geo.address import PAGES, View
from geo.i18n import LANGS, preferred
from geo.server import front
from tests.served import Served

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FIRST = b"react-aria.i18n.locale"
# what browsers ask for that is no page
OTHERS = (
    *("/static/js/index.js", "/_stcore/health", "/component/a.b/index.html", "/media/x.png"),
    *("/tansiq/nothing", "/healthz", "/favicon.png", "//evil.example"),
)


@pytest.fixture(scope="module")
def served():
    """A server of the pages alone, at the root."""
    served = Served(front.routes())
    yield served
    served.stop()


@pytest.mark.parametrize("name", ["", *PAGES[1:]])
def test_our_first_script_runs_before_anything_of_streamlits(served, name):
    """At every page's address, under our name, and told from an older one that was kept."""
    answer = served.get(f"/{name}?lang=ar", **HTML)
    assert answer.body.index(FIRST) < answer.body.index(b'<script type="module"')
    assert b"<title>Tansiq</title>" in answer.body and b'id="root"' in answer.body
    assert answer.headers["cache-control"] == "no-cache"
    assert "cross-origin-resource-policy" not in answer.headers  # it may stand in a frame
    again = served.get(f"/{name}", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/nonsense", "./?page=nonsense"),
        ("/nonsense?lang=ar", "./?lang=ar&page=nonsense"),
        ("/a/b/c?q=x%26y", "../../?q=x%26y&page=a%2Fb%2Fc"),
        ("/map", "./"),
        ("/map?lang=ckb", "./?lang=ckb"),
        ("/Events?lang=ar", "./events?lang=ar"),
    ],
)
def test_what_is_no_page_leads_home(served, path, to):
    """With all that was asked; relative, so that it holds below any path."""
    answer = served.get(path, **HTML)
    assert (answer.status, answer.headers["location"]) == (307, to)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", OTHERS)
def test_what_is_no_address_of_a_page_is_left_alone(served, path):
    """Files, probes, and whatever asks for no page."""
    assert served.get(path, **HTML).status == 404
    assert served.get("/nonsense", accept="*/*").status == 404


def test_below_a_base_path_the_pages_are_there_alone():
    """As Streamlit has it: nothing of the page at the root."""
    served = Served(front.routes("/geo/x/"))
    assert FIRST in served.get("/geo/x/events", **HTML).body
    assert served.get("/geo/x/nonsense", **HTML).headers["location"] == "./?page=nonsense"
    assert served.get("/events", **HTML).status == 404
    served.stop()


def test_no_route_of_streamlits_is_taken():
    """What it serves beside its page begins with a word that is left to it."""
    named = [value for name, value in vars(starlette_routes).items()
             if "ROUTE" in name and isinstance(value, str)]  # fmt: skip
    scope = {"type": "http", "method": "GET", "headers": [(b"accept", b"text/html")]}
    last = front.routes()[-1]
    taken = [one for one in named
             if last.matches(scope | {"path": f"/{one.strip('/')}/x"})[0] is not Match.NONE]
    assert len(named) > 5 and taken == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_that_is_not_there_is_told(lang):
    """In the reader's language, with the word that stood in the address."""
    query = parse_qs(urlsplit("./?page=nonsense").query)
    view, (notice,) = View.parse(query)
    assert view == View() and "nonsense" in notice.sentence(lang)


@pytest.mark.parametrize(("told", "lang"), [("ar-IQ", "ar"), ("ckb-IQ", "ckb"), ("de", "en")])
def test_the_browsers_own_language_is_still_told(told, lang):
    """Behind the one that Streamlit's own parts are given."""
    assert preferred(f"en-GB-x-{told}") == preferred(told) == lang
