"""A copy of the application to take things out of, and a server of it whose log can be read."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port

PARTS = ("geo", "pages", "data", ".streamlit")
WITHOUT = shutil.ignore_patterns("__pycache__")


def copied(folder: Path) -> Path:
    """Copy what the application consists of; returns the folder."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=WITHOUT)
    shutil.copy(ROOT / "app.py", folder / "app.py")
    return folder


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that has to be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8", newline="")


@contextmanager
def served(tree: Path, **environment: str) -> Iterator[str]:
    """Run the tree's application by `streamlit run` until the block ends; yields its address.

    What it logs stands in `log` of the tree afterwards, and while it runs.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    own = {"TANSIQ_HOME": str(tree / "home"), "PYTHONPATH": str(tree), **environment}
    with (tree / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tree, env=os.environ | own, stdout=log, stderr=log)
        try:
            _answers(port, process, tree / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something listens on the port."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"no answer on port {port}: {log.read_text('utf-8', errors='replace')}")
