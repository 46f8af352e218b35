"""The command line: what it writes, what it says, and its three exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo import cells, cli, export, tables
from geo.address import KNOWN, MISSED, RESERVED
from geo.cli import launch, options
from geo.errors import TansiqError
from geo.server.downloads import FORMATS, PRESETS

ROOT = Path(__file__).resolve().parents[1]
MAY = ["--from", "2021-05-19", "--to", "2021-05-24", "--province", "IQ-KI"]


@pytest.fixture
def tansiq(capsys: pytest.CaptureFixture, monkeypatch, tmp_path: Path) -> Callable:
    """Give what runs a command in an empty folder; returns code, out and err."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))

    def call(*argv: str) -> SimpleNamespace:
        try:
            code = cli.main([str(part) for part in argv])
        except SystemExit as leaving:  # argparse's own way
            code = leaving.code
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Make a copy of the data with three faults of different kinds in two files."""
    folder = tmp_path / "broken"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("basemap"))
    for name, old, new in [
        ("events.csv", "2014-06-04,2014-06-10", "2014-06-14,2014-06-10"),
        ("events.csv", ",P-HWJ,", ",P-NOWHERE,"),
        ("sources.csv", "https://kirkuknow.com/ar/news/65624", "kirkuknow"),
    ]:
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8", newline="")
    return folder


def test_help_is_in_sentences(tansiq) -> None:
    """Each command and each option explains itself in a full sentence."""
    commands = next(a for a in options.parser()._actions if a.dest == "command").choices
    assert set(commands) == {
        *("run", "validate", "manifest", "export", "snapshot", "cite", "status"),
        *("add", "record", "review", "import", "datasets", "drop", "load", "boundaries"),
    }
    for parser in commands.values():
        told = [a.help for a in parser._actions if a.dest != "help"]
        assert all(text[0].isupper() and text.endswith(".") for text in told), told
    assert tansiq("--help").code == tansiq("export", "--help").code == 0


def test_help_loads_nothing_heavy() -> None:
    """Help and wrong usage are answered before the libraries are loaded."""
    code = "import sys, geo.cli; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_options_are_the_addresses_names() -> None:
    """Every parameter of the address is an option, and every format and preset is known."""
    # what a file shows is what the step shows; what led to no page shows nothing
    other = {"story", "step", MISSED}
    assert {*options.FILTER, *options.VIEW, *options.PLACE} == KNOWN - RESERVED - other
    assert {*options.FORMATS, *options.PICTURES} == set(FORMATS)
    assert options.PRESETS == PRESETS


def test_validate_sound_data(tansiq) -> None:
    """Sound data gives code 0, the version and the counts."""
    found = tansiq("validate", ROOT / "data")
    assert (found.code, found.err) == (0, "")
    assert f"{tables.load().version} (175 sources" in found.out


def test_validate_names_every_fault(tansiq, broken: Path) -> None:
    """Broken data gives code 1 and one line a fault, with the folder as it was given."""
    found = tansiq("validate", "broken")
    faults = tables.validate(broken)
    assert found.code == 1
    assert len(found.out.splitlines()) == len(faults) >= 5
    assert {"order", "foreign_key", "pattern", "sha256"} <= {f.rule for f in faults}
    assert all(line.startswith("broken/") for line in found.out.splitlines())
    assert "Traceback" not in found.out + found.err


def test_validate_as_json(tansiq, broken: Path) -> None:
    """With --json the same faults are one object, also for other commands."""
    found = json.loads(tansiq("validate", "--json", "broken").out)
    assert [f["rule"] for f in found["faults"]] == [f.rule for f in tables.validate(broken)]
    assert found["folder"] == "broken"
    status = tansiq("status", "--json", "--data", "broken")
    assert (status.code, json.loads(status.out)) == (1, found)


@pytest.mark.parametrize("command", [["status"], ["export", "--out", "x.csv"]])
def test_faulty_data_stop_every_command(tansiq, broken: Path, command: list[str]) -> None:
    """Nothing is made from faulty data: code 1, the faults on standard error."""
    found = tansiq(*command, "--data", "broken")
    assert (found.code, found.out) == (1, "")
    assert len(found.err.splitlines()) == len(tables.validate(broken)) + 1
    assert not Path("x.csv").exists()


def test_manifest_after_an_edit(tansiq, broken: Path) -> None:
    """The manifest then fits the bytes; what is wrong in them is still told."""
    found = tansiq("manifest", "broken")
    rules = {fault.rule for fault in tables.validate(broken)}
    assert found.code == 1
    assert "broken/manifest.json: written" in found.out
    assert "foreign_key" in rules
    assert "sha256" not in rules


def test_manifest_can_tidy(tansiq, tmp_path: Path) -> None:
    """With --tidy, rows in a wrong order are sorted, and the data are whole again."""
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("basemap"))
    head, first, second, *rest = (folder / "actors.csv").read_bytes().splitlines(keepends=True)
    (folder / "actors.csv").write_bytes(b"".join([head, second, first, *rest]))
    assert tansiq("validate", "mine").code == 1
    assert tansiq("manifest", "mine", "--tidy").code == 0
    assert (folder / "actors.csv").read_bytes() == (ROOT / "data" / "actors.csv").read_bytes()


@pytest.mark.parametrize("fmt", ["csv", "geojson", "gpkg", "parquet", "zip", "json"])
def test_export_by_ending(tansiq, fmt: str) -> None:
    """The ending chooses the format; the file holds what the filter selects."""
    found = tansiq("export", "--out", f"may.{fmt}", *MAY)
    assert (found.code, found.err) == (0, "")
    assert "Events in Kirkuk, 19 to 24 May 2021" in found.out
    content = Path(f"may.{fmt}").read_bytes()
    assert b"EVT-057" in content or fmt in {"parquet", "zip"}


def test_export_holds_the_filtered_rows(tansiq) -> None:
    """An export of May 2021 in Kirkuk has exactly its two events, by options or by address."""
    query = "?from=2021-05-19&to=2021-05-24&province=IQ-KI"
    tansiq("export", "--format", "csv", "--out", "a.txt", *MAY)
    tansiq("export", "--out", "b.csv", "--address", f"http://127.0.0.1:8501/{query}")
    first, second = Path("a.txt").read_bytes(), Path("b.csv").read_bytes()
    assert first == second
    frame = export.read_csv(first)
    assert sorted(frame["event_id"]) == ["EVT-057", "EVT-100"]
    assert set(frame["address"]) == {query}
    assert all(cells.split(urls) for urls in frame["source_urls"])


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.pdf", "a.html"])
def test_snapshot_by_ending(tansiq, name: str) -> None:
    """Each kind of picture is written whole."""
    found = tansiq("snapshot", "--out", name, "--lang", "ar", "--bounds", "43,34,46,37", *MAY)
    heads = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "html": b"<!doctype html>"}
    assert (found.code, found.err) == (0, "")
    assert Path(name).read_bytes().startswith(heads[name[2:]])


def test_status_on_a_day(tansiq) -> None:
    """The status of each centre by a day, contradictions side by side."""
    rows = json.loads(tansiq("status", "--on", "2021-05-24", "--json").out)["centres"]
    found = {row["id"]: row for row in rows}
    assert found["CEN-MKM"]["statuses"] == ["announced", "active"]
    assert found["CEN-MKM"]["contradicted"]
    assert found["CEN-KRK"]["last_confirmed"] == "2021-05-24"
    assert found["CEN-KRK"]["conflict_groups"] == ["X01", "X06", "X23"]
    lines = tansiq("status", "--on", "2021-05-23").out.splitlines()
    assert len(lines) == 1 + len(rows)
    assert next(line for line in lines if "CEN-MKM" in line).split()[1] == "approved"
    assert "nothing reported" in tansiq("status", "--on", "2015-01-01").out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "required: COMMAND"),
        (["fly"], "invalid choice"),
        (["run", "--port", "http"], "expected a port"),
        (["run", "--store", "nonsense"], "store"),
        (["load"], "no store is named"),
        (["load", "--store", "nonsense"], "The store of the given URL cannot be opened"),
        (["load", "--store", "duckdb:///x", "--dataset", "acled"], "no data set 'acled'"),
        (["status", "--on", "24/05/2021"], "expected a date"),
        (["validate", "nowhere"], "nowhere: expected the folder of a data package"),
        (["validate", "a", "--data", "b"], "two folders"),
        (["manifest", "nowhere"], "nowhere: expected the folder"),
        (["export"], "--out"),
        (["export", "--out", "x.doc"], "x.doc: expected a name that ends in .csv"),
        (["export", "--out", "x.csv", "--from", "2021"], "“2021” is not a date"),
        (["export", "--out", "x.csv", "--province", "XX"], "“XX”"),
        (["export", "--out", "x.csv", "--asof", "soon"], "“soon”"),
        (["export", "--out", "x.csv", "--viewpoint", "nato"], "“nato”"),
        (["export", "--out", "x.csv", "--precision", "street"], "“street”"),
        (["export", "--out", "x.csv", "--only", "certain,sure"], "“sure”"),
        (
            ["export", "--out", "x.csv", "--from", "2022-01-01", "--to", "2021-01-01"],
            "after the last",
        ),
        (["export", "--out", "x.csv", "--address", "?frm=2021"], "“frm”"),
        (["export", "--out", "missing/x.csv"], "missing/x.csv: No such file"),
        (["export", "--out", "x.csv", "--data", "nowhere"], "nowhere: expected the folder"),
        (["export", "--out", "x.csv", "--store", "mysql://x"], "MySQLdb"),
        (["snapshot", "--out", "x.gif"], "x.gif"),
        (["snapshot", "--out", "x.png", "--size", "big"], "--size: expected width and height"),
        (["snapshot", "--out", "x.png", "--size", "9x9"], "240"),
        (["snapshot", "--out", "x.png", "--bounds", "1,2"], "--bounds: expected west"),
        (["snapshot", "--out", "x.png", "--lat", "35"], "needs lat, lon and z"),
    ],
)
def test_wrong_use_is_a_sentence(tansiq, argv: list[str], said: str) -> None:
    """What a user gets wrong is code 2 and a sentence, without a traceback or a file."""
    found = tansiq(*argv)
    assert found.code == 2
    assert said in found.err
    assert "Traceback" not in found.err
    assert not list(Path().glob("*.*"))


def test_standard_output_and_a_reader_who_leaves() -> None:
    """With - the file goes to standard output; a reader who closes it is no error."""
    command = f"{sys.executable} -m geo.cli export --out - --format csv | head -c 11"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == ("\ufeffevent_id".encode(), b"")


def start(*argv: str, cwd: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"TANSIQ_HOME": str(cwd / "home"), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "geo.cli", "run", *argv],
        cwd=cwd,
        text=True,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_run_prints_its_address_and_stops(tmp_path: Path) -> None:
    """From any folder: the address, an answer on it from this machine, a quick end."""
    process = start("--port", "0", cwd=tmp_path)
    try:
        line = process.stdout.readline()
        address = line.split()[3]
        with urllib.request.urlopen(f"{address}healthz", timeout=10) as answer:  # noqa: S310
            assert json.load(answer)["version"] == tables.load().version
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert address.startswith("http://127.0.0.1:")
    assert "Traceback" not in said


def test_run_refuses_before_it_starts(broken: Path, tmp_path: Path) -> None:
    """Broken data and a port that is taken are told at once."""
    faulty = start("--data", "broken", cwd=tmp_path)
    assert "broken/events.csv" in faulty.communicate(timeout=60)[1]
    assert faulty.returncode == 1
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(TansiqError, match="choose another with --port"):
            launch.check_port(taken.getsockname()[1])


def test_launch_asks_nothing_of_the_network(monkeypatch) -> None:
    """The dashboard is for this machine: no browser, no statistics, no watcher."""
    monkeypatch.delenv("STREAMLIT_SERVER_ADDRESS", raising=False)
    flags = launch.flags(8501)
    assert "--server.address=127.0.0.1" in flags
    assert "--browser.gatherUsageStats=false" in flags
    assert "--server.fileWatcherType=none" in flags
    assert launch.app_file() == ROOT / "app.py"


def test_the_application_of_a_wheel_comes_first(monkeypatch, tmp_path: Path) -> None:
    """Installed, the application lies inside the package; without any, a sentence says so."""
    (tmp_path / "geo" / "_app").mkdir(parents=True)
    monkeypatch.setattr(launch, "__file__", str(tmp_path / "geo" / "cli" / "launch.py"))
    with pytest.raises(TansiqError, match=r"found no app\.py"):
        launch.app_file()
    (tmp_path / "geo" / "_app" / "app.py").touch()
    assert launch.app_file() == tmp_path.resolve() / "geo" / "_app" / "app.py"
