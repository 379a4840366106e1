"""Where files are kept: small ones in the database, by the transaction that names them; large ones in the artifact store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.service.stored_files import StoredFiles
from enablement_ext.service.use_cases.review_context import SMALL_BYTES
from tests.service import people
from tests.service.factories import SubmissionDraft
from tests.service.fixtures import Service

SMALL, LARGE = b"a,b\n1,2\n", b"1,2\n" * (SMALL_BYTES // 4 + 1)


def name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def kept(store: MemoryReviewStore, files: Mapping[str, bytes]) -> None:
    with store.write() as transaction:
        transaction.keep_small_files(files)


async def test_small_and_large_files_come_back_from_where_they_are(service: Service) -> None:
    found = await service.sent(SubmissionDraft(files={"work/small.csv": SMALL, "work/large.csv": LARGE}))
    path = f"/api/v1/submissions/{found['number']}/versions/1/files"
    assert (await service.get(f"{path}/1", people.REMY)).body == SMALL
    assert (await service.get(f"{path}/2", people.REMY)).body == LARGE
    with service.context.review.store.read() as reader:
        assert reader.small_file(name(SMALL)) == SMALL
        assert reader.small_file(found["versions"][0]["notebook"]["sha256"]) is not None
        assert reader.small_file(name(LARGE)) is None


async def test_many_small_files_go_to_the_artifact_store_together(light: Service) -> None:
    files = {f"work/{number}.csv": f"{number:02},".encode() * 40_000 for number in range(12)}
    found = await light.sent(SubmissionDraft(files=files))
    path = f"/api/v1/submissions/{found['number']}/versions/1/files"
    assert (await light.get(f"{path}/12", people.REMY)).body == files["work/11.csv"]
    with light.context.review.store.read() as reader:
        assert [reader.small_file(entry["sha256"]) for entry in found["versions"][0]["files"]] == [None] * 12


async def test_a_version_brings_its_own_small_files(service: Service) -> None:
    found = await service.sent()
    draft = SubmissionDraft(files={"work/new.csv": SMALL}, more={"stamp": found["stamp"]})
    reply = await service.send(draft, number=found["number"])
    assert reply.status == 201
    assert (await service.get(f"/api/v1/submissions/{found['number']}/versions/2/files/1", people.REMY)).body == SMALL


def test_a_damaged_small_file_is_not_given_out() -> None:
    store, artifacts = MemoryReviewStore(), MemoryArtifactStore()
    files = StoredFiles(store, artifacts)
    kept(store, {name(SMALL): b"flipped"})
    with pytest.raises(ArtifactDamaged):
        files.get(name(SMALL))
    artifacts.put([SMALL])
    assert files.get(name(SMALL)) == SMALL


def test_whether_a_file_is_stored_is_told_for_both_places() -> None:
    store, artifacts = MemoryReviewStore(), MemoryArtifactStore()
    files = StoredFiles(store, artifacts)
    kept(store, {name(SMALL): SMALL})
    assert files.put([LARGE]) == [name(LARGE)]
    assert [files.has(name(content)) for content in (SMALL, LARGE, b"other")] == [True, True, False]
    with pytest.raises(ArtifactDamaged):
        files.get(name(b"other"))
