"""Copies of the bundled forge's repositories, made while people push, and whether copies are whole."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import NoSpace, StoreUnavailable

_REFS = ("HEAD", "packed-refs", "refs")
_UNFINISHED = shutil.ignore_patterns("incoming-*", "tmp_*", "*.lock")
_CHECK_SECONDS = 3600.0


def copy_repositories(source: Path, target: Path) -> int:
    """Copy every repository below `source`, which need not exist; return how many. Raises `NoSpace`, `StoreUnavailable`.

    What branches point at is copied before the objects: objects are written before a branch points at them and never removed (nothing
    published is rewritten, nothing is collected), so every copied branch is whole.
    """
    count = 0
    try:
        for repository in _repositories(source):
            copy = target / repository.relative_to(source)
            copy.mkdir(mode=0o700, parents=True)
            for name in _REFS:
                _copy(repository / name, copy / name)
            for entry in repository.iterdir():
                if entry.name not in _REFS and not entry.name.endswith(".lock"):
                    _copy(entry, copy / entry.name)
            count += 1
    except OSError as error:
        raise (NoSpace() if error.errno == errno.ENOSPC else StoreUnavailable()) from error
    return count


def damaged_repositories(folder: Path, git: GitRunner | None = None) -> list[str]:
    """Which repositories below the folder are not whole, each with Git's first word about it."""
    git = git or GitRunner()
    found = []
    for repository in _repositories(folder):
        location = GitLocation(str(repository))
        result = git.run(
            location, ["fsck", "--full", "--no-dangling", "--no-progress"], RunOptions(timeout=_CHECK_SECONDS)
        )
        if result.returncode != 0:
            said = (result.text or result.stderr).strip().splitlines()
            found.append(f"{repository.relative_to(folder)}: {said[0] if said else 'git fsck failed'}")
    return found


def _repositories(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.glob("**/*.git") if path.is_dir())


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_UNFINISHED)
    elif source.is_file():
        shutil.copyfile(source, target)
