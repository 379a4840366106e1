"""Every button in every state of a repository: no work is lost, nothing of the repository's is run, nothing is sent elsewhere, and each says something.

A sample in the suite; all of them with `make git-states`, or the second of four parts of them with `ENABLEMENT_GIT_STATES=2/4`.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from tests.git.buttons import Canary, foreign_server, in_thread, lost, plain, press_all, server_copy, work_of
from tests.git.conftest import Author, author_of
from tests.git.parts import asked_for
from tests.git.states import Ground, State, every_state
from tests.git.test_faults import KILLED
from tests.git.test_version_actions import notebook
from tests.service import people
from tests.service.fixtures import PREFIX, running

pytestmark = pytest.mark.slow  # real Git, many times

SEED, SAMPLE = 1233, 12
NAME = "churn"
_ACTING = ("save", "restore", "results out", "undo")
_READING = ("status", "polled", "plan")
_KILLED = KILLED.replace(
    'async for line in setup.apply("churn"):',
    "from enablement_ext.adapters.git.versions import GitVersionHistory\n"
    "    from enablement_ext.lab.git.history import VersionActions\n"
    "    from datetime import UTC, datetime\n"
    "    actions = VersionActions(setup, GitVersionHistory(working_copy), lambda: datetime.now(UTC))\n"
    "    import threading\n"
    "    threading.Timer(float(sys.argv[5]), lambda: os.killpg(0, signal.SIGKILL)).start()\n"
    "    if key == 'undo':\n"
    "        await setup.undo(state)\n"
    "    async for line in (setup.save(state, 'killed') if key == 'save' else actions.pull(state)):",
)


def chosen() -> list[State]:
    """All of them or a part where that is asked for, else a sample that is always the same."""
    found = every_state()
    return asked_for("ENABLEMENT_GIT_STATES", found, random.Random(SEED).sample(found, SAMPLE))


@dataclass
class Place:
    """One author and one service, for one state."""

    author: Author
    repositories: Path
    scratch: Path


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    repositories = tmp_path / "repositories"
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=BundledForge(repositories)) as service:
        home, scratch = tmp_path / "home", tmp_path / "scratch"
        home.mkdir()
        scratch.mkdir()
        yield Place(author_of(service, home), repositories, scratch)


def test_there_are_many_states() -> None:
    states = every_state()
    assert len(states) >= 200
    assert len(set(states)) == len(states)
    assert {state.understood for state in states} == {True, False}


@pytest.mark.timeout(900)  # one state, on a machine that is busy
@pytest.mark.parametrize("state", chosen(), ids=str)
async def test_no_state_loses_runs_or_sends_anything(place: Place, state: State) -> None:
    canary = Canary(place.scratch)
    canary.prepare()
    with foreign_server() as foreign:
        ground = Ground(place.author.home / NAME, await _made(place, state), canary, foreign)
        await in_thread(state.build, ground)
        if state.maker == "an archive":
            await in_thread(_unpacked, ground.at)
        canary.hook(ground.at / ".git")
        canary.mark.unlink(missing_ok=True)  # building it, Git obeys the repository
        (ground.at / "not-saved.py").write_text("work = 'in no version'\n")
        first = await in_thread(plain, ground.bare, "rev-list", "--max-parents=0", "main")
        before, server = await in_thread(work_of, ground.at), await in_thread(_branches, ground.bare)
        if state.kill:
            await in_thread(_killed, place, state)
        pressed = await press_all(place.author, NAME, first)
        missing = await in_thread(lost, before, ground.at, ground.bare, place.scratch)
        after = await in_thread(work_of, ground.at)
    assert not missing, f"lost {missing}"
    assert not canary.mark.exists(), f"run: {canary.mark.read_text()}"
    assert foreign.visits == 0, "contacted"
    assert not await in_thread(_rewritten, ground.bare, server), "a branch of the server's is gone"
    if not state.understood:
        finished = state.operation == "merge" and pressed.answers["colleagues"] == ""
        assert pressed.refused(*(("save",) if finished else _ACTING)), pressed.answers
        assert finished or (after.contents, after.refs) == (before.contents, before.refs), "something was done"
        assert finished or await in_thread(_branches, ground.bare) == server, "something was pushed"
    assert all(pressed.answers[button] == "" for button in _READING), pressed.answers


async def _made(place: Place, state: State) -> Path:
    """The folder, set up and published; the server's copy of it."""
    at = place.author.folder(NAME)
    (at / "churn.ipynb").write_text(notebook("load()", "fit()"))
    if state.maker == "somebody":
        for arguments in (
            ("init", "--quiet", "-b", "main"),
            ("add", "churn.ipynb", "features.py"),
            ("commit", "-qm", "x"),
        ):
            await in_thread(plain, at, *arguments)
    last = await place.author.press(NAME)
    assert last["receipt"]["published"], last
    (at / "features.py").write_text("second = 1\n")
    assert (await place.author.save(NAME))["receipt"]["published"]
    return Path(await in_thread(server_copy, place.repositories, last["receipt"]["commit"]))


def _unpacked(at: Path) -> None:
    """The same folder as it comes out of an archive."""
    packed = at.with_name(f"{at.name}.packed")
    shutil.copytree(at, packed, symlinks=True)
    shutil.rmtree(at)
    packed.rename(at)


def _branches(bare: Path) -> list[str]:
    return plain(bare, "for-each-ref", "--format=%(refname) %(objectname)").split("\n")


def _rewritten(bare: Path, before: list[str]) -> list[str]:
    """Branches whose commits of before are not in them any more."""
    now = dict(line.split() for line in _branches(bare))
    pairs = [line.split() for line in before]
    return [
        name
        for name, commit in pairs
        if name not in now or plain(bare, "merge-base", now[name], commit, check=False) != commit
    ]


def _killed(place: Place, state: State) -> None:
    """Press a button in a process that is killed, with everything it started, at some moment."""
    delay = str(random.Random(f"{SEED}{state}").uniform(0.05, 0.9))
    base = f"http://127.0.0.1:{place.author.service.port}{PREFIX}"
    command = [sys.executable, "-c", _KILLED, str(place.author.home), base, state.kill, NAME, delay]
    environment = {**os.environ, "TOKEN": people.DANA, "HOME": str(place.author.home)}
    ended = subprocess.run(
        command,
        env=environment,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode in (-signal.SIGKILL, 0, 1), ended.stderr[-500:]


async def test_a_branch_of_ones_own_goes_to_that_branch(author: Author) -> None:
    at = author.folder()
    first = (await author.press())["receipt"]
    assert first["branch"] == "main"
    await asyncio.to_thread(plain, at, "checkout", "--quiet", "-b", "dana/idea")
    (at / "features.py").write_text("idea = 1\n")
    receipt = (await author.save("churn"))["receipt"]
    assert (receipt["branch"], receipt["published"]) == ("dana/idea", True)
    heads = await author.heads()
    assert f"{receipt['commit']}\trefs/heads/dana/idea" in heads
    assert f"{first['commit']}\trefs/heads/main" in heads
    assert (await author.setup.status("churn"))["unpushed"] == 0


async def test_a_clone_checks_out_a_branch_also_where_the_server_has_no_main(author: Author, tmp_path: Path) -> None:
    at = author.folder()
    for arguments in (("init", "--quiet", "-b", "dana/idea"), ("add", "features.py"), ("commit", "-qm", "x")):
        await asyncio.to_thread(plain, at, *arguments)
    receipt = (await author.press())["receipt"]
    assert (receipt["branch"], receipt["published"]) == ("dana/idea", True)
    url = author.url("git/user/dana/churn")
    assert await _cloned(author, url, tmp_path / "one") == ("dana/idea", receipt["commit"])
    await author.git("push", "--quiet", "origin", "HEAD:another")
    assert await _cloned(author, url, tmp_path / "two") == ("dana/idea", receipt["commit"]), "it stays"
    shutil.rmtree(at)
    (at / "empty").mkdir(parents=True)
    again = (await author.press())["receipt"]
    assert (again["branch"], again["published"]) == ("dana/idea", True)
    assert receipt["commit"] in (await author.git("log", "--format=%H")).stdout
    assert (at / "features.py").is_file(), "a home that was wiped gets its versions back"
    await author.git("push", "--quiet", "origin", "HEAD:main")
    assert (await _cloned(author, url, tmp_path / "three"))[0] == "main"


async def _cloned(author: Author, url: str, to: Path) -> tuple[str, str]:
    """The branch and the commit that somebody gets."""
    ran = await author.git("clone", "--quiet", url, str(to), at=author.home)
    assert (ran.returncode, ran.stderr) == (0, "")
    return plain(to, "branch", "--show-current"), plain(to, "rev-parse", "HEAD")
