"""Readers of Arabic and Sorani, with their own browsers: first language, digits, dates, layout."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from geo import i18n
from tests.conftest import map_frame, open_context, settle, some_now

pytestmark = pytest.mark.browser

MAY = "from=2021-05-01&to=2021-05-31"
# where the fill changes its colour, and where the thumbs stand, in shares of the track
THUMBS = """() => {
  const box = (n) => n.getBoundingClientRect();
  const slider = document.querySelector(".st-key-dates [data-testid=stSlider]");
  const values = [...slider.querySelectorAll("[data-testid=stSliderThumbValue]")];
  const thumbs = values.map((n) => n.parentElement);
  const at = thumbs.map((n) => box(n).left + box(n).width / 2);
  const track = thumbs[0].parentElement.firstElementChild;
  const fill = getComputedStyle(track).backgroundImage;
  const stops = [...fill.matchAll(/([\\d.]+)%/g)].map((m) => +m[1] / 100);
  const { left, width } = box(track);
  return [stops, at.map((x) => (x - left) / width)]; }"""
# text that is cut off, and texts that lie upon each other
SPOILT = """() => {
  const seen = [], found = [];
  const shown = { opacityProperty: true, visibilityProperty: true };
  const heard = "[aria-hidden=true], .ts-hidden, .ts-skip, .ts-fallback, style, script, option";
  const others = `${heard}, [data-testid=stDataFrame]`;
  const walk = document.createTreeWalker(document.querySelector(".stApp"), NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const host = node.parentElement, style = getComputedStyle(host), text = node.data.trim();
    if (!text || !host.checkVisibility(shown) || host.closest(others)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects())
      if (r.width > 2 && r.height > 2) seen.push({ text, r, host });
    const box = range.getBoundingClientRect();
    // whatever lies around it may cut it off, up to what can be scrolled
    for (let up = host; up && up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY, display } = getComputedStyle(up);
      if (/auto|scroll/.test(overflowX + overflowY)) break;
      if (display === "inline" || !/hidden|clip/.test(overflowX) || up.clientWidth < 3) continue;
      const edge = up.getBoundingClientRect();
      if (box.left < edge.left - 2 || box.right > edge.right + 2) {
        found.push(`cut off: ${text}`);
        break;
      }
    }
  }
  for (const [i, a] of seen.entries())
    for (const b of seen.slice(i + 1)) {
      if (a.host.contains(b.host) || b.host.contains(a.host)) continue;
      const wide = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
      const high = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
      if (wide > 3 && high > 5) found.push(`one upon the other: ${a.text} / ${b.text}`);
    }
  return found; }"""


def opened(chromium, watch, locale: str, address: str, **options: object) -> Page:
    """A page in a browser of this language."""
    page = open_context(chromium, watch, locale=locale, **options).new_page()
    page.goto(address)
    page.wait_for_selector(".st-key-count")
    page.wait_for_function("() => document.documentElement.dir !== ''")
    settle(page)
    return page


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("ar-IQ", "ar"), ("ckb-IQ", "ckb"), ("ku-IQ", "ckb"), ("ku-Latn-TR", "en"), ("de-DE", "en")],
)
def test_a_browsers_language_names_ours(locale, lang):
    """Kurdish of Iraq is Sorani; what we do not speak is answered in English."""
    assert i18n.preferred(locale) == lang


@pytest.mark.parametrize(("locale", "lang"), [("ar-IQ", "ar"), ("ckb-IQ", "ckb")])
def test_the_first_page_speaks_the_browsers_language_and_the_address_wins(
    dashboard, chromium, watch, locale, lang
):
    """Nobody named a language: the browser's; an address that names one is obeyed."""
    page = opened(chromium, watch, locale, f"{dashboard}/events?{MAY}")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        lang,
        "rtl",
    ]
    page.goto(f"{dashboard}/events?{MAY}&lang=en")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    page.context.close()


@pytest.mark.parametrize(("locale", "lang"), [("ar-IQ", "ar"), ("ckb-IQ", "ckb"), ("ar-IQ", "en")])
def test_the_sliders_thumbs_stand_on_its_fill(dashboard, chromium, watch, locale, lang):
    """In the browsers of our readers the thumbs stand where the fill ends, the earlier left."""
    page = opened(chromium, watch, locale, f"{dashboard}/events?from=2019-01-01&lang={lang}")
    page.wait_for_selector(".st-key-dates [data-testid=stSliderThumbValue]", state="attached")
    page.wait_for_function(f"() => {{ const [stops, [first, last]] = ({THUMBS})();"
        " return first < last && Math.abs(last - 1) < 0.01"
        " && stops.some((stop) => Math.abs(stop - first) < 0.01); }")
    page.context.close()


@pytest.mark.parametrize(("locale", "lang"), [("ar-IQ", "ar"), ("ckb-IQ", "ckb")])
def test_the_calendar_takes_a_day_and_the_words_follow(dashboard, chromium, watch, locale, lang):
    """A day chosen in the calendar moves the range, whose dates stand in our own words."""
    page = opened(chromium, watch, locale, f"{dashboard}/centres?{MAY}&lang={lang}")
    page.locator(".st-key-typed button").first.click()
    page.locator(".st-key-typed_from [data-testid=stDateInput] button").first.click()
    calendar = page.locator("[data-testid=stDateInputCalendar]")
    calendar.get_by_role("button", name=re.compile("12 May 2021")).click()
    page.wait_for_function("() => location.search.includes('from=2021-05-12')")
    settle(page)
    words = i18n.edtf_span("2021-05-12", "2021-05-31", lang)
    assert words in page.locator(".st-key-typed").first.inner_text()
    page.context.close()


# letters of the days as they stand from left to right, then what stands in the calendar
CALENDAR = """() => {
  const calendar = document.querySelector("[data-testid=stDateInputCalendar]");
  const heads = [...calendar.querySelectorAll("th")]
    .sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
  return [heads.map((e) => e.textContent).join(""), calendar.innerText]; }"""
LOADS = [("ar-IQ", "ar"), ("ar-IQ", "en"), ("ckb-IQ", "ckb")]


@pytest.mark.parametrize(("locale", "lang"), some_now(LOADS, 1))
def test_the_calendar_is_the_same_however_fast_the_page_comes(
    dashboard, chromium, watch, locale, lang
):
    """On the map, in a browser of our readers, load after load: English, Monday at the left."""
    context = open_context(chromium, watch, locale=locale)
    for _ in range(3):
        page = context.new_page()
        page.goto(f"{dashboard}/?{MAY}&lang={lang}")
        page.locator(".st-key-typed button").first.click()
        page.locator(".st-key-typed_from [data-testid=stDateInput] button").first.click()
        page.wait_for_selector("[data-testid=stDateInputCalendar] th")
        days, text = page.evaluate(CALENDAR)
        assert (days, re.findall("[\u0600-\u06ff]|M\\d\\d", text)) == ("MTWTFSS", [])
        page.close()
    context.close()


ENDS = """(e) => e.scrollWidth > e.clientWidth + 50
  && [e.scrollLeft, Math.round(e.scrollWidth - e.clientWidth - e.scrollLeft)]"""


@pytest.mark.parametrize(("lang", "end"), [("en", 0), ("ar", 1)])
def test_a_table_on_a_phone_begins_where_the_language_does(dashboard, chromium, watch, lang, end):
    """Dates and titles are seen first, on the right in Arabic; the rest is a swipe away."""
    size = {"viewport": {"width": 360, "height": 800}}
    page = opened(chromium, watch, f"{lang}-IQ", f"{dashboard}/events?{MAY}&lang={lang}", **size)
    table = page.wait_for_selector("[class*='st-key-table'] .dvn-scroller")
    begun = f"(e) => {{ const at = ({ENDS})(e); return at && at[{end}] < 2; }}"
    page.wait_for_function(begun, arg=table)
    page.context.close()


GAP = """(tag) => { const word = tag.firstElementChild.getBoundingClientRect();
  const cross = tag.querySelector("svg").getBoundingClientRect();
  return Math.max(word.left - cross.right, cross.left - word.right); }"""


def test_a_chosen_value_keeps_off_its_cross(dashboard, chromium, watch):
    """In Arabic as in English the cross stands behind the word, at the same distance."""
    address = f"{dashboard}/events?province=IQ-KI"
    page = opened(chromium, watch, "ar-IQ", f"{address}&lang=ar")
    tag = page.locator(".react-aria-ComboBox [data-tag]").first
    arabic = tag.evaluate(GAP)
    page.goto(f"{address}&lang=en")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    settle(page)
    assert tag.evaluate(GAP) == pytest.approx(arabic, abs=1) and arabic > 4
    page.context.close()


def test_western_digits_are_a_choice_that_the_address_keeps(dashboard, page, watch):
    """One switch writes every number of page and map with 0123456789, and is passed on."""
    page.goto(f"{dashboard}/?{MAY}&lang=ar")
    map_frame(page)
    settle(page)
    assert page.locator(".st-key-count b").inner_text() == "١٥"
    page.locator(".st-key-western label").click()
    page.wait_for_url(re.compile("digits=western"))
    frame = map_frame(page)
    settle(page)
    assert page.locator(".st-key-count b").inner_text() == "15"
    assert not re.search("[٠-٩]", page.locator(".stApp").inner_text())
    assert not re.search("[٠-٩]", frame.locator(".tq-ui").inner_text())
    assert watch.errors == []


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("lang", ["ar", "ckb"])
def test_no_text_is_cut_off_or_lies_on_another(dashboard, chromium, watch, lang, width):
    """Every word of a page can be read, wide and on a phone."""
    size = {"viewport": {"width": width, "height": 800}}
    address = f"{dashboard}/?from=2019-01-01&asof=2021-05-31&event=EVT-057&lang={lang}"
    page = opened(chromium, watch, f"{lang}-IQ", address, **size)
    assert page.evaluate(SPOILT) == []
    page.context.close()


OTHERS = [
    *(("?story=may-2021&step=2&", "en"), ("events?", "ar"), ("about?", "ckb"), ("?", "en")),
    *(("?story=may-2021&step=2&", "ar"), ("?story=may-2021&step=2&", "ckb")),
    *((f"{page}?", lang) for page in ("centres", "contradictions", "data") for lang in i18n.LANGS),
    *(("events?", "ckb"), ("events?", "en"), ("about?", "ar"), ("about?", "en")),
]


@pytest.mark.parametrize(("path", "lang"), some_now(OTHERS, 2))
def test_no_text_of_any_page_is_cut_off(dashboard, chromium, watch, path, lang):
    """Nor by what lies around it, on a phone and wide."""
    size = {"viewport": {"width": 360, "height": 800}}
    page = open_context(chromium, watch, locale=f"{lang}-IQ", **size).new_page()
    page.goto(f"{dashboard}/{path}lang={lang}")
    page.wait_for_function("() => document.documentElement.dir !== ''")
    page.wait_for_selector(".ts-panel, .ts-empty, .ts-story")
    settle(page)
    assert page.evaluate(SPOILT) == []
    page.set_viewport_size({"width": 1440, "height": 800})
    settle(page)
    assert page.evaluate(SPOILT) == []
    page.context.close()


@pytest.mark.parametrize(
    ("style", "fault"),
    [
        ("width:2rem;overflow:hidden", "cut off"),
        ("width:2rem;overflow:hidden;display:block;text-overflow:ellipsis", "cut off"),
        ("margin-bottom:-1rem", "one upon the other"),
    ],
)
def test_text_that_cannot_be_read_is_found(page, style, fault):
    """The measure of the test above sees what it is there to see, also around the text."""
    words = (
        '<div style="margin:0;{}"><p style="white-space:nowrap;margin:0">a few words of text</p>'
        "</div>"
    )
    page.set_content(f'<div class="stApp">{words.format(style)}{words.format("")}</div>')
    assert [one.split(":")[0] for one in page.evaluate(SPOILT)] == [fault]
