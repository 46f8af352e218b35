"""Promises of the stories: each step shows what it tells of, each fault in one is named."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace

import pytest

from geo import cli, curation, provenance, stories, tables
from geo.address import View
from geo.errors import DataError, Fault
from geo.i18n import LANGS, ascii_digits
from geo.tables import draft, manifest
from tests.planting import copy_to, last_day

PACKAGE = tables.load()
HELD = stories.load(PACKAGE)
EVENTS = provenance.events(PACKAGE).set_index("event_id")
STEPS = [
    pytest.param(story, number, step, id=f"{story.name}-{number}")
    for story in HELD.values()
    for number, step in enumerate(story.steps, start=1)
]
MAY = "stories/may-2021.toml"


@pytest.fixture
def folder(tmp_path):
    return copy_to(tmp_path)


def judged(folder) -> list[Fault]:
    """The faults of a folder's stories, on the tables as they are."""
    try:
        stories.load(replace(PACKAGE, folder=folder))
    except DataError as error:
        return list(error.faults)
    return []


def test_there_are_the_two_stories_with_five_to_eight_steps():
    assert {"may-2021", "gap-2014-2021"} <= set(HELD)
    assert all(5 <= len(story.steps) <= 8 for story in HELD.values())
    assert [story.drafts for story in HELD.values()] == [{"ar", "ckb"}] * len(HELD)


@pytest.mark.parametrize(("story", "number", "step"), STEPS)
def test_a_step_is_an_address_that_shows_its_event(story, number, step):
    """The address reads back whole; what is selected is there and matches the filter."""
    for lang in LANGS:
        view = story.view(number, View(lang=lang, digits="western"))
        assert View.from_text(view.to_text()) == (view, [])
        assert (view.story, view.step, view.lang) == (story.name, number, lang)
    assert step.view.event or step.view.centre
    if step.view.event:
        assert step.view.filter.matches(EVENTS.loc[[step.view.event]]).all()


def told(step) -> str:
    """All that the step's claims and their sources say, digits as words included."""
    claims = provenance.claims_for(PACKAGE, step.claim_ids)
    return " ".join(str(cell) for row in claims.itertuples() for cell in row)


@pytest.mark.parametrize(("story", "number", "step"), STEPS)
def test_each_number_of_a_text_stands_in_its_claims(story, number, step):
    """Days, years and counts in digits are those of the claims, the same in every language."""
    found = {lang: numbers(step.texts[lang]) for lang in LANGS}
    assert found["en"] == found["ar"] == found["ckb"]
    assert found["en"] - numbers(told(step)) == set()


def numbers(text: str) -> set[str]:
    plain = ascii_digits(text).replace("K1", "").replace("٫", ".")
    return {digits.lstrip("0") for digits in re.findall(r"\d+(?:\.\d+)?", plain)}


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_is_a_sentence_of_the_claims_or_says_that_a_centre_is_active_today(lang):
    """A story tells in its own words, and only what was reported."""
    paraphrases = set(PACKAGE.frames["claims"]["paraphrase_en"])
    for story in HELD.values():
        for step in story.steps:
            text = step.texts[lang]
            assert not any(sentence in text for sentence in paraphrases)
            assert 200 < len(text) < 900


# how a text says that its sources do not agree
SPLIT = re.compile(r"contradicted|differ|two counts|two reports|three rooms only|however|same day")


@pytest.mark.parametrize(("story", "number", "step"), STEPS)
def test_what_is_contradicted_is_told_as_such(story, number, step):
    """A step that names several values of one contradiction says that there are several."""
    claims = provenance.claims_for(PACKAGE, step.claim_ids)
    disputed = claims[claims["conflict_group"] != ""]
    values = disputed.groupby("conflict_group")["value"].nunique()
    if (values > 1).any():
        assert SPLIT.search(step.texts["en"]), sorted(values.index)


FIRST = "from=2021-05-01&to=2021-05-02&event=EVT-049&lat=35.6&lon=44.3&z=9.5"
# rule, field, what stands there, what is planted
PLANTS = [
    ("toml", "", 'ar_review = "', "ar_review = "),
    ("shape", "steps[1].address", "address = ", "addresses = "),
    ("shape", "steps[1].claims", 'claims = ["C037", ', 'claims = [37, "C037", '),
    ("shape", "title.de", "[title]\n", '[title]\nde = "Mai"\n'),
    ("review", "ar_review", 'ar_review = "needs_native_review"', 'ar_review = "fine"'),
    ("translation", "steps[1].title.ckb", 'ckb = "بۆشایییەک لەنێوان دوو هێزدا"', 'ckb = " "'),
    ("translation", "title.ar", 'ar = "أيار ٢٠٢١: البيشمركة تعود إلى كركوك"\n', ""),
    ("whitespace", "steps[1].title.en", "A gap between two forces", "A gap between two forces "),
    ("stray_character", "steps[1].title.en", "A gap between", "A gap\u202e between"),
    ("stray_character", "title.en", "come back to", "come\\nback to"),
    ("nfc", "steps[1].title.en", "A gap between", "A ga\u0301p between"),
    ("address", "steps[1].address", FIRST, FIRST.replace("EVT-049", "../x")),
    ("address", "steps[1].address", FIRST, f"{FIRST}&foo=1"),
    ("canonical_address", "steps[1].address", FIRST, FIRST.removesuffix("&z=9.5")),
    ("canonical_address", "steps[1].address", FIRST, f"{FIRST}&lang=ar"),
    ("canonical_address", "steps[1].address", FIRST, f"story=may-2021&step=2&{FIRST}"),
    ("canonical_address", "steps[1].address", FIRST, FIRST.replace("35.6", "35.60")),
    ("date_range", "steps[1].address", "from=2021-05-01", "from=2011-05-01"),
    ("reference", "steps[1].address", "EVT-049", "EVT-949"),
    ("event_in_filter", "steps[1].address", "to=2021-05-02", "to=2021-05-01"),
    ("claims", "steps[1].claims", '["C037", ', '["C937", '),
    ("claims", "steps[1].claims", '["C037", ', '["C037", "C037", '),
    ("claim_of_selected", "steps[1].claims", '["C037", "C184", ', "["),
]


@pytest.mark.parametrize(("rule", "field", "old", "new"), PLANTS)
def test_a_planted_fault_is_named_by_file_line_field_and_rule(folder, rule, field, old, new):
    """The line is that of the key, or of the step where the key is missing."""
    path = folder / MAY
    sound = path.read_text("utf-8")
    assert old in sound
    path.write_text(sound.replace(old, new, 1), "utf-8")
    found = judged(folder)
    assert (MAY, rule, field) in {(fault.file, fault.rule, fault.field) for fault in found}
    planted = sound[: sound.index(old)].count("\n") + 1
    [line] = {f.line for f in found if (f.rule, f.field) == (rule, field)}
    assert abs(line - planted) <= 2


def test_every_check_is_shown_a_fault():
    """No check without a plant, but those that a name or a number of steps breaks."""
    assert set(stories.CHECKS) - {rule for rule, *_ in PLANTS} == {"story_name", "step_count"}


@pytest.mark.parametrize(
    ("rule", "name", "change"),
    [
        ("story_name", "May 2021.toml", lambda text: text),
        ("step_count", "short.toml", lambda text: "[[steps]]".join(text.split("[[steps]]")[:2])),
        ("shape", "none.toml", lambda text: text.split("[[steps]]")[0]),
        ("shape", "odd.toml", lambda text: "steps = [1, 2]\n" + text.split("[[steps]]")[0]),
        ("toml", "bytes.toml", lambda text: text.encode("utf-16")),
        ("toml", "deep.toml", lambda _: "a = " + "[" * 5000),
        ("shape", "empty.toml", lambda _: ""),
    ],
)
def test_what_is_no_story_is_one_fault_of_its_file(folder, rule, name, change):
    text = change((folder / MAY).read_text("utf-8"))
    path = folder / "stories" / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = judged(folder)
    assert {(fault.file, fault.rule) for fault in found} == {(f"stories/{name}", rule)}


@pytest.mark.parametrize("act", ["cut", "remove", "add"])
def test_a_damaged_story_is_refused_by_name(folder, act):
    """The manifest vouches for stories as it does for tables."""
    path = folder / MAY
    if act == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif act == "remove":
        path.unlink()
    else:
        path = shutil.copy(path, folder / "stories/added.toml")
    found = manifest.faults(draft.read(folder))
    assert {fault.file for fault in found} == {f"stories/{path.name}"}
    tables.write_manifest(folder)
    assert list(manifest.faults(draft.read(folder))) == []


def test_a_withdrawn_claim_is_missed_by_the_story_that_rests_on_it(folder):
    """Tables and stories are judged together, also when a curator answers for an edit."""
    for name, old, new in (
        ("claims.csv", "C147,EVT-023,", None),
        ("events.csv", "C147;C148,2,", "C148,1,"),
    ):
        path = folder / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line.replace(old, new) if new else line for line in lines if new or old not in line]
        assert kept != lines
        path.write_text("".join(kept), "utf-8")
    with pytest.raises(DataError, match=r"gap-2014-2021\.toml.*C147"):
        curation.record(folder, curator="A", reason="B", day=last_day(folder), correct=True)


def test_the_commands_know_the_stories(folder, capsys, tmp_path_factory):
    """`validate` counts them, names a fault in one, also in an archive; `manifest` vouches."""
    archive = tmp_path_factory.mktemp("zip") / "data.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in folder.rglob("*"):
            made.write(path, path.relative_to(folder))
    assert cli.main(["validate", str(archive)]) == 0
    assert "2 stories" in capsys.readouterr().out
    path = folder / MAY
    path.write_text(path.read_text("utf-8").replace("EVT-049", "EVT-949"), "utf-8")
    assert cli.main(["manifest", str(folder)]) == 1
    assert "may-2021.toml:11 [steps[1].address] reference" in capsys.readouterr().out


def test_what_is_left_to_review_names_the_drafts(capsys):
    """`review` lists stories beside the tables' drafts."""
    assert cli.main(["review"]) == 0
    assert "may-2021  stories.ckb_review" in capsys.readouterr().out
