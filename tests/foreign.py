"""Made-up foreign tables for tests: GED-like, ACLED-like, plain. No row of them is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

_GED_COLUMNS = """
id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id
conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a
side_b_dset_id side_b_new_id side_b number_of_sources source_article source_office source_date
source_headline source_original where_prec where_coordinates where_description adm_1 adm_2
latitude longitude geom_wkt priogrid_gid country country_id region event_clarity date_prec
date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob
"""
GED_COLUMNS = tuple(_GED_COLUMNS.split())
GED = {
    "id": "1001", "year": "2019", "type_of_violence": "1", "conflict_name": "Invented: Territory",
    "dyad_name": "Invented government - Invented group", "side_a": "Invented government",
    "side_b": "Invented group", "number_of_sources": "2", "source_headline": "An invented headline",
    "where_prec": "1", "where_coordinates": "Invented town", "adm_1": "Kirkūk province",
    "latitude": "35.4", "longitude": "44.3", "country": "Iraq", "country_id": "645",
    "event_clarity": "1", "date_prec": "1", "date_start": "2019-05-04 00:00:00.000",
    "date_end": "2019-05-04 00:00:00.000", "best": "3", "high": "5", "low": "2",
}  # fmt: skip
_ACLED_COLUMNS = """
event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1
assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region
country admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes
fatalities tags timestamp
"""
ACLED_COLUMNS = tuple(_ACLED_COLUMNS.split())
_OLD_ACLED_COLUMNS = """
data_id iso event_id_cnty event_id_no_cnty event_date year time_precision event_type
sub_event_type actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction region
country admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes
fatalities timestamp iso3
"""
OLD_ACLED_COLUMNS = tuple(_OLD_ACLED_COLUMNS.split())
ACLED = {
    "event_id_cnty": "IRQ1", "data_id": "900001", "event_date": "2021-05-23", "year": "2021",
    "time_precision": "1", "disorder_type": "Political violence", "event_type": "Battles",
    "sub_event_type": "Armed clash", "actor1": "Invented forces", "actor2": "Invented militia",
    "iso": "368", "region": "Middle East", "country": "Iraq", "admin1": "Kirkuk",
    "location": "Invented village", "latitude": "35.4", "longitude": "44.3", "geo_precision": "1",
    "source": "Invented Agency; Invented Paper", "notes": "An invented event.", "fatalities": "3",
    "timestamp": "1621814400", "iso3": "IRQ",
}  # fmt: skip


def table(columns: Iterable[str], rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """Return rows as delimited text; a column that a row does not name is empty."""
    names = list(columns)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows({name: row[name] for name in names if name in row} for row in rows)
    return out.getvalue()


def numbered(row: Mapping[str, str], key: str, n: int, **changes: str) -> list[dict[str, str]]:
    """Return ``n`` copies of a row, each with an identifier of its own."""
    return [{**row, **changes, key: f"{row[key]}{i:04d}"} for i in range(n)]


def ged(*changes: Mapping[str, str], columns: Iterable[str] = GED_COLUMNS) -> str:
    """Return a GED-like table: one row for each set of changes, with identifiers of their own."""
    rows = [{**GED, "id": str(1000 + i), **change} for i, change in enumerate(changes)]
    return table(columns, rows)


def acled(*changes: Mapping[str, str], columns: Iterable[str] = ACLED_COLUMNS) -> str:
    """Return an ACLED-like table, likewise."""
    rows = [{**ACLED, "event_id_cnty": f"IRQ{i + 1}", **change} for i, change in enumerate(changes)]
    return table(columns, rows)


def written(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
