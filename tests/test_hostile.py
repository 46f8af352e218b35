"""Attacks in the data and in the address, in a real browser: shown as they are, nothing runs."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from geo import basemap, export, i18n, snapshot, tables
from geo.address import View
from geo.filters import EventFilter
from geo.snapshot import scene
from geo.store import Store
from tests.conftest import Watch, free_port, map_frame, running, settle, some_now
from tests.planting import cell, copy_to, vouch

BAD = "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#}"
IMAGE = "![x](http://evil.example/x) [y](javascript:alert(1)) `${alert(1)}` \\` ${BAD}"
LINK = "<a href='javascript:alert(1)' onmouseover=alert(1)>z</a></script><script>alert(1)</script>"
PLANTED = [
    *(("events.csv", "EVT-057", f"title_{lang}", BAD) for lang in i18n.LANGS),
    ("events.csv", "EVT-057", "note_en", IMAGE),
    *(("places.csv", "P-K1", f"name_{lang}", f"{BAD} K1") for lang in i18n.LANGS),
    *(("actors.csv", "ACT-PESH", f"name_{lang}", f"{LINK} {BAD}") for lang in i18n.LANGS),
    *(("centres.csv", "CEN-KRK", f"name_{lang}", f"{BAD} C") for lang in i18n.LANGS),
    ("centres.csv", "CEN-KRK", "host_site", f"K1, Chimman {IMAGE}"),
    ("claims.csv", "C006", "paraphrase_en", f"{IMAGE} {LINK}"),
    ("claims.csv", "C006", "attributed_to", f"{BAD} says"),
]
# the first row of the table of sources, which is on the screen
FIRST = str(tables.load().frames["sources"]["source_id"].iloc[0])
DAY = {"from": "2021-05-23", "to": "2021-05-23"}
MAY = EventFilter.parse(DAY)[0]
TIP = ".tq-tip:not([hidden])"
# what 7*191 makes, which stands in none of our texts
MADE = "1337"
JINJA = [
    "{{7*191}}", "{{ 7 * 191 }}", "{%print(7*191)%}", "{{''.__class__.__mro__}}", "{#gone#}",
    "{% for x in (1,) %}{{7*191}}{% endfor %}", "{{config}}", "{{self._parent}}", "{{ note",
    "{% raw %}", "#{7*191}", "{{cycler.__init__.__globals__.os}}", "{{[].append(1)}}", "{%",
    "{{kwargs}}",
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "${alert(1)}", "`+alert(1)+`", "\\`;alert(1)//", "';alert(1);//", '"><b onclick=alert(1)>',
    "javascript:alert(1)", "![i](http://evil.example/i)", "[l](javascript:alert(1))",
    "</textarea><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'>",
    ":material/bolt: $\\href{javascript:alert(1)}{x}$", "%3Cscript%3Ealert(1)%3C/script%3E",
]  # fmt: skip
PAYLOADS = [*JINJA, *SCRIPTS]
OTHERS = ("province", "type", "from", "event", "centre", "lang", "dataset", "lat", "unheard_of")


@dataclass
class Trap:
    """A page that tells when something ran, was opened, asked for, or complained about."""

    page: Page
    watch: Watch
    ran: list[str] = field(default_factory=list)

    @classmethod
    def set(cls, page: Page, watch: Watch) -> Trap:
        """Listen on a page before anything is loaded."""
        trap = cls(page, watch)
        page.expose_function("trapped", trap.tell)
        calls = "window.alert = window.confirm = window.prompt = (text) => trapped(String(text))"
        page.add_init_script(calls)
        page.on("dialog", lambda dialog: (trap.ran.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: trap.note(request.url))
        return trap

    def tell(self, text: str) -> None:
        """Keep what a script that ran said."""
        self.ran.append(text)

    def note(self, url: str) -> None:
        """Keep what an image out of a text would ask for."""
        if url.endswith("/x") or url.startswith("javascript:"):
            self.ran.append(url)

    def happened(self) -> list[str]:
        """Tell what ran, was asked of others or complained about, when all had time to."""
        self.page.wait_for_timeout(300)
        return [*self.ran, *self.watch.elsewhere, *self.watch.errors]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data package whose texts are attacks; it is valid all the same."""
    made = copy_to(tmp_path_factory.mktemp("hostile"))
    cited = tables.load().frames["claims"].set_index("claim_id").loc["C006", "source_id"]
    titles = [("sources.csv", id_, "title", f"{BAD} {LINK}") for id_ in (cited, FIRST)]
    for file, key, column, value in (*PLANTED, *titles):
        cell("", file, key, column, value).put(made)
    vouch(made)
    assert tables.validate(made) == []
    return made


@pytest.fixture(scope="module")
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a dashboard on that package."""
    port, home = free_port(), str(tmp_path_factory.mktemp("home"))
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port), "--data", str(folder)]
    with running(command, port, TANSIQ_HOME=home) as address:
        yield address


@pytest.fixture
def trap(page: Page, watch: Watch) -> Trap:
    return Trap.set(page, watch)


def fetched(address: str, fmt: str, lang: str = "en") -> bytes:
    url = f"{address}/tansiq/download?{urlencode({'format': fmt, 'lang': lang, **DAY})}"
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - loopback
        return answer.read()


def spot(frame) -> tuple[float, float]:
    """Return where the point of EVT-057 lies in the frame."""
    row = tables.events(tables.load()).set_index("event_id").loc["EVT-057"]
    point = "(at) => { const p = tansiq.test.layer().map.latLngToContainerPoint(at);"
    x, y = frame.evaluate(f"{point} return [p.x, p.y]; }}", [row["lat"], row["lon"]])
    return x, y


def has(text: str, *wanted: str) -> bool:
    """Tell whether all texts are there, sign for sign; the browser may break lines."""
    return all(" ".join(one.split()) in " ".join(text.split()) for one in wanted)


@pytest.mark.browser
@pytest.mark.parametrize("text", [BAD, LINK, "<img src=http://127.0.0.1:1/x>"])
def test_the_trap_closes(trap, text) -> None:
    """As markup, each of these would have been noticed."""
    trap.page.goto("about:blank")
    trap.page.evaluate("(text) => document.write(text)", text)
    trap.page.wait_for_timeout(100)
    assert trap.happened()


@pytest.mark.browser
@pytest.mark.parametrize("lang", some_now(["ar", "en", "ckb"], 1))
def test_the_map_and_the_panel_show_it_as_it_is(hostile, trap, lang) -> None:
    """Tooltip and details panel: title, note, place, actor, claim, speaker, source."""
    query = {**DAY, "event": "EVT-057", "centres": "0", "lang": lang, "lat": 35.5, "lon": 44.3}
    trap.page.goto(f"{hostile}/?{urlencode({**query, 'z': 11})}")
    frame = map_frame(trap.page)
    settle(trap.page)
    box, (x, y) = trap.page.locator("iframe[title*='st_folium']").bounding_box(), spot(frame)
    trap.page.mouse.move(box["x"] + x, box["y"] + y)
    frame.wait_for_function(f"() => document.querySelector('{TIP}')?.textContent.includes('7*7')")
    assert has(frame.text_content(TIP), BAD)
    panel = trap.page.locator(".st-key-details").text_content()
    assert has(panel, BAD, IMAGE, f"{BAD} K1", LINK, f"{IMAGE} {LINK}", f"{BAD} says")
    assert trap.page.locator(".st-key-details").locator("img, script, [onerror]").count() == 0
    assert trap.happened() == []


@pytest.mark.browser
@pytest.mark.parametrize("lang", some_now(["en", "ar"], 1))
def test_a_centre_and_its_page_show_it_as_it_is(hostile, trap, lang) -> None:
    """The centre's name in the panel, the overview and the timeline; the source's title."""
    trap.page.goto(f"{hostile}/?{urlencode({'centre': 'CEN-KRK', 'lang': lang})}")
    map_frame(trap.page)
    settle(trap.page)
    assert has(trap.page.locator(".st-key-details").text_content(), f"{BAD} C", IMAGE)
    trap.page.goto(f"{hostile}/centres?lang={lang}")
    trap.page.wait_for_selector("[data-centre='CEN-KRK']")
    settle(trap.page)
    assert has(trap.page.locator("[data-centre='CEN-KRK']").first.text_content(), f"{BAD} C")
    assert trap.happened() == []


@pytest.mark.browser
@pytest.mark.parametrize(("path", "wanted"), [("events", BAD), ("about", f"{BAD} {LINK}")])
def test_the_tables_show_it_as_it_is(hostile, trap, path, wanted) -> None:
    """The table of events and the table of sources hold the very text in a cell."""
    trap.page.goto(f"{hostile}/{path}?{urlencode(DAY)}")
    trap.page.wait_for_selector("[role='grid'] [role='gridcell']", state="attached")
    settle(trap.page)
    assert wanted in trap.page.locator("[role='gridcell']").all_text_contents()
    assert trap.happened() == []


@pytest.mark.browser
@pytest.mark.parametrize("lang", some_now(["ckb", "en", "ar"], 1))
def test_the_page_to_take_away_shows_it_as_it_is(hostile, trap, tmp_path, lang) -> None:
    """Opened from a file, with a pointer on the mark and a click: letters, and nothing runs."""
    path = tmp_path / "page.html"
    path.write_bytes(fetched(hostile, "html", lang))
    trap.page.goto(path.as_uri())
    trap.page.wait_for_function("() => window.tansiq && tansiq.state().ready")
    trap.page.locator("#ts-events details").first.click()
    assert has(trap.page.locator("#ts-events").text_content(), BAD, f"{BAD} K1", LINK)
    trap.page.locator("#map_div").scroll_into_view_if_needed()
    box, (x, y) = trap.page.locator("#map_div").bounding_box(), spot(trap.page)
    trap.page.mouse.move(box["x"] + x, box["y"] + y)
    trap.page.wait_for_selector(TIP)
    trap.page.mouse.click(box["x"] + x, box["y"] + y)
    assert has(trap.page.locator(".tq-card").text_content(), BAD)
    assert trap.happened() == []


def test_files_hold_it_as_it_is(hostile) -> None:
    """CSV and GeoJSON bring back the very texts."""
    table = export.read_csv(fetched(hostile, "csv")).set_index("event_id")
    assert table.loc["EVT-057", ["title_en", "title_ckb", "note_en"]].tolist() == [BAD, BAD, IMAGE]
    features = {
        f["id"]: f["properties"] for f in json.loads(fetched(hostile, "geojson"))["features"]
    }
    assert (features["EVT-057"]["title_ar"], features["EVT-057"]["place_en"]) == (BAD, f"{BAD} K1")


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_pictures_show_it_as_it_is(folder, tmp_path, lang) -> None:
    """Every word of the picture is as in the data, as far as there is room; nothing is markup."""
    package = tables.load(folder)
    with Store.open(package, f"duckdb:///{tmp_path / 'events.duckdb'}") as store:
        view = View(filter=EventFilter(MAY.date_from, MAY.date_to, q=BAD), lang=lang)
        shown = scene.scene(package, store, view, basemap=basemap.load())
    told = " ".join(written.text for written in snapshot.compose(shown, "print").words)
    assert "EVT-057" in shown.event_ids
    assert has(told, "{{7*7}}", "${alert(1)}", "<img")
    assert "49 $" not in told
    svg = snapshot.render(shown, "svg", "social-wide")
    assert not any(sign in svg for sign in (b"<img", b"<script", b'onerror="', b"http://evil"))


@pytest.mark.browser
@pytest.mark.parametrize("start", some_now(range(0, len(PAYLOADS), 3), 5))
def test_an_address_of_attacks_gives_the_page(dashboard, trap, start) -> None:
    """Thirty payloads in every parameter: the page, a notice, the text as typed, no execution."""
    three = PAYLOADS[start : start + 3]
    query = {name: three[at % 3] for at, name in enumerate(OTHERS)} | {three[0]: three[1]}
    trap.page.goto(f"{dashboard}/?{urlencode({**query, 'q': ' '.join(three)})}")
    assert map_frame(trap.page).evaluate("() => tansiq.state().total") == 97
    settle(trap.page)
    assert has(trap.page.locator(".ts-note").first.text_content(), three[0][:30], three[1][:30])
    assert trap.page.locator(".st-key-search input").input_value() == " ".join(
        " ".join(three).split()
    )
    assert MADE not in trap.page.locator("body").text_content()
    assert trap.happened() == []
