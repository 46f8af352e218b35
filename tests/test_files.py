"""Files are written whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import TansiqError
from geo.files import write_atomic

KILLED = """
import os, signal, sys
from pathlib import Path
from geo import files
point = sys.argv[2]
if point == "written":
    files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
if point == "synced":
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if point == "replaced":
    files._sync_folder = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.write_atomic(Path(sys.argv[1]), b"new" * 100_000)
"""


def test_writes_and_replaces(tmp_path: Path) -> None:
    """The new bytes stand there, the old mode is kept, nothing else is left."""
    out = tmp_path / "a.csv"
    write_atomic(out, b"one")
    out.chmod(0o640)
    write_atomic(out, b"two")
    assert out.read_bytes() == b"two"
    assert out.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [out]


def test_follows_a_link(tmp_path: Path) -> None:
    """A symbolic link stays a link; its target gets the bytes."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("point", "expected"),
    [("written", b"old"), ("synced", b"old"), ("replaced", b"new" * 100_000)],
)
def test_killed_at_any_point(tmp_path: Path, point: str, expected: bytes) -> None:
    """A kill leaves exactly the old or exactly the new file."""
    out = tmp_path / "a.csv"
    out.write_bytes(b"old")
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(out), point], cwd=root, check=False, timeout=30
    )
    assert done.returncode == -signal.SIGKILL
    assert out.read_bytes() == expected


def test_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while writing is raised, the old file intact, no temporary file left."""
    out = tmp_path / "a.csv"
    out.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(out, b"new")
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("place", ["folder", "missing/a.csv", "/dev/null"])
def test_refuses_what_is_no_file(tmp_path: Path, place: str) -> None:
    """A folder, a device or a missing folder is an error, never half a file."""
    (tmp_path / "folder").mkdir()
    with pytest.raises((TansiqError, OSError)):
        write_atomic(tmp_path / place, b"new")
