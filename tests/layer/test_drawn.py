"""Promises of the layer: what is drawn of events, centres and areas, and explained."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from geo import columns, i18n, provenance
from geo.filters import EventFilter
from tests.conftest import Watch, open_context
from tests.js import events
from tests.js.site import Site
from tests.layer.frame import CENTRE_TIP, FIELDS, PACKAGE, apply, start

pytestmark = pytest.mark.browser


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
