"""Stores that the tests of the adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.adapters.memory import MemoryReviewStore
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import POSTGRESQL
from tests.databases import sqlite_database
from tests.servers.postgres import Cluster, cluster
from tests.servers.s3 import ObjectServer, object_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for all tests; each test makes its own database in it."""
    with cluster(in_memory=True) as running:
        yield running


@pytest.fixture(scope="session")
def s3() -> Iterator[ObjectServer]:
    """One S3 server for all tests; each test makes its own bucket in it."""
    with object_server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """An upgraded PostgreSQL database to copy: many times faster than upgrading one for each test."""
    url = postgres.create()
    upgrade(url)
    return url


def made_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty, upgraded database of the kind the test is parametrised with."""
    if request.param == "postgresql":
        server: Cluster = request.getfixturevalue("postgres")
        return server.create(request.getfixturevalue("postgres_template"))
    return sqlite_database(folder / "enablement.sqlite")


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, upgraded database of each kind."""
    return made_database(request, tmp_path)


@pytest.fixture
def database(database_url: str) -> Iterator[DatabaseReviewStore]:
    """A store over an empty database of each kind."""
    store = DatabaseReviewStore(database_url)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite", POSTGRESQL])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewStore]:
    """An empty store of every kind: what the contract is tested on."""
    made: ReviewStore = (
        MemoryReviewStore() if request.param == "memory" else DatabaseReviewStore(made_database(request, tmp_path))
    )
    yield made
    made.close()
