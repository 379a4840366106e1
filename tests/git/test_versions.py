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
from enablement_ext.core.git.repository_names import RepositoryId, Space
from tests.git.conftest import Author, run_git
from tests.git.test_version_actions import notebook
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
    versions = MemoryVersionHistory({"a.py": b"x = 1\n"})
    versions.our_commit = versions.their_commit = versions.commit(versions.files, "first")

    def save() -> None:
        versions.our_commit = versions.commit(versions.files, "mine", versions.our_commit)

    def theirs(path: str, data: bytes) -> None:
        tree = {**versions._known[versions.their_commit].tree, path: data}
        versions.their_commit = versions.commit(tree, "theirs", versions.their_commit)

    return Bench(versions, save, theirs)


def _git(author: Author) -> Bench:
    at, other, url = author.home / "work", author.home.parent / "other", author.url("git/user/dana/work")
    at.mkdir()
    (at / "a.py").write_text("x = 1\n")
    author.working_copy.configure()
    author.working_copy.prepare("work", RepositoryId(Space.USER, "dana", "work"))
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
    versions = bench.versions
    assert versions.changes("work").files == ()
    assert versions.read_working_file("work", "gone.py") is None
    versions.write_working_file("work", "a.py", b"x = 2\n")
    versions.write_working_file("work", "b.py", b"y = 1\n")
    versions.write_working_file("work", "data.csv", b"1,2\n")
    found = versions.changes("work")
    assert found.files == (ChangedFile("a.py", "changed"), ChangedFile("b.py", "new"))
    assert [held.path for held in found.held] == ["data.csv"]
    bench.save()
    newest, oldest = versions.history("work", "a.py", 10)
    assert (newest.message, newest.pushed, oldest.message, oldest.pushed) == ("mine", False, "first", True)
    assert [len(versions.history("work", name, 10)) for name in ("b.py", "never.py")] == [1, 0]
    assert versions.read("work", newest.commit, "a.py") == b"x = 2\n"
    assert versions.read("work", oldest.commit, "a.py") == b"x = 1\n"
    assert versions.read("work", oldest.commit, "b.py") is None
    for commit in ("", "main", hashlib.sha1(b"x", usedforsecurity=False).hexdigest()[:39]):
        with pytest.raises(BadRequest):
            versions.read("work", commit, "a.py")
    for path in ("../x", ".git/config", "/etc/passwd", ""):
        with pytest.raises(SetupRefused):
            versions.write_working_file("work", path, b"x")
    assert versions.back_up("work", "a.py", AT) == Backup("a.py", "a (mine, 2026-11-25 14.03).py")
    assert versions.back_up("work", "a.py", AT).copy == "a (mine, 2026-11-25 14.03, 2).py"
    with pytest.raises(SetupRefused):
        versions.back_up("work", "gone.py", AT)


async def test_two_sides(bench: Bench) -> None:
    await asyncio.to_thread(_two_sides, bench)


def _two_sides(bench: Bench) -> None:
    versions = bench.versions
    nothing = versions.fetch("work")
    assert (nothing.our_commit, nothing.conflicts) == (nothing.their_commit, ())
    assert versions.merge("work", nothing, {}, AT).commit == nothing.our_commit
    bench.theirs("b.py", b"theirs\n")
    versions.write_working_file("work", "b.py", b"mine, in no version\n")
    fetched = versions.fetch("work")
    assert (fetched.base, fetched.our_files, fetched.their_files) == (fetched.our_commit, (), ("b.py",))
    merged = versions.merge("work", fetched, {}, AT)
    assert (merged.commit, merged.written) == (fetched.their_commit, ("b.py",))
    assert [backup.path for backup in merged.backups] == ["b.py"]
    assert versions.read_working_file("work", merged.backups[0].copy) == b"mine, in no version\n"
    with pytest.raises(SetupRefused):
        versions.merge("work", fetched, {}, AT)
    bench.theirs("a.py", b"x = 'theirs'\n")
    bench.theirs("c.py", b"c\n")
    versions.write_working_file("work", "a.py", b"x = 'mine'\n")
    bench.save()
    both = versions.fetch("work")
    assert both.conflicts == ("a.py",)
    with pytest.raises(SetupRefused):
        versions.merge("work", both, {}, AT)
    done = versions.merge("work", both, {"a.py": b"x = 'both'\n"}, AT)
    assert done.backups == ()
    assert (versions.read_working_file("work", "a.py"), versions.read_working_file("work", "c.py")) == (
        b"x = 'both'\n",
        b"c\n",
    )
    assert versions.read("work", done.commit, "a.py") == b"x = 'both'\n"
    after = versions.fetch("work")
    assert (after.our_commit, after.their_files, after.base) == (done.commit, (), both.their_commit)


async def test_results_are_only_taken_out_when_asked(bench: Bench) -> None:
    await asyncio.to_thread(_results, bench)


def _results(bench: Bench) -> None:
    versions, book = bench.versions, notebook("x").encode()
    assert list(versions.notebooks_with_outputs("work")) == []
    versions.write_working_file("work", "a.ipynb", book)
    if isinstance(versions, GitVersionHistory):  # a repository that somebody else began
        versions.write_working_file("work", ".gitattributes", b"")
    bench.save()
    assert list(versions.notebooks_with_outputs("work")) == ["a.ipynb"]
    versions.write_working_file("work", "a.ipynb", notebook("y").encode())
    with pytest.raises(SetupRefused):
        versions.strip_outputs("work")
    versions.write_working_file("work", "a.ipynb", book)
    commit = versions.strip_outputs("work")
    kept = versions.read("work", commit, "a.ipynb")
    assert kept is not None
    assert b"42" not in kept
    assert versions.read_working_file("work", "a.ipynb") == book
    assert list(versions.notebooks_with_outputs("work")) == []
    assert versions.changes("work").files == () or isinstance(versions, MemoryVersionHistory)
