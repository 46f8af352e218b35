"""What is known of an imported data set: its manifest, a JSON file beside its Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from geo.errors import TansiqError
from geo.files import write_atomic

FORMAT: Final = 1
# what a file says where nobody said; pictures say it in their own language
NO_LICENCE: Final = "licence not stated"
# what manifests did not have at first; what they lack is empty
_LATER: Final = frozenset({"polygons", "agreement", "districts"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """One imported data set.

    Attributes
    ----------
    name: as in the address, `?dataset=`.
    codebook, variant: the rules it was read by, and which version of them.
    source, source_sha256, source_bytes, source_format: the file it was made of.
    rows: rows of that file; ``accepted`` and ``rejected`` add up to it.
    reasons, flags: how often each reason was given for a row not taken, or to be looked at.
    licence, attribution: what is to be named with it.
    imported_on: the day, ISO.
    date_limits: the first and the last day that were allowed.
    columns: all columns of the Parquet file.
    notes: what else is to be known, as numbers by short names.
    span: the first and the last day of its events.
    parquet, parquet_sha256, parquet_bytes: the durable form, a file beside the manifest.
    report: the report of rows not taken, likewise.
    polygons: name and hash of the boundaries that the events were compared with, by level.
    agreement: how the source's governorates and the polygons agree: events by
        `boundaries.CHECKS`, which add up to those accepted; empty when not compared.
    districts: events that were put into a district.
    """

    name: str
    codebook: str
    variant: str
    source: str
    source_sha256: str
    source_bytes: int
    source_format: str
    rows: int
    accepted: int
    rejected: int
    reasons: Mapping[str, int]
    flags: Mapping[str, int]
    licence: str
    attribution: str
    imported_on: str
    date_limits: tuple[str, str]
    columns: tuple[str, ...]
    notes: Mapping[str, int]
    # known when the Parquet file is written
    span: tuple[str, str] = ("", "")
    parquet: str = ""
    parquet_sha256: str = ""
    parquet_bytes: int = 0
    report: str = ""
    polygons: Mapping[str, str] = field(default_factory=dict)
    agreement: Mapping[str, int] = field(default_factory=dict)
    districts: int = 0

    @property
    def terms(self) -> str:
        """Who is to be named with the data, and their licence, as one text."""
        told = [one for one in (self.attribution, self.licence) if one]
        return f"{self.name}: {', '.join(told) or NO_LICENCE}"

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest as plain values, for JSON."""
        return {"format": FORMAT, **asdict(self)}

    def write(self, home: Path) -> None:
        """Put the manifest in its place, which makes the data set what it says."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, indent=1)
        write_atomic(path_of(home, self.name), f"{text}\n".encode())


def path_of(home: Path, name: str) -> Path:
    """Return where the manifest of a data set stands."""
    return home / f"{name}.json"


def read(path: Path) -> Manifest:
    """Read a manifest; raises `TansiqError` that names a damaged one."""
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=256)
def _read(path: Path, *_written: int) -> Manifest:
    """Read one that was written then; a page asks many times for the same."""
    try:
        found = json.loads(path.read_text("utf-8"))
        names = {one.name for one in fields(Manifest)}
        if found.pop("format") != FORMAT or not names - _LATER <= set(found) <= names:
            raise TansiqError(f"{path}: a manifest of another version of Tansiq; import anew")
        lists = {name: tuple(found[name]) for name in ("date_limits", "span", "columns")}
        return Manifest(**{**found, **lists})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TansiqError(f"{path}: the manifest is damaged; import the data set anew") from error
