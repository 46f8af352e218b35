"""From a clone or a wheel to the map: settings, locks, commands, ways to start."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geo import export
from tests.conftest import ROOT, free_port, map_frame, running, settle, some_now

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETTINGS = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["127.0.0.1", "localhost"],
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.maxUploadSize": 50,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.enableAgentApi": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
}
RUN = {
    "streamlit": ["streamlit", "run", "app.py", "--server.port"],
    "tansiq": ["geo.cli", "run", "--port"],
}
WAYS = [("tansiq", ""), ("streamlit", "jcc/map"), ("tansiq", "jcc/map"), ("streamlit", "")]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
LOCKS = ("requirements.lock", "tests/requirements.lock", "tests/engines.lock")
PINNED = re.compile(
    r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;]+( ; [^\\\n]+)? \\\n"
    r"(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+"
)
INSIDE = [
    "app.py",
    ".streamlit/config.toml",
    *(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")),
    *(f"data/{path.name}" for path in (ROOT / "data").iterdir() if path.is_file()),
    *(f"data/basemap/{path.name}" for path in (ROOT / "data/basemap").glob("*.[jw]*")),
]


def elsewhere(folder: Path, *command: str | Path) -> list[str]:
    """Return a command that runs in another folder."""
    return ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *map(str, command)]


@pytest.fixture(scope="module")
def settings() -> dict[str, object]:
    """Give what Streamlit makes of our settings, defaults included."""
    code = "import json, sys; from streamlit import config; print(json.dumps({n: "
    code += "config.get_option(n) for n in sys.argv[1:]}))"
    plain = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    told = subprocess.run([sys.executable, "-c", code, *SETTINGS], cwd=ROOT, env=plain,
                          capture_output=True, check=True)  # fmt: skip
    return json.loads(told.stdout)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_are_the_safe_ones(settings, name: str) -> None:
    """For one machine alone; nothing sent, nothing shown of errors, nothing watched or served."""
    assert settings[name] == SETTINGS[name]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "evil.example", "127.0.0.1.evil.example"]
)
def test_another_hosts_name_opens_no_session(dashboard: str, host: str) -> None:
    """Only under our own names a session begins; a name that was rebound to us gets 403."""
    line = http.client.HTTPConnection("127.0.0.1", urlsplit(dashboard).port, timeout=20)
    line.request("GET", "/_stcore/stream", headers={"Host": host, **UPGRADE})
    assert line.getresponse().status == (403 if "evil" in host else 101)
    line.close()


@pytest.mark.browser
@pytest.mark.parametrize(("way", "base"), some_now(WAYS, 1))
def test_every_way_to_start_brings_the_map(page, watch, tmp_path, way, base) -> None:
    """By `tansiq run` and `streamlit run app.py`, at the root and below a path."""
    port = free_port()
    command = [sys.executable, "-m", *RUN[way], str(port)]
    settings = {"TANSIQ_HOME": str(tmp_path), "STREAMLIT_SERVER_BASE_URL_PATH": base}
    with running(command, port, f"/{base}".rstrip("/"), **settings) as address:
        page.goto(f"{address}/")
        assert map_frame(page).evaluate("() => tansiq.state().problems") == []
        settle(page)
        page.locator("[data-testid=stTopNavLink]").nth(1).click()
        page.wait_for_selector("[class*='st-key-table']")
        away = page.locator("a[href*='format=csv']").first.evaluate("(a) => a.href")
        assert len(export.read_csv(page.request.get(away).body())) == 97
    assert (watch.elsewhere, watch.errors) == ([], [])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_everything_and_names_no_index(name: str) -> None:
    """Each requirement has one version and its hashes; where they come from is not said."""
    text = (ROOT / name).read_text("utf-8")
    assert "http" not in text
    assert PINNED.sub("", text).strip() == ""


def test_the_lock_holds_what_the_project_needs() -> None:
    """No dependency is left to chance: each stands in the lock."""
    locked = set(re.findall(r"^([a-z0-9._-]+)", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE))
    needed = [
        re.split(r"[=><\[ ]", text)[0].lower() for text in PYPROJECT["project"]["dependencies"]
    ]
    assert set(needed) <= locked


def test_the_readmes_commands_are_there() -> None:
    """What the README tells to type is a target of the Makefile; CI types the same."""
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test"} <= set(re.findall(r"^make ([a-z]+)", readme, re.MULTILINE)) <= targets
    assert "make test" in (ROOT / ".ci/run").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this tree."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet",
           "--disable-pip-version-check", "--wheel-dir", str(out)]  # fmt: skip
    subprocess.run(pip, check=True, timeout=300)
    return next(out.glob("tansiq-*.whl"))


def test_the_wheel_holds_everything(wheel: Path) -> None:
    """Application, pages, settings, data, base map, scripts, styles and words travel along."""
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if not packed.getinfo(name).is_dir()}
    ours = [path for part in ("assets", "locale") for path in (ROOT / "geo" / part).iterdir()]
    wanted = {f"geo/_app/{name}" for name in INSIDE}
    wanted |= {path.relative_to(ROOT).as_posix() for path in ours if path.is_file()}
    assert wanted - names == set()
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; the libraries are the running one's."""
    place = tmp_path_factory.mktemp("installed") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(place), "install", "--no-deps", "--quiet",
           "--no-index", "--disable-pip-version-check", str(wheel)]  # fmt: skip
    subprocess.run(pip, check=True, timeout=300)
    site = next(place.glob("lib*/python*/site-packages"), place / "Lib" / "site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"], "utf-8")
    return Path(sysconfig.get_path("scripts", vars={"base": str(place)})) / "tansiq"


@pytest.mark.slow
def test_an_installed_tansiq_knows_its_data_from_any_folder(installed, tmp_path) -> None:
    """`tansiq validate` finds the data that came with the wheel, and finds it whole."""
    told = subprocess.run(elsewhere(tmp_path, installed, "validate"), capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert "_app" in told.stdout
    assert "97 events" in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.browser
def test_an_installed_tansiq_runs_from_any_folder(installed, page, watch, tmp_path) -> None:
    """`tansiq run` brings the map, and every page, with nothing asked of others."""
    port = free_port()
    command = elsewhere(tmp_path, installed, "run", "--port", str(port))
    with running(command, port, TANSIQ_HOME=str(tmp_path / "home")) as address:
        page.goto(address)
        assert map_frame(page).evaluate("() => tansiq.state().total") == 97
        page.goto(f"{address}/centres?lang=ckb")
        page.wait_for_selector("[data-centre='CEN-KRK']")
    assert (watch.elsewhere, watch.errors) == ([], [])
