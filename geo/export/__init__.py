"""The rows of a view as CSV, GeoJSON, GeoPackage and GeoParquet, with sources and licences.

Every format holds exactly the events that the filter selects, with or without a point,
each with all its sources and claims (the columns are `extract.COLUMNS`). Equal data and
equal filters give equal bytes.

- **CSV**: UTF-8 with a byte order mark (spreadsheets otherwise show Arabic as garbage), CRLF,
  cells made safe by `cells.guard`; `read_csv` is the way back. A CSV has no place for
  remarks, so the last columns repeat ``data_version`` and ``address`` in each row, and with
  imported events ``licences``.
- **GeoJSON** (RFC 7946, longitude first): an event without a point has a null geometry;
  sources and claims are lists of objects; what the file is stands in the foreign
  member ``about``.
- **GeoPackage**: layers ``events`` and ``centres`` (EPSG:4326), tables ``sources``,
  ``claims``, ``event_sources`` and ``about``.
- **Data package** (`bundle`): one CSV a table, with descriptor and manifest, zipped.
- **PROV-JSON** (`prov`): which claims, sources and speakers stand behind which value.
- **GeoParquet**: the columns of the CSV, unguarded; ``about`` in the file's metadata as JSON
  under the key ``tansiq``.
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import geopandas as gpd
import pandas as pd
import pyogrio
from pyarrow import parquet

from geo import cells
from geo.address import View
from geo.errors import TansiqError
from geo.export import bundle, prov
from geo.export.extract import Extract, plain, take
from geo.files import write_atomic
from geo.filters import EventFilter
from geo.store import Store
from geo.tables import Package

CRS: Final = "EPSG:4326"
# how a file is named whose format is not its ending
ENDINGS: Final = {"package": "zip", "prov": "prov.json"}
EXTRA: Final = ("data_version", "address")
_LISTS: Final = ("actors", "claim_ids", "source_ids", "conflict_groups")
_BESIDE: Final = ("source_", "claim_")
# the date that GDAL writes into a GeoPackage is a setting of the whole process
_GDAL: Final = threading.Lock()


class Download(NamedTuple):
    """Bytes to be taken away, the file's name (`a-z 0-9 . _ -`) and its media type."""

    content: bytes
    filename: str
    mimetype: str


def to_bytes(package: Package, store: Store, asked: View | EventFilter, fmt: str) -> Download:
    """Return the rows that a view or a filter selects as a file of one of `FORMATS`.

    Raises
    ------
    TansiqError
        When there is no such format.
    """
    if fmt not in FORMATS:
        raise TansiqError(f"There is no format {fmt!r}; there are {', '.join(FORMATS)}.")
    mimetype, write = FORMATS[fmt]
    taken = take(package, store, asked)
    ending = ENDINGS.get(fmt, fmt)
    name = file_name(taken.view.filter, "events", package.version, ending)
    return Download(write(taken), name, mimetype)


def file_name(asked: EventFilter, what: str, version: str, ending: str) -> str:
    """Return a download's name: what it is, the data version, and the filter's digest if any."""
    chosen = [] if asked == EventFilter() else [asked.digest()[:8]]
    return cells.file_name("-".join(["tansiq", what, version, *chosen]), ending)


def write(package: Package, store: Store, asked: View | EventFilter, fmt: str, out: Path) -> None:
    """Write the rows to a file, whole or not at all; errors as `to_bytes` and `write_atomic`."""
    write_atomic(out, to_bytes(package, store, asked, fmt).content)


def read_csv(content: bytes) -> pd.DataFrame:
    """Return the texts that an exported CSV was made from, every cell a str.

    Raises
    ------
    TansiqError
        When a row has more or fewer cells than the header.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    texts = [[cells.unguard(cell) for cell in row] for row in rows]
    for number, row in enumerate(texts, start=1):
        if len(row) != len(texts[0]):
            raise TansiqError(f"row {number}: expected {len(texts[0])} cells, found {len(row)}")
    return pd.DataFrame(texts[1:], columns=texts[0], dtype="str")


def _csv(taken: Extract) -> bytes:
    names = [*EXTRA, *(["licences"] if taken.imported else [])]
    extra = [taken.about[name] for name in names]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([cells.guard(str(name)) for name in (*taken.events.columns, *names)])
    for row in taken.events.itertuples(index=False):
        writer.writerow([cells.guard(_text(value)) for value in (*row, *extra)])
    return text.getvalue().encode("utf-8-sig")


def _text(value: Any) -> str:
    """Return a cell as the data has it: nothing for what is missing, true or false in small."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if pd.isna(value) else str(value)


def _geojson(taken: Extract) -> bytes:
    head = {"type": "FeatureCollection", "name": "tansiq_events", "about": dict(taken.about)}
    features = ",\n".join(_json(feature) for feature in _features(taken))
    # one feature a line, so that a difference between two files can be read
    return f'{_json(head)[:-1]},"features":[\n{features}\n]}}\n'.encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _features(taken: Extract) -> Iterator[dict[str, Any]]:
    sources = {row["source_id"]: row for row in plain(taken.sources)}
    claims = {row["claim_id"]: row for row in plain(taken.claims)}
    for event in plain(taken.events):
        yield {
            "type": "Feature",
            "id": event["event_id"],
            "geometry": _geometry(event["lon"], event["lat"]),
            "properties": {
                **{key: value for key, value in event.items() if _is_own(key)},
                **{key: [x for x in event[key].split(";") if x] for key in _LISTS},
                "sources": [sources[x] for x in event["source_ids"].split(";") if x in sources],
                "claims": [claims[x] for x in event["claim_ids"].split(";") if x in claims],
            },
        }


def _is_own(column: str) -> bool:
    """Tell whether a column says something that no other member of the feature says."""
    return column not in {"lat", "lon"} and not column.startswith(_BESIDE)


def _geometry(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    if lon is None or lat is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the frame with its points; a row without coordinates has no geometry."""
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=CRS)
    located = frame["lat"].notna() & frame["lon"].notna()
    return gpd.GeoDataFrame(frame, geometry=points.where(located, None), crs=CRS)


def _gpkg(taken: Extract) -> bytes:
    about = pd.DataFrame(taken.about.items(), columns=["key", "value"], dtype="str")
    tables: Mapping[str, pd.DataFrame] = {
        "events": _points(taken.events),
        "centres": _points(taken.centres),
        "sources": taken.sources,
        "claims": taken.claims,
        "event_sources": taken.event_sources,
        "about": about,
    }
    with TemporaryDirectory(prefix="tansiq-") as folder, _GDAL:
        path = Path(folder) / "events.gpkg"
        # the data's own date, so that equal data give equal bytes
        day = taken.about["data_version"].split("+", maxsplit=1)[0].replace(".", "-")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day}T00:00:00.000Z"})
        for name, table in tables.items():
            spatial = {"geometry_type": "Point"} if isinstance(table, gpd.GeoDataFrame) else {}
            pyogrio.write_dataframe(
                table, path, layer=name, driver="GPKG", append=path.exists(), **spatial
            )
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _parquet(taken: Extract) -> bytes:
    first = io.BytesIO()
    _points(taken.events).to_parquet(first, index=False)
    table = parquet.read_table(first)
    about = _json(dict(taken.about)).encode()
    named = table.replace_schema_metadata({**(table.schema.metadata or {}), b"tansiq": about})
    out = io.BytesIO()
    parquet.write_table(named, out, compression="zstd")
    return out.getvalue()


FORMATS: Final[Mapping[str, tuple[str, Callable[[Extract], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "geojson": ("application/geo+json", _geojson),
    "gpkg": ("application/geopackage+sqlite3", _gpkg),
    "parquet": ("application/vnd.apache.parquet", _parquet),
    "package": ("application/zip", bundle.to_zip),
    "prov": ("application/provenance+json", prov.to_json),
}
