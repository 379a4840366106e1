"""Notebooks that only ran again: Git's own note of files (the index) is brought up to date, so that plain `git status` is clean.

`git status` asks the clean filter nothing about a file whose size is another one than noted. So the note is made anew beside its place, by Git, with
the filter; what really differs keeps differing, because Git itself compares. It takes its place in an instant under Git's own lock, and only
if nobody has written another one meanwhile: nothing that the author staged can be lost, and no command of theirs waits.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.runner import RunOptions
from enablement_ext.adapters.git.working_copy import GitWorkingCopy, location_of
from enablement_ext.core.errors import GitFailed, SetupRefused
from enablement_ext.core.git.setup.plan import FolderState

_MOST_BYTES = 64 * 1024 * 1024
_MOST_NOTEBOOKS = 100
_LOOK = (
    "diff-files",
    "--name-only",
    "--diff-filter=M",
    "--ignore-submodules=all",
    "-z",
)  # M: nothing begun, clashing or gone
_CHOSEN = ("--pathspec-from-file=-", "--pathspec-file-nul")


def settle_rerun(working_copy: GitWorkingCopy, folder: str, changed: Set[str]) -> int:
    """How many notebooks Git no longer names. `changed` are known to differ. Never raises: it is a kindness, and the next look tries again."""
    try:
        at = working_copy.place(folder)
        if inspection.standing_of(at) not in (FolderState.OURS, FolderState.ADOPTED) or inspection.odd_of(
            at, working_copy.git
        ):
            return 0
        return _settle(working_copy, at, changed)
    except (GitFailed, SetupRefused, OSError):
        return 0


def _settle(working_copy: GitWorkingCopy, at: Path, changed: Set[str]) -> int:
    index = at / ".git" / "index"
    found = index.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES or inspection.busy_of(at):
        return 0
    quiet = (*working_copy.quiet(at), ("core.splitIndex", "false"))
    named = _named(working_copy, at, RunOptions(config=quiet)) - changed
    names = _ours(working_copy, at, {name for name in named if name.endswith(".ipynb")}) if named else set()
    if not names:
        return 0
    with tempfile.TemporaryDirectory(prefix="enablement-git-") as folder:
        fresh = Path(folder, "index")
        shutil.copy2(index, fresh)  # with its time, by which Git knows what may have been written in the same instant
        before = fresh.read_bytes()
        how = RunOptions(config=quiet, environment={"GIT_INDEX_FILE": str(fresh)}, seconds=60)
        _forget(working_copy, at, names, how)
        working_copy.git.run(location_of(at), ["add", "--refresh", *_CHOSEN], replace(how, data=_joined(names)))
        resolutions = names - _named(working_copy, at, how)
        return len(resolutions) if resolutions and _take_its_place(index, before, fresh) else 0


def _named(working_copy: GitWorkingCopy, at: Path, how: RunOptions) -> set[str]:
    """Files of another size or time than noted. The filter is asked only about those written in the very second of the note."""
    return _split(working_copy.git.must(location_of(at), _LOOK, how).out)


def _ours(working_copy: GitWorkingCopy, at: Path, names: Set[str]) -> set[str]:
    """Those that our filter is for: another one's word is not ours to give."""
    ran = working_copy.git.must(
        location_of(at), ["check-attr", "-z", "--stdin", "filter"], RunOptions(data=_joined(names))
    )
    parts = ran.out.decode("utf-8", "surrogateescape").split("\0")
    found = (name for name, value in zip(parts[::3], parts[2::3], strict=False) if value == "enablement")
    return set(sorted(found)[:_MOST_NOTEBOOKS])


def _forget(working_copy: GitWorkingCopy, at: Path, names: Set[str], how: RunOptions) -> None:
    """The same contents, without size and time: then Git compares contents."""
    listed = working_copy.git.must(location_of(at), ["ls-files", "--stage", "-z", "--", *sorted(names)], how)
    working_copy.git.must(location_of(at), ["update-index", "-z", "--index-info"], replace(how, data=listed.out))


def _take_its_place(index: Path, before: bytes, fresh: Path) -> bool:
    lock, made = index.with_name("index.lock"), fresh.stat()
    try:
        descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False  # the author is at it
    placed = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh.read_bytes())
        lock.chmod(index.stat().st_mode & 0o777)
        os.utime(lock, ns=(made.st_atime_ns, made.st_mtime_ns))
        if index.read_bytes() == before:
            lock.replace(index)
            placed = True
    finally:
        if not placed:  # once it is placed, a lock of that name is somebody else's
            lock.unlink()
    return placed


def _joined(names: Set[str]) -> bytes:
    return "\0".join(sorted(names)).encode("utf-8", "surrogateescape")


def _split(out: bytes) -> set[str]:
    return set(out.decode("utf-8", "surrogateescape").split("\0")) - {""}
