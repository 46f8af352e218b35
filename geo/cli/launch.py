"""Start the dashboard: find the application, check the port, hand over to Streamlit."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from geo.errors import TansiqError

LOOPBACK: Final = "127.0.0.1"
_PATIENCE_S: Final = 120.0
# flags win over every config file and environment variable
_FLAGS: Final = {
    "browser.gatherUsageStats": "false",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "logger.hideWelcomeMessage": "true",
}


def app_file() -> Path:
    """Return the application: inside the installed package, or beside it in a clone.

    Raises `TansiqError` when neither is there.
    """
    here = Path(__file__).resolve().parents[1]
    for place in (here / "_app" / "app.py", here.parent / "app.py"):
        if place.is_file():
            return place
    raise TansiqError("The application is missing: found no app.py in the installed package.")


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def check_port(port: int) -> None:
    """Raise `TansiqError` when another program has the port, or it may not be used."""
    with socket.socket() as probe:
        if os.name != "nt":  # there the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise TansiqError(
                f"Port {port} cannot be used ({error.strerror}); choose another with --port."
            ) from error


def flags(port: int) -> list[str]:
    """Return Streamlit's flags: this machine only, no browser, no statistics, no watcher.

    Only the address is left to Streamlit's own environment variable, for containers.
    """
    address = os.environ.get("STREAMLIT_SERVER_ADDRESS", LOOPBACK)
    settings = {**_FLAGS, "server.address": address, "server.port": str(port)}
    return [f"--{key}={value}" for key, value in settings.items()]


def serve(port: int, say: Callable[[str], None]) -> None:
    """Run the dashboard in this process until it is stopped; its address goes to ``say``."""
    app = app_file()
    check_port(port)
    # streamlit reads the settings beside the application and in the working folder
    os.chdir(app.parent)
    threading.Thread(target=_announce, args=(port, say), daemon=True).start()
    # imported here because the other commands need no web server and should start fast
    from streamlit.web import cli as streamlit  # noqa: PLC0415

    sys.argv = ["streamlit", "run", str(app), *flags(port)]
    streamlit.main(sys.argv[1:], prog_name="streamlit", standalone_mode=False)


def _announce(port: int, say: Callable[[str], None]) -> None:
    """Say the address as soon as something answers there."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((LOOPBACK, port)) == 0:
                say(f"Tansiq is at http://{LOOPBACK}:{port}{_base()}/ (Ctrl+C stops it)")
                return
        time.sleep(0.1)


def _base() -> str:
    """Return the path that the dashboard is served under, such as "/jcc" or ""."""
    from streamlit import config  # noqa: PLC0415

    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""
