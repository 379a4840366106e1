"""The decision page and what follows from a decision."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.review.models import ChangeKind, Principal
from enablement_ext.core.review.policy import Policy, Track
from enablement_ext.service.assembly import ServiceOptions
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, NAVIGATION, Reply, Service, form_of, running

REASON = "Say where the data comes from."


async def test_a_reviewer_approves_what_the_page_showed(service: Service) -> None:
    found = await service.sent()
    page = await service.page(found["number"], query="?decision=approve")
    assert page.status == 200
    shown = page.body.decode()
    assert found["content_id"] in shown.replace(" ", "")
    assert " checked" not in shown, "no address chooses a verdict"
    reply = await service.decide(found["number"], page, "approve")
    assert reply.status == 200, reply.body
    after = await service.submission(found["number"])
    assert after["state"] == "approved"
    assert (after["decisions"][0]["by"], after["decisions"][0]["content_id"]) == ("remy", found["content_id"])
    assert after["attention"] == []
    assert {gate["key"]: gate["state"] for gate in after["requirements"]} == {
        "track:technical": "satisfied",
        "threads": "satisfied",
    }
    assert await service.kinds(found["number"]) == ["sent", "approved"]


@pytest.mark.parametrize(("verdict", "state"), [("request_changes", "changes_requested"), ("reject", "rejected")])
async def test_the_other_verdicts_need_a_reason(service: Service, verdict: str, state: str) -> None:
    found = await service.sent()
    page = await service.page(found["number"])
    refused = await service.decide(found["number"], page, verdict, reason="  \n ")
    assert (refused.status, refused.code) == (400, "malformed-request")
    reply = await service.decide(found["number"], page, verdict, reason=REASON)
    assert reply.status == 200
    after = await service.submission(found["number"], people.DANA)
    assert (after["state"], after["decisions"][0]["reason"]) == (state, REASON)
    assert after["waiting_on_me"] == (verdict == "request_changes")


async def test_a_page_is_good_once(service: Service) -> None:
    found = await service.sent()
    page = await service.page(found["number"])
    await service.decide(found["number"], page, "request_changes", reason=REASON)
    again = await service.decide(found["number"], page, "reject", reason=REASON)
    assert (again.status, again.code) == (409, "stale-stamp")
    assert await service.kinds(found["number"]) == ["sent", "changes_requested"]


async def test_a_page_is_good_for_ten_minutes(light: Service) -> None:
    found = await light.sent()
    page = await light.page(found["number"])
    light.clock.advance(timedelta(minutes=11))
    late = await light.decide(found["number"], page, "approve")
    assert (late.status, late.code) == (403, "forbidden")


async def test_a_new_version_makes_the_page_void_and_stays_open(service: Service) -> None:
    found = await service.sent()
    page = await service.page(found["number"])
    stamp = found["stamp"]
    await service.send(SubmissionDraft(notebook(cell("a", "9")), more={"stamp": stamp}), number=found["number"])
    late = await service.decide(found["number"], page, "approve")
    assert (late.status, late.code) == (409, "content-changed")
    assert (await service.submission(found["number"]))["state"] == "submitted"


async def test_deciding_and_a_new_version_at_once_bind_to_what_was_seen(service: Service) -> None:
    for round_ in range(5):
        found = await service.sent(SubmissionDraft(notebook(cell("a", f"{round_}"))))
        number = found["number"]
        page = await service.page(number)
        changed = SubmissionDraft(notebook(cell("a", f"{round_}"), cell("b", "2")), more={"stamp": found["stamp"]})
        decided, sent = await asyncio.gather(
            service.decide(number, page, "approve"), service.send(changed, number=number)
        )
        after = await service.submission(number)
        assert sorted((decided.status, sent.status)) in ([200, 409], [201, 409], [200, 201])
        if after["latest"] == 2:
            assert after["state"] == "submitted"
        for decision in after["decisions"]:
            assert decision["content_id"] == found["content_id"]


async def test_two_reviewers_decide_at_once_and_one_wins(service: Service) -> None:
    add_reviewer(service, "rita", "rita-oauth")
    for round_ in range(15):
        found = await service.sent(SubmissionDraft(notebook(cell("a", f"{round_}"))))
        number = found["number"]
        pages = [await service.page(number, token) for token in (people.REMY_BROWSER, "rita-oauth")]
        replies = await asyncio.gather(
            service.decide(number, pages[0], "approve"),
            service.decide(number, pages[1], "request_changes", reason=REASON),
        )
        assert sorted(reply.status for reply in replies) == [200, 409]
        assert len(await service.kinds(number)) == 2


async def test_an_author_never_decides_on_his_own(service: Service) -> None:
    found = await service.sent(SubmissionDraft())
    add_reviewer(service, "dana", "dana-both")
    page = await service.page(found["number"], "dana-both")
    assert (page.status, page.code) == (403, "own-submission")
    stolen = form_of(await service.page(found["number"]))
    ticket = service.context.signer.open("decision", stolen["ticket"], service.clock.now())
    assert ticket is not None
    for forged, code in (
        ({"by": "dana"}, "forbidden"),
        ({"by": "dana", "session": "session of dana-both"}, "own-submission"),
    ):
        until = service.clock.now() + timedelta(minutes=5)
        stolen["ticket"] = service.context.signer.sign("decision", {**ticket, **forged}, until)
        body = urlencode({**stolen, "verdict": "approve"}).encode()
        reply = await service.ask("POST", f"/decide/{found['number']}", body=body, headers=service.form("dana-both"))
        assert (reply.status, reply.code) == (403, code)


async def test_one_who_left_the_group_cannot_press_the_button(service: Service) -> None:
    found = await service.sent()
    page = await service.page(found["number"])
    service.hub.put_groups("remy", frozenset())
    reply = await service.decide(found["number"], page, "approve")
    assert (reply.status, reply.code) == (403, "forbidden")
    assert (await service.page(found["number"])).status in (403, 404)


async def test_without_the_hub_nobody_decides(light: Service) -> None:
    found = await light.sent()
    page = await light.page(found["number"])
    light.hub.away = True
    assert (await light.decide(found["number"], page, "approve")).status == 503
    light.hub.away = False
    assert (await light.decide(found["number"], page, "approve")).status == 200


FORGERIES: Mapping[str, Mapping[str, str]] = {
    "no ticket": {"ticket": ""},
    "nonsense": {"ticket": "abc.def"},
    "another content": {"content_id": "0" * 64},
    "not a verdict": {"verdict": "merge"},
    "another track": {"track": "compliance"},
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_form_is_refused(light: Service, name: str) -> None:
    found = await light.sent()
    page = await light.page(found["number"])
    form = {**form_of(page), "verdict": "approve", **FORGERIES[name]}
    assert (await post_form(light, found["number"], form)).status in (400, 403)
    assert await light.kinds(found["number"]) == ["sent"]


async def test_a_ticket_is_for_its_submission(light: Service) -> None:
    first, second = await light.sent(), await light.sent(SubmissionDraft(notebook(cell("a", "1"))))
    page = await light.page(first["number"])
    assert (await light.decide(second["number"], page, "approve")).status == 403


WAYS_IN: Mapping[str, Mapping[str, str]] = {
    "the reviewer's server token": {"Authorization": f"token {people.REMY}"},
    "with navigation headers and the token": {**NAVIGATION, "Authorization": f"token {people.REMY}"},
    "a script's request with cookies": {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    "a script's request without mode": {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
    "a frame": {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    "no headers": {},
}


@pytest.mark.parametrize("name", WAYS_IN)
async def test_there_is_no_other_way_to_decide(light: Service, name: str) -> None:
    found = await light.sent()
    cookie = {"Cookie": light.session(people.REMY_BROWSER)["Cookie"]}
    path = f"/decide/{found['number']}"
    shown = await light.ask("GET", path, headers={**cookie, **WAYS_IN[name]})
    assert (shown.status, shown.code) == (403, "decision-page-only")
    for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
        headers = {**cookie, **WAYS_IN[name], "Content-Type": kind, "Origin": light.origin}
        posted = await light.ask("POST", path, body=b"{}", headers=headers)
        assert (posted.status, posted.code) == (403, "decision-page-only")
    api = await light.post(f"/api/v1/submissions/{found['number']}/approve", people.REMY, {})
    assert api.status == 404


async def test_a_form_as_plain_text_is_refused(light: Service) -> None:
    found = await light.sent()
    headers = {**light.form(people.REMY_BROWSER), "Content-Type": "text/plain"}
    reply = await light.ask("POST", f"/decide/{found['number']}", body=b"a=b", headers=headers)
    assert reply.status == 415


async def test_the_page_runs_its_own_script_alone_and_is_cut_off_from_what_opened_it(light: Service) -> None:
    found = await light.sent()
    page = await light.page(found["number"])
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{20,}'", policy["script-src"])
    again = (await light.page(found["number"])).headers["Content-Security-Policy"]
    assert policy["script-src"] not in again, "a nonce is used once"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["X-Frame-Options"] == "DENY"


ELSEWHERE = ["null", "http://127.0.0.1:1", "https://evil.example", "http://localhost", ""]


@pytest.mark.parametrize("origin", ELSEWHERE)
async def test_only_the_pages_own_form_decides(light: Service, origin: str) -> None:
    """With the session, the ticket and every header but the one that a browser sends by itself."""
    found = await light.sent()
    page = await light.page(found["number"])
    body = urlencode({**form_of(page), "verdict": "approve"}).encode()
    for wrong in (origin, f"http://127.0.0.1:{light.port}"):
        headers = {**light.form(people.REMY_BROWSER), "Origin": wrong}
        reply = await light.ask("POST", f"/decide/{found['number']}", body=body, headers=headers)
        assert (reply.status, reply.code) == (403, "decision-page-only")
    assert await light.kinds(found["number"]) == ["sent"]


async def test_a_ticket_counts_with_the_session_that_read_the_page(light: Service) -> None:
    found = await light.sent()
    number = found["number"]
    page = await light.page(number)
    body = urlencode({**form_of(page), "verdict": "approve"}).encode()
    bare = {name: value for name, value in light.form(people.REMY_BROWSER).items() if name != "Cookie"}
    add_reviewer(light, "remy", "remy-elsewhere")
    for headers in (bare, light.form("remy-elsewhere"), light.form(people.DANA_BROWSER)):
        reply = await light.ask("POST", f"/decide/{number}", body=body, headers=headers)
        assert (reply.status, reply.code) == (403, "forbidden")
    assert await light.kinds(number) == ["sent"]
    assert (await light.decide(number, page, "approve")).status == 200


async def test_signing_out_at_the_hub_ends_it_at_once(light: Service) -> None:
    """Neither a cached answer nor a ticket that is still good outlives the hub's session."""
    found = await light.sent()
    page = await light.page(found["number"])
    light.hub.revoke(people.REMY_BROWSER)
    reply = await light.decide(found["number"], page, "approve")
    assert (reply.status, reply.code) == (403, "forbidden")
    remy = Principal("remy", frozenset({people.REVIEWERS}), frozenset({"read", "decide"}))
    for session in ("", "another-session-of-the-hub"):
        light.hub.add_token(people.REMY_BROWSER, remy, session)
        assert (await light.decide(found["number"], page, "approve")).code == "forbidden"
        assert (await light.page(found["number"])).status == 302
    assert await light.kinds(found["number"]) == ["sent"]


async def test_an_approval_names_what_it_leaves_open(light: Service) -> None:
    found = await light.sent()
    assert b'id="open"' not in (await light.page(found["number"])).body
    new = {"version": 1, "anchor": {"cell": None}, "text": "why?"}
    for _ in range(2):
        await light.post(f"/api/v1/submissions/{found['number']}/threads", people.REMY, new)
    assert b'id="open">Still open: 2 threads<' in (await light.page(found["number"])).body


async def test_an_approval_falls_with_a_new_version_and_says_why(service: Service) -> None:
    found = await service.sent()
    number = found["number"]
    await service.decide(number, await service.page(number), "approve")
    stamp = (await service.submission(number))["stamp"]
    await service.send(SubmissionDraft(notebook(cell("load", "x = 3")), more={"stamp": stamp}), number=number)
    after = await service.submission(number)
    assert after["state"] == "submitted"
    assert after["decisions"][0]["fallen_because"] == "The new version changes code."
    assert after["decisions"][0]["fallen"] == {"reason": "changed", "changes": ["code"], "version": None}
    assert "no longer counts: The new version changes code." in (await service.page(number)).body.decode()
    assert await service.kinds(number) == ["sent", "approved", "approval_fell", "version_sent"]
    assert after["requirements"][0]["state"] == "unsatisfied"


async def test_an_approval_survives_what_policy_says() -> None:
    options = ServiceOptions(KEY, Policy(survive=frozenset({ChangeKind.MARKDOWN})))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), options) as service:
        text = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# hello"}
        found = await service.sent(SubmissionDraft(notebook(cell("a", "1"), text)))
        number = found["number"]
        await service.decide(number, await service.page(number), "approve")
        stamp = (await service.submission(number))["stamp"]
        better = {**text, "source": "# Hello"}
        await service.send(SubmissionDraft(notebook(cell("a", "1"), better), more={"stamp": stamp}), number=number)
        after = await service.submission(number)
        assert (after["state"], after["latest"], after["decisions"][0]["fallen_because"]) == ("approved", 2, None)


async def test_every_track_must_approve() -> None:
    policy = Policy(tracks=(Track("technical", people.REVIEWERS), Track("compliance", "lawyers")))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, policy)) as service:
        found = await service.sent()
        number = found["number"]
        await service.decide(number, await service.page(number), "approve")
        half = await service.submission(number)
        assert half["state"] == "submitted"
        assert [entry["who"] for entry in half["attention"]] == ["track:compliance"]
        service.hub.put_groups("remy", frozenset({people.REVIEWERS, "lawyers"}))
        await service.decide(number, await service.page(number), "approve", track="compliance")
        assert (await service.submission(number))["state"] == "approved"


async def test_open_threads_block_where_policy_says_so() -> None:
    async with running(
        MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, Policy(threads_block=True))
    ) as service:
        found = await service.sent()
        number = found["number"]
        new = {"version": 1, "anchor": {"cell": None}, "text": "why?"}
        thread = await service.post(f"/api/v1/submissions/{number}/threads", people.REMY, new)
        page = await service.page(number)
        refused = await service.decide(number, page, "approve")
        assert (refused.status, refused.code) == (409, "requirements-open")
        await service.post(f"/api/v1/threads/{thread.json['id']}/resolve", people.REMY, {})
        assert (await service.decide(number, page, "approve")).status == 200


async def test_what_has_ended_cannot_be_decided(service: Service) -> None:
    found = await service.sent()
    await service.post(f"/api/v1/submissions/{found['number']}/withdraw", people.DANA, {"stamp": found["stamp"]})
    page = await service.page(found["number"])
    assert (page.status, page.code) == (409, "illegal-action")


def add_reviewer(service: Service, name: str, token: str) -> None:
    """One who reviews, with a browser session."""
    scopes = frozenset({"submit", "read", "review", "decide"})
    service.hub.add_token(
        token, Principal(name, frozenset({people.AUTHORS, people.REVIEWERS}), scopes), people.HUB_SESSION
    )


async def post_form(service: Service, number: int, form: Mapping[str, str]) -> Reply:
    """A form as a browser posts it."""
    headers = service.form(people.REMY_BROWSER)
    return await service.ask("POST", f"/decide/{number}", body=urlencode(form).encode(), headers=headers)
