"""Promises of what pages say: languages named, headings that fit, lists that say what they are."""

from __future__ import annotations

from datetime import date

import pytest
from markupsafe import Markup

from geo import i18n, provenance, tables
from geo.address import View
from geo.filters import EventFilter
from geo.tables.evidence import Cover
from geo.ui import details, histories, listing, method, panel
from tests import wording
from tests.conftest import settle

PACKAGE = tables.load()
EVENTS = provenance.events(PACKAGE)
# of a page 1440 px wide: what the table has beside the column in which rows are chosen
ROOM, PADDING = 1093, 16
# columns whose cells stand on one line, and those whose cells may break between words
WHOLE, BROKEN = {"contradicted", "sources", "reports", "id"}, {"date", "fatalities"}
TEXT_WIDTHS = """(texts) => { const pen = document.createElement("canvas").getContext("2d");
  pen.font = "14px Plex";
  return texts.map((text) => pen.measureText(text).width); }"""


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_language_of_a_publication_has_a_name(lang):
    """Whatever language the descriptor allows is named, in the reader's own."""
    column = PACKAGE.descriptor.resources["sources"].columns["language"]
    texts = i18n.words(lang).texts
    named = [texts[f"lang.name_{one}"] for one in column.constraints["enum"]]
    assert len({*named, texts["lang.name_other"]}) == len(named) + 1


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_page_of_contradictions_says_what_it_lists(lang):
    """All that were known on the day, counted; and that other filters do not narrow it."""
    say = i18n.words(lang)
    for package in (PACKAGE, provenance.as_known(PACKAGE, date(2021, 5, 24))):
        n = len(package.frames["conflicts"])
        text = str(panel.conflicts(package, say, ""))
        assert text.count("data-conflict=") == n
        said = say("page_contradictions.all", n=n, switch=say("app.asof_on"))
        assert str(Markup.escape(said)) in text


@pytest.mark.parametrize("provinces", [(), ("IQ-KI",), ("IQ-BA",)])
def test_the_network_stands_on_the_page_of_centres(provinces):
    """What is claimed of the network as a whole belongs to no governorate, so none hides it."""
    axis = histories.Axis((date(2014, 6, 1), date(2026, 1, 31)), date(2021, 6, 30))
    view = View(filter=EventFilter(provinces=provinces))
    text = str(histories.centres(PACKAGE, axis, i18n.words("en"), view))
    section = text.partition('data-centre="NETWORK"')[2].partition("</section>")[0]
    about = PACKAGE.frames["claims"].query("subject_id == 'NETWORK'")["claim_id"]
    assert all(f'data-claim="{one}"' in section for one in about)


def test_the_list_beside_the_map_cuts_no_date(monkeypatch):
    """It has the table's width for dates, and rows in which they break over lines."""
    say, shown = i18n.words("en"), {}
    monkeypatch.setattr(listing.st, "dataframe", lambda *_, **given: shown.update(given))
    monkeypatch.setattr(listing.Choice, "mark", lambda _: None)
    listing.short(EVENTS, say, listing.Choice("unlocated", "", list(EVENTS["event_id"]), ""))
    assert shown["column_config"][say("page_events.date")]["width"] == listing.WIDTHS["date"]
    assert shown["row_height"] == listing.LINES_HEIGHT


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_whom_the_ground_of_the_map_is_owed_to_is_said_in_the_readers_language(lang):
    """On the page of sources as on the map; only the licences of the tables are English."""
    say = i18n.words(lang)
    text = str(method.about(PACKAGE, [Cover("events", "date", 1, 1)], say))
    owed = [say(f"map.credit_{name}") for name in ("borders", "relief", "caption")]
    owed.append(say("page_about.licence_rivers"))
    assert all(f"<li>{Markup.escape(one)}</li>" in text for one in owed)
    assert text.count('lang="en"') == (0 if lang == "en" else len(PACKAGE.licences))


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_where_a_claim_stands_is_marked_as_english_and_never_broken(lang):
    """A place such as "para 1" is no word of the page's language."""
    source = PACKAGE.frames["sources"].to_dict("records")[0]
    text = str(details.publication(source, i18n.words(lang), "para 1"))
    assert '<bdi class="ts-whole" lang="en">para 1</bdi>' in text


def test_no_list_offers_a_choice_in_english():
    """Streamlit's "Select all" has no word in another language, and says what nothing says."""
    lists = [(call, one.path) for one in wording.sources() for call, name in one.calls()
             if name.endswith(".multiselect")]  # fmt: skip
    off = [path for call, path in lists for word in call.keywords
           if word.arg == "select_all" and word.value.value is False]  # fmt: skip
    assert sorted(path for _, path in lists) == sorted(off)
    assert lists


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "digits"), [("ar", "local"), ("ckb", "western")])
def test_the_chart_says_months_and_numbers_as_the_page_does(dashboard, page, lang, digits):
    """Both axes and the tooltip: the language's months, and the digits that were chosen."""
    page.goto(f"{dashboard}/events?lang={lang}&digits={digits}&from=2021-03-01&to=2021-08-31")
    labels = page.locator("[data-testid=stVegaLiteChart] .role-axis-label text")
    labels.first.wait_for()
    page.locator("[data-testid=stVegaLiteChart] g.mark-rect.marks path").first.hover()
    page.locator("#vg-tooltip-element.visible").wait_for()
    tip = page.locator("#vg-tooltip-element").inner_text()
    with i18n.writing(digits):
        months = [i18n.edtf(f"2021-{month:02d}", lang) for month in range(3, 9)]
        other = "٠١٢٣٤٥٦٧٨٩" if i18n.digits("1", lang) == "1" else "0123456789"
    said = labels.all_text_contents()
    assert set(months) & set(said)
    assert any(month in tip for month in months)
    assert not set(other) & set("".join([*said, tip]))
    title = i18n.words(lang)
    assert page.title() == f"{title('page_events.title')} – {title('app.title')}"


@pytest.mark.browser
def test_the_table_cuts_no_heading_date_or_toll(dashboard, page):
    """At 1440 px all columns are in sight, and what is short by nature is whole."""
    page.goto(f"{dashboard}/events")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    settle(page)
    assert page.locator("[data-testid=stDataFrame]").first.bounding_box()["width"] >= ROOM + 33
    assert sum(listing.WIDTHS.values()) <= ROOM
    # where Streamlit begins to break lines
    assert listing.LINES_HEIGHT > 64
    for lang in i18n.LANGS:
        say = i18n.words(lang)
        rows = [listing.cells(row, say, "source") for row in EVENTS.to_dict("records")]
        for name, width in listing.WIDTHS.items():
            room, short = width - PADDING, name in WHOLE
            words = {listing.heading(name, say)}
            words |= {word for row in rows if short or name in BROKEN for word in row[name].split()}
            assert max(page.evaluate(TEXT_WIDTHS, [*words])) <= room, (lang, name)
            lines = page.evaluate(TEXT_WIDTHS, [row[name] for row in rows])
            assert not short or max(lines) <= room, (lang, name)
            assert name not in BROKEN or max(lines) <= 2 * room, (lang, name)
