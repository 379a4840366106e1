"""`enablement backup verify`: every byte of a backup against its hash, the event log against its chain."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from enablement_ext.cli.backup.folder import (
    ARTIFACTS,
    DATABASE,
    REPOSITORIES,
    BackupFiles,
    BackupRecord,
    entries,
    read_record,
    run_notebooks,
    versions,
)
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.review.content_id import content_id
from enablement_ext.core.review.event_log import ChainHead, verify
from enablement_ext.core.review.models import Event
from enablement_ext.core.review.ports import ReviewReader, ReviewStore

_PAGE = 2000
_MOST = 50  # problems that are told


@dataclass(frozen=True, slots=True)
class VerifyTools:
    """How the parts of a backup are checked: open a SQLite file, migrate it, check its integrity, check the repositories."""

    database: Callable[[Path], ReviewStore]
    upgrade: Callable[[Path], None]
    integrity_problems: Callable[[Path], list[str]]
    damaged_repositories: Callable[[Path], list[str]]


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The backup's record and the problems found; none where the backup is complete and undamaged."""

    record: BackupRecord
    problems: tuple[str, ...]


def verify_backup(folder: Path, tools: VerifyTools) -> VerifyResult:
    """Read and verify everything, without writing to the backup: its database is migrated in a copy. Raises `CliError` where it is no backup."""
    record = read_record(folder)
    problems = [f"{DATABASE}: {line}" for line in tools.integrity_problems(folder / DATABASE)]
    if not problems:
        with tempfile.TemporaryDirectory(prefix="enablement-verify-") as scratch:
            copy = Path(scratch) / DATABASE
            shutil.copyfile(folder / DATABASE, copy)
            problems += _queue_problems(copy, folder, record, tools)
    problems += [f"{REPOSITORIES}/{line}" for line in tools.damaged_repositories(folder / REPOSITORIES)]
    return VerifyResult(record, tuple(problems[:_MOST]))


def _queue_problems(copy: Path, folder: Path, record: BackupRecord, tools: VerifyTools) -> Iterator[str]:
    try:
        tools.upgrade(copy)
        store = tools.database(copy)
    except EnablementError as error:
        yield f"{DATABASE}: {error.message}"
        return
    files = BackupFiles(folder / ARTIFACTS)
    try:
        with store.read() as reader:
            seq, _, digest = record.head.partition(":")
            report = verify(_events(reader), ChainHead(int(seq), digest))
            yield from (f"event log: {problem.detail}" for problem in report.problems)
            yield from _version_problems(reader, files)
    finally:
        store.close()


def _events(reader: ReviewReader) -> Iterator[Event]:
    after = 0
    while events := reader.events_after(after, _PAGE):
        yield from events
        after = events[-1].seq


def _version_problems(reader: ReviewReader, files: BackupFiles) -> Iterator[str]:
    """Receipts and decisions are bound to a version's content id by the database; here the id is made again from the bytes."""
    known: dict[str, bool] = {}
    for version in versions(reader):
        label = f"submission {version.submission}, version {version.number}"
        if content_id(version.notebook, version.files, version.image) != version.content_id:
            yield f"{label}: the content id is not that of its files"
        for entry in entries(version):
            if entry.sha256 not in known:
                known[entry.sha256] = _is_intact(entry.sha256, reader, files)
            if not known[entry.sha256]:
                yield f"{label}: {entry.path} is missing or damaged ({entry.sha256[:12]}…)"
    for number, name in run_notebooks(reader):
        if not _is_intact(name, reader, files):
            yield f"submission {number}: what a run showed is missing or damaged ({name[:12]}…)"


def _is_intact(name: str, reader: ReviewReader, files: BackupFiles) -> bool:
    small = reader.small_file(name)
    if small is not None:
        return sha256(small).hexdigest() == name
    try:
        files.get(name)
    except EnablementError:
        return False
    return True
