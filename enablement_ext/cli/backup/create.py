"""`enablement backup create`: while the service runs.

The database is copied first, as one snapshot. Artifacts are stored before a row names them and never removed, so all that the snapshot
names can be copied afterwards while the service goes on writing.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from enablement_ext.cli.backup.folder import (
    ARTIFACTS,
    DATABASE,
    REPOSITORIES,
    BackupRecord,
    entries,
    fsync_path,
    fsync_tree,
    run_notebooks,
    submissions,
    versions,
)
from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.ports import ArtifactStore, ReviewReader, ReviewStore

_FLUSH_BYTES = 32 * 1024 * 1024  # bytes copied before they are flushed


@dataclass(frozen=True, slots=True)
class BackupSource:
    """What is backed up: each function copies to the place it is given. `progress` is told how far it is."""

    copy_database: Callable[[Path], None]
    artifacts: ArtifactStore
    copy_repositories: Callable[[Path], int]
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class BackupWriter:
    """Opens the parts of the new backup for writing: its database and its artifacts."""

    database: Callable[[Path], ReviewStore]
    files: Callable[[Path], AbstractContextManager[ArtifactStore]]


def create_backup(
    folder: Path, source: BackupSource, writer: BackupWriter, version: str, now: datetime
) -> BackupRecord:
    """Make the backup; the folder is there only once everything is in it and on the disk.

    A stored file that is damaged does not keep the others from being saved: it is named in the record. Raises `CliError` where the folder is
    not empty, `StoreUnavailable`, `NoSpace`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CliError(f"{folder} is not empty; name a folder that is not there yet", Exit.USAGE)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    partial.mkdir(mode=0o700)
    try:
        record = _fill(partial, source, writer, (version, now))
        fsync_tree(partial)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
        fsync_path(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return record


def _fill(partial: Path, source: BackupSource, writer: BackupWriter, made: tuple[str, datetime]) -> BackupRecord:
    version, now = made
    source.progress("the queue")
    source.copy_database(partial / DATABASE)
    store = writer.database(partial / DATABASE)
    try:
        with store.read() as reader, writer.files(partial / ARTIFACTS) as files:
            copied = _copy_artifacts(reader, source, files)
            head, count = reader.chain_head(), sum(1 for _ in submissions(reader))
    finally:
        store.close()
    source.progress("repositories")
    record = BackupRecord(
        made_at=now.isoformat(),
        version=version,
        head=f"{head.seq}:{head.hash}",
        submissions=count,
        artifacts=copied.count,
        artifact_bytes=copied.size,
        repositories=source.copy_repositories(partial / REPOSITORIES),
        damaged=tuple(copied.damaged),
    )
    record.write(partial)
    return record


@dataclass(slots=True)
class _Copied:
    count: int = 0
    size: int = 0
    damaged: list[str] = field(default_factory=list)


def _copy_artifacts(reader: ReviewReader, source: BackupSource, files: ArtifactStore) -> _Copied:
    """Every file that a version or the result of a run names and the queue does not keep itself."""
    done, seen = _Copied(), set[str]()
    waiting: list[bytes] = []
    for sha256 in _named(reader):
        if sha256 in seen or reader.small_file(sha256) is not None:
            continue
        seen.add(sha256)
        try:
            waiting.append(source.artifacts.get(sha256))
        except ArtifactDamaged:
            done.damaged.append(sha256)
            continue
        done.count, done.size = done.count + 1, done.size + len(waiting[-1])
        if sum(map(len, waiting)) > _FLUSH_BYTES:
            files.put(waiting)
            waiting = []
            source.progress(f"{done.count:,} files, {done.size / 1e6:,.0f} MB")
    files.put(waiting)
    return done


def _named(reader: ReviewReader) -> Iterator[str]:
    for version in versions(reader):
        yield from (entry.sha256 for entry in entries(version))
    yield from (sha256 for _, sha256 in run_notebooks(reader))
