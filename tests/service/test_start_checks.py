"""Queue and artifacts belong together: the first time it is noted, afterwards a stranger's is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.errors import DatabaseReplaced
from enablement_ext.core.review.ports import UNKNOWN_OWNER, ArtifactStore
from enablement_ext.service.runtime.start_checks import bind, refuse_absence


@pytest.fixture(params=["memory", "directory"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArtifactStore]:
    if request.param == "memory":
        yield MemoryArtifactStore()
        return
    store = DirectoryArtifactStore(tmp_path / "artifacts")
    yield store
    store.close()


def test_the_first_queue_is_noted_and_another_one_refused(artifacts: ArtifactStore) -> None:
    store, other = MemoryReviewStore(), MemoryReviewStore()
    for _ in range(2):
        bind(store, artifacts)
    assert artifacts.owner() == store.instance()
    with pytest.raises(DatabaseReplaced, match="another database"):
        bind(other, artifacts)


@pytest.mark.parametrize("left", [None, b""])
def test_an_absent_or_empty_database_beside_stored_files_is_no_beginning(
    artifacts: ArtifactStore, tmp_path: Path, left: bytes | None
) -> None:
    file = tmp_path / "enablement.sqlite"
    refuse_absence(file, artifacts)
    if left is not None:
        file.write_bytes(left)
    bind(MemoryReviewStore(), artifacts)
    with pytest.raises(DatabaseReplaced, match="is missing" if left is None else "is empty"):
        refuse_absence(file, artifacts)
    file.write_bytes(b"something")
    refuse_absence(file, artifacts)


def test_files_from_before_owners_were_noted_count_as_well(tmp_path: Path) -> None:
    artifacts = DirectoryArtifactStore(tmp_path / "artifacts")
    artifacts.put([b"a notebook"])
    assert artifacts.owner() == UNKNOWN_OWNER
    with pytest.raises(DatabaseReplaced):
        refuse_absence(tmp_path / "enablement.sqlite", artifacts)
    store = MemoryReviewStore()
    bind(store, artifacts)
    assert artifacts.owner() == store.instance()
    artifacts.close()
