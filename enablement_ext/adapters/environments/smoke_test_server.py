"""A JupyterLab server started from the environment under test, in an empty home directory, and the checks on it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enablement_ext.core.images.ports import LocalEnvironment

SERVER_EXTENSIONS = ("enablement_ext.lab", "jupyterlab", "jupyterlab_git", "nbdime")
LAB_EXTENSIONS = ("enablement-labextension", "@jupyterlab/git", "nbdime-jupyterlab")
LONGEST = 120.0  # seconds


class SmokeTestServer:
    """A server that was just started; made by `started`."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, token: str, log: Path) -> None:
        self._process = process
        self._url = url
        self._token = token
        self._log = log
        self._began = time.monotonic()
        self._up = False

    def wait(self) -> float:
        """Seconds from the start to the first answer; infinite when there is none."""
        while time.monotonic() - self._began < LONGEST and self._process.poll() is None:
            if self._get("/api/status") is not None:
                self._up = True
                return time.monotonic() - self._began
            time.sleep(0.02)
        return float("inf")

    def problems(self) -> Iterator[str]:
        """What is not there in a running server."""
        if not self._up:
            yield f"the server does not come up: {self._said()[-400:]}"
            return
        said = self._said()
        for name in SERVER_EXTENSIONS:
            if f"{name} | extension was successfully loaded" not in said:
                yield f"the server extension {name} is not loaded"
        page = self._get("/lab") or b""
        found = re.search(rb'<script id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL)
        config = json.loads(found[1]) if found else {}
        names = {extension["name"] for extension in config.get("federated_extensions", [])}
        for name in LAB_EXTENSIONS:
            if name not in names:
                yield f"the lab extension {name} is not offered to the browser"

    def _get(self, path: str) -> bytes | None:
        request = urllib.request.Request(self._url + path, headers={"Authorization": f"token {self._token}"})  # noqa: S310  # our own server
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except OSError:
            return None

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def started(environment: LocalEnvironment) -> Iterator[SmokeTestServer]:
    """A server on a free port, gone with everything it wrote when the block ends."""
    home = Path(tempfile.mkdtemp(prefix="enablement-smoke-test-"))
    token, port, log = secrets.token_hex(16), _free_port(), home / "server.log"
    command = [
        binary(environment, "python"),
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1",
    ]
    command += [f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0", "--allow-root", "--ServerApp.base_url=/"]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            env=clean_account(home) | {"JUPYTER_TOKEN": token},
            stdout=said,
            stderr=said,
            cwd=home,
            start_new_session=True,
        )
    try:
        yield SmokeTestServer(process, f"http://127.0.0.1:{port}", token, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(home, ignore_errors=True)


def binary(environment: LocalEnvironment, name: str) -> str:
    """The path of one of the environment's programs."""
    return str(Path(environment.folder, "bin", name))


def clean_account(home: Path) -> dict[str, str]:
    """A clean account: nothing of this process's configuration, so that only the environment is tried."""
    kept = {
        key: os.environ[key]
        for key in ("LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE")
        if key in os.environ
    }
    return kept | {"PATH": os.defpath, "HOME": str(home), "JUPYTER_PLATFORM_DIRS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
