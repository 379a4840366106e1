"""The service of the tests: the same suite with every kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore
from tests.databases import sqlite_database
from tests.servers.postgres import Cluster, cluster
from tests.service.fixtures import Service, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for all tests; each test makes its own database in it."""
    with cluster() as started:
        yield started


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """An upgraded PostgreSQL database to copy: many times faster than upgrading one for each test."""
    url = postgres.create()
    upgrade(url)
    return url


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewStore]:
    """An empty store of every kind."""
    made: ReviewStore
    if request.param == "memory":
        made = MemoryReviewStore()
    elif request.param == "sqlite":
        made = DatabaseReviewStore(sqlite_database(tmp_path / "enablement.sqlite"))
    else:
        server: Cluster = request.getfixturevalue("postgres")
        made = DatabaseReviewStore(server.create(request.getfixturevalue("postgres_template")))
    yield made
    made.close()


@pytest.fixture
def artifacts(request: pytest.FixtureRequest, store: ReviewStore, tmp_path: Path) -> Iterator[ArtifactStore]:
    """In memory beside a store in memory, else a directory."""
    if isinstance(store, MemoryReviewStore):
        yield MemoryArtifactStore()
        return
    directory = DirectoryArtifactStore(tmp_path / "artifacts")
    yield directory
    directory.close()


@pytest.fixture
async def service(store: ReviewStore, artifacts: ArtifactStore) -> AsyncIterator[Service]:
    """A running service."""
    async with running(store, artifacts) as started:
        yield started


@pytest.fixture
async def light() -> AsyncIterator[Service]:
    """A running service with everything in memory, where the kind of store makes no difference."""
    async with running(MemoryReviewStore(), MemoryArtifactStore()) as started:
        yield started
