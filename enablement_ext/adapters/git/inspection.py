"""Inspecting a folder before anything is written: its repository, its files, what prevents a set-up. Runs nothing that the folder names."""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.clean_filter import CleanedFile, clean
from enablement_ext.core.git.setup.file_selection import CandidateFile, HeldBack, HeldReason, is_candidate, most_bytes
from enablement_ext.core.secrets.scan import secrets_in_file

NEW_GIT_DIR = ".git-enablement-new"  # where a repository is made before it is moved to its place
MOST_FILES = 5_000  # that hold work, and of all others together
_MOST_ENTRIES = 200_000
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


def candidate_files(folder: Path) -> tuple[list[CandidateFile], HeldBack | None]:
    """Regular files that are not hidden, looked into where their kind is committed; and what is beyond `MOST_FILES`, as the first of it."""
    found, seen, beyond = list[CandidateFile](), Counter[bool](), list[str]()
    for path in islice(_regular(folder), _MOST_ENTRIES):
        work = is_candidate(path)
        seen[work] += 1
        if seen[work] > MOST_FILES:
            beyond.append(path)
        else:
            found.append(candidate_file(folder, path))
    if not beyond:
        return found, None
    first = next(filter(is_candidate, beyond), beyond[0])
    return found, HeldBack(first, HeldReason.COUNT, {"limit": MOST_FILES, "others": len(beyond) - 1})


def candidate_file(folder: Path, path: str) -> CandidateFile:
    """One file; one whose kind is committed is scanned for secrets, and cleaned. One that was deleted has size 0."""
    file = folder / path
    try:
        found = file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return CandidateFile(path, 0)
    except OSError:
        return CandidateFile(path, 0, readable=False)
    size = found.st_size
    if not stat.S_ISREG(found.st_mode):
        return CandidateFile(path, size)
    if not is_candidate(path) or size > most_bytes(path):
        return CandidateFile(path, size, readable=os.access(file, os.R_OK))
    try:
        data = files.read(file) or b""
    except GitFailed:
        return CandidateFile(path, size, readable=False)
    kept = clean(data) if path.endswith(".ipynb") else CleanedFile(data)
    findings = secrets_in_file("", path, kept.data)
    return CandidateFile(path, size, findings[0].rule if findings else "", why=kept.why)


def changed_after_filters(git: GitRunner, location: GitLocation, options: RunOptions, *what: str) -> set[str]:
    """Files that differ from the index once clean filters are applied; `git status` compares sizes alone. `what`: a commit instead, or `--` and files."""
    arguments = [
        "diff",
        "--name-only",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=all",
        "-z",
    ]
    result = git.run_checked(location, [*arguments, *what, *([] if "--" in what else ["--"])], options)
    return set(result.entries)


def free_bytes(folder: Path) -> int:
    """Free space of the file system."""
    return shutil.disk_usage(folder).free


def _regular(folder: Path) -> Iterator[str]:
    for inner, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_left_out(inner, name))
        for name in sorted(names):
            path = os.path.join(inner, name)  # noqa: PTH118 - a text, many times
            if not name.startswith(".") and _is_regular(path):
                yield os.path.relpath(path, folder)


def _is_left_out(inner: str, name: str) -> bool:
    """Whether a folder is hidden, made by tools, or a virtual environment."""
    return name.startswith(".") or name in _SKIPPED or os.path.lexists(f"{inner}/{name}/pyvenv.cfg")


def _is_regular(path: str) -> bool:
    """What cannot be looked at may be a file."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False
    except OSError:
        return True
