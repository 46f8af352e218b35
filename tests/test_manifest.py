"""Promises of the manifest: a file that is not what it was is refused by its name."""

from __future__ import annotations

import json
import random

import pytest

from geo import tables
from geo.errors import DataError
from geo.tables import draft, manifest
from tests.planting import copy_to

NAMES = sorted([*draft.read(tables.default_folder()).files, manifest.NAME])


@pytest.fixture
def folder(tmp_path):
    return copy_to(tmp_path)


def doubted(folder):
    """Return the names of the files that the manifest, and it alone, does not vouch for."""
    try:
        return {fault.file for fault in manifest.faults(draft.read(folder))}
    except DataError as error:
        return {fault.file for fault in error.faults}


def spoil(folder, name, content, ask=tables.validate):
    """Write other bytes, ask for the faults, and put the file back."""
    sound = (folder / name).read_bytes()
    (folder / name).write_bytes(content(sound))
    try:
        return ask(folder)
    finally:
        (folder / name).write_bytes(sound)


def test_truncation_is_refused_by_name(folder):
    """A file cut at any of 100 random offsets is named."""
    dice = random.Random(20261124)  # noqa: S311 # offsets, no secret
    for _ in range(100):
        name = dice.choice(NAMES)
        at = dice.randrange((folder / name).stat().st_size)
        assert name in spoil(folder, name, lambda raw, at=at: raw[:at], doubted)


def test_one_flipped_byte_is_refused_by_name(folder):
    """A file with one bit turned over at a random place is named."""
    dice = random.Random(11242026)  # noqa: S311 # offsets, no secret
    for name in NAMES * 5:
        at, bit = dice.randrange((folder / name).stat().st_size), 1 << dice.randrange(8)

        def flip(raw, at=at, bit=bit):
            return raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]

        found = spoil(folder, name, flip, doubted)
        # a bit of a hash in the manifest makes the file that it stands for doubtful
        assert found if name == manifest.NAME else name in found


def edited(change):
    """Return an edit of the manifest's JSON that keeps its canonical form."""

    def edit(raw):
        content = json.loads(raw)
        change(content)
        return manifest.render(content)

    return edit


SLIPS = {
    "byte_count": ("actors.csv", lambda held: held["files"]["actors.csv"].update(bytes=1)),
    "row_count": ("actors.csv", lambda held: held["files"]["actors.csv"].update(rows=1)),
    "sha256": ("actors.csv", lambda held: held["files"]["actors.csv"].update(sha256="0")),
    "unlisted_file": ("actors.csv", lambda held: held["files"].pop("actors.csv")),
    "unknown_file": ("manifest.json", lambda held: held["files"].update({"../x.csv": {}})),
    "version": ("manifest.json", lambda held: held.update(version="2020.01.01")),
    "missing_file": ("actors.csv", None),
}


@pytest.mark.parametrize("rule", manifest.CHECKS)
def test_each_disagreement_has_its_check(folder, rule, monkeypatch):
    """What manifest and folder disagree about is found by one check, and by no other."""
    name, change = SLIPS[rule]
    if change is None:
        (folder / name).unlink()
    else:
        path = folder / manifest.NAME
        path.write_bytes(edited(change)(path.read_bytes()))
    assert {(f.rule, f.file) for f in manifest.faults(draft.read(folder))} >= {(rule, name)}
    monkeypatch.delitem(manifest.CHECKS, rule)
    assert rule not in {f.rule for f in manifest.faults(draft.read(folder))}


UNREADABLE = [b"", b"[]", b"{}", b'{"files": []}', b'{"files": {"a": 1}}', b"\xff", b"{} "]


@pytest.mark.parametrize("content", UNREADABLE)
def test_no_manifest_is_a_fault(folder, content):
    """A manifest that is none is one fault, with the way to mend it."""
    [fault] = spoil(folder, manifest.NAME, lambda _: content)
    assert (fault.file, fault.rule) == (manifest.NAME, "manifest")
    assert "tansiq manifest" in fault.message


def test_a_descriptor_nobody_vouches_for_judges_nothing(folder):
    """An edited descriptor is reported alone until the manifest is written anew."""
    path = folder / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"IQ-KR"', '"IQ-XX"'), "utf-8")
    assert {f.file for f in tables.validate(folder)} == {"datapackage.json"}
    tables.write_manifest(folder)
    assert {f.rule for f in tables.validate(folder)} == {"enum"}


BROKEN = [b"", b"{}", b"[]", b"null", b"\xff", b'{"resources": [{}]}', b'{"resources": [1]}']


@pytest.mark.parametrize("content", BROKEN)
def test_no_descriptor_is_a_fault(folder, content):
    """A descriptor that is none is one fault of its file, never another error."""
    [fault] = spoil(folder, "datapackage.json", lambda _: content)
    assert (fault.file, fault.rule) == ("datapackage.json", "descriptor")


def test_a_descriptor_stays_in_its_folder(folder):
    """A table whose path leads out of the folder is refused before it is read."""
    [fault] = spoil(
        folder, "datapackage.json", lambda raw: raw.replace(b'"actors.csv"', b'"../actors.csv"')
    )
    assert fault.rule == "descriptor"


def test_an_empty_folder_is_refused(tmp_path):
    """A folder without a package gives one fault, and load raises it."""
    assert [f.file for f in tables.validate(tmp_path)] == ["datapackage.json"]
    with pytest.raises(DataError, match=r"datapackage\.json"):
        tables.load(tmp_path)


def test_load_raises_every_fault(folder):
    """Load refuses a damaged package with all faults of it, sorted."""
    for name in ("actors.csv", "places.csv"):
        (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    with pytest.raises(DataError) as raised:
        tables.load(folder)
    assert {f.file for f in raised.value.faults} >= {"actors.csv", "places.csv"}
    assert list(raised.value.faults) == sorted(raised.value.faults)
