"""Stores that the tests of the adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.database import DatabaseReviewStore, upgrade
from enablement_ext.adapters.memory import MemoryReviewStore
from enablement_ext.core.ports import ReviewStore
from tests.servers.postgres import Cluster, cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL for all tests; each test makes its own database in it."""
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, upgraded database of each kind."""
    url = f"sqlite:///{tmp_path / 'enablement.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create()
    upgrade(url)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[DatabaseReviewStore]:
    """A store over an empty database of each kind."""
    store = DatabaseReviewStore(database_url)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewStore]:
    """An empty store of every kind: what the contract is tested on."""
    made: ReviewStore
    if request.param == "memory":
        made = MemoryReviewStore()
    else:
        url = f"sqlite:///{tmp_path / 'enablement.sqlite'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres").create()
        upgrade(url)
        made = DatabaseReviewStore(url)
    yield made
    made.close()
