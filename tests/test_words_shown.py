"""Promises of what pages say: languages named, headings that fit, lists that say what they are."""

from __future__ import annotations

from datetime import date

import pytest
from markupsafe import Markup

from geo import i18n, provenance, tables
from geo.address import View
from geo.filters import EventFilter
from geo.ui import histories, listing, panel
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
