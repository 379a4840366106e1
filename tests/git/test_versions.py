"""The port `VersionHistory` over its implementations: the same steps, the same answers."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enablement_ext.adapters.git.versions import GitVersionHistory
from enablement_ext.adapters.memory.versions import MemoryVersionHistory
from enablement_ext.core.errors import BadRequest, SetupRefused
from enablement_ext.core.git.ports import Backup, ChangedFile, VersionHistory
from tests.git.conftest import Author, run_git
from tests.git.test_everyday import notebook
from tests.service import people

pytestmark = pytest.mark.slow  # real Git, many times

AT = datetime(2026, 11, 25, 14, 3, tzinfo=UTC)


@dataclass
class Bench:
    """A folder `work` with one version that is on the forge, and what is done to it from outside."""

    versions: VersionHistory
    save: Callable[[], None]  # everything that lies there becomes a version
    theirs: Callable[[str, bytes], None]  # a colleague pushes a file


@pytest.fixture(params=["memory", "git"])
async def bench(request: pytest.FixtureRequest, author: Author) -> Bench:
    if request.param == "memory":
        return _memory()
    await author.service.post("/api/v1/git/repositories", people.DANA, {"name": "work"})
    return await asyncio.to_thread(_git, author)


def _memory() -> Bench:
    shop = MemoryVersionHistory({"a.py": b"x = 1\n"})
    shop.our_commit = shop.their_commit = shop.commit(shop.files, "first")

    def save() -> None:
        shop.our_commit = shop.commit(shop.files, "mine", shop.our_commit)

    def theirs(path: str, data: bytes) -> None:
        tree = {**shop._known[shop.their_commit].tree, path: data}
        shop.their_commit = shop.commit(tree, "theirs", shop.their_commit)

    return Bench(shop, save, theirs)


def _git(author: Author) -> Bench:
    at, other, url = author.home / "work", author.home.parent / "other", author.url("git/user/dana/work")
    at.mkdir()
    (at / "a.py").write_text("x = 1\n")
    author.working_copy.configure()
    author.working_copy.prepare("work", url)
    author.working_copy.commit("work", ["a.py"], "first")
    author.working_copy.push("work")

    def git(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        ran = run_git(arguments, where, author.home, author.told)
        assert ran.returncode == 0, ran.stderr
        return ran

    def theirs(path: str, data: bytes) -> None:
        if not other.exists():
            git(author.home, "clone", "--quiet", url, str(other))
        (other / path).write_bytes(data)
        git(other, "add", "--all")
        git(other, "commit", "--quiet", "-m", "theirs")
        git(other, "push", "--quiet", "origin", "HEAD:main")

    def save() -> None:
        git(at, "add", "--all")
        git(at, "commit", "--quiet", "-m", "mine")

    return Bench(GitVersionHistory(author.working_copy), save, theirs)


async def test_the_way_through(bench: Bench) -> None:
    await asyncio.to_thread(_the_way_through, bench)


def _the_way_through(bench: Bench) -> None:
    shop = bench.versions
    assert shop.changes("work").files == ()
    assert shop.read_working_file("work", "gone.py") is None
    shop.write_working_file("work", "a.py", b"x = 2\n")
    shop.write_working_file("work", "b.py", b"y = 1\n")
    shop.write_working_file("work", "data.csv", b"1,2\n")
    found = shop.changes("work")
    assert found.files == (ChangedFile("a.py", "changed"), ChangedFile("b.py", "new"))
    assert [held.path for held in found.held] == ["data.csv"]
    bench.save()
    newest, oldest = shop.history("work", "a.py", 10)
    assert (newest.message, newest.pushed, oldest.message, oldest.pushed) == ("mine", False, "first", True)
    assert [len(shop.history("work", name, 10)) for name in ("b.py", "never.py")] == [1, 0]
    assert shop.read("work", newest.commit, "a.py") == b"x = 2\n"
    assert shop.read("work", oldest.commit, "a.py") == b"x = 1\n"
    assert shop.read("work", oldest.commit, "b.py") is None
    for commit in ("", "main", hashlib.sha1(b"x", usedforsecurity=False).hexdigest()[:39]):
        with pytest.raises(BadRequest):
            shop.read("work", commit, "a.py")
    for path in ("../x", ".git/config", "/etc/passwd", ""):
        with pytest.raises(SetupRefused):
            shop.write_working_file("work", path, b"x")
    assert shop.back_up("work", "a.py", AT) == Backup("a.py", "a (mine, 2026-11-25 14.03).py")
    assert shop.back_up("work", "a.py", AT).copy == "a (mine, 2026-11-25 14.03, 2).py"
    with pytest.raises(SetupRefused):
        shop.back_up("work", "gone.py", AT)


async def test_two_sides(bench: Bench) -> None:
    await asyncio.to_thread(_two_sides, bench)


def _two_sides(bench: Bench) -> None:
    shop = bench.versions
    nothing = shop.fetch("work")
    assert (nothing.our_commit, nothing.conflicts) == (nothing.their_commit, ())
    assert shop.merge("work", nothing, {}, AT).commit == nothing.our_commit
    bench.theirs("b.py", b"theirs\n")
    shop.write_working_file("work", "b.py", b"mine, in no version\n")
    ahead = shop.fetch("work")
    assert (ahead.base, ahead.our_files, ahead.their_files) == (ahead.our_commit, (), ("b.py",))
    joined = shop.merge("work", ahead, {}, AT)
    assert (joined.commit, joined.written) == (ahead.their_commit, ("b.py",))
    assert [aside.path for aside in joined.backups] == ["b.py"]
    assert shop.read_working_file("work", joined.backups[0].copy) == b"mine, in no version\n"
    with pytest.raises(SetupRefused):
        shop.merge("work", ahead, {}, AT)
    bench.theirs("a.py", b"x = 'theirs'\n")
    bench.theirs("c.py", b"c\n")
    shop.write_working_file("work", "a.py", b"x = 'mine'\n")
    bench.save()
    both = shop.fetch("work")
    assert both.conflicts == ("a.py",)
    with pytest.raises(SetupRefused):
        shop.merge("work", both, {}, AT)
    done = shop.merge("work", both, {"a.py": b"x = 'both'\n"}, AT)
    assert done.backups == ()
    assert (shop.read_working_file("work", "a.py"), shop.read_working_file("work", "c.py")) == (b"x = 'both'\n", b"c\n")
    assert shop.read("work", done.commit, "a.py") == b"x = 'both'\n"
    after = shop.fetch("work")
    assert (after.our_commit, after.their_files, after.base) == (done.commit, (), both.their_commit)


async def test_results_are_only_taken_out_when_asked(bench: Bench) -> None:
    await asyncio.to_thread(_results, bench)


def _results(bench: Bench) -> None:
    shop, book = bench.versions, notebook("x").encode()
    assert list(shop.notebooks_with_outputs("work")) == []
    shop.write_working_file("work", "a.ipynb", book)
    if isinstance(shop, GitVersionHistory):  # a repository that somebody else began
        shop.write_working_file("work", ".gitattributes", b"")
    bench.save()
    assert list(shop.notebooks_with_outputs("work")) == ["a.ipynb"]
    shop.write_working_file("work", "a.ipynb", notebook("y").encode())
    with pytest.raises(SetupRefused):
        shop.strip_outputs("work")
    shop.write_working_file("work", "a.ipynb", book)
    commit = shop.strip_outputs("work")
    kept = shop.read("work", commit, "a.ipynb")
    assert kept is not None
    assert b"42" not in kept
    assert shop.read_working_file("work", "a.ipynb") == book
    assert list(shop.notebooks_with_outputs("work")) == []
    assert shop.changes("work").files == () or isinstance(shop, MemoryVersionHistory)
