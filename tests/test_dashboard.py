"""The dashboard in a real browser: what a journalist sees, clicks and copies."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
import urllib.request
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Frame, Locator, Page

from geo import i18n
from tests.conftest import free_port, map_frame, open_context, running, settle, some_now

pytestmark = pytest.mark.browser

THUMB = ".st-key-dates [role='slider'], .st-key-dates input[type='range']"
NETWORK = {"CEN-BGD", "CEN-EBL", "CEN-KNQ", "CEN-KRK", "CEN-MKM", "CEN-NIN"}


def state(frame: Frame) -> dict:
    return frame.evaluate("() => window.tansiq.state()")


def applied(page: Page, frame: Frame, changed_from: str = "") -> dict:
    """The layer's state once it shows another filter than `changed_from`."""
    settle(page)
    frame.wait_for_function("(old) => window.tansiq.state().filter !== old", arg=changed_from)
    return state(frame)


def shown_count(page: Page) -> int:
    """The matching count as the page writes it, in whatever digits."""
    text = i18n.ascii_digits(page.locator(".st-key-count b").inner_text())
    found = re.search(r"[\d,.٬]+", text)
    return int(re.sub(r"\D", "", found.group())) if found else 0


def exported(address: str, query: dict) -> list[dict]:
    url = f"{address}/tansiq/download?{urlencode({'format': 'csv', **query})}"
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
        return list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))


def painted(frame: Frame) -> int:
    """How many different colours the map's canvases hold; a blank map has one at most."""
    return frame.evaluate("""() => {
      const seen = new Set();
      for (const canvas of document.querySelectorAll("canvas")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 404)
          seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
      }
      return seen.size; }""")


def test_the_map_is_painted_and_nothing_is_asked_of_other_hosts(dashboard, page, watch):
    """Points and the six centres are there; no request elsewhere, no error in the console."""
    page.goto(dashboard)
    frame = map_frame(page)
    seen = state(frame)
    assert seen["total"] == 97 and seen["shown"] > 50
    assert {c["id"] for c in seen["centres"]} >= NETWORK
    assert painted(frame) > 30
    assert (watch.elsewhere, watch.errors) == ([], [])


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_week_of_the_return_to_kirkuk(dashboard, page, watch, lang):
    """Two events match in Kirkuk; the page says how many without a governorate it leaves out."""
    query = {"from": "2021-05-19", "to": "2021-05-24", "province": "IQ-KI", "lang": lang}
    page.goto(f"{dashboard}/?{urlencode(query)}")
    map_frame(page)
    settle(page)
    assert shown_count(page) == 2
    assert {row["event_id"] for row in exported(dashboard, query)} == {"EVT-057", "EVT-100"}
    left = i18n.words(lang)("app.left_out", n=left_out(dashboard, query))
    assert left in page.locator(".st-key-counts").inner_text()
    assert page.evaluate("document.documentElement.dir") == i18n.direction(lang)
    assert (watch.elsewhere, watch.errors) == ([], [])


def left_out(address: str, query: dict) -> int:
    rows = exported(address, {k: v for k, v in query.items() if k != "province"})
    return sum(not row["admin1"] for row in rows)


def test_status_of_the_centres_on_the_eve_of_the_contradiction(dashboard, page):
    """By 23 May 2021 four are active, Makhmour and West Nineveh approved."""
    page.goto(f"{dashboard}/?to=2021-05-23")
    found = {c["id"]: c["status"] for c in state(map_frame(page))["centres"] if c["id"] in NETWORK}
    active = dict.fromkeys(("CEN-BGD", "CEN-EBL", "CEN-KNQ", "CEN-KRK"), "active")
    assert found == active | {"CEN-MKM": "approved", "CEN-NIN": "approved"}


@pytest.mark.parametrize("province", ["IQ-AR", "IQ-NI"])
def test_makhmour_is_found_under_both_governorates(dashboard, page, province):
    """A centre in a disputed place belongs to each governorate that claims it."""
    page.goto(f"{dashboard}/?province={province}")
    map_frame(page)
    settle(page)
    listed = page.locator(".st-key-details").inner_text()
    assert "Makhmour joint coordination centre" in listed


def random_query(draw: random.Random) -> dict:
    years = sorted(draw.choices(range(2014, 2026), k=2))
    every = {
        "from": f"{years[0]}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}",
        "to": f"{years[1]}-1{draw.randint(0, 2)}-0{draw.randint(1, 9)}",
        "province": ",".join(draw.sample(["IQ-KI", "IQ-DI", "IQ-NI", "IQ-AR", "IQ-SD"], 2)),
        "type": draw.choice(["agreement_talks", "attack_on_civilians,territorial_change"]),
        "q": draw.choice(["البيشمركه", "Kirkuk", "پێشمەرگە", "K1", "مخمور"]),
    }
    return {key: every[key] for key in every if draw.random() < 0.45}


@pytest.mark.parametrize("seed", some_now(range(20), 2))
def test_map_list_table_chart_and_export_agree(dashboard, page, watch, seed):
    """One filter, one number: on the map, beside it, in the table, the chart and the file."""
    query = random_query(random.Random(seed))  # noqa: S311 - a test's own dice
    rows = exported(dashboard, query)
    page.goto(f"{dashboard}/?{urlencode(query)}")
    seen = state(map_frame(page))
    settle(page)
    unlocated = sum(not row["lat"] for row in rows)
    assert (shown_count(page), seen["shown"] + unlocated) == (len(rows), len(rows))
    page.goto(f"{dashboard}/events?{urlencode(query)}")
    page.wait_for_selector(".st-key-count")
    settle(page)
    assert (shown_count(page), table_rows(page), chart_total(page)) == (len(rows),) * 3
    assert (watch.elsewhere, watch.errors) == ([], [])


def table_rows(page: Page) -> int:
    """The rows of the table on the page of events; the header is one more."""
    grid = page.locator("[class*='st-key-table'] [role='grid']")
    if nothing_instead_of(page, grid):
        return 0
    return int(grid.get_attribute("aria-rowcount")) - 1


def chart_total(page: Page) -> int:
    total = page.locator(".st-key-chart_total p")
    if nothing_instead_of(page, total):
        return 0
    return int(re.search(r"\d+", total.inner_text()).group())


def nothing_instead_of(page: Page, part: Locator) -> bool:
    """Wait for a part of the page, or for the words that nothing matches, whichever comes."""
    empty = page.locator(".ts-empty")
    part.or_(empty).first.wait_for(state="attached")
    return empty.count() > 0


def watch_reruns(page: Page) -> list[int]:
    """A list that grows with every message that the page sends to Streamlit."""
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda _: sent.append(1)))
    return sent


@pytest.mark.parametrize("changes", some_now([8, 50], 1))
def test_filter_changes_keep_the_map_and_the_readers_view(dashboard, page, watch, changes):
    """The frame is never rebuilt and the view never moves."""
    page.goto(dashboard)
    frame = map_frame(page)
    frame.evaluate(
        "() => { window.kept = 1; window.map_div.setView([35.4, 44.4], 9, {animate: false}); }"
    )
    thumb = page.locator(THUMB).first
    thumb.focus()
    for step in range(changes):
        before = state(frame)["filter"]
        page.keyboard.press("ArrowRight" if step % 10 < 8 else "ArrowLeft")
        applied(page, frame, before)
    assert frame.evaluate("() => window.kept") == 1
    assert state(frame)["center"] == pytest.approx([35.4, 44.4], abs=0.01)
    assert state(frame)["zoom"] == 9
    assert watch.errors == []


def test_panning_and_zooming_cause_no_rerun(dashboard, page):
    """The view is the frame's own affair."""
    sent = watch_reruns(page)
    page.goto(dashboard)
    frame = map_frame(page)
    settle(page)
    before, start = len(sent), state(frame)["center"]
    box = page.locator("iframe[title*='st_folium']").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 260, steps=6)
    page.mouse.up()
    page.wait_for_timeout(400)
    page.mouse.dblclick(box["x"] + 400, box["y"] + 200)
    page.wait_for_timeout(1200)
    assert state(frame)["zoom"] > 7 and state(frame)["center"] != start
    assert len(sent) == before


def click_at(page: Page, frame: Frame, lat: float, lon: float) -> None:
    spot = frame.evaluate(
        "(at) => { const p = map_div.latLngToContainerPoint(at); return [p.x, p.y]; }",
        [lat, lon],
    )
    box = page.locator("iframe[title*='st_folium']").bounding_box()
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    settle(page)


def test_a_click_selects_all_events_of_a_point_also_twice(dashboard, page):
    """Co-located events are one mark; a click lists them all, and again after closing."""
    page.goto(f"{dashboard}/?lat=35.7&lon=44.1&z=10&centres=0")
    frame = map_frame(page)
    settle(page)
    events = [row for row in exported(dashboard, {}) if row["place_id"] == "P-PRD"]
    for _ in range(2):
        click_at(page, frame, float(events[0]["lat"]), float(events[0]["lon"]))
        page.wait_for_selector("[data-event]")
        assert str(len(events)) in page.locator(".st-key-details").inner_text()
        page.locator(".st-key-close button").click()
        settle(page)
        assert page.locator("[data-event]").count() == 0


def test_a_copied_address_restores_everything(dashboard, page, chromium, watch):
    """Filters, language, selection, centre and zoom come back in another session."""
    address = (
        "/?from=2021-05-01&to=2021-05-31&province=IQ-KI&lang=ar&event=EVT-057&lat=35.4&lon=44.4&z=9"
    )
    page.goto(dashboard + address)
    first = state(map_frame(page))
    settle(page)
    page.wait_for_timeout(800)
    copied = page.url
    context = open_context(chromium, watch)
    second_page = context.new_page()
    second_page.goto(copied)
    second = state(map_frame(second_page))
    context.close()
    for key in ("shown", "filter", "language", "center", "zoom", "selected", "from", "to"):
        assert second[key] == first[key], key
    assert (first["language"], first["zoom"], first["selected"]) == ("ar", 9, ["EVT-057"])


def test_an_address_of_nonsense_gives_the_page_and_a_notice(dashboard, page, watch):
    """Nothing in the address breaks the page; what was left out is said."""
    page.goto(f"{dashboard}/?from=never&province=XX&lang=tlh&zz=%00%F0%9F&lat=abc")
    assert state(map_frame(page))["total"] == 97
    assert page.locator(".ts-note").first.is_visible()
    assert watch.errors == []


def test_a_narrow_screen_never_scrolls_sideways(dashboard, chromium, watch):
    """At 360 px every page fits, in a language of each direction."""
    context = open_context(chromium, watch, viewport={"width": 360, "height": 740})
    page = context.new_page()
    for path, lang in (
        ("", "en"),
        ("", "ar"),
        ("events", "ckb"),
        ("centres", "ar"),
        ("about", "en"),
    ):
        page.goto(f"{dashboard}/{path}?lang={lang}")
        page.wait_for_selector(".ts-panel, .ts-story")
        settle(page)
        width = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
        assert width <= 360, (path, lang, width)
    context.close()


def test_health_is_json_with_the_data_version(dashboard):
    """A probe can tell the dashboard from a page that answers everything with 200."""
    with urllib.request.urlopen(f"{dashboard}/healthz", timeout=5) as answer:  # noqa: S310
        told = json.load(answer)
    assert told["status"] == "ok" and told["rows"]["events"] == 97


WEEK = "from=2021-05-01&to=2021-05-31&province=IQ-KI&q=K1&event=EVT-057"


def turn_to(page: Page, number: int) -> None:
    page.locator("[data-testid=stTopNavLink]").nth(number).click()
    settle(page)


def test_the_state_survives_another_language_and_every_page(dashboard, page, watch):
    """Filters and selection stay, in the widgets and in the address."""
    page.goto(f"{dashboard}/?{WEEK}")
    map_frame(page)
    page.locator(".st-key-lang").get_by_text(i18n.words("ckb")("lang.ckb")).click()
    page.wait_for_url(re.compile("lang=ckb"))
    for number in (1, 2, 3, 0):
        turn_to(page, number)
        page.wait_for_url(re.compile(re.escape(f"?{WEEK}&lang=ckb")))
    frame = map_frame(page)
    assert (state(frame)["language"], state(frame)["selected"]) == ("ckb", ["EVT-057"])
    assert shown_count(page) == state(frame)["shown"] == 1
    assert (watch.elsewhere, watch.errors) == ([], [])


def test_reset_returns_to_the_default_and_back_undoes_it(dashboard, page):
    """One button clears every filter; the browser's back brings them again."""
    page.goto(f"{dashboard}/?{WEEK}")
    frame = map_frame(page)
    page.locator(".st-key-reset button").first.click()
    frame.wait_for_function("() => window.tansiq.state().matched === 97")
    settle(page)
    assert (shown_count(page), "province" in page.url) == (97, False)
    page.go_back()
    map_frame(page).wait_for_function("() => window.tansiq.state().matched === 1")
    settle(page)
    assert shown_count(page) == 1


@pytest.mark.parametrize(
    ("typed", "matched"),
    [("Pêşmerge & <b>", 0), ("  ", 97), ("x" * 300, 97), ("البيشمركه", 58), ("%_\\", 0)],
)
def test_whatever_is_searched_for_the_page_stays(dashboard, page, watch, typed, matched):
    """Odd words find nothing or are left out with a notice; nothing breaks."""
    page.goto(dashboard)
    frame = map_frame(page)
    page.locator(".st-key-search input").fill(typed)
    page.keyboard.press("Enter")
    settle(page)
    frame.wait_for_function("(n) => window.tansiq.state().matched === n", arg=matched)
    assert watch.errors == []


def test_the_mark_of_the_last_choice_is_the_one_that_stands_out(dashboard, page):
    """Map, panel and address agree on the selected event, also after a second choice."""
    page.goto(f"{dashboard}/?lat=35.55&lon=44.25&z=10&centres=0")
    frame = map_frame(page)
    settle(page)
    rows = {row["place_id"]: row for row in reversed(exported(dashboard, {}))}
    for place in ("P-PRD", "P-KRK"):
        click_at(page, frame, float(rows[place]["lat"]), float(rows[place]["lon"]))
        page.wait_for_url(re.compile(rows[place]["event_id"]))
        assert state(frame)["selected"][0] == rows[place]["event_id"]
        shown = page.locator("[data-event]").get_attribute("data-event")
        assert shown == rows[place]["event_id"]


def test_an_unknown_event_or_centre_is_said(dashboard, page, watch):
    """An address of something that is not there gives the page and a notice for each."""
    page.goto(f"{dashboard}/?centre=CEN-XX&event=EVT-99999")
    map_frame(page)
    assert "EVT-99999" in page.locator(".ts-note").inner_text()
    assert watch.errors == []


def test_the_first_reader_of_a_fresh_server_may_come_to_any_page(chromium, watch, tmp_path):
    """A server whose first address is a sub-page shows that page with its filters."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with running(command, port, TANSIQ_HOME=str(tmp_path)) as address:
        page = open_context(chromium, watch).new_page()
        page.goto(f"{address}/events?{WEEK}&lang=ar")
        assert shown_count(page) == 1
        assert page.locator("[data-testid=stTopNavLink]").count() == 6
    assert watch.errors == []
