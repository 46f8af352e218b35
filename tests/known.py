"""How an event is known, drawn for property tests: the parts of a filter that ask for it."""

from datetime import date

from hypothesis import strategies as st

from geo.filters import ONLY, PRECISIONS, VIEWPOINTS

DAYS = st.none() | st.dates(date(2014, 1, 1), date(2026, 1, 1))


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
