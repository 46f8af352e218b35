"""Promises of the filter in words: its sentence, and those of its notices, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.filters import EventFilter, Notice
from geo.i18n import LANGS, catalogue
from tests.drawn import filters


@given(filters(), st.sampled_from(LANGS))
def test_every_filter_can_be_said_in_every_language(asked, lang):
    said = asked.sentence(lang)
    assert said
    assert "{" not in said
    for code in asked.provinces:
        assert catalogue(lang, "admin1")[code] in said
    parts = [f"only_{flag}" for flag in asked.only]
    parts += [f"view_{asked.viewpoint}"] if asked.viewpoint != "source" else []
    for part in parts:
        assert catalogue(lang, "filter")[part] in said


K1 = "\u2068K1\u2069"
BELOW = "\u2068-٥\u2069"
SAID = [
    (
        {"box": "43.9,35.1,44.8,35.9"},
        "Events inside the rectangle of latitudes 35.1 to 35.9 and longitudes 43.9 to 44.8",
        "الأحداث داخل المستطيل بين خطي العرض ٣٥٫١ و٣٥٫٩ وخطي الطول ٤٣٫٩ و٤٤٫٨",
        (
            "ڕووداوەکان لەناو لاکێشەی نێوان هێڵی پانیی ٣٥٫١ و ٣٥٫٩ "
            "و هێڵی درێژیی ٤٣٫٩ و ٤٤٫٨"
        ),
    ),
    (
        {"box": "-5,35.1234,44.8,35.9", "province": "IQ-KI"},
        (
            "Events in Kirkuk, inside the rectangle of latitudes 35.1234 to 35.9 "
            "and longitudes \u2068-5\u2069 to 44.8"
        ),
        (
            "الأحداث في كركوك، داخل المستطيل بين خطي العرض ٣٥٫١٢٣٤ و٣٥٫٩ "
            f"وخطي الطول {BELOW} و٤٤٫٨"
        ),
        (
            "ڕووداوەکان لە کەرکووک، لەناو لاکێشەی نێوان هێڵی پانیی ٣٥٫١٢٣٤ و ٣٥٫٩ "
            f"و هێڵی درێژیی {BELOW} و ٤٤٫٨"
        ),
    ),
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
    (
        {"asof": "2021-05-23"},
        "Events as known on 23 May 2021",
        "الأحداث كما كان معروفًا في ٢٣ أيار ٢٠٢١",
        "ڕووداوەکان وەک لە ٢٣ی ئایاری ٢٠٢١ زانراو بوو",
    ),
    (
        {"province": "IQ-KI", "viewpoint": "ocha", "only": "contradicted"},
        "Events in Kirkuk, that are contradicted, with governorates as OCHA draws them",
        "الأحداث في كركوك، التي تتناقض الروايات في شأنها، بحسب حدود المحافظات لدى أوتشا",
        ("ڕووداوەکان لە کەرکووک، کە قسەی دژبەیەکیان لەسەرە، بەپێی سنووری پارێزگاکان لای ئۆچا"),
    ),
    (
        {"precision": "site,town"},
        "Events with place precision: exact site, or town or village",
        "الأحداث بدقة موقع: موقع محدد، أو مدينة أو قرية",
        "ڕووداوەکان بە وردیی شوێن: شوێنی دیاریکراو، یان شار یان گوند",
    ),
]


@pytest.mark.parametrize(("query", "en", "ar", "ckb"), SAID)
def test_the_sentence_reads_as_words(query, en, ar, ckb):
    asked, _ = EventFilter.parse(query, datasets=("curated", "ucdp-ged"))
    assert [asked.sentence(lang) for lang in LANGS] == [en, ar, ckb]


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
