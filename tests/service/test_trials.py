"""An author tries what would be sent: who sees it, what is kept of it, who waits for whom, and what becomes of the verdict when it is sent."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, RunKind, RunOutcome, RunState
from enablement_ext.core.review.due_runs.trials import KEPT, MOST_OPEN, SERVICE_STOPPED, TRIED, Trial
from enablement_ext.core.review.models import Principal
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.background.rerunning import RerunOptions
from enablement_ext.service.use_cases import due_runs
from enablement_ext.service.use_cases.trials import asking, working
from tests.adapters.sandbox.test_ends import children
from tests.adapters.sandbox.test_leftovers import runs
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, TAR, Reply, Service, running
from tests.service.rerun_kills import PYTHON, released
from tests.service.test_reruns import rerunning, seen, workers

LEASE = timedelta(seconds=30)
DANA = Principal("dana", frozenset(), frozenset())
SAME = DueRunResult(RunOutcome.SAME, line="2 of 2 cells the same", document='{"cells":[]}')
DRAFT = SubmissionDraft(files={"work/data.csv": b"a\n"})


@pytest.fixture
async def queue() -> AsyncIterator[Service]:
    """A service whose workers rest, so that the tests take trials themselves."""
    async with rerunning(RerunOptions(interval=3600)) as service:
        service.hub.put_image("olga", "", people.IMAGE)
        service.context.rerunning.stop()
        yield service


async def try_it(service: Service, draft: SubmissionDraft = DRAFT, token: str = people.DANA) -> Reply:
    return await service.ask("POST", "/api/v1/trials", token, draft.bundle(), {"Content-Type": TAR})


async def view(service: Service, token: str = people.DANA, path: str = DRAFT.path) -> dict[str, Any]:
    reply = await service.get(f"/api/v1/trials?path={path}", token)
    assert reply.status == 200
    found: dict[str, Any] = reply.json
    return found


def take(service: Service) -> DueRun | Trial | None:
    return due_runs.take_next(service.context.review, (), LEASE, service.context.rerunning.trials.holder)


def taken(service: Service) -> Trial:
    found = take(service)
    assert isinstance(found, Trial)
    return found


def newest(service: Service, number: int = 1) -> DueRun:
    with service.context.review.store.read() as reader:
        found = reader.latest_due_run(number, 1, RunKind.RERUN)
    assert found is not None
    return found


async def test_a_second_press_shows_the_first_trial_and_nobody_else_sees_it(queue: Service) -> None:
    first = await try_it(queue)
    assert (first.status, first.json["state"], first.json["on"]) == (201, "queued", True)
    second = await try_it(queue, replace(DRAFT, notebook=notebook(cell("a", "x = 5"))))
    assert (second.status, second.json["run"]["id"]) == (200, first.json["run"]["id"])
    assert (await view(queue))["run"] == first.json["run"]
    assert (await view(queue, people.OLGA))["state"] == "none"
    cancel = {"id": first.json["run"]["id"]}
    assert (await queue.post("/api/v1/trials/cancel", people.OLGA, cancel)).status == 404
    ended = await queue.post("/api/v1/trials/cancel", people.DANA, cancel)
    assert (ended.json["state"], ended.json["run"]["reason"]) == ("ended", "asked")
    assert (await queue.post("/api/v1/trials/cancel", people.DANA, cancel)).status == 409
    assert take(queue) is None
    assert queue.context.review.store.latest_seq() in (0, None)
    assert (await queue.get("/api/v1/submissions?filter=sent", people.DANA)).json["items"] == []


async def test_what_may_not_be_sent_may_not_be_tried(queue: Service) -> None:
    secret = "password = 'ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'"
    refused = await try_it(queue, SubmissionDraft(notebook(cell("a", secret))))
    assert (refused.status, refused.code) == (422, "secret-found")
    assert (await try_it(queue, replace(DRAFT, path="data.csv"))).code == "bad-answers"
    assert (await try_it(queue, token=people.NO_SCOPES)).status == 403
    for number in range(MOST_OPEN):
        assert (await try_it(queue, replace(DRAFT, path=f"{number}.ipynb"))).status == 201
    full = await try_it(queue)
    assert (full.status, full.code) == (429, "runs-full")
    queue.context.rerunning.trials.most_bytes = 1
    assert (await try_it(queue, token=people.OLGA)).code == "runs-full"
    assert len(queue.context.rerunning.trials.ids()) == MOST_OPEN


async def test_where_nothing_is_run_it_says_why() -> None:
    async with running(MemoryReviewStore(), MemoryArtifactStore()) as service:
        assert (await try_it(service)).code == "reruns-off"
        found = await view(service)
        assert (found["on"], found["off_because"], found["run"]) == (False, "switched-off", None)


async def test_people_take_turns_whether_they_send_or_try(queue: Service) -> None:
    await queue.sent()
    await try_it(queue, replace(DRAFT, path="another.ipynb"))
    await try_it(queue, token=people.OLGA)
    first = take(queue)
    assert isinstance(first, DueRun)
    assert taken(queue).author == "olga"
    assert taken(queue).path == "another.ipynb"
    await queue.sent(SubmissionDraft(notebook(cell("a", "x = 2"))))
    opened = due_runs.take_next(queue.context.review, ((2, 1),), LEASE, queue.context.rerunning.trials.holder)
    assert isinstance(opened, DueRun)


async def test_the_verdict_of_a_trial_is_that_of_what_is_sent(queue: Service) -> None:
    context = queue.context.review
    await try_it(queue)
    trial = taken(queue)
    queue.clock.advance(timedelta(minutes=3))
    assert working.keep_alive(context, trial, LEASE, (2, 2))
    assert working.store_result(context, trial, SAME, notebook())
    tried_at = context.clock.now()
    assert not working.store_result(context, trial, replace(SAME, line="another"), notebook())
    assert (await view(queue))["verdict"] == json.loads(SAME.document)
    queue.clock.advance(timedelta(hours=1))
    await queue.sent(DRAFT)
    run = newest(queue)
    assert run.result is not None
    assert (run.state, run.ended_at, run.result.reason) == (RunState.ENDED, tried_at, TRIED)
    assert context.artifacts.get(run.result.notebook) == notebook()
    assert (await queue.kinds(1)) == ["sent", "rerun_ended"]
    assert (await view(queue))["verdict"] is None
    assert (await queue.post("/api/v1/submissions/1/versions/1/rerun", people.DANA, {})).status == 201


@pytest.mark.parametrize("why", ["other files", "other limits", "did not end", "too old", "somebody else"])
async def test_another_verdict_is_not_used(queue: Service, why: str) -> None:
    context = queue.context.review
    token = people.OLGA if why == "somebody else" else people.DANA
    await try_it(queue, token=token)
    died = DueRunResult(RunOutcome.DIED, "out-of-memory", "died", SAME.document)
    working.store_result(context, taken(queue), died if why == "did not end" else SAME, notebook())
    if why == "other limits":
        object.__setattr__(context, "run_limits", replace(context.run_limits, pids=17))
    if why == "too old":
        queue.clock.advance(KEPT + timedelta(seconds=1))
        assert (await view(queue))["state"] == "none"
    await queue.sent(replace(DRAFT, files={"work/data.csv": b"b\n"}) if why == "other files" else DRAFT)
    assert newest(queue).state is RunState.QUEUED


async def test_sending_takes_the_place_of_a_trial_that_goes_on(queue: Service) -> None:
    await try_it(queue)
    trial = taken(queue)
    await queue.sent(DRAFT)
    assert (await view(queue))["run"]["reason"] == due_runs.SENT
    assert not working.keep_alive(queue.context.review, trial, LEASE, (1, 2))
    assert newest(queue).state is RunState.QUEUED


async def test_a_trial_ends_when_the_process_that_has_it_is_gone(queue: Service) -> None:
    context, held = queue.context.review, queue.context.rerunning.trials
    await try_it(queue)
    queue.clock.advance(asking.LEASE / 2)
    working.look_after(context, held, asking.LEASE)
    queue.clock.advance(asking.LEASE / 2 + timedelta(seconds=1))
    other = replace(held, holder="another")
    working.look_after(context, other, asking.LEASE)
    assert (await view(queue))["state"] == "queued"
    queue.clock.advance(asking.LEASE)
    working.look_after(context, other, asking.LEASE)
    assert (await view(queue))["run"]["reason"] == SERVICE_STOPPED
    working.look_after(context, held, asking.LEASE)
    assert held.ids() == []
    await try_it(queue)
    working.end_all(context, held)
    assert ((await view(queue))["run"]["reason"], held.ids()) == (SERVICE_STOPPED, [])


@pytest.mark.slow
async def test_a_trial_is_run_as_a_version_is_and_leaves_nothing() -> None:
    shown = [{"output_type": "stream", "name": "stdout", "text": "a\n\n"}]
    source = "print(open('data.csv').read()); open('made.txt', 'w').write('x'); None"
    draft = replace(DRAFT, notebook=notebook(cell("a", source, shown), cell("b", "1 / 0")))
    async with rerunning(RerunOptions(interval=0.2, beat=0.1)) as service:
        assert (await try_it(service, draft)).status == 201

        def outcome() -> Trial | None:
            found = asking.latest(service.context.review, DANA, draft.path)
            return None if found is None or found.is_open else found

        trial = await seen(outcome, "the trial has ended")
        assert trial.result is not None
        found = json.loads(trial.result.document)
        assert [each["verdict"] for each in found["cells"]] == ["identical", "error"]
        assert [each["path"] for each in found["runs"][0]["files"]] == ["work/made.txt"]
        await seen(lambda: not service.context.rerunning.trials.ids(), "nothing is kept of it")
        await service.sent(draft)
        assert newest(service).state is RunState.ENDED
        waits = replace(draft, notebook=notebook(cell("a", "while True: pass")))
        asked = (await try_it(service, waits)).json["run"]["id"]
        await seen(lambda: asked in service.context.rerunning.trials.ids() and list(workers()), "it is being run")
        assert (await service.post("/api/v1/trials/cancel", people.DANA, {"id": asked})).status == 200
        await seen(lambda: not service.context.rerunning.trials.ids(), "it was stopped")


async def test_metrics_say_what_waits_and_how_runs_ended(queue: Service) -> None:
    await queue.sent()
    await try_it(queue, token=people.OLGA)
    taken_run = take(queue)
    assert isinstance(taken_run, DueRun)
    queue.clock.advance(timedelta(seconds=90))
    document = json.dumps({"cells": [], "runs": [{"seconds": 3.0, "peak_bytes": 1 << 28}]})
    queue.context.rerunning.metrics.ended(replace(SAME, document=document), trial=False)
    queue.context.rerunning.metrics.ended(DueRunResult(RunOutcome.NOT_RUN, "whatever a notebook said"), trial=True)
    text = (await queue.get("/metrics")).body.decode()
    for line in (
        'enablement_runs_open{kind="version",state="running"} 1.0',
        'enablement_runs_open{kind="trial",state="queued"} 1.0',
        'enablement_runs_open{kind="version",state="queued"} 0.0',
        'enablement_runs_oldest_wait_seconds{kind="trial"} 90.0',
        'enablement_runs_ended_total{kind="version",outcome="same",reason=""} 1.0',
        'enablement_runs_ended_total{kind="trial",outcome="not-run",reason="other"} 1.0',
        'enablement_run_seconds_sum{kind="version"} 3.0',
        'enablement_run_peak_bytes_bucket{kind="version",le="2.68435456e+08"} 1.0',
    ):
        assert line in text.splitlines(), line


@pytest.mark.slow
async def test_a_kernel_stays_warm_for_the_next_run_until_its_release_goes(tmp_path: Path) -> None:
    (tmp_path / "release").symlink_to(Path(sys.prefix))
    made = MemoryEnvironments(PYTHON, str(tmp_path / "release" / "bin"))
    made.realise(released())
    options = ServiceOptions(KEY, reruns=RerunOptions(interval=0.2, beat=0.1, idle=3600))
    draft = replace(DRAFT, notebook=notebook(cell("a", "print(1)")))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), options, environments=made) as service:
        service.hub.put_image("dana", "", replace(people.IMAGE, digest=released().digest, python=PYTHON))
        assert (await try_it(service, draft)).status == 201
        await seen(lambda: not service.context.rerunning.trials.ids(), "the trial has ended")
        (worker,) = workers()
        warm = await seen(lambda: children(worker), "a kernel is warm, and nothing runs")
        assert list(workers()) == [worker]
        (tmp_path / "release").unlink()
        await seen(lambda: not list(workers()), "the process has ended")
        assert not any(map(runs, warm))
