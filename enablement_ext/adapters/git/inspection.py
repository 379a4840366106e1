"""Inspecting a folder before anything is written: its repository, its files, what prevents a set-up. Runs nothing that the folder names."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.file_selection import CandidateFile, is_candidate, most_bytes
from enablement_ext.core.secrets.scan import secrets_in_file

NEW_GIT_DIR = ".git-enablement-new"  # where a repository is made before it is moved to its place
MOST_FILES = 5_000
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})


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
