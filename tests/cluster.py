"""A real Spark cluster on loopback: a master and two workers, and a Connect server before it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pyspark

from tests.conftest import free_port

HOME = Path(pyspark.__file__).parent
MISSING = "" if shutil.which("java") else "no Java is installed"
WORKERS = 2
PATIENCE_S = 120
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
SMALL = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "600m", "SPARK_HOME": str(HOME)}
# two sessions at once, each with an executor on either worker
CONF = {"spark.driver.host": "127.0.0.1", "spark.executor.memory": "700m",
        "spark.driver.memory": "700m", "spark.cores.max": 2, "spark.executor.cores": 1}


class Cluster:
    """The processes, each ended by its own id."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tansiq-spark-"))
        self.port, self._page, self._processes = free_port(), free_port(), []
        with ExitStack() as undo:
            undo.callback(self.close)
            self._daemon("master.Master", "--port", self.port, "--webui-port", self._page)
            self._until(lambda: self._workers() == 0)
            for number in range(WORKERS):
                self._daemon("worker.Worker", "--cores", 2, "--memory", "2g", "--webui-port",
                             free_port(), "-d", self.folder / f"work{number}", self.master)
            self._until(lambda: self._workers() == WORKERS)
            undo.pop_all()

    @property
    def master(self) -> str:
        """The master's address."""
        return f"spark://127.0.0.1:{self.port}"

    def url(self) -> str:
        """Return the address as `--store` takes it, with settings for a small machine."""
        conf = "&".join(f"{name}={value}" for name, value in CONF.items())
        return f"{self.master}/{str(self.folder / 'events').lstrip('/')}?{conf}"

    def connect(self) -> str:
        """Start a Connect server on the cluster and return its address for `--store`."""
        port = free_port()
        conf = CONF | {"spark.connect.grpc.binding.port": port, "spark.ui.enabled": "false",
                       "spark.connect.grpc.binding.address": "127.0.0.1"}  # fmt: skip
        told = [part for name, value in conf.items() for part in ("--conf", f"{name}={value}")]
        self._start("spark-submit", "--class", CONNECT, "--master", self.master, *told,
                    "spark-internal")  # fmt: skip
        self._until(lambda: "started at" in self._said())
        return f"sc://127.0.0.1:{port}/{str(self.folder / 'events').lstrip('/')}"

    def _daemon(self, name: str, *args: object) -> None:
        self._start("spark-class", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *args)

    def _start(self, program: str, *args: object) -> None:
        with (self.folder / f"log{len(self._processes)}").open("wb") as log:
            self._processes.append(subprocess.Popen(
                [str(HOME / "bin" / program), *map(str, args)], env=os.environ | SMALL,
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log))  # fmt: skip

    def _said(self) -> str:
        return (self.folder / f"log{len(self._processes) - 1}").read_text("utf-8", "replace")

    def _workers(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._page}/json/", timeout=5) as page:
            return int(json.load(page)["aliveworkers"])

    def _until(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if ready():
                    return
            except OSError:
                pass
            assert self._processes[-1].poll() is None, self._said()
            time.sleep(0.2)
        raise AssertionError(self._said())

    def close(self) -> None:
        """End what was started, the last first, and remove what it wrote."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)
