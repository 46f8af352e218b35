"""Promises of what is taken away: which wishes are granted, and what the others are told."""

from __future__ import annotations

import re
import struct
import threading
import time
from urllib.parse import parse_qs

import pytest
from anyio import CapacityLimiter
from starlette.routing import Route

from geo import server
from geo.i18n import LANGS
from geo.server import downloads
from geo.server.answers import RefusedError
from geo.server.downloads import File, Wish
from tests.served import Served


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Give the whole file one state, as a process has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANSIQ_HOME", str(tmp_path_factory.mktemp("home")))
        made = server.AppState()
        yield made
        made.store.close()


@pytest.fixture(scope="module")
def web(state):
    """Serve our routes."""
    served = Served(server.routes(state))
    yield served
    served.stop()


@pytest.mark.parametrize(("query", "reason"), [
    ("", "format"), ("format=exe", "format"), ("format=", "format"),
    ("format=png&preset=huge", "preset"), ("format=png&w=4001&h=800", "size"),
    ("format=png&w=800", "size"), ("format=png&w=800&h=nan", "size"),
    ("format=png&w=-5&h=5", "size"), ("format=png&w=1e3&h=800", "size"),
    ("format=svg&w=9999999999999&h=800", "size"), ("format=png&west=1&south=2&east=3", "bounds"),
    ("format=png&west=5&south=2&east=3&north=4", "bounds"),
    ("format=png&west=nan&south=2&east=3&north=4", "bounds"),
    ("format=png&west=1&south=2&east=inf&north=4", "bounds"),
    ("format=png&west=1&south=-91&east=3&north=4", "bounds"),
    ("format=%3Cscript%3E%00%E2%80%AE", "format"),
])
@pytest.mark.parametrize("lang", LANGS)
def test_a_file_that_cannot_be_made_is_refused(web: Served, query: str, reason: str, lang) -> None:
    """400 with a sentence in the view's language, before anything is drawn."""
    answer = web.get(f"/tansiq/download?{query}&lang={lang}")
    with pytest.raises(RefusedError) as refused:
        Wish.parse(parse_qs(query))
    assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["error"] == refused.value.sentence(lang)
    assert (refused.value.reason, "\u202e" in refused.value.sentence(lang)) == (reason, False)


@pytest.mark.parametrize("fmt", ["csv", "geojson", "gpkg", "parquet"])
def test_tables_are_handed_out(web: Served, fmt: str) -> None:
    """As an attachment with a plain name; Arabic digits in the address are digits."""
    answer = web.get(f"/tansiq/download?format={fmt}&from=2021-05-19&to=%D9%A2021-05-24&lat=x")
    assert answer.status == 200
    assert re.fullmatch(r'attachment; filename="[a-z0-9._-]{1,80}"',
                        answer.headers["content-disposition"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.body


@pytest.mark.parametrize("query", ["format=png&w=800&h=640&west=42&south=33&east=47&north=37.5",
                                   "format=svg&lang=ar", "format=html&lang=ckb&province=IQ-KI"])
def test_a_wish_is_handed_to_those_who_make_it(web: Served, monkeypatch, query: str) -> None:
    """Size, bounds, format and view arrive; the name is plain and tells language and filter."""
    seen: list[Wish] = []

    def make(wish, *_):
        seen.append(wish)
        return File(b"made", wish.filename, "image/png")

    monkeypatch.setattr(downloads, "make", make)
    answer = web.get(f"/tansiq/download?{query}&theme=dark")
    assert (answer.status, answer.body, seen[0].theme) == (200, b"made", "dark")
    assert re.fullmatch(r"tansiq-map-[a-z0-9._-]{1,69}", seen[0].filename)
    if "w=" in query:
        assert (seen[0].size, seen[0].bounds) == ((800, 640), (42.0, 33.0, 47.0, 37.5))


BEGINNINGS = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">2I", 400, 300),
    "svg": b"<?xml", "pdf": b"%PDF-", "html": b"<!",
}


@pytest.mark.parametrize("fmt", BEGINNINGS)
def test_pictures_and_pages_are_handed_out(web: Served, fmt: str) -> None:
    """In the size that the reader's map has, with a plain name."""
    answer = web.get(f"/tansiq/download?format={fmt}&w=400&h=300&province=IQ-KI&lang=ar"
                     "&west=42&south=33&east=47&north=37.5")
    assert answer.status == 200
    assert answer.body.startswith(BEGINNINGS[fmt])
    name = answer.headers["content-disposition"]
    assert re.fullmatch(rf'attachment; filename="tansiq-[a-z0-9._-]{{1,68}}\.{fmt}"', name)


def test_only_a_few_files_are_made_at_once(state, monkeypatch) -> None:
    """Who would wait too long is told to come back, and the line is free again afterwards."""
    desk = downloads.Desk(lambda: state.package, lambda _: state.store, tuple,
                          lambda: state.basemap, CapacityLimiter(1))
    go, got = threading.Event(), []
    monkeypatch.setattr(desk, "_make", lambda _: go.wait(20) and File(b"", "x.csv", "text/csv"))
    served = Served([Route("/d", desk.answer)])
    threads = [threading.Thread(target=lambda: got.append(served.get("/d?format=csv").status))
               for _ in range(downloads.WAITING + 4)]
    _start(threads, until=lambda: got.count(503) == 3)
    go.set()
    for thread in threads:
        thread.join()
    assert (got.count(503), got.count(200), desk.line) == (3, downloads.WAITING + 1, 0)
    served.stop()


def _start(threads, until) -> None:
    """Start threads and wait for what they bring about, at most ten seconds."""
    for thread in threads:
        thread.start()
    end = time.monotonic() + 10
    while not until() and time.monotonic() < end:
        time.sleep(0.01)
