"""The port `WorkingCopy` over its implementations: the same steps, the same answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from enablement_ext.adapters.memory import MemoryWorkingCopy
from enablement_ext.core.errors import ForgeAway, SetupRefused
from enablement_ext.core.git.ports import WorkingCopy, WorkingCopyOwner
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.core.git.setup.plan import FolderState
from enablement_ext.core.git.shape import shape_of
from tests.git.conftest import Author
from tests.service import people

WORK = RepositoryId(Space.USER, "dana", "work")
pytestmark = pytest.mark.slow  # real Git, many times


@dataclass
class Bench:
    """A working copy, how a file is changed in it, and how the forge is taken away."""

    working_copy: WorkingCopy
    url: str
    change: Callable[[], None]
    away: Callable[[], None]


@pytest.fixture(params=["memory", "git"])
async def bench(request: pytest.FixtureRequest, author: Author) -> Bench:
    """One folder `work` with a file, on a forge that has its repository."""
    if request.param == "memory":
        memory = MemoryWorkingCopy(WorkingCopyOwner(GitIdentity("dana"), "http://forge/git"))
        memory.put("work", "a.py")

        def take_away() -> None:
            memory.away = True

        return Bench(memory, "http://forge/git/user/dana/work", lambda: memory.put("work", "a.py"), take_away)
    file = await asyncio.to_thread(_with_a_file, author.home)
    await author.service.post("/api/v1/git/repositories", people.DANA, {"name": "work"})

    def change() -> None:
        file.write_text("x = 2\n")

    def revoke() -> None:
        author.service.hub.revoke(people.DANA)

    return Bench(author.working_copy, author.url("git/user/dana/work"), change, revoke)


def _with_a_file(home: Path) -> Path:
    (home / "work").mkdir()
    (home / "work/a.py").write_text("x = 1\n")
    return home / "work/a.py"


async def test_the_way_through(bench: Bench) -> None:
    await asyncio.to_thread(_the_way_through, bench)


def _the_way_through(bench: Bench) -> None:
    working_copy = bench.working_copy
    assert working_copy.inspect("work").state is FolderState.NONE
    assert not working_copy.inspect("gone").exists
    assert working_copy.status("work").state == "none"
    for _ in range(2):  # every step may be repeated
        working_copy.configure()
        working_copy.prepare("work", WORK)
    assert working_copy.inspect("work").repository.origin == bench.url
    assert shape_of(working_copy.repository("work"), bench.url) == ()
    assert working_copy.inspect("work").configured
    assert not working_copy.adopt_history("work")
    first = working_copy.commit("work", ["a.py"], "first")
    assert working_copy.commit("work", ["a.py"], "again") == first
    assert working_copy.inspect("work").has_commits
    assert not working_copy.inspect("work").changed
    assert working_copy.status("work").unpushed == 1
    working_copy.push("work")
    assert working_copy.heads("work") == (first, first)
    assert working_copy.status("work").unpushed == 0
    bench.change()
    assert working_copy.status("work").changed == ("a.py",)
    second = working_copy.commit("work", ["a.py"], "second")
    assert second != first
    with pytest.raises(SetupRefused):
        working_copy.undo("work")
    working_copy.push("work")
    working_copy.undo("work")
    assert working_copy.status("work").state == "none"
    working_copy.configure()
    working_copy.prepare("work", WORK)
    assert working_copy.adopt_history("work")
    assert working_copy.heads("work") == (second, second)


async def test_away(bench: Bench) -> None:
    await asyncio.to_thread(_away, bench)


def _away(bench: Bench) -> None:
    working_copy = bench.working_copy
    working_copy.configure()
    working_copy.prepare("work", WORK)
    bench.away()
    kept = working_copy.commit("work", ["a.py"], "first")
    with pytest.raises(ForgeAway):
        working_copy.push("work")
    with pytest.raises(ForgeAway):
        working_copy.heads("work")
    assert working_copy.status("work").commit == kept
