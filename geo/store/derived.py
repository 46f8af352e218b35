"""The columns that are computed once at load, so that every engine reads them alike.

In pandas for events in memory, in SQL for Parquet files: the same rule written twice, and
tested against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.errors import TansiqError
from geo.filters import evidence

# how finely a point's place in Web Mercator is kept: so many steps from edge to edge of the world
WORLD: Final = 1 << 28
# where Web Mercator ends
LAST_LATITUDE: Final = 85.05112878
REQUIRED: Final = frozenset(
    {"event_id", "day_start", "day_end", "event_type", "admin1", "admin1_alt", "lat", "lon",
     "search_text", "dataset"},
)
DERIVED: Final = ("row", "ym", "mx", "my")


def mercator(lat: NDArray[np.float64], lon: NDArray[np.float64],
             ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Web Mercator x and y in units of the world: 0 to 1, from the north-west corner.

    ``lat`` and ``lon`` are decimal degrees (EPSG:4326); a missing point stays NaN.
    """
    phi = np.radians(np.clip(lat, -LAST_LATITUDE, LAST_LATITUDE))
    return (lon + 180) / 360, (1 - np.arcsinh(np.tan(phi)) / math.pi) / 2


def derive(events: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that every engine reads alike, in the given order.

    ``row`` is the row's number from 0; ``ym`` the month of the start as yyyymm; ``mx`` and
    ``my`` the point in Web Mercator, in whole steps (`WORLD`) from the north-west corner
    (missing without a point). Columns that say how an event is known get their defaults where
    a table has none.

    Raises
    ------
    TansiqError
        When a column is missing.
    """
    if lacking := sorted(REQUIRED - set(events.columns)):
        raise TansiqError(f"The events lack the columns {', '.join(lacking)}.")
    start = pd.to_datetime(events["day_start"].to_numpy("int64"), unit="D")
    months = start.year.to_numpy() * 100 + start.month.to_numpy()
    lacking_known = {n: v for n, v in evidence.DEFAULTS.items() if n not in events.columns}
    x, y = mercator(events["lat"].to_numpy(float), events["lon"].to_numpy(float))
    return events.reset_index(drop=True).assign(
        **lacking_known,
        row=np.arange(len(events), dtype="int64"),
        ym=months.astype("int64"),
        mx=pd.Series(np.floor(x * WORLD)).astype("Int64"),
        my=pd.Series(np.floor(y * WORLD)).astype("Int64"),
    )


def in_sql(column: Mapping[str, sa.ColumnElement[Any]]) -> dict[str, sa.ColumnElement[Any]]:
    """Return what `derive` adds, but for the row, as DuckDB computes it over such columns."""
    day = sa.func.make_date(sa.cast(column["day_start"], sa.Integer))
    found: dict[str, sa.ColumnElement[Any]] = {
        name: sa.literal(value) for name, value in evidence.DEFAULTS.items() if name not in column
    }
    found["ym"] = sa.func.year(day) * 100 + sa.func.month(day)
    lat = sa.func.least(sa.func.greatest(column["lat"], -LAST_LATITUDE), LAST_LATITUDE)
    north = sa.func.asinh(sa.func.tan(sa.func.radians(lat))) / sa.func.pi()
    # what is no number stays none: the lesser of a limit and nothing would be the limit
    missing = sa.or_(column["lat"].is_(None), column["lon"].is_(None))
    for name, share in (("mx", (column["lon"] + 180) / 360), ("my", (1 - north) / 2)):
        steps = sa.cast(sa.func.floor(share * WORLD), sa.BigInteger)
        found[name] = sa.case((missing, None), else_=steps)
    return found
