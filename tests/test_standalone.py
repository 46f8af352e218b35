"""The page that opens without a network: whole, silent, in three languages, and safe."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo import basemap, scripts, standalone, tables, vendor
from geo.address import View
from geo.errors import TansiqError
from geo.filters import EventFilter
from geo.i18n import direction
from geo.standalone import webfont
from geo.store import Store
from tests.conftest import Watch, open_context

PAYLOAD = "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#}"
ESCAPES = ["</script><script>alert(1)</script>", "<!--<script>", '" onmouseover="alert(1)', PAYLOAD]
MAY = EventFilter(date_from=date(2021, 5, 1), date_to=date(2021, 5, 31))
PLANTED = """<base href="http://example.org/"><script src="http://example.org/x.js"></script>
<script>window.ran = 1</script><img src=x onerror="window.ran = 1"><style>h1 { color: red }</style>
<a id=go href="javascript:window.ran = 1">x</a><script>go.click()</script>
<iframe srcdoc="<script>parent.ran = 1</script>"></iframe><img src="http://example.org/i.png">"""
RAN = "window.alert = window.confirm = (text) => (window.ran = text);"


@pytest.fixture(scope="module")
def package() -> tables.Package:
    return tables.load()


@pytest.fixture(scope="module")
def store(package: tables.Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"duckdb:///{tmp_path_factory.mktemp('store') / 'events.duckdb'}"
    with Store.open(package, url) as opened:
        yield opened


@pytest.fixture(scope="module")
def ground() -> basemap.Basemap:
    return basemap.load()


@pytest.fixture(scope="module")
def make(package, store, ground) -> Callable[[View], bytes]:
    """Give what turns a view into a page of the real data."""
    return lambda view: standalone.page(package, store, view, ground)


@pytest.fixture(scope="module")
def hostile(package, ground, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Make a page of a package whose every free text and address is an attack."""
    frames = dict(package.frames)
    for name, columns in {
        "events": ["title_en", "note_en"],
        "places": ["name_en"],
        "centres": ["name_en"],
        "sources": ["publisher", "title"],
        "claims": ["paraphrase_en", "attributed_to"],
    }.items():
        rows = range(len(frames[name]))
        texts = {column: [ESCAPES[(i + 3) % 4] for i in rows] for column in columns}
        frames[name] = frames[name].assign(**texts)
    frames["sources"] = frames["sources"].assign(url="javascript:alert(1)")
    bad = dataclasses.replace(package, frames=frames)
    url = f"duckdb:///{tmp_path_factory.mktemp('hostile') / 'events.duckdb'}"
    with Store.open(bad, url) as opened:
        return standalone.page(bad, opened, View(filter=EventFilter(q="alert")), ground)


def show(page: Page, content: bytes, folder: Path) -> Page:
    path = folder / "page.html"
    path.write_bytes(content)
    page.goto(path.as_uri())
    page.wait_for_function("() => window.tansiq && window.tansiq.state().ready")
    return page


def hover_and_click(page: Page, lat: float, lon: float) -> None:
    page.locator("#map_div").scroll_into_view_if_needed()
    point = f"tansiq.test.layer().map.latLngToContainerPoint([{lat}, {lon}])"
    box, at = page.locator("#map_div").bounding_box(), page.evaluate(point)
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    page.wait_for_selector(".tq-tip:not([hidden])")
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    page.wait_for_selector(".tq-card")


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_opens_from_a_file(make, store, page, watch, tmp_path, lang) -> None:  # noqa: PLR0913, PLR0917 - fixtures
    """Map and table hold the filter's rows; no request, no error; words and direction fit."""
    view = View(filter=MAY, lang=lang)
    show(page, make(view), tmp_path)
    state, rows = page.evaluate("tansiq.state()"), page.locator("#ts-events tbody tr")
    assert rows.count() == state["matched"] == store.count(MAY)
    assert state["shown"] + len(store.unlocated(MAY)) == store.count(MAY)
    assert page.locator("html").get_attribute("dir") == direction(lang)
    assert page.locator("h1").text_content() == MAY.sentence(lang)
    assert f"?from={MAY.date_from}" in page.locator("#ts-about").text_content()
    assert (state["problems"], state["messages"], watch.elsewhere, watch.errors) == ([], [], [], [])


@pytest.mark.browser
def test_view_and_selection_are_kept(make, page, tmp_path) -> None:
    """The page opens where the reader was, with the same event chosen and status of that day."""
    until = EventFilter(date_to=date(2021, 5, 23))
    view = View(filter=until, event="EVT-002", centre="CEN-MKM", lat=35.5, lon=44, z=9)
    show(page, make(view), tmp_path)
    page.wait_for_function("() => tansiq.state().selected.length")
    state = page.evaluate("tansiq.state()")
    assert state["selected"] == ["EVT-002"]
    assert (state["zoom"], [round(x, 3) for x in state["center"]]) == (9, [35.5, 44.0])
    statuses = {one["id"]: one["status"] for one in state["centres"]}
    assert (statuses["CEN-MKM"], statuses["CEN-KRK"]) == ("approved", "active")


@pytest.mark.browser
def test_time_plays_by_itself_within_the_pages_days(make, page, watch, tmp_path) -> None:
    """The page plays as its address says, over its own days only, and stays where it stops."""
    show(page, make(View(filter=MAY, window="month")), tmp_path)
    whole = page.evaluate("tansiq.state()")
    page.locator(".tq-time select").first.select_option("0")
    page.locator(".tq-play").click()
    page.wait_for_function("(to) => tansiq.state().to > to && !tansiq.state().playing", arg=0)
    ended = page.evaluate("tansiq.state()")
    assert [ended[key] for key in ("from", "to", "matched")] == [
        whole[key] for key in ("from", "to", "matched")
    ]
    page.locator(".tq-back").click()
    assert page.evaluate("tansiq.state()")["to"] == whole["from"]
    assert (whole["window"], watch.elsewhere, watch.errors) == (1, [], [])


@pytest.mark.browser
def test_every_row_leads_to_its_sources(make, store, page, tmp_path) -> None:
    """Each source of an event is a link that gives nothing of the reader away."""
    show(page, make(View(filter=MAY)), tmp_path)
    for event in store.events(MAY).to_dict("records"):
        links = page.locator(f"[id='{event['event_id']}'] td:last-child a")
        assert links.count() == len(event["source_ids"].split(";"))
    rels = page.eval_on_selector_all("main a", "all => all.map(a => a.rel + ' ' + a.protocol)")
    assert set(rels) <= {f"noopener noreferrer nofollow {p}" for p in ("http:", "https:")}


@pytest.mark.browser
def test_nothing_in_the_data_runs(hostile, chromium: Browser, tmp_path) -> None:
    """Hostile texts are shown as they are at load, hover and click; nothing of them runs."""
    watch = Watch()
    context = open_context(chromium, watch)
    context.add_init_script(RAN)
    page = show(context.new_page(), hostile, tmp_path)
    page.locator("#ts-events details").first.click()
    hover_and_click(page, lat=35.46806, lon=44.39222)
    card = page.locator(".tq-card").text_content()
    assert any(text in card for text in ESCAPES)
    texts = page.locator("#ts-events td:nth-child(2) strong").all_text_contents()
    assert set(texts) == set(ESCAPES)
    assert page.evaluate("window.ran") is None
    assert page.locator("main a, .tq-card a").count() == 0
    assert (watch.elsewhere, watch.errors) == ([], [])
    context.close()


@pytest.mark.browser
def test_a_planted_script_does_not_run(make, page, watch, tmp_path) -> None:
    """What somebody writes into the file afterwards is stopped by its policy."""
    content = make(View(filter=MAY))
    show(page, content.replace(b"<main>", PLANTED.encode() + b"<main>"), tmp_path)
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert watch.elsewhere == []
    assert len(watch.errors) >= PLANTED.count("<script") + 1


@pytest.mark.browser
def test_fits_a_phone(make, chromium: Browser, tmp_path) -> None:
    """At 360 px nothing scrolls sideways, and each cell says what it is."""
    context = open_context(chromium, Watch(), viewport={"width": 360, "height": 640})
    page = show(context.new_page(), make(View(lang="ar")), tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("#ts-events td[data-name]").first.is_visible()
    context.close()


def test_policy_names_every_script_and_style(make) -> None:
    """Each inline text stands in the policy by its hash, and no request is allowed."""
    text = make(View(filter=MAY)).decode()
    policy = re.search(r'Policy" content="([^"]*)"', text)[1]
    inline = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inline]
    assert len(hashes) == len(scripts.SCRIPTS) + len(scripts.STYLES) + 4
    assert all(f"'sha256-{one}'" in policy for one in hashes)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_island_cannot_end_itself(hostile) -> None:
    """No sign of markup stands in the data, and it reads as JSON."""
    island = re.search(rb'id="ts-data">(.*?)</script>', hostile, re.DOTALL)[1]
    assert b"<" not in island
    assert {row["title"] for row in json.loads(island)["rows"]} == set(ESCAPES)


def test_equal_views_give_equal_bytes(package, store, ground) -> None:
    """A page can be compared by its hash; another filter has another name."""
    first, second = (standalone.download(package, store, MAY, ground) for _ in range(2))
    assert first == second
    assert re.fullmatch(r"tansiq-page-en-[a-z0-9._-]{1,60}\.html", first.filename)
    assert standalone.download(package, store, EventFilter(), ground).filename != first.filename


def test_no_rows_is_a_page_too(package, store) -> None:
    """Without a row, a basemap or a typeface there is still a page that says so."""
    nothing = EventFilter(q="nothing of the sort")
    content = standalone.page(package, store, nothing, basemap.Basemap(layers={}))
    assert (
        json.loads(re.search(rb'id="ts-data">(.*?)</script>', content, re.DOTALL)[1])["rows"] == []
    )


def test_a_missing_asset_is_a_sentence(package, store, ground, monkeypatch) -> None:
    """Without Leaflet there is no page, and the message says what is missing."""
    monkeypatch.setattr(vendor, "path", lambda _: None)
    with pytest.raises(TansiqError, match="Leaflet is missing"):
        standalone.page(package, store, MAY, ground)


def test_a_missing_typeface_is_left_out(monkeypatch) -> None:
    """Without the typeface the page falls back to the reader's fonts."""
    monkeypatch.setattr(vendor, "path", lambda _: None)
    assert webfont.addresses("asked for nowhere else: Ω") == {}


def test_every_script_is_listed() -> None:
    """No script of the layer is forgotten, and each that is listed is there."""
    there = {path.name for path in scripts.asset("layer.js").parent.glob("*.js")}
    of_pages = {"standalone.js", "page.js", "start.js", "history.js", "copy.js", "keys.js"}
    assert set(scripts.SCRIPTS) == there - of_pages
    assert scripts.SCRIPTS[-1] == "layer.js"
