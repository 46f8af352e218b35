"""Promises of the filter: SQL, pandas and plain Python select alike, in words and as an address."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql

from geo.filters import (
    EPOCH,
    FIRST_DAY,
    LAST_DAY,
    PROVINCES,
    TYPES,
    EventFilter,
    FilterError,
    Notice,
)
from geo.i18n import LANGS, catalogue, normalise

VECTORS = json.loads((Path(__file__).parent / "vectors/filters.json").read_text("utf-8"))
ENGINES = ("sqlite://", "duckdb:///:memory:")
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
TABLE = sa.Table(
    "events",
    sa.MetaData(),
    sa.Column("row", sa.Integer),
    sa.Column("day_start", sa.Integer),
    sa.Column("day_end", sa.Integer),
    *(
        sa.Column(name, sa.Text)
        for name in ("event_type", "admin1", "admin1_alt", "search_text", "dataset")
    ),
)


def frame_of(rows):
    """Return the canonical columns of rows as they stand in the vectors."""
    frame = pd.DataFrame(rows).rename(columns={"type": "event_type"})
    frame["search_text"] = [normalise(text) for text in frame.pop("text")]
    return frame.assign(dataset=frame.get("dataset", "curated"))[[c.name for c in TABLE.c]]


class Held:
    """One frame in a database in memory."""

    def __init__(self, url, frame):
        self.engine = sa.create_engine(url, poolclass=sa.StaticPool)
        with self.engine.begin() as link:
            TABLE.create(link)
        self.hold(frame)

    def hold(self, frame):
        """Replace what the table holds."""
        with self.engine.begin() as link:
            link.execute(TABLE.delete())
            link.execute(TABLE.insert(), frame.to_dict("records"))

    def rows(self, asked):
        """Return the row numbers that the filter's SQL selects."""
        wanted = sa.select(TABLE.c.row).where(asked.where(TABLE)).order_by(TABLE.c.row)
        with self.engine.connect() as link:
            return list(link.execute(wanted).scalars())


def by_pandas(asked, frame):
    return frame.loc[asked.matches(frame), "row"].tolist()


def by_hand(asked, frame):
    """Select by the same rules in a plain loop over the rows."""
    found = []
    for row in frame.to_dict("records"):
        start, end = (EPOCH + timedelta(days=row[name]) for name in ("day_start", "day_end"))
        touches = start <= (asked.date_to or LAST_DAY) and end >= (asked.date_from or date.min)
        here = not asked.provinces or {row["admin1"], row["admin1_alt"]} & set(asked.provinces)
        kind = not asked.types or row["event_type"] in asked.types
        text = all(term in row["search_text"] for term in normalise(asked.q).split())
        known = row["dataset"] in (asked.datasets or ("curated",))
        if touches and here and kind and text and known:
            found.append(row["row"])
    return found


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
    )


@st.composite
def frames(draw, least=1, most=12):
    """Events in few places and types, so that filters meet them."""
    place = st.sampled_from(["", *PROVINCES[:4]])
    rows = []
    for number in range(draw(st.integers(least, most))):
        start = draw(st.integers(16_000, 20_500))
        rows.append(
            {
                "row": number,
                "day_start": start,
                "day_end": start + draw(st.sampled_from([0, 0, 1, 30, 364])),
                "type": draw(st.sampled_from(TYPES[:4])),
                "admin1": draw(place),
                "admin1_alt": draw(place),
                "text": draw(TEXTS),
                "dataset": draw(st.sampled_from(["curated", "curated", "ucdp-ged"])),
            }
        )
    return frame_of(rows)


@pytest.fixture(scope="module", params=ENGINES, ids=["sqlite", "duckdb"])
def vectors(request):
    return Held(request.param, frame_of(VECTORS["rows"]))


@pytest.mark.parametrize("vector", VECTORS["filters"], ids=lambda vector: vector["why"])
def test_sql_and_pandas_answer_the_shared_vectors(vector, vectors):
    asked, notices = EventFilter.parse(vector["query"])
    frame = frame_of(VECTORS["rows"])
    assert notices == []
    assert vectors.rows(asked) == vector["expect"]
    assert by_pandas(asked, frame) == vector["expect"]
    assert by_hand(asked, frame) == vector["expect"]


@pytest.mark.parametrize("vector", VECTORS["filters"], ids=lambda vector: vector["why"])
def test_the_vectors_integers_say_what_their_address_says(vector):
    asked, _ = EventFilter.parse(vector["query"])
    first, last = asked.days
    assert (vector["from"], vector["to"]) == (first or 0, 65535 if last is None else last)
    assert (tuple(vector["types"]), tuple(vector["admin1"])) == (asked.types, asked.provinces)
    assert vector["masked"] == bool(asked.terms)
    texts = frame_of(VECTORS["rows"]).search_text
    holding = [n for n, text in enumerate(texts) if all(term in text for term in asked.terms)]
    assert vector["mask"] == (holding if asked.terms else [])


def test_the_vectors_rows_stand_in_the_order_of_the_store():
    rows = VECTORS["rows"]
    order = [(row["day_start"], row["day_end"]) for row in rows]
    days = [(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows]
    assert order == sorted(order)
    assert order == [((first - EPOCH).days, (last - EPOCH).days) for first, last in days]
    assert [row["row"] for row in rows] == list(range(len(rows)))


SQLITE = Held("sqlite://", frame_of(VECTORS["rows"]))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(frames(), filters(provinces=PROVINCES[:5], types=TYPES[:5]))
def test_sql_pandas_and_plain_python_select_the_same_rows(frame, asked):
    SQLITE.hold(frame)
    expected = by_hand(asked, frame)
    assert by_pandas(asked, frame) == expected
    assert SQLITE.rows(asked) == expected


def random_events(chance, size):
    """Many events from one seed, for the engine that is slow to fill."""
    for number in range(size):
        start = chance.randint(16_000, 20_500)
        yield {
            "row": number,
            "day_start": start,
            "day_end": start + chance.choice([0, 0, 1, 30, 364]),
            "type": chance.choice(TYPES[:5]),
            "admin1": chance.choice(["", *PROVINCES[:4]]),
            "admin1_alt": chance.choice(["", "", *PROVINCES[:4]]),
            "text": " ".join(chance.sample(NAMES, 2)),
        }


@pytest.fixture(scope="module")
def duckdb():
    frame = frame_of(list(random_events(random.Random(35), 300)))  # noqa: S311 - a fixed seed is meant
    return Held(ENGINES[1], frame), frame


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(filters(provinces=PROVINCES[:5], types=TYPES[:6]))
def test_duckdb_selects_the_same_rows(duckdb, asked):
    held, frame = duckdb
    assert held.rows(asked) == by_pandas(asked, frame) == by_hand(asked, frame)


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (postgresql.dialect(), "(strpos(events.search_text, %(has_text_1)s::VARCHAR) > 0)"),
        (mysql.dialect(), "(POSITION(%s IN events.search_text) > 0)"),
        (sa.create_engine(ENGINES[0]).dialect, "(instr(events.search_text, ?) > 0)"),
    ],
    ids=["postgresql", "any other", "sqlite"],
)
def test_a_text_is_sought_sign_for_sign_on_every_engine(dialect, expected):
    text = str(EventFilter(q="50%_\\").where(TABLE).compile(dialect=dialect))
    assert expected in text
    assert "LIKE" not in text


def test_the_index_of_the_frame_is_kept():
    frame = frame_of(VECTORS["rows"]).set_index("row", drop=False).iloc[::-2]
    found = EventFilter(provinces=("IQ-KI",)).matches(frame)
    assert found.index.equals(frame.index)
    assert found.dtype == bool


def test_an_empty_frame_has_no_match():
    frame = frame_of(VECTORS["rows"]).iloc[:0]
    assert EventFilter(q="K1", types=("vote",)).matches(frame).empty


@given(filters())
def test_an_address_gives_back_the_filter_it_was_written_from(asked):
    query = asked.to_query()
    assert EventFilter.parse(query, datasets=("curated", "ucdp-ged")) == (asked, [])
    assert all(query.values())


@given(filters(), st.sampled_from(LANGS))
def test_every_filter_can_be_said_in_every_language(asked, lang):
    said = asked.sentence(lang)
    assert said
    assert "{" not in said
    for code in asked.provinces:
        assert catalogue(lang, "admin1")[code] in said


K1 = "\u2068K1\u2069"
SAID = [
    ({}, "All events", "جميع الأحداث", "هەموو ڕووداوەکان"),
    (
        {
            "from": "2021-05-19",
            "to": "2021-05-24",
            "province": "IQ-KI",
            "type": "agreement_talks",
            "q": "K1",
        },
        "Events in Kirkuk, 19 to 24 May 2021, of type agreements and talks, containing “K1”",
        f"الأحداث في كركوك، من ١٩ إلى ٢٤ أيار ٢٠٢١، من نوع اتفاقات ومباحثات، يرد فيها «{K1}»",
        (
            "ڕووداوەکان لە کەرکووک، لە ١٩ تا ٢٤ی ئایاری ٢٠٢١، لە جۆری ڕێککەوتن و گفتوگۆ، "
            f"کە «{K1}» لەخۆ دەگرن"
        ),
    ),
    (
        {"to": "2021-05-23", "province": "IQ-KI,IQ-DI"},
        "Events in Diyala or Kirkuk, until 23 May 2021",
        "الأحداث في ديالى أو كركوك، حتى ٢٣ أيار ٢٠٢١",
        "ڕووداوەکان لە دیالە یان کەرکووک، تا ٢٣ی ئایاری ٢٠٢١",
    ),
    (
        {"from": "2021-05-23", "type": "vote,agreement_talks"},
        "Events from 23 May 2021, of type agreements and talks, or votes",
        "الأحداث ابتداءً من ٢٣ أيار ٢٠٢١، من نوع اتفاقات ومباحثات، أو تصويت واستفتاء",
        "ڕووداوەکان لە ٢٣ی ئایاری ٢٠٢١ بەدواوە، لە جۆری ڕێککەوتن و گفتوگۆ، یان دەنگدان",
    ),
    (
        {"from": "2021-05-19", "to": "2021-05-24"},
        "Events, 19 to 24 May 2021",
        "الأحداث، من ١٩ إلى ٢٤ أيار ٢٠٢١",
        "ڕووداوەکان، لە ١٩ تا ٢٤ی ئایاری ٢٠٢١",
    ),
    (
        {"q": "K1  كركوك"},
        "Events containing “K1” and “\u2068كركوك\u2069”",
        f"الأحداث يرد فيها «{K1}» و«كركوك»",
        f"ڕووداوەکان کە «{K1}» و «كركوك» لەخۆ دەگرن",
    ),
    (
        {"dataset": "curated,ucdp-ged"},
        "Events from the data set curated events or ucdp-ged",
        "الأحداث من مجموعة البيانات \u2068الأحداث المحررة أو ucdp-ged\u2069",
        "ڕووداوەکان لە کۆمەڵە داتای \u2068ڕووداوە هەڵبژێردراوەکان یان ucdp-ged\u2069",
    ),
]


@pytest.mark.parametrize(("query", "en", "ar", "ckb"), SAID)
def test_the_sentence_reads_as_words(query, en, ar, ckb):
    asked, _ = EventFilter.parse(query, datasets=("curated", "ucdp-ged"))
    assert [asked.sentence(lang) for lang in LANGS] == [en, ar, ckb]


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
    ({"to": "1989-12-31"}, "to", "date_limits"),
    ({"to": "2101-01-01"}, "to", "date_limits"),
    ({"from": "2021-05-24", "to": "2021-05-23"}, "from", "from_after_to"),
    ({"from": ["2021-05-23", "2021-05-24"]}, "from", "repeated"),
    ({"q": ["a", "b"]}, "q", "repeated"),
    ({"province": "IQ-XX"}, "province", "unknown_province"),
    ({"type": "party"}, "type", "unknown_type"),
    ({"dataset": "ucdp-ged"}, "dataset", "unknown_dataset"),
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


VALUES = (
    st.text(max_size=40)
    | st.text(st.characters(categories=["Cc", "Cs", "Cf", "Nd", "Pd"]), max_size=12)
    | st.sampled_from(["2021-05-23", "x" * 100_000, "\x00", "IQ-KI", "\ud800", "{{7*7}}", "%00"])
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["from", "to", "province", "type", "q", "dataset", "other"]) | st.text(),
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
    "reason", [reason for reason in catalogue("en", "filter.notice") if "." not in reason]
)
@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_is_a_sentence(reason, lang):
    assert Notice("q", "…", reason).sentence(lang).endswith(".")


def test_a_notice_shows_control_signs_and_stays_short():
    notice = Notice("q" * 100, "\x00\u202e" + "a" * 100_000, "too_long")
    assert notice.value.startswith("⟨U+0000⟩⟨U+202E⟩aaa")
    assert (len(notice.key), notice.value[-1]) == (40, "…")
    assert len(notice.value) < 80


@pytest.mark.parametrize(
    "wrong",
    [
        {"date_from": date(2021, 5, 24), "date_to": date(2021, 5, 23)},
        {"date_to": date(1989, 12, 31)},
        {"provinces": ("Kirkuk",)},
        {"types": ("party",)},
        {"datasets": ("../etc",)},
        {"q": "a\x00"},
        {"q": "ـ"},
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
    ],
)
def test_a_digest_is_that_of_the_question_not_of_its_spelling(one, other, equal):
    first, second = EventFilter(**one), EventFilter(**other)
    assert (first.digest() == second.digest()) is equal
    assert (len(first.digest()), int(first.digest(), 16) > 0) == (16, True)


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
    ],
)
def test_one_group_can_be_taken_out(group, gone):
    day = date(2021, 5, 1)
    whole = EventFilter(day, day, ("IQ-KI",), ("vote",), "K1", ("ucdp-ged",))
    assert whole.to_query().keys() - whole.without(group).to_query().keys() == gone
