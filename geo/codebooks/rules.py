"""The rules that all codebooks share: dates within limits, points, types, governorates.

Each takes cells of a sheet and gives a list of its size; what breaks a rule is noted in the
sheet, with the reason, and stands as None or "".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from geo.codebooks.settings import Settings, bare
from geo.codebooks.sheet import Sheet
from geo.codebooks.values import (
    Day,
    Fault,
    Memo,
    read_count,
    read_day,
    read_latitude,
    read_longitude,
    within,
)
from geo.i18n import normalise

_IRAQ: Final = frozenset(
    normalise(name) for name in ("Iraq", "Republic of Iraq", "IRQ", "IQ", "368", "645", "العراق",
                                 "جمهورية العراق", "عێراق")
)  # fmt: skip


class Rules:
    """The rules of one import; they remember what texts were read as."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._days: Memo[Day | Fault] = Memo(partial(read_day, order=settings.order))
        self._maybe: Memo[Day | Fault | None] = Memo(
            lambda text: self._days[text] if text.strip() else None
        )
        self._lat: Memo[float | Fault | None] = Memo(read_latitude)
        self._lon: Memo[float | Fault | None] = Memo(read_longitude)
        self._counts: Memo[int | Fault | None] = Memo(read_count)
        own = {bare(name): code for name, code in settings.mapped.governorates.items()}
        codes = {**settings.governorates, **own}
        self._governorates: Memo[str] = Memo(lambda name: codes.get(bare(name), "") if name else "")
        self._iraq: Memo[bool] = Memo(lambda name: not name or normalise(name) in _IRAQ)

    def days(self, sheet: Sheet, name: str, *, exact: bool = False,
             optional: bool = False) -> list[Day | None]:
        """Return the dates of a column; ``exact`` demands days, ``optional`` takes empty cells."""
        found = sheet.read(name, self._maybe if optional else self._days)
        first, last = self.settings.first, self.settings.last
        for row, day in enumerate(found):
            if day is None:
                continue
            if exact and day.precision != "day":
                sheet.reject(row, name, "not_a_date")
            elif not within(day, first, last):
                sheet.reject(row, name, "date_limits")
        return found

    def ordered(self, sheet: Sheet, starts: Sequence[Day | None], ends: Sequence[Day | None],
                names: tuple[str, str]) -> None:
        """Reject rows whose first date lies after the last."""
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start and end and start.first > end.last:
                sheet.reject(row, names[0], "start_after_end", names[1])

    def counts(self, sheet: Sheet, name: str) -> list[int | None]:
        """Return the numbers of a column; nothing for one that is not there."""
        return sheet.read(name, self._counts) if name else [None] * sheet.size

    def points(self, sheet: Sheet, lat_name: str, lon_name: str,
               ) -> tuple[list[float | None], list[float | None]]:
        """Return latitudes and longitudes in degrees (EPSG:4326), both None without a point.

        Nothing is moved: a point outside of the region whose swap lies inside is flagged.
        """
        lats, lons = sheet.read(lat_name, self._lat), sheet.read(lon_name, self._lon)
        west, south, east, north = self.settings.region
        for row, (lat, lon) in enumerate(zip(lats, lons, strict=True)):
            if lat is None or lon is None:
                if lat is not lon and not sheet.is_rejected(row):
                    lacking = lat_name if lat is None else lon_name
                    sheet.reject(row, lacking, "half_a_point")
            elif south <= lat <= north and west <= lon <= east:
                continue
            elif lat == 0 == lon:
                sheet.flag(row, lat_name, "null_island", lon_name)
            elif south <= lon <= north and west <= lat <= east:
                sheet.flag(row, lat_name, "swapped", lon_name)
        return lats, lons

    def provinces(self, sheet: Sheet, name: str, country: str = "") -> list[str]:
        """Return the codes of the governorates that a column names, "" elsewhere than in Iraq.

        A name of Iraq that nobody knows is flagged.
        """
        found = [self._governorates[text] for text in sheet.cells(name)]
        known, here = self._governorates, self._iraq
        if not name:
            return found
        pairs = zip(sheet.cells(name), sheet.cells(country), strict=True)
        for row, (text, land) in enumerate(pairs):
            if not here[land]:
                found[row] = ""
            elif text.strip() and not known[text]:
                sheet.flag(row, name, "unknown_governorate")
        return found
