"""Filters drawn for property tests: any state that an address can say."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from geo.filters import FIRST_DAY, LAST_DAY, PROVINCES, TYPES, EventFilter
from geo.i18n import normalise
from tests.known import BOXES, how_known

NAMES = (
    "Kirkuk",
    "كركوك",
    "کەرکووک",
    "البيشمركة",
    "پێشمەرگە",
    "K1",
    "100%",
    "a_b",
    "c:\\new",
    "أربيل",
)
DAYS = st.none() | st.dates(date(2013, 12, 1), date(2026, 1, 31)) | st.dates(FIRST_DAY, LAST_DAY)
TEXTS = st.lists(st.sampled_from(NAMES) | st.text("aK1%_\\ -كکيە", max_size=3), max_size=2).map(
    " ".join
)


def some(items):
    return st.lists(st.sampled_from(items), max_size=3, unique=True).map(tuple)


@st.composite
def filters(draw, provinces=PROVINCES, types=TYPES):
    first, last = draw(DAYS), draw(DAYS)
    if first and last and first > last:
        first, last = last, first
    text = draw(TEXTS)
    return EventFilter(
        date_from=first,
        date_to=last,
        provinces=draw(some(provinces)),
        types=draw(some(types)),
        q=text if normalise(text) else "",
        datasets=draw(some(["curated", "ucdp-ged"])),
        box=draw(BOXES),
        **draw(how_known()),
    )
