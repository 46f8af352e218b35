"""Exports hold exactly the filtered rows, with every source, and come back unchanged."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import cells, export, tables
from geo.address import View
from geo.errors import TansiqError
from geo.export import extract
from geo.filters import PROVINCES, TYPES, EventFilter
from geo.store import Store

HOSTILE = [
    "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#}",
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "|calc",
    "%x",
    "\t=1",
    "\r=1",
    " '=1",
    "＝1",
    "a;=1",
    "NA",
    "None",
    "null",
    "00123",
    "\\x",
    'say "x", then\nleave',
    "a | b \\| c",
]
DAY = st.integers(0, 4100).map(lambda days: date(2014, 6, 1) + timedelta(days))


@st.composite
def filters(draw: st.DrawFn) -> EventFilter:
    first, last = sorted([draw(DAY), draw(DAY)])
    provinces = draw(st.lists(st.sampled_from(PROVINCES), max_size=3))
    types = draw(st.lists(st.sampled_from(TYPES), max_size=4))
    text = draw(
        st.sampled_from(["", "", "", "kirkuk", "بيشمركه", "کەرکووک", "nothing of the sort"])
    )
    return EventFilter(
        draw(st.sampled_from([None, first])),
        draw(st.sampled_from([None, last])),
        tuple(provinces),
        tuple(types),
        text,
    )


@pytest.fixture(scope="module")
def package() -> tables.Package:
    return tables.load()


@pytest.fixture(scope="module")
def store(package: tables.Package, tmp_path_factory: pytest.TempPathFactory) -> Store:
    url = f"duckdb:///{tmp_path_factory.mktemp('store') / 'events.duckdb'}"
    with Store.open(package, url) as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile(package: tables.Package, tmp_path_factory: pytest.TempPathFactory):
    """Give a package with hostile texts in titles, notes, sources and claims, and its store."""
    texts = (HOSTILE * 20).__getitem__
    frames = dict(package.frames)
    for name, columns in {
        "events": ["title_en", "title_ar", "note_en"],
        "sources": ["publisher", "title"],
        "claims": ["value", "paraphrase_en"],
    }.items():
        changed = {
            c: [texts(i + j) for i in range(len(frames[name]))] for j, c in enumerate(columns)
        }
        frames[name] = frames[name].assign(**changed).astype(dict.fromkeys(columns, "str"))
    bad = dataclasses.replace(package, frames=frames)
    url = f"duckdb:///{tmp_path_factory.mktemp('hostile') / 'events.duckdb'}"
    with Store.open(bad, url) as opened:
        yield bad, opened


def read(content: bytes, fmt: str, folder: Path) -> pd.DataFrame:
    if fmt == "csv":
        return export.read_csv(content)
    if fmt == "parquet":
        return gpd.read_parquet(io.BytesIO(content))
    if fmt == "geojson":
        features = json.loads(content)["features"]
        return gpd.GeoDataFrame.from_features(
            features, crs=4326, columns=["event_id", "title_en", "geometry"]
        )
    if fmt == "package":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return pd.read_csv(archive.open("events.csv"), dtype="str")
    if fmt == "prov":
        names = sorted(name for name in json.loads(content)["entity"] if ":EVT-" in name)
        return pd.DataFrame({"event_id": [name.removeprefix("tansiq:") for name in names]})
    (folder / "events.gpkg").write_bytes(content)
    return gpd.read_file(folder / "events.gpkg", layer="events")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=filters(), fmt=st.sampled_from(list(export.FORMATS)))
def test_rows_are_the_stores_rows(package, store, tmp_path, asked: EventFilter, fmt: str) -> None:
    """For random filters every format holds the store's ids, in the store's order."""
    content = export.to_bytes(package, store, asked, fmt).content
    ids = list(store.events(asked)["event_id"])
    # a package and its provenance stand in the order of their keys
    expected = sorted(ids) if fmt in {"package", "prov"} else ids
    assert list(read(content, fmt, tmp_path)["event_id"]) == expected


@pytest.mark.parametrize("fmt", export.FORMATS)
def test_equal_questions_give_equal_bytes(package, store, fmt: str) -> None:
    """An export can be compared by its hash."""
    first, second = (export.to_bytes(package, store, View(), fmt) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("fmt", ["csv", "geojson", "gpkg", "parquet"])
def test_names_and_types(package, store, fmt: str) -> None:
    """Download names are plain; a name tells the data version and one filter from another."""
    names = [export.to_bytes(package, store, EventFilter(q=q), fmt).filename for q in ("", "k1")]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"tansiq-events-[a-z0-9._-]{1,60}\." + fmt, name) for name in names)


def test_every_row_has_all_its_sources(package, store) -> None:
    """Each id has its publisher, title and address; each claim its source and words."""
    frame = extract.take(package, store, View()).events
    sources = package.frames["sources"].set_index("source_id")
    for row in frame.to_dict("records"):
        ids = row["source_ids"].split(";")
        assert cells.split(row["source_urls"]) == list(sources.loc[ids, "url"])
        assert len(row["source_publishers"].split(" | ")) == len(ids) == row["n_sources"]
        assert row["claim_sources"].count(";") == row["claim_ids"].count(";")
    linked = extract.take(package, store, View()).event_sources
    assert set(linked["source_id"]) == {i for c in frame["source_ids"] for i in c.split(";")}


def test_csv_comes_back_unchanged(hostile) -> None:
    """Read back, a CSV has the texts that went in, whatever they were."""
    bad, store = hostile
    frame = extract.take(bad, store, View()).events
    back = export.read_csv(export.to_bytes(bad, store, View(), "csv").content)
    for column in frame.select_dtypes("str"):
        assert list(back[column]) == list(frame[column]), column
    lat = pd.to_numeric(back["lat"].replace("", None))
    assert lat.equals(frame["lat"].astype("float64")) or (lat - frame["lat"]).abs().max() == 0
    assert list(back["fatalities_best"]) == [
        "" if pd.isna(x) else str(x) for x in frame["fatalities_best"]
    ]


def test_no_cell_is_a_formula(hostile) -> None:
    """No cell or header of a CSV begins, after spaces and quotes, like a formula."""
    text = export.to_bytes(*hostile, View(), "csv").content.decode("utf-8-sig")
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    number = re.compile(r"-?[0-9.]+")
    found = [*frame.columns, *frame.to_numpy().ravel()]
    risky = [c for c in found if c.lstrip(" '\"")[:1] in set("=+-@|%\t\r＝＋－＠") and c]
    assert [c for c in risky if not number.fullmatch(c)] == []


@pytest.mark.parametrize("fmt", ["geojson", "gpkg", "parquet"])
def test_typed_formats_keep_texts(hostile, tmp_path: Path, fmt: str) -> None:
    """Formats that no spreadsheet runs hold the very texts of the data."""
    bad, store = hostile
    back = read(export.to_bytes(bad, store, View(), fmt).content, fmt, tmp_path)
    assert list(back["title_en"]) == list(store.events(EventFilter())["title_en"])
    assert list(back.geometry.isna()) == list(store.events(EventFilter())["lat"].isna())
    assert back.crs.to_epsg() == 4326


def test_geojson_says_what_it_is(package, store) -> None:
    """The head has filter, address, version and licences; a feature its sources and claims."""
    asked = EventFilter(date_to=date(2021, 5, 23), provinces=("IQ-KI",))
    found = json.loads(export.to_bytes(package, store, asked, "geojson").content)
    about = found["about"]
    assert about["filter_ar"] == asked.sentence("ar")
    assert about["address"] == "?to=2021-05-23&province=IQ-KI"
    assert about["data_version"] == package.version
    assert "GeoNames" in about["licences"]
    assert all(f["properties"]["sources"][0]["url"] for f in found["features"])
    assert all(f["properties"]["claims"] for f in found["features"])


def test_geopackage_has_its_tables(package, store, tmp_path: Path) -> None:
    """Centres with their status on the day, sources, claims and what the file is."""
    out = tmp_path / "events.gpkg"
    export.write(package, store, EventFilter(date_to=date(2021, 5, 23)), "gpkg", out)
    layers = {name: gpd.read_file(out, layer=name) for name in gpd.list_layers(out)["name"]}
    assert list(layers) == ["events", "centres", "sources", "claims", "event_sources", "about"]
    centres = layers["centres"].set_index("centre_id")
    assert centres.loc["CEN-KRK", ["statuses", "status_on"]].tolist() == ["active", "2021-05-23"]
    assert centres.loc["CEN-MKM", "statuses"] == "approved"
    assert set(layers["claims"]["source_id"]) <= set(layers["sources"]["source_id"])
    assert dict(layers["about"][["key", "value"]].to_numpy())["data_version"] == package.version


def test_parquet_says_what_it_is(package, store) -> None:
    """The file's metadata hold the same words as the other formats."""
    content = export.to_bytes(package, store, View(), "parquet").content
    about = json.loads(pq.read_metadata(io.BytesIO(content)).metadata[b"tansiq"])
    assert about == dict(extract.take(package, store, View()).about)


def test_hidden_centres_stay_out(package, store) -> None:
    """A view without centres exports none."""
    assert extract.take(package, store, View(centres=False)).centres.empty
    assert export.to_bytes(package, store, View(centres=False), "gpkg").content


def test_unknown_format_is_refused(package, store) -> None:
    """A format that there is not is named, together with those there are."""
    with pytest.raises(TansiqError, match=r"xlsx.*csv, geojson, gpkg, parquet"):
        export.to_bytes(package, store, View(), "xlsx")


def test_ragged_csv_is_refused() -> None:
    """A row with a cell too many is named, not shifted."""
    with pytest.raises(TansiqError, match="row 3: expected 2 cells, found 3"):
        export.read_csv(b"a,b\r\n1,2\r\n1,2,3\r\n")
