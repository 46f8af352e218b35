"""Promises of the filter as an address: what is read, what is refused, when two are the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.filters import KEYS, ONLY, PRECISIONS, VIEWPOINTS, EventFilter, FilterError, Notice
from geo.i18n import LANGS
from tests.drawn import filters


@given(filters())
def test_an_address_gives_back_the_filter_it_was_written_from(asked):
    query = asked.to_query()
    assert EventFilter.parse(query, datasets=("curated", "ucdp-ged")) == (asked, [])
    assert all(query.values())


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"from": "٢٠٢١-٠٥-٢٣"}, {"from": "2021-05-23"}),
        ({"from": "２０２１－０５－２３"}, {"from": "2021-05-23"}),
        ({"to": " ۲۰۲۱-۰۵-۲۳ "}, {"to": "2021-05-23"}),
        ({"to": "\u200f2021-05-23"}, {"to": "2021-05-23"}),
        ({"province": "iq-ki, IQ-DI,IQ-KI"}, {"province": "IQ-DI,IQ-KI"}),
        ({"province": ["IQ-KI", "IQ-DI"]}, {"province": "IQ-DI,IQ-KI"}),
        ({"province": "IQ-KI،IQ-DI"}, {"province": "IQ-DI,IQ-KI"}),
        ({"type": "vote,,vote"}, {"type": "vote"}),
        ({"q": "  two \n words "}, {"q": "two words"}),
        ({"q": "\u202eK1"}, {"q": "K1"}),
        ({"dataset": "curated"}, {}),
        ({"asof": "٢٠٢١-٠٥-٢٣"}, {"asof": "2021-05-23"}),
        ({"viewpoint": "OCHA"}, {"viewpoint": "ocha"}),
        ({"viewpoint": "source"}, {}),
        ({"precision": "none،Town,site,site"}, {"precision": "site,town,none"}),
        ({"precision": ["town", "site"]}, {"precision": "site,town"}),
        ({"only": "two_sources, contradicted"}, {"only": "contradicted,two_sources"}),
        ({"box": "٤٣٫٩، 35.10،44.80004,+35.9"}, {"box": "43.9,35.1,44.8,35.9"}),
        ({"box": "-180,-90,180,90"}, {"box": "-180,-90,180,90"}),
        ({"asof": "", "viewpoint": " ", "precision": ",", "only": []}, {}),
        ({"from": "", "province": "", "q": " "}, {}),
        ({"from": ["2021-05-23", "2021-05-23"]}, {"from": "2021-05-23"}),
        ({"from": [], "q": []}, {}),
    ],
)
def test_what_can_be_understood_is_understood_without_a_notice(query, kept):
    asked, notices = EventFilter.parse(query)
    assert (asked.to_query(), notices) == (kept, [])


REFUSED = [
    ({"from": "23.5.2021"}, "from", "date_form"),
    ({"from": "2021-05"}, "from", "date_form"),
    ({"to": "2021-02-30"}, "to", "date_form"),
    ({"to": "1969-12-31"}, "to", "date_limits"),
    ({"to": "2101-01-01"}, "to", "date_limits"),
    ({"from": "2021-05-24", "to": "2021-05-23"}, "from", "from_after_to"),
    ({"from": ["2021-05-23", "2021-05-24"]}, "from", "repeated"),
    ({"q": ["a", "b"]}, "q", "repeated"),
    ({"province": "IQ-XX"}, "province", "unknown_province"),
    ({"type": "party"}, "type", "unknown_type"),
    ({"dataset": "ucdp-ged"}, "dataset", "unknown_dataset"),
    ({"asof": "22.5.2021"}, "asof", "date_form"),
    ({"asof": "2021-02-30"}, "asof", "date_form"),
    ({"asof": "1969-12-31"}, "asof", "date_limits"),
    ({"asof": ["2021-05-22", "2021-05-23"]}, "asof", "repeated"),
    ({"viewpoint": "nato"}, "viewpoint", "choice"),
    ({"viewpoint": "ocha,geonames"}, "viewpoint", "choice"),
    ({"viewpoint": ["ocha", "geonames"]}, "viewpoint", "repeated"),
    ({"precision": "street"}, "precision", "choice"),
    ({"precision": "town," * 1000}, "precision", "too_long"),
    ({"only": "true"}, "only", "choice"),
    ({"only": "contradicted\x00"}, "only", "choice"),
    ({"box": "44.8,35.1,43.9,35.9"}, "box", "box"),
    ({"box": "43.9,35.9,44.8,35.1"}, "box", "box"),
    ({"box": "43.9,35.1,43.90001,35.9"}, "box", "box"),
    ({"box": "43.9,35.1,44.8"}, "box", "box"),
    ({"box": "43.9,35.1,44.8,35.9,1"}, "box", "box"),
    ({"box": "43.9,35.1,44.8,nan"}, "box", "box"),
    ({"box": "43.9,35.1,181,35.9"}, "box", "box"),
    ({"box": ["1,2,3,4", "1,2,3,5"]}, "box", "repeated"),
    ({"q": "a" * 201}, "q", "too_long"),
    ({"province": "IQ-KI," * 1000}, "province", "too_long"),
    ({"q": "a\x00b"}, "q", "characters"),
    ({"q": "a\ud800"}, "q", "characters"),
    ({"q": "ـ"}, "q", "nothing_to_find"),
    ({"q": "\u200f"}, "q", "nothing_to_find"),
]


@pytest.mark.parametrize(("query", "key", "reason"), REFUSED)
def test_what_cannot_be_used_falls_to_its_default_with_one_notice(query, key, reason):
    asked, notices = EventFilter.parse(query)
    assert asked == EventFilter()
    assert [(notice.key, notice.reason) for notice in notices] == [(key, reason)]


def test_the_good_part_of_a_list_is_kept():
    asked, notices = EventFilter.parse({"province": "IQ-KI,IQ-XX,bad", "type": "vote"})
    assert asked == EventFilter(provinces=("IQ-KI",), types=("vote",))
    assert notices == [Notice("province", "IQ-XX, bad", "unknown_province")]
    asked, notices = EventFilter.parse({"only": "certain,sure", "precision": "site,exact"})
    assert asked == EventFilter(only=("certain",), precisions=("site",))
    assert notices == [Notice("precision", "exact", "choice"), Notice("only", "sure", "choice")]


VALUES = (
    st.text(max_size=40)
    | st.text(st.characters(categories=["Cc", "Cs", "Cf", "Nd", "Pd"]), max_size=12)
    | st.sampled_from(["2021-05-23", "x" * 100_000, "\x00", "IQ-KI", "\ud800", "{{7*7}}", "%00"])
    | st.sampled_from([*VIEWPOINTS, *PRECISIONS, *ONLY])
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*KEYS, "other"]) | st.text(),
        VALUES | st.lists(VALUES, max_size=4),
    )
)
def test_any_query_at_all_is_read_without_an_error(query):
    asked, notices = EventFilter.parse(query)
    again, none = EventFilter.parse(asked.to_query())
    assert (again, none) == (asked, [])
    assert len({notice.key for notice in notices}) == len(notices)
    for notice in notices:
        for lang in LANGS:
            assert notice.sentence(lang).encode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"date_from": date(2021, 5, 24), "date_to": date(2021, 5, 23)},
        {"date_to": date(1969, 12, 31)},
        {"provinces": ("Kirkuk",)},
        {"types": ("party",)},
        {"datasets": ("../etc",)},
        {"q": "a\x00"},
        {"q": "ـ"},
        {"asof": date(2101, 1, 1)},
        {"viewpoint": ""},
        {"viewpoint": "OCHA"},
        {"precisions": ("town", "street")},
        {"only": ("true",)},
        {"box": (44.8, 35.1, 43.9, 35.9)},
        {"box": (43.9, 35.1, 44.8, float("inf"))},
    ],
)
def test_a_filter_that_no_address_could_say_refuses_to_exist(wrong):
    with pytest.raises(FilterError):
        EventFilter(**wrong)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"q": "K1 كركوك"}, {"q": "كركوك  k1"}, True),
        ({"q": "أربيل"}, {"q": "اربيل"}, True),
        ({"provinces": ("IQ-KI", "IQ-DI")}, {"provinces": ("IQ-DI", "IQ-KI")}, True),
        ({"datasets": ("curated",)}, {}, True),
        ({"q": "K1"}, {"q": "K2"}, False),
        ({"date_from": date(2021, 5, 1)}, {"date_to": date(2021, 5, 1)}, False),
        ({"types": ("vote",)}, {}, False),
        ({"only": ("certain", "contradicted")}, {"only": ("contradicted", "certain")}, True),
        ({"precisions": ("town", "site", "town")}, {"precisions": ("site", "town")}, True),
        ({"asof": date(2021, 5, 22)}, {"asof": date(2021, 5, 23)}, False),
        ({"asof": date(2021, 5, 22)}, {"date_to": date(2021, 5, 22)}, False),
        ({"viewpoint": "ocha"}, {"viewpoint": "geonames"}, False),
        ({"precisions": ("site",)}, {}, False),
        ({"only": ("two_sources",)}, {"only": ("two_reports",)}, False),
        ({"box": (43.9, 35.1, 44.8, 35.9)}, {"box": (43.90001, 35.1, 44.8, 35.9)}, True),
        ({"box": (43.9, 35.1, 44.8, 35.9)}, {"box": (43.9001, 35.1, 44.8, 35.9)}, False),
    ],
)
def test_a_digest_is_that_of_the_question_not_of_its_spelling(one, other, equal):
    first, second = EventFilter(**one), EventFilter(**other)
    assert (first.digest() == second.digest()) is equal
    assert (len(first.digest()), int(first.digest(), 16) > 0) == (16, True)


# what the digests of addresses were before events could be asked how they are known
BEFORE = [
    ({}, "3e3baaeeb3633aad"),
    ({"to": "2017-10-16"}, "3b1e402dd4b9468f"),
    ({"dataset": "ucdp-ged", "q": "أربيل"}, "f78ac6a5b5c40b6f"),
    (
        {
            "from": "2021-05-01",
            "to": "2021-05-31",
            "province": "IQ-DI,IQ-KI",
            "type": "vote",
            "q": "K1",
        },
        "3741fa917279c370",
    ),
]


@pytest.mark.parametrize(("query", "digest"), BEFORE)
def test_an_older_address_is_what_it_was(query, digest):
    """Parts left alone stand neither in the address nor in the digest."""
    asked, notices = EventFilter.parse(query, datasets=("curated", "ucdp-ged"))
    assert (asked.to_query(), asked.digest(), notices) == (query, digest, [])


def test_the_address_keeps_one_order():
    """However a filter was put together, it is written in the order of the keys."""
    day = date(2021, 5, 1)
    asked = EventFilter(
        *(day, day, ("IQ-KI",), ("vote",), "K1", ("ucdp-ged",)),
        asof=day,
        viewpoint="ocha",
        precisions=("site",),
        only=("certain",),
        districts=("IQG13Q01",),
        box=(43.9, 35.1, 44.8, 35.9),
    )
    assert tuple(asked.to_query()) == KEYS


def test_only_a_text_has_a_text_digest():
    assert EventFilter(types=("vote",)).text_digest() == ""
    assert EventFilter(q="K1", types=("vote",)).text_digest() == EventFilter(q="k1").text_digest()


@pytest.mark.parametrize(
    ("group", "gone"),
    [
        ("dates", {"from", "to"}),
        ("provinces", {"province"}),
        ("types", {"type"}),
        ("q", {"q"}),
        ("datasets", {"dataset"}),
        ("asof", {"asof"}),
        ("viewpoint", {"viewpoint"}),
        ("precisions", {"precision"}),
        ("only", {"only"}),
        ("box", {"box"}),
        ("districts", {"district"}),
    ],
)
def test_one_group_can_be_taken_out(group, gone):
    day = date(2021, 5, 1)
    whole = EventFilter(
        *(day, day, ("IQ-KI",), ("vote",), "K1", ("ucdp-ged",)),
        *("", day, "ocha", ("site",), ("certain",), (43.9, 35.1, 44.8, 35.9)),
        districts=("IQG13Q01",),
    )
    assert whole.to_query().keys() - whole.without(group).to_query().keys() == gone
