"""A real PostgreSQL of Debian in a folder of its own, started and stopped by tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.conftest import free_port

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
# it refuses to run as root
USER = "postgres"
AS = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"] if os.geteuid() == 0 else []
MISSING = "" if BIN else "no PostgreSQL is installed below /usr/lib/postgresql"


class Postgres:
    """A server on loopback whose databases sort by the rules of English, not by code points."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tansiq-pg-"))
        self.port = free_port()
        if AS:
            shutil.chown(self.folder, USER, USER)
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "owner", "--no-sync",
                  "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu",
                  "--icu-locale=en-US")  # fmt: skip
        self.start()

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.folder / "data"

    def _run(self, program: str, *args: str | Path) -> None:
        assert BIN is not None
        subprocess.run([*AS, str(BIN / program), *map(str, args)], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options,
                  "start")  # fmt: skip

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def url(self, database: str = "postgres", user: str = "owner") -> str:
        """Return the address of a database as `--store` takes it."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def do(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the owner."""
        place = {"host": "127.0.0.1", "port": self.port, "user": "owner", "dbname": database}
        with psycopg.connect(**place, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def close(self) -> None:
        """Stop it, if it runs, and remove what it wrote."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
