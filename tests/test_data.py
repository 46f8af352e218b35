"""Promises of the committed data: sound, canonical, complete, and nothing but what it says."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import shape

from geo import marks, tables
from geo.tables import checks, draft, schema

FOLDER = tables.default_folder()
DRAFT = draft.read(FOLDER)
PACKAGE = tables.load()
RESOURCES = PACKAGE.descriptor.resources

# facts that the data set was made from, and what it added: the network's row, two tables
ROWS = {
    "sources": 175,
    "places": 34,
    "centres": 12,
    "centre_status": 39,
    "events": 97,
    "claims": 268,
    "conflicts": 27,
    "governorates": 19,
    "actors": 47,
}


def test_the_data_is_sound():
    """The committed data has no fault."""
    assert tables.validate(FOLDER) == []


@pytest.mark.parametrize("name", RESOURCES)
def test_each_table_stands_in_its_one_canonical_form(name):
    """Each file round-trips byte for byte through the canonical writer."""
    assert checks.canonical_bytes(DRAFT.tables[name]) == (FOLDER / f"{name}.csv").read_bytes()


@pytest.mark.parametrize(("name", "least"), ROWS.items())
def test_no_row_is_lost(name, least):
    """Tables only grow: a fact may be corrected, but its row stays."""
    assert len(PACKAGE.frames[name]) >= least


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)
def test_every_column_is_described(resource):
    """The descriptor says in words what each table and each column is."""
    assert resource.title
    assert resource.description
    for column in resource.columns.values():
        assert len(column.description) > 10, column.name


def test_codes_are_those_of_the_marks():
    """Event types, precisions and statuses of the data have their looks, and none more."""
    events = RESOURCES["events"].columns["event_type"].constraints["enum"]
    assert set(events) == set(marks.EVENT_TYPES)
    precisions = RESOURCES["places"].columns["geo_precision"].constraints["enum"]
    assert set(precisions) == set(marks.PRECISION_RADIUS_M)
    status = RESOURCES["centre_status"].columns["status"]
    statuses = set(status.constraints["enum"]) - set(status.special["assessments"])
    assert statuses == {look.id for look in marks.STATUSES} - {"none"}


def test_the_network_has_six_centres():
    """Six of the network, four announced, one precursor, and one row for the whole."""
    roles = PACKAGE.frames["centres"]["role"].value_counts().to_dict()
    assert roles == {"network": 6, "announced": 4, "precursor": 1, "network_as_whole": 1}


def test_all_governorates_are_there():
    """Eighteen ISO codes and Halabja's local one; four belong to the Kurdistan Region."""
    table = PACKAGE.frames["governorates"].set_index("admin1")
    assert (len(table), list(table.index[table["code_kind"] == "local"])) == (19, ["IQ-HA"])
    assert list(table.index[table["parent"] == "IQ-KR"]) == ["IQ-AR", "IQ-DA", "IQ-HA", "IQ-SU"]


SPELLINGS = ["At-Ta'mim", "Tamim", "IQ-TS", "Kirkūk province", "At-Ta'mim province", "التأميم"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_kirkuk_has_many_names(spelling):
    """Spellings of other tables lead to the governorate."""
    table = PACKAGE.frames["governorates"]
    owners = [c for c, a in zip(table["admin1"], table["aliases"], strict=True)
              if spelling in a.split(";")]  # fmt: skip
    assert owners == ["IQ-KI"]


def test_drafts_are_marked():
    """Every table with Sorani text says whether a native reader has seen it."""
    for resource in RESOURCES.values():
        if any(name.endswith("_ckb") for name in resource.columns):
            assert {"ckb_review", "label_quality"} & set(resource.columns), resource.name


def test_a_point_has_a_source():
    """No coordinate stands without the source that gave it."""
    places = PACKAGE.frames["places"]
    assert ((places["coord_source_id"] != "") == places["lat"].notna()).all()
    assert list(places.loc[places["lat"].isna(), "place_id"]) == ["P-DISP"]


def test_the_outline_is_that_of_the_map():
    """Points are judged by the union of the governorates that the map draws."""
    path = FOLDER / "basemap" / "governorates.json"
    features = json.loads(path.read_text("utf-8"))["features"]
    drawn = shapely.union_all([shape(feature["geometry"]) for feature in features])
    judged = shape(json.loads((FOLDER / "outline.json").read_text("utf-8")))
    assert shapely.hausdorff_distance(drawn, judged) < 0.01


def test_the_descriptor_stands_in_canonical_form():
    """The descriptor is JSON with two spaces and letters as they are, so a diff is one fact."""
    raw = (FOLDER / schema.DESCRIPTOR).read_text("utf-8")
    assert raw == json.dumps(json.loads(raw), ensure_ascii=False, indent=2) + "\n"


def test_the_descriptor_is_a_data_package():
    """It has what the public specification asks of a tabular data package."""
    raw = PACKAGE.descriptor.raw
    assert raw["profile"] == "tabular-data-package"
    assert all({"name", "path", "title"} <= set(licence) for licence in raw["licenses"])
    for resource in raw["resources"]:
        names = {field["name"] for field in resource["schema"]["fields"]}
        assert set(resource["schema"]["primaryKey"]) <= names
        for key in resource["schema"].get("foreignKeys", ()):
            assert key["fields"] in names


def test_licences_name_each_source_of_coordinates():
    """The page of licences names every source that a coordinate came from."""
    page = (FOLDER / "LICENSES.md").read_text("utf-8")
    for source in set(PACKAGE.frames["places"]["coord_source_id"]) - {""}:
        assert source in page
