"""What a cluster finds outside: a PostgreSQL and a store that speaks the S3 API, as plain processes on the node's address."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from tests.servers import postgres
from tests.servers.built import program
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.plan import NODE_ADDRESS

_OBJECTS_PORT = 7070
BUCKET = "enablement"


@dataclass(frozen=True, slots=True)
class Outside:
    """Where they are and how to come in."""

    host: str
    password: str
    objects: str
    access_key: str
    secret_key: str
    folder: Path

    def url(self, database: str, *, driver: str = "postgresql") -> str:
        """The URL of a database."""
        return f"{driver}://enablement:{self.password}@{self.host}/{database}"

    def rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        """What the review service's database answers."""
        with psycopg.connect(self.url("enablement")) as connection:
            return list(connection.execute(query).fetchall())

    def stored(self) -> Mapping[str, int]:
        """Every object of the bucket with its size."""
        bucket = self.folder / BUCKET
        return {str(path.relative_to(bucket)): path.stat().st_size for path in bucket.rglob("*") if path.is_file()}


@contextmanager
def outside(cluster: Cluster) -> Iterator[Outside]:
    """Both of them, for as long as the cluster runs."""
    keys = ("cluster", secrets.token_hex(16))
    folder = cluster.plan.folder("objects")
    (folder / BUCKET).mkdir()
    cluster.processes.start(
        [str(program("versitygw")), "--port", f"{NODE_ADDRESS}:{_OBJECTS_PORT}", "--keep-alive", "posix", str(folder)],
        environ={"ROOT_ACCESS_KEY": keys[0], "ROOT_SECRET_KEY": keys[1]},
    )
    with postgres.cluster() as database:
        password = secrets.token_hex(16)
        _open_to_pods(database, password)
        host = f"{NODE_ADDRESS}:{database.port}"
        yield Outside(host, password, f"http://{NODE_ADDRESS}:{_OBJECTS_PORT}", *keys, folder)


def _open_to_pods(database: postgres.Cluster, password: str) -> None:
    """Databases of hub and review service, and the address for pods: with a password, over the node's address."""
    with psycopg.connect(database.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE hub")
        connection.execute("CREATE DATABASE enablement")
        connection.execute("ALTER SYSTEM SET password_encryption = 'scram-sha-256'")
        connection.execute(f"ALTER ROLE enablement PASSWORD '{password}'")
        connection.execute(f"ALTER SYSTEM SET listen_addresses = '127.0.0.1,{NODE_ADDRESS}'")
    with (database.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write("host all all 10.0.0.0/8 scram-sha-256\n")
    database.stop()
    database.start()
