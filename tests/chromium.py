"""Find a Chromium for the browser tests, or install one: apt's where apt is, else Playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Return the path of a Chromium, or None (Playwright's own counts too)."""
    named = os.environ.get("TANSIQ_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _by_apt() -> None:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run([*sudo, "apt-get", *step], env=environment, check=False,
                       stdout=subprocess.DEVNULL)


def main() -> int:
    """Make a Chromium available; say clearly what to do when that is not possible."""
    if executable():
        return 0
    print("Installing Chromium for the browser tests ...", flush=True)
    if shutil.which("apt-get"):
        _by_apt()
    if not executable():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if executable():
        return 0
    print("No Chromium could be installed. Install it by hand and name it in TANSIQ_CHROMIUM.",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
