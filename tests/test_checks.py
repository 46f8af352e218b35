"""Promises of the checks: every planted fault is found, by one check, in its place."""

from __future__ import annotations

import pytest

from geo import tables
from geo.tables import checks, draft, evidence, rules
from tests.planting import CELLS, PLANTS, Plant, cell, copy_to, vouch

REGISTRIES = (checks.FILES, checks.CELLS, checks.TABLES, rules.RULES)
# what claims and the audit say against a cell comes on top of what is wrong with the cell itself
ON_TOP = {*evidence.RULES, "audited", "claims_of_subject"}


@pytest.fixture
def alone(monkeypatch):
    """Set aside what comes on top, but for the rule of the plant."""

    def set_aside(rule):
        for name in ON_TOP - {rule}:
            monkeypatch.setitem(rules.RULES, name, lambda *_: ())

    return set_aside


@pytest.fixture
def folder(tmp_path):
    return copy_to(tmp_path)


def places(package):
    """Return what is found in a draft, without value and words."""
    return {(f.rule, f.file, f.line, f.field) for f in checks.faults(package)}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.id)
def test_a_fault_is_found_by_its_check_alone(folder, plant, alone, monkeypatch):
    """A planted fault is found with file, line and field, and by nothing but its check."""
    alone(plant.rule)
    expected = (plant.rule, plant.file, plant.line(folder), plant.field)
    plant.put(folder)
    tables.write_manifest(folder)
    package = draft.read(folder)
    assert places(package) == {expected}
    registry = next(one for one in REGISTRIES if plant.rule in one)
    monkeypatch.delitem(registry, plant.rule)
    assert places(package) == set()


def test_every_check_has_a_planted_fault():
    """No check is there that no planted fault proves to work."""
    assert {plant.rule for plant in PLANTS} == {rule for one in REGISTRIES for rule in one}


def test_all_faults_are_reported_at_once(folder):
    """Faults in different files and rows are all named in one report."""
    chosen = [plant for plant in CELLS if plant.rule in {"nfc", "unique", "differ", "counted"}]
    for plant in chosen:
        plant.put(folder)
    vouch(folder)
    assert {f.rule for f in tables.validate(folder)} >= {plant.rule for plant in chosen}


HINTS = [
    (cell("", "sources.csv", "S018", "date_published", "1439-01-26"), "Hijri"),
    (cell("", "places.csv", "P-KNQ", "lat", "45.39065"), "5000 m"),
    (cell("", "events.csv", "EVT-055", "title_en", "A\u202eB"), "U+202E"),
    (cell("", "events.csv", "EVT-055", "place_id", "P-XYZ"), "places.csv"),
]


@pytest.mark.parametrize(("plant", "hint"), HINTS, ids=lambda value: getattr(value, "id", value))
def test_a_message_says_what_was_expected(folder, plant, hint):
    """The sentence of a fault carries the hint that helps to mend it."""
    plant.put(folder)
    vouch(folder)
    [fault] = tables.validate(folder)
    assert hint in fault.message
    assert fault.message.startswith("expected")
    str(fault).encode("utf-8")


def test_swapped_coordinates_are_called_swapped(folder):
    """A point whose latitude and longitude changed places is told so, and never moved."""
    for plant in (
        cell("", "places.csv", "P-KNQ", "lat", "45.39065"),
        cell("", "places.csv", "P-KNQ", "lon", "34.3482"),
    ):
        plant.put(folder)
    vouch(folder)
    [fault] = tables.validate(folder)
    assert fault.message.endswith("swapped?")
    assert fault.value == "45.39065, 34.3482"


NEAR = [("29.9", "48.55", True), ("37.0681", "42.34", True), ("37.0681", "42.2", False)]


@pytest.mark.parametrize(("lat", "lon", "sound"), NEAR)
def test_a_point_may_lie_five_kilometres_outside(folder, lat, lon, sound):
    """A border point within the tolerance is sound, one beyond it is a fault."""
    for field, value in (("lat", lat), ("lon", lon)):
        cell("", "places.csv", "P-FSH", field, value).put(folder)
    vouch(folder)
    assert (tables.validate(folder) == []) is sound


def test_a_rule_nobody_knows_is_a_fault_of_the_descriptor(folder):
    """A slip in the descriptor's rules is named, and does not stop the other checks."""
    path = folder / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"acyclic"', '"cyclic"'), "utf-8")
    vouch(folder)
    [fault] = tables.validate(folder)
    assert (fault.file, fault.rule, fault.value) == ("datapackage.json", "descriptor", "cyclic")


def test_a_rule_without_its_parameter_is_a_fault_of_the_descriptor(folder):
    """A rule whose parameter is missing names the parameter instead of failing."""
    path = folder / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"exact":', '"exakt":'), "utf-8")
    vouch(folder)
    assert {(f.rule, f.value) for f in tables.validate(folder)} == {("descriptor", "exact")}


def test_bytes_of_another_encoding_can_be_printed(folder):
    """A fault that quotes undecodable bytes is still a text that can be printed."""
    Plant("", "claims.csv", "C001,", "", lambda line: line.replace(b"C001", b"C\xff01")).put(folder)
    vouch(folder)
    report = "\n".join(map(str, tables.validate(folder)))
    assert "0xff" in report
    assert report.encode("utf-8")
