"""A canary in every key of a repository's configuration, every button pressed: none is run, none is read, nobody is contacted.

A sample in the suite; all of them with `make git-keys`.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from enablement_ext.core.git.config_keys import unknown_setting
from enablement_ext.core.git.repository_names import repository_name
from tests.git.buttons import Canary, Foreign, foreign_server, in_thread, plain, press_all
from tests.git.config_keys import every_key
from tests.git.conftest import Author
from tests.git.watching import watched

SEED, SAMPLE, TOGETHER = 1233, 60, 20
_ALL = os.environ.get("ENABLEMENT_GIT_KEYS") == "all"
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
    """Keys that are set together: all of them where the whole is asked for, else a sample that is always the same."""
    mixed = random.Random(SEED)
    found = every_key() if _ALL else sorted({*mixed.sample(every_key(), SAMPLE), *_ALWAYS})
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
@pytest.mark.timeout(7200 if _ALL else 1800)
async def test_no_key_of_a_repository_steers_anything(author: Author, tmp_path: Path) -> None:
    canary = Canary(tmp_path)
    canary.prepare()
    included = tmp_path / "included"
    included.write_text(f"[core]\n\tpager = {canary.program}\n\tfsmonitor = {canary.program}\n")
    wrong, together = list[str](), batches()
    with foreign_server() as foreign, watched(canary.program, included) as opened:
        for number, keys in enumerate(together):
            for program in (True, False):
                author.service.clock.advance(timedelta(minutes=5))
                at = await _folder(author, number)
                first = await in_thread(plain, at, "rev-list", "--max-parents=0", "HEAD")
                for key in keys:
                    await in_thread(_set, at, key, _value(key, canary, included, None if program else foreign))
                opened()
                await press_all(author, at.name, first)
                wrong += _noticed(", ".join(keys), canary, foreign, opened)
    assert not wrong, f"{len(wrong)} of {len(together)} batches (seed {SEED}):\n" + "\n".join(wrong)


async def _folder(author: Author, number: int) -> Path:
    """One that is set up, with a change; the same one as long as nobody has taken it back."""
    name = f"k{number // 100}"
    at = author.home / name
    if not at.exists():
        author.folder(name)
    if not (at / ".git").exists():
        last = await author.press(name)
        assert last["receipt"]["published"], (repository_name(name), last)
        (at / ".gitattributes").open("a").write("*.txt filter=x diff=x merge=x\n")
    config = author.home / f"{name}.config"
    if not config.exists() or not (at / ".git/enablement-id").exists():
        config.write_bytes((at / ".git/config").read_bytes())
    (at / ".git/config").write_bytes(config.read_bytes())
    (at / "features.py").write_text(f"number = {number}\n")
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


def _noticed(keys: str, canary: Canary, foreign: Foreign, opened: Callable[[], int]) -> list[str]:
    found = [
        f"{keys} {what}"
        for what, true in (
            ("was run", canary.mark.exists()),
            ("was read", opened() > 0),
            ("was contacted", foreign.visits > 0),
        )
        if true
    ]
    canary.mark.unlink(missing_ok=True)
    foreign.visits = 0
    return found


@pytest.mark.slow
async def test_the_canaries_would_be_noticed(author: Author, tmp_path: Path) -> None:
    """Git itself, in the same repository, runs, reads and contacts what these keys name."""
    canary = Canary(tmp_path)
    canary.prepare()
    at = await _folder(author, 0)
    with foreign_server() as foreign, watched(canary.program) as opened:
        await in_thread(_set, at, "core.fsmonitor", str(canary.program))
        await in_thread(_set, at, "url.http://127.0.0.1/.x", "x")
        await in_thread(_set, at, "remote.evil.url", f"{foreign.url}/x")
        await author.git("status", at=at)
        await author.git("ls-remote", "evil", at=at)
        noticed = _noticed("x", canary, foreign, opened)
    assert [line.removeprefix("x ") for line in noticed] == ["was run", "was read", "was contacted"]
