"""What every artifact store does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place
from enablement_ext.adapters.memory import MemoryArtifactStore
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.ports import ArtifactStore
from enablement_ext.web.shared_bytes import SharedBytes
from tests.servers.s3 import ObjectServer

Corrupt = Callable[[str, bytes], None]


@pytest.fixture(params=["memory", "directory", pytest.param("s3", marks=pytest.mark.slow)])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ArtifactStore, Corrupt]]:
    """A store of every kind, and a way to change what it keeps behind its back."""
    if request.param == "memory":
        memory = MemoryArtifactStore()
        yield memory, memory.replace_bytes
        return
    if request.param == "s3":
        yield from _in_a_bucket(request.getfixturevalue("s3"), tmp_path)
        return
    directory = DirectoryArtifactStore(tmp_path / "artifacts")

    def overwrite(sha256: str, blob: bytes) -> None:
        path = tmp_path / "artifacts" / "objects" / sha256[:2] / sha256
        path.chmod(0o600)
        path.write_bytes(blob)

    yield directory, overwrite
    directory.close()


def _in_a_bucket(server: ObjectServer, tmp_path: Path) -> Iterator[tuple[ArtifactStore, Corrupt]]:
    bucket = server.bucket()
    place = S3Place(bucket, server.endpoint, prefix="team/review", keys=server.keys(tmp_path / "keys"))
    store = S3ArtifactStore(place)

    def overwrite(sha256: str, blob: bytes) -> None:
        server.file(bucket, f"team/review/objects/{sha256[:2]}/{sha256}").write_bytes(blob)

    yield store, overwrite
    store.close()


@pytest.fixture
def artifacts(made: tuple[ArtifactStore, Corrupt]) -> ArtifactStore:
    """The store alone."""
    return made[0]


def test_blobs_come_back_by_their_hash_in_order(artifacts: ArtifactStore) -> None:
    blobs = [b"", b"a", os.urandom(9_000_000), b"a", bytes(range(256))]
    names = artifacts.put(blobs)
    assert names == [hashlib.sha256(blob).hexdigest() for blob in blobs]
    assert [artifacts.get(name) for name in names] == blobs
    assert all(artifacts.has(name) for name in names)


def test_putting_nothing_and_putting_again_is_fine(artifacts: ArtifactStore) -> None:
    big = os.urandom(5_000_000)
    assert artifacts.put([]) == []
    assert artifacts.put([b"x", big]) == artifacts.put([b"x", big])
    assert artifacts.get(hashlib.sha256(big).hexdigest()) == big


@pytest.mark.parametrize("name", ["0" * 64, "", "..", "../" * 21 + "x", "A" * 64, "0" * 64 + "\n"])
def test_what_is_not_there_is_damaged(artifacts: ArtifactStore, name: str) -> None:
    assert not artifacts.has(name)
    with pytest.raises(ArtifactDamaged) as caught:
        artifacts.get(name)
    assert caught.value.facts == {"sha256": name, "missing": True}


@pytest.mark.parametrize("damage", [b"", b"hellO", b"hello and more"])
def test_a_damaged_copy_is_found_set_aside_and_healed_by_storing_again(
    made: tuple[ArtifactStore, Corrupt], damage: bytes
) -> None:
    artifacts, corrupt = made
    name, other = artifacts.put([b"hello", b"other"])
    corrupt(name, damage)
    with pytest.raises(ArtifactDamaged) as caught:
        artifacts.get(name)
    assert caught.value.facts == {"sha256": name, "missing": False}
    assert not artifacts.has(name)
    assert artifacts.get(other) == b"other"
    artifacts.put([b"hello"])
    assert artifacts.get(name) == b"hello"


def test_storing_again_heals_a_copy_nobody_has_read(made: tuple[ArtifactStore, Corrupt]) -> None:
    artifacts, corrupt = made
    blob = os.urandom(5_000_000)
    name = artifacts.put([blob])[0]
    corrupt(name, blob[:-1] + bytes([blob[-1] ^ 1]))
    assert artifacts.put([blob]) == [name]
    assert artifacts.get(name) == blob


def test_many_writers_of_the_same_blobs_at_once(artifacts: ArtifactStore) -> None:
    blobs = [os.urandom(10_000) for _ in range(5)] + [os.urandom(4_500_000)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: artifacts.put(blobs), range(16)))
    assert all(names == results[0] for names in results)
    assert [artifacts.get(name) for name in results[0]] == blobs


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_part_of_a_mapped_body_is_stored_without_a_copy(artifacts: ArtifactStore, size: int) -> None:
    content, body = os.urandom(size), SharedBytes()
    body.write(b"head" + content + b"tail")
    part = body.view()[4:-4]
    (name,) = artifacts.put([part])
    assert name == hashlib.sha256(content).hexdigest()
    assert artifacts.get(name) == content
    assert artifacts.put([part, content]) == [name, name]


def test_whose_they_are_is_kept(artifacts: ArtifactStore) -> None:
    artifacts.ready()
    assert artifacts.owner() == ""
    for instance in ("a" * 32, "b" * 32):
        artifacts.belong_to(instance)
        assert artifacts.owner() == instance
    artifacts.ready()
