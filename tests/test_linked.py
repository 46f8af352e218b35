"""One selection and one filter everywhere: map, table, chart, details, file and address."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Frame, Page

from geo import i18n
from geo.ui import listing
from geo.ui.histogram import month_end
from tests.conftest import map_frame, open_context, settle, some_now
from tests.test_dashboard import (
    chart_total,
    click_at,
    exported,
    shown_count,
    state,
    table_rows,
    turn_to,
)

pytestmark = pytest.mark.browser

TABLE = "[class*='st-key-table'] [role='grid']"
CHART = "[class*='st-key-chart_'] [data-testid='stVegaLiteChart']"
# pixels of the row of headings over a table
HEADINGS = 36
MAP, EVENTS, CENTRES = range(3)
YEAR = {"from": "2021-01-01", "to": "2021-12-31"}


def asked(page: Page) -> dict[str, str]:
    """What the address asks for, without the map's own view."""
    found = dict(parse_qsl(urlsplit(page.url).query))
    return {key: value for key, value in found.items() if key not in {"lat", "lon", "z"}}


def marked(page: Page, key: str) -> list[str]:
    """The rows of a list that stand marked, by what is written in their last cell."""
    rows = page.locator(f"[class*='st-key-{key}'] [role='grid'] tbody tr[aria-selected='true']")
    rows.first.wait_for(state="attached", timeout=10_000)
    return [row.locator("td").last.text_content() or "" for row in rows.all()]


def draw(page: Page, frame: Frame, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Draw a rectangle with the mouse, between two points of the map."""
    frame.locator("button.tq-rectangle").click()
    place = page.locator("iframe[title*='st_folium']").bounding_box()
    page.mouse.move(place["x"] + first[0], place["y"] + first[1])
    page.mouse.down()
    page.mouse.move(place["x"] + last[0], place["y"] + last[1], steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("box="))
    settle(page)


def inside(rows: list[dict], box: str) -> set[str]:
    """The events whose point lies in a rectangle, by hand."""
    west, south, east, north = map(float, box.split(","))
    placed = [row for row in rows if row["lat"]]
    return {
        row["event_id"]
        for row in placed
        if south <= float(row["lat"]) <= north and west <= float(row["lon"]) <= east
    }


def test_an_event_chosen_on_the_map_is_marked_everywhere(dashboard, page, watch):
    """Mark, address, facts, list beside the map, row of the table and month of the chart."""
    page.goto(f"{dashboard}/?lat=35.7&lon=44.1&z=10&centres=0&{urlencode(YEAR)}")
    frame = map_frame(page)
    settle(page)
    page.locator(".st-key-details .ts-panel").first.wait_for()  # the page has its shape
    there = [row for row in exported(dashboard, YEAR) if row["place_id"] == "P-PRD"]
    click_at(page, frame, float(there[0]["lat"]), float(there[0]["lon"]))
    page.wait_for_url(re.compile("event="))
    settle(page)
    chosen = asked(page)["event"]
    one = next(row for row in there if row["event_id"] == chosen)
    assert state(frame)["selected"] == [chosen]
    assert page.locator("[data-event]").get_attribute("data-event") == chosen
    if len(there) > 1:
        assert marked(page, "several") == [one["title_en"]]
    turn_to(page, EVENTS)
    assert marked(page, "table") == [chosen]
    month = i18n.edtf(one["interval_start"][:7], "en")
    assert i18n.words("en")("linked.chart_month", month=month) in chart_words(page)
    assert watch.errors == []


def chart_words(page: Page) -> str:
    return page.locator(".st-key-chart_words").inner_text()


def test_an_event_chosen_in_the_table_is_the_one_on_the_map(dashboard, page, chromium, watch):
    """Another choice in the table moves the mark; a copied address brings it elsewhere."""
    page.goto(f"{dashboard}/events?event=EVT-050&from=2021-05-01&to=2021-05-31&lang=ar")
    assert marked(page, "table") != []
    choose_row(page, 3)
    chosen = asked(page)["event"]
    assert chosen != "EVT-050" and exported(dashboard, asked(page))[2]["event_id"] == chosen
    turn_to(page, MAP)
    assert state(map_frame(page))["selected"] == [chosen]
    context = open_context(chromium, watch)
    other = context.new_page()
    other.goto(page.url)
    assert state(map_frame(other))["selected"] == [chosen]
    context.close()
    assert watch.errors == []


def choose_row(page: Page, number: int) -> None:
    """Choose a row of the table by its box; the first row is 1."""
    before = page.url
    grid = page.locator("[class*='st-key-table'] canvas").first.bounding_box()
    down = HEADINGS + listing.LINES_HEIGHT * (number - 0.5)
    page.mouse.click(grid["x"] + 14, grid["y"] + down)
    page.wait_for_function("(old) => document.location.href !== old", arg=before)
    settle(page)


def test_a_rectangle_filters_everything_and_is_in_the_address(dashboard, page, chromium, watch):
    """Drawn on the map: the same events on map, in table, chart and file, and restored."""
    page.goto(f"{dashboard}/?lat=35.4&lon=44.3&z=8")
    frame = map_frame(page)
    settle(page)
    draw(page, frame, (330, 180), (560, 430))
    query, seen = asked(page), state(frame)
    rows = exported(dashboard, query)
    ids = {row["event_id"] for row in rows}
    assert ids == inside(exported(dashboard, {}), query["box"]) and 5 < len(ids) < 60
    assert (shown_count(page), seen["shown"], seen["matched"]) == (len(ids),) * 3
    assert [side / 10_000 for side in seen["box"]] == [float(s) for s in query["box"].split(",")]
    listed = page.locator(".st-key-details li[data-centre]")
    centres = {one["id"] for one in seen["centres"]}
    assert {one.get_attribute("data-centre") for one in listed.all()} <= centres != set()
    turn_to(page, EVENTS)
    assert (shown_count(page), table_rows(page), chart_total(page)) == (len(ids),) * 3
    context = open_context(chromium, watch)
    other = context.new_page()
    other.goto(f"{dashboard}/?{urlencode(query)}")
    again = state(map_frame(other))
    assert [again[key] for key in ("shown", "filter", "box")] == [
        len(ids), seen["filter"], seen["box"]
    ]  # fmt: skip
    context.close()
    assert watch.errors == []


TOOL = """() => { const tool = document.querySelector(".tq-tool");
  const box = tool.getBoundingClientRect(), map = document.documentElement;
  return [box.height / map.clientHeight, (map.clientHeight - box.bottom) / map.clientHeight,
    getComputedStyle(tool).visibility]; }"""


@pytest.mark.parametrize("lang", some_now(["ckb", "en"], 1))
def test_the_tool_leaves_the_map_of_a_phone_free(dashboard, chromium, watch, lang):
    """Its words stand below, take no press, and are gone while the rectangle is drawn."""
    size = {"width": 360, "height": 740}
    context = open_context(chromium, watch, viewport=size, has_touch=True)
    page = context.new_page()
    page.goto(f"{dashboard}/?lang={lang}")
    frame = map_frame(page)
    settle(page)
    frame.locator("button.tq-rectangle").click()
    words = frame.locator(".tq-tool > p")
    words.scroll_into_view_if_needed()
    high, below, seen = frame.evaluate(TOOL)
    assert high < 0.15 and below < 0.05 and seen == "visible"
    at = words.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + at["width"] / 2 + 60, at["y"] - 150, steps=4)
    assert frame.evaluate(TOOL)[2] == "hidden"
    page.mouse.up()
    page.wait_for_url(re.compile("box="))
    context.close()


def test_a_rectangle_is_taken_by_keyboard_and_removed(dashboard, page, watch):
    """Enter takes what the map shows; Escape leaves the tool; two buttons remove it."""
    page.goto(f"{dashboard}/?lat=35.4&lon=44.3&z=9")
    frame = map_frame(page)
    settle(page)
    tool = frame.locator("button.tq-rectangle")
    tool.press("Enter")
    page.keyboard.press("Escape")
    assert tool.get_attribute("aria-pressed") == "false" and frame.locator(".tq-tool").count() == 0
    for remove in (frame.locator(".tq-unbox button"), page.locator(".st-key-unbox button")):
        tool.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("box="))
        settle(page)
        assert 0 < state(frame)["shown"] == shown_count(page) < 78
        remove.press("Enter")
        frame.wait_for_function("() => window.tansiq.state().matched === 97")
        settle(page)
        assert "box" not in asked(page) and state(frame)["box"] == []
    assert watch.errors == []


def test_a_brush_on_the_chart_sets_whole_months(dashboard, page, watch):
    """A drag chooses months, a click on a bar one; slider, count and map follow."""
    page.goto(f"{dashboard}/events?{urlencode(YEAR)}")
    brush(page, 0.3, 0.75)
    query = asked(page)
    first, last = date.fromisoformat(query["from"]), date.fromisoformat(query["to"])
    assert first.day == 1 and last == month_end(last.replace(day=1))
    assert date(2021, 1, 1) < first < last < date(2021, 12, 31)
    assert shown_count(page) == chart_total(page) == len(exported(dashboard, query))
    turn_to(page, MAP)
    assert asked(page) == query
    assert state(map_frame(page))["matched"] == len(exported(dashboard, query))
    page.go_back()
    page.go_back()
    page.wait_for_url(re.compile("2021-12-31"))
    assert watch.errors == []


def brush(page: Page, start: float, end: float) -> None:
    """Drag over the chart between two shares of its width."""
    chart = page.locator(CHART)
    chart.locator("canvas, svg.marks").first.wait_for()
    settle(page)
    chart.scroll_into_view_if_needed()
    before, place = page.url, chart.bounding_box()
    at = [place["x"] + share * place["width"] for share in (start, end)]
    page.mouse.move(at[0], place["y"] + 60)
    page.mouse.down()
    page.mouse.move(at[1], place["y"] + 70, steps=6)
    page.mouse.up()
    page.wait_for_function("(old) => document.location.href !== old", arg=before)
    settle(page)


def test_a_centre_is_marked_beside_the_map_and_on_its_page(dashboard, page, watch):
    """Chosen by address or in the list of the page Centres: marked in each list, once."""
    page.goto(f"{dashboard}/?centre=CEN-KRK")
    frame = map_frame(page)
    settle(page)
    assert chosen_centres(page) == ["CEN-KRK"]
    turn_to(page, CENTRES)
    assert chosen_centres(page) == ["CEN-KRK"]
    page.locator(".st-key-centre_choice input").click()
    page.get_by_role("option").filter(has_text="Makhmour").first.click()
    page.wait_for_url(re.compile("centre=CEN-MKM"))
    settle(page)
    assert chosen_centres(page) == ["CEN-MKM"]
    turn_to(page, MAP)
    frame = map_frame(page)
    assert chosen_centres(page) == ["CEN-MKM"] and state(frame)["centre"] >= 0
    assert watch.errors == []


def chosen_centres(page: Page) -> list[str]:
    found = page.locator("[data-centre][aria-current='true']")
    return [one.get_attribute("data-centre") or "" for one in found.all()]
