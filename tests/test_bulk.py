"""The store that DuckDB builds from Parquet files holds what pandas would have put into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from geo import address, datasets, provenance, tables
from geo.codebooks import FIELDS
from geo.errors import TansiqError
from geo.filters import CURATED, EventFilter
from geo.server.holdings import Holdings, joined
from geo.store import Part, Sets, Store, StoreError, bulk, engine
from tests import foreign, synthetic

PACKAGE = tables.load()


def made(n: int, seed: int, name: str) -> pd.DataFrame:
    """Return events as an import writes them: all our columns, in order, nothing missing."""
    frame = synthetic.events(n, seed).assign(dataset=name)
    more = {field: value for field, (_, value) in FIELDS.items() if field not in frame.columns}
    return frame.assign(**more)[list(FIELDS)]


def written(folder: Path, frame: pd.DataFrame, name: str) -> Path:
    schema = pa.schema([(field, kind) for field, (kind, _) in FIELDS.items()])
    path = folder / f"{name}.parquet"
    parquet.write_table(pa.Table.from_pandas(frame, schema, preserve_index=False), path)
    return path


def sets(*events: Path | pd.DataFrame) -> Sets:
    fields = {name: value for name, (_, value) in FIELDS.items()}
    return Sets([Part(one) for one in events], fields, str(events))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Give two data sets that share identifiers, one with a point that is not a number."""
    folder = tmp_path / "it's 100% [a] \u0643"
    folder.mkdir()
    first, second = made(400, 3, "one"), made(300, 4, "two")
    first.loc[5, ["lat", "lon"]] = np.nan
    return [written(folder, first, "one"), written(folder, second, "two")]


def read(path: Path) -> pd.DataFrame:
    frame = parquet.read_table(path).to_pandas(integer_object_nulls=True)
    return frame.astype({f"fatalities_{one}": "Int64" for one in ("low", "best", "high")})


@pytest.mark.parametrize("url", [None, "duckdb:///:memory:", "sqlite://"])
@pytest.mark.parametrize("which", [(0,), (0, 1), (CURATED, 0, 1)])
def test_as_pandas_would(files, which, url, tmp_path, monkeypatch) -> None:
    """Rows, their order, derived columns and types are those of the frames put together."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(engine, "CHUNK", 128)
    monkeypatch.setattr(bulk, "BUCKET", 90)
    curated = provenance.events(PACKAGE)
    frames = [curated if one == CURATED else read(files[one]) for one in which]
    given = [curated if one == CURATED else files[one] for one in which]
    expected = frames[0] if len(frames) == 1 else joined(frames)
    with Store.of(sets(*given), url) as ours, Store.of(expected, url) as theirs:
        pd.testing.assert_frame_equal(ours.every(), theirs.every())
        for name in ("ym", "mx", "my"):
            key = ours.events_table.c[name], theirs.events_table.c[name]
            one, other = (held._ask(engine.sa.select(column).order_by(held.events_table.c.row))
                          for held, column in zip((ours, theirs), key, strict=True))
            pd.testing.assert_frame_equal(one, other)


def test_an_identifier_names_one_event(files) -> None:
    """Where two data sets share one, the first keeps it, and the other's says whose it is."""
    with Store.of(sets(*files), "duckdb:///:memory:") as held:
        found = held.every().set_index("event_id")
    assert found.index.is_unique
    shared = set(read(files[0])["event_id"]) & set(read(files[1])["event_id"])
    assert len(shared) > 100
    assert set(found.loc[list(shared), "dataset"]) == {"one"}
    assert set(found.loc[[f"{one}:two" for one in shared], "dataset"]) == {"two"}
    assert all(address.sayable(f"{one}:two") for one in shared)


def test_the_file_is_used_again(files, tmp_path, monkeypatch) -> None:
    """The second opening reads no row of the Parquet file; other rows are another store."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    checked: list[int] = []
    part = Part(files[0], lambda: checked.append(1))
    for _ in range(2):
        with Store.of(Sets([part], dict.fromkeys(FIELDS), "same")) as held:
            version = held.version
    assert checked == [1]
    with Store.of(Sets([part], dict.fromkeys(FIELDS), "other")) as held:
        assert held.version != version


def test_long_texts_take_more_memory(files, tmp_path, monkeypatch) -> None:
    """A file that cannot be built in the least memory is built in more; without, that is said."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    long = made(200, 5, "long").assign(note_en="x" * 60_000)
    given = [written(tmp_path, long, "long"), *files]
    monkeypatch.setattr(bulk, "BUILDING", ("16MB", "400MB"))
    with Store.of(sets(*given)) as held:
        assert (held.size, held.notice) == (900, "")
    monkeypatch.setattr(bulk, "BUILDING", ("16MB",))
    with pytest.raises(StoreError):
        Store.of(sets(*given[::-1]))
    assert not [*(tmp_path / "home").glob(".*.part*")]


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch) -> None:
    """A Parquet file that is gone, or not what the manifest says, fills no store."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    home = tmp_path / "home" / "datasets"
    order = datasets.Order(foreign.written(tmp_path, foreign.ged({}, {"id": "2"}), "a.csv"), "ged")
    about = datasets.import_file(PACKAGE, order, home=home).manifest
    held = Holdings(lambda: PACKAGE, lambda: Store.open(PACKAGE), None)
    path = datasets.file_of(about)
    whole_file = path.read_bytes()
    path.write_bytes(whole_file[:-9] + b"x" + whole_file[-8:])
    with pytest.raises(TansiqError, match="import ged anew"):
        held.store(("ged",))
    path.unlink()
    with pytest.raises(TansiqError, match="import ged anew"):
        held.store(("ged",))
    path.write_bytes(whole_file)
    assert not held.is_open(("ged",))
    assert held.store(("ged",)).count(EventFilter(datasets=("ged",))) == about.accepted
    assert held.is_open(("ged",))
