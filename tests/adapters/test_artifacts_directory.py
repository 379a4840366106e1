"""The directory of artifacts under faults: full, read-only, gone, killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.core.errors import NoSpace, StoreUnavailable

WRITER = """
import os, sys
from pathlib import Path
from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
store = DirectoryArtifactStore(Path(sys.argv[1]))
while True:
    print(" ".join(store.put([os.urandom(40_000), os.urandom(1_200_000)])), flush=True)
"""
FULL = """
import resource, sys
from pathlib import Path
from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.core.errors import NoSpace
store = DirectoryArtifactStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.put([b"small", bytes(2_000_000)])
except NoSpace as error:
    print(error.code)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the artifacts are."""
    return tmp_path / "artifacts"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB (root only: mounting is)."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def files(folder: Path) -> list[Path]:
    """All files below a folder, locks aside."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_write_beyond_the_limit_is_no_space_and_leaves_nothing(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout == "no-space\n"
    assert files(root / "objects") == []
    assert files(root / "incoming") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root; the limit above covers the same path")
def test_a_full_disk_is_no_space_leaves_nothing_and_recovers(tiny: Path) -> None:
    store = DirectoryArtifactStore(tiny / "artifacts")
    kept = store.put([os.urandom(3_000_000)])[0]
    with pytest.raises(NoSpace):
        store.put([b"small", os.urandom(9_000_000)])
    assert [path.name for path in files(tiny / "artifacts" / "objects")] == [kept]
    assert files(tiny / "artifacts" / "incoming") == []
    assert hashlib.sha256(store.get(kept)).hexdigest() == kept
    assert store.get(store.put([b"small again"])[0]) == b"small again"
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_read_only_disk_is_unavailable_and_still_read(tiny: Path) -> None:
    store = DirectoryArtifactStore(tiny / "artifacts")
    kept = store.put([b"kept"])[0]
    subprocess.run(["mount", "-o", "remount,ro", str(tiny)], check=True)
    with pytest.raises(StoreUnavailable):
        store.put([b"new"])
    with pytest.raises(StoreUnavailable):
        store.ready()
    assert store.get(kept) == b"kept"
    subprocess.run(["mount", "-o", "remount,rw", str(tiny)], check=True)
    store.ready()
    assert store.get(store.put([b"new"])[0]) == b"new"
    store.close()


def test_a_store_that_is_gone_is_unavailable_not_damaged(root: Path) -> None:
    store = DirectoryArtifactStore(root)
    kept = store.put([b"kept"])[0]
    root.rename(root.with_name("away"))
    with pytest.raises(StoreUnavailable):
        store.get(kept)
    with pytest.raises(StoreUnavailable):
        store.put([b"new"])
    with pytest.raises(StoreUnavailable):
        store.ready()
    root.with_name("away").rename(root)
    store.ready()
    assert store.get(kept) == b"kept"
    assert store.put([b"new"])
    store.close()


def test_what_was_acknowledged_before_a_kill_is_there_and_the_rest_is_swept(root: Path) -> None:
    acknowledged: list[str] = []
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(5):
                acknowledged += writer.stdout.readline().split()
            writer.send_signal(signal.SIGKILL)
    store = DirectoryArtifactStore(root)
    assert len(acknowledged) == 30
    for name in acknowledged:
        assert hashlib.sha256(store.get(name)).hexdigest() == name
    assert files(root / "incoming") == []
    for path in files(root / "objects"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    store.close()


def test_a_living_neighbour_is_not_swept(root: Path) -> None:
    first = DirectoryArtifactStore(root)
    second = DirectoryArtifactStore(root)
    assert first.get(second.put([b"x"])[0]) == first.get(first.put([b"x"])[0])
    first.close()
    second.close()


def test_damaged_copies_are_kept_for_people(root: Path) -> None:
    store = DirectoryArtifactStore(root)
    name = store.put([b"hello"])[0]
    path = root / "objects" / name[:2] / name
    path.chmod(0o600)
    path.write_bytes(b"hellO")
    store.put([b"hello"])
    assert [kept.read_bytes() for kept in files(root / "quarantine")] == [b"hellO"]
    store.close()


@pytest.mark.parametrize("part", ["objects", "objects/7f", "incoming", "enablement-artifacts"])
def test_a_part_that_a_request_needs_is_missed_by_a_probe(root: Path, part: str) -> None:
    store = DirectoryArtifactStore(root)
    store.ready()
    (root / part).rename(root.parent / "aside")
    with pytest.raises(StoreUnavailable):
        store.ready()
    (root.parent / "aside").rename(root / part)
    store.ready()
    assert not files(root / "incoming"), "a probe leaves nothing"
    store.close()
