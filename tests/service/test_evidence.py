"""What an approval needs of checks and runs, overrides of it, and what the decision page shows of them."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image, PngImagePlugin

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.core.checks.policy import read_policy
from enablement_ext.core.checks.registry import OWN, kinds_of
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, RunOutcome
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.ports import ReviewStore
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.background.rerunning import RerunOptions
from enablement_ext.service.use_cases import due_runs
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Reply, Service, form_of, running

RULES = """
version = 1
[requirements]
rerun = ["identical", "equivalent"]
checks = ["lint"]
override = ["rerun"]
override_days = 14
"""
WHY = "The data of June were corrected meanwhile."
OVERRIDE = {"why.rerun": WHY, "scope": "shown", "days": "7"}
LEASE = timedelta(minutes=5)


@asynccontextmanager
async def judging(rules: str = RULES, store: ReviewStore | None = None) -> AsyncIterator[Service]:
    """A service that runs again what arrives, by these rules; its workers rest, so that tests say how runs end."""
    policy = read_policy(rules, kinds_of(OWN))
    options = ServiceOptions(KEY, check_policy=policy, reruns=RerunOptions(interval=3600))
    environments = MemoryEnvironments("3.11")
    async with running(
        store or MemoryReviewStore(), MemoryArtifactStore(), options, environments=environments
    ) as service:
        service.context.rerunning.stop()
        yield service


@pytest.fixture
async def judge() -> AsyncIterator[Service]:
    async with judging() as service:
        yield service


def found(index: int, verdict: str, sentence: str = "") -> dict[str, object]:
    """A cell of a run's document."""
    more = {"step": "bytes", "differences": [], "more_differences": 0, "withheld": False}
    return {"cell": index, "id": f"c{index}", "verdict": verdict, "sentence": sentence, **more}


def end_run(service: Service, *verdicts: str, run: bytes = b"", sentence: str = "It shows 41 and not 42.") -> None:
    """The next run that is due ends with these verdicts; `run` is the notebook with what it showed."""
    cells = [found(index, verdict, sentence) for index, verdict in enumerate(verdicts)]
    same = set(verdicts) <= {"identical", "equivalent"}
    line = f"{sum(each == 'identical' for each in verdicts)} of {len(verdicts)} cells the same"
    document = json.dumps({"same": same, "line": line, "cells": cells, "runs": [], "sandbox": {}})
    stored = service.context.review.artifacts.put([canonicalise(run).data])[0] if run else ""
    store_end(service, DueRunResult(RunOutcome.SAME if same else RunOutcome.DIFFERS, "", line, document, stored))


def store_end(service: Service, result: DueRunResult) -> None:
    """The next run that is due ends so."""
    taken = due_runs.take_next(service.context.review, (), LEASE)
    assert isinstance(taken, DueRun)
    assert due_runs.store_result(service.context.review, taken, result)


async def run_again(service: Service, number: int) -> None:
    """Ask for another run."""
    reply = await service.post(f"/api/v1/submissions/{number}/versions/1/rerun", people.REMY, {})
    assert reply.status == 201


async def gates(service: Service, number: int) -> dict[str, tuple[str, str]]:
    """State and standing of what is required of checks and runs."""
    found = (await service.submission(number))["requirements"]
    return {each["key"]: (each["state"], each["facts"]["standing"]) for each in found if "standing" in each["facts"]}


async def approve(service: Service, number: int, **more: str) -> Reply:
    """Open the page and approve at once."""
    page = await service.page(number)
    assert page.status == 200
    return await service.decide(number, page, "approve", **more)


async def test_an_approval_waits_for_the_run_and_needs_it_to_come_out_as_the_rules_ask(judge: Service) -> None:
    number = (await judge.sent())["number"]
    assert await gates(judge, number) == {"rerun": ("unsatisfied", "under-way"), "check:lint": ("satisfied", "holds")}
    early = await approve(judge, number)
    assert (early.status, early.code) == (409, "requirements-open")
    assert b"still waiting to be run again" in early.body
    end_run(judge, "identical", "not-as-sent")
    assert (await gates(judge, number))["rerun"] == ("unsatisfied", "fails")
    refused = await approve(judge, number)
    assert refused.code == "requirements-open"
    assert b"cell 2 not as sent" in refused.body
    assert await judge.kinds(number) == ["sent", "rerun_started", "rerun_ended"]
    assert (await judge.submission(number))["decisions"] == []
    await run_again(judge, number)
    end_run(judge, "identical", "equivalent")
    assert (await approve(judge, number)).status == 200
    assert (await judge.submission(number))["state"] == "approved"


@pytest.mark.parametrize(
    ("result", "standing", "said"),
    [
        (DueRunResult(RunOutcome.NOT_RUN, "environment-missing", "Its image is not installed."), ("error", "cannot-be-made"), "Its image is not installed"),
        (DueRunResult(RunOutcome.DIED, "out-of-memory"), ("error", "broke-off"), "it took more memory than it may"),
        (DueRunResult(RunOutcome.CANCELLED, "asked"), ("unsatisfied", "not-made"), "somebody stopped the run"),
    ],
)  # fmt: skip
async def test_a_run_that_was_not_made_never_holds(
    judge: Service, result: DueRunResult, standing: tuple[str, str], said: str
) -> None:
    number = (await judge.sent())["number"]
    store_end(judge, result)
    assert (await gates(judge, number))["rerun"] == standing
    refused = await approve(judge, number)
    assert refused.code == "requirements-open"
    assert said in refused.body.decode()
    for verdict in ("request_changes", "reject"):
        page = await judge.page(number)
        assert (await judge.decide(number, page, verdict, reason="As the run says.")).status == 200


async def test_a_reviewer_overrides_with_a_reason_and_everybody_sees_it(store: ReviewStore) -> None:
    async with judging(store=store) as service:
        number = (await service.sent())["number"]
        end_run(service, "identical", "not-as-sent")
        page = (await service.page(number)).body.decode()
        assert 'name="why.rerun"' in page
        assert 'value="14"' in page
        assert 'value="30"' not in page, "no longer than the rules let it be"
        done = await approve(service, number, **OVERRIDE)
        assert done.status == 200
        assert b'data-overridden="1"' in done.body
        assert await service.kinds(number) == [
            "sent", "rerun_started", "rerun_ended", "requirement_overridden", "approved",
        ]  # fmt: skip
        for token in (people.DANA, people.REMY):
            gate = next(
                each for each in (await service.submission(number, token))["requirements"] if each["key"] == "rerun"
            )
            assert gate["state"] == "overridden"
            told = gate["facts"]["override"]
            assert (told["by"], told["reason"], told["scope"]) == ("remy", WHY, "shown")
        event = (await service.get(f"/api/v1/submissions/{number}/events", people.DANA)).json["events"][-2]
        assert (event["actor"], event["data"]["requirement"], event["data"]["reason"]) == ("remy", "rerun", WHY)
        assert (await service.submission(number))["state"] == "approved"
        with service.context.review.store.read() as reader:
            assert verify(reader.events_after(0, 1000), reader.chain_head()).intact


WRONG: Mapping[str, tuple[dict[str, str], int]] = {
    "what the rules do not let be overridden": ({"why.check:lint": WHY}, 403),
    "another requirement": ({"why.track:technical": WHY}, 403),
    "one that does not exist": ({"why.": WHY}, 403),
    "beside one that may be": ({**OVERRIDE, "why.check:lint": WHY}, 403),
    "for longer than the rules let it": ({**OVERRIDE, "days": "15"}, 400),
    "for ever": ({**OVERRIDE, "days": ""}, 400),
    "for no time": ({**OVERRIDE, "days": "0"}, 400),
    "for everything": ({**OVERRIDE, "scope": "all"}, 400),
    "with a reason that nobody can see": ({**OVERRIDE, "why.rerun": " \u200b\n"}, 409),
    "with a very long reason": ({**OVERRIDE, "why.rerun": "x" * 1001}, 400),
    "with a secret as its reason": ({**OVERRIDE, "why.rerun": "password = 'Tr0ub4dor&3xkcd9'"}, 422),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_override_is_refused_and_nothing_is_stored(judge: Service, name: str) -> None:
    more, status = WRONG[name]
    number = (await judge.sent(SubmissionDraft(notebook(cell("a", "x = 1\nx == None")))))["number"]
    end_run(judge, "error")
    assert (await gates(judge, number))["check:lint"] == ("unsatisfied", "fails")
    fields = {"scope": "shown", "days": "7", **more}
    refused = await approve(judge, number, **fields)
    assert refused.status == status, refused.body
    assert await judge.kinds(number) == ["sent", "rerun_started", "rerun_ended"]
    assert (await judge.submission(number))["decisions"] == []
    open_still = await approve(judge, number, **OVERRIDE)
    assert open_still.code == "requirements-open", "the other one is open"
    assert b"check lint found something" in open_still.body
    assert await judge.kinds(number) == ["sent", "rerun_started", "rerun_ended"]


async def test_what_became_known_since_the_page_was_opened_shows_it_again(judge: Service) -> None:
    number = (await judge.sent())["number"]
    for open_before, ends in ((True, ("identical", "not-as-sent")), (False, ("identical", "error"))):
        if not open_before:
            await run_again(judge, number)
        page = await judge.page(number)
        end_run(judge, *ends)
        again = await judge.decide(number, page, "approve", reason="Fine.", **OVERRIDE)
        assert again.status == 409
        shown = again.body.decode()
        assert 'id="again"' in shown
        assert WHY in shown
        assert "Fine." in shown
        assert "1 of 2 cells the same" in shown
        assert not [kind for kind in await judge.kinds(number) if kind in ("approved", "requirement_overridden")]
    done = await judge.decide(number, again, "approve", **OVERRIDE)
    assert done.status == 200, "the page that was shown again is good"


async def test_an_override_ends_with_what_it_was_for() -> None:
    policy = RULES + '[track.technical.requirements]\nrerun = ["identical"]\noverride = ["rerun"]\n'
    async with judging(policy) as service:
        number = (await service.sent())["number"]
        end_run(service, "not-as-sent")
        await approve(service, number, **OVERRIDE)
        assert (await gates(service, number))["rerun"][0] == "overridden"
        await run_again(service, number)
        assert (await gates(service, number))["rerun"] == ("unsatisfied", "under-way")
        end_run(service, "not-as-sent")
        assert (await gates(service, number))["rerun"][0] == "overridden", "it says the same again"
        service.clock.advance(timedelta(days=8))
        assert (await gates(service, number))["rerun"] == ("unsatisfied", "fails")


@pytest.mark.parametrize("scope", ["shown", "submission"])
async def test_an_override_of_which_its_maker_says_that_it_was_not_them_counts_no_more(
    judge: Service, scope: str
) -> None:
    number = (await judge.sent())["number"]
    end_run(judge, "error")
    assert (await approve(judge, number, **{**OVERRIDE, "scope": scope})).status == 200
    page = await judge.ask("GET", "/confirmations/1", headers=judge.session(people.REMY_BROWSER))
    body = urlencode(form_of(page)).encode()
    assert (
        await judge.ask("POST", "/confirmations/1", body=body, headers=judge.form(people.REMY_BROWSER))
    ).status == 200
    assert (await gates(judge, number))["rerun"] == ("unsatisfied", "fails")
    stamp = (await judge.submission(number))["stamp"]
    changed = SubmissionDraft(notebook(cell("a", "9")), more={"stamp": stamp})
    assert (await judge.send(changed, number=number)).status == 201
    assert (await gates(judge, number))["rerun"][0] == "unsatisfied"


async def test_an_override_for_later_versions_holds_for_them_and_one_for_this_does_not(judge: Service) -> None:
    for scope, state in (("shown", "unsatisfied"), ("submission", "overridden")):
        sent = await judge.sent(SubmissionDraft(notebook(cell("a", f"'{scope}'"))))
        end_run(judge, "error")
        assert (await approve(judge, sent["number"], **{**OVERRIDE, "scope": scope})).status == 200
        stamp = (await judge.submission(sent["number"]))["stamp"]
        changed = SubmissionDraft(notebook(cell("a", f"'{scope} again'")), more={"stamp": stamp})
        assert (await judge.send(changed, number=sent["number"])).status == 201
        assert (await gates(judge, sent["number"]))["rerun"] == (state, "under-way")
        end_run(judge, "identical")


async def test_nothing_is_overridden_with_a_server_s_token(judge: Service) -> None:
    """The routes of the API have none for it, and a form without the page's session and ticket is refused; whoever comments cannot either."""
    number = (await judge.sent())["number"]
    end_run(judge, "error")
    paths = [f"/api/v1/submissions/{number}/{what}" for what in ("overrides", "requirements", "approve", "decide")]
    for path in paths:
        assert (await judge.post(path, people.REMY, OVERRIDE)).status in (404, 405)
    page = form_of(await judge.page(number))
    headers = {"Authorization": f"token {people.REMY}", "Content-Type": "application/x-www-form-urlencoded"}
    body = "&".join(f"{name}={value}" for name, value in {**page, **OVERRIDE, "verdict": "approve"}.items()).encode()
    refused = await judge.ask("POST", f"/decide/{number}", body=body, headers=headers)
    assert refused.status == 403
    assert "requirement_overridden" not in await judge.kinds(number)


def shown_picture(colour: str, **more: object) -> dict[str, Any]:
    """An output with a plot."""
    file = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>canary()</script>")
    Image.new("RGB", (32, 20), colour).save(file, "PNG", pnginfo=info)
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/html": "<b>canary</b>", **more}
    return {"output_type": "display_data", "data": data, "metadata": {}}


async def test_the_page_shows_the_line_the_texts_and_pictures_that_were_made_anew(judge: Service) -> None:
    sentence = "It shows <script>canary()</script> and \u202eno more."
    broken = {"output_type": "display_data", "data": {"image/png": "bm8gcGljdHVyZQ=="}, "metadata": {}}
    html = {"output_type": "display_data", "data": {"text/html": "<iframe src=//canary></iframe>"}, "metadata": {}}
    before = notebook(cell("a", "plot()\nx == None", [shown_picture("red"), html]), cell("b", "1", [broken]))
    after = notebook(cell("a", "plot()\nx == None", [shown_picture("blue"), html]), cell("b", "1"))
    number = (await judge.sent(SubmissionDraft(before)))["number"]
    end_run(judge, "not-as-sent", "error", run=after, sentence=sentence)
    reply = await judge.page(number)
    text = reply.body.decode()
    assert reply.status == 200
    assert "0 of 2 cells the same" in text
    assert "Cell 1: not as sent" in text
    assert "&lt;script&gt;canary()&lt;/script&gt; and \ufffdno more." in text
    assert 'id="findings"' in text
    drawn = re.findall(r'<img src="data:image/png;base64,([A-Za-z0-9+/=]+)" alt="Output 1 of cell 1, ([a-z ]+)"', text)
    assert [side for _, side in drawn] == ["as sent", "from the run"]
    pixels: Sequence[object] = [
        Image.open(io.BytesIO(base64.b64decode(each))).convert("RGB").getpixel((3, 3)) for each, _ in drawn
    ]
    assert pixels == [(255, 0, 0), (0, 0, 255)]
    assert all(b"canary" not in base64.b64decode(each) for each, _ in drawn)
    assert text.count("<img") == 2
    assert "This picture cannot be drawn here." in text
    for brought in ("<script>canary", "<iframe", "<b>canary"):
        assert brought not in text
    policy = reply.headers["Content-Security-Policy"]
    assert "img-src data:;" in policy
    assert "default-src 'none'" in policy


async def test_a_page_without_pictures_lets_none_in(judge: Service) -> None:
    number = (await judge.sent())["number"]
    reply = await judge.page(number)
    assert "img-src 'none';" in reply.headers["Content-Security-Policy"]
    assert b"Until that is over nobody knows how it comes out." in reply.body


async def test_where_the_rules_say_nothing_everything_is_as_before(light: Service) -> None:
    number = (await light.sent())["number"]
    assert await gates(light, number) == {}
    page = await light.page(number)
    assert b"Nothing is run again on this hub." in page.body
    assert b'name="why.' not in page.body
    assert (await light.decide(number, page, "approve")).status == 200
