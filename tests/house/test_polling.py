"""`until` keeps what it promises, and no other loop of the tests and benchmarks sleeps until something is so."""

from __future__ import annotations

import ast
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.polling import PATIENCE, NotWithin, until, until_async

ROOT = Path(__file__).parents[2]
SLEEPS = ("sleep", "wait_for_timeout")
# Loops that sleep for another reason than to wait: they keep a pace, look on, or disturb.
SLEEPING_LOOPS = {
    "bench/door.py": 1,  # asks at a set pace
    "bench/pace.py": 1,  # sends at a set pace
    "tests/browser/person.py": 1,  # scrolls as fast as a reader
    "tests/git/test_faults.py": 1,  # looks at every process while a push runs
    "tests/git/test_forge_client.py": 1,  # a forge that answers drop by drop
    "tests/git/test_forge_secrets.py": 1,  # looks at every process while a push runs
    "tests/helm/test_backup.py": 1,  # backups are named by the second
    "tests/lab/test_sending.py": 1,  # a file that grows
    "tests/polling.py": 2,
    "tests/replicas/proxy.py": 1,  # asks its replicas whether they are ready, for as long as it runs
    "tests/service/test_accepting.py": 1,  # lets the event loop turn a given number of times
    "tests/service/test_hub_directory.py": 1,  # lets the loop's own time go by
}


def test_the_first_true_value_is_returned() -> None:
    numbers = count()
    assert until(lambda: next(numbers), within=PATIENCE, what="a number that is not zero") == 1


async def test_the_first_true_value_of_a_coroutine_is_returned_while_others_go_on() -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, told.set)

    async def said() -> str:
        return "told" if told.is_set() else ""

    assert await until_async(said, within=PATIENCE, what="somebody tells") == "told"


def test_a_broken_connection_is_not_yet() -> None:
    answers = iter([ConnectionRefusedError("nobody there"), None])

    def ask() -> bool:
        if broken := next(answers):
            raise broken
        return True

    assert until(ask, within=PATIENCE, what="an answer")


def test_in_vain_says_what_was_waited_for_and_what_was_seen_last(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("no room at the inn")
    with pytest.raises(NotWithin, match=r"(?s)the inn opens: not within 0.05 s; seen last: 0\n.*no room at the inn"):
        until(lambda: 0, within=0.05, what="the inn opens", log=log)

    async def refused() -> bool:
        raise ConnectionRefusedError("nobody there")

    with pytest.raises(NotWithin, match=r"the door: not within 0.05 s; seen last: ConnectionRefusedError"):
        asyncio.run(until_async(refused, within=0.05, what="the door"))


def test_nobody_waits_for_a_process_that_has_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    with pytest.raises(NotWithin, match="the inn opens: the process ended with 7"):
        until(lambda: False, within=PATIENCE, what="the inn opens", process=process)


def test_other_faults_are_not_waited_out() -> None:
    with pytest.raises(ZeroDivisionError):
        until(lambda: 1 // 0, within=PATIENCE, what="a number")


def test_no_other_loop_sleeps_until_something_is_so() -> None:
    found = {}
    for path in [*ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")]:
        text = path.read_text()
        if any(name in text for name in SLEEPS) and (many := len(list(_sleeping_loops(ast.parse(text))))):
            found[path.relative_to(ROOT).as_posix()] = many
    assert found == SLEEPING_LOOPS


def _sleeping_loops(tree: ast.Module) -> Iterator[ast.stmt]:
    for loop in ast.walk(tree):
        if isinstance(loop, ast.While | ast.For | ast.AsyncFor) and any(map(_sleeps, ast.walk(loop))):
            yield loop


def _sleeps(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in SLEEPS
