"""Promises of our own routes: what may be asked for, how it is answered, and what is refused."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from geo import basemap, columns, server, tables
from geo.errors import DataError, Fault, TansiqError
from geo.filters import EventFilter
from geo.i18n import LANGS
from geo.server.answers import RefusedError
from tests.served import Answer, Served, ask

BASE = "geo/x"


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
    """Serve our routes at the root and below a base path."""
    served = Served(server.mounted(server.routes(state), f"/{BASE}/"))
    yield served
    served.stop()


@pytest.mark.parametrize("name", sorted(server.assets()))
def test_every_asset_is_served(web: Served, name: str) -> None:
    """With its media type and the guards of every answer."""
    answer = web.get(f"/tansiq/assets/{name}")
    assert (answer.status, answer.body) == (200, server.assets()[name].read_bytes())
    assert answer.headers["x-content-type-options"] == "nosniff"
    kind = {"js": "text/javascript", "css": "text/css", "ttf": "font/ttf", "png": "image/png"}
    assert answer.headers["content-type"].startswith(kind[name.rpartition(".")[2]])


def test_the_assets_that_a_map_needs_are_there() -> None:
    """Leaflet with its images, and four weights of the typeface."""
    names = set(server.assets())
    assert {"leaflet.js", "leaflet.css", "images/layers.png", "layer.js"} <= names
    assert len([name for name in names if name.endswith(".ttf")]) == 4


@pytest.mark.parametrize("path", [
    "assets/../server.py", "assets/..%2fserver.py", "assets/%2e%2e/server.py", "assets/",
    "assets//etc/passwd", "assets/%2fetc%2fpasswd", "assets/images/../leaflet.js",
    "assets/images%5c..%5cleaflet.js", "assets/leaflet.js%00.css", "assets/leaflet-src.js",
    "assets/__init__.py", "basemap/..%2fevents.csv", "basemap/build.py", "basemap/LICENSES.md",
    "columns/00000000.bin", "mask/{v}/{no}.bin", "mask/{v}/..%2f..%2fx.bin", "mask/{v}/x.bin",
    "meta/{v}/fr.json", "meta/00000000/en.json", "event/-1.json", "event/999999999.json",
    "event/%D9%A1.json", "event/1e3.json", "event/99999999999999999999.json", "nothing", "",
])
def test_what_is_not_in_a_list_is_not_found(web: Served, state, path: str) -> None:
    """Whatever the spelling: 404 with a sentence, no file of ours beyond the list."""
    answer = web.get("/tansiq/" + path.format(v=state.version, no="0" * 16))
    assert answer.status == 404
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_our_addresses_can_only_be_read(web: Served, method: str) -> None:
    """Every other method is refused with a sentence."""
    answer = web.get("/tansiq/assets/layer.js", method)
    assert (answer.status, list(answer.json())) == (405, ["error"])


@pytest.mark.parametrize("path", [
    "assets/layer.js", "basemap/manifest.json", "columns/{v}.bin", "meta/{v}/ar.json",
    "event/3.json",
])
def test_a_browser_asks_again_and_gets_nothing_new(web: Served, state, path: str) -> None:
    """The ETag saves the bytes; the digest in the address saves the question."""
    path = "/tansiq/" + path.format(v=state.version)
    first = web.get(path)
    etag = first.headers["etag"]
    again = web.get(path, if_none_match=etag)
    assert (again.status, again.body, first.headers["cache-control"]) == (304, b"", "no-cache")
    named = web.get(f"{path}?v={etag[3:15]}").headers["cache-control"]
    assert "immutable" in named
    assert web.get(f"{path}?v=000000000000").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("accepts", "packed"), [
    ("gzip, deflate, br", True), ("*", True), ("gzip;q=0.5", True), ("gzip;q=0", False),
    ("identity", False), ("", False),
])
def test_bytes_are_packed_for_those_who_take_it(web: Served, accepts: str, packed: bool) -> None:
    """The content is the same; caches are told that it depends on the question."""
    answer = web.get("/tansiq/assets/leaflet.js", accept_encoding=accepts)
    plain = server.assets()["leaflet.js"].read_bytes()
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(answer.body) < len(plain) / 2 or not packed


def test_a_head_has_the_headers_only(web: Served, state) -> None:
    """Length and digest without the bytes, also for what would have to be made first."""
    head = web.get(f"/tansiq/columns/{state.version}.bin", "HEAD")
    whole = web.get(f"/tansiq/columns/{state.version}.bin")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert web.get("/tansiq/download?format=gpkg", "HEAD").status == 200


def test_the_columns_are_those_of_the_events(web: Served, state) -> None:
    """The browser's rows are the store's rows."""
    found = columns.unpack(web.get(f"/tansiq/columns/{state.version}.bin").body)
    assert found.n == state.store.size
    assert found.columns["start"].tolist() == tables.events(state.package)["day_start"].tolist()


def test_a_mask_is_served_once_a_call_has_named_it(web: Served, state) -> None:
    """Before that, and under another version, it is not found."""
    asked = EventFilter(q="khanaqin")
    path = f"/tansiq/mask/{state.version}/{asked.text_digest()}.bin"
    assert web.get(path).status == 404
    columns.register_mask(state.store, asked)
    assert web.get(path).body == columns.mask(state.store.row_numbers(asked), state.store.size)
    assert web.get(path.replace(state.version, "00000000")).status == 404


@pytest.mark.parametrize("lang", LANGS)
def test_words_come_in_the_language_that_is_asked(web: Served, state, lang: str) -> None:
    """Meta, details and refusals alike; an unknown language is English."""
    meta = web.get(f"/tansiq/meta/{state.version}/{lang}.json").json()
    assert (meta["lang"], meta["n"]) == (lang, state.store.size)
    detail = web.get(f"/tansiq/event/0.json?lang={lang}").json()
    assert detail["title"] == state.store.at(0)[f"title_{lang}"]
    refusal = web.get(f"/tansiq/nothing?lang={lang}").json()["error"]
    assert refusal == RefusedError(404, "not_found").sentence(lang)
    assert web.get("/tansiq/event/0.json?lang=xx").json()["lang"] == "en"


def test_the_map_tells_an_event_as_known_on_a_day(web: Served, state) -> None:
    """Muqdadiya on 27 October 2021: the claims, publications and note of later are not told."""
    path = f"/tansiq/event/{state.store.row_of('EVT-069')}.json"
    whole, then = web.get(path).json(), web.get(f"{path}?known=18927").json()
    assert (whole["note"] != "", then["note"]) == (True, "")
    assert then["claims"] < whole["claims"]
    assert then["sources"] < whole["sources"]
    assert web.get(f"{path}?known=x").json() == whole


@pytest.mark.parametrize("name", [basemap.MANIFEST, *basemap.FILES])
def test_the_base_map_is_served_as_it_lies_there(web: Served, state, name: str) -> None:
    """Every file of the manifest, and the manifest."""
    answer = web.get(f"/tansiq/basemap/{name}")
    assert (answer.status, answer.body) == (200, (state.basemap_folder / name).read_bytes())


@pytest.mark.parametrize("prefix", ["", f"/{BASE}"])
def test_health_tells_version_and_rows(web: Served, state, prefix: str) -> None:
    """At the root and below the base path, with counts of every table."""
    answer = web.get(f"{prefix}/healthz")
    found = answer.json()
    assert (answer.status, found["status"], found["version"]) == (200, "ok", state.package.version)
    assert found["rows"]["events"] == state.store.size
    assert answer.headers["cache-control"] == "no-store"


def test_everything_is_also_below_the_base_path(web: Served, state) -> None:
    """The same answers under both, and a refusal, not a page, for the rest."""
    for path in (f"columns/{state.version}.bin", "assets/layer.css", "event/1.json"):
        assert web.get(f"/{BASE}/tansiq/{path}").body == web.get(f"/tansiq/{path}").body
    assert web.get(f"/{BASE}/tansiq/nothing").status == 404


# --- the state ------------------------------------------------------------------------------


def test_each_part_is_made_once(monkeypatch) -> None:
    """Eight threads that ask at once share one package."""
    made = []
    monkeypatch.setattr(tables, "load", lambda _: (time.sleep(0.05), made.append(1), object())[2])
    state, got = server.AppState(), []
    threads = [threading.Thread(target=lambda: got.append(state.package)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(map(id, got)))) == (1, 1)


def _broken(_: object) -> None:
    raise DataError([Fault("events.csv", 3, "type", "enum", "x", "expected another")])


def _dead(_: object) -> None:
    raise TansiqError("postgresql://reader:secret@host is gone")


def _odd(_: object) -> None:
    raise ZeroDivisionError("/secret/path")


@pytest.mark.parametrize(("load", "status"), [(_broken, 503), (_dead, 500), (_odd, 500)])
@pytest.mark.parametrize("path", ["/healthz", "/tansiq/columns/x.bin",
                                  "/tansiq/download?format=csv"])
def test_a_failure_is_a_sentence(monkeypatch, load, status: int, path: str) -> None:
    """Data at fault, an engine that is gone, a bug: no path, no traceback, no secret."""
    monkeypatch.setattr(tables, "load", load)
    served = Served(server.routes(server.AppState()))
    answer = served.get(path)
    served.stop()
    assert (answer.status, list(answer.json())) == (status, ["error"])
    assert not re.search(r"secret|Traceback|events\.csv", answer.body.decode())


def test_the_process_has_one_state(monkeypatch, tmp_path) -> None:
    """Configured before its first use, by a call or by the environment, and not after."""
    monkeypatch.setattr(server, "_STATES", [])
    monkeypatch.setattr(server, "_SETTINGS", {})
    monkeypatch.setenv("TANSIQ_STORE", "duckdb:///other.db")
    server.configure(data=tmp_path)
    state = server.process_state()
    assert (state.data, state.url) == (tmp_path, "duckdb:///other.db")
    assert server.process_state() is state
    with pytest.raises(TansiqError, match="open already"):
        server.configure(data=tmp_path)


# --- with Streamlit -------------------------------------------------------------------------

APP = """
from pathlib import Path
from streamlit.runtime.scriptrunner import get_script_run_ctx
if get_script_run_ctx(suppress_warning=True) is not None:
    import streamlit as st
    st.write("page")
else:
    from streamlit import config
    from streamlit.starlette import App
    from geo import server
    app = App(Path(__file__), routes=server.app_routes(config.get_option("server.baseUrlPath")))
"""


def _streamlit(folder: Path, base: str) -> subprocess.Popen[str]:
    """Start Streamlit on a free port."""
    flags = {"server.port": 0, "server.address": "127.0.0.1", "server.headless": "true",
             "server.baseUrlPath": base, "browser.gatherUsageStats": "false",
             "server.fileWatcherType": "none"}
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(folder / "app.py"),
         *(f"--{name}={value}" for name, value in flags.items())],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)


def _port(process: subprocess.Popen[str]) -> int:
    """Wait until Streamlit says where it is."""
    for line in process.stdout:
        if found := re.search(r"URL: http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("Streamlit ended before it served anything")


def _until_it_answers(port: int, path: str) -> Answer:
    """Ask until the server is up."""
    for _ in range(200):
        try:
            return ask(port, path)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no answer")


def test_streamlit_serves_our_routes(tmp_path, monkeypatch) -> None:
    """Found by `streamlit run` itself, with and without a base path, beside its own page."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    (tmp_path / "app.py").write_text(APP)
    running = {base: _streamlit(tmp_path, base) for base in ("", BASE)}
    try:
        for base, process in running.items():
            _check(_port(process), f"/{base}" if base else "")
    finally:
        for process in running.values():
            process.terminate()
        assert all(process.wait(10) is not None for process in running.values())


def _check(port: int, prefix: str) -> None:
    """See that our routes and Streamlit's page stand side by side."""
    assert _until_it_answers(port, f"{prefix}/healthz").json()["status"] == "ok"
    for where in {"", prefix}:
        assert ask(port, f"{where}/tansiq/assets/layer.js").headers["etag"]
        assert ask(port, f"{where}/tansiq/nothing").status == 404
    for name in ("", "events"):
        page = ask(port, f"{prefix}/{name}").body
        assert b'id="root"' in page and b"react-aria.i18n.locale" in page
    packed = ask(port, "/tansiq/assets/leaflet.js", accept_encoding="gzip")
    assert gzip.decompress(packed.body)[:3] == b"/* "
