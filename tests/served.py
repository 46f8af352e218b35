"""A real server of our routes on this machine, for tests."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from geo import server


@dataclass(frozen=True)
class Answer:
    """One answer of the server under test."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Read the body as JSON."""
        return json.loads(self.body)


class Served:
    """A real server on a free port of this machine."""

    def __init__(self, routes) -> None:
        app = Starlette(routes=routes, exception_handlers={Exception: server.crashed})
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path."""
        return ask(self.port, path, method, **headers)

    def stop(self) -> None:
        """Stop the server and wait for it."""
        self._server.should_exit = True
        self._thread.join(10)


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask exactly this path, unquoted and unnormalised."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = line.getresponse()
    got = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    line.close()
    return got
