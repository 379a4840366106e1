"""Refreshing the index for notebooks that differ in outputs alone, so that a plain `git status` is clean.

`git status` does not run the clean filter on a file whose size differs from the index. So Git refreshes a copy of the index, with the filter; what
really differs stays modified, because Git itself compares. The copy replaces the index atomically under `index.lock`, and only where nobody has
written the index meanwhile: nothing that the author staged can be lost, and no command of theirs waits.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

from enablement_ext.adapters.git.runner import RunOptions, joined_paths
from enablement_ext.adapters.git.shape.repository_facts import operation_in_progress
from enablement_ext.adapters.git.status import location_of, with_our_filter
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.errors import GitFailed, SetupRefused
from enablement_ext.core.git.setup.plan import FolderState

_MOST_BYTES = 64 * 1024 * 1024
_MOST_NOTEBOOKS = 100
_DIFF_FILES = (
    "diff-files",
    "--name-only",
    "--diff-filter=M",
    "--ignore-submodules=all",
    "-z",
)  # M: nothing added, unmerged or deleted
_PATHSPEC = ("--pathspec-from-file=-", "--pathspec-file-nul")


def refresh_index(working_copy: GitWorkingCopy, folder: str, changed: Set[str]) -> int:
    """Returns how many notebooks are no longer reported as modified. `changed` are known to differ. Never raises: the next status tries again."""
    try:
        worktree = working_copy.folder_path(folder)
        if working_copy.state(worktree) not in (FolderState.OURS, FolderState.ADOPTED):
            return 0
        return _refresh(working_copy, worktree, changed)
    except (GitFailed, SetupRefused, OSError):
        return 0


def _refresh(working_copy: GitWorkingCopy, worktree: Path, changed: Set[str]) -> int:
    index = worktree / ".git" / "index"
    found = index.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES or operation_in_progress(worktree):
        return 0
    config = (*working_copy.setup.filter, ("core.splitIndex", "false"))
    modified = _modified(working_copy, worktree, RunOptions(config=config)) - changed
    notebooks = {name for name in modified if name.endswith(".ipynb")}
    names = (
        set(sorted(with_our_filter(working_copy.git, worktree, notebooks))[:_MOST_NOTEBOOKS]) if notebooks else set()
    )
    if not names:
        return 0
    with tempfile.TemporaryDirectory(prefix="enablement-git-") as folder:
        copy = Path(folder, "index")
        shutil.copy2(
            index, copy
        )  # with its time: files written in the same instant are compared by content ("racy git")
        before = copy.read_bytes()
        options = RunOptions(config=config, environment={"GIT_INDEX_FILE": str(copy)}, timeout=60)
        _drop_stat_data(working_copy, worktree, names, options)
        working_copy.git.run(
            location_of(worktree), ["add", "--refresh", *_PATHSPEC], replace(options, stdin=_joined(names))
        )
        refreshed = names - _modified(working_copy, worktree, options)
        return len(refreshed) if refreshed and _replace_index(index, before, copy) else 0


def _modified(working_copy: GitWorkingCopy, worktree: Path, options: RunOptions) -> set[str]:
    """Files whose size or time differs from the index. Git runs the filter only on those written in the second of the index itself."""
    return set(working_copy.git.run_checked(location_of(worktree), _DIFF_FILES, options).entries)


def _drop_stat_data(working_copy: GitWorkingCopy, worktree: Path, names: Set[str], options: RunOptions) -> None:
    """The same blobs without size and time, so that the refresh compares contents."""
    listed = working_copy.git.run_checked(
        location_of(worktree), ["ls-files", "--stage", "-z", "--", *sorted(names)], options
    )
    working_copy.git.run_checked(
        location_of(worktree), ["update-index", "-z", "--index-info"], replace(options, stdin=listed.stdout)
    )


def _replace_index(index: Path, before: bytes, copy: Path) -> bool:
    lock, made = index.with_name("index.lock"), copy.stat()
    try:
        descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False  # another Git is writing
    replaced = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(copy.read_bytes())
        lock.chmod(index.stat().st_mode & 0o777)
        os.utime(lock, ns=(made.st_atime_ns, made.st_mtime_ns))
        if index.read_bytes() == before:
            lock.replace(index)
            replaced = True
    finally:
        if not replaced:  # once it is renamed, a lock of that name is another Git's
            lock.unlink()
    return replaced


def _joined(names: Set[str]) -> bytes:
    return joined_paths(sorted(names))
