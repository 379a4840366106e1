"""What a backup looks like on the disk.

backup.json         what is in it; written last, so that a folder without it is no backup
enablement.sqlite   the queue: of one moment, whatever database it came from
artifacts/          the bytes that the queue names, as the state folder keeps them
repositories/       the repositories of the bundled forge
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.models import FileEntry, Version
from enablement_ext.core.review.ports import ReviewReader

FORMAT = 1
RECORD = "backup.json"
DATABASE = "enablement.sqlite"
ARTIFACTS = "artifacts"
REPOSITORIES = "repositories"
_PAGE = 2000


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """`backup.json`. `head` is number and hash of the newest event, as `enablement audit verify` prints it."""

    made_at: str
    version: str
    head: str
    submissions: int
    artifacts: int
    artifact_bytes: int
    repositories: int
    damaged: tuple[str, ...] = ()  # files that were damaged already where they came from

    def write(self, folder: Path) -> None:
        """As JSON; last of all, so that a folder with this file is a complete backup."""
        (folder / RECORD).write_text(json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n")


def read_record(folder: Path) -> BackupRecord:
    """Raises `CliError` where the folder is no backup, or one of a newer Enablement."""
    try:
        record = json.loads((folder / RECORD).read_text())
        form = record.pop("format")
        if form == FORMAT:
            return BackupRecord(**{**record, "damaged": tuple(record["damaged"])})
    except FileNotFoundError:
        raise CliError(f"{folder} is no backup: it has no {RECORD}", Exit.USAGE) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CliError(f"{folder / RECORD} cannot be read", Exit.NO) from None
    raise CliError(f"{folder} was made by a newer Enablement (format {form})")


def fsync_tree(folder: Path) -> None:
    """fsync every file and folder below, so that a rename afterwards is complete after a power failure too."""
    for path in folder.rglob("*"):
        if path.is_file() or any(path.iterdir()):
            fsync_path(path)
    fsync_path(folder)


def fsync_path(path: Path) -> None:
    """fsync a file, or the directory entries of a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def submissions(reader: ReviewReader) -> Iterator[int]:
    """Every submission's number, in order of its first event."""
    seen: set[int] = set()
    after = 0
    while events := reader.events_after(after, _PAGE):
        after = events[-1].seq
        for number in (event.submission for event in events):
            if number is not None and number not in seen:
                seen.add(number)
                yield number


def versions(reader: ReviewReader) -> Iterator[Version]:
    """The versions of all submissions, in the order of the submissions' first events."""
    for number in submissions(reader):
        yield from reader.versions(number)


def run_notebooks(reader: ReviewReader) -> Iterator[tuple[int, str]]:
    """Submission and SHA-256 of every notebook that shows what a run of a version showed."""
    for number in submissions(reader):
        yield from ((number, sha256) for sha256 in reader.due_run_notebooks(number))


def entries(version: Version) -> tuple[FileEntry, ...]:
    """The notebook and the files of a version."""
    return (version.notebook, *version.files)


@dataclass(frozen=True, slots=True)
class BackupFiles:
    """The artifacts in a backup, read-only: a `DirectoryArtifactStore` would move damaged files away."""

    folder: Path

    def get(self, name: str) -> bytes:
        """The bytes, verified. Raises `ArtifactDamaged`."""
        try:
            data = (self.folder / "objects" / name[:2] / name).read_bytes()
        except OSError:
            raise ArtifactDamaged(facts={"sha256": name, "missing": True}) from None
        if sha256(data).hexdigest() != name:
            raise ArtifactDamaged(facts={"sha256": name, "missing": False})
        return data
