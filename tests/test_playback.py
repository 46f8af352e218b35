"""Time that plays on the map: its clock, its bar, and the page that follows when it stops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from geo import i18n, webmap
from geo.address import WINDOWS, View
from tests.conftest import Watch, map_frame, open_context, settle
from tests.js import events
from tests.js.site import Site, serve
from tests.layer.frame import CALL

browser = pytest.mark.browser
STATE = "() => tansiq.state()"
EPOCH = date(1970, 1, 1)
# for each row of the table: a range, the window, what the clock does; the days then shown
CLOCK = """(table) => table.map(([range, window, acts]) => {
  const c = new tansiqParts.clock.Clock();
  const text = (n) => new Date(n * 86400000).toISOString().slice(0, 10);
  c.set(...range.map((one) => Date.parse(one) / 86400000)); c.window = window;
  for (const [act, ...given] of acts)
    if (act === "with") Object.assign(c, ...given); else c[act](...given);
  return [text(c.from), text(c.to), c.ended]; })"""
SPAN = ("2014-06-01", "2025-04-07")
ALL = (*SPAN, *SPAN)
MAY = ("2021-05-01", "2021-05-31", *SPAN)
BEGIN: list[Any] = ["begin"]


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    words = events.meta()
    found = Site({"few": events.a_set(events.few())}, lambda lang: words[lang])
    server = serve(found)
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """One window for the tests of the layer, so that scripts are fetched once."""
    context = open_context(chromium, Watch(), reduced_motion="no-preference")
    yield context
    context.close()


@pytest.fixture
def alone(window: BrowserContext, site: Site) -> Iterator[Page]:
    """A page with the layer and nothing else, of a reader who has nothing against motion."""
    page = window.new_page()
    yield page
    page.close()


@pytest.fixture
def moving(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """A page for the dashboard, of a reader who has nothing against motion."""
    context = open_context(chromium, watch, reduced_motion="no-preference")
    yield context.new_page()
    context.close()


def start(page: Page, site: Site, query: str = "", **call: Any) -> None:
    page.goto(f"{site.address}/?{query}")
    page.evaluate("(c) => tansiq.apply(c)", CALL | call)
    page.wait_for_function("() => tansiq.state().ready")


def shown(where: Page | Frame) -> tuple[int, int, bool]:
    state = where.evaluate(STATE)
    return state["from"], state["to"], state["playing"]


# ------------------------------------------------------------------ the clock
TABLE: list[Any] = [
    # everything chosen: from the beginning; a window begins with its first whole length
    (ALL, 0, [BEGIN], ("2014-06-01", "2014-06-01", False)),
    (ALL, 1, [BEGIN], ("2014-06-01", "2014-06-30", False)),
    (ALL, 3, [BEGIN], ("2014-06-01", "2015-05-31", False)),
    # a range that ends earlier: on from its last day
    (MAY, 0, [BEGIN], ("2021-05-01", "2021-05-31", False)),
    (MAY, 2, [BEGIN], ("2021-03-01", "2021-05-31", False)),
    # the end stops it, and playing again starts over
    (MAY, 0, [["move", 99999]], ("2021-05-01", "2025-04-07", True)),
    (MAY, 0, [["move", 99999], BEGIN], ("2021-05-01", "2021-05-01", False)),
    (("2025-03-08", "2025-04-07", *SPAN), 1, [BEGIN], ("2014-06-01", "2014-06-30", False)),
    # steps end with the months, whatever their length
    (MAY, 0, [["step", 1]], ("2021-05-01", "2021-06-30", False)),
    (MAY, 0, [["step", -1]], ("2021-05-01", "2021-05-01", False)),
    (MAY, 1, [["step", -1]], ("2021-04-01", "2021-04-30", False)),
    (MAY, 1, [["step", -1]] * 15, ("2020-02-01", "2020-02-29", False)),
    (MAY, 2, [["step", 1]], ("2021-06-01", "2021-08-31", False)),
    (("2021-05-10", "2021-05-20", *SPAN), 1, [["step", 1]], ("2021-05-01", "2021-05-31", False)),
    (ALL, 1, [["step", 1]], ("2025-03-08", "2025-04-07", True)),
    # a second at a speed; a tab that was away does not jump
    (ALL, 0, [BEGIN, *[["tick", 100]] * 10], ("2014-06-01", "2014-08-31", False)),
    (ALL, 0, [BEGIN, ["tick", 9999]], ("2014-06-01", "2014-06-23", False)),
    # no motion wanted: a step a second
    (ALL, 0, [["with", {"stepwise": True, "speed": 1}], BEGIN, ["tick", 999]],
     ("2014-06-01", "2014-06-01", False)),
    (ALL, 0, [["with", {"stepwise": True, "speed": 1}], BEGIN, ["tick", 999], ["tick", 1]],
     ("2014-06-01", "2014-06-30", False)),
    (ALL, 1, [["with", {"stepwise": True, "speed": 12}], BEGIN, ["tick", 1000]],
     ("2014-07-01", "2014-07-31", False)),
]  # fmt: skip


@browser
def test_the_clock(alone, site) -> None:
    """Where playing begins, how far it goes in a time, where it steps, and that it ends."""
    alone.goto(f"{site.address}/?")
    found = alone.evaluate(CLOCK, [row[:3] for row in TABLE])
    wrong = [(row, one) for row, one in zip(TABLE, found, strict=True) if one != list(row[3])]
    assert wrong == []


@browser
def test_windows_never_move_back_and_have_their_length(alone, site) -> None:
    """Over four years, leap day included, a month's window is a month and only moves on."""
    alone.goto(f"{site.address}/?")
    found = alone.evaluate("""() => { const { before } = tansiqParts.clock;
      return [...Array(1500).keys()].map((i) => before(17800 + i, 1)); }""")
    assert found == sorted(found)
    assert {17800 + i - one for i, one in enumerate(found)} == {28, 29, 30, 31}


# ------------------------------------------------------------------ the layer
@browser
def test_keys_play_pause_and_step(alone, site) -> None:
    """Space, comma and full stop, also where the keyboard writes Arabic; arrows move the map."""
    start(alone, site, to=16400)
    alone.focus("#map_div")
    alone.keyboard.press(".")
    assert shown(alone)[1:] == (day("2014-11-30"), False)
    alone.evaluate("""() => map_div.getContainer().dispatchEvent(
      new KeyboardEvent("keydown", { key: "و", code: "Comma" }))""")
    assert shown(alone)[1] == day("2014-10-31")
    alone.keyboard.press(" ")
    assert shown(alone)[2]
    alone.keyboard.press(" ")
    _, last, playing = shown(alone)
    alone.focus(".tq-time select")
    alone.keyboard.press(",")
    assert (playing, shown(alone)[1]) == (False, last)


@browser
def test_held_keys_are_told_once(alone, site) -> None:
    """Twenty steps in a row are one message, with the days of the last."""
    start(alone, site, to=16400)
    alone.evaluate("() => { for (let i = 0; i < 20; i++) tansiq.test.layer().playback.step(1); }")
    alone.wait_for_function("() => sent.length > 0")
    told = alone.evaluate("() => sent.map((one) => [one.days, one.window])")
    assert told == [[[16000, 16600], 0]]


@browser
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_bar_speaks_the_language_and_time_runs_left_to_right(lang, alone, site) -> None:
    """Labels, date and counts in words and digits of the language; back stands on the left."""
    start(alone, site, f"lang={lang}", to=16500)
    say = i18n.words(lang)
    alone.click(".tq-back")
    assert alone.get_attribute(".tq-play", "aria-label") == say("map.play")
    assert alone.get_attribute(".tq-time-bar", "aria-label") == say("map.play_label")
    first, *rest = alone.locator(".tq-time select").first.locator("option").all_text_contents()
    assert (first, len(rest)) == (say("map.play_growing"), 3)
    assert alone.text_content(".tq-time-day") == i18n.day(date(2015, 2, 28), lang)
    told = alone.text_content(".tq-time-note").split(say("sign.apart"))
    assert told[0] == say("date.from", day=EPOCH + timedelta(16000))
    assert told[1] == say.count("unit.events", 8)
    assert told[2] == say.count("active_centres", 0)
    assert alone.text_content("[role=status].tq-time-told").endswith(say("sign.apart").join(told))
    left = alone.evaluate("""() => ["back", "play", "on"].map((name) =>
      document.querySelector(`.tq-${name}`).getBoundingClientRect().left)""")
    assert left == sorted(left)


# a call of what was asked for at first (seq 2, up to 16400); whether it plays on; its last day
CALLS = {
    "the same call again": ({}, True, None),
    "an older one": ({"seq": 1, "to": 16100}, True, None),
    "another selection": ({"seq": 3, "selected": [4], "filter": "bb"}, True, None),
    "another filter": ({"seq": 3, "types": 2, "filter": "bb"}, False, None),
    "other days": ({"seq": 3, "to": 16150, "filter": "bb"}, False, 16150),
}


@browser
@pytest.mark.parametrize("why", CALLS)
def test_what_arrives_while_it_plays(why, alone, site) -> None:
    """Only a real change pauses; the days of the pause are told unless the reader chose others."""
    call, plays, to = CALLS[why]
    start(alone, site, seq=2, to=16400)
    alone.click(".tq-play")
    alone.wait_for_function("() => tansiq.state().to > 16401")
    alone.evaluate(
        "async (c) => { tansiq.apply(c); await null; await null; }",
        CALL | {"seq": 2, "to": 16400} | call,
    )
    _, now, playing = shown(alone)
    told = alone.evaluate("() => sent.map((one) => one.days[1])")
    assert (playing, told) == (plays, [now] if not plays and to is None else [])
    assert now == to if to else now > 16401


@browser
def test_a_late_answer_takes_nothing_back(alone, site) -> None:
    """The answer to a first step does not undo the second; that to a pause stops no new playing."""
    start(alone, site, to=16400)
    answer = """([seq, c, days]) => tansiq.apply({...c, seq, from: days[0], to: days[1],
      filter: "bb"})"""
    for _ in range(2):
        alone.evaluate("() => { const p = tansiq.test.layer().playback; p.step(-1); p.send(); }")
    first, second = alone.evaluate("() => sent.map((one) => one.days)")
    alone.evaluate(answer, [2, CALL, first])
    assert (shown(alone)[1], alone.evaluate(STATE)["filter"]) == (second[1], "")
    alone.evaluate(answer, [3, CALL, second])
    assert (shown(alone)[1], alone.evaluate(STATE)["filter"]) == (second[1], "bb")
    alone.evaluate("() => { const p = tansiq.test.layer().playback; p.play(); p.pause(); }")
    alone.click(".tq-play")
    alone.evaluate(answer, [4, CALL, alone.evaluate("() => sent.at(-1).days")])
    assert shown(alone)[2]


@browser
def test_a_choice_while_it_plays_pauses_with_one_message(alone, site) -> None:
    """Rows and days travel together, since a second message might replace the first."""
    start(alone, site, to=16400)
    alone.click(".tq-play")
    alone.evaluate("() => tansiq.test.layer().pointer.choose([0], -1)")
    told = alone.evaluate("() => sent")
    assert [(one["rows"], one["days"]) for one in told] == [([0], list(shown(alone)[:2]))]
    assert shown(alone)[2] is False


@browser
def test_without_motion_it_moves_a_month_a_second(alone, site) -> None:
    """A reader who wants no motion sees ends of months, and no frame between them."""
    alone.emulate_media(reduced_motion="reduce")
    start(alone, site, to=16000)
    seen = alone.evaluate("""() => new Promise((done) => { const days = new Set(); const from =
      performance.now(); let before = tansiq.state().painted; tansiq.test.layer().playback.play();
      const look = () => { days.add(tansiq.state().to);
        if (days.size < 3) requestAnimationFrame(look);
        else done([[...days], performance.now() - from, tansiq.state().painted - before]); };
      look(); })""")
    assert seen[0] == [16000, 16009, 16039]  # the ends of October and November 2013
    assert seen[1] > 1900
    assert seen[2] <= 4


# ------------------------------------------------------------------ the dashboard
# counts what the page sends to Streamlit
HEARD = """window.heard = 0; const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) { window.heard += 1; return send.call(this, data); }"""
MEASURE = """() => new Promise((done) => {
  const layer = tansiq.test.layer(); const { paint, show } = layer; const costs = []; let cost = 0;
  layer.paint = (frame) => { const t = performance.now(); paint.call(layer, frame);
    costs.push(cost + performance.now() - t); cost = 0; };
  layer.show = (...given) => { const t = performance.now(); show.apply(layer, given);
    cost += performance.now() - t; };
  document.querySelector(".tq-play").click();
  const before = tansiq.state().painted; const began = performance.now(); let frames = 0;
  const heard = parent.heard; let more = 0;
  const next = () => { const { playing, painted } = tansiq.state();
    if (playing) { frames += 1; more = parent.heard - heard; requestAnimationFrame(next); return; }
    costs.sort((a, b) => a - b);
    done({ frames, painted: painted - before, seconds: (performance.now() - began) / 1000,
      median: costs[costs.length >> 1], more }); };
  requestAnimationFrame(next); })"""


@browser
def test_the_whole_span_plays_at_the_displays_rate_without_the_server(
    dashboard, moving, watch, record_property
) -> None:
    """Every frame of the display is painted, in less than a thirtieth of a second; no message."""
    moving.add_init_script(HEARD)
    moving.goto(dashboard)
    frame = map_frame(moving)
    settle(moving)
    assert not frame.evaluate("() => matchMedia('(prefers-reduced-motion: reduce)').matches")
    frame.locator(".tq-time select").last.select_option("12")
    found = frame.evaluate(MEASURE)
    record_property("frames_a_second", found["painted"] / found["seconds"])
    assert found["painted"] >= found["frames"] - 3 > 30
    assert found["median"] < 1000 / 30
    assert found["more"] == 0
    settle(moving)
    assert shown(frame) == (*(day(one) for one in SPAN), False)
    assert (watch.errors, watch.elsewhere) == ([], [])


def thumbs(page: Page) -> list[str]:
    text = page.locator(".st-key-dates").inner_text()
    return re.findall(r"\d{4}-\d{2}-\d{2}", text)


@browser
@pytest.mark.parametrize(
    "window", ["month", *(pytest.param(one, marks=pytest.mark.slow) for one in WINDOWS[::2])]
)
def test_on_pause_the_whole_page_follows(dashboard, moving, watch, window) -> None:
    """Slider, headline, count and address say what the map shows, and the map stays."""
    moving.add_init_script(HEARD)
    moving.goto(f"{dashboard}/?province=IQ-KI,IQ-DI&to=2021-03-01&window={window}")
    frame = map_frame(moving)
    settle(moving)
    before = moving.evaluate("heard")
    frame.click(".tq-play")
    frame.wait_for_function("() => tansiq.state().to > 18757")
    assert (moving.evaluate("heard"), frame.evaluate(STATE)["playing"]) == (before, True)
    moving.keyboard.press("Space")  # the button has the focus
    frame.wait_for_function("() => { const s = tansiq.state(); return !s.playing && s.filter; }")
    settle(moving)
    first, last, _ = shown(frame)
    days = [(EPOCH + timedelta(one)).isoformat() for one in (first, last)]
    view, notices = View.from_text(moving.url.partition("?")[2])
    chosen = view.filter
    assert (thumbs(moving), notices, view.window) == (days, [], window)
    ends = [(chosen.date_from or date(2014, 6, 1)).isoformat(), chosen.date_to.isoformat()]
    assert ends == days
    story = moving.locator(".ts-story").inner_text()
    assert all(part in story for part in frame.text_content(".tq-time-note").split(" · ")[1:])
    assert str(frame.evaluate(STATE)["matched"]) in moving.locator(".st-key-count").inner_text()
    assert (watch.errors, watch.elsewhere) == ([], [])


@browser
def test_a_step_moves_the_page_by_a_whole_month(dashboard, page, watch) -> None:
    """In a window of a month, a step on from May 2021 is June 2021, everywhere."""
    page.goto(f"{dashboard}/?from=2021-05-01&to=2021-05-31&window=month&lang=ar")
    frame = map_frame(page)
    settle(page)
    frame.click(".tq-on")
    page.wait_for_url(re.compile("from=2021-06-01&to=2021-06-30&lang=ar&window=month"))
    settle(page)
    assert shown(frame) == (day("2021-06-01"), day("2021-06-30"), False)
    assert thumbs(page) == ["2021-06-01", "2021-06-30"]
    assert watch.errors == []


@browser
def test_the_slider_and_a_filter_pause_the_playing(dashboard, moving) -> None:
    """The slider's days win over those of the playing; another filter keeps those of the pause."""
    moving.goto(f"{dashboard}/?to=2019-03-01")
    frame = map_frame(moving)
    settle(moving)
    frame.locator(".tq-time select").last.select_option("1")
    frame.click(".tq-play")
    frame.wait_for_function("() => tansiq.state().to > 17960")
    moving.locator(".st-key-quick").get_by_text("2018").click()
    frame.wait_for_function("() => { const s = tansiq.state(); return !s.playing && s.filter; }")
    assert shown(frame)[:2] == (day("2018-01-01"), day("2018-12-31"))
    moving.wait_for_url(re.compile("from=2018-01-01&to=2018-12-31"))
    settle(moving)
    frame.click(".tq-play")
    frame.wait_for_function("() => tansiq.state().to > 17910")
    moving.locator(".st-key-search input").fill("Kirkuk")
    moving.keyboard.press("Enter")
    frame.wait_for_function("() => { const s = tansiq.state(); return !s.playing && s.filter; }")
    moving.wait_for_url(re.compile("q=Kirkuk"))
    settle(moving)
    last = (EPOCH + timedelta(shown(frame)[1])).isoformat()
    assert thumbs(moving) == ["2018-01-01", last] and last > "2018-12-31"


@browser
def test_the_way_of_playing_is_in_the_address_and_nonsense_is_said(dashboard, page, watch) -> None:
    """A copied address plays alike; the default is not written; what is none gets a notice."""
    page.goto(f"{dashboard}/?window=century")
    frame = map_frame(page)
    assert "century" in page.locator(".ts-note").inner_text()
    frame.locator(".tq-time select").first.select_option(label="By quarter")
    page.wait_for_url(re.compile("window=quarter"))
    settle(page)
    frame.locator(".tq-time select").first.select_option("0")
    page.wait_for_url(re.compile(r"^[^?]*(\?(?!.*window).*)?$"))
    assert watch.errors == []


# ------------------------------------------------------------------ what Python reads
@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({"days": [16000, 16400], "window": 1, "nonce": 1}, webmap.Played((16000, 16400), 1)),
        ({"days": [16400, 16000], "window": 0, "nonce": 1}, webmap.Played((16000, 16400), 0)),
        ({"window": 2, "nonce": 1}, webmap.Played(None, 2)),
        ({"days": ["x", None], "window": 2}, webmap.Played(None, 2)),
        ({"days": [1, 2, 3], "window": 2}, webmap.Played(None, 2)),
        ({"rows": [1], "centre": -1, "nonce": 1}, None),
        ({"days": [1, 2], "window": "month"}, None),
        (None, None),
    ],
)
def test_what_the_map_says_of_time_is_read_with_care(answer, read) -> None:
    """Whatever a browser sends, the days are two whole numbers in order, or none."""
    assert webmap.played(answer) == read


def test_a_word_of_time_alone_chooses_nothing() -> None:
    """A pause does not take back what is selected."""
    assert webmap.chosen({"days": [1, 2], "window": 0, "nonce": 1}) is None
    assert webmap.chosen({"rows": [], "centre": -1, "nonce": 1}) == webmap.Click((), -1, 1)
