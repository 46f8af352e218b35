"""How an event is known, drawn for property tests: the parts of a filter that ask for it."""

from datetime import date

from hypothesis import strategies as st

from geo.filters import ONLY, PRECISIONS, VIEWPOINTS

DAYS = st.none() | st.dates(date(2014, 1, 1), date(2026, 1, 1))
# rectangles of the north of Iraq, most of the time none
SIDES = (st.sampled_from([42.0, 43.9, 44.1]), st.sampled_from([33.0, 35.1]),
         st.sampled_from([44.8, 46.0]), st.sampled_from([35.2, 36.0, 37.5]))  # fmt: skip
BOXES = st.none() | st.none() | st.tuples(*SIDES)


def some(items):
    return st.just(()) | st.just(()) | st.lists(st.sampled_from(items), max_size=2).map(tuple)


def how_known():
    """Draw the parts; most are left alone, so that something is found."""
    return st.fixed_dictionaries(
        {
            "asof": DAYS,
            "viewpoint": st.sampled_from(["source", *VIEWPOINTS]),
            "precisions": some(PRECISIONS),
            "only": some(ONLY),
        }
    )
