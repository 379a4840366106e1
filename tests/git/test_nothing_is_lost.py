"""Nothing of the author's is lost: Undo keeps what only this folder has, locks of a Git that runs stay, modes and an `origin` of before survive."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.git.shape.locks import lock_files, lock_holder, release_locks
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.shape import LockHolder
from tests.git.buttons import plain, server_copy
from tests.git.conftest import Author, author_of
from tests.git.test_one_click import picture
from tests.git.test_version_actions import Colleague, get
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow  # real Git, many times

BUNDLE = "churn (versions, kept by Undo).bundle"


@pytest.fixture
async def at(author: Author) -> Path:
    """dana's folder, set up and published."""
    at = author.folder()
    assert (await author.press())["receipt"]["published"]
    return at


async def git(at: Path, *arguments: str) -> str:
    return await asyncio.to_thread(plain, at, *arguments)


async def test_undo_keeps_what_only_this_folder_has(author: Author, at: Path, tmp_path: Path) -> None:
    wanted = {}
    for name in ("amended", "branch", "stash", "detached"):
        (at / "features.py").write_text(f"{name} = 1\n")
        if name == "stash":
            await git(at, "stash", "--quiet")
            wanted[name] = await git(at, "rev-parse", "refs/stash")
            continue
        await git(at, "checkout", "--quiet", *(["--detach"] if name == "detached" else ["-B", name]))
        await git(at, "commit", "--quiet", "-am", name)
        wanted[name] = await git(at, "rev-parse", "HEAD")
        await git(at, "checkout", "--quiet", "main")
    await git(at, "branch", "--quiet", "-D", "amended")
    (at / "features.py").write_text("staged = 1\n")
    await git(at, "add", "features.py")
    (at / "features.py").write_text("in the folder = 1\n")
    undone = await author.setup.undo("churn")
    assert undone == {"folder": "churn", "undone": True, "kept": BUNDLE}
    assert not (at / ".git").exists()
    await git(tmp_path, "clone", "--quiet", "--mirror", str(author.home / BUNDLE), "kept.git")
    kept = tmp_path / "kept.git"
    for name, commit in wanted.items():
        assert await git(kept, "cat-file", "-t", commit) == "commit", name
    shown = [
        await git(kept, "show", f"{ref}:features.py")
        for ref in (await git(kept, "for-each-ref", "--format=%(refname)")).split()
    ]
    assert {"staged = 1", "detached = 1", "branch = 1", "amended = 1"} <= set(shown)
    assert (at / "features.py").read_text() == "in the folder = 1\n"
    assert (await author.press())["receipt"]["published"], "and it can be set up again"


async def test_a_second_bundle_takes_no_name_that_is_taken(author: Author, at: Path) -> None:
    (author.home / BUNDLE).write_text("the author's own")
    await git(at, "checkout", "--quiet", "-b", "idea")
    (at / "features.py").write_text("idea = 1\n")
    await git(at, "commit", "--quiet", "-am", "idea")
    await git(at, "checkout", "--quiet", "main")
    assert (await author.setup.undo("churn"))["kept"] == "churn (versions, kept by Undo 2).bundle"
    assert (author.home / BUNDLE).read_text() == "the author's own"


async def test_branches_that_the_server_has_in_others_do_not_hinder_undo(author: Author, at: Path) -> None:
    await git(at, "branch", "old")
    (at / "features.py").write_text("x = 2\n")
    assert (await author.save("churn"))["receipt"]["published"]
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert not (author.home / BUNDLE).exists()


async def test_undo_while_colleagues_went_on(author: Author, at: Path) -> None:
    remy = Colleague(author)
    await remy.begin()
    (remy.at / "features.py").write_text("theirs = 1\n")
    await remy.push()
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert not (at / ".git").exists()


async def test_undo_with_the_server_away_takes_nothing(author: Author, at: Path) -> None:
    (at / "features.py").write_text("x = 2\n")
    await git(at, "commit", "--quiet", "-am", "only here")
    away = author_of(author.service, author.home, 1)
    before = picture(author.home)
    with pytest.raises(Exception, match=r"server"):
        await away.setup.undo("churn")
    assert {name: found for name, found in picture(author.home).items() if before.get(name) != found} == {}


async def test_an_origin_that_was_there_before_stays(author: Author) -> None:
    at = author.folder()
    url = author.url("git/user/dana/churn")
    for arguments in (
        ("init", "-q", "-b", "main"),
        ("add", "features.py"),
        ("commit", "-qm", "x"),
        ("remote", "add", "origin", url),
    ):
        await git(at, *arguments)
    config = (at / ".git/config").read_bytes()
    assert (await author.press())["receipt"]["published"]
    await author.setup.undo("churn")
    assert (at / ".git/config").read_bytes() == config
    assert not (at / ".git/enablement-id").exists()
    assert await git(at, "remote", "get-url", "origin") == url


async def test_what_an_archive_brings_along_does_not_count(author: Author, at: Path) -> None:
    """A copy of a folder that is set up, and one with a mark of its own making, are somebody else's."""
    shutil.copytree(at, author.home / "copy", symlinks=True)
    (author.home / "forged").mkdir()
    await git(author.home / "forged", "init", "--quiet")
    for name in ("enablement-id", "enablement.json"):
        (author.home / "forged/.git" / name).write_text('{"made": true, "before": ""}')
    for name in ("copy", "forged"):
        assert (await author.setup.status(name))["standing"] == "theirs"
        with pytest.raises(SetupRefused):
            await author.setup.undo(name)
        assert (author.home / name / ".git").is_dir()
    await asyncio.to_thread(at.rename, author.home / "moved")
    assert (await author.setup.status("moved"))["standing"] == "ours", (
        "the same repository at another place is the same"
    )


async def test_executable_bits_survive(author: Author, at: Path) -> None:
    remy = Colleague(author)
    await remy.begin()
    for name in ("run.sh", "features.py"):
        (remy.at / name).write_text("echo 1\n")
        (remy.at / name).chmod(0o755)
    await remy.push()
    assert (await get(author))["got"]["state"] == "got"
    assert all((at / name).stat().st_mode & 0o111 for name in ("run.sh", "features.py"))
    assert (await author.setup.status("churn"))["changed"] == []
    (at / "run.sh").chmod(0o644)
    assert (await author.setup.status("churn"))["changed"] == ["run.sh"]
    await author.save("churn")
    (remy.at / "run.sh").write_text("echo 2\n")  # content there, mode here: both
    await remy.git("commit", "--quiet", "-am", "content")
    await remy.git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main")
    await remy.push_head()
    await get(author)
    assert ((at / "run.sh").read_text(), (at / "run.sh").stat().st_mode & 0o111) == ("echo 2\n", 0)
    first = await git(at, "log", "--format=%H", "--diff-filter=A", "--", "run.sh")
    (at / "run.sh").unlink()
    await author.actions.restore("churn/run.sh", first)
    assert (at / "run.sh").stat().st_mode & 0o111
    assert ((at / "run.sh").read_text()) == "echo 1\n"


@contextmanager
def running_git(at: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Git that holds the index lock until it is ended: it waits for an editor."""
    editor = at.parent.parent / "editor.sh"
    editor.write_text("#!/bin/sh\nexec sleep 3600\n")
    editor.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_EDITOR": str(editor)}
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--only", "features.py"]
    with subprocess.Popen(
        command, cwd=at, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: lock_files(at / ".git"), within=PATIENCE, what="it holds the lock", process=process)
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


async def test_a_lock_of_a_git_that_runs_is_not_taken_away(author: Author, at: Path) -> None:
    (at / "features.py").write_text("x = 5\n")
    await asyncio.to_thread(_while_git_runs, author, at)
    status: Any = await author.setup.status("churn")
    assert status["shape"]["facts"] == {
        "shape": "locked",
        "lock": "index.lock",
        "held": "nobody",
    }
    saved = await author.save("churn")
    assert saved["receipt"]["published"], "nobody holds it any more"
    assert lock_files(at / ".git") == []


def _while_git_runs(author: Author, at: Path) -> None:
    with running_git(at):
        (lock, *_) = lock_files(at / ".git")
        assert lock_holder(at, lock) is LockHolder.RUNNING
        author.working_copy.release_locks("churn", asked=True)
        with pytest.raises(SetupRefused) as refused:
            author.setup.require_understood("churn")
        facts: Any = refused.value.facts["refusals"]
        assert facts[0]["facts"] == {"shape": "locked", "lock": "index.lock", "held": "running"}
        assert lock.exists()


async def test_a_repair_frees_dead_locks_of_every_kind(author: Author, at: Path) -> None:
    for name in ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "refs/heads/main.lock"):
        (at / ".git" / name).touch()
    last: Any = [line async for line in author.setup.apply("churn", repair=True)][-1]
    assert last["receipt"]["published"], last
    assert lock_files(at / ".git") == []


def test_where_it_cannot_be_known_who_holds_a_lock_a_person_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git/refs").mkdir(parents=True)
    lock = tmp_path / ".git/index.lock"
    lock.touch()
    monkeypatch.setattr("enablement_ext.adapters.git.shape.locks._PROCESSES", tmp_path / "no-proc")
    assert lock_holder(tmp_path, lock) is LockHolder.UNKNOWN
    release_locks(tmp_path)
    assert lock.exists()
    release_locks(tmp_path, asked=True)
    assert not lock.exists()


def test_what_lies_behind_a_link_is_no_lock(tmp_path: Path) -> None:
    """A repository out of an archive may lead to a folder with a `poetry.lock`."""
    work, at = tmp_path / "work", tmp_path / "at"
    (work / "deep").mkdir(parents=True)
    at.mkdir()
    for file in (work / "poetry.lock", work / "deep/yarn.lock"):
        file.touch()
    (at / ".git").symlink_to(work)
    release_locks(at, asked=True)
    (at / ".git").unlink()
    (at / ".git").mkdir()
    (at / ".git/refs").symlink_to(work)
    (at / ".git/index.lock").symlink_to(work / "poetry.lock")
    release_locks(at, asked=True)
    assert (work / "poetry.lock").exists()
    assert (work / "deep/yarn.lock").exists()


@contextmanager
def held(folder: Path, lock: Path) -> Iterator[None]:
    """A process that has the lock open, until the block ends."""
    with subprocess.Popen(["sh", "-c", f'exec 9<"{lock}"; exec sleep 3600']) as process:
        try:
            until(
                lambda: lock_holder(folder, lock) is LockHolder.RUNNING,
                within=PATIENCE,
                what="it is seen",
                process=process,
            )
            yield
        finally:
            process.kill()


def test_a_process_that_has_the_lock_open_holds_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    lock = tmp_path / ".git/index.lock"
    lock.touch()
    assert lock_holder(tmp_path, lock) is LockHolder.NOBODY
    with held(tmp_path, lock):
        release_locks(tmp_path, asked=True)
    assert lock.exists()
    assert lock_holder(tmp_path, lock) is LockHolder.NOBODY


async def test_the_forge_frees_only_locks_that_nobody_holds(author: Author, at: Path, tmp_path: Path) -> None:
    bare = await asyncio.to_thread(server_copy, tmp_path / "repositories", await git(at, "rev-parse", "HEAD"))
    lock = bare / "refs/heads/main.lock"
    lock.touch()
    os.utime(lock, (0, 0))
    (at / "features.py").write_text("x = 6\n")
    with held(bare, lock):
        receipt = (await author.save("churn"))["receipt"]
    assert not receipt["published"]
    assert lock_files(bare) == [lock]
    assert (await author.save("churn"))["receipt"]["published"]
    assert lock_files(bare) == []


async def test_the_history_of_a_file_that_is_in_no_version_is_empty(author: Author, at: Path) -> None:
    (at / "fresh.ipynb").write_text((at / "churn.ipynb").read_text())
    history: Any = await author.actions.history("churn/fresh.ipynb")
    assert (history["versions"], history["more"]) == ([], False)
