"""Promises of the words: three equal catalogues, local digits and dates, a tolerant search."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from geo import i18n, marks

ROOT = Path(__file__).parents[1]
OTHERS = ("ar", "ckb")
# names, abbreviations and forms that are written in Latin signs in every language
NAMES = """
    K1 PNG CSV SVG PDF HTML JSON GeoJSON GeoPackage GeoParquet UCDP GED ACLED CC BY SA OSM ISO
    WGS84 EPSG URL GeoNames Natural Earth Apache 2.0 4.0 English tansiq validate lat lon z
    2021-05-23 OpenStreetMap HDX COD-AB OCHA Leaflet UTC data/basemap ZIP PROV-JSON NOAA GLOBE World
    Data Bank II GSHHG 2.3.6 LGPL-3.0-or-later Enter Escape BY-SA
    TSV XLSX Parquet import load rejects.csv acleddata.com
"""
LATIN = frozenset(NAMES.split())
# keys whose text is another language's on purpose
FOREIGN = re.compile(r"lang\.(en|ar|ckb)|app\.search_hint")


def plurals(texts):
    """Return the keys of plural words: those that have an ``other``."""
    return {key.removesuffix(".other") for key in texts if key.endswith(".other")}


def entries(lang):
    """Return each key once, plural words without forms, with the placeholders of ``other``."""
    texts = i18n.words(lang).texts
    several = plurals(texts)
    return {
        key.removesuffix(".other"): i18n.placeholders(text)
        for key, text in texts.items()
        if key.endswith(".other") or key.rpartition(".")[0] not in several
    }


@pytest.mark.parametrize("lang", OTHERS)
def test_every_key_stands_in_every_catalogue_with_the_same_placeholders(lang):
    expected, found = entries("en"), entries(lang)
    assert sorted(found.keys() ^ expected.keys()) == []
    assert {k: v for k, v in found.items() if v != expected[k]} == {}


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_plural_words_have_the_forms_of_their_language_and_no_placeholder_of_their_own(lang):
    texts = i18n.words(lang).texts
    for word in plurals(texts):
        forms = i18n.catalogue(lang, word)
        assert forms.keys() == set(i18n.plural_forms(lang)), word
        allowed = i18n.placeholders(forms["other"])
        assert all(i18n.placeholders(form) <= allowed for form in forms.values()), word


def leaves(table):
    for value in table.values():
        yield from leaves(value) if isinstance(value, dict) else [value]


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_text_is_a_string_that_says_something(lang):
    raw = tomllib.loads((ROOT / f"geo/locale/{lang}.toml").read_text("utf-8"))
    assert [text for text in leaves(raw) if not (isinstance(text, str) and text.strip())] == []


def latin_words(text):
    bare = re.sub(r"\{\w+\}", " ", text)
    return [found.strip(".-/") for found in re.findall(r"[A-Za-z0-9][\w.\-/]*", bare, re.ASCII)]


@pytest.mark.parametrize("lang", OTHERS)
def test_no_latin_word_or_digit_is_left_in_arabic_and_sorani_but_names(lang):
    texts = i18n.words(lang).texts.items()
    left = {key: [w for w in latin_words(text) if w not in LATIN] for key, text in texts}
    assert {key: found for key, found in left.items() if found} == {}


@pytest.mark.parametrize(("lang", "strange"), [("ar", "ێۆڕڵەڤکیھگپژ"), ("ckb", "يىكةأإذضصطظث")])
def test_each_language_is_written_in_its_own_letters(lang, strange):
    texts = i18n.words(lang).texts.items()
    found = {k: t for k, t in texts if set(strange) & set(t) and not FOREIGN.fullmatch(k)}
    assert found == {}


def written_keys():
    """Return every string of the code that looks like a key, with its file."""
    sections = {key.partition(".")[0] for key in i18n.words("en").texts}
    key = re.compile(rf"({'|'.join(sections)})(\.(?!(?:py|js)$)[a-z][a-z0-9_]*[a-z0-9])+")
    for path in sorted([*ROOT.rglob("geo/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and key.fullmatch(str(node.value)):
                yield path.name, node.value


def test_every_key_that_the_code_names_stands_in_the_catalogues():
    texts = i18n.words("en").texts
    known = {*texts, *(key.rpartition(".")[0] for key in texts)}
    assert [found for found in written_keys() if found[1] not in known] == []


def test_the_sorani_catalogue_says_that_it_is_a_draft():
    first = (ROOT / "geo/locale/ckb.toml").read_text("utf-8").splitlines()[0]
    assert first == "# draft, needs native review"


@pytest.mark.parametrize(
    ("section", "ids"),
    [
        ("type", set(marks.EVENT_TYPES)),
        ("family", {family.id for family in marks.FAMILIES}),
        (
            "status",
            {look.id for look in marks.STATUSES} | {"degraded", "contested", "contradicted"},
        ),
        ("precision", set(marks.PRECISION_RADIUS_M)),
    ],
)
def test_all_that_has_a_look_has_a_name(section, ids):
    assert i18n.catalogue("en", section).keys() == ids


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_governorates_are_named_as_in_the_data(lang):
    with (ROOT / "data/governorates.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["admin1"]: row[f"name_{lang}"] for row in csv.DictReader(file)}
    assert i18n.catalogue(lang, "admin1") == expected


@pytest.mark.parametrize(("lang", "locale"), [("en", "en"), ("ar", "ar_IQ")])
def test_months_are_named_as_babel_has_them_for_iraq(lang, locale):
    months = Locale.parse(locale).months["format"]["wide"]
    assert [i18n.month_name(m, lang) for m in range(1, 13)] == [months[m] for m in range(1, 13)]


@pytest.mark.parametrize(("lang", "way"), [("en", "ltr"), ("ar", "rtl"), ("ckb", "rtl")])
def test_direction(lang, way):
    assert i18n.direction(lang) == way


@pytest.mark.parametrize(
    ("n", "en", "local"),
    [
        (0, "0", "٠"),
        (7, "7", "٧"),
        (1234, "1,234", "١٬٢٣٤"),
        (1_000_000, "1,000,000", "١٬٠٠٠٬٠٠٠"),
        (2.5, "2.5", "٢٫٥"),
    ],
)
def test_numbers_are_grouped_in_local_digits(n, en, local):
    assert [i18n.number(n, lang) for lang in i18n.LANGS] == [en, local, local]


@pytest.mark.parametrize(
    ("text", "en", "ar", "ckb"),
    [
        ("2021", "2021", "٢٠٢١", "٢٠٢١"),
        ("2021-05", "May 2021", "أيار ٢٠٢١", "ئایاری ٢٠٢١"),
        ("2021-05-23", "23 May 2021", "٢٣ أيار ٢٠٢١", "٢٣ی ئایاری ٢٠٢١"),
        ("2014-12-01", "1 December 2014", "١ كانون الأول ٢٠١٤", "١ی کانوونی یەکەمی ٢٠١٤"),
        ("", "date unknown", "تاريخ غير معروف", "بەروار نەزانراوە"),
    ],
)
def test_dates_are_said_as_precisely_as_they_are_known(text, en, ar, ckb):
    assert [i18n.edtf(text, lang) for lang in i18n.LANGS] == [en, ar, ckb]


@pytest.mark.parametrize(
    "text", ["21", "2021-13", "2021-02-30", "2021-5-1", "soon", "2021-05-01T00"]
)
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError):
        i18n.edtf(text, "en")


@pytest.mark.parametrize(
    ("first", "last", "en", "ar", "ckb"),
    [
        (None, None, "", "", ""),
        ("2021-05-23", "2021-05-23", "23 May 2021", "٢٣ أيار ٢٠٢١", "٢٣ی ئایاری ٢٠٢١"),
        (
            "2021-05-19",
            "2021-05-24",
            "19 to 24 May 2021",
            "من ١٩ إلى ٢٤ أيار ٢٠٢١",
            "لە ١٩ تا ٢٤ی ئایاری ٢٠٢١",
        ),
        (
            "2021-04-30",
            "2021-05-24",
            "30 April to 24 May 2021",
            "من ٣٠ نيسان إلى ٢٤ أيار ٢٠٢١",
            "لە ٣٠ی نیسان تا ٢٤ی ئایاری ٢٠٢١",
        ),
        (
            "2020-05-01",
            "2021-05-24",
            "1 May 2020 to 24 May 2021",
            "من ١ أيار ٢٠٢٠ إلى ٢٤ أيار ٢٠٢١",
            "لە ١ی ئایاری ٢٠٢٠ تا ٢٤ی ئایاری ٢٠٢١",
        ),
        (
            None,
            "2021-05-23",
            "until 23 May 2021",
            "حتى ٢٣ أيار ٢٠٢١",
            "تا ٢٣ی ئایاری ٢٠٢١",
        ),
        (
            "2021-05-23",
            None,
            "from 23 May 2021",
            "ابتداءً من ٢٣ أيار ٢٠٢١",
            "لە ٢٣ی ئایاری ٢٠٢١ بەدواوە",
        ),
    ],
)
def test_a_range_is_said_without_repeating_itself(first, last, en, ar, ckb):
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    assert [i18n.span(*days, lang) for lang in i18n.LANGS] == [en, ar, ckb]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2014-06-04", "2014-06-10", "4 to 10 June 2014"),
        ("2014-06", "2014-06", "June 2014"),
        ("2014-06", "2014-08", "June 2014 to August 2014"),
        ("2015", "", "2015"),
    ],
)
def test_an_events_two_dates_are_said_as_one(start, end, said):
    assert i18n.edtf_span(start, end, "en") == said


@pytest.mark.parametrize(
    ("n", "en", "ar", "ckb"),
    [
        (0, "0 events", "لا أحداث", "٠ ڕووداو"),
        (1, "1 event", "حدث واحد", "١ ڕووداو"),
        (2, "2 events", "حدثان", "٢ ڕووداو"),
        (3, "3 events", "٣ أحداث", "٣ ڕووداو"),
        (11, "11 events", "١١ حدثًا", "١١ ڕووداو"),
        (97, "97 events", "٩٧ حدثًا", "٩٧ ڕووداو"),
        (100, "100 events", "١٠٠ حدث", "١٠٠ ڕووداو"),
        (1234, "1,234 events", "١٬٢٣٤ حدثًا", "١٬٢٣٤ ڕووداو"),
    ],
)
def test_counted_words_take_the_form_of_their_number(n, en, ar, ckb):
    assert [i18n.words(lang).count("unit.events", n) for lang in i18n.LANGS] == [en, ar, ckb]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: i18n.words("ku"),
        lambda: i18n.words("en")("no.such"),
        lambda: i18n.words("en")("date.from"),
        lambda: i18n.words("en").count("filter.all", 2),
        lambda: i18n.direction("de"),
    ],
)
def test_a_missing_language_key_or_placeholder_is_a_key_error(ask):
    with pytest.raises(KeyError):
        ask()


def test_dates_and_numbers_given_as_such_are_written_by_the_language():
    assert i18n.words("ar")("date.until", day=date(2021, 5, 23)) == "حتى ٢٣ أيار ٢٠٢١"
    assert i18n.words("ckb").count("unit.days", 12) == "١٢ ڕۆژ"
    assert i18n.words("ar").count("unit.events", np.int64(12)) == "١٢ حدثًا"


@pytest.mark.parametrize(
    ("lang", "value", "shown"),
    [
        ("ar", "K1", "«\u2068K1\u2069»"),
        ("ar", "كركوك", "«كركوك»"),
        ("ar", "٢٣", "«٢٣»"),
        ("en", "كركوك", "“\u2068كركوك\u2069”"),
        ("en", "Kirkuk", "“Kirkuk”"),
        ("ar", "\u2068K1\u2069", "«\u2068K1\u2069»"),
    ],
)
def test_a_value_that_runs_the_other_way_is_isolated_once(lang, value, shown):
    assert i18n.words(lang)("filter.quoted", text=value) == shown


@pytest.mark.parametrize(
    ("lang", "opening"), [("", "\u2068"), ("en", "\u2066"), ("ar", "\u2067"), ("ckb", "\u2067")]
)
def test_isolates_close_what_they_open(lang, opening):
    assert i18n.isolate("K1 قاعدة", lang) == f"{opening}K1 قاعدة\u2069"


@pytest.mark.parametrize(
    ("parts", "en", "ar"),
    [
        ([], "", ""),
        (["K"], "K", "K"),
        (["K", "D"], "K or D", "K أو D"),
        (["K", "D", "N"], "K, D or N", "K، D أو N"),
    ],
)
def test_enumerations_are_joined_by_the_local_comma_and_word(parts, en, ar):
    assert i18n.words("en").join(parts, "or") == en
    assert i18n.words("ar").join(parts, "or") == ar


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("البيشمركة", "البیشمرکه"),
        ("أربيل", "اربيل"),
        ("إقليم آخر", "اقليم اخر"),
        ("نينوى", "نينوي"),
        ("ديالى", "دیالی"),
        ("مسؤول", "مسوول"),
        ("جلولاء", "جلولا"),
        ("مُحَافَظَة", "محافظة"),
        ("كـــركوك", "كركوك"),
        ("هەولێر", "هه‌ولێر"),
        ("هەولێر", "ههولير"),
        ("کەرکووک", "كەركوك"),
        ("ڕووداو", "رووداو"),
        ("٢٠٢١", "2021"),
        ("۲۰۲۱", "2021"),
        ("At-Ta'mim", "at ta’mim"),
        ("Nīnawá", "ninawa"),
        ("Şırnak", "sirnak"),
        ("Straße", "STRASSE"),
        ("K–1", "k 1"),
        ("two\u00a0 words\n", "two words"),
        ("\u202eK1\u202c", "k1"),
        ("ＦＵＬＬ", "full"),
    ],
)
def test_spelling_variants_are_equal_in_a_search(one, other):
    assert i18n.normalise(one) == i18n.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("كركوك", "گرگوگ"), ("باب", "پاپ"), ("%", ""), ("_", " ")]
)
def test_different_letters_and_signs_stay_different(one, other):
    assert i18n.normalise(one) != i18n.normalise(other)


def test_normalising_twice_is_normalising_once_for_every_character():
    for start in range(0, 0x11000, 16):
        block = "a".join(map(chr, range(start, start + 16)))
        once = i18n.normalise(block)
        assert i18n.normalise(once) == once, hex(start)


LETTERS = st.text(st.sampled_from("aK1İß -_%\\'’أاآؤوئيىیێەهةکكءـًّ\u200c\n٣۳½"), max_size=8)


@given(LETTERS, LETTERS, LETTERS)
def test_a_part_of_a_text_is_found_in_it(before, part, after):
    whole = i18n.normalise(before + part + after)
    assert all(term in whole for term in i18n.normalise(part).split())


@given(st.text())
def test_any_text_can_be_normalised_and_isolated(text):
    assert i18n.normalise(i18n.normalise(text)) == i18n.normalise(text)
    assert text in i18n.isolate(text)


def test_a_section_is_handed_over_without_its_name():
    assert i18n.catalogue("en", "unit.events") == {"one": "{n} event", "other": "{n} events"}
    assert i18n.catalogue("ar", "lang")["ckb"] == "کوردی"
