"""Promises of the package: validated frames, canonical events, canonical files."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from geo import i18n, marks, tables
from geo.errors import DataError, TansiqError
from tests.planting import BYTES, DATA, Plant, cell, copy_to, swap, vouch

PACKAGE = tables.load()
EVENTS = tables.events(PACKAGE)


@pytest.fixture
def folder(tmp_path):
    return copy_to(tmp_path)


def event(event_id):
    return EVENTS.set_index("event_id").loc[event_id]


def test_events_have_the_canonical_columns_and_order():
    """Columns are those of the contract; rows go by start, end and id, numbered from 0."""
    assert tuple(EVENTS.columns) == tables.EVENT_COLUMNS
    keys = list(zip(EVENTS["day_start"], EVENTS["day_end"], EVENTS["event_id"], strict=True))
    assert keys == sorted(keys)
    assert list(EVENTS.index) == list(range(len(PACKAGE.frames["events"])))


DAYS = [
    ("EVT-003", "2014-06-01", "2014-06-30"),
    ("EVT-100", "2021-01-01", "2021-12-31"),
    ("EVT-057", "2021-05-23", "2021-05-23"),
    ("EVT-001", "2014-06-04", "2014-06-10"),
]


@pytest.mark.parametrize(("event_id", "first", "last"), DAYS)
def test_days_span_what_the_date_means(event_id, first, last):
    """The integer days are the first and the last day that the date can mean."""
    found = event(event_id)
    days = [tables.EPOCH + timedelta(days=int(found[name])) for name in ("day_start", "day_end")]
    assert [day.isoformat() for day in days] == [first, last]


def test_an_event_stands_at_its_place():
    """Place names, governorates, point and precision come from the table of places."""
    found = event("EVT-058")
    assert (found["admin1"], found["admin1_alt"], found["geo_precision"]) == (
        "IQ-AR",
        "IQ-NI",
        "town",
    )
    assert (found["place_ar"], found["lat"], found["lon"]) == ("مخمور", 35.77622, 43.57974)


def test_an_event_without_a_point_stays():
    """Events about the disputed belt have no point and no governorate, and are all there."""
    belt = EVENTS[EVENTS["place_id"] == "P-DISP"]
    assert len(belt) == 19
    assert belt["lat"].isna().all()
    assert set(belt["admin1"]) == {""} == set(belt["admin1_alt"])
    assert set(belt["geo_precision"]) == {"none"}


def test_sources_follow_the_claims():
    """The sources of an event are those of its claims, each once, in their order."""
    assert event("EVT-066")["source_ids"] == "S086;S087;S089"
    assert event("EVT-059")["source_ids"] == "S001"
    assert (EVENTS["source_ids"].str.count(";") + 1 == EVENTS["n_sources"]).all()


def test_every_event_belongs_to_a_family():
    """The family is that of the marks, and the rows are those of the curated data set."""
    assert (EVENTS["family"] == EVENTS["event_type"].map(marks.FAMILY_OF)).all()
    assert set(EVENTS["dataset"]) == {"curated"}


WORDS = ["khanaqin", "خانقین", "خانەقین", "خانقين", "Iraqi Army", "پێشمەرگە", "البيشمركه"]


@pytest.mark.parametrize("word", WORDS)
def test_the_search_text_speaks_three_languages(word):
    """Titles, places and actors are found in any language and spelling."""
    assert i18n.normalise(word) in event("EVT-055")["search_text"]


def test_no_search_matches_across_two_texts():
    """Each text stands on its own line, normalised by itself."""
    for text in EVENTS["search_text"]:
        assert [i18n.normalise(line) for line in text.split("\n")] == text.split("\n")


def test_the_version_names_the_manifest(folder):
    """The version is the data's date and a hash that changes with any table."""
    assert PACKAGE.version.startswith(f"{PACKAGE.descriptor.version}+")
    cell("", "events.csv", "EVT-055", "note_en", "another note").put(folder)
    vouch(folder)
    assert tables.load(folder).version != PACKAGE.version
    assert PACKAGE.licences == tuple(PACKAGE.descriptor.raw["licenses"])


def test_a_package_cannot_be_changed():
    """The package and its mapping of frames are frozen."""
    with pytest.raises(AttributeError):
        PACKAGE.version = "x"
    with pytest.raises(TypeError):
        PACKAGE.frames["events"] = pd.DataFrame()


def test_frames_are_not_shared_with_the_events():
    """Changing the canonical events leaves the package as it was."""
    mine = tables.events(PACKAGE)
    mine["title_en"] = "x"
    assert "x" not in set(tables.events(PACKAGE)["title_en"])


def test_canonical_mends_form_and_order_and_nothing_else(folder):
    """Rows out of order, quotes and line ends are mended byte for byte; cells stay."""
    for name in ("events.csv", "claims.csv", "sources.csv"):
        head, *rows = (DATA / name).read_bytes().splitlines()
        (folder / name).write_bytes(b"\r\n".join([head, *reversed(rows)]))
    changed = tables.canonical(folder)
    assert {path.name for path in changed} == {"events.csv", "claims.csv", "sources.csv"}
    for path in changed:
        assert path.read_bytes() == (DATA / path.name).read_bytes()
    assert tables.validate(folder) == []


UNSURE = [p for p in BYTES if p.rule in {"encoding", "csv_syntax", "header", "cell_count"}]


@pytest.mark.parametrize("plant", UNSURE, ids=lambda plant: plant.id)
def test_canonical_refuses_what_it_cannot_read_for_certain(folder, plant):
    """A table that does not parse is refused and left as it is."""
    plant.put(folder)
    spoilt = (folder / plant.file).read_bytes()
    with pytest.raises(DataError, match=plant.rule):
        tables.canonical(folder)
    assert (folder / plant.file).read_bytes() == spoilt


def test_a_manifest_is_not_written_for_half_a_package(folder):
    """A missing file is refused and the old manifest stays."""
    before = (folder / "manifest.json").read_bytes()
    (folder / "events.csv").unlink()
    with pytest.raises(TansiqError, match=r"events\.csv"):
        vouch(folder)
    assert (folder / "manifest.json").read_bytes() == before


def twin(*changes):
    """Return an edit that puts a changed copy below a line."""

    def edit(line):
        copy = line
        for old, new in changes:
            copy = swap(old, new)(copy)
        return line + copy

    return edit


def test_a_new_event_needs_no_python(folder):
    """A row for the event and one for its claim, and the package is whole again."""
    said = twin(("C268", "C269"), ("EVT-088", "EVT-101"))
    happened = twin(("EVT-100", "EVT-101"), ("C035", "C269"), ("true,true", "false,false"))
    Plant("", "claims.csv", "C268,", "", said).put(folder)
    Plant("", "events.csv", "EVT-100,", "", happened).put(folder)
    vouch(folder)
    assert "EVT-101" in set(tables.events(tables.load(folder))["event_id"])
