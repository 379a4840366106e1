"""`enablement backup verify`: whether everything in a backup is what was kept."""

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
    BackupRecord,
    KeptFiles,
    entries,
    read_record,
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
class Checks:
    """How parts are looked at: a file as a database, its tables made this version's, repositories."""

    database: Callable[[Path], ReviewStore]
    upgrade: Callable[[Path], None]
    sound: Callable[[Path], list[str]]
    damaged_repositories: Callable[[Path], list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the backup says of itself, and what is wrong with it: nothing where it is whole."""

    record: BackupRecord
    problems: tuple[str, ...]


def check(folder: Path, checks: Checks) -> Found:
    """Read everything. The backup itself is not touched: its database is looked at in a copy. Raises `CliError` where it is no backup."""
    record = read_record(folder)
    problems = [f"{DATABASE}: {line}" for line in checks.sound(folder / DATABASE)]
    if not problems:
        with tempfile.TemporaryDirectory(prefix="enablement-verify-") as place:
            copy = Path(place) / DATABASE
            shutil.copyfile(folder / DATABASE, copy)
            problems += _of_queue(copy, folder, record, checks)
    problems += [f"{REPOSITORIES}/{line}" for line in checks.damaged_repositories(folder / REPOSITORIES)]
    return Found(record, tuple(problems[:_MOST]))


def _of_queue(copy: Path, folder: Path, record: BackupRecord, checks: Checks) -> Iterator[str]:
    try:
        checks.upgrade(copy)
        store = checks.database(copy)
    except EnablementError as error:
        yield f"{DATABASE}: {error.message}"
        return
    files = KeptFiles(folder / ARTIFACTS)
    try:
        with store.read() as reader:
            seq, _, digest = record.head.partition(":")
            report = verify(_events(reader), ChainHead(int(seq), digest))
            yield from (f"event log: {problem.detail}" for problem in report.problems)
            yield from _of_versions(reader, files)
    finally:
        store.close()


def _events(reader: ReviewReader) -> Iterator[Event]:
    after = 0
    while events := reader.events_after(after, _PAGE):
        yield from events
        after = events[-1].seq


def _of_versions(reader: ReviewReader, files: KeptFiles) -> Iterator[str]:
    """Receipts and decisions are bound to a version's content id by the database; here the id is made again from the bytes."""
    known: dict[str, bool] = {}
    for version in versions(reader):
        where = f"submission {version.submission}, version {version.number}"
        if content_id(version.notebook, version.files, version.image) != version.content_id:
            yield f"{where}: the content id is not that of its files"
        for entry in entries(version):
            if entry.sha256 not in known:
                known[entry.sha256] = _whole(entry.sha256, reader, files)
            if not known[entry.sha256]:
                yield f"{where}: {entry.path} is missing or damaged ({entry.sha256[:12]}…)"


def _whole(name: str, reader: ReviewReader, files: KeptFiles) -> bool:
    small = reader.small_file(name)
    if small is not None:
        return sha256(small).hexdigest() == name
    try:
        files.get(name)
    except EnablementError:
        return False
    return True
