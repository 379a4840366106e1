"""PostgreSQL, an S3 server and a hub, once for all tests of replicas; each test has its own database and bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replicas.hub import hub
from tests.replicas.replica import SharedServices, shared_services
from tests.servers.postgres import Cluster, cluster
from tests.servers.s3 import ObjectServer, object_server


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Cluster, ObjectServer, str]]:
    """All three, running."""
    with cluster(in_memory=True) as postgres, object_server() as s3, hub() as address:
        yield postgres, s3, address


@pytest.fixture
def shared(servers: tuple[Cluster, ObjectServer, str], tmp_path: Path) -> SharedServices:
    """What the replicas of one test share."""
    return shared_services(*servers, tmp_path)
