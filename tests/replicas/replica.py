"""Replicas of the service as processes, over one PostgreSQL and one bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.database.upgrade import upgrade
from tests.polling import PATIENCE, until
from tests.replicas.client import PAGES, Client
from tests.servers.ports import free_port
from tests.servers.postgres import Cluster
from tests.servers.s3 import ObjectServer


@dataclass(frozen=True)
class SharedServices:
    """What replicas share."""

    postgres: Cluster
    s3: ObjectServer
    hub: str
    folder: Path
    database: str
    bucket: str

    def environ(self) -> Mapping[str, str]:
        """The environment of each replica but for its port."""
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ENABLEMENT", "JUPYTER", "AWS"))
            },
            "ENABLEMENT_RERUNS": "off",
            "ENABLEMENT_DATABASE_URL": self.database,
            "ENABLEMENT_ARTIFACT_STORE": "s3",
            "ENABLEMENT_S3_BUCKET": self.bucket,
            "ENABLEMENT_S3_ENDPOINT": self.s3.endpoint,
            "JUPYTERHUB_API_URL": self.hub,
            "JUPYTERHUB_API_TOKEN": "service-token-of-the-tests",
            **self.s3.environ(),
        }


def shared_services(postgres: Cluster, s3: ObjectServer, hub: str, folder: Path) -> SharedServices:
    """A fresh database with tables, a fresh bucket, a key for all replicas."""
    (folder / "service.key").write_bytes(b"k" * 32)
    url = postgres.create()
    upgrade(url)
    return SharedServices(postgres, s3, hub, folder, url, s3.bucket())


@dataclass
class Replica:
    """One process. `settings` are arguments of the service."""

    services: SharedServices
    number: int
    settings: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.services.folder / f"replica-{self.number}.log"

    @property
    def client(self) -> Client:
        """A client of this replica alone."""
        return Client(self.port, self.pages)

    def start(self, *, wait: bool = True) -> Replica:
        """Start it, and wait until it is ready."""
        state = self.services.folder / f"state-{self.number}"
        command = [
            sys.executable,
            "-m",
            "enablement_ext.service",
            f"--ReviewService.key_file={self.services.folder}/service.key",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--ReviewService.small_bytes=0", *self.settings],
                env={
                    **self.services.environ(),
                    "ENABLEMENT_STATE": str(state),
                    "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port}",
                    "ENABLEMENT_DECISION_URL": PAGES,
                    "ENABLEMENT_DECISION_LISTEN": f"http://127.0.0.1:{self.pages}",
                    "ENABLEMENT_HUB_URL": "http://hub.localhost:8000",
                    "ENABLEMENT_SERVERS": "elsewhere",
                },
                stdout=log,
                stderr=log,
            )
        if wait:
            self.until_ready()
        return self

    def until_ready(self) -> None:
        """Wait until it is."""
        assert self.process is not None
        until(self.ready, within=PATIENCE, what=f"replica {self.number} is ready", process=self.process, log=self.log)

    def ready(self) -> bool:
        """Whether it says so."""
        try:
            return self.client.get("/readyz").status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As a node that loses power."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As Kubernetes does; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def replicas(shared: SharedServices, count: int = 2, *settings: str) -> Iterator[list[Replica]]:
    """So many, ready; those that still run at the end are killed."""
    made = [Replica(shared, number, settings) for number in range(count)]
    try:
        for each in made:
            each.start(wait=False)
        for each in made:
            each.until_ready()
        yield made
    finally:
        for each in made:
            if each.process is not None and each.process.poll() is None:
                each.kill()
