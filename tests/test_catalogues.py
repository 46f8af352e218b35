"""Promises of what the catalogues say: nouns agree with numbers, signs are no digits, one word."""

from __future__ import annotations

import re

import pytest

from geo import i18n
from tests.syntax import ROOT
from tests.test_i18n import plurals

# placeholders that are filled with words, or with numbers that count nothing
WORDS = frozenset(
    {"ago", "claims", "events", "first", "high", "low", "minutes", "names", "north", "places",
     "second", "version"}
)  # fmt: skip
# what may follow a number and does not change with it: no noun that is counted
AFTER = {
    "en": frozenset({"of", "to", "on", "listed", "without", "in", "more", "told", "a", "per", "are",
                     "and"}),
    "ar": frozenset({"من", "إلى", "بحسب", "على", "في", "مما", "منها", "غيرها", "و", "فأكثر"}),
}
# units that are written short, and a setting of the server in them
SHORT = frozenset({"m", "km", "s", "MB", "م", "كم", "ث", "ميغابايت"})


def counted(lang: str) -> list[str]:
    """Entries that say a number and a noun after it, without being asked for by number."""
    texts, several = i18n.words(lang).texts, plurals(i18n.words(lang).texts)
    return [
        f"{key}: {{{name}}} {noun}"
        for key, text in texts.items()
        if key.rpartition(".")[0] not in several
        for name, noun in re.findall(r"\{(\w+)\} ([^\W\d_]+)", text)
        if name not in WORDS and noun not in AFTER[lang] | SHORT
    ]


@pytest.mark.parametrize("lang", AFTER)
def test_a_noun_after_a_number_has_its_plural_forms(lang):
    """Never "1 events", never «٢ أحداث»; Sorani's nouns are the same after every number."""
    assert counted(lang) == []


@pytest.mark.parametrize("lang", AFTER)
def test_a_planted_number_with_a_noun_is_found(lang, monkeypatch):
    """The finder knows the sentences that were wrong once."""
    wrong = {"en": "{n} events at this point", "ar": "{later} أحداث رُويت لاحقًا"}[lang]
    said = i18n.Words(lang, {**i18n.words(lang).texts, "app.planted": wrong})
    monkeypatch.setattr(i18n, "words", lambda _: said)
    assert len(counted(lang)) == 1


@pytest.mark.parametrize(
    ("n", "ar", "en"),
    [(1, "حدث واحد", "1 event"), (2, "حدثان", "2 events"), (91, "٩١ حدثًا", "91 events")],
)
def test_what_is_hidden_is_counted_as_each_language_counts(n, ar, en):
    """The sentence about what was not known by a day, which once said «٩١ أحداث»."""
    for lang, told in (("ar", ar), ("en", en)):
        say = i18n.words(lang)
        claims = say.count("unit.undated", n)
        events = say.count("unit.events", n)
        said = say("app.hidden", later=events, undated=n, claims=claims)
        assert told in said
        assert claims in said


@pytest.mark.parametrize("lang", ["ar", "ckb"])
def test_no_sign_between_numbers_looks_like_a_digit(lang):
    """A middle dot beside Arabic digits reads as their zero, an upright stroke as their one."""
    texts = i18n.words(lang).texts
    assert [key for key, text in texts.items() if re.search(r"[·•|]", text)] == []
    assert not set("·•|") & set(texts["sign.apart"])


def test_no_code_puts_a_middle_dot_between_parts():
    """What stands between the parts of a line comes from the catalogue; terminals speak English."""
    files = [*(ROOT / "geo").rglob("*.py"), *(ROOT / "geo/assets").glob("*.[jhc]s*")]
    dots = re.compile(r"·|\\u00b7|&middot;", re.IGNORECASE)
    found = [one for one in files if dots.search(one.read_text("utf-8"))]
    assert [one for one in found if one.parent.name != "cli"] == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [("إفاد", "a claim is «قول»"), ("عنوان الصفحة", "an address is «رابط», «عنوان» a title")],
)
def test_arabic_has_one_word_for_one_thing(wrong, why):
    """In the catalogue and on the page for readers."""
    page = (ROOT / "docs/readers.ar.md").read_text("utf-8")
    texts = i18n.words("ar").texts
    assert [key for key, text in texts.items() if wrong in text] == [], why
    assert wrong not in page, why
