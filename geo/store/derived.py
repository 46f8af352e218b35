"""The columns that are computed once at load, so that every engine reads them alike.

In pandas for events in memory, in SQL for Parquet files: the same rule written twice, and
tested against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import TansiqError
from geo.filters import evidence

# cells of a hundredth of a degree; a zoom's cell of k of them is `gy - mod(gy, k)`
GRID: Final = 100
REQUIRED: Final = frozenset(
    {"event_id", "day_start", "day_end", "event_type", "admin1", "admin1_alt", "lat", "lon",
     "search_text", "dataset"},
)
DERIVED: Final = ("row", "ym", "gy", "gx")


def derive(events: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that every engine reads alike, in the given order.

    ``row`` is the row's number from 0; ``ym`` the month of the start as yyyymm; ``gy`` and
    ``gx`` hundredths of a degree north of the south pole and east of 180 degrees west
    (missing without a point, EPSG:4326). Columns that say how an event is known get their
    defaults where a table has none.

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
    return events.reset_index(drop=True).assign(
        **lacking_known,
        row=np.arange(len(events), dtype="int64"),
        ym=months.astype("int64"),
        gy=pd.Series(np.floor((events["lat"].to_numpy(float) + 90) * GRID)).astype("Int64"),
        gx=pd.Series(np.floor((events["lon"].to_numpy(float) + 180) * GRID)).astype("Int64"),
    )


def in_sql(column: Mapping[str, sa.ColumnElement[Any]]) -> dict[str, sa.ColumnElement[Any]]:
    """Return what `derive` adds, but for the row, as DuckDB computes it over such columns."""
    day = sa.func.make_date(sa.cast(column["day_start"], sa.Integer))
    found: dict[str, sa.ColumnElement[Any]] = {
        name: sa.literal(value) for name, value in evidence.DEFAULTS.items() if name not in column
    }
    found["ym"] = sa.func.year(day) * 100 + sa.func.month(day)
    for name, of, offset in (("gy", "lat", 90), ("gx", "lon", 180)):
        found[name] = sa.cast(sa.func.floor((column[of] + offset) * GRID), sa.BigInteger)
    return found
