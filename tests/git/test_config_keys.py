"""A canary in every key of a repository's configuration, every button pressed: none is run, none is read, nobody is contacted.

A sample in the suite; all of them with `make git-keys`, or the second of four parts of them with `ENABLEMENT_GIT_KEYS=2/4`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from enablement_ext.core.git.config_keys import unknown_setting
from tests.git.buttons import Canary, Foreign, foreign_server, in_thread, plain, press_all
from tests.git.config_keys import every_key
from tests.git.conftest import Author
from tests.git.parts import asked_for
from tests.git.watching import watched

SEED, SAMPLE, TOGETHER = 1233, 60, 20
# Those that would run something at once are always in the sample.
_ALWAYS = (
    "log.showSignature",
    "gpg.program",
    "core.fsmonitor",
    "filter.enablement.process",
    "include.path",
    "core.hooksPath",
    "trace2.eventTarget",
)
# With these Git itself may stop before it looks at another one.
_ALONE = re.compile(r"core\.(repositoryformatversion|bare|worktree)|extensions\..*", re.IGNORECASE)


def batches() -> list[list[str]]:
    """Keys that are set together: of all or a part where that is asked for, else of a sample that is always the same."""
    mixed, every = random.Random(SEED), every_key()
    found = asked_for("ENABLEMENT_GIT_KEYS", every, sorted({*mixed.sample(every, SAMPLE), *_ALWAYS}))
    alone, others = [key for key in found if _ALONE.fullmatch(key)], [key for key in found if not _ALONE.fullmatch(key)]
    mixed.shuffle(others)
    return [*([key] for key in alone), *(others[at : at + TOGETHER] for at in range(0, len(others), TOGETHER))]


def test_there_are_many_keys() -> None:
    found = every_key()
    assert len(found) > 700
    assert {
        "filter.x.process",
        "gpg.program",
        "trailer.x.command",
        "tar.x.command",
        "url.http://127.0.0.1/.insteadOf",
    } <= set(found)
    assert not any("<" in key or key.endswith("*") for key in found)


def test_what_names_a_program_or_a_place_is_not_in_the_list() -> None:
    """Of all keys, those that may have any value at all are names, descriptions, and addresses that nobody goes to."""
    free = {key for key in every_key() if not unknown_setting(((key.lower(), "/home/dana/canary.sh"),))}
    kinds = {re.sub(r"^(branch|remote)\..*\.", r"\1.", key.lower()) for key in free}
    assert kinds == {
        *("branch.description", "branch.rebase", "branch.remote", "remote.url"),
        *("init.defaultbranch", "user.email", "user.name"),
    }


@pytest.mark.slow
@pytest.mark.timeout(900)  # a few folders, on a machine that is busy
@pytest.mark.parametrize("keys", batches(), ids=lambda keys: f"{keys[0]} and {len(keys) - 1} more")
async def test_no_key_of_a_repository_steers_anything(author: Author, tmp_path: Path, keys: list[str]) -> None:
    canary = Canary(tmp_path)
    canary.prepare()
    included = tmp_path / "included"
    included.write_text(f"[core]\n\tpager = {canary.program}\n\tfsmonitor = {canary.program}\n")
    with foreign_server() as foreign, watched(canary.program, included) as opened:
        for program in (True, False):
            at = await _folder(author, "programs" if program else "places")
            first = await in_thread(plain, at, "rev-list", "--max-parents=0", "HEAD")
            for key in keys:
                await in_thread(_set, at, key, _value(key, canary, included, None if program else foreign))
            opened()
            await press_all(author, at.name, first)
            assert not _noticed(canary, foreign, opened), keys


async def _folder(author: Author, name: str) -> Path:
    """One that is set up, with a change."""
    at = author.folder(name)
    last = await author.press(name)
    assert last["receipt"]["published"], last
    (at / ".gitattributes").open("a").write("*.txt filter=x diff=x merge=x\n")
    (at / "features.py").write_text("number = 1\n")
    return at


def _value(key: str, canary: Canary, included: Path, foreign: Foreign | None) -> str:
    """A program, or a file for what includes; the second time an address, or what switches something on that then needs a program."""
    name = key.lower()
    if name.startswith("include"):
        return str(included)
    if foreign is None or name in ("gpg.program", "core.fsmonitor"):
        return str(canary.program)
    return "true" if name.endswith(("signature", "gpgsign")) else f"{foreign.url}/x"


def _set(at: Path, key: str, value: str) -> None:
    """Written as it is: Git itself refuses some values."""
    section, _, name = key.rpartition(".")
    head, _, inner = section.partition(".")
    shown = f'[{head} "{inner}"]' if inner else f"[{head}]"
    with (at / ".git/config").open("a") as config:
        config.write(f"{shown}\n\t{name} = {value}\n")


def _noticed(canary: Canary, foreign: Foreign, opened: Callable[[], int]) -> list[str]:
    """What happened that must not."""
    happened = (("run", canary.mark.exists()), ("read", opened() > 0), ("contacted", foreign.visits > 0))
    return [what for what, true in happened if true]


@pytest.mark.slow
async def test_the_canaries_would_be_noticed(author: Author, tmp_path: Path) -> None:
    """Git itself, in the same repository, runs, reads and contacts what these keys name."""
    canary = Canary(tmp_path)
    canary.prepare()
    at = await _folder(author, "churn")
    with foreign_server() as foreign, watched(canary.program) as opened:
        await in_thread(_set, at, "core.fsmonitor", str(canary.program))
        await in_thread(_set, at, "url.http://127.0.0.1/.x", "x")
        await in_thread(_set, at, "remote.evil.url", f"{foreign.url}/x")
        await author.git("status", at=at)
        await author.git("ls-remote", "evil", at=at)
        assert _noticed(canary, foreign, opened) == ["run", "read", "contacted"]
