"""A real Jupyter Server in a process of its own, as the hub's spawner would start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.polling import PATIENCE, until
from tests.servers.ports import free_port

SERVICE_TOKEN = "s3rvice-t0ken-that-must-not-show"
DIGEST = "sha256:" + "d" * 64
OWN_TOKEN = "the-users-own-t0ken"


@dataclass(frozen=True)
class Lab:
    """A running server; `home` is the root of its file browser."""

    url: str
    home: Path
    log: Path

    def get(self, path: str, **more: Any) -> requests.Response:
        return requests.get(
            f"{self.url}/enablement/{path}",
            headers={"Authorization": f"token {OWN_TOKEN}", **more.pop("headers", {})},
            timeout=PATIENCE,
            **more,
        )

    def post(self, path: str, value: object, **more: Any) -> requests.Response:
        headers = {"Authorization": f"token {OWN_TOKEN}"}
        return requests.post(f"{self.url}/enablement/{path}", json=value, headers=headers, timeout=PATIENCE, **more)

    def send(self, value: Mapping[str, object]) -> list[dict[str, Any]]:
        """The lines of a sending."""
        response = self.post("send", value)
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "application/x-ndjson"
        return [json.loads(line) for line in response.text.splitlines()]


@contextmanager
def running_lab(folder: Path, service_url: str, *options: str, token: str = SERVICE_TOKEN) -> Iterator[Lab]:
    """Start, wait until it answers, stop."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    log = folder / "server.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "ENABLEMENT"))},
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERHUB_USER": "dana",
        "ENABLEMENT_IMAGE": "datascience",
        "ENABLEMENT_RELEASE": "2026.11.0",
        "ENABLEMENT_DIGEST": DIGEST,
        **({"ENABLEMENT_SERVICE_URL": service_url, "JUPYTERHUB_API_TOKEN": token} if service_url else {}),
    }
    command = [
        *(
            sys.executable,
            "-m",
            "jupyter_server",
            "--no-browser",
            "--allow-root",
            f"--port={port}",
            "--ServerApp.port_retries=0",
        ),
        *("--ServerApp.base_url=/user/dana/", f"--ServerApp.root_dir={home}", f"--IdentityProvider.token={OWN_TOKEN}"),
        *("--ServerApp.jpserver_extensions=enablement_ext.lab=True", *options),
    ]
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=folder) as process,
    ):
        lab = Lab(f"http://127.0.0.1:{port}/user/dana", home, log)
        try:
            until(
                lambda: lab.get("context").status_code == 200,
                within=PATIENCE,
                what="the server has its extension",
                process=process,
                log=log,
            )
            yield lab
        finally:
            process.terminate()
            process.wait(PATIENCE)
