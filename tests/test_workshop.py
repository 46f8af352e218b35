"""The folder in which a reader's file is read: gone when it is done with, or when we are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo.server.workshop import PREFIX, tidy, workshop
from tests.conftest import ROOT, free_port, running

WORKS = """import sys
from geo.server.workshop import workshop
with workshop() as folder:
    (folder / "file.csv").write_text("a reader's")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def working(parent: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a process that reads a file until it is told to end; gives it and its folder."""
    process = subprocess.Popen([sys.executable, "-c", WORKS], cwd=ROOT, text=True,
                               env=os.environ | {"TMPDIR": str(parent)},
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_the_folder_is_gone_after_the_block(tmp_path: Path, monkeypatch) -> None:
    """Also where reading fails; while it lasts, no other user can look into it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with workshop() as folder:
        assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(ZeroDivisionError), workshop():
        _ = 1 / 0
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_removed_and_nothing_of_a_living_one(tmp_path) -> None:
    """A folder stays as long as its process runs, in another thread of ours too."""
    with working(tmp_path) as (process, folder):
        assert (folder / "file.csv").is_file()
        assert tidy(tmp_path) == []
        process.kill()
        process.communicate()
        assert tidy(tmp_path) == [folder]
    assert not list(tmp_path.iterdir())


def test_our_own_folder_stays_while_another_thread_tidies(tmp_path: Path, monkeypatch) -> None:
    """Locks are held by an opened file, not by the process: nobody tidies his own feet away."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with workshop() as folder:
        thread = threading.Thread(target=tidy, args=(tmp_path,))
        thread.start()
        thread.join()
        assert folder.is_dir()


def test_what_is_not_known_to_be_left_stays(tmp_path: Path, monkeypatch) -> None:
    """Folders that were never locked, links, files, other names, and those of other users."""
    (tmp_path / "elsewhere").mkdir()
    for name in ("lock", "locked", "precious"):
        (tmp_path / "elsewhere" / name).touch()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{PREFIX}new").mkdir()
    (tmp_path / f"{PREFIX}file").touch()
    before = {*tmp_path.rglob("*")}
    assert tidy(tmp_path) == []
    (tmp_path / "elsewhere").rename(tmp_path / f"{PREFIX}theirs")
    with monkeypatch.context() as patch:
        patch.setattr(os, "getuid", lambda: -1)
        assert tidy(tmp_path) == []
    assert len({*tmp_path.rglob("*")}) == len(before)
    assert tidy(tmp_path) == [tmp_path / f"{PREFIX}theirs"]


@pytest.mark.slow
def test_a_server_that_starts_removes_what_the_last_one_left(tmp_path: Path) -> None:
    """Before it answers; the folder of a process that works on stays."""
    with working(tmp_path) as (_, alive), working(tmp_path) as (dead, folder):
        dead.kill()
        dead.communicate()
        port = free_port()
        command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
        with running(command, port, TANSIQ_HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path)):
            assert (alive.is_dir(), folder.exists()) == (True, False)
