"""Promises of the map's own layer, in a real Chromium on a plain Leaflet map."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from geo import columns, i18n, palette, provenance, scripts, tables
from geo.filters import EventFilter
from tests.conftest import Watch, open_context
from tests.js import events
from tests.js.site import Site, serve

pytestmark = pytest.mark.browser
PACKAGE = tables.load()
FEW = events.few()
PACKED = columns.pack(FEW)
VECTORS = json.loads((Path(__file__).parent / "vectors" / "filters.json").read_text("utf-8"))
CALL: dict[str, Any] = {
    "seq": 1,
    "from": 0,
    "to": 30000,
    "types": 0,
    "admin1": 0,
    "mask": "",
    "filter": "aa",
    "selected": [],
    "centre": -1,
    "centres": 1,
    "away": [],
}
BITS = {"0123456789abcdef": columns.mask([1, 3], len(FEW))}
STATE = "() => tansiq.state()"
# where a mark of these rows, or a centre, lies in the view
AT = """([row, id]) => { const l = tansiq.test.layer(); const o = l.sheet.local([0, 0]);
  const m = row < 0 ? l.laid.find((c) => c.one.id === id)
    : l.marks.find((k) => k.place === l.held.grouped.of[row]); return [m.x - o.x, m.y - o.y]; }"""

# what is said of a centre under the pointer, line by line
CENTRE_TIP = """(id) => { const l = tansiq.test.layer();
  const c = l.laid.find((k) => k.one.id === id);
  return tansiq.test.parts.texts.tip(c, [], 0, l.w, {}).map((line) => line.text); }"""
FIELDS = dict(
    PACKAGE.frames["conflicts"][["conflict_group", "field"]].itertuples(index=False, name=None)
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    words = events.meta()
    sets = {
        "few": events.a_set(FEW, BITS),
        "crowd": events.a_set(events.crowd(5000, 5000)),
        "heap": events.a_set(events.crowd(6000, 40)),
    }
    found = Site(sets, lambda lang: words[lang])
    server = serve(found)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[tuple[BrowserContext, Watch]]:
    """One window for all tests here, so that scripts and typeface are fetched once."""
    seen = Watch()
    context = open_context(chromium, seen, viewport={"width": 1000, "height": 640})
    context.set_default_timeout(10_000)
    yield context, seen
    context.close()


@pytest.fixture
def watch(window: tuple[BrowserContext, Watch]) -> Watch:
    window[1].errors.clear()
    window[1].elsewhere.clear()
    return window[1]


@pytest.fixture
def page(window: tuple[BrowserContext, Watch], site: Site) -> Iterator[Page]:
    site.broken.clear()
    site.bare = True  # the base map takes most of a page's time; few tests look at it
    site.asked.clear()
    page = window[0].new_page()
    yield page
    page.close()


def start(page: Page, site: Site, query: str = "", **call: Any) -> dict[str, Any]:
    """Open the map, apply a call, wait until it is painted; return its state."""
    page.goto(f"{site.address}/?{query}")
    page.evaluate("(c) => tansiq.apply(c)", CALL | call)
    page.wait_for_function("() => tansiq.state().ready")
    return page.evaluate(STATE)


def apply(page: Page, seq: int, **call: Any) -> dict[str, Any]:
    """Apply another call and wait for its paint."""
    painted = page.evaluate(STATE)["painted"]
    page.evaluate("(c) => tansiq.apply(c)", CALL | call | {"seq": seq})
    page.wait_for_function("(n) => tansiq.state().painted > n", arg=painted)
    return page.evaluate(STATE)


def click(page: Page, row: int = -1, centre: str = "") -> Mapping[str, Any]:
    """Click a mark by one of its rows, or a centre; return the last message to Python."""
    page.mouse.click(*page.evaluate(AT, [row, centre]))
    return page.evaluate("() => sent.at(-1)")


def vector_call(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from": one["from"],
        "to": one["to"],
        "types": columns.bits(one["types"], columns.TYPES),
        "admin1": columns.bits(one["admin1"], columns.ADMIN1),
    }


# ------------------------------------------------------------------ data and filter
def test_the_vectors_that_sql_and_pandas_answer_are_answered_alike(page: Page, site: Site) -> None:
    """The shared vectors give the same rows in JavaScript, masks included."""
    start(page, site)
    frame = events.pd.DataFrame(VECTORS["rows"]).rename(columns={"type": "event_type"})
    frame = frame.assign(lat=35.0, lon=44.0, geo_precision="town", place_role="location")
    cases = [
        [vector_call(one), list(columns.mask(one["mask"], len(frame))) if one["masked"] else None]
        for one in VECTORS["filters"]
    ]
    answers = page.evaluate(
        """([packed, cases]) => { const t = tansiq.test;
      const c = t.unpack(new Uint8Array(packed).buffer);
      const bits = (mask) => mask && t.unmask(new Uint8Array(mask).buffer, c.n);
      return cases.map(([call, mask]) => [...t.match(c, call, bits(mask))]); }""",
        [list(columns.pack(frame)), cases],
    )
    wrong = [
        one["why"]
        for one, rows in zip(VECTORS["filters"], answers, strict=True)
        if rows != one["expect"]
    ]
    assert wrong == []
    assert len(answers) > 20


def test_shown_is_what_a_naive_recount_finds(page: Page, site: Site) -> None:
    """For 25 random calls `state()` counts the matching rows that have a point."""
    start(page, site)
    rng = random.Random(5)  # noqa: S311 - the same draws each time
    for seq in range(2, 27):
        first = rng.randrange(15990, 16620)
        call = {
            "from": first,
            "to": first + rng.randrange(0, 400),
            "filter": f"{seq:02x}",
            "types": rng.choice([0, rng.getrandbits(15) & ~1]),
            "admin1": rng.choice([0, rng.getrandbits(20) & ~1]),
        }
        rows = events.matching(FEW, call)
        state = apply(page, seq, **call)
        assert (state["matched"], state["shown"]) == (
            len(rows),
            int(FEW.loc[rows, "lat"].notna().sum()),
        )
        assert (state["filter"], state["seq"], state["total"]) == (call["filter"], seq, len(FEW))


def test_a_mask_is_fetched_once_and_applied(page: Page, site: Site) -> None:
    """A digest names the rows a text filter finds; asked for again, it is not fetched again."""
    start(page, site)
    name = next(iter(BITS))
    assert apply(page, 2, mask=name)["matched"] == 2
    assert apply(page, 3)["matched"] == len(FEW)
    assert apply(page, 4, mask=name, **{"from": 16015})["matched"] == 2
    assert sum(name in path for path in site.asked) == 1


def test_an_older_call_is_dropped_and_an_early_one_waits(page: Page, site: Site) -> None:
    """Calls may arrive before the data and out of order; the newest one counts."""
    page.goto(f"{site.address}/?")
    page.evaluate(
        "(c) => { tansiq.apply({...c, seq: 7, filter: 'bb', to: 16005}); tansiq.apply(c); }", CALL
    )
    page.wait_for_function("() => tansiq.state().ready")
    state = page.evaluate(STATE)
    assert (state["filter"], state["seq"], state["shown"]) == ("bb", 7, 1)
    page.evaluate("(c) => tansiq.apply({...c, seq: 6})", CALL)
    assert page.evaluate(STATE)["seq"] == 7


@pytest.mark.parametrize(
    "damaged",
    [b"XSQE" + PACKED[4:], PACKED[:4] + b"\2" + PACKED[5:], PACKED[:40], PACKED[:9]],
    ids=["sign", "version", "cut", "header"],
)
def test_bytes_that_are_no_columns_are_refused(damaged: bytes, page: Page, site: Site) -> None:
    """Another sign, another version or a cut file is an error with a reason."""
    start(page, site)
    told = page.evaluate(
        """(b) => { try { tansiq.test.unpack(new Uint8Array(b).buffer); return ""; }
      catch (e) { return e.message; } }""",
        list(damaged),
    )
    assert told.startswith("TSQE: ")


# ------------------------------------------------------------------ choosing
def test_a_click_tells_every_row_at_the_point(page: Page, site: Site) -> None:
    """Events at one point are one mark, and a click on it names them all."""
    start(page, site)
    assert click(page, row=0)["rows"] == [0, 1, 2]
    assert click(page, row=3)["rows"] == [3]


def test_the_same_mark_clicked_twice_is_told_twice(page: Page, site: Site) -> None:
    """Two clicks in a row are two messages with growing numbers, and no zoom."""
    start(page, site)
    first, second = click(page, row=0), click(page, row=0)
    assert first["rows"] == second["rows"]
    assert first["nonce"] < second["nonce"]
    assert page.evaluate(STATE)["zoom"] == 7


def test_a_centre_and_the_events_below_it_are_both_in_reach(page: Page, site: Site) -> None:
    """The centre of Erbil stands above the events of Erbil; each can be clicked."""
    start(page, site)
    chosen = click(page, centre="CEN-EBL")
    assert chosen["centre"] >= 0
    assert chosen["rows"] == []
    assert click(page, row=7) | {"nonce": 0} == {"rows": [7], "centre": -1, "nonce": 0}


def test_a_choice_is_marked_at_once(page: Page, site: Site) -> None:
    """The ring does not wait for Python; the next call says what Python made of the choice."""
    start(page, site)
    click(page, row=7)
    page.wait_for_function("() => tansiq.state().selected[0] === 'EVT-007'")
    assert apply(page, 2)["selected"] == []


def test_what_is_selected_is_told_by_its_id(page: Page, site: Site) -> None:
    """Row numbers of a call come back as ids; a click beside every mark takes them back."""
    start(page, site, selected=[4], centre=2)
    page.wait_for_function("() => tansiq.state().selected.length === 1")
    assert page.evaluate(STATE)["selected"] == ["EVT-004"]
    page.mouse.click(880, 300)
    assert page.evaluate("() => sent.map((s) => [s.rows, s.centre])") == [[[], -1]]


def test_the_keyboard_chooses_what_is_in_the_middle(page: Page, site: Site) -> None:
    """Enter chooses, arrows move the map, Escape closes."""
    start(page, site, "lat=36.191&lon=44.009&z=9")
    page.focus("#map_div")
    page.keyboard.press("Enter")
    assert page.evaluate("() => sent.at(-1).rows") == [7]
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => tansiq.state().center[1] > 44.02")
    page.click(".tq-menu summary")
    page.keyboard.press("Escape")
    assert page.locator(".tq-menu[open]").count() == 0


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_centre_tells_name_status_and_last_confirmation(
    lang: str, page: Page, site: Site
) -> None:
    """Pointing at Makhmour on 24 May 2021: both statuses, the contradiction, the day."""
    start(page, site, f"lang={lang}", to=18771)
    page.mouse.move(*page.evaluate(AT, [-1, "CEN-MKM"]))
    page.wait_for_selector(".tq-tip:not([hidden])")
    say = i18n.words(lang)
    lines = page.locator(".tq-tip > div").all_text_contents()
    assert set(lines[1].split(" / ")) == {say("status.active"), say("status.announced")}
    assert lines[2] == say("map.contradicted")
    assert lines[3].startswith(say("map.contradicted_in", fields=""))
    assert lines[4] == say("map.confirmed", date=date(2021, 5, 24))


@pytest.mark.parametrize("lang", i18n.LANGS)
@pytest.mark.parametrize(("to", "one"), [(18600, "contested"), (18970, "degraded")])
def test_an_assessment_is_drawn_explained_and_told(
    to: int, one: str, lang: str, page: Page, site: Site
) -> None:
    """What was said about Kirkuk beside its status stands by its mark, in legend and tooltip."""
    told = {c["id"]: c for c in start(page, site, f"lang={lang}", to=to)["centres"]}
    label = i18n.words(lang)(f"status.{one}")
    assert told["CEN-KRK"]["assessments"] == [one]
    assert label in page.locator(".tq-legend li").all_text_contents()
    x, y = page.evaluate(AT, [-1, "CEN-KRK"])
    colour = page.evaluate(
        """([x, y]) => { const l = tansiq.test.layer(); const c = l.map.getContainer()
      .querySelector(".leaflet-tq-events-pane canvas"); const o = c.getBoundingClientRect();
      const k = c.width / o.width; return [...c.getContext("2d")
      .getImageData((x - o.x) * k, (y - o.y) * k, 1, 1).data].slice(0, 3); }""",
        [x + 0.84 * 11.5 - 2.2, y + 0.84 * 11.5 + 2.2],
    )
    assert colour == [*bytes.fromhex(palette.colour("warning")[1:])]
    page.mouse.move(x, y)
    page.wait_for_selector(".tq-tip:not([hidden])")
    assert label in page.locator(".tq-tip > div").all_text_contents()
    apply(page, 2, to=16005)
    assert label not in page.locator(".tq-legend li").all_text_contents()


def test_planted_text_is_shown_as_it_is(page: Page, site: Site, watch: Watch) -> None:
    """Markup and templates in a title are letters, in the tooltip and in the card."""
    start(page, site, "alone=1")
    page.mouse.move(*page.evaluate(AT, [0, ""]))
    page.wait_for_function("() => !document.querySelector('.tq-tip').textContent.includes('…')")
    assert events.ATTACK in page.text_content(".tq-tip")
    page.mouse.click(*page.evaluate(AT, [0, ""]))
    page.wait_for_selector(".tq-card article:nth-of-type(3)")
    assert page.text_content(".tq-card h3") == events.ATTACK
    assert page.locator(".tq-ui img, .tq-ui script").count() == 0
    assert watch.errors == []


# ------------------------------------------------------------------ the view
def test_no_call_moves_the_view_and_no_move_calls_python(page: Page, site: Site) -> None:
    """50 calls leave centre, zoom and canvases alone; dragging and zooming send nothing."""
    start(page, site)
    page.mouse.move(700, 300)
    page.mouse.down()
    page.mouse.move(560, 350, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -240)
    page.wait_for_function("() => tansiq.state().zoom > 7 && !map_div._animatingZoom")
    before = page.evaluate(STATE)
    page.evaluate("() => { window.kept = [...document.querySelectorAll('canvas.tq-sheet')]; }")
    for seq in range(2, 52):
        page.evaluate("(c) => tansiq.apply(c)", CALL | {"seq": seq, "to": 16000 + 10 * seq})
    after = apply(page, 52)
    assert (after["center"], after["zoom"]) == (before["center"], before["zoom"])
    assert page.evaluate("() => kept.every((c) => c.isConnected)")
    assert page.evaluate("() => sent") == []


def test_a_hundred_calls_do_not_grow_the_heap(page: Page, site: Site) -> None:
    """After a warm start 100 filter changes grow the heap by less than a fifth."""
    start(page, site, "set=heap")
    devtools = page.context.new_cdp_session(page)

    def used(first: int) -> float:
        page.evaluate(
            """async ([call, first]) => { for (let seq = first; seq < first + 100; seq++) {
          (window.feature_group = window.feature_group || []).push(L.featureGroup());
          tansiq.apply({...call, seq, types: 2 * (seq % 9)});
          await new Promise(requestAnimationFrame); } }""",
            [CALL, first],
        )
        devtools.send("HeapProfiler.collectGarbage")
        return float(devtools.send("Runtime.getHeapUsage")["usedSize"])

    assert used(2) * 1.2 > used(102)
    assert page.evaluate("() => feature_group.length") < 3


def test_the_view_is_read_from_the_address_and_kept_in_it(page: Page, site: Site) -> None:
    """The frame starts where the page's address says, writes its moves, and puts them back."""
    page.goto(f"{site.address}/around.html?from=2021-05-01&lat=35.4&lon=44.4&z=8&q=a%2Cb")
    frame = page.frames[1]
    frame.wait_for_function("() => window.tansiq && tansiq.state().zoom === 8")
    assert frame.evaluate(STATE)["center"] == pytest.approx([35.4, 44.4], abs=1e-3)
    frame.evaluate("() => map_div.setZoom(9, {animate: false})")
    page.wait_for_function("() => location.search.endsWith('q=a%2Cb&lat=35.4000&lon=44.4000&z=9')")
    page.evaluate("() => history.replaceState(null, '', '?from=2021-06-01')")
    page.wait_for_function(
        "() => location.search === '?from=2021-06-01&lat=35.4000&lon=44.4000&z=9'"
    )


def test_an_address_without_a_view_is_left_alone(page: Page, site: Site) -> None:
    """Nothing is written until the reader moves the map."""
    start(page, site, "from=2021-05-01")
    page.wait_for_timeout(500)
    assert page.evaluate("() => location.search") == "?from=2021-05-01"


def test_a_frame_that_grows_before_the_reader_moves_begins_again(page: Page, site: Site) -> None:
    """What a small frame began with is no move of the reader's: the address is left alone."""
    page.set_viewport_size({"width": 400, "height": 300})
    start(page, site, "from=2021-05-01")
    page.set_viewport_size({"width": 1000, "height": 640})
    page.wait_for_function("() => tansiq.state().zoom === 7")
    page.wait_for_timeout(500)
    assert page.evaluate("() => location.search") == "?from=2021-05-01"
    page.evaluate("() => map_div.panBy([50, 0], { animate: false })")
    page.wait_for_function("() => location.search.includes('&lat=')")


def test_the_tab_remembers_the_view_for_the_next_frame(page: Page, site: Site) -> None:
    """Another frame begins where the last one was; an address of its own and a new tab do not."""
    page.goto(f"{site.address}/around.html?lat=35.4&lon=44.4&z=8")
    page.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom === 8")
    page.goto(f"{site.address}/around.html?lang=ar")
    page.wait_for_function("() => location.search === '?lang=ar&lat=35.4000&lon=44.4000&z=8'")
    told = page.frames[1].evaluate(STATE)
    assert (told["zoom"], told["center"]) == (8, pytest.approx([35.4, 44.4], abs=1e-3))
    page.goto(f"{site.address}/around.html?lat=36.2&lon=44&z=9")
    page.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom === 9")
    page.goto(f"{site.address}/around.html")
    page.wait_for_function("() => location.search === '?lat=36.2000&lon=44.0000&z=9'")
    with page.context.new_page() as fresh:
        fresh.goto(f"{site.address}/around.html")
        fresh.frames[1].wait_for_function("() => window.tansiq && tansiq.state().zoom < 8")
        fresh.wait_for_timeout(500)
        assert fresh.evaluate("() => location.search") == ""


def test_a_frame_that_is_given_no_picture_is_painted(page: Page, site: Site) -> None:
    """One laid out late may never be called for what it asked: the land comes all the same."""
    page.add_init_script("window.requestAnimationFrame = () => 1;")
    site.bare = False
    page.goto(f"{site.address}/?")
    page.evaluate("(c) => tansiq.apply(c)", CALL)
    middle = "() => { const { canvas } = tansiq.test.layer().ground;"
    middle += " const [x, y] = [canvas.width / 2, canvas.height / 2];"
    middle += " return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]; }"
    home = tuple(bytes.fromhex(palette.colour("home")[1:]))
    page.wait_for_function(
        f"(home) => String(({middle})().slice(0, 3)) === String(home)", arg=home, polling=100
    )


def test_links_to_take_away_carry_filter_view_and_size(page: Page, site: Site) -> None:
    """A picture is asked for with the address, the extent and the size of what is seen."""
    start(page, site, "from=2021-05-01&lang=ar&format=x")
    page.click(".tq-menu summary")
    page.wait_for_selector(".tq-menu a[href*='social-wide']")
    links = page.eval_on_selector_all(
        ".tq-menu a", "(all) => all.map((a) => a.getAttribute('href'))"
    )
    wide = next(link for link in links if "social-wide" in link)
    assert wide.startswith(
        "/tansiq/download?format=png&preset=social-wide&theme=light&w=1000&h=640&west="
    )
    assert wide.endswith("&from=2021-05-01&lang=ar&lat=34.9000&lon=44.2000&z=7")
    kinds = {re.search(r"format=(\w+)", link)[1] for link in links}
    tables_ = {"csv", "geojson", "gpkg", "parquet", "package", "prov"}
    assert kinds == {"png", "svg", "pdf", "html", *tables_, "text", "bibtex", "csl"}
    words = "/tansiq/cite?format=text&from=2021-05-01&lang=ar&lat=34.9000&lon=44.2000&z=7"
    assert words in links


# ------------------------------------------------------------------ what is drawn
def test_a_crowd_is_a_density_and_a_click_goes_nearer(page: Page, site: Site) -> None:
    """5,000 points in view are shaded; nearer, single marks appear."""
    assert start(page, site, "set=crowd")["mode"] == "density"
    page.mouse.click(560, 330)
    page.wait_for_function("() => tansiq.state().zoom === 9 && tansiq.state().mode === 'points'")
    assert page.evaluate("() => sent") == []


def test_a_choice_of_very_many_is_told_by_their_number(page: Page, site: Site) -> None:
    """Of the events at one point the first 200 rows are named, and how many there are."""
    rows = start(page, site, "set=heap&lat=35.2&lon=44&z=7")["shown"]
    assert rows == 6000
    many = [row % 8 for row in range(900)]
    page.evaluate("(rows) => tansiq.test.layer().pointer.choose(rows, -1)", many)
    told = page.evaluate("() => sent.at(-1)")
    assert (told["rows"], told["of"]) == (many[:200], 900)


def test_more_events_than_a_browser_should_load_are_told(page: Page, site: Site) -> None:
    """The map says why it draws no event, asks for no mask of them, and shows the centres."""
    few, most = events.meta()["en"], columns.MOST_DRAWN
    page.route("**/meta/**", lambda route: route.fulfill(json=few | {"n": most + 1}))
    page.route("**/columns/**", lambda route: route.fulfill(body=columns.pack(FEW.head(0))))
    state = start(page, site, mask="0123456789abcdef")
    assert (state["total"], len(state["centres"]), state["problems"]) == (0, 11, [])
    assert state["messages"] == ["columns"]
    said = "2,000,000 events at the most, and these data sets have 2,000,001"
    assert page.get_by_text(said).count()
    assert not [path for path in site.asked if "/mask/" in path]


def test_areas_of_one_point_stand_below_each_other(page: Page, site: Site) -> None:
    """By growing radius, in whatever order they come; marks of other points stay where they are."""
    start(page, site)
    order = ["governorate", "town", "district", "town", "governorate", "subdistrict"]
    frame = events.crowd(6, 1).assign(geo_precision=order)
    frame = events.pd.concat([frame, events.crowd(40, 40).assign(geo_precision="district")])
    levels = page.evaluate(
        """([packed, radii]) => { const t = tansiq.test;
      const c = t.unpack(new Uint8Array(packed).buffer);
      const grouped = t.parts.columns.places(c, radii);
      const level = t.parts.columns.stack(c, grouped, radii);
      return [...grouped.of].map((place) => level[place]); }""",
        [list(columns.pack(frame)), [0, 0, 0, 5000, 20000, 60000]],
    )
    assert levels == [3, 0, 2, 0, 3, 1, *[0] * 40]


def test_a_crowd_on_few_points_is_told_by_numbers(page: Page, site: Site) -> None:
    """6,000 events on 40 points are 40 marks that together hold all of them."""
    assert start(page, site, "set=heap")["mode"] == "points"
    counts = page.evaluate("() => tansiq.test.layer().marks.map((m) => m.n)")
    assert (len(counts), sum(counts)) == (40, 6000)


@pytest.mark.parametrize(
    ("day", "centre", "groups"),
    [
        ("2021-05-23", "CEN-NIN", []),
        ("2021-06-30", "CEN-NIN", ["X07", "X25"]),
        ("2021-06-30", "CEN-KRK", ["X01", "X06", "X23"]),
    ],
)
def test_a_centre_is_contradicted_on_the_map_as_in_the_panel(
    day: str, centre: str, groups: list[str], page: Page, site: Site
) -> None:
    """Known by the day, beside what reports of one day differ about; hover and legend say so."""
    to = (date.fromisoformat(day) - date(1970, 1, 1)).days
    told = {one["id"]: one for one in start(page, site, to=to)["centres"]}
    assert (told[centre]["groups"], told[centre]["contradicted"]) == (groups, False)
    lines = page.evaluate(CENTRE_TIP, centre)
    say = i18n.words("en")
    fields = dict.fromkeys(say(f"conflict.field_{FIELDS[one]}") for one in groups)
    said = say("map.contradicted_in", fields=", ".join(fields))
    assert (said in lines) == bool(groups)


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_centre_says_how_old_its_status_is(lang: str, page: Page, site: Site) -> None:
    """As the panel does: the day as it is known, and how many days before the chosen one."""
    say = i18n.words(lang)
    for day, centre in (("2020-12-02", "CEN-EBL"), ("2021-05-24", "CEN-KNQ")):
        until = date.fromisoformat(day)
        start(page, site, f"lang={lang}", to=(until - date(1970, 1, 1)).days)
        status = provenance.status_on(PACKAGE, centre, until)
        when, age = i18n.edtf(status.confirmed, lang), status.age_days(until)
        wanted = say("map.confirmed", date=when)
        if age:
            wanted = say("map.confirmed_ago", date=when, ago=say.count("unit.days", age))
        assert wanted in page.evaluate(CENTRE_TIP, centre)


@pytest.mark.parametrize(
    ("day", "makhmour", "active"),
    [("2021-05-23", ["approved"], 4), ("2021-05-24", ["active", "announced"], 4)],
)
def test_centres_tell_their_status_on_the_last_day(
    day: str, makhmour: list[str], active: int, page: Page, site: Site
) -> None:
    """Statuses are those reported by the day; two of one day are shown as contradicting."""
    to = (date.fromisoformat(day) - date(1970, 1, 1)).days
    told = {one["id"]: one for one in start(page, site, to=to)["centres"]}
    assert sorted(told["CEN-MKM"]["statuses"]) == makhmour
    assert told["CEN-MKM"]["contradicted"] == (len(makhmour) > 1)
    assert (
        sum(told[f"CEN-{one}"]["status"] == "active" for one in ("BGD", "EBL", "KNQ", "KRK"))
        == active
    )


@pytest.mark.parametrize("province", ["IQ-AR", "IQ-NI"])
def test_a_disputed_centre_is_found_under_both_governorates(
    province: str, page: Page, site: Site
) -> None:
    """Makhmour stands under Erbil and under Nineveh; without centres none is drawn."""
    asked = EventFilter(provinces=(province,))
    here, ids = provenance.standing_in(PACKAGE, asked), columns.centre_ids(PACKAGE)
    away = [index for index, one in enumerate(ids) if one not in here]
    bits = columns.bits([province], columns.ADMIN1)
    shown = {one["id"] for one in start(page, site, admin1=bits, away=away)["centres"]}
    assert "CEN-MKM" in shown <= set(here)
    assert apply(page, 2, centres=0)["centres"] == []


def test_marks_keep_points_areas_and_hollow_ones_apart(page: Page, site: Site) -> None:
    """A town and a governorate at one point are two marks; what is about an area is hollow."""
    start(page, site)
    drawn = page.evaluate("""() => tansiq.test.layer().marks.map((m) => [m.n, m.radius,
      m.families.map((f) => [f.family.id, f.n, f.hollow])])""")
    assert [3, 0, [["talks", 1, False], ["politics", 1, True], ["armed", 1, False]]] in drawn
    assert [1, 50000, [["politics", 1, False]]] in drawn


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_each_language_and_theme_is_whole(
    lang: str, theme: str, page: Page, site: Site, watch: Watch
) -> None:
    """Direction, words and digits follow the language; the map itself is never mirrored."""
    site.bare = False
    state = start(page, site, f"lang={lang}&theme={theme}")
    say = i18n.words(lang)
    assert (
        page.get_attribute("html", "dir")
        == page.get_attribute(".tq-ui", "dir")
        == i18n.direction(lang)
    )
    assert page.get_attribute("#map_div", "dir") == "ltr"
    assert page.text_content(".tq-legend summary") == say("map.legend")
    assert page.text_content(".tq-scale-text") == say("map.scale_km", n=100)
    assert state["language"] == lang
    assert not re.search(r"\bmap\.|\b(take|legend|field|error)_", page.inner_text(".tq-ui"))
    assert watch.errors + watch.elsewhere == []


def test_dates_and_numbers_are_written_as_the_pages_write_them(page: Page, site: Site) -> None:
    """JavaScript and Python agree on long dates and grouped numbers in every language."""
    start(page, site)
    for lang in i18n.LANGS:
        words = {f"date.{key}": text for key, text in i18n.catalogue(lang, "date").items()}
        told = page.evaluate(
            """([words, lang]) => { const w = tansiqParts.words.speak(words, lang);
          return [w.day(18770), w.day(16071), w.number(1234567), w.number(7)]; }""",
            [words, lang],
        )
        days = [i18n.day(day, lang) for day in (date(2021, 5, 23), date(2014, 1, 1))]
        assert told == [*days, i18n.number(1_234_567, lang), i18n.number(7, lang)]


def test_the_legend_explains_what_is_there_and_no_more(page: Page, site: Site) -> None:
    """Families, signs and statuses of the legend are those of the filter."""
    say = i18n.words("en")
    start(page, site, centres=0, to=16005)
    places = [say(f"map.legend_{key}") for key in ("places", "disputed", "both")]
    told = [say("map.legend_events"), say("family.armed"), *places]
    assert page.text_content(".tq-legend-body") == "".join(told)
    apply(page, 2, centres=0)
    body = page.text_content(".tq-legend-body")
    assert all(say(f"map.legend_{key}") in body for key in ("number", "hollow", "area"))
    assert say("map.legend_contradicted") not in body


@pytest.mark.parametrize("ratio", [1, 2])
def test_the_canvas_is_as_fine_as_the_screen(ratio: int, chromium: Browser, site: Site) -> None:
    """A dense screen gets a dense canvas."""
    context = open_context(
        chromium, Watch(), viewport={"width": 500, "height": 400}, device_scale_factor=ratio
    )
    page = context.new_page()
    start(page, site)
    assert (
        page.evaluate(
            "() => { const c = document.querySelector('canvas'); return c.width / c.offsetWidth; }"
        )
        == ratio
    )
    context.close()


# ------------------------------------------------------------------ faults
@pytest.mark.parametrize(
    ("broken", "key", "painted"),
    [
        ("/columns/", "error_columns", False),
        ("/meta/", "error_meta", False),
        ("manifest.json", "error_basemap", True),
        ("relief.webp", "error_basemap", True),
    ],
)
def test_a_file_that_fails_is_told_in_a_sentence(
    broken: str, key: str, painted: bool, page: Page, site: Site
) -> None:
    """Never a blank box: a sentence in the reader's language, and points without a base map."""
    site.bare = False
    site.broken.add(broken)
    page.goto(f"{site.address}/?lang=ar")
    page.evaluate("(c) => tansiq.apply(c)", CALL)
    page.wait_for_selector(".tq-alert")
    assert page.text_content(".tq-alert") == i18n.words("ar")(f"map.{key}")
    if painted:
        page.wait_for_function("() => tansiq.state().ready && tansiq.state().shown === 7")


def test_a_mask_that_fails_leaves_the_map_as_it_was(page: Page, site: Site) -> None:
    """What could not be fetched is said; the filter told is still the one that is drawn."""
    start(page, site)
    page.evaluate(
        "(c) => tansiq.apply({...c, seq: 2, filter: 'cc', mask: 'ffffffffffffffff'})", CALL
    )
    page.wait_for_selector(".tq-alert")
    assert page.evaluate(STATE)["filter"] == "aa"
    assert apply(page, 3, filter="dd")["messages"] == []


def test_nothing_to_draw_is_said(page: Page, site: Site) -> None:
    """A filter without a point says so instead of leaving an empty map."""
    start(page, site, to=100)
    assert page.text_content(".tq-message") == i18n.words("en")("map.no_events")


def test_names_that_cannot_be_fetched_are_said_to_be_missing(page: Page, site: Site) -> None:
    """A tooltip whose names fail says so."""
    start(page, site)
    site.broken.add("/event/")
    page.mouse.move(*page.evaluate(AT, [7, ""]))
    page.wait_for_function(
        "(t) => document.querySelector('.tq-tip').textContent === t",
        arg=i18n.words("en")("map.error_details"),
    )


# ------------------------------------------------------------------ the files themselves
@pytest.mark.parametrize("name", [*scripts.SCRIPTS, *scripts.STYLES])
def test_no_script_turns_text_into_markup_or_knows_another_host(name: str) -> None:
    """Sinks that would run what data says, and foreign addresses, stand in none of our files."""
    text = scripts.asset(name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|https?://[a-z]",
        text,
    )


def test_every_word_the_layer_asks_for_is_in_the_catalogue() -> None:
    """Keys written in the scripts stand under [map]; the one sentence without it is the same."""
    code = "".join(scripts.asset(name).read_text("utf-8") for name in scripts.SCRIPTS)
    asked = set(re.findall(r"\bw\(\"([a-z_]+)\"", code))
    for lang in i18n.LANGS:
        words = i18n.catalogue(lang, "map")
        assert asked <= words.keys()
        assert words["error_meta"] in code
