"""Imports from the command line: exact reports, whole data sets, and nothing in between."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyarrow import parquet

from geo import cells, cli, codebooks, datasets, export, formats, i18n, tables
from geo.cli import progress
from geo.codebooks import canon
from geo.datasets import manifest, sorting
from geo.datasets.lock import locked
from geo.datasets.report import COLUMNS
from geo.errors import TansiqError
from geo.export.extract import PLAIN
from geo.filters import EventFilter
from geo.formats import Stamp
from geo.store import Store
from tests import foreign
from tests.conftest import ROOT

# where the makers have the real file, which is not ours to pass on
REAL = Path(os.environ.get("TANSIQ_REAL", "")) / "ucdp_ged_iraq.csv"
# killed at a step: what the process does when it comes there
KILLED = """
import os, signal, sys
from geo import cli
from geo.datasets import importing, manifest, sorting
kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
places = {"added": (sorting.Sorter, "add"), "sorted": (importing, "write_sorted"),
          "synced": (importing, "synced"), "named": (manifest.Manifest, "write"),
          "tidied": (importing.shelf, "tidy")}
if sys.argv[1] in places:
    holder, name = places[sys.argv[1]]
    was, calls = getattr(holder, name), []
    def killing(*args, **options):
        calls.append(1)
        # the first call of `tidy` comes before anything was made
        return kill() if len(calls) > (name == "tidy") else was(*args, **options)
    setattr(holder, name, killing)
sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture
def tansiq(capsys: pytest.CaptureFixture, monkeypatch, tmp_path: Path) -> Callable:
    """Give what runs a command with a home of its own; returns code, out and err."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))

    def call(*argv: object) -> SimpleNamespace:
        try:
            code = cli.main([str(part) for part in argv])
        except SystemExit as leaving:
            code = leaving.code
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


def reported(path: Path) -> list[dict[str, str]]:
    """Return the lines of a report."""
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def shelf() -> list[str]:
    """Return what stands in the home, locks aside."""
    return sorted(one.name for one in datasets.home().iterdir() if not one.name.endswith(".lock"))


def test_an_import_tells_all(tansiq, tmp_path: Path) -> None:
    """Rows add up; the report has line, column, value and reason; terms are told."""
    text = foreign.acled({}, {"event_date": "10/11/2017"}, {"latitude": "NaN", "fatalities": "-1"})
    path = foreign.written(tmp_path, text + "short\r\n")
    found = tansiq("import", path, "--json", "--report", "r.csv")
    said = json.loads(found.out)
    assert (found.code, found.out.count("\n")) == (0, 1)
    assert "must not be passed on" in found.err
    assert {k: said[k] for k in ("dataset", "codebook", "rows", "accepted", "rejected")} == {
        "dataset": "events", "codebook": "acled", "rows": 4, "accepted": 1,
        "rejected": 3}  # fmt: skip
    assert [tuple(row[k] for k in ("line", "column", "value", "reason"))
            for row in reported(tmp_path / "r.csv")] == [
        ("3", "event_date", "10/11/2017", "ambiguous_date"),
        ("4", "fatalities", "-1", "negative"),
        ("4", "latitude", "NaN", "not_finite"),
        ("5", "", "1 ≠ 31: short", "ragged"),
    ]  # fmt: skip
    assert said["reasons"] == {"ambiguous_date": 1, "negative": 1, "not_finite": 1, "ragged": 1}


def test_a_report_runs_nothing_in_a_spreadsheet(tansiq, tmp_path: Path) -> None:
    """Formulas in values and column names are guarded, unseen signs written out."""
    path = foreign.written(tmp_path, 'date,=lat,lat\n=HYPERLINK("x"),1,2\n2021\x00,1,\u202e@x\n')
    assert tansiq("import", path, "--report", "r.csv").code == 1
    text = (tmp_path / "r.csv").read_text("utf-8-sig")
    rows = reported(tmp_path / "r.csv")
    assert tuple(rows[0]) == COLUMNS
    assert all(cells.guard(cells.unguard(cell)) == cell for row in rows for cell in row.values())
    assert "\x00" not in text
    assert "\u202e" not in text


def test_the_options_of_an_import(tansiq, tmp_path: Path) -> None:
    """Name, order of dates, limits, licence and mapping are taken; the manifest says them."""
    path = foreign.written(tmp_path, "when;title\n10/11/1987;Fest\n")
    foreign.written(tmp_path, "dates = 'day-first'\n[columns]\ndate = 'when'\n", "m.toml")
    options = ("--name", "old-1", "--mapping", "m.toml", "--first-day", "1985-01-01")
    found = tansiq("import", path, *options, "--licence", "CC0", "--attribution", "Nobody")
    assert (found.code, found.err) == (0, "")
    made = datasets.get("old-1")
    assert (made.span, made.licence, made.attribution) == (("1987-11-10",) * 2, "CC0", "Nobody")
    assert made.date_limits[0] == "1985-01-01"
    assert tansiq("import", path, "--mapping", "m.toml").code == 1
    assert tansiq("import", path, "--mapping", "m.toml", "--first-day", "1950-01-01").code == 2


@pytest.mark.parametrize(
    ("argv", "code"),
    [(["none.csv"], 2), (["x.csv", "--name", "curated"], 2), (["x.csv", "--name", "A/../b"], 2),
     (["x.csv", "--as", "excel"], 2), (["x.csv", "--as", "acled"], 1), (["x.csv"], 1)],
)  # fmt: skip
def test_what_cannot_be_imported(tansiq, tmp_path: Path, argv: list[str], code: int) -> None:
    """Wrong use is 2, a file that is refused 1; a sentence, never a traceback, nothing kept."""
    foreign.written(tmp_path, "a,b\n1,2\n", "x.csv")
    found = tansiq("import", *argv)
    assert found.code == code
    assert "Traceback" not in found.err
    assert not list((tmp_path / "home").rglob("*.json"))


def test_a_refusal_is_json_too(tansiq, tmp_path: Path) -> None:
    """With --json a refused file is one line as well."""
    found = tansiq("import", foreign.written(tmp_path, "a,b\n1,2\n"), "--json")
    said = json.loads(found.out)
    assert (said["dataset"], said["accepted"], said["rejected"]) == (None, 0, 0)
    assert "no date of an event" in said["refused"]


def test_listing_and_dropping(tansiq, tmp_path: Path) -> None:
    """`datasets` names what there is, damaged ones too; `drop` leaves nothing of one."""
    assert "No data set" in tansiq("datasets").out
    for name in ("one", "two"):
        tansiq("import", foreign.written(tmp_path, foreign.ged({}, {})), "--name", name)
    assert [line.split()[0] for line in tansiq("datasets").out.splitlines()] == ["one", "two"]
    listed = json.loads(tansiq("datasets", "--json").out)["datasets"]
    assert [(d["name"], d["accepted"], d["licence"]) for d in listed] == [
        ("one", 2, "CC BY 4.0"), ("two", 2, "CC BY 4.0")]  # fmt: skip
    assert tansiq("drop", "one").code == 0
    assert all(name.startswith("two.") for name in shelf())
    assert tansiq("drop", "one").code == 2
    manifest.path_of(datasets.home(), "two").write_text("{")
    found = tansiq("datasets")
    assert (found.code, "damaged" in found.err) == (1, True)
    assert tansiq("drop", "two").code == 0
    assert shelf() == []


def test_the_durable_form(tansiq, tmp_path: Path) -> None:
    """Parquet in zstd, sorted by day, ids unlike; the manifest has its hash; damage is refused."""
    rows = [{"date_start": f"2019-{1 + i % 12:02d}-{1 + i % 28:02d}", "date_prec": "5",
             "date_end": "2020-01-01"} for i in range(200)]  # fmt: skip
    tansiq("import", foreign.written(tmp_path, foreign.ged(*rows)), "--name", "ged")
    made = datasets.get("ged")
    path = datasets.home() / made.parquet
    file = parquet.ParquetFile(path)
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert json.loads(file.schema_arrow.metadata[b"tansiq"])["licence"] == "CC BY 4.0"
    frame = datasets.load("ged")
    keys = list(frame[list(sorting.KEYS)].itertuples(index=False))
    assert keys == sorted(keys)
    assert tuple(frame.columns) == made.columns
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(TansiqError, match=made.parquet):
        datasets.load("ged")
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(TansiqError, match=made.parquet):
        datasets.load("ged")


def test_many_rows_are_merged_in_order(tmp_path: Path, monkeypatch) -> None:
    """Runs, batches and buckets of any size give one sorted table."""
    dice = random.Random(3)  # noqa: S311 - to be repeated
    monkeypatch.setattr(sorting, "BUCKET", 37)
    monkeypatch.setattr(sorting, "_BATCH", 8)
    days = [dice.randrange(300) for _ in range(1_000)]
    import pyarrow as pa  # noqa: PLC0415 - beside its one use

    schema = pa.schema([("day_start", pa.int32()), ("day_end", pa.int32()),
                        ("event_id", pa.string())])  # fmt: skip
    sorter = sorting.Sorter(tmp_path, schema)
    for at in range(0, 1_000, 90):
        part = days[at : at + 90]
        ids = [f"E{at + i:04d}" for i in range(len(part))]
        sorter.add(pa.table([part, part, ids], schema=schema))
    found = pa.concat_tables(sorter.buckets())
    assert found.num_rows == 1_000
    expected = sorted((day, day, f"E{i:04d}") for i, day in enumerate(days))
    assert list(zip(*found.to_pydict().values(), strict=True)) == expected


@pytest.mark.parametrize("fmt", ["csv", "geojson", "gpkg", "parquet"])
def test_our_own_exports_come_back(tansiq, tmp_path: Path, fmt: str) -> None:
    """An export of ours, in any format, is imported unchanged, cell for cell."""
    package = tables.load()
    with Store.open(package, "duckdb:///:memory:") as store:
        export.write(package, store, EventFilter(), fmt, tmp_path / f"own.{fmt}")
        before = store.events(EventFilter())
    found = tansiq("import", f"own.{fmt}", "--as", "table", "--json")
    assert json.loads(found.out)["rejected"] == 0
    after = datasets.load("own")
    names = [name for name in (*PLAIN, "day_start", "day_end") if name != "dataset"]
    left, right = (frame.sort_values("event_id", ignore_index=True) for frame in (before, after))
    for name in names:
        assert left[name].astype(object).where(left[name].notna(), None).tolist() == \
            right[name].astype(object).where(right[name].notna(), None).tolist(), name  # fmt: skip


def test_an_imported_set_opens_as_a_store(tansiq, tmp_path: Path) -> None:
    """The columns are those that the store, its filters and the binary columns need."""
    tansiq("import", foreign.written(tmp_path, foreign.acled({}, {"admin1": "Diyala"})))
    frame = datasets.load("events", columns=list(canon.FIELDS))
    with Store.of(frame, "duckdb:///:memory:") as store:
        asked = EventFilter(provinces=("IQ-KI",), q="MILITIA", datasets=("events",))
        assert store.events(asked)["event_id"].tolist() == ["IRQ1"]
        assert store.count(EventFilter(only=("certain",), datasets=("events",))) == 2


# --- kills and locks ----------------------------------------------------------------------------


def start(tmp_path: Path, point: str, path: Path) -> subprocess.Popen[bytes]:
    home = {"TANSIQ_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", KILLED, point, "import", str(path), "--name", "set"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | home,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Write the old table (2 events) and the new (3)."""
    old = foreign.written(tmp_path, foreign.ged({}, {}), "old.csv")
    return old, foreign.written(tmp_path, foreign.ged({}, {}, {}), "new.csv")


@pytest.mark.parametrize(
    ("point", "events"),
    [("added", 2), ("sorted", 2), ("synced", 2), ("named", 2), ("tidied", 3)],
)
def test_killed_at_every_step(tansiq, tmp_path: Path, point: str, events: int) -> None:
    """Whoever is killed leaves the old data set or the new, and the next import tidies up."""
    old, new = versions(tmp_path)
    tansiq("import", old, "--name", "set")
    assert start(tmp_path, point, new).wait(timeout=60) == -signal.SIGKILL
    assert len(datasets.load("set")) == datasets.get("set").accepted == events
    assert tansiq("import", new, "--name", "set").code == 0
    assert len(datasets.load("set")) == 3
    assert len(shelf()) == 3


@pytest.mark.slow
def test_fifty_kills_at_any_moment(tansiq, tmp_path: Path) -> None:
    """Fifty of fifty: exactly the old or exactly the new one."""
    old, new = versions(tmp_path)
    dice = random.Random(50)  # noqa: S311 - to be repeated
    begun = time.monotonic()
    start(tmp_path, "", new).wait(timeout=60)
    whole = time.monotonic() - begun
    for _ in range(50):
        tansiq("import", old, "--name", "set")
        child = start(tmp_path, "", new)
        time.sleep(dice.uniform(0.2, 1.1) * whole)
        child.kill()
        child.wait()
        assert len(datasets.load("set")) == datasets.get("set").accepted
        assert datasets.get("set").accepted in {2, 3}


def test_two_at_once(tansiq, tmp_path: Path) -> None:
    """A second import of a name is refused while the first runs; another name is free."""
    old, _ = versions(tmp_path)
    with locked(datasets.home(), "set"):
        found = tansiq("import", old, "--name", "set")
        assert (found.code, "another process" in found.err) == (2, True)
        assert tansiq("import", old, "--name", "other").code == 0
    assert tansiq("import", old, "--name", "set").code == 0


def test_a_dead_ones_lock_is_free(tansiq, tmp_path: Path) -> None:
    """A process that was killed while it held the lock does not keep anybody out."""
    old, new = versions(tmp_path)
    start(tmp_path, "added", new).wait(timeout=60)
    assert (datasets.home() / ".set.lock").is_file()
    assert tansiq("import", old, "--name", "set").code == 0
    assert len(shelf()) == 3


def test_a_full_disk_leaves_the_old(tansiq, tmp_path: Path, monkeypatch) -> None:
    """One message, the old data set intact, no part of the new one left."""
    old, new = versions(tmp_path)
    tansiq("import", old, "--name", "set")
    before = shelf()

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28), "events.parquet")

    monkeypatch.setattr("geo.datasets.importing.synced", full)
    found = tansiq("import", new, "--name", "set")
    assert (found.code, "No space left" in found.err) == (2, True)
    assert shelf() == before


def test_a_file_that_changes_is_refused(tansiq, tmp_path: Path, monkeypatch) -> None:
    """What was read is what the manifest's hash says."""
    path = foreign.written(tmp_path, foreign.ged({}, {}))
    read = datasets.importing._Import._read

    def meddling(self, *args: object) -> None:
        read(self, *args)
        path.write_text(foreign.ged({}))

    monkeypatch.setattr("geo.datasets.importing._Import._read", meddling)
    assert tansiq("import", path).code == 1


# --- beside -------------------------------------------------------------------------------------


def test_the_bar_of_progress() -> None:
    """Share, rate and time left; rows alone where the size is not known."""
    told = progress.line(Stamp(25, 100), 5_000, 10)
    assert "25%" in told
    assert "5,000 rows, 500 a second, 0:30 left" in told
    assert progress.line(Stamp(3, 0), 3, 0) == "3 rows, 0 a second"


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_reason_has_its_sentence(lang: str) -> None:
    """What the code can find is told in the three languages, and nothing else is."""
    told = set(i18n.catalogue(lang, "import.reason"))
    sources = [path.read_text("utf-8") for folder in (formats, codebooks)
               for path in Path(str(folder.__file__)).parent.glob("*.py")]  # fmt: skip
    assert {reason for reason in told if not any(f'"{reason}"' in one for one in sources)} == set()


@pytest.mark.skipif(not REAL.is_file(), reason="the real file is on the makers' machine alone")
def test_the_real_file(tansiq) -> None:
    """7,473 events of UCDP GED come in completely, with all their 45 columns."""
    found = json.loads(tansiq("import", REAL, "--json", "--name", "ged").out)
    assert (found["accepted"], found["rejected"], found["notes"]) == (7473, 0, {"hxl_row": 1})
    made = datasets.get("ged")
    assert sum(name.startswith(canon.SOURCE_PREFIX) for name in made.columns) == 45
    frame = datasets.load("ged", columns=["admin1", "src.adm_1"])
    assert ((frame["admin1"] == "") == (frame["src.adm_1"] == "")).all()
