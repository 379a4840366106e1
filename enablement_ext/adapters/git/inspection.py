"""Inspecting a folder before anything is written: its repository, its files, what prevents a set-up. Runs nothing that the folder names."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.file_selection import CandidateFile, is_candidate, most_bytes
from enablement_ext.core.git.setup.plan import AnomalyKind, FolderState, RepositoryAnomaly
from enablement_ext.core.secrets.scan import secrets_in_file

SETUP_RECORD = "enablement.json"
NEW_GIT_DIR = ".git-enablement-new"  # where a repository is made before it is moved to its place
MOST_FILES = 5_000
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_BUSY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}


@dataclass(frozen=True, slots=True)
class SetupRecord:
    """What the set-up records in `.git/enablement.json`, for its undo: whether it made the repository, and the configuration before."""

    made: bool
    before: bytes = b""

    def text(self) -> bytes:
        """The file."""
        return (json.dumps({"made": self.made, "before": base64.b64encode(self.before).decode()}) + "\n").encode()


def read_setup_record(folder: Path) -> SetupRecord | None:
    """The record in the folder's repository, None where there is none."""
    try:
        found = json.loads(files.read(folder / ".git" / SETUP_RECORD) or b"")
        return SetupRecord(found["made"] is True, base64.b64decode(found["before"]))
    except (ValueError, KeyError, TypeError):
        return None


def folder_state(folder: Path) -> FolderState:
    """By the record in `.git`."""
    if not os.path.lexists(folder / ".git"):
        return FolderState.NONE
    record = read_setup_record(folder) if (folder / ".git").is_dir() else None
    if record is None:
        return FolderState.THEIRS
    return FolderState.OURS if record.made else FolderState.ADOPTED


def repository_anomaly(folder: Path, git: GitRunner) -> RepositoryAnomaly | None:
    """Why the folder's repository is left alone, None for no reason: `.git` elsewhere, alternates, settings that redirect the remote."""
    own = folder / ".git"
    if own.is_symlink() or not own.is_dir():
        return RepositoryAnomaly(AnomalyKind.ELSEWHERE)
    if (own / "objects/info/alternates").exists() or (own / "objects").is_symlink() or (own / "config").is_symlink():
        return RepositoryAnomaly(AnomalyKind.BORROWS)
    try:
        location = GitLocation(str(own), str(folder))
        git.driver_overrides(location)
        settings = git.remote_overrides(location)
    except GitFailed:
        return RepositoryAnomaly(AnomalyKind.UNREADABLE)
    return RepositoryAnomaly(AnomalyKind.REDIRECTED, settings[0][:60]) if settings else None


def operation_in_progress(folder: Path) -> str:
    """The merge, rebase, … that was begun and not finished, "" for none."""
    return next((word for name, word in _BUSY.items() if (folder / ".git" / name).exists()), "")


def is_inside_repository(folder: Path, root: Path) -> bool:
    """Whether a folder above this one, up to the root, is a repository."""
    worktree = folder
    while worktree != root and root in worktree.parents:
        worktree = worktree.parent
        if os.path.lexists(worktree / ".git"):
            return True
    return False


def nested_repositories(folder: Path) -> tuple[str, ...]:
    """Repositories below, relative to the folder: ordinary, linked and bare ones; at most four."""
    found = list[str]()
    for inner, folders, names in os.walk(folder):
        here = Path(inner)
        own = here == folder
        folders[:] = sorted(name for name in folders if not own or name not in (".git", NEW_GIT_DIR))
        bare = "HEAD" in names and {"objects", "refs"} <= set(folders)
        if not own and (".git" in folders or ".git" in names or bare):
            found.append(os.path.relpath(inner, folder))
            folders[:] = []
        if len(found) > 3:
            break
    return tuple(found)


def candidate_files(folder: Path) -> tuple[list[CandidateFile], bool]:
    """Regular files that are not hidden, scanned for secrets where their kind is committed; and whether there are more than `MOST_FILES`."""
    found = list[CandidateFile]()
    for path in _regular(folder):
        if len(found) == MOST_FILES:
            return found, True
        found.append(candidate_file(folder, path))
    return found, False


def candidate_file(folder: Path, path: str) -> CandidateFile:
    """One file, scanned for secrets; one that was deleted has size 0."""
    file = folder / path
    size = file.lstat().st_size if os.path.lexists(file) else 0
    return CandidateFile(path, size, _secret(file, path, size) if file.is_file() else "")


def changed_after_filters(git: GitRunner, location: GitLocation, options: RunOptions, *since: str) -> set[str]:
    """Files that differ from the index (or a commit) once clean filters are applied; `git status` compares sizes alone."""
    arguments = [
        "diff",
        "--name-only",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=all",
        "-z",
    ]
    result = git.run_checked(location, [*arguments, *since, "--"], options)
    return set(result.entries)


def free_bytes(folder: Path) -> int:
    """Free space of the file system."""
    return shutil.disk_usage(folder).free


def _regular(folder: Path) -> Iterator[str]:
    for inner, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _SKIPPED and not Path(inner, name, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(inner, name)
            if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                yield os.path.relpath(path, folder)


def _secret(file: Path, path: str, size: int) -> str:
    """The rule that finds the first secret in what would be committed, "" for none."""
    if not is_candidate(path) or size > most_bytes(path):
        return ""
    data = files.read(file) or b""
    findings = secrets_in_file("", path, cleaned(data) if path.endswith(".ipynb") else data)
    return findings[0].rule if findings else ""
