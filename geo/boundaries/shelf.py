"""Where boundaries stand: one file a level, written whole or not at all.

A file holds what is known of its source, the areas in full, and the copy for the browser, with a
hash over both, so that a damaged one is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import platformdirs
import shapely

from geo.boundaries.columns import LEVELS, Area
from geo.boundaries.drawing import compact
from geo.errors import TansiqError
from geo.files import write_atomic

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class About:
    """What is known of boundaries.

    Attributes
    ----------
    name: as the operator calls them.
    level: adm1 (governorates) or adm2 (districts).
    maker: whose columns they have.
    source, source_sha256, source_bytes: the file that they were made of.
    licence, attribution: what is to be named with them.
    added_on: the day, ISO.
    areas: how many.
    covered, outside: share of the country that they cover, and of them outside of it.
    slivers: pairs that overlap within the tolerance.
    area_crs: reference system in which areas were measured.
    tolerance: degrees by which the copy for the browser is simplified.
    sha256: of areas and copy.
    """

    name: str
    level: str
    maker: str
    source: str
    source_sha256: str
    source_bytes: int
    licence: str
    attribution: str
    added_on: str
    areas: int
    covered: float
    outside: float
    slivers: int
    area_crs: str
    tolerance: float
    sha256: str = ""

    @property
    def terms(self) -> str:
        """Who is to be named with the boundaries, and their licence, as one text."""
        told = [one for one in (self.attribution, self.licence) if one]
        return f"{self.name}: {', '.join(told) or 'licence not stated'}"

    @property
    def key(self) -> str:
        """16 hexadecimal digits that name these boundaries in addresses of ours."""
        return self.sha256[:16]

    @property
    def stamp(self) -> str:
        """Name and hash, by which a data set says what it was compared with."""
        return f"{self.name} {self.key}"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundaries of one level: what is known of them, the areas, and the copy for the browser."""

    about: About
    areas: tuple[Area, ...]
    drawn: Mapping[str, Any]


def home() -> Path:
    """Return the folder of boundaries (`TANSIQ_HOME`, else the user's data folder)."""
    chosen = os.environ.get("TANSIQ_HOME")
    root = Path(chosen) if chosen else platformdirs.user_data_path("tansiq", appauthor=False)
    return root / "boundaries"


def _path(folder: Path, level: str) -> Path:
    return folder / f"{level}.json"


def write(folder: Path, about: About, areas: tuple[Area, ...], drawn: Mapping[str, Any]) -> About:
    """Put boundaries in their place, and return what is known of them with its hash."""
    rows = [{"code": one.code, "names": dict(one.names), "parent": one.parent,
             "parent_name": one.parent_name, "admin1": one.admin1, "number": one.number,
             "wkb": shapely.to_wkb(one.shape, hex=True)} for one in areas]
    content = {"areas": rows, "drawn": drawn}
    known = About(**{**asdict(about), "sha256": hashlib.sha256(compact(content)).hexdigest()})
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"format": FORMAT, "about": asdict(known), **content}
    write_atomic(_path(folder, about.level), compact(whole))
    return known


def read(level: str, folder: Path | None = None) -> Boundaries | None:
    """Return the boundaries of a level, None when there are none; kept while the file is the same.

    Raises
    ------
    TansiqError
        When the file is damaged.
    """
    path = _path(folder or home(), level)
    try:
        stat = path.stat()
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, *_: int) -> Boundaries:
    try:
        found = json.loads(path.read_bytes())
        about, names = found["about"], {field.name for field in fields(About)}
        content = {"areas": found["areas"], "drawn": found["drawn"]}
        if found["format"] != FORMAT or names != {*about}:
            raise TansiqError(f"{path}: boundaries of another version of Tansiq; add them anew")
        if hashlib.sha256(compact(content)).hexdigest() != about["sha256"]:
            raise TansiqError(f"{path}: not the boundaries that were added; add them anew")
        areas = tuple(
            Area(row["number"], row["code"], row["names"], row["parent"], row["parent_name"],
                 shapely.from_wkb(row["wkb"]), row["admin1"])
            for row in found["areas"]
        )  # fmt: skip
        return Boundaries(About(**about), areas, found["drawn"])
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise TansiqError(f"{path}: the boundaries are damaged; add them anew") from error


def listed(folder: Path | None = None) -> tuple[list[Boundaries], list[str]]:
    """Return the boundaries that there are by level, and a sentence for each damaged file."""
    kept, faults = [], []
    for level in LEVELS:
        try:
            found = read(level, folder)
        except TansiqError as error:
            faults.append(str(error))
        else:
            kept += [found] if found else []
    return kept, faults


def kept(level: str, folder: Path | None = None) -> Boundaries | None:
    """Return the boundaries of a level that can be drawn; None without, or when damaged."""
    return next((one for one in listed(folder)[0] if one.about.level == level), None)


def drop(name: str, folder: Path | None = None) -> str:
    """Remove boundaries by their level or their name; returns the level.

    Raises
    ------
    TansiqError
        When there are none.
    """
    folder = folder or home()
    named = [one.about.level for one in listed(folder)[0] if one.about.name == name]
    level = next(iter(named), name)
    if level not in LEVELS or not _path(folder, level).is_file():
        raise TansiqError(f"There are no boundaries {name!r}.")
    _path(folder, level).unlink(missing_ok=True)
    return level
