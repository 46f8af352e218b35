"""Promises about the scripts of the layer themselves."""

from __future__ import annotations

import re

import pytest

from geo import i18n, scripts


@pytest.mark.parametrize("name", [*scripts.SCRIPTS, *scripts.STYLES])
def test_no_script_turns_text_into_markup_or_knows_another_host(name: str) -> None:
    """Sinks that would run what data says, and foreign addresses, stand in none of our files."""
    text = scripts.asset(name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|https?://[a-z]",
        text,
    )


def test_every_word_the_layer_asks_for_is_in_the_catalogue() -> None:
    """Keys written in the scripts stand under [map]; the one sentence without it is the same."""
    code = "".join(scripts.asset(name).read_text("utf-8") for name in scripts.SCRIPTS)
    asked = set(re.findall(r"\bw\(\"([a-z_]+)\"", code))
    for lang in i18n.LANGS:
        words = i18n.catalogue(lang, "map")
        assert asked <= words.keys()
        assert words["error_meta"] in code
