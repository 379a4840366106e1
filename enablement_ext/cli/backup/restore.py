"""`enablement backup restore`: replaces the state by a backup's; the previous state is moved aside, not deleted."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enablement_ext.cli.backup.folder import (
    ARTIFACTS,
    DATABASE,
    REPOSITORIES,
    BackupFiles,
    entries,
    fsync_path,
    fsync_tree,
    run_notebooks,
    versions,
)
from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore

_PARTS = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", ARTIFACTS, REPOSITORIES)


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The state folder of a service on one machine. `in_use` says whether a service has the artifacts open."""

    state: Path
    copy_database: Callable[[Path, Path], None]
    copy_repositories: Callable[[Path, Path], int]
    in_use: Callable[[Path], bool]

    def restore(self, folder: Path, now: datetime, *, replace: bool) -> Path | None:
        """Replace the state by the backup's; the folder that the previous state was moved to, None where there was none.

        Raises `CliError` while a service runs, or where there is a state already and `replace` is not given; `StoreUnavailable`, `NoSpace`.
        """
        if self.in_use(self.state / ARTIFACTS):
            raise CliError(f"a service is running on {self.state}; stop it first")
        existing = [self.state / part for part in _PARTS if (self.state / part).exists()]
        if existing and not replace:
            raise CliError(
                f"there is a state in {self.state} already ({existing[0].name}); with --replace it is moved aside",
                Exit.NO,
            )
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.state / f".restore-{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        try:
            self._fill(folder, fresh)
            fsync_tree(fresh)
            previous = self._move_aside(existing, now)
            for part in (ARTIFACTS, REPOSITORIES, DATABASE):  # the queue last: what it names is there first
                if (fresh / part).exists():
                    (fresh / part).rename(self.state / part)
            fsync_path(self.state)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return previous

    def _fill(self, folder: Path, fresh: Path) -> None:
        self.copy_database(folder / DATABASE, fresh / DATABASE)
        shutil.copytree(folder / ARTIFACTS, fresh / ARTIFACTS, ignore=shutil.ignore_patterns("incoming"))
        if (folder / REPOSITORIES).is_dir():
            self.copy_repositories(folder / REPOSITORIES, fresh / REPOSITORIES)

    def _move_aside(self, existing: list[Path], now: datetime) -> Path | None:
        if not existing:
            return None
        previous = self.state / f"before-restore-{now:%Y%m%d-%H%M%S}"
        previous.mkdir(mode=0o700)
        for part in existing:
            part.rename(previous / part.name)
        return previous


def restore_to_cluster(
    folder: Path,
    database: Callable[[Path], ReviewStore],
    artifacts: ArtifactStore,
    copy_database: Callable[[Path], None],
) -> None:
    """Files into the artifact store first, then the queue into its empty database. What is damaged in the backup is left out.

    Raises `StoreUnavailable`, `NoSpace`.
    """
    files = BackupFiles(folder / ARTIFACTS)
    with tempfile.TemporaryDirectory(prefix="enablement-restore-") as scratch:
        copy = Path(scratch) / DATABASE
        shutil.copyfile(folder / DATABASE, copy)
        store = database(copy)
        try:
            with store.read() as reader:
                names = {entry.sha256 for version in versions(reader) for entry in entries(version)}
                names |= {name for _, name in run_notebooks(reader)}
                for name in sorted(names):
                    if reader.small_file(name) is None:
                        with suppress(ArtifactDamaged):
                            artifacts.put([files.get(name)])
            artifacts.belong_to(store.instance())
        finally:
            store.close()
        copy_database(copy)
