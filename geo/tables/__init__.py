"""The data package as validated frames, or every fault at once."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from geo import i18n, marks
from geo.errors import DataError, Fault, TansiqError
from geo.files import write_atomic
from geo.tables import audit, checks, draft, evidence, manifest, schema

EPOCH: Final = date(1970, 1, 1)
# bytes of an unpacked archive
LARGEST: Final = 500_000_000
HERE: Final = Path(__file__).resolve().parents[1]

# places' columns as they stand beside an event
_PLACE: Final = {
    "name_en": "place_en",
    "name_ar": "place_ar",
    "name_ckb": "place_ckb",
    "admin1": "admin1",
    "admin1_alt": "admin1_alt",
    "admin1_ocha": "admin1_ocha",
    "admin1_geonames": "admin1_geonames",
    "lat": "lat",
    "lon": "lon",
    "geo_precision": "geo_precision",
}
# the basis of a date that a source states
STATED: Final = "stated"
EVENT_COLUMNS: Final = (
    *("event_id", "date_start", "date_end", "date_precision", "day_start", "day_end"),
    *("event_type", "family", "place_id", "place_role", *_PLACE.values(), "actors"),
    *("fatalities_low", "fatalities_best", "fatalities_high", "fatalities_rule"),
    *("title_en", "title_ar", "title_ckb", "note_en", "claim_ids", "source_ids"),
    *("conflict_groups", "in_seed", "seed_only", "n_sources", "acled_like", "date_basis"),
    *("dataset", "search_text"),
)


@dataclass(frozen=True, slots=True)
class Package:
    """A validated data package.

    Attributes
    ----------
    folder: where it was read from.
    frames: one frame per resource, rows in the order of their key.
    version: the data set's date and eight hex digits of the manifest's sha256.
    descriptor: the columns, licences and rules of all tables.
    """

    folder: Path
    frames: Mapping[str, pd.DataFrame]
    version: str
    descriptor: schema.Descriptor

    @property
    def licences(self) -> tuple[Mapping[str, str], ...]:
        """Licences to be named with the data: mappings with title and path."""
        return self.descriptor.licences


def default_folder() -> Path:
    """Return the folder of the data that came with the program."""
    installed = HERE / "_app" / "data"
    return installed if installed.is_dir() else HERE.parent / "data"


def load(folder: Path | None = None) -> Package:
    """Read and check a data package; raises `DataError` with every fault of it."""
    folder = folder or default_folder()
    found = draft.read(folder)
    if faults := checks.faults(found):
        raise DataError(faults)
    frames = {name: schema.cast(table) for name, table in found.tables.items()}
    # the manifest holds the hash of every file, so its own hash stands for all of them
    digest = hashlib.sha256((folder / manifest.NAME).read_bytes()).hexdigest()
    version = f"{found.descriptor.version}+{digest[:8]}"
    return Package(folder, MappingProxyType(frames), version, found.descriptor)


def validate(folder: Path) -> list[Fault]:
    """Return every fault of a data package, sorted by file, line and field."""
    try:
        return sorted(checks.faults(draft.read(folder)))
    except DataError as error:
        return list(error.faults)


def write_manifest(folder: Path) -> Path:
    """Write row counts and hashes anew after an edit; returns the manifest's path.

    The manifest vouches for bytes, not for their sense: `validate` is still to be asked.
    Raises `DataError` when a file of the package is missing.
    """
    found = draft.read(folder)
    if missing := manifest.missing(found):
        raise DataError(missing)
    write_atomic(folder / manifest.NAME, manifest.build(found))
    return folder / manifest.NAME


def record(
    folder: Path, *, curator: str, reason: str, day: str, correct: bool = False
) -> list[tuple[str, str, str]]:
    """Answer for rows that were edited by hand: a line of the audit for each, and the manifest.

    Returns (table, row key, act) of each row; none leaves the audit as it is. Claims are
    immutable: a changed or withdrawn one raises `TansiqError` unless ``correct`` says that
    it was not as its source has it. Raises `DataError` when a file is missing.
    """
    found = draft.read(folder)
    if missing := manifest.missing(found):
        raise DataError(missing)
    changed = list(audit.changes(found))
    kept = [key for name, key, act, _ in changed if name in audit.IMMUTABLE and act != audit.ADDED]
    if kept and not correct:
        raise TansiqError(f"Claims are immutable: {', '.join(kept)}; a correction has to be meant.")
    if changed:
        table = found.tables[audit.NAME]
        lines = audit.lines_for(table, changed, day=day, curator=curator, reason=reason)
        rows = [*(row.cells for row in table.rows), *lines]
        write_atomic(folder / table.resource.path, schema.render(table.header, rows))
    write_manifest(folder)
    return [change[:3] for change in changed]


def coverage(folder: Path) -> list[evidence.Cover]:
    """Return for each shown field how many of its values a claim of that field carries."""
    return list(evidence.coverage(draft.read(folder)))


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack a zipped data package into an empty folder; returns the folder.

    Only files of the archive's first level, by their bare names, and stories in their folder, up
    to `LARGEST` bytes in all.
    Raises `TansiqError` for what is no such archive.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [one for one in opened.infolist() if not one.is_dir()]
            if sum(one.file_size for one in files) > LARGEST:
                raise TansiqError(f"{archive}: expected no more than {LARGEST} bytes unpacked")
            for one in files:
                bare = Path(one.filename).name == one.filename
                if bare or manifest.STORY.fullmatch(one.filename):
                    path = folder / one.filename
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(opened.read(one))
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise TansiqError(f"{archive}: expected a readable ZIP archive ({error})") from error
    return folder


def canonical(folder: Path) -> list[Path]:
    """Rewrite the tables in canonical form, rows by key; returns the files that changed.

    Cells are never touched. Raises `DataError` when a file cannot be parsed for certain.
    """
    found = draft.read(folder)
    unsure = [fault for fault in checks.faults(found) if fault.rule in checks.UNREADABLE]
    if unsure:
        raise DataError(unsure)
    changed = []
    for table in found.tables.values():
        content = checks.canonical_bytes(table)
        if content != table.raw:
            write_atomic(folder / table.resource.path, content)
            changed.append(folder / table.resource.path)
    return changed


def events(package: Package) -> pd.DataFrame:
    """Return the curated events in canonical columns (`EVENT_COLUMNS`).

    Sorted by (day_start, day_end, event_id); the RangeIndex is the row number that the
    store, the binary columns and the browser share. ``day_start`` and ``day_end`` are days
    since 1970-01-01, both inclusive, and span the whole month or year of a coarse date.
    ``lat`` and ``lon`` are decimal degrees (EPSG:4326), NaN without a point. Lists are
    joined by ";". Text is "" where there is none.
    """
    frame = package.frames["events"].copy()
    places = package.frames["places"].set_index("place_id")
    for theirs, ours in _PLACE.items():
        frame[ours] = frame["place_id"].map(places[theirs])
    frame["day_start"] = [_days(text, last=False) for text in frame["date_start"]]
    frame["day_end"] = [_days(text, last=True) for text in frame["date_end"]]
    frame["family"] = frame["event_type"].map(marks.FAMILY_OF)
    sources = package.frames["claims"].set_index("claim_id")["source_id"]
    frame["source_ids"] = [_sources(cell, sources) for cell in frame["claim_ids"]]
    frame["dataset"] = "curated"
    frame["search_text"] = _search_texts(package, frame)
    frame = frame.sort_values(["day_start", "day_end", "event_id"], ignore_index=True)
    return frame[list(EVENT_COLUMNS)]


def worked_out(basis: str) -> str:
    """Return how a date was worked out (English), "" when a source states it."""
    return "" if basis == STATED else basis.removeprefix("derived: ")


def _search_texts(package: Package, frame: pd.DataFrame) -> list[str]:
    """Return what a text search looks in for each event, normalised, one text a line."""
    names = _actor_names(package)
    stems = [f"{stem}_{lang}" for stem in ("title", "place") for lang in i18n.LANGS]
    texts = []
    for row in frame.to_dict("records"):
        actors = [name for actor in row["actors"].split(";") for name in names[actor]]
        # each text by itself, so that no search matches across two of them
        found = [*(row[stem] for stem in stems), *actors, row["note_en"]]
        texts.append("\n".join(i18n.normalise(text) for text in found if text))
    return texts


def _days(text: str, *, last: bool) -> int:
    """Return a date's first or last day as days since 1970-01-01."""
    return (schema.edtf_span(text)[last] - EPOCH).days


def _sources(cell: str, source_of: pd.Series[str]) -> str:
    """Return the sources of a list of claims, each once, in the claims' order."""
    return ";".join(dict.fromkeys(source_of[claim] for claim in cell.split(";")))


def _actor_names(package: Package) -> dict[str, list[str]]:
    """Return the names of each actor in all languages."""
    actors = package.frames["actors"]
    names = zip(*(actors[f"name_{lang}"] for lang in i18n.LANGS), strict=True)
    return {actor: list(row) for actor, row in zip(actors["actor_id"], names, strict=True)}
