"""The curators' tools: rows enter with all that follows, or not at all; what is left is listed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from geo import cli, curation, provenance, tables
from geo.curation import folder as swap
from geo.errors import DataError, TansiqError
from geo.tables import audit, draft
from tests.planting import cell, copy_to

WHO = {"curator": "a test", "reason": "to try it", "day": "2026-11-25"}
SOURCE = {
    "url": "https://example.org/news/1",
    "publisher": "Example",
    "title": "A title",
    "language": "en",
    "date_published": "2021-06-01",
    "published_basis": "visible",
    "date_accessed": "2026-11-25",
    "source_kind": "local-news",
    "title_basis": "shown", "access_note": "full text read",
}
CLAIM = {
    "subject_id": "EVT-066",
    "field": "fatalities",
    "value": "14",
    "value_min": "14",
    "value_max": "14",
    "unit": "persons_killed",
    "source_id": "S089",
    "paragraph": "para 9",
    "paraphrase_en": "Another count has fourteen dead.",
    "attributed_to": "a hospital",
    "asserted_on": "2021-09-06",
    "conflict_group": "X12",
}
EVENT = {
    "date_start": "2021-06-07",
    "date_basis": "stated",
    "event_type": "agreement_talks",
    "place_id": "P-KRK",
    "place_role": "location",
    "actors": "ACT-PESH",
    "title_en": "A meeting",
    "title_ar": "اجتماع",
    "title_ckb": "کۆبوونەوەیەک",
}
HELD = {
    "field": "outcome",
    "value": "a meeting was held",
    "source_id": "S002",
    "paragraph": "para 1",
    "paraphrase_en": "Both sides met.",
    "attributed_to": "Example",
    "asserted_on": "2021-06-08",
}
STATUS = {"centre_id": "CEN-GWR", "valid_from": "2021-07-01", "status": "approved"}
SAID = {
    "source_id": "S002",
    "paragraph": "para 2",
    "paraphrase_en": "The Gwer centre was approved.",
    "attributed_to": "Example",
}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    return copy_to(made)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def lines(folder: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in draft.read(folder).tables[audit.NAME].whole]


def test_a_source_and_a_claim_enter_with_all_that_follows(folder):
    """The claim stands in its event's and its contradiction's list; the toll is worked out."""
    source = curation.add(folder, "source", SOURCE, **WHO)
    claim = curation.add(folder, "claim", CLAIM | {"source_id": source}, **WHO)
    assert tables.validate(folder) == []
    package = tables.load(folder)
    event = package.frames["events"].set_index("event_id").loc["EVT-066"]
    assert claim in event["claim_ids"].split(";")
    assert event["n_sources"] == 4
    conflict = package.frames["conflicts"].set_index("conflict_group").loc["X12"]
    assert (claim in conflict["claim_ids"], conflict["n_claims"]) == (True, 4)
    told = provenance.claims_for(package, [claim]).iloc[0]
    assert (told["origin"], told["asserted_precision"]) == ("a-hospital", "day")
    acts = [(line[3], line[4], line[5]) for line in lines(folder)[-4:]]
    assert ("added", "sources", source) in [*acts, *((x[3], x[4], x[5]) for x in lines(folder))]
    assert {
        ("added", "claims", claim),
        ("changed", "events", "EVT-066"),
        ("changed", "conflicts", "X12"),
    } <= set(acts)


def test_an_event_enters_with_the_claim_that_it_rests_on(folder):
    """One step: the event, its first claim, the numbers, the audit's lines."""
    key = curation.add(folder, "event", EVENT, claim=HELD, **WHO)
    package = tables.load(folder)
    event = package.frames["events"].set_index("event_id").loc[key]
    assert (key, event["date_end"], event["n_sources"]) == ("EVT-101", "2021-06-07", 1)
    assert event["claim_ids"] == "C269"
    assert key in set(tables.events(package)["event_id"])


def test_a_status_enters_with_its_claim(folder):
    """The centre's status on the day is what was added."""
    curation.add(folder, "status", STATUS, claim=SAID, **WHO)
    found = provenance.status_on(tables.load(folder), "CEN-GWR", date(2021, 7, 2))
    assert (found.statuses, found.last_confirmed) == (("approved",), date(2021, 7, 1))


REFUSED = [
    ("claim", CLAIM | {"source_id": "S999"}, None, DataError, "foreign_key"),
    ("claim", CLAIM | {"subject_id": "EVT-999"}, None, DataError, "reference"),
    ("claim", CLAIM | {"asserted_on": "2021-02-30"}, None, DataError, "calendar"),
    ("event", EVENT | {"date_start": "2021-06-09"}, HELD, DataError, "dates_claimed"),
    ("event", EVENT | {"title_ckb": ""}, HELD, DataError, "translation"),
    ("event", EVENT, None, DataError, "required"),
    (
        "status",
        STATUS | {"status": "active"},
        SAID | {"value": "approved"},
        DataError,
        "status_claimed",
    ),
    ("source", SOURCE | {"url": "javascript:alert(1)"}, None, DataError, "pattern"),
    ("source", SOURCE | {"colour": "red"}, None, TansiqError, "colour"),
    ("event", EVENT | {"n_sources": "9"}, HELD, TansiqError, "n_sources"),
    ("source", SOURCE, HELD, TansiqError, "rests on no claim"),
    ("rumour", {}, None, TansiqError, "rumour"),
]


@pytest.mark.parametrize(
    ("kind", "given", "claim", "error", "said"),
    REFUSED,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_breaks_a_rule_is_refused_as_a_whole(  # noqa: PLR0913, PLR0917 # one refusal
    folder, kind, given, claim, error, said
):
    """The fault is named, no file has changed, and nothing is left beside the folder."""
    before = content(folder)
    with pytest.raises(error) as caught:
        curation.add(folder, kind, given, claim=claim, **WHO)
    if isinstance(caught.value, DataError):
        assert said in {fault.rule for fault in caught.value.faults}
    else:
        assert said in str(caught.value)
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["data"]


def test_an_edit_by_hand_is_answered_for(folder):
    """Found by the check, recorded with who and why, sound again."""
    cell("", "events.csv", "EVT-055", "title_en", "Another title").put(folder)
    tables.write_manifest(folder)
    assert {fault.rule for fault in tables.validate(folder)} == {"audited"}
    done = curation.record(folder, **WHO)
    assert done == [("events", "EVT-055", "changed")]
    assert tables.validate(folder) == []
    assert lines(folder)[-1][1:6] == ("2026-11-25", "a test", "changed", "events", "EVT-055")


def test_a_claim_is_immutable_but_for_a_correction(folder):
    """Changing what somebody was quoted with has to be meant."""
    cell("", "claims.csv", "C004", "paraphrase_en", "Another paraphrase.").put(folder)
    with pytest.raises(TansiqError, match="C004"):
        curation.record(folder, **WHO)
    assert curation.record(folder, correct=True, **WHO) == [("claims", "C004", "corrected")]
    assert tables.validate(folder) == []


def test_only_one_curator_at_a_time(folder):
    """The second is told so, and nothing is written."""
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        lock = folder.with_name(".data.lock")
        lock.write_text(str(sleeper.pid))
        with pytest.raises(TansiqError, match="another process"):
            curation.add(folder, "source", SOURCE, **WHO)
    finally:
        sleeper.kill()
        sleeper.wait()
    # whoever held it is gone: the lock is taken over
    assert curation.add(folder, "source", SOURCE, **WHO)
    assert not lock.exists()


SCRIPT = """
import sys
from pathlib import Path
from geo import curation
for n in range(40):
    curation.add(Path(sys.argv[1]), "source", {source} | {{"url": f"https://example.org/{{n}}"}},
                 curator="a test", reason="killed", day="2026-11-25")
    print(n, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("seed", range(4))
def test_a_kill_leaves_the_old_or_the_new(tmp_path, seed):
    """Killed at a random moment, many times over: the package is sound, and whole steps are in."""
    made = tmp_path / "data"
    made.mkdir()
    copy_to(made)
    worker = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(source=SOURCE), str(made)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    worker.stdout.readline()
    time.sleep(random.Random(seed).random() * 1.5)  # noqa: S311 - any moment will do
    worker.send_signal(signal.SIGKILL)
    told = 1 + len(worker.stdout.read().split())
    worker.wait()
    worker.stdout.close()
    swap.recover(made)
    assert tables.validate(made) == []
    found = len(tables.load(made).frames["sources"]) - len(tables.load().frames["sources"])
    assert found in {told, told + 1}
    left = {path.name for path in tmp_path.iterdir()} - {"data", ".data.lock"}
    assert left == set()


@pytest.mark.parametrize("state", ["new", "ready", "ready and old", "old alone", "old beside"])
def test_every_state_of_a_swap_is_finished_or_undone(tmp_path, state):
    """What a crash can leave between two renames; the folder is whole afterwards."""
    made = tmp_path / "data"
    for name, text in (
        ("data", "old"),
        (".data.new", "torn"),
        (".data.ready", "new"),
        (".data.old", "old"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(text)
    keep = {
        "new": ["data", ".data.new"],
        "ready": ["data", ".data.ready"],
        "ready and old": [".data.ready", ".data.old"],
        "old alone": [".data.old"],
        "old beside": ["data", ".data.old"],
    }[state]
    for path in tmp_path.iterdir():
        if path.name not in keep:
            shutil.rmtree(path)
    assert swap.recover(made)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert (made / "file").read_text() == ("new" if "ready" in state else "old")
    assert not swap.recover(made)


def test_the_command_line_adds_records_and_reviews(folder, capsys):
    """As a curator types it; JSON for machines; exit codes 0, 1 and 2."""
    cells = [f"--field={name}={value}" for name, value in SOURCE.items()]
    who = ["--data", str(folder), "--curator", "a test", "--reason", "to try it"]
    assert cli.main(["add", "source", *cells, *who, "--json"]) == 0
    key = json.loads(capsys.readouterr().out)["key"]
    assert key in set(tables.load(folder).frames["sources"]["source_id"])
    assert cli.main(["add", "source", *cells, *who, "--json"]) == 1
    assert "unique" in capsys.readouterr().out
    assert cli.main(["add", "source", "--field", "no equals sign", *who]) == 2
    assert "COLUMN=VALUE" in capsys.readouterr().err
    assert cli.main(["record", *who]) == 0
    assert "nothing had changed" in capsys.readouterr().out


def test_the_review_lists_what_is_owed():
    """Each list is what the tables say, counted here once more."""
    package = tables.load()
    found = curation.review(package, date(2026, 11, 24))
    frames = package.frames
    assert len(found["single_source"]) == (frames["events"]["n_sources"] == 1).sum()
    assert len(found["undated_claims"]) == (frames["claims"]["asserted_on"] == "").sum()
    assert len(found["unconfirmed_statuses"]) == 6
    early = curation.review(package, date(2021, 9, 20))
    assert early["unconfirmed_statuses"] == []
    drafts = {what for _, what in found["draft_translations"]}
    assert {"events.ckb_review", "claims.label_quality"} <= drafts
    dead = {key for key, _ in found["dead_references"]}
    cited = set(frames["claims"]["source_id"]) | set(frames["places"]["coord_source_id"])
    assert set(frames["sources"]["source_id"]) - cited <= dead
