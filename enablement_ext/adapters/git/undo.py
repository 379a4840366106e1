"""Taking a set-up back, so that nothing of the author's is lost.

Commits that the server does not have are kept first: those of the checked out branch by refusing, all others (of other branches, of a stash, of the
reflog, what is staged) in a bundle beside the folder, which `git clone` and `git fetch` read.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.remote import Remote
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions
from enablement_ext.adapters.git.shape.repository_facts import repository_settings
from enablement_ext.adapters.git.status import location_of
from enablement_ext.core.errors import SetupRefused

_SHA256 = 64
_LOGGED = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ", re.MULTILINE)
_ORIGIN = re.compile(rb'^\s*\[\s*remote\s+"origin"\s*\]', re.IGNORECASE | re.MULTILINE)
_NAMES = 1000
_OUTPUT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Leaving:
    """A repository that is about to be removed. `config` is that of a run that commits; `differs`: whether files differ from `HEAD`."""

    worktree: Path
    git: GitRunner
    remote: Remote
    config: Config
    head: str
    differs: Callable[[], bool]

    @property
    def location(self) -> GitLocation:
        """The repository, for the runner."""
        return location_of(self.worktree)


def keep_versions(leaving: Leaving) -> str:
    """The name of the bundle with what the server does not have, "" where it has all. Raises `SetupRefused` where it lacks some of `HEAD`, `ForgeAway`."""
    git, head = leaving.git, leaving.head
    roots = sorted({*_logged(leaving.worktree / ".git/logs"), *([head] if head else [])})
    staged = _staged(leaving)
    every = _commits(leaving, roots)
    if not every and not staged:
        return ""
    if len(every) == 1 and not staged and not leaving.differs():
        return ""  # one version, and it is what lies in the folder
    there = _on_the_server(leaving)
    if head and git.run_checked(leaving.location, ["rev-list", "--max-count=1", head, "--not", *there]).text:
        raise SetupRefused(
            "There are versions here that the server does not have. Push them first (Save a version), then undo."
        )
    tips = [*_tips(_commits(leaving, [*roots, *(f"^{tip}" for tip in there)])), *staged]
    return _bundle(leaving, tips) if tips else ""


def disconnect(git: GitRunner, worktree: Path, before: bytes) -> None:
    """Take the remote and the branches' upstreams out again, where `before`, the configuration of before, has none."""
    config = worktree / ".git/config"
    for section in _upstreams(git, worktree, before):
        git.run(None, ["config", "--file", str(config), "--remove-section", section])
    if not _ORIGIN.search(before):
        # Not `git remote remove`: that forgets `core.hooksPath` on its way and runs the repository's hooks.
        git.run(None, ["config", "--file", str(config), "--remove-section", "remote.origin"])
        _forget_tracking(git, worktree)
    if _lines(files.read(config)) == _lines(before):
        files.write_if_changed(config, before)


def _upstreams(git: GitRunner, worktree: Path, before: bytes) -> list[str]:
    """The sections of branches that go to the server, of those that were not there before."""
    known = repository_settings(git, worktree / ".git")
    keys = (key for key, value in known if value == "origin" and key.startswith("branch.") and key.endswith(".remote"))
    names = (key.removeprefix("branch.").removesuffix(".remote") for key in keys)
    return [f"branch.{name}" for name in names if f'[branch "{name}"]'.encode() not in before]


def _commits(leaving: Leaving, roots: Iterable[str]) -> list[str]:
    """All commits of refs and of these roots, each with its parents; `^` before one takes out what it reaches."""
    options = RunOptions(stdin="".join(f"{root}\n" for root in roots).encode(), max_output=_OUTPUT)
    arguments = ["rev-list", "--parents", "--ignore-missing", "--all", "--stdin"]
    return leaving.git.run_checked(leaving.location, arguments, options).text.splitlines()


def _logged(logs: Path) -> set[str]:
    """What reflogs name. Read here: Git does not list reflogs that are behind a link."""
    found = set[bytes]()
    for inner, _, names in os.walk(logs):
        for name in names:
            for pair in _LOGGED.findall(files.read(Path(inner, name)) or b""):
                found.update(pair)
    return {commit.decode() for commit in found if commit.strip(b"0")}


def _staged(leaving: Leaving) -> list[str]:
    """A commit of the index, where what is staged is neither in `HEAD` nor in the folder."""
    location, git, options = leaving.location, leaving.git, RunOptions(config=leaving.config)
    names = ["--name-only", "--no-renames", "-z"]
    staged = set(git.run_checked(location, ["diff", "--cached", *names], options).entries)
    if not staged & inspection.changed_after_filters(git, location, options):
        return []
    tree = git.run_checked(location, ["write-tree"]).text
    parents = ["-p", leaving.head] if leaving.head else []
    return [git.run_checked(location, ["commit-tree", *parents, "-m", "What was staged", tree], options).text]


def _on_the_server(leaving: Leaving) -> list[str]:
    """The commits of its branches and tags, once they are here. Raises `ForgeAway`, `GitFailed`."""
    tips = sorted(set(leaving.remote.tips()))
    found = _known(leaving, tips)
    if len(found) < len(tips):
        leaving.remote.fetch_all()
        found = _known(leaving, tips)
    return found


def _known(leaving: Leaving, tips: Iterable[str]) -> list[str]:
    """The commits of those objects that are here."""
    verify = ["rev-parse", "--verify", "--quiet"]
    found = (leaving.git.run(leaving.location, [*verify, f"{tip}^{{commit}}"]) for tip in tips)
    return [result.text for result in found if result.returncode == 0]


def _tips(missing: Iterable[str]) -> list[str]:
    """Those of the commits that are no parent of another one."""
    rows = [line.split() for line in missing]
    parents = {parent for row in rows for parent in row[1:]}
    return [row[0] for row in rows if row[0] not in parents]


def _bundle(leaving: Leaving, tips: list[str]) -> str:
    """One file with these commits and all that is before them, under names of their own."""
    git, target = leaving.git, _free_name(leaving.worktree)
    unfinished = target.with_name(f".{target.name}.enablement-new")
    for left in (unfinished, unfinished.with_name(f"{unfinished.name}.lock")):
        left.unlink(missing_ok=True)  # of a try that was killed
    with tempfile.TemporaryDirectory(prefix="enablement-git-") as folder:
        bare = GitLocation(folder)
        objects = {"GIT_OBJECT_DIRECTORY": str(leaving.worktree / ".git/objects")}
        wide = ["--object-format=sha256"] if len(tips[0]) == _SHA256 else []
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


def _forget_tracking(git: GitRunner, worktree: Path) -> None:
    """Remove the remote-tracking branches: what they name is on the server."""
    listed = git.run(location_of(worktree), ["for-each-ref", "--format=%(refname)", "refs/remotes/origin"]).text
    gone = "".join(f"delete {name}\n" for name in listed.split()).encode()
    git.run(location_of(worktree), ["update-ref", "--no-deref", "--stdin"], RunOptions(stdin=gone))


def _lines(config: bytes | None) -> list[bytes]:
    return [line.strip() for line in (config or b"").splitlines() if line.strip()]
