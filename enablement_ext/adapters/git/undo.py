"""Taking a set-up back, so that nothing of the author's is lost.

Commits that the server does not have are kept first: those of the checked out branch by refusing, all others (of other branches, of a stash, of the
reflog, what is staged) in a bundle beside the folder, which `git clone` and `git fetch` read.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.runner import GitLocation, RunOptions
from enablement_ext.adapters.git.status import location_of
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.setup.file_selection import select_files
from enablement_ext.core.git.setup.managed_blocks import without_block
from enablement_ext.core.git.setup.plan import FolderState

if TYPE_CHECKING:
    from enablement_ext.adapters.git.setup_records import SetupRecord
    from enablement_ext.adapters.git.working_copy import GitWorkingCopy

_LOGGED = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ", re.MULTILINE)
_ORIGIN = re.compile(rb'^\s*\[\s*remote\s+"origin"\s*\]', re.IGNORECASE | re.MULTILINE)
_NAMES = 1000
_OUTPUT = 256 * 1024 * 1024


def undo(working_copy: GitWorkingCopy, folder: str) -> str:
    """Returns the name of the bundle, "" for none. Raises `SetupRefused`, `GitFailed`, `ForgeAway`; then nothing was taken back."""
    worktree = working_copy.folder_path(folder)
    record = working_copy.record(worktree)
    if record is None and working_copy.state(worktree) is FolderState.THEIRS:
        raise SetupRefused("Git was not set up here by Enablement; there is nothing to take back.")
    aside = worktree / inspection.NEW_GIT_DIR
    shutil.rmtree(aside, ignore_errors=True)
    kept = ""
    if record is not None and record.made:
        kept = _keep_versions(working_copy, folder)
        _remove_blocks(working_copy, worktree)
        (worktree / ".git").rename(aside)  # at once; what a kill leaves of it is removed by the next press
        shutil.rmtree(aside)
    elif record is not None:
        _disconnect(working_copy, worktree, record)
    working_copy.setup.unregister(str(worktree), record.id if record else "", working_copy.owner)
    return kept


def _remove_blocks(working_copy: GitWorkingCopy, worktree: Path) -> None:
    for name, block in working_copy.blocks:
        text = files.read(worktree / name)
        if text is not None:
            files.write_if_changed(worktree / name, without_block(text, block))


def _keep_versions(working_copy: GitWorkingCopy, folder: str) -> str:
    """The name of the bundle with what the server does not have, "" where it has all. Raises `SetupRefused` where `HEAD` is not there."""
    worktree = working_copy.folder_path(folder)
    location, git, head = location_of(worktree), working_copy.git, working_copy.head(worktree)
    roots = sorted({*_logged(worktree / ".git/logs"), *([head] if head else [])})
    staged = _staged(working_copy, worktree, head)
    every = _commits(working_copy, worktree, roots)
    if not every and not staged:
        return ""
    if len(every) == 1 and not staged and not _differs(working_copy, worktree):
        return ""  # one version, and it is what lies in the folder
    there = _on_the_server(working_copy, folder)
    if head and git.run_checked(location, ["rev-list", "--max-count=1", head, "--not", *there]).text:
        raise SetupRefused(
            "There are versions here that the server does not have. Push them first (Save a version), then undo."
        )
    tips = [*_tips(_commits(working_copy, worktree, [*roots, *(f"^{tip}" for tip in there)])), *staged]
    return _bundle(working_copy, worktree, tips) if tips else ""


def _commits(working_copy: GitWorkingCopy, worktree: Path, roots: Iterable[str]) -> list[str]:
    """All commits of refs and of these roots, each with its parents; `^` before one takes out what it reaches."""
    options = RunOptions(stdin="".join(f"{root}\n" for root in roots).encode(), max_output=_OUTPUT)
    arguments = ["rev-list", "--parents", "--ignore-missing", "--all", "--stdin"]
    return working_copy.git.run_checked(location_of(worktree), arguments, options).text.splitlines()


def _logged(logs: Path) -> set[str]:
    """What reflogs name. Read here: Git does not list reflogs that are behind a link."""
    found = set[bytes]()
    for inner, _, names in os.walk(logs):
        for name in names:
            for pair in _LOGGED.findall(files.read(Path(inner, name)) or b""):
                found.update(pair)
    return {commit.decode() for commit in found if commit.strip(b"0")}


def _differs(working_copy: GitWorkingCopy, worktree: Path) -> bool:
    kept, _ = select_files(inspection.candidate_files(worktree)[0])
    return bool(working_copy.changed_files(worktree, kept))


def _staged(working_copy: GitWorkingCopy, worktree: Path, head: str) -> list[str]:
    """A commit of the index, where what is staged is neither in `HEAD` nor in the folder."""
    location, git = location_of(worktree), working_copy.git
    options = RunOptions(config=working_copy.commit_config())
    names = ["--name-only", "--no-renames", "-z"]
    staged = set(git.run_checked(location, ["diff", "--cached", *names], options).entries)
    if not staged & inspection.changed_after_filters(git, location, options):
        return []
    tree = git.run_checked(location, ["write-tree"]).text
    parents = ["-p", head] if head else []
    return [git.run_checked(location, ["commit-tree", *parents, "-m", "What was staged", tree], options).text]


def _on_the_server(working_copy: GitWorkingCopy, folder: str) -> list[str]:
    """The commits of its branches and tags, once they are here. Raises `ForgeAway`, `GitFailed`."""
    remote, location = working_copy.remote(folder), location_of(working_copy.folder_path(folder))
    tips = set(remote.tips())

    def here() -> list[str]:
        peeled = (
            working_copy.git.run(location, ["rev-parse", "--verify", "--quiet", f"{tip}^{{commit}}"])
            for tip in sorted(tips)
        )
        return [found.text for found in peeled if found.returncode == 0]

    if len(found := here()) < len(tips):
        remote.fetch_all()
        found = here()
    return found


def _tips(missing: Iterable[str]) -> list[str]:
    """Those of the commits that are no parent of another one."""
    rows = [line.split() for line in missing]
    parents = {parent for row in rows for parent in row[1:]}
    return [row[0] for row in rows if row[0] not in parents]


def _bundle(working_copy: GitWorkingCopy, worktree: Path, tips: list[str]) -> str:
    """One file with these commits and all that is before them, under names of their own."""
    git = working_copy.git
    target = _free_name(worktree)
    unfinished = target.with_name(f".{target.name}.enablement-new")
    with tempfile.TemporaryDirectory(prefix="enablement-git-") as folder:
        bare = GitLocation(folder)
        objects = {"GIT_OBJECT_DIRECTORY": str(worktree / ".git/objects")}
        wide = ["--object-format=sha256"] if len(tips[0]) == 64 else []
        git.run_checked(None, ["init", "--quiet", "--bare", "--template=", *wide, folder])
        names = "".join(f"create refs/heads/kept-{number} {tip}\n" for number, tip in enumerate(tips, 1)).encode()
        git.run_checked(bare, ["update-ref", "--stdin"], RunOptions(stdin=names, environment=objects))
        made = ["bundle", "create", "--quiet", str(unfinished), "--all"]
        git.run_checked(bare, made, RunOptions(environment=objects, timeout=300))
    try:
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.rename(target)
    except OSError as problem:
        raise files.file_error(target, problem) from None
    return target.name


def _free_name(worktree: Path) -> Path:
    """Beside the folder, never one that is taken."""
    names = (f"{worktree.name} (versions, kept by Undo{n and f' {n}'}).bundle" for n in ("", *range(2, _NAMES)))
    return next(path for name in names if not os.path.lexists(path := worktree.with_name(name)))


def _disconnect(working_copy: GitWorkingCopy, worktree: Path, record: SetupRecord) -> None:
    """An `origin` that was there before stays."""
    config = worktree / ".git/config"
    if not _ORIGIN.search(record.before):
        # Not `git remote remove`: that forgets `core.hooksPath` on its way and runs the repository's hooks.
        working_copy.git.run(None, ["config", "--file", str(config), "--remove-section", "remote.origin"])
        _forget_tracking(working_copy, worktree)
    if _lines(files.read(config)) == _lines(record.before):
        files.write_if_changed(config, record.before)
    working_copy.setup.records.unmark(worktree / ".git")


def _forget_tracking(working_copy: GitWorkingCopy, worktree: Path) -> None:
    """Remove the remote-tracking branches: what they name is on the server."""
    location, git = location_of(worktree), working_copy.git
    listed = git.run(location, ["for-each-ref", "--format=%(refname)", "refs/remotes/origin"]).text.split()
    gone = "".join(f"delete {name}\n" for name in listed).encode()
    git.run(location, ["update-ref", "--no-deref", "--stdin"], RunOptions(stdin=gone))


def _lines(config: bytes | None) -> list[bytes]:
    return [line.strip() for line in (config or b"").splitlines() if line.strip()]
