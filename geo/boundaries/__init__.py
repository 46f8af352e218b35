"""Boundaries that an operator brings: governorates and districts, checked, kept, and drawn.

`add` takes a file of OCHA COD-AB, geoBoundaries or GADM, or says everything that is wrong with
it; `listed` and `drop` keep the shelf; `Placer` and `rows_of` tell in which area a point lies,
`counted` how many do. What a source says of its events always comes first (decision 0021).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import shapely

from geo import codebooks, formats
from geo.boundaries import checks, columns, drawing, shelf
from geo.boundaries.columns import LEVELS, Area, Maker
from geo.boundaries.counting import Counted, counted
from geo.boundaries.country import Country
from geo.boundaries.placing import CHECKS, Placer, rows_of
from geo.boundaries.shelf import About, Boundaries, drop, home, kept, listed, read
from geo.codebooks.settings import bare
from geo.formats import Limits, RefusedFileError
from geo.tables import Package

__all__ = ["CHECKS", "LEVELS", "About", "Area", "Boundaries", "Counted", "Placer",
           "RefusedBoundariesError", "Wanted", "add", "counted", "drop", "home", "kept", "listed",
           "read", "rows_of", "unknown_parents"]

_MOST_FAULTS: Final = 20


class RefusedBoundariesError(RefusedFileError):
    """A file of boundaries that is not taken; ``faults`` are sentences, one for each reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        more = len(faults) - _MOST_FAULTS
        told = [*faults[:_MOST_FAULTS], *([f"and {more} more faults"] if more > 0 else [])]
        super().__init__("\n".join(told))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be added.

    Attributes
    ----------
    file: GeoJSON or GeoPackage.
    name: how the boundaries are called; "" for the file's own name.
    level: adm1 or adm2; "" for what the columns say.
    licence, attribution: what is to be named; "" for what the maker's columns tell.
    limits: what the file may cost.
    """

    file: Path
    name: str = ""
    level: str = ""
    licence: str = ""
    attribution: str = ""
    limits: Limits = field(default_factory=lambda: formats.AREAS)


def add(package: Package, wanted: Wanted, folder: Path | None = None) -> About:
    """Check a file of boundaries and keep it, in place of those of its level.

    Raises
    ------
    RefusedFileError
        When the file cannot be read.
    RefusedBoundariesError
        When it was read and is not taken, with every reason.
    """
    maker, level, areas = _areas(wanted, codebooks.governorates(package))
    country = Country(package)
    found = _checked(areas, level, codebooks.governorates(package), country)
    content = wanted.file.read_bytes()
    copy, tolerance = drawing.drawn(areas, found.areas_km2)
    about = About(
        name=" ".join((wanted.name or wanted.file.stem).split())[:60], level=level,
        maker=maker.title, source=wanted.file.name,
        source_sha256=hashlib.sha256(content).hexdigest(), source_bytes=len(content),
        licence=wanted.licence or maker.licence, attribution=wanted.attribution,
        added_on=datetime.now(UTC).date().isoformat(), areas=len(areas),
        covered=round(found.covered, 4), outside=round(max(found.outside, 0.0), 4),
        slivers=found.slivers, area_crs=country.crs, tolerance=tolerance,
    )  # fmt: skip
    return shelf.write(folder or home(), about, tuple(areas), copy)


def _areas(wanted: Wanted, governorates: Mapping[str, str]) -> tuple[Maker, str, list[Area]]:
    """Read the areas of a file as they stand in it."""
    with closing(formats.opened_areas(wanted.file, wanted.level, wanted.limits)) as opened:
        names = [name.strip().lower() for name in opened.header[:-1]]
        maker = columns.recognised(opened.header[:-1])
        chunks = list(opened.chunks())
    broken = [one for chunk in chunks for one in chunk.broken]
    if broken:
        told = [f"feature {one.line}: expected a polygon, found {one.value or 'nothing'}"
                for one in broken]
        raise RefusedBoundariesError(told)
    lines = [line for chunk in chunks for line in chunk.lines]
    rows = [row for chunk in chunks for row in chunk.rows]
    if not rows:
        raise RefusedFileError("The file has no areas.")
    cells = [dict(zip(names, row[:-1], strict=True)) for row in rows]
    level = columns.level_of(maker, cells, wanted.level)
    shapes = shapely.from_wkb([row[-1] for row in rows])
    found = [columns.area(maker, level, row, line, shape)
             for row, line, shape in zip(cells, lines, shapes, strict=True)]
    return maker, level, [replace(one, admin1=_governorate(one, level, governorates))
                          for one in found]


def _governorate(area: Area, level: str, known: Mapping[str, str]) -> str:
    """Return the ISO code of the governorate that an area is, or belongs to."""
    said = (area.parent, area.parent_name) if level == "adm2" else (area.code, *area.names.values())
    return next((known[name] for one in said if (name := bare(one)) in known), "")


def _checked(areas: Sequence[Area], level: str, governorates: Mapping[str, str],
             country: Country) -> checks.Measured:
    """Return what was measured; raises with every fault that can be told at once."""
    faults = [*checks.faults_of_words(areas, level, governorates),
              *checks.faults_of_numbers(areas)]
    if not faults:
        faults += checks.faults_of_shapes(areas)
    # what follows is computed from the shapes, so they have to be whole
    found = None
    if not faults:
        found, faults = checks.measured(areas, country)
    if faults or found is None:
        raise RefusedBoundariesError(faults)
    return found


def unknown_parents(found: Boundaries) -> list[str]:
    """Return the names of districts whose governorate the file does not tell."""
    if found.about.level != "adm2":
        return []
    return [one.name for one in found.areas if not one.admin1]
