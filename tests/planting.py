"""Faults planted into a copy of the data, each written as one row of a table."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from geo import tables
from geo.tables import schema

DATA = tables.default_folder()


def copy_to(folder: Path) -> Path:
    """Copy the package's own files, without the basemap."""
    for path in [*DATA.glob("*.csv"), *DATA.glob("*.json")]:
        shutil.copy(path, folder / path.name)
    shutil.copytree(DATA / "stories", folder / "stories")
    return folder


def vouch(folder: Path) -> None:
    """Record what was changed, as a curator does, so that nothing but the change is at fault."""
    tables.record(folder, curator="tests", reason="planted", day=last_day(folder), correct=True)


def last_day(folder: Path) -> str:
    """Return the day of the last line of the audit: none may be before it."""
    with (folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        return max(row["day"] for row in csv.DictReader(file))


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


@dataclass(frozen=True)
class Plant:
    """A fault, and where it has to be found: the line is that of the row with the key."""

    rule: str
    file: str
    key: str
    field: str
    edit: Callable[[bytes], bytes]
    shift: int = 0

    def line(self, folder: Path) -> int:
        """Return the physical line where the fault has to be found."""
        start = self.key.encode()
        found = enumerate(lines_of(folder / self.file), start=1)
        return next(at for at, text in found if text.startswith(start)) + self.shift

    def put(self, folder: Path) -> None:
        """Edit the line of the key in the file."""
        at, path = self.line(folder) - self.shift, folder / self.file
        lines = lines_of(path)
        lines[at - 1] = self.edit(lines[at - 1])
        path.write_bytes(b"".join(lines))

    @property
    def id(self) -> str:
        """Name the plant in pytest's report."""
        return f"{self.rule}-{self.file.removesuffix('.csv')}-{self.field or self.key}"


Value = str | Callable[[str], str]


def cell(rule: str, file: str, key: str, field: str, value: Value) -> Plant:
    """Plant a value into one cell; a function gets what stands there."""
    name = file.removesuffix(".csv")
    columns = list(schema.read_descriptor(DATA).resources[name].columns)

    def edit(line: bytes) -> bytes:
        cells = next(csv.reader(io.StringIO(line.decode())))
        at = columns.index(field)
        cells[at] = value(cells[at]) if callable(value) else value
        return schema.render(cells, ())

    return Plant(rule, file, f"{key},", field, edit)


def swap(old: str | bytes, new: str | bytes) -> Callable[[bytes], bytes]:
    """Return an edit of bytes that has to change something."""
    before, after = (text.encode() if isinstance(text, str) else text for text in (old, new))

    def edit(line: bytes) -> bytes:
        assert before in line
        return line.replace(before, after, 1)

    return edit


URL_OF_S002 = "https://www.kirkuknow.com/en/news/65623"
X01_OTHERS = "C009;C015;C042;C044;C050"

CELLS = [
    cell("required", "events.csv", "EVT-055", "date_basis", ""),
    cell("translation", "events.csv", "EVT-055", "title_ckb", ""),
    cell("translation", "governorates.csv", "IQ-HA", "name_ar", ""),
    cell("type", "places.csv", "P-KNQ", "lat", "34,3"),
    cell("type", "places.csv", "P-KNQ", "lon", "nan"),
    cell("type", "events.csv", "EVT-066", "fatalities_best", "thirteen"),
    cell("enum", "events.csv", "EVT-055", "event_type", "party"),
    cell("pattern", "sources.csv", "S002", "url", "javascript:alert(1)"),
    cell("pattern", "places.csv", "P-KNQ", "geonameid", "x94591"),
    cell("minimum", "events.csv", "EVT-066", "fatalities_low", "-1"),
    cell("maximum", "events.csv", "EVT-066", "fatalities_high", "1000000"),
    cell("calendar", "events.csv", "EVT-055", "date_end", "2021-02-30"),
    cell("date_range", "sources.csv", "S018", "date_published", "1439-01-26"),
    cell("date_range", "sources.csv", "S018", "date_published", "2999-01-01"),
    cell("list", "events.csv", "EVT-055", "actors", "ACT-PESH;;ACT-IRQ-ARMY"),
    cell("list", "events.csv", "EVT-055", "actors", "ACT-PESH;ACT-PESH"),
    cell("whitespace", "centres.csv", "CEN-KRK", "host_site", lambda text: f" {text}"),
    cell("stray_character", "events.csv", "EVT-055", "title_ar", lambda text: f"{text}\u202e"),
    cell("stray_character", "events.csv", "EVT-055", "title_en", "A\x00B"),
    cell("stray_character", "events.csv", "EVT-055", "title_en", "A\u00a0B"),
    cell("nfc", "events.csv", "EVT-055", "title_ar", "ا\u0653ب"),
    cell("unique", "sources.csv", "S003", "url", URL_OF_S002),
    cell("foreign_key", "events.csv", "EVT-055", "place_id", "P-XYZ"),
    cell("foreign_key", "claims.csv", "C075", "source_id", "S999"),
    cell("foreign_key", "places.csv", "P-KNQ", "admin1", "IQ-ZZ"),
    cell("foreign_key", "centre_status.csv", "CEN-GRM", "centre_id", "CEN-GRN"),
    cell("reference", "claims.csv", "C038", "subject_id", "P-NONE"),
    cell("list_reference", "events.csv", "EVT-055", "actors", "ACT-PESH;ACT-NOBODY"),
    cell("list_reference", "events.csv", "EVT-055", "claim_ids", lambda text: f"{text};C999"),
    cell("order", "events.csv", "EVT-057", "date_end", "2021-05-22"),
    cell("order", "events.csv", "EVT-066", "fatalities_high", "11"),
    cell("precision_matches", "events.csv", "EVT-057", "date_start", "2021-05"),
    cell("precision_matches", "claims.csv", "C052", "asserted_on", "2021-05-24"),
    cell("together", "places.csv", "P-KNQ", "lon", ""),
    replace(cell("empty_when", "places.csv", "P-DISP", "geo_precision", "town"), field="lat"),
    cell("empty_when", "sources.csv", "S002", "date_published", "2021-05-24"),
    cell("inside_country", "places.csv", "P-KNQ", "lat", "44.3482"),
    cell("differ", "places.csv", "P-MKM", "admin1_alt", "IQ-AR"),
    cell("acyclic", "places.csv", "P-KNQ", "parent_id", "P-KNQ"),
    cell("claims_of_subject", "centres.csv", "CEN-BGD", "claim_ids", "C011;C068;C073"),
    cell("claims_of_subject", "centres.csv", "CEN-BGD", "claim_ids", lambda text: f"{text};C012"),
    cell("claims_of_conflict", "conflicts.csv", "X01", "claim_ids", X01_OTHERS),
    cell("counted", "conflicts.csv", "X01", "n_claims", "4"),
    cell("sources_counted", "events.csv", "EVT-055", "n_sources", "3"),
    cell("conflicts_of_claims", "events.csv", "EVT-055", "conflict_groups", ""),
    cell("seed_only", "events.csv", "EVT-059", "seed_only", "false"),
    cell("any_seed", "centre_status.csv", "CEN-SNJ", "in_seed", "false"),
    cell("seed_source", "claims.csv", "C001", "in_seed", "false"),
    cell("within_seed", "conflicts.csv", "X01", "within_seed", "false"),
    cell("distinct_names", "governorates.csv", "IQ-NI", "aliases", lambda text: f"{text};kirkuk"),
]
BYTES = [
    Plant("encoding", "events.csv", "EVT-055,", "", swap("Khanaqin", b"Kh\xe3naqin")),
    Plant("bom", "sources.csv", "source_id,", "", lambda line: b"\xef\xbb\xbf" + line),
    Plant("line_end", "claims.csv", "C100,", "", lambda line: line[:-1] + b"\r\n"),
    Plant("line_end", "claims.csv", "C268,", "", lambda line: line[:-1]),
    Plant("csv_syntax", "governorates.csv", "IQ-WA,", "", swap("Wasit", '"Was"it')),
    Plant("header", "events.csv", "event_id,", "note_en", swap("note_en", "notes")),
    Plant("cell_count", "governorates.csv", "IQ-DI,", "", lambda line: line[:-1] + b",x\n"),
    Plant("cell_count", "governorates.csv", "IQ-DI,", "", lambda line: line[:-1] + b"\n\n", 1),
    Plant("quoting", "places.csv", "P-KNQ,", "", swap("Khanaqin", '"Khanaqin"')),
    Plant("primary_key", "claims.csv", "C001,", "claim_id", lambda line: line + line, 1),
    Plant("row_order", "sources.csv", "S179,", "source_id", swap("S179", "S999"), 1),
]
# what claims say against what the tables say; the audit against both
EVIDENCE = [
    cell("claim_numbers", "claims.csv", "C009", "value_min", "7"),
    cell("claim_numbers", "claims.csv", "C116", "value_min", "2014-08-08"),
    replace(cell("claim_numbers", "claims.csv", "C105", "unit", ""), field="value_min"),
    cell("dates_claimed", "events.csv", "EVT-057", "date_start", "2021-05-22"),
    cell("dates_claimed", "events.csv", "EVT-058", "date_end", "2021-05-25"),
    cell("place_claimed", "events.csv", "EVT-057", "place_id", "P-SNJ"),
    cell("place_claimed", "events.csv", "EVT-048", "place_id", "P-DISP"),
    cell("host_claimed", "centres.csv", "CEN-KRK", "host_site", "a base in the Chimman sector"),
    cell("toll_claimed", "events.csv", "EVT-066", "fatalities_best", "12"),
    cell("toll_claimed", "events.csv", "EVT-008", "fatalities_high", "10"),
    cell("toll_claimed", "events.csv", "EVT-055", "fatalities_rule", "single"),
    replace(cell("governorate_claimed", "places.csv", "P-KFR", "admin1_alt", ""), field="admin1"),
    cell("status_claimed", "centre_status.csv", "CEN-GWR", "status", "active"),
    cell("status_claimed", "centre_status.csv", "CEN-GWR", "valid_from", "2020-12-04"),
    replace(cell("status_used", "claims.csv", "C011", "scope", ""), field="claim_id"),
    cell("partly_seed", "events.csv", "EVT-055", "in_seed", "false"),
    cell("depends", "events.csv", "EVT-055", "acled_like", "Strategic developments"),
    cell("audited", "audit.csv", "A000001", "row_digest", "0123456789abcdef"),
    cell("append_only", "audit.csv", "A000400", "act", "changed"),
    replace(cell("append_only", "audit.csv", "A000001", "day", "2026-11-25"), shift=1),
]
PLANTS = [*CELLS, *BYTES, *EVIDENCE]
