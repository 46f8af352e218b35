"""Who said it: from a mark on the map to both sides of a contradiction, in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page

from geo import i18n, provenance, tables
from geo.filters import ONLY, EventFilter
from geo.store import Store
from tests.conftest import map_frame, settle, some_now
from tests.test_dashboard import state

pytestmark = pytest.mark.browser
PACKAGE = tables.load()
NETWORK = ("CEN-BGD", "CEN-EBL", "CEN-KNQ", "CEN-KRK", "CEN-MKM", "CEN-NIN")


def choose_centre(page: Page, centre: str) -> None:
    """Click where the layer has laid the centre's disc."""
    frame = map_frame(page)
    settle(page)
    x, y = frame.evaluate(
        """(id) => { const layer = tansiq.test.layer(); const s = layer.sheet;
        const one = layer.laid.find((c) => c.one.id === id);
        const zero = s.local({x: 0, y: 0}); return [one.x - zero.x, one.y - zero.y]; }""",
        centre,
    )
    box = page.locator("iframe[title*='st_folium']").bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_selector(f"[data-centre='{centre}']")
    settle(page)


def opened(page: Page, field: str):
    """Open a fact and return its sides."""
    fact = page.locator(f"details[data-field='{field}']")
    fact.locator("summary").click()
    assert fact.get_attribute("open") is not None
    return fact


def sides(fact) -> dict[str, set[str]]:
    """Return the claims of a fact by the value that they say."""
    found: dict[str, set[str]] = {}
    for side in fact.locator(".ts-sides > section").all():
        claims = {one.get_attribute("data-claim") for one in side.locator("li").all()}
        found.setdefault(side.locator("h3").inner_text(), set()).update(claims)
    return found


def test_k1_officers_eight_and_five_side_by_side(dashboard, page, watch):
    """From the map: a click on K1, a click on its officers; speakers, dates and links."""
    page.goto(f"{dashboard}/?lat=35.5&lon=44.2&z=9&to=2021-05-31")
    choose_centre(page, "CEN-KRK")
    fact = opened(page, "officers")
    told = sides(fact)
    assert told["8"] == {"C009", "C042", "C049"}
    assert told["5"] == {"C015", "C044"}
    heads = fact.locator(".ts-sides > section")
    first, second = heads.nth(0).bounding_box(), heads.nth(1).bounding_box()
    assert first["y"] == second["y"]  # side by side, not one below the other
    text = fact.inner_text()
    assert "Maj. Gen. Tahsin al-Khafaji" in text
    assert "24 May 2021" in text
    assert "p9/L16" in text
    links = {one.get_attribute("href") for one in fact.locator("a").all()}
    assert "https://kirkuknow.com/ar/news/65624" in links
    assert i18n.words("en")("conflict.shown_all_values") in text
    assert watch.elsewhere == []


def test_six_centres_and_four_rooms(dashboard, page):
    """The network as a whole, from the list of centres on the map page."""
    page.goto(f"{dashboard}/?to=2021-05-31")
    map_frame(page)
    settle(page)
    page.locator(".st-key-network button").click()
    page.wait_for_selector("[data-centre='NETWORK']")
    told = sides(opened(page, "centres_count"))
    assert {"C010", "C048"} <= told["6"]
    assert "C019" in told["agreement on four joint rooms in three provinces"]
    assert "C091" in told["3"]


def test_the_governorate_of_makhmour(dashboard, page):
    """Nineveh by the article and the letter, Erbil by GeoNames and Kurdistan 24."""
    page.goto(f"{dashboard}/?lat=35.8&lon=43.6&z=9&to=2021-05-31")
    choose_centre(page, "CEN-MKM")
    told = sides(opened(page, "governorate"))
    assert told["Nineveh"] == {"C023", "C060"}
    assert told["Erbil"] == {"C062", "C063"}


def test_a_toll_is_a_range_with_its_rule(dashboard, page):
    """Twelve, thirteen and sixteen are shown as a range, the best figure with its reason."""
    page.goto(f"{dashboard}/?event=EVT-066")
    map_frame(page)
    settle(page)
    fact = opened(page, "fatalities")
    say = i18n.words("en")
    shown = fact.locator("summary").inner_text()
    assert say("panel.killed_best", best=13, low=12, high=16) in shown
    assert say("toll.middle") in shown
    assert set(sides(fact)) == {"12", "13", "16"}


def test_what_no_claim_carries_says_so(dashboard, page):
    """The day of an event without a claim of a date; it opens what the event rests on."""
    page.goto(f"{dashboard}/?event=EVT-066")
    map_frame(page)
    settle(page)
    fact = opened(page, "date")
    assert i18n.words("en")("panel.no_claim") in fact.inner_text()
    rests = PACKAGE.frames["events"].set_index("event_id").loc["EVT-066", "claim_ids"].split(";")
    assert fact.locator("ol > li").count() == len(rests) > 1


def test_the_host_leads_to_the_letter_that_names_it(dashboard, page):
    """The host sites of Makhmour and west Nineveh, of the approval letter of 2020."""
    for centre, words in (("CEN-MKM", "at Makhmour is second"), ("CEN-NIN", "at Kasak is third")):
        page.goto(f"{dashboard}/?centre={centre}")
        map_frame(page)
        settle(page)
        found = opened(page, "host_site").locator("ol > li")
        assert found.count() == 1
        assert words in found.inner_text()


@pytest.mark.parametrize("day", some_now([23, 24, 22, 25], 1))
def test_the_map_shows_what_was_known(dashboard, page, day):
    """Each centre's mark on the map is what the claims of that day support."""
    known = date(2021, 5, day)
    page.goto(f"{dashboard}/?asof={known}&to={known}")
    found = state(map_frame(page))
    shown = {one["id"]: tuple(one["statuses"]) for one in found["centres"]}
    for centre in NETWORK:
        status = provenance.status_on(PACKAGE, centre, known, known=known)
        assert shown[centre] == status.statuses, centre
    settle(page)
    text = page.locator(".st-key-counts").inner_text()
    assert i18n.words("en")("filter.as_known", day=known) in text
    assert "26 undated claims" in text


def test_the_switch_moves_page_map_and_address(dashboard, page, watch):
    """Turned on in the sidebar: fewer events, the day in the address; off again, all."""
    page.goto(f"{dashboard}/?to=2021-05-31")
    frame = map_frame(page)
    settle(page)
    before = state(frame)["shown"]
    page.locator(".st-key-known summary").click()
    page.locator(".st-key-asof_on label").click()
    settle(page)
    page.wait_for_function("() => location.search.includes('asof=2021-05-31')")
    frame.wait_for_function("(n) => tansiq.state().shown < n", arg=before)
    page.locator(".st-key-asof_on label").click()
    settle(page)
    frame.wait_for_function("(n) => tansiq.state().shown === n", arg=before)
    assert "asof" not in page.url
    assert watch.errors == []


@pytest.mark.parametrize("lang", some_now(["ar", "en", "ckb"], 1))
def test_every_contradiction_has_a_place(dashboard, page, lang):
    """All groups with their sides, what is shown and why, and links back to the map."""
    page.goto(f"{dashboard}/contradictions?lang={lang}")
    page.wait_for_selector("[data-conflict]")
    settle(page)
    groups = {one.get_attribute("data-conflict") for one in page.locator("[data-conflict]").all()}
    assert groups == set(PACKAGE.frames["conflicts"]["conflict_group"])
    first = page.locator("[data-conflict='X01']")
    titles = PACKAGE.frames["conflicts"].set_index("conflict_group")[f"title_{lang}"]
    assert titles["X01"] in first.inner_text()
    assert first.locator(".ts-sides > section").count() == 2
    first.locator(".ts-links a").first.click()
    page.wait_for_selector("[data-event]")
    assert f"lang={lang}" in page.url or lang == "en"


@pytest.mark.parametrize("flag", ONLY)
def test_each_restriction_is_what_the_store_says(dashboard, page, flag, tmp_path, monkeypatch):
    """Map, count and store agree on contradicted, certain and corroborated events."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path))
    with Store.open(PACKAGE) as store:
        expected = store.count(EventFilter(only=(flag,)))
        without = len(store.unlocated(EventFilter(only=(flag,))))
    page.goto(f"{dashboard}/?only={flag}")
    found = state(map_frame(page))
    settle(page)
    assert (found["matched"], found["shown"]) == (expected, expected - without)
    assert page.locator(".st-key-count b").inner_text() == str(expected)


def test_a_viewpoint_moves_makhmour(dashboard, page):
    """Under Nineveh by the sources, not by OCHA; the page says whose governorates count."""
    page.goto(f"{dashboard}/?province=IQ-NI&viewpoint=ocha&event=EVT-058")
    found = state(map_frame(page))
    settle(page)
    assert (
        i18n.words("en")("app.viewpoint_said.ocha") in page.locator(".st-key-counts").inner_text()
    )
    assert i18n.words("en")("panel.selected_not_in_filter") in page.inner_text("body")
    drawn = {one["id"] for one in found["centres"]}
    assert drawn == {"CEN-NIN", "CEN-P15", "CEN-SNJ"}  # Makhmour and Gwer lie in OCHA's Erbil
    page.goto(f"{dashboard}/?province=IQ-NI&event=EVT-058")
    whole = state(map_frame(page))
    assert whole["shown"] > found["shown"]
    assert {one["id"] for one in whole["centres"]} == {*drawn, "CEN-MKM", "CEN-GWR"}
