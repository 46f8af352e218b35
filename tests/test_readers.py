"""The page for readers says in three languages what the dashboard really has."""

from __future__ import annotations

import re

import pytest

from geo import i18n
from tests.syntax import ROOT

# things, not labels
THINGS = {"centre", "event", "مركز", "حدث", "سەنتەر", "ڕووداو"}


def page(lang: str) -> str:
    return (ROOT / f"docs/readers.{lang}.md").read_text("utf-8")


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_label_that_the_page_names_is_on_the_dashboard(lang):
    """What is set in bold or quoted is a word of the catalogue, letter by letter."""
    said = re.sub(r"\s+", " ", page(lang))
    named = set(re.findall(r"\*\*(.+?)\*\*", said)) - THINGS
    known = {text.rstrip(".") for text in i18n.words(lang).texts.values()}
    assert len(named) >= 12
    assert sorted(name for name in named if name.rstrip(".") not in known) == []


def test_the_three_pages_have_the_same_parts():
    """No part, row or point is missing in a language; each leads to the others."""
    shape = [re.findall(r"^(#+|- |\|)", page(lang), re.MULTILINE) for lang in i18n.LANGS]
    assert shape[0] == shape[1] == shape[2]
    for lang in i18n.LANGS:
        others = set(re.findall(r"\]\(readers\.(\w+)\.md\)", page(lang)))
        assert others == set(i18n.LANGS) - {lang}


def test_the_sorani_page_says_that_it_is_a_draft_and_the_readme_leads_to_all():
    """Nobody takes the draft for reviewed."""
    assert "Draft: no native reader has reviewed it yet." in page("ckb")
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"docs/readers.{lang}.md" in readme for lang in i18n.LANGS)
