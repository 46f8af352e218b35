"""Rows entered on a terminal: asked cell by cell, checked at once, shown, written if agreed to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from geo import cli, tables
from tests.planting import copy_to
from tests.test_curation import CLAIM, EVENT, HELD, SAID, SOURCE, STATUS, content

AGREE, MEND = "Write this?", "Which columns are to change"
WHO = {"curator": "a test", "reason": "to try it"}
ROWS = {
    "source": ("sources", SOURCE),
    "claim": ("claims", CLAIM | {"origin": "a-hospital"}),
    "event": ("events", EVENT | HELD),
    "status": ("centre_status", STATUS | SAID),
}
# what is worked out is never asked for
SILENT = {"event_id", "claim_id", "source_id", "date_precision", "asserted_precision"} | {
    *("label_ar", "label_ckb", "label_quality", "ckb_review", "acled_like", "n_sources", "in_seed")
}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    return copy_to(made)


class Curator:
    """Answers each prompt by the column that it names: in turn, then with the last one again."""

    def __init__(self, answers):
        self.answers = {
            name: [one] if isinstance(one, str) else list(one) for name, one in answers.items()
        }
        self.asked = []

    def __call__(self, prompt):
        """Stand for `input`."""
        name = next((one for one in (AGREE, MEND) if prompt.startswith(one)), prompt.split()[0])
        self.asked.append(name)
        left = self.answers.get(name, [""])
        return left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def at_terminal(monkeypatch, folder, capsys):
    """Run `tansiq add` for a curator; returns the exit code, who answered, and what was said."""

    def run(kind, answers, *given):
        who = Curator(answers)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", who)
        code = cli.main(["add", kind, *given, "--data", str(folder)])
        return code, who, "".join(capsys.readouterr())

    monkeypatch.delenv("TANSIQ_CURATOR", raising=False)
    return run


@pytest.mark.parametrize("kind", ROWS)
def test_every_kind_can_be_completed(at_terminal, folder, kind):
    """Asked for its cells, its claim, curator and reason; shown; written; sound."""
    table, cells = ROWS[kind]
    before = len(tables.load(folder).frames[table])
    code, who, said = at_terminal(kind, cells | WHO | {AGREE: "y"})
    assert (code, f"{table}.csv: " in said) == (0, True)
    assert len(tables.load(folder).frames[table]) == before + 1
    assert who.asked[-3:] == ["curator", "reason", AGREE]
    assert not SILENT & set(who.asked) - ({"source_id"} if kind != "source" else set())
    assert len(who.asked) == len(set(who.asked))


FAULTS = [
    ("event", "date_start", "2021-02-30", "a date of the calendar"),
    ("event", "event_type", "meeting", "expected one of"),
    ("event", "place_id", "P-NOWHERE", "a place_id of places.csv"),
    ("event", "actors", "ACT-PESH;ACT-NOBODY", "actor_id of actors.csv, found ACT-NOBODY"),
    ("event", "source_id", "S999", "a source_id of sources.csv"),
    ("event", "title_ckb", "", "the text in the language ckb"),
    ("status", "status", "open", "expected one of"),
    ("claim", "subject_id", "EVT-999", "an id of centres.csv"),
    ("source", "url", "javascript:alert(1)", "expected the form"),
]


@pytest.mark.parametrize(("kind", "name", "wrong", "said"), FAULTS, ids=lambda one: str(one)[:20])
def test_a_cell_is_checked_at_once(at_terminal, kind, name, wrong, said):
    """The fault is told in words and the column asked again, before anything else is asked."""
    cells = ROWS[kind][1]
    code, who, told = at_terminal(kind, cells | WHO | {name: [wrong, cells[name]], AGREE: "y"})
    assert (code, told.count("! expected")) == (0, 1)
    assert re.search(f"! .*{said}", told)
    at = who.asked.index(name)
    assert who.asked[at + 1] == name


def test_a_broken_rule_loses_no_answer(at_terminal, folder):
    """What holds between cells is told with the column; only that one is asked again."""
    late = {"date_start": ["2021-06-09", "2021-06-07"], MEND: "", AGREE: "y"}
    code, who, said = at_terminal("event", EVENT | HELD | WHO | late)
    assert (code, "2021-06-08, when C269 reported it" in said) == (0, True)
    assert who.asked[-3:] == [MEND, "date_start", AGREE]
    event = tables.load(folder).frames["events"].set_index("event_id").loc["EVT-101"]
    assert (event["date_end"], event["claim_ids"]) == ("2021-06-07", "C269")


def test_what_is_shown_can_be_changed_or_left(at_terminal, folder):
    """Names of columns ask again with the earlier answer; n writes nothing, nor does the end."""
    whole = content(folder)
    code, _, said = at_terminal("source", SOURCE | WHO | {AGREE: "n"})
    assert (code, "nothing was written" in said) == (2, True)
    assert content(folder) == whole
    again = {"title": [SOURCE["title"], "Another"], AGREE: ["colour", "title, publisher", "y"]}
    kept = {"publisher": [SOURCE["publisher"], ""]}
    assert at_terminal("source", SOURCE | WHO | again | kept)[0] == 0
    row = tables.load(folder).frames["sources"].iloc[-1]
    assert (row["title"], row["publisher"]) == ("Another", "Example")


def test_what_is_given_is_not_asked_and_what_is_wrong_is_refused_early(at_terminal):
    """Options count as answers; a column that no table has stops before the first question."""
    given = [f"--field={name}={cell}" for name, cell in SOURCE.items()]
    who = ["--curator", "a test", "--reason", "to try it"]
    code, asking, _ = at_terminal("source", {AGREE: "y"}, *given, *who)
    assert (code, asking.asked) == (0, ["url_note", AGREE])
    for wrong in ("--field=colour=red", "--claim=value=x"):
        code, asking, _ = at_terminal("source", {}, wrong)
        assert (code, asking.asked) == (2, [])


def test_rows_can_be_looked_up_by_a_word(at_terminal):
    """A question mark lists the rows that a column may name, in any of their languages."""
    looked = {"place_id": ["?كركوك", EVENT["place_id"]], "field": ["?outc", HELD["field"]]}
    code, _, said = at_terminal("event", EVENT | HELD | WHO | looked | {AGREE: "y"})
    assert code == 0
    assert re.search(r"^    P-KRK  .*Kirkuk", said, re.MULTILINE)
    assert re.search(r"^    outcome$", said, re.MULTILINE)


def test_a_real_terminal_is_asked(folder):
    """The command by itself, on a terminal whose end comes early: a sentence, nothing written."""
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "geo.cli", "add", "source", "--data", str(folder)]
    done = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=Path(__file__).parents[1],
    )
    os.close(theirs)
    os.write(ours, b"https://example.org/1\nExample\n\x04")
    said = done.communicate(timeout=60)[0].decode()
    os.close(ours)
    assert done.returncode == 2, said
    assert "publisher: who published it" in said
    assert "nothing was written" in said
