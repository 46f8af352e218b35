"""Boundaries of the operator: what is taken, what is refused and why, and where points lie."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from geo import boundaries, cli, datasets, formats, server, tables
from geo.boundaries import Placer, Wanted, drawing
from geo.errors import TansiqError
from geo.filters import EventFilter
from geo.formats import Limits, RefusedFileError
from tests import foreign, regions
from tests.regions import DIYALA, ERBIL, KIRKUK, adm1, feature, governorates, square

REAL = Path(os.environ.get("TANSIQ_REAL", "")) / "irq_admbnda_adm1_cso_20190603.geojson"
PACKAGE = tables.load()
POINTS = [[44.0, 35.0], [44.0, 35.4], [44.4, 35.4], [44.4, 35.0], [44.0, 35.0]]
HOLE = {"type": "Polygon", "coordinates": [
    POINTS, [[44.1, 35.1], [44.1, 35.2], [44.2, 35.2], [44.2, 35.1], [44.1, 35.1]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [
    [[44.0, 35.0], [44.4, 35.4], [44.4, 35.0], [44.0, 35.4], [44.0, 35.0]]]}
ROUND = {"type": "Polygon", "coordinates": [
    [[-179, 30], [179, 30], [179, 38], [-179, 38], [-179, 30]]]}
METRES = {"type": "Polygon", "coordinates": [
    [[4e5, 39e5], [4e5, 40e5], [5e5, 40e5], [5e5, 39e5], [4e5, 39e5]]]}
KRK = {"ADM1_PCODE": "IQG13", "ADM1_EN": "Kirkuk"}


@pytest.fixture
def tansiq(capsys: pytest.CaptureFixture, monkeypatch, tmp_path: Path) -> Callable:
    """Give what runs a command with a home of its own; returns code, out and err."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))

    def call(*argv: object) -> SimpleNamespace:
        code = cli.main([str(part) for part in argv])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


def added(folder: Path, features: list, home: Path | None = None, **whole) -> boundaries.About:
    wanted = Wanted(regions.written(folder, features, **whole))
    return boundaries.add(PACKAGE, wanted, home or folder / "home" / "boundaries")


@pytest.mark.parametrize(
    ("features", "whole", "said"),
    [
        (governorates(), {"crs": None}, "reference system is not known"),
        (governorates(), {"crs": {"type": "name", "properties": {"name": "EPSG:32638"}}},
         "in EPSG:32638; EPSG:4326 is expected"),
        ([feature(METRES, **KRK)], {}, "feature 1 (Kirkuk): has coordinates beyond 180 and 90"),
        ([feature(BOW_TIE, **KRK)], {}, "feature 1 (Kirkuk): its polygon is not valid (Self-inte"),
        ([feature(ROUND, **KRK)], {}, "lie outside of it"),
        ([feature(square((10.0, 50.0)), **KRK)], {}, "cover 0.0% of Iraq"),
        ([feature(square((35.0, 44.0)), **KRK)], {}, "latitude and longitude look exchanged"),
        ([adm1(KIRKUK, "IQG13", "Kirkuk"), adm1((44.4, 35.0), "IQG10", "Diyala")], {},
         "feature 1 (Kirkuk) and feature 2 (Diyala) overlap by 5"),
        ([feature(square(KIRKUK), ADM1_PCODE="IQG13", ADM1_EN="NA")], {},
         "feature 1 (IQG13): has no name"),
        ([feature(square(KIRKUK), ADM1_PCODE="", ADM1_EN="Kirkuk")], {}, "(Kirkuk): has no code"),
        ([adm1(KIRKUK, "IQG13", "Kirkuk"), adm1(DIYALA, "IQG13", "Diyala")], {},
         "feature 1 (Kirkuk), feature 2 (Diyala): has a code that another has too"),
        ([adm1(KIRKUK, "X1", "Atlantis")], {}, "is no governorate that is known"),
        ([feature({"type": "Point", "coordinates": [44, 35]}, **KRK)], {},
         "feature 1: expected a polygon, found Point"),
        ([feature(None, **KRK)], {}, "feature 1: expected a polygon, found nothing"),
        ([feature(square(KIRKUK), name="Kirkuk")], {}, "of no boundaries that are known"),
        ([], {}, "of no boundaries that are known"),
        ("x", {}, "no GeoJSON FeatureCollection"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(tmp_path: Path, features, whole, said: str) -> None:
    """Reference system, shapes, names, doubles and places: refused with the feature's name."""
    with pytest.raises(RefusedFileError) as refused:
        added(tmp_path, features, **whole)
    assert said in str(refused.value)
    assert boundaries.listed(tmp_path / "home" / "boundaries") == ([], [])


def test_all_reasons_are_told_at_once(tansiq, tmp_path: Path) -> None:
    """One line each on the terminal, with the code of data at fault."""
    path = regions.written(tmp_path, [adm1(KIRKUK, "IQG13", ""), adm1(ERBIL, "?", "Atlantis")])
    text = path.read_text("utf-8").replace('"\\u0627\\u0633\\u0645"', "null")
    path.write_text(text, "utf-8")
    found = tansiq("boundaries", "add", path)
    assert (found.code, found.out, found.err.count("tansiq: ")) == (1, "", 3)
    assert json.loads(tansiq("boundaries", "add", path, "--json").out)["added"] is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("big.geojson", b'{"features": []}' + b" " * 2000, "1000 are allowed"),
     ("empty.geojson", b"", "empty"), ("a.geojson", b'{"features": [', "cannot be read"),
     ("a.shp", b"\0\0\x27\x0a", "saved as one of these"), ("a.zip", b"PK\3\4", "a shapefile"),
     ("a.geojson", b"<OGRVRTDataSource><SrcDataSource>/etc/passwd", "saved as one of these")],
)  # fmt: skip
def test_other_files_are_not_read(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """A file that is too large, broken or of another format costs one sentence."""
    path = foreign.written(tmp_path, content, name)
    with pytest.raises(RefusedFileError, match=said):
        boundaries.add(PACKAGE, Wanted(path, limits=Limits(size=1000)), tmp_path)


def test_a_giant_is_stopped(tmp_path: Path, monkeypatch) -> None:
    """More areas or points than are allowed are refused before anything is computed."""
    path = regions.written(tmp_path, governorates())
    with pytest.raises(RefusedFileError, match="more than 2 rows"):
        boundaries.add(PACKAGE, Wanted(path, limits=Limits(rows=2)), tmp_path)
    monkeypatch.setattr("geo.boundaries.checks.MOST_POINTS", 10)
    with pytest.raises(RefusedFileError, match="15 points; 10 are allowed"):
        boundaries.add(PACKAGE, Wanted(path), tmp_path)


GADM = {"NAME_1": "At-Ta'mim", "GID_1": "IRQ.5_1", "NL_NAME_1": "التأميم", "COUNTRY": "Iraq"}
SHAPE = {"shapeName": "Kirkuk", "shapeISO": "IQ-KI", "shapeID": "1B2", "shapeType": "ADM1"}


@pytest.mark.parametrize(
    ("columns", "maker", "level", "code"),
    [(KRK, "OCHA COD-AB", "adm1", "IQG13"), (SHAPE, "geoBoundaries", "adm1", "IQ-KI"),
     (GADM, "GADM", "adm1", "IRQ.5_1"),
     ({"adm1_pcode": "IQG13", "adm1_name": "Kirkuk"}, "OCHA COD-AB", "adm1", "IQG13"),
     (SHAPE | {"shapeType": "ADM2"}, "geoBoundaries", "adm2", "1B2"),
     (GADM | {"NAME_2": "Hawija", "GID_2": "IRQ.5.1_1"}, "GADM", "adm2", "IRQ.5.1_1")],
)  # fmt: skip
def test_makers_are_told_by_their_columns(tmp_path: Path, columns, maker, level, code) -> None:
    """OCHA before and after 2024, geoBoundaries and GADM; governorates get our code."""
    about = added(tmp_path, [feature(square(KIRKUK), **columns)], crs="-")
    kept = boundaries.read(level, tmp_path / "home" / "boundaries")
    assert (about.maker, about.level, kept.areas[0].code) == (maker, level, code)
    told = maker == "geoBoundaries" and level == "adm2"
    assert kept.areas[0].admin1 == ("" if told else "IQ-KI")
    assert boundaries.unknown_parents(kept) == (["Kirkuk"] if told else [])


def test_a_geopackage_names_its_layer(tansiq, tmp_path: Path) -> None:
    """The layer of the level is read; an unclear one and an unknown system are refused."""
    layers = {"ADM_1": governorates(), "ADM_2": regions.districts()}
    path = regions.packaged(tmp_path, layers)
    assert "Which layer" in tansiq("boundaries", "add", path).err
    assert tansiq("boundaries", "add", path, "--level", "adm2").code == 0
    assert [one.about.areas for one in boundaries.listed()[0]] == [4]
    path.unlink()
    path = regions.packaged(tmp_path, {"x": governorates()}, -1)
    assert "no known reference system" in tansiq("boundaries", "add", path).err


def test_what_is_kept(tansiq, tmp_path: Path) -> None:
    """Hash, licence, coverage and areas are recorded; one file a level, dropped by name."""
    path = regions.written(tmp_path, governorates())
    said = tansiq("boundaries", "add", path, "--name", "mine", "--licence", "CC0", "--json").out
    about = json.loads(said)["added"]
    assert about["source_sha256"] == datasets.writing.fingerprint(path)[0]
    assert (about["licence"], about["area_crs"], about["areas"]) == ("CC0", "EPSG:32638", 3)
    assert 0.01 < about["covered"] < 0.03
    kept = boundaries.read("adm1")
    # half a degree squared, at 35 degrees north
    assert kept.drawn["features"][0]["properties"]["km2"] == pytest.approx(2530, abs=15)
    assert "adm1  mine  3 governorates" in tansiq("boundaries", "list").out
    assert tansiq("boundaries", "add", path, "--name", "other").code == 0
    assert [one.about.name for one in boundaries.listed()[0]] == ["other"]
    assert tansiq("boundaries", "drop", "mine").code == 2
    assert tansiq("boundaries", "drop", "other").code == 0
    assert "No boundaries" in tansiq("boundaries", "list").out


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """One flipped digit, or half a file, is refused by its name and listed as a fault."""
    home = tmp_path / "home" / "boundaries"
    added(tmp_path, governorates())
    whole = (home / "adm1.json").read_bytes()
    for broken in (whole.replace(b"IQG13", b"IQG19"), whole[: len(whole) // 2]):
        (home / "adm1.json").write_bytes(broken)
        with pytest.raises(TansiqError, match=r"adm1\.json"):
            boundaries.read("adm1", home)
        assert len(boundaries.listed(home)[1]) == 1


def test_the_copy_for_the_browser_is_bounded(tmp_path: Path, monkeypatch) -> None:
    """Edges are simplified until the bytes fit, neighbours stay so, and names stay texts."""
    angles = np.linspace(0, 2 * np.pi, 4000)
    wavy = 0.2 + 0.01 * np.sin(40 * angles)
    ring = np.column_stack([44.3 + wavy * np.cos(angles), 35.3 + wavy * np.sin(angles)])
    monkeypatch.setattr(drawing, "MOST_BYTES", 12_000)
    hostile = "</script>{{7*7}}${1}"
    about = added(tmp_path, [feature(shapely.Polygon(ring).__geo_interface__, **KRK | {
        "ADM1_AR": hostile})])
    kept = boundaries.read("adm1", tmp_path / "home" / "boundaries")
    assert len(drawing.compact(kept.drawn)) <= 12_000
    assert about.tolerance >= 0.002
    assert kept.drawn["features"][0]["properties"]["names"]["ar"] == hostile
    monkeypatch.setattr(drawing, "MOST_BYTES", 100)
    with pytest.raises(TansiqError, match="cannot be drawn"):
        added(tmp_path, governorates())


def placed(home: Path, *rows: tuple[float, float, str, str]) -> tuple[list, ...]:
    """Return polygons and checks of points (lon, lat), each with governorate and precision."""
    placer = Placer.there(home)
    lon, lat, admin1, precision = zip(*rows, strict=True)
    found = placer.place(np.array(lon), np.array(lat), admin1, [""] * len(rows), precision)
    assert sum(placer.agreement.values()) == len(rows)
    return tuple(found.values())


def test_points_and_their_polygons(tmp_path: Path) -> None:
    """Inside, in a hole, on an edge, nowhere, without a point; the source's word is not touched."""
    home = tmp_path / "home" / "boundaries"
    added(tmp_path, [feature(HOLE, **KRK), adm1((44.4, 35.0), "IQG10", "Diyala")])
    added(tmp_path, regions.districts()[:1])
    nan = float("nan")
    assert placed(
        home, (44.05, 35.05, "IQ-KI", "town"), (44.05, 35.05, "IQ-DI", "governorate"),
        (44.15, 35.15, "IQ-KI", "town"), (44.4, 35.2, "", "site"), (10.0, 50.0, "IQ-KI", "town"),
        (nan, nan, "IQ-KI", "none"),
    ) == (
        ["IQ-KI", "IQ-KI", "", "IQ-DI", "", ""],
        ["IQG13Q01", "", "IQG13Q01", "", "", ""],
        ["agree", "differs", "no_polygon", "no_source", "no_polygon", "no_point"],
    )  # fmt: skip


def test_districts_alone_tell_governorates(tmp_path: Path) -> None:
    """Without governorates, that of the district counts."""
    added(tmp_path, regions.districts())
    home = tmp_path / "home" / "boundaries"
    assert placed(home, (44.3, 35.3, "IQ-KI", "town")) == (["IQ-KI"], ["IQG13Q04"], ["agree"])


ROWS = [{"latitude": "35.2", "longitude": "44.2"}, {"latitude": "35.2", "longitude": "44.7"},
        {"latitude": "50", "longitude": "10"}, {"where_prec": "6"}, {"adm_1": ""}]  # fmt: skip
COUNTS = {"agree": 1, "differs": 1, "no_source": 1, "no_polygon": 1, "no_point": 1}


def test_an_import_compares_with_the_polygons(tansiq, tmp_path: Path) -> None:
    """Counts add up in report, manifest and list; `differs` is a filter; the claim stays."""
    tansiq("boundaries", "add", regions.written(tmp_path, governorates()))
    found = tansiq("import", foreign.written(tmp_path, foreign.ged(*ROWS)), "--name", "ged")
    told = "governorates by polygon: 1 agree (50.00% of 2), 1 differ, 1 without"
    assert told in found.out
    assert told in tansiq("datasets").out
    assert datasets.get("ged").agreement == COUNTS
    state = server.AppState()
    store = state.holdings.store(("ged",))
    differs = EventFilter(only=("differs",), datasets=("ged",))
    rows = store.events(differs)
    assert list(rows[["admin1", "admin1_polygon"]].iloc[0]) == ["IQ-KI", "IQ-DI"]
    assert state.holdings.store(("curated", "ged")).count(differs) == store.count(differs) == 1


def test_boundaries_that_come_later_are_applied(tansiq, tmp_path: Path) -> None:
    """The rows are the same but for the polygons, also of a data set made before there were any."""
    path = foreign.written(tmp_path, foreign.ged(*ROWS))
    tansiq("import", path, "--name", "ged")
    before = datasets.load("ged")
    assert datasets.get("ged").agreement == {}
    assert tansiq("boundaries", "apply", "ged").code == 2
    tansiq("boundaries", "add", regions.written(tmp_path, governorates()))
    said = json.loads(tansiq("boundaries", "apply", "ged", "--json").out)
    assert said["agreement"] == COUNTS
    after = datasets.load("ged")
    new = list(datasets.comparing.COLUMNS)
    assert after.drop(columns=new).equals(before.drop(columns=new))
    assert sorted(after["admin1_check"]) == sorted(COUNTS)
    assert len([*datasets.home().glob("ged.*.parquet")]) == 1
    assert tansiq("boundaries", "apply", "none").code == 2


def test_a_stopped_comparison_leaves_the_old(tansiq, tmp_path: Path, monkeypatch) -> None:
    """Until the manifest names the new rows the data set is the old one; the next run tidies."""
    tansiq("import", foreign.written(tmp_path, foreign.ged(*ROWS)), "--name", "ged")
    tansiq("boundaries", "add", regions.written(tmp_path, governorates()))
    for place in ("synced", "fingerprint"):
        with monkeypatch.context() as patch:
            patch.setattr(f"geo.datasets.comparing.{place}", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                datasets.compare("ged")
    with monkeypatch.context() as patch:
        patch.setattr("geo.datasets.manifest.Manifest.write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            datasets.compare("ged")
    assert set(datasets.load("ged")["admin1_check"]) == {""}
    assert tansiq("boundaries", "apply", "ged").code == 0
    assert set(datasets.load("ged")["admin1_check"]) == set(COUNTS)
    assert len([*datasets.home().glob("ged.*.p*")]) == 1


def test_a_district_filters_imported_events(tansiq, tmp_path: Path) -> None:
    """By its code, in SQL; what lies in no district is counted as left out, a wrong code told."""
    tansiq("boundaries", "add", regions.written(tmp_path, regions.districts()))
    tansiq("import", foreign.written(tmp_path, foreign.ged(*ROWS)), "--name", "ged")
    store = server.AppState().holdings.store(("ged",))
    query = {"dataset": "ged", "district": "IQG13Q01,<b>"}
    asked, notices = EventFilter.parse(query, datasets=("ged",))
    assert (asked.districts, [one.reason for one in notices]) == (("IQG13Q01",), ["district_form"])
    # without coordinates of its own, a row lies where the made-up town does: in the fourth
    assert store.count(asked) == 1
    assert store.in_no_district(asked) == 3
    assert "IQG13Q01" in asked.sentence("ar")
    assert EventFilter.parse(asked.to_query(), datasets=("ged",)) == (asked, [])


def test_an_older_data_set_is_read(tansiq, tmp_path: Path) -> None:
    """One without our newer columns and figures shows, and can be compared."""
    tansiq("import", foreign.written(tmp_path, foreign.ged(*ROWS)), "--name", "old")
    home, about = datasets.home(), datasets.get("old")
    kept = formats.opened(home / about.parquet)
    kept.close()
    manifest = json.loads((home / "old.json").read_text("utf-8"))
    table = datasets.parquet.read_table(home / about.parquet)
    datasets.parquet.write_table(
        table.drop_columns(list(datasets.comparing.COLUMNS)), home / about.parquet)
    digest, size = datasets.writing.fingerprint(home / about.parquet)
    for name in ("polygons", "agreement", "districts"):
        del manifest[name]
    gone = datasets.comparing.COLUMNS
    manifest |= {"parquet_sha256": digest, "parquet_bytes": size,
                 "columns": [one for one in manifest["columns"] if one not in gone]}
    (home / "old.json").write_text(json.dumps(manifest), "utf-8")
    assert server.AppState().holdings.store(("old",)).size == len(ROWS)
    tansiq("boundaries", "add", regions.written(tmp_path, governorates()))
    assert tansiq("boundaries", "apply", "old").code == 0
    assert datasets.get("old").agreement == COUNTS


@pytest.mark.skipif(not REAL.is_file(), reason="the real boundaries are not ours to pass on")
def test_the_real_boundaries_are_taken(tmp_path: Path) -> None:
    """Governorates and districts of OCHA cover the country without an overlap."""
    for level, n in (("adm1", 18), ("adm2", 101)):
        path = REAL.with_name(REAL.name.replace("adm1", level))
        about = boundaries.add(PACKAGE, Wanted(path), tmp_path)
        assert (about.level, about.areas, about.slivers) == (level, n, 0)
        assert about.covered > 0.98
