"""Pressing every button of a folder, and what must be so afterwards: no work lost, nothing run, nobody else contacted."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.git.clean_filter import cleaned
from tests.git.conftest import Author
from tests.polling import PATIENCE

HOOKS = "pre-commit prepare-commit-msg commit-msg post-commit pre-push post-checkout post-merge pre-rebase post-rewrite"
HOOKS += " reference-transaction post-index-change pre-merge-commit fsmonitor-watchman pre-auto-gc sendemail-validate"
_NOT_OURS = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
_SETTINGS = (
    "user.name=x",
    "user.email=x@example.org",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "protocol.file.allow=always",
)
_IDENTITY = tuple(part for setting in _SETTINGS for part in ("-c", setting))


def plain(at: Path, *arguments: str, check: bool = True, stdin: str = "") -> str:
    """Git as somebody's script runs it, without hooks; its output."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_EDITOR": "true", **_NOT_OURS}
    ran = subprocess.run(
        ["git", *_IDENTITY, *arguments],
        cwd=at,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0 or not check, (arguments, ran.stderr)
    return ran.stdout.strip()


@dataclass
class Foreign:
    """A foreign server that counts who comes."""

    port: int
    visits: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def foreign_server() -> Iterator[Foreign]:
    """Listens until the block ends; whoever comes is counted and left alone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Foreign(listening.getsockname()[1])

        def count() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                found.visits += 1
                connection.close()

        thread = threading.Thread(target=count, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


@dataclass
class Canary:
    """A program that leaves a mark where somebody runs it."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "canary.sh"

    @property
    def mark(self) -> Path:
        return self.folder / "it-was-run"

    def prepare(self) -> None:
        self.program.write_text(f'#!/bin/sh\necho "$0 $*" >> {self.mark}\ncat\n')
        self.program.chmod(0o755)

    def hook(self, git_dir: Path) -> None:
        """From now on every hook of the repository is one."""
        hooks = git_dir / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in HOOKS.split():
            (hooks / name).unlink(missing_ok=True)
            (hooks / name).symlink_to(self.program)


@dataclass
class Pressed:
    """What came of it: by button, "" or the code of a refusal with its sentence or facts."""

    answers: dict[str, str] = field(default_factory=dict)

    def refused(self, *buttons: str) -> bool:
        return all(self.answers[button] == "git-setup-refused" for button in buttons)


async def press_all(author: Author, folder: str, commit: str) -> Pressed:
    """Every button, Undo last. Whatever is no answer and no error of our own is raised."""
    pressed, actions, setup = Pressed(), author.actions, author.setup
    notebook = f"{folder}/churn.ipynb"
    pressed.answers["status"] = await _answer(setup.status(folder))
    pressed.answers["polled"] = await _answer(actions.status(notebook))
    pressed.answers["plan"] = await _answer(setup.plan(folder))
    pressed.answers["changes"] = await _answer(actions.changes(folder))
    pressed.answers["history"] = await _answer(actions.history(notebook))
    pressed.answers["version"] = await _answer(actions.version(notebook, commit))
    pressed.answers["results"] = await _answer(actions.notebooks_with_outputs(folder))
    pressed.answers["save"] = _last([line async for line in setup.save(folder, "by the button")])
    pressed.answers["colleagues"] = _last([line async for line in actions.pull(folder)])
    pressed.answers["clashes"] = await _answer(actions.conflicts(folder))
    pressed.answers["restore"] = await _answer(actions.restore(notebook, commit))
    pressed.answers["results out"] = await _answer(actions.strip_outputs(folder))
    pressed.answers["undo"] = await _answer(setup.undo(folder))
    return pressed


async def _answer(work: Awaitable[object]) -> str:
    said = None
    try:
        await work
    except EnablementError as error:
        said = error
    assert said is None or (said.message.endswith(".") and "\n" not in said.message), said
    return said.code if said else ""


def _last(lines: list[dict[str, Any]]) -> str:
    problem = lines[-1].get("problem")
    if problem is None:
        return ""
    assert problem["detail"].endswith(".")
    return str(problem["code"])


@dataclass(frozen=True)
class Work:
    """What a folder has: its commits, and the bytes of its files."""

    commits: frozenset[str]
    contents: frozenset[bytes]
    refs: str


def work_of(at: Path) -> Work:
    """Every commit that a ref, the reflog or a linked work tree names, and every file."""
    commits: set[str] = set()
    refs = ""
    if (at / ".git").exists():
        commits |= set(plain(at, "rev-list", "--all", "--reflog", check=False).split())
        commits |= set(plain(at, "rev-list", "HEAD", check=False).split())
        refs = plain(at, "for-each-ref", check=False)
    files = (Path(inner, name) for inner, _, names in os.walk(at) for name in names if ".git" not in Path(inner).parts)
    contents = {path.read_bytes() for path in files if path.is_file() and not path.is_symlink()}
    return Work(frozenset(commits), frozenset(contents), refs)


def lost(before: Work, at: Path, bare: Path, scratch: Path) -> list[str]:
    """What is neither in the folder, nor in its repository, nor on the server, nor in a bundle beside the folder."""
    stores = [store for store in (at / ".git", bare) if store.is_dir()]
    for number, bundle in enumerate(sorted(at.parent.glob(f"{at.name} (*.bundle"))):
        unpacked = scratch / f"{at.name}-{number}.git"
        plain(scratch, "clone", "--quiet", "--mirror", str(bundle), str(unpacked))
        stores.append(unpacked)
    known = frozenset[str]().union(*(_objects(store) for store in stores))
    now = work_of(at).contents
    # Results of cells are in no version: what counts of a notebook is its work.
    gone = [each for each in before.contents - now if not {_blob(each), _blob(cleaned(each))} & known]
    return [*(before.commits - known), *(each[:60].decode(errors="replace") for each in gone)]


def _objects(store: Path) -> frozenset[str]:
    git_dir = (f"--git-dir={store}",)
    listed = plain(
        store.parent, *git_dir, "cat-file", "--batch-check=%(objectname)", "--batch-all-objects", check=False
    )
    return frozenset(listed.split())


def _blob(content: bytes) -> str:
    ran = subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True, cwd="/")
    return ran.stdout.decode().strip()


def server_copy(repositories: Path, commit: str) -> Path:
    """The bare repository on the server that has this commit."""
    for head in sorted(repositories.rglob("HEAD")):
        if commit in _objects(head.parent):
            return head.parent
    raise AssertionError("the server has no repository with it")


async def in_thread(work: Any, *arguments: Any) -> Any:
    """While the service goes on answering."""
    return await asyncio.to_thread(work, *arguments)
