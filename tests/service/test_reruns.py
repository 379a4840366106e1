"""What arrives is run again: who waits for what, what becomes of a run whose worker dies, and what is kept of its result."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.core.review.due_runs.models import (
    MOST_FAILURES,
    DueRun,
    DueRunResult,
    RunKind,
    RunOutcome,
    RunState,
)
from enablement_ext.core.review.due_runs.trials import Trial
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.background.rerunning import RerunOptions
from enablement_ext.service.reruns.process import COMMAND
from enablement_ext.service.use_cases import due_runs
from tests.polling import PATIENCE, until_async
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running
from tests.service.rerun_kills import PYTHON, Killing, environments, released

T = TypeVar("T")
LEASE = timedelta(seconds=30)
SAME = DueRunResult(RunOutcome.SAME, line="1 of 1 cells the same")


@asynccontextmanager
async def rerunning(options: RerunOptions | None = None, *, installed: bool = True) -> AsyncIterator[Service]:
    """A service in which everything that arrives is run again; nothing is before somebody wakes it."""
    chosen = ServiceOptions(KEY, reruns=options or RerunOptions(interval=0.2))
    made = environments() if installed else MemoryEnvironments(PYTHON)
    async with running(MemoryReviewStore(), MemoryArtifactStore(), chosen, environments=made) as service:
        service.hub.put_image("dana", "", replace(people.IMAGE, digest=released().digest, python=PYTHON))
        yield service


@pytest.fixture
async def queue() -> AsyncIterator[Service]:
    """A service whose workers rest, so that the tests take runs themselves."""
    async with rerunning(RerunOptions(interval=3600)) as service:
        service.context.rerunning.stop()
        yield service


def newest(service: Service, number: int = 1, version: int = 1) -> DueRun:
    with service.context.review.store.read() as reader:
        found = reader.latest_due_run(number, version, RunKind.RERUN)
    assert found is not None
    return found


def take(service: Service) -> DueRun | None:
    found = due_runs.take_next(service.context.review, (), LEASE)
    assert not isinstance(found, Trial)
    return found


def taken(service: Service) -> DueRun:
    found = take(service)
    assert found is not None
    return found


async def test_what_arrives_is_due_and_its_next_version_takes_its_place(queue: Service) -> None:
    sent = await queue.sent()
    assert newest(queue).state is RunState.QUEUED
    working = taken(queue)
    changed = SubmissionDraft(notebook(cell("load", "x = 2")), more={"stamp": sent["stamp"]})
    assert (await queue.send(changed, number=1)).status == 201
    assert newest(queue).result == DueRunResult(RunOutcome.CANCELLED, due_runs.SUPERSEDED)
    assert not due_runs.keep_alive(queue.context.review, working, LEASE, (1, 2))
    assert not due_runs.store_result(queue.context.review, working, SAME)
    assert newest(queue, version=2).state is RunState.QUEUED
    stamp = (await queue.submission(1))["stamp"]
    await queue.post("/api/v1/submissions/1/withdraw", people.DANA, {"stamp": stamp})
    assert newest(queue, version=2).result == DueRunResult(RunOutcome.CANCELLED, due_runs.WITHDRAWN)
    assert await queue.kinds(1) == [
        "sent", "rerun_started", "version_sent", "rerun_ended", "rerun_ended", "withdrawn",
    ]  # fmt: skip


async def test_nobody_takes_what_is_taken_and_a_lost_one_is_taken_again(queue: Service) -> None:
    await queue.sent()
    first = taken(queue)
    assert take(queue) is None
    queue.clock.advance(LEASE / 2)
    assert due_runs.keep_alive(queue.context.review, first, LEASE, (1, 2))
    queue.clock.advance(LEASE / 2 + timedelta(seconds=1))
    assert take(queue) is None
    for attempt in range(2, MOST_FAILURES + 1):
        queue.clock.advance(LEASE + timedelta(seconds=1))
        assert take(queue) is None  # it is put back, and due after a while
        queue.clock.advance(timedelta(minutes=5))
        assert taken(queue).attempt == attempt
    assert not due_runs.store_result(queue.context.review, first, SAME)
    queue.clock.advance(LEASE + timedelta(seconds=1))
    assert take(queue) is None
    assert newest(queue).result == DueRunResult(RunOutcome.DIED, "worker-died")
    assert (await queue.kinds(1)).count("rerun_ended") == 1


async def test_a_result_is_stored_once(queue: Service) -> None:
    await queue.sent()
    working = taken(queue)
    assert due_runs.store_result(queue.context.review, working, SAME)
    assert not due_runs.store_result(queue.context.review, working, replace(SAME, line="another"))
    due_runs.give_up(queue.context.review, working, "worker-died")
    assert newest(queue).result == SAME


FILES = {"work/data.csv": b"a,b\n1,2\n", "other/beside.txt": b"x"}
CELLS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "identical": ("print(open('data.csv').read())", [{"output_type": "stream", "name": "stdout", "text": "a,b\n1,2\n\n"}]),
    "not-as-sent": ("print(6 * 7)", [{"output_type": "stream", "name": "stdout", "text": "41\n"}]),
    "differs-each-time": ("import os; print(os.urandom(9).hex())", [{"output_type": "stream", "name": "stdout", "text": "0\n"}]),
    "needs-resource": ("open('gone.csv')", []),
    "error": ("1 / 0", []),
}  # fmt: skip


def ended(service: Service, number: int = 1) -> DueRun | None:
    run = newest(service, number)
    return None if run.is_open else run


async def end_of(service: Service, number: int = 1) -> DueRun:
    return await seen(lambda: ended(service, number), "the run has ended")


async def seen(condition: Callable[[], T | None], what: str) -> T:
    """Wait for what another thread or process does."""

    async def look() -> T | None:
        return condition()

    return await until_async(look, within=PATIENCE, what=what)


@pytest.mark.slow
async def test_a_notebook_is_run_in_its_environment_and_every_cell_gets_its_verdict() -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    parts = f"print({secret[:10]!r} + {secret[10:]!r})"
    shown = [cell(name, source, outputs) for name, (source, outputs) in CELLS.items()]
    above = {"output_type": "stream", "name": "stdout", "text": "x\n"}
    shown.append(cell("above", "print(open('../other/beside.txt').read())", [above]))
    draft = SubmissionDraft(notebook(*shown, cell("secret", parts)), files=FILES)
    async with rerunning() as service:
        assert (await service.send(draft)).status == 201
        run = await end_of(service)
        assert run.result is not None
        assert (run.result.outcome, run.result.reason, run.attempt) == (RunOutcome.DIFFERS, "", 1)
        found = json.loads(run.result.document)
        assert {each["id"]: each["verdict"] for each in found["cells"]} == {
            **{name: name for name in CELLS},
            "above": "identical",
            "secret": found["cells"][-1]["verdict"],
        }
        assert len(found["runs"]) == 2
        assert "2 of 7 cells the same" in run.result.line
        assert "image datascience 2026.11.0" in run.result.line
        stored = service.context.review.artifacts.get(run.result.notebook).decode()
        assert "42" in stored
        assert found["cells"][-1]["withheld"]
        assert secret not in stored + run.result.document + run.result.line
        path = "/api/v1/submissions/1/versions/1/rerun"
        told = (await service.get(path, people.REMY)).json
        assert (told["on"], told["state"], told["run"]["line"]) == (True, "ended", run.result.line)
        assert told["verdict"] == found
        again = (await service.get(f"{path}/cells/1", people.DANA)).json
        assert again["outputs"][0]["text"] == "42\n"
        assert service.context.rerunning.opened.now() == set()
        assert (await service.post(path, people.DANA, {})).status == 201
        assert (await service.get(path, people.REMY)).json["state"] != "ended"
        assert service.context.rerunning.opened.now() == {(1, 1)}


@pytest.mark.slow
async def test_a_worker_that_is_killed_costs_a_while_and_no_result() -> None:
    waits = notebook(cell("a", "import time\nfor _ in range(20): time.sleep(.1)\nprint(1)"))
    async with rerunning(RerunOptions(interval=0.2, beat=0.1)) as service:
        await service.send(SubmissionDraft(waits))
        await seen(lambda: newest(service).state is RunState.RUNNING and list(workers()), "it is being run")
        for pid in workers():
            os.kill(pid, signal.SIGKILL)
        await seen(lambda: newest(service).failures == 1, "its death was noticed")
        assert newest(service).state is RunState.QUEUED
        service.clock.advance(timedelta(minutes=5))
        run = await end_of(service)
        assert (run.attempt, run.failures) == (2, 1)
        assert run.result is not None
        assert run.result.outcome is RunOutcome.DIFFERS
        assert (await service.kinds(1)).count("rerun_ended") == 1


@pytest.mark.slow
async def test_one_that_is_cancelled_stops_and_one_that_takes_too_much_has_a_name() -> None:
    async with rerunning(RerunOptions(interval=0.2, beat=0.1)) as service:
        await service.send(SubmissionDraft(notebook(cell("a", "while True: pass"))))
        await seen(lambda: newest(service).state is RunState.RUNNING and list(workers()), "it is being run")
        path = "/api/v1/submissions/1/versions/1/rerun"
        assert (await service.post(path, people.REMY, {})).status == 409
        cancelled = await service.post(f"{path}/cancel", people.REMY, {})
        assert (cancelled.json["state"], cancelled.json["run"]["reason"]) == ("ended", due_runs.ASKED)
        assert (await service.post(f"{path}/cancel", people.DANA, {})).status == 409
        await service.send(SubmissionDraft(notebook(cell("a", "import os; os._exit(3)"))))
        run = await end_of(service, 2)
        assert run.result is not None
        assert (run.result.outcome, run.result.reason) == (RunOutcome.DIED, "kernel-died")
        assert newest(service).result == DueRunResult(RunOutcome.CANCELLED, due_runs.ASKED)


@pytest.mark.slow
async def test_where_there_is_no_sandbox_nothing_is_run_and_it_says_so() -> None:
    async with rerunning(RerunOptions(interval=0.2, command=("env", "PATH=/nonexistent", *COMMAND))) as service:
        await service.sent()
        run = await end_of(service)
        assert run.result is not None
        assert (run.result.outcome, run.result.reason, run.result.document) == (RunOutcome.NOT_RUN, "sandbox-off", "")
        assert "bubblewrap" in run.result.line


async def test_an_image_that_is_not_on_this_machine_is_not_run() -> None:
    async with rerunning(installed=False) as service:
        await service.sent()
        run = await end_of(service)
        assert run.result is not None
        assert (run.result.outcome, run.result.reason) == (RunOutcome.NOT_RUN, "environment-missing")
        service.hub.put_image("dana", "", replace(people.IMAGE, release="2020.1.0"))
        await service.send(SubmissionDraft(notebook(cell("a", "x = 3"))))
        assert (await end_of(service, 2)).result == DueRunResult(
            RunOutcome.NOT_RUN, "image-unknown", "Its image datascience 2020.1.0 is not in the catalog of this hub."
        )


@pytest.mark.slow
def test_whatever_is_killed_every_run_ends_once(tmp_path: Path) -> None:
    """A sample; `make run-kills` has as many as one likes."""
    found = Killing(tmp_path, runs=3, seed=20261201, kills=3).carry_out()
    assert found.total() == 3


def workers() -> Iterator[int]:
    """The re-running processes of this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"reruns.app" in (folder / "cmdline").read_bytes():
                yield int(folder.name)
        except (OSError, ValueError, IndexError):
            continue
