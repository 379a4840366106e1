"""States of a repository: its shape, what is in progress in it, what the server has, and who made it. Built with Git itself."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.git.buttons import Canary, Foreign, plain
from tests.git.test_version_actions import notebook


@dataclass(frozen=True)
class Ground:
    """Where a state is built: the folder, the server's copy, and what must neither run nor be visited."""

    at: Path
    bare: Path
    canary: Canary
    foreign: Foreign

    def git(self, *arguments: str) -> str:
        return plain(self.at, *arguments)

    def config(self, key: str, value: str) -> None:
        plain(self.at, "config", "--add", key, value)

    def attribute(self, line: str) -> None:
        with (self.at / ".gitattributes").open("a") as file:
            file.write(f"{line}\n")


def _branch(ground: Ground) -> None:
    ground.git("checkout", "--quiet", "-b", "my-idea")
    (ground.at / "idea.py").write_text("idea = 1\n")
    ground.git("add", "idea.py")
    ground.git("commit", "--quiet", "-m", "an idea")


def _detached(ground: Ground) -> None:
    ground.git("checkout", "--quiet", "--detach")
    (ground.at / "alone.py").write_text("alone = 1\n")
    ground.git("add", "alone.py")
    ground.git("commit", "--quiet", "-m", "on no branch")


def _submodule(ground: Ground) -> None:
    commit = ground.git("rev-parse", "HEAD")
    ground.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor")
    (ground.at / ".gitmodules").write_text(f'[submodule "vendor"]\n\tpath = vendor\n\turl = {ground.foreign.url}/v\n')
    ground.git("add", ".gitmodules")
    ground.git("commit", "--quiet", "-m", "a submodule")


def _worktree(ground: Ground) -> None:
    other = ground.at.with_name(f"{ground.at.name}-beside")
    ground.git("worktree", "add", "--quiet", "-b", "beside", str(other))
    (other / "beside.py").write_text("x = 1\n")
    plain(other, "add", "beside.py")
    plain(other, "commit", "--quiet", "-m", "beside")


def _filter(name: str) -> Callable[[Ground], None]:
    def build(ground: Ground) -> None:
        ground.attribute(f"*.py filter={name}")

    return build


def _settings(*pairs: tuple[str, str]) -> Callable[[Ground], None]:
    def build(ground: Ground) -> None:
        for key, value in pairs:
            ground.config(key, value.format(canary=ground.canary.program, foreign=ground.foreign.url))

    return build


def _shallow(ground: Ground) -> None:
    (ground.at / ".git/shallow").write_text(ground.git("rev-parse", "HEAD") + "\n")


def _borrows(ground: Ground) -> None:
    (ground.at / ".git/objects/info").mkdir(exist_ok=True)
    (ground.at / ".git/objects/info/alternates").write_text(f"{ground.bare}/objects\n")


def _skip(ground: Ground) -> None:
    ground.git("update-index", "--skip-worktree", "features.py")


def _stash(ground: Ground) -> None:
    (ground.at / "features.py").write_text("stashed = 1\n")
    ground.git("stash", "--quiet")


def _amended(ground: Ground) -> None:
    (ground.at / "features.py").write_text("before = 1\n")
    ground.git("commit", "--quiet", "-am", "words that are changed")
    ground.git("commit", "--quiet", "--amend", "-m", "other words")


def _staged(ground: Ground) -> None:
    (ground.at / "features.py").write_text("staged = 1\n")
    ground.git("add", "features.py")
    (ground.at / "features.py").write_text("in the folder = 2\n")


def _other_branch(ground: Ground) -> None:
    _branch(ground)
    ground.git("checkout", "--quiet", "main")


def _nothing(ground: Ground) -> None:
    del ground


# Whether the buttons may act in it, and how it is built.
SHAPES: dict[str, tuple[bool, Callable[[Ground], None]]] = {
    "plain": (True, _nothing),
    "a branch of one's own": (True, _branch),
    "another branch beside": (True, _other_branch),
    "a stash": (True, _stash),
    "an amended commit": (True, _amended),
    "something staged": (True, _staged),
    "a second remote": (True, _settings(("remote.upstream.url", "{foreign}/x.git"))),
    "detached": (False, _detached),
    "a submodule": (False, _submodule),
    "a linked work tree": (False, _worktree),
    "lfs": (False, _filter("lfs")),
    "nbstripout": (False, _filter("nbstripout")),
    "crypt": (False, _filter("git-crypt")),
    "another encoding": (False, lambda ground: ground.attribute("*.py working-tree-encoding=UTF-16")),
    "skipped files": (False, _skip),
    "sparse": (False, _settings(("core.sparseCheckout", "true"))),
    "shallow": (False, _shallow),
    "partial": (
        False,
        _settings(("remote.origin.promisor", "true"), ("remote.origin.partialclonefilter", "blob:none")),
    ),
    "signing": (False, _settings(("commit.gpgSign", "true"), ("gpg.program", "{canary}"))),
    "signatures in the history": (False, _settings(("log.showSignature", "true"), ("gpg.program", "{canary}"))),
    "another name on the server": (
        False,
        _settings(("branch.main.remote", "origin"), ("branch.main.merge", "refs/heads/x")),
    ),
    "another address": (False, lambda ground: plain_config(ground, "remote.origin.url", f"{ground.foreign.url}/x.git")),
    "an address with a vertical tab": (
        False,
        lambda ground: plain_config(ground, "remote.origin.url", f"{ground.foreign.url}%0bhost=x/y"),
    ),
    "a push address": (False, _settings(("remote.origin.pushurl", "{foreign}/x.git"))),
    "instead of": (False, _settings(("url.{foreign}/.insteadOf", "http://"))),
    "a proxy": (False, _settings(("http.proxy", "{foreign}"))),
    "an include": (False, _settings(("include.path", "{canary}"))),
    "a file system monitor": (False, _settings(("core.fsmonitor", "{canary}"))),
    "borrowed objects": (False, _borrows),
    "a lock": (True, lambda ground: (ground.at / ".git/index.lock").touch()),
}


def plain_config(ground: Ground, key: str, value: str) -> None:
    """In place of what is there."""
    plain(ground.at, "config", key, value)


def _clash(ground: Ground) -> None:
    """Two branches that changed the same line."""
    ground.git("checkout", "--quiet", "-b", "clash")
    (ground.at / "features.py").write_text("theirs = 1\n")
    ground.git("commit", "--quiet", "-am", "theirs")
    ground.git("checkout", "--quiet", "-")
    (ground.at / "features.py").write_text("mine = 1\n")
    ground.git("commit", "--quiet", "-am", "mine")


def _conflicting(*command: str) -> Callable[[Ground], None]:
    def build(ground: Ground) -> None:
        _clash(ground)
        plain(ground.at, *command, check=False)

    return build


def _bisect(ground: Ground) -> None:
    ground.git("bisect", "start")
    ground.git("bisect", "bad")


OPERATIONS: dict[str, Callable[[Ground], None]] = {
    "nothing": _nothing,
    "merge": _conflicting("merge", "clash"),
    "rebase": _conflicting("rebase", "clash"),
    "cherry-pick": _conflicting("cherry-pick", "clash"),
    "revert": _conflicting("revert", "--no-edit", "HEAD~2"),
    "bisect": _bisect,
}


def _ahead(ground: Ground) -> None:
    """A colleague pushed something else."""
    other = ground.at.with_name(f"{ground.at.name}-colleague")
    plain(ground.at.parent, "clone", "--quiet", "--branch", "main", str(ground.bare), str(other))
    (other / "churn.ipynb").write_text(notebook("load()", "theirs()", results=False))
    (other / "theirs.py").write_text("y = 1\n")
    plain(other, "add", "--all")
    plain(other, "commit", "--quiet", "-m", "theirs")
    plain(other, "push", "--quiet", "origin", "HEAD:main")


def _local(ground: Ground) -> None:
    (ground.at / "local.py").write_text("z = 1\n")
    ground.git("add", "local.py")
    ground.git("commit", "--quiet", "-m", "only here")


def _both(ground: Ground) -> None:
    _ahead(ground)
    _local(ground)


SERVERS: dict[str, Callable[[Ground], None]] = {
    "the same": _nothing,
    "a colleague's": _ahead,
    "less": _local,
    "something else": _both,
}
MAKERS = ("the button", "somebody", "an archive")


@dataclass(frozen=True)
class State:
    """One state. `kill`: the button that is killed half-way before all are pressed, "" for none."""

    shape: str
    operation: str
    server: str
    maker: str
    kill: str = ""

    def __str__(self) -> str:
        killed = f", {self.kill} killed" if self.kill else ""
        return f"{self.shape}, {self.operation}, on the server {self.server}, made by {self.maker}{killed}"

    @property
    def understood(self) -> bool:
        """Whether Save may act. Colleagues also finishes a merge."""
        return SHAPES[self.shape][0] and self.operation == "nothing" and self.maker != "an archive"

    def build(self, ground: Ground) -> None:
        """The operation after the shape: on a detached head, with a filter, … A lock comes last, or Git itself stops."""
        SERVERS[self.server](ground)
        late = self.shape in ("a lock", "shallow", "sparse", "skipped files", "something staged", "another encoding")
        if not late:
            SHAPES[self.shape][1](ground)
        OPERATIONS[self.operation](ground)
        if late:
            SHAPES[self.shape][1](ground)


def every_state() -> list[State]:
    """Each shape with each server (and in turn each maker), each operation with each of both, some with shape and operation, some killed; always the same."""
    makers = itertools.cycle(MAKERS)
    shapes = [State(shape, "nothing", server, next(makers)) for shape, server in itertools.product(SHAPES, SERVERS)]
    operations = [State(*one) for one in itertools.product(["plain"], [*OPERATIONS][1:], SERVERS, MAKERS)]
    chosen = random.Random(33)
    mixed = [
        State(*one)
        for one in itertools.product([*SHAPES][1:-1], [*OPERATIONS][1:], SERVERS, MAKERS)
        if "something staged" not in one
    ]
    killed = [
        State("plain", "nothing", server, maker, button)
        for server in SERVERS
        for maker in MAKERS[:2]
        for button in ("save", "colleagues", "undo")
    ]
    found = [*shapes, *operations, *killed, *chosen.sample(mixed, 46)]
    chosen.shuffle(found)
    return found
