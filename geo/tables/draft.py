"""A data package as it was read, before anybody vouches for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.tables import schema

# the folder of the stories, inside that of the package
STORIES: Final = "stories"


class Finding(NamedTuple):
    """What a check found in one table: physical line, column, value, what was expected."""

    line: int
    field: str
    value: str
    message: str


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Draft:
    """The descriptor and the raw tables of a folder, whatever their state."""

    folder: Path
    descriptor: schema.Descriptor
    tables: Mapping[str, schema.Table]

    @property
    def row_counts(self) -> dict[str, int]:
        """Number of records of each table's file."""
        return {table.resource.path: len(table.rows) for table in self.tables.values()}

    @property
    def stories(self) -> tuple[str, ...]:
        """Names of the stories' files, inside the folder of the package, sorted."""
        found = (self.folder / STORIES).glob("*.toml")
        return tuple(sorted(f"{STORIES}/{path.name}" for path in found))

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files that are there to be vouched for: the package's and the stories'."""
        return (*self.descriptor.files, *self.stories)

    @cached_property
    def day_limits(self) -> tuple[date, date]:
        """First and last day that a date may have, from the descriptor.

        "tomorrow" is never earlier than the day after the data set's own version, so that
        a computer with a wrong clock does not refuse sound data.
        """
        limits = self.descriptor.raw["tansiq:dates"]
        earliest = date.fromisoformat(limits["earliest"])
        if limits["latest"] != "tomorrow":
            return earliest, date.fromisoformat(limits["latest"])
        made = date.fromisoformat(self.descriptor.version.replace(".", "-"))
        return earliest, max(datetime.now(tz=UTC).date(), made) + timedelta(days=1)

    @cached_property
    def claims(self) -> Mapping[str, dict[str, str]]:
        """Each claim's cells by its id; empty when there is no table of claims."""
        table = self.tables.get("claims")
        if table is None:
            return {}
        names = table.resource.columns
        return {
            key: {name: table.cell(row, name) for name in names}
            for key, row in table.by_key.items()
        }

    @cached_property
    def metric(self) -> pyproj.Transformer:
        """From longitude and latitude (EPSG:4326) to metres in the country's own CRS."""
        crs = self.descriptor.raw["tansiq:country"]["metricCrs"]
        return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    @cached_property
    def country(self) -> BaseGeometry:
        """The country's outline in metres; raises `ValueError` or `OSError` when unreadable."""
        path = self.folder / self.descriptor.raw["tansiq:country"]["outline"]
        try:
            outline = shapely.from_geojson(path.read_text(encoding="utf-8"))
        except shapely.errors.GEOSException as error:
            raise ValueError(str(error)) from error
        project: Any = self.metric.transform
        shape: BaseGeometry = shapely.transform(outline, project, interleaved=False)
        shapely.prepare(shape)
        return shape


def read(folder: Path) -> Draft:
    """Read a folder; raises `DataError` only when there is no usable descriptor."""
    descriptor = schema.read_descriptor(folder)
    tables = {
        name: schema.read_table(folder, resource) for name, resource in descriptor.resources.items()
    }
    return Draft(folder, descriptor, tables)
