"""Promises of the centres' page: each line follows the spans, the filter holds, text is text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from geo import i18n, marks, provenance, tables
from geo.filters import EventFilter
from geo.tables import EPOCH
from geo.ui import histories

PACKAGE = tables.load()
SPAN = (date(2014, 6, 1), date(2026, 1, 31))
AXIS = histories.Axis(SPAN, date(2021, 6, 30))
CENTRES = [c for c in PACKAGE.frames["centres"]["centre_id"] if c != "NETWORK"]

MAKHMOUR = [
    ("none", "2014-06-01", "2020-08-20"),
    ("approved", "2020-08-20", "2021-05-24"),
    ("clash", "2021-05-24", "2021-05-31"),
    ("active", "2021-05-31", "2021-09-18"),
    ("stale", "2021-09-18", "2026-01-31"),
]


def page(lang="en", package=PACKAGE, axis=AXIS, provinces=()):
    asked = EventFilter(provinces=provinces)
    return str(histories.centres(package, axis, i18n.words(lang), asked))


def test_makhmours_line_follows_what_was_reported():
    found = histories.segments(PACKAGE, "CEN-MKM", AXIS)
    assert [(s.look, s.first.isoformat(), s.until.isoformat()) for s in found] == MAKHMOUR


@pytest.mark.parametrize("centre", CENTRES)
def test_a_line_has_no_gap_and_starts_its_steps_where_the_spans_do(centre):
    found = histories.segments(PACKAGE, centre, AXIS)
    assert (found[0].first, found[-1].until) == SPAN
    assert all(one.until == then.first for one, then in pairwise(found))
    days = {span.day_from for span in provenance.status_spans(PACKAGE, centre)}
    assert {(one.first - EPOCH).days for one in found if one.step} <= days


@pytest.mark.parametrize(
    ("day", "left"), [(SPAN[0], "0.00"), (SPAN[1], "100.00"), (date(2030, 1, 1), "100.00")]
)
def test_the_chosen_day_is_a_line_in_every_history(day, left):
    text = page(axis=histories.Axis(SPAN, day))
    assert text.count(f'<i class="ts-line-day" style="left:{left}%">') == len(CENTRES)


@pytest.mark.parametrize(
    ("provinces", "centres"),
    [
        ((), set(CENTRES)),
        (("IQ-KI",), {"CEN-KRK"}),
        (("IQ-BG",), {"CEN-BGD"}),
        (("IQ-BA",), set()),
    ],
)
def test_only_centres_of_the_chosen_governorates_are_shown(provinces, centres):
    text = page(provinces=provinces)
    assert {one for one in CENTRES if f'data-centre="{one}"' in text} == centres
    assert ("ts-empty" in text) == (not centres)


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_look_is_explained_and_every_change_is_told_in_words(lang):
    text = page(lang)
    looks = [look.id for look in marks.STATUSES] + [histories.STALE, histories.CLASH]
    assert all(f'<i class="ts-line-key"><i class="ts-line-{look}">' in text for look in looks)
    changes = PACKAGE.frames["centre_status"]
    told = text.split('class="ts-line-list"')[1:]
    assert sum(part.split("</ul>")[0].count("<li>") for part in told) == len(changes)


def test_labels_keep_their_distance_and_the_furthest_step_wins():
    assert histories._roomy([50, 55, 41, 60], 9) == [50, 41, 60]


@pytest.mark.parametrize(
    ("table", "column"),
    [("centres", "name_en"), ("sources", "publisher"), ("centre_status", "note_en")],
)
def test_hostile_text_stays_text(table, column):
    hostile = '<img src=x onerror="alert(1)">'
    frame = PACKAGE.frames[table].assign(**{column: hostile})
    text = page(package=replace(PACKAGE, frames={**PACKAGE.frames, table: frame}))
    assert "<img" not in text
    assert "&lt;img" in text
