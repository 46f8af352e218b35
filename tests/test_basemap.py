"""The offline basemap is whole, light, well formed, and honest about what it lacks."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image

from geo import basemap

FOLDER = basemap.default_folder()
BASEMAP = basemap.load(FOLDER)
FILES = json.loads((FOLDER / "manifest.json").read_bytes())["files"]
VECTORS = sorted(BASEMAP.layers)
METRES = "EPSG:32638"
# ISO 3166-2 without the country
CODES = {"AN", "AR", "BA", "BB", "BG", "DA", "DI", "DQ", "KA"}
CODES |= {"KI", "MA", "MU", "NA", "NI", "QA", "SD", "SU", "WA"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the layers that a test may damage."""
    for name in [*FILES, "manifest.json"]:
        shutil.copy(FOLDER / name, tmp_path)
    return tmp_path


def metres(geometries: list[object]) -> gpd.GeoSeries:
    return gpd.GeoSeries(geometries, crs="EPSG:4326").to_crs(METRES)


@pytest.mark.parametrize("name", basemap.FILES)
def test_each_file_is_the_one_that_the_manifest_vouches_for(name):
    """Size and sha256 are as written, source and licence are told."""
    content, entry = (FOLDER / name).read_bytes(), FILES[name]
    assert entry["bytes"] == len(content)
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert all(entry[key] for key in ("layer", "source", "source_version", "licence", "note"))


def test_the_whole_is_light_and_nothing_is_missing():
    """A phone gets all layers for under 400 kB."""
    assert sorted(FILES) == sorted(basemap.FILES)
    assert sum(entry["bytes"] for entry in FILES.values()) < 400_000
    assert BASEMAP.missing == ()
    assert any("Natural Earth" in line for line in BASEMAP.attribution)
    assert "indicative" in BASEMAP.caption


@pytest.mark.parametrize("name", VECTORS)
def test_each_vector_layer_is_valid_and_inside_the_box(name):
    """No broken ring, nothing empty, nothing beyond the box, bounds as the manifest says."""
    layer = BASEMAP.layers[name]
    assert layer.crs.to_epsg() == 4326
    assert layer.is_valid.all()
    assert not layer.is_empty.any()
    assert shapely.box(*BASEMAP.box).covers(shapely.box(*layer.total_bounds))
    assert list(layer.total_bounds) == FILES[f"{name}.json"]["bounds"]


@pytest.mark.parametrize("name", VECTORS)
def test_each_vector_file_is_compact_with_four_decimals(name):
    """The bytes have one form: no blanks, coordinates on the grid, one feature collection."""
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    whole = json.loads(text)
    assert text == json.dumps(whole, separators=(",", ":"), ensure_ascii=False) + "\n"
    xy = shapely.get_coordinates(BASEMAP.layers[name].geometry)
    assert np.array_equal(np.round(xy, 4), xy)


def test_the_governorates_are_the_eighteen_of_the_iso_code_list():
    """Kirkuk has its present code, the Kurdistan Region is no governorate."""
    governorates = BASEMAP.layers["governorates"]
    assert list(governorates["id"]) == sorted(f"IQ-{code}" for code in CODES)
    labels = gpd.points_from_xy(governorates["label_lon"], governorates["label_lat"])
    assert shapely.contains(governorates.geometry.array, labels).all()


def test_the_governorates_and_the_countries_meet_without_slivers():
    """Iraq is the union of its governorates, and shares each edge with its neighbours."""
    union = shapely.union_all(BASEMAP.layers["governorates"].geometry.to_numpy())
    assert union.equals(BASEMAP.outline)
    for name in ("governorates", "land"):
        assert shapely.coverage_is_valid(BASEMAP.layers[name].geometry.to_numpy())
    dry = shapely.union_all(BASEMAP.layers["land"].geometry.to_numpy())
    water = BASEMAP.layers["water"]
    sea = shapely.union_all(water.geometry[water["kind"] == "sea"].to_numpy())
    assert dry.area + sea.area == pytest.approx(shapely.box(*BASEMAP.box).area, abs=1e-6)


@pytest.mark.parametrize(
    ("place", "lat", "lon", "governorate"),
    [
        ("Kirkuk", 35.468, 44.392, "IQ-KI"),
        ("Khanaqin", 34.348, 45.391, "IQ-DI"),
        ("Mosul", 36.335, 43.119, "IQ-NI"),
        ("Erbil", 36.191, 44.009, "IQ-AR"),
        ("Baghdad", 33.341, 44.401, "IQ-BG"),
        ("Tuz Khurmatu", 34.888, 44.633, "IQ-SD"),
        ("Basra", 30.508, 47.783, "IQ-BA"),
        ("Faysh Khabur, on the border", 37.068, 42.378, "IQ-DA"),
    ],
)
def test_towns_lie_in_their_governorate_or_5_km_from_it(place, lat, lon, governorate):
    """The drawn polygons agree with well-known towns."""
    layer = BASEMAP.layers["governorates"]
    area = layer.geometry[layer["id"] == governorate].iloc[0]
    polygon, point = metres([area, shapely.Point(lon, lat)])
    assert polygon.distance(point) < 5_000
    outline, _ = metres([BASEMAP.outline, shapely.Point(lon, lat)])
    assert outline.distance(point) < 5_000


@pytest.mark.parametrize(
    ("river", "lat", "lon"),
    [
        ("tigris", 36.335, 43.15),
        ("tigris", 33.31, 44.40),
        ("euphrates", 34.45, 40.95),
        ("euphrates", 31.05, 46.25),
        ("shatt_al_arab", 30.52, 47.84),
        ("great_zab", 36.66, 44.05),
        ("little_zab", 35.757, 44.133),
        ("diyala", 33.75, 44.64),
        ("adhaim", 34.3, 44.45),
    ],
)
def test_great_rivers_pass_where_they_do(river, lat, lon):
    """A town or bridge on the bank lies within 8 km of the line of that name."""
    rivers = BASEMAP.layers["rivers"]
    line, point = metres([rivers.geometry[rivers["id"] == river].iloc[0], shapely.Point(lon, lat)])
    assert line.distance(point) < 8_000


def test_the_sea_is_the_gulf_and_not_the_land():
    """Water lies south of Faw, land at Basra."""
    water = BASEMAP.layers["water"]
    sea = shapely.union_all(water.geometry[water["kind"] == "sea"].to_numpy())
    assert sea.contains(shapely.Point(49, 29))
    assert not sea.contains(shapely.Point(47.78, 30.5))


def test_the_relief_fits_web_mercator_by_its_bounds():
    """Pixels are square on the projected plane, so an overlay by corners is aligned."""
    west, south, east, north = BASEMAP.relief_bounds
    with Image.open(FOLDER / basemap.RELIEF) as image:
        width, height = image.size
    up = np.degrees(np.arcsinh(np.tan(np.radians([south, north]))))
    assert height / width == pytest.approx((up[1] - up[0]) / (east - west), rel=1e-3)
    assert (west, south, east, north) == BASEMAP.box


def pixel(shading, lat, lon, span=20):
    west, south, east, north = np.radians(BASEMAP.relief_bounds)
    up = np.arcsinh(np.tan([south, north, np.radians(lat)]))
    row = int((up[1] - up[2]) / (up[1] - up[0]) * shading.shape[0])
    column = int((np.radians(lon) - west) / (east - west) * shading.shape[1])
    return shading[row - span : row + span, column - span : column + span, 3]


def test_the_shading_is_calm_on_plains_and_strong_in_the_mountains():
    """Sea and plain are transparent, Halgurd is not; each side of a ridge has its tone."""
    shading = BASEMAP.shading()
    assert pixel(shading, 28.5, 50.5).max() == 0
    assert pixel(shading, 31.5, 46.0).mean() < 2
    assert pixel(shading, 36.74, 44.87).mean() > 30
    assert set(np.unique(shading[..., :3])) == {0, 255}
    assert shading[[0, -1], :, 3].max() < 16


@pytest.mark.parametrize("name", basemap.FILES)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{}")])
def test_a_missing_or_damaged_file_is_named_and_the_rest_drawn(copy, name, damage):
    """The loader does not raise, and leaves nothing half read."""
    damage(copy / name)
    found = basemap.load(copy)
    assert found.missing == (name,)
    assert len(found.layers) + bool(found.relief) == len(basemap.FILES) - 1
    assert found.outline.area == pytest.approx(BASEMAP.outline.area)


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{\xff", b'{"files": {"a": 1}}'])
def test_without_a_sound_manifest_nothing_is_drawn_and_it_is_named(copy, content):
    """No file is used that nothing vouches for."""
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_bytes(content)
    found = basemap.load(copy)
    assert found.missing[-1] == "water.json"
    assert set(found.missing) == {"manifest.json", *basemap.FILES}
    assert found.outline.is_empty
    assert found.shading().shape == (0, 0, 4)
