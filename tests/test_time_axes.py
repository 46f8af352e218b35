"""Promises of the time axes: what is known only to its month or year is seen, and counted."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from geo import i18n, tables
from geo.address import View
from geo.tables import EPOCH
from geo.ui import histogram, histories

SPAN = (date(2021, 1, 1), date(2021, 12, 31))
YEAR, MAY = SPAN, (date(2021, 5, 1), date(2021, 5, 31))
PACKAGE = tables.load()


def vague(*rows):
    """Give events of months and years as the store does."""
    days = [((one - EPOCH).days, (two - EPOCH).days, n) for (one, two), n in rows]
    return pd.DataFrame(days, columns=["day_start", "day_end", "n"])


@pytest.mark.parametrize(
    ("rows", "heights"),
    [
        ([(MAY, 1)], [100]),
        ([(YEAR, 1), (MAY, 1)], [50, 100, 50]),
        ([(YEAR, 1), (MAY, 4)], [20, 100, 20]),
    ],
)
def test_where_more_events_can_lie_the_spread_is_higher(rows, heights):
    """One event and five are told apart; a year and a month in it add up."""
    text = str(histogram.spread(vague(*rows), SPAN, "so many"))
    assert [int(one) for one in re.findall(r"height:(\d+)%", text)] == heights
    assert 'aria-label="so many" title="so many"' in text


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_spread_has_a_key_in_words_with_the_number(lang):
    """Under the axis, in the reader's language; nothing where every day is known."""
    say = i18n.words(lang)
    events = say.count("unit.events", 5)
    said = str(histogram.key(vague((MAY, 5)), say("app.spread", events=events)))
    assert events in said
    assert not histogram.key(vague(), "") + histogram.spread(vague(), SPAN, "")


@pytest.mark.parametrize("centre", ["CEN-TUZ", "CEN-EBL"])
def test_a_report_of_a_month_is_a_bar_over_its_days(centre):
    """As wide as the month, from its first day; a report of a day stays a dot."""
    axis = histories.Axis((date(2020, 1, 1), date(2022, 1, 1)), date(2021, 6, 30))
    text = str(histories.centres(PACKAGE, axis, i18n.words("en"), View()))
    section = text.partition(f'data-centre="{centre}"')[2].partition("</section>")[0]
    rows = PACKAGE.frames["centre_status"].query("centre_id == @centre")
    month = rows.loc[rows["date_precision"] == "month", "valid_from"].item()
    bars = re.findall(r'ts-line-spread" style="left:([\d.]+)%;width:calc\(([\d.]+)%', section)
    assert len(bars) == 1
    assert float(bars[0][0]) == pytest.approx(axis.at(date.fromisoformat(f"{month}-01")), abs=0.01)
    assert float(bars[0][1]) == pytest.approx(100 * 29 / 731, abs=0.2)
    assert section.count('class="ts-line-report') == len(rows)
