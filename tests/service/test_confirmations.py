"""“This was not me”: what was done on the decision pages is told to its maker, held when they say so, and settled by administrators."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.policy import Policy, Track
from enablement_ext.service.assembly import ServiceOptions
from tests.core.secrets.planted import PLANTED
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Reply, Service, form_of, running

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PETRA, RITA = people.PETRA_BROWSER, "rita-oauth"
REASON = "I asked on the telephone."


def add_browser(service: Service, name: str, token: str, *groups: str) -> None:
    scopes = frozenset(
        {
            "read",
            *(["review", "decide"] if people.REVIEWERS in groups else []),
            *(["admin"] if people.PLATFORM in groups else []),
        }
    )
    service.hub.add_token(token, Principal(name, frozenset(groups), scopes), people.HUB_SESSION)
    service.hub.put_groups(name, frozenset(groups))


async def decided(service: Service, verdict: str = "approve", token: str = people.REMY_BROWSER) -> int:
    """The number of a submission that was decided on, from an address that a proxy in front names."""
    number: int = (await service.sent(SubmissionDraft(notebook(cell("a", f"x = {service.clock.now().timestamp()}")))))[
        "number"
    ]
    await decide(service, number, verdict, token)
    return number


async def decide(service: Service, number: int, verdict: str, token: str) -> None:
    page = await service.page(number, token)
    assert page.status == 200, page.body
    headers = {**service.form(token), "User-Agent": FIREFOX, "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    body = urlencode({**form_of(page), "verdict": verdict, "reason": REASON}).encode()
    assert (await service.ask("POST", f"/decide/{number}", body=body, headers=headers)).status == 200
    service.clock.advance(timedelta(seconds=1))


async def press(service: Service, path: str, token: str, **fields: str) -> Reply:
    """Open the page, press its button."""
    page = await service.ask("GET", path, headers=service.session(token))
    if page.status != 200:
        return page
    body = urlencode({**form_of(page), **fields}).encode()
    reply = await service.ask("POST", path, body=body, headers=service.form(token))
    service.clock.advance(timedelta(seconds=1))
    return reply


async def not_me(service: Service, confirmation: int = 1, token: str = people.REMY_BROWSER) -> Reply:
    return await press(service, f"/confirmations/{confirmation}", token)


async def settle(
    service: Service, outcome: str, confirmation: int = 1, token: str = PETRA, reason: str = REASON
) -> Reply:
    return await press(service, f"/holds/{confirmation}", token, outcome=outcome, reason=reason)


async def history(service: Service, number: int, token: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = (await service.get(f"/api/v1/submissions/{number}/events", token)).json["events"]
    return events


async def test_a_decision_is_told_to_its_maker_and_to_nobody_else(service: Service) -> None:
    number = await decided(service)
    told = (await history(service, number, people.REMY))[-1]["confirmed"]
    assert (told["address"], told["browser"], told["disputed"]) == ("198.51.100.7", "Firefox 128 on Linux", False)
    assert told["url"] == f"{service.origin}/services/enablement/confirmations/1"
    for other in (people.DANA, people.RITA, PETRA):
        assert [event["confirmed"] for event in await history(service, number, other)] == [None, None]
        raw = (await service.get(f"/api/v1/submissions/{number}", other)).body
        assert b"198.51.100.7" not in raw
    own = await service.ask("GET", "/confirmations", headers=service.session(people.REMY_BROWSER))
    one = await service.ask("GET", "/confirmations/1", headers=service.session(people.REMY_BROWSER))
    for page in (own, one):
        assert b"198.51.100.7" in page.body
        assert b"Firefox 128 on Linux" in page.body
    for token in (people.DANA_BROWSER, PETRA):
        assert b"198.51.100.7" not in (await service.ask("GET", "/confirmations", headers=service.session(token))).body
        assert (await service.ask("GET", "/confirmations/1", headers=service.session(token))).status == 404


@pytest.mark.parametrize(
    ("verdict", "state", "turns_after_lift"),
    [("approve", "approved", []), ("request_changes", "changes_requested", ["user:dana"]), ("reject", "rejected", [])],
)
async def test_a_held_decision_counts_again_or_falls(
    service: Service, verdict: str, state: str, turns_after_lift: list[str]
) -> None:
    for outcome, kind in (("stands", "hold_lifted"), ("falls", "decision_fell")):
        number = await decided(service, verdict)
        assert (await service.submission(number))["state"] == state
        page = await service.ask("GET", "/confirmations", headers=service.session(people.REMY_BROWSER))
        confirmation = max(int(found) for found in re.findall(rb'data-confirmation="(\d+)"', page.body))
        assert (await not_me(service, confirmation)).status == 200
        held = await service.submission(number)
        assert (held["state"], [each["who"] for each in held["attention"]]) == ("submitted", ["track:administrators"])
        assert held["decisions"][0]["held_since"]
        assert held["requirements"][0]["facts"]["held"] == ["remy"]
        assert held["requirements"][0]["state"] == "unsatisfied"
        settled = await settle(service, outcome, confirmation)
        assert (settled.status, f'data-outcome="{outcome}"'.encode() in settled.body) == (200, True)
        after = await service.submission(number)
        assert after["decisions"][0]["held_since"] is None
        assert after["state"] == (state if outcome == "stands" else "submitted")
        wanted = turns_after_lift if outcome == "stands" else ["track:technical"]
        assert [each["who"] for each in after["attention"]] == wanted
        assert (after["decisions"][0]["fallen_because"] is None) == (outcome == "stands")
        assert (await service.kinds(number))[-2:] == ["decision_disputed", kind]
    with service.context.review.store.read() as reader:
        assert verify(reader.events_after(0, 1000), reader.chain_head()).intact


async def test_only_another_administrator_settles(light: Service) -> None:
    """Not a reviewer, not the maker although they administer, not the author although they do, and not without a reason."""
    add_browser(light, "remy", "remy-both", people.REVIEWERS, people.PLATFORM)
    add_browser(light, "dana", "dana-both", people.AUTHORS, people.PLATFORM)
    number = await decided(light, token="remy-both")
    assert (await not_me(light, token="remy-both")).status == 200
    for token, code in (
        (people.REMY_BROWSER, "forbidden"),
        ("remy-both", "forbidden"),
        ("dana-both", "own-submission"),
    ):
        refused = await settle(light, "stands", token=token)
        assert (refused.status, refused.code) == (403, code), token
    for reason in ("", " \u200b\u2060"):
        assert (await settle(light, "stands", reason=reason)).code == "malformed-request"
    assert (await settle(light, "perhaps")).code == "malformed-request"
    light.hub.put_groups("petra", frozenset())
    assert (await settle(light, "stands")).code == "forbidden", "asked of the hub now"
    light.hub.put_groups("petra", frozenset({people.PLATFORM}))
    assert (await light.submission(number))["state"] == "submitted"
    assert (await settle(light, "stands")).status == 200
    assert (await light.submission(number))["state"] == "approved"


async def test_nobody_but_its_maker_disputes_and_only_once(light: Service) -> None:
    number = await decided(light)
    add_browser(light, "rita", RITA, people.REVIEWERS)
    stolen = form_of(await light.ask("GET", "/confirmations/1", headers=light.session(people.REMY_BROWSER)))
    for token in (RITA, PETRA):
        body = urlencode(stolen).encode()
        assert (await light.ask("POST", "/confirmations/1", body=body, headers=light.form(token))).status == 403
    for token in (people.REMY, people.REMY_BROWSER):  # as tokens: a kernel's, and what a kernel may have stolen
        headers = {"Authorization": f"token {token}", "Content-Type": "application/x-www-form-urlencoded"}
        assert (
            await light.ask("POST", "/confirmations/1", body=urlencode(stolen).encode(), headers=headers)
        ).status == 403
    assert (await light.submission(number))["state"] == "approved"
    page = await light.ask("GET", "/confirmations/1", headers=light.session(people.REMY_BROWSER))
    replies = await asyncio.gather(
        *(
            light.ask(
                "POST",
                "/confirmations/1",
                body=urlencode(form_of(page)).encode(),
                headers=light.form(people.REMY_BROWSER),
            )
            for _ in range(5)
        )
    )
    assert sorted(reply.status for reply in replies)[0] == 200
    assert sum(reply.status == 200 for reply in replies) == 1
    assert (await light.kinds(number)).count("decision_disputed") == 1


async def test_sessions_that_began_before_are_void(light: Service) -> None:
    """Whoever else has this person's session at these pages, or an open page of it, does nothing more with it."""
    await decided(light)
    second = (await light.sent(SubmissionDraft(notebook(cell("a", "other")))))["number"]
    page = await light.page(second)
    old = light.session(people.REMY_BROWSER)
    old_form = light.form(people.REMY_BROWSER)
    await not_me(light)
    assert (await light.ask("GET", "/", headers=old)).status == 302
    body = urlencode({**form_of(page), "verdict": "approve"}).encode()
    late = await light.ask("POST", f"/decide/{second}", body=body, headers=old_form)
    assert (late.status, late.code) == (403, "forbidden")
    assert (await light.submission(second))["state"] == "submitted"
    again = await light.page(second)  # signed in again
    assert (await light.decide(second, again, "approve")).status == 200


async def test_its_maker_decides_there_again_once_it_is_settled_and_others_may_at_once(light: Service) -> None:
    number = await decided(light)
    await not_me(light)
    refused = await light.page(number)
    assert (refused.status, refused.code) == (409, "decision-held")
    add_browser(light, "rita", RITA, people.REVIEWERS)
    await decide(light, number, "approve", RITA)
    approved = await light.submission(number)
    assert (approved["state"], [each["who"] for each in approved["attention"]]) == (
        "approved",
        ["track:administrators"],
    )
    assert (await settle(light, "falls")).status == 200
    after = await light.submission(number)
    assert (after["state"], [each["by"] for each in after["decisions"] if each["fallen_because"] is None]) == (
        "approved",
        ["rita"],
    )


async def test_a_hold_of_one_track_leaves_the_others_and_a_lift_needs_them_all() -> None:
    tracks = (Track("technical", people.REVIEWERS), Track("compliance", "lawyers"))
    async with running(
        MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, Policy(tracks=tracks))
    ) as service:
        add_browser(service, "lea", "lea-oauth", people.REVIEWERS, "lawyers")
        number = (await service.sent())["number"]
        page = await service.page(number)
        assert (await service.decide(number, page, "approve", track="technical")).status == 200
        service.clock.advance(timedelta(seconds=1))
        await not_me(service)
        page = await service.page(number, "lea-oauth")
        assert b"on hold: they say that it was not them" in page.body
        await service.decide(number, page, "approve", token="lea-oauth", track="compliance")
        found = await service.submission(number)
        assert found["state"] == "submitted"
        assert {each["who"] for each in found["attention"]} == {"track:administrators", "track:technical"}
        assert (await settle(service, "stands")).status == 200
        assert (await service.submission(number))["state"] == "approved"


async def test_an_older_version_s_decision_is_disputed_without_touching_the_new_one(light: Service) -> None:
    number = await decided(light)
    stamp = (await light.submission(number))["stamp"]
    await light.send(SubmissionDraft(notebook(cell("a", "9")), more={"stamp": stamp}), number=number)
    await not_me(light)
    found = await light.submission(number)
    assert (found["state"], found["latest"], found["decisions"][0]["held_since"]) == ("submitted", 2, None)
    assert "track:administrators" in {each["who"] for each in found["attention"]}
    assert (await settle(light, "falls")).status == 200
    assert [each["who"] for each in (await light.submission(number))["attention"]] == ["track:technical"]


async def test_administrators_keep_the_turn_whatever_happens_to_the_submission(light: Service) -> None:
    number = await decided(light, "request_changes")
    await not_me(light)
    add_browser(light, "rita", RITA, people.REVIEWERS)
    path = f"/api/v1/submissions/{number}"
    for action, token in (("claim", people.RITA), ("release", people.RITA), ("withdraw", people.DANA)):
        stamp = (await light.submission(number))["stamp"]
        assert (await light.post(f"{path}/{action}", token, {"stamp": stamp})).status == 200
        assert "track:administrators" in {each["who"] for each in (await light.submission(number))["attention"]}, action
    assert (await settle(light, "stands")).status == 200
    after = await light.submission(number)
    assert (after["state"], after["attention"]) == ("withdrawn", []), (
        "its author ended it: the decision changes nothing"
    )


async def test_a_settlement_can_be_disputed_too(light: Service) -> None:
    """Whoever took an administrator's browser over lifts nothing for good."""
    number = await decided(light)
    await not_me(light)
    await settle(light, "stands")
    assert (await light.submission(number))["state"] == "approved"
    assert (await not_me(light, 2, PETRA)).status == 200
    assert (await light.submission(number))["state"] == "submitted"
    add_browser(light, "paul", "paul-oauth", people.PLATFORM)
    assert (await settle(light, "stands", 2, PETRA)).code == "forbidden"
    assert (await settle(light, "stands", 2, "paul-oauth")).status == 200
    assert (await light.submission(number))["state"] == "approved"


async def test_administrators_have_the_turn_and_see_what_is_on_hold(light: Service) -> None:
    number = await decided(light)
    assert b'id="holds">0<' in (await light.ask("GET", "/", headers=light.session(PETRA))).body
    await not_me(light)
    home = (await light.ask("GET", "/", headers=light.session(PETRA))).body
    assert b'id="holds">1<' in home
    assert b"<dt>Waiting on you</dt><dd>1</dd>" in home
    held = (await light.ask("GET", "/holds", headers=light.session(PETRA))).body
    assert b'data-hold="1"' in held
    waiting = (await light.get("/api/v1/submissions?filter=waiting", PETRA)).json["items"]
    assert [each["number"] for each in waiting] == [number]
    assert (await light.get("/api/v1/submissions?filter=waiting", people.REMY)).json["items"] == []


async def test_platform_engineers_are_told_in_their_labs_of_what_is_on_hold_and_nobody_else_is(light: Service) -> None:
    """A server's token carries neither scope nor groups: that petra is one of them, the hub says."""
    page = f"{light.origin}/services/enablement/holds"
    light.hub.add_token("petra-lab", Principal("petra", frozenset(), frozenset({"read"})))
    light.hub.put_groups("petra", frozenset({people.PLATFORM}))
    assert (await light.get("/api/v1/holds", "petra-lab")).json == {
        "platform": True,
        "count": 0,
        "since": None,
        "url": page,
    }
    await decided(light)
    await not_me(light)
    told = (await light.get("/api/v1/holds", "petra-lab")).json
    assert (told["platform"], told["count"], told["url"]) == (True, 1, page)
    assert datetime.fromisoformat(told["since"]) == light.clock.now() - timedelta(seconds=1)
    for other in (people.DANA, people.REMY, people.RITA):
        assert (await light.get("/api/v1/holds", other)).json == {
            "platform": False,
            "count": 0,
            "since": None,
            "url": page,
        }
    await settle(light, "stands")
    assert (await light.get("/api/v1/holds", "petra-lab")).json["count"] == 0


async def test_a_reason_on_a_page_with_a_secret_in_it_is_refused(light: Service) -> None:
    """As every other text that somebody writes: tests/service/test_ingress.py."""
    await decided(light)
    await not_me(light)
    await light.post("/api/v1/package-requests", people.DANA, {"package": "cowsay", "why": "cows"})
    reason = f"she sent me {PLANTED['aws'][1]}"
    for reply in (
        await settle(light, "stands", reason=reason),
        await press(light, "/package-requests/1", PETRA, verdict="decline", reason=reason),
    ):
        assert (reply.status, b"secret" in reply.body, b"AKIA" in reply.body) == (422, True, False)
    assert (await light.get("/api/v1/holds", PETRA)).json["count"] == 1
    assert (await light.get("/api/v1/package-requests/1", people.DANA)).json["state"] == "requested"


async def test_a_disputed_package_answer_is_taken_back_and_answered_anew(light: Service) -> None:
    await light.post("/api/v1/package-requests", people.DANA, {"package": "cowsay", "why": "cows"})
    assert (await press(light, "/package-requests/1", PETRA, verdict="accept")).status == 200
    add_browser(light, "paul", "paul-oauth", people.PLATFORM)
    assert (await not_me(light, 1, PETRA)).status == 200
    request = (await light.get("/api/v1/package-requests/1", people.DANA)).json
    assert (request["state"], request["answered_by"], request["answer"]) == ("requested", None, "")
    assert (await press(light, "/package-requests/1", "paul-oauth", verdict="decline", reason="No cows.")).status == 200
    assert (await not_me(light, 1, PETRA)).status == 403, "its page has no form any more"
    assert (await light.get("/api/v1/package-requests/1", people.DANA)).json["state"] == "declined"
    with light.context.review.store.read() as reader:
        kinds = [event.kind for event in reader.events_after(0, 100)]
        assert kinds.count("package_answer_disputed") == 1
        assert list(reader.held_confirmations()) == []


async def test_access_that_was_shown_is_told_and_ends_when_it_is_disputed(light: Service) -> None:
    await light.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    page = await light.ask("GET", "/git/user/dana/churn", headers=light.session(people.DANA_BROWSER))
    assert (page.status, b'id="key"' in page.body) == (200, True)
    own = (await light.ask("GET", "/confirmations", headers=light.session(people.DANA_BROWSER))).body
    assert b'data-kind="repository_access"' in own
    light.clock.advance(timedelta(seconds=1))
    assert (await not_me(light, 1, people.DANA_BROWSER)).status == 200
    with light.context.review.store.read() as reader:
        assert reader.grants_of(light.context.repositories.forge.place.kind, "dana", "git/user/dana/churn") == ()
        kinds = [event.kind for event in reader.events_after(0, 100)]
    assert kinds[-2:] == ["git_key_ended", "access_disputed"]


async def test_access_given_to_somebody_is_told_and_taken_back_when_it_is_disputed(light: Service) -> None:
    path, browser = "git/user/dana/churn", people.DANA_BROWSER
    await light.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    await light.get("/api/v1/whoami", people.OLGA)
    shown = await light.ask("GET", f"/{path}", headers=light.session(browser))
    given = {**form_of(shown), "who": "olga", "access": "write"}
    sent = await light.ask("POST", f"/{path}/access", body=urlencode(given).encode(), headers=light.form(browser))
    assert sent.status == 302
    assert (await light.post("/api/v1/git/credentials", people.OLGA, {"path": path})).status == 200
    own = (await light.ask("GET", "/confirmations", headers=light.session(browser))).body
    assert b'data-kind="repository_shared"' in own
    assert b"Let olga use git/user/dana/churn" in own
    light.clock.advance(timedelta(seconds=1))
    assert (await not_me(light, 2, browser)).status == 200
    assert (await light.post("/api/v1/git/credentials", people.OLGA, {"path": path})).status == 404
    with light.context.review.store.read() as reader:
        assert list(reader.members(path)) == []
        assert reader.grants_of(light.context.repositories.forge.place.kind, "olga", path) == ()
        disputed = [event for event in reader.events_after(0, 100) if event.kind == "access_disputed"]
    assert [dict(event.data)["who"] for event in disputed] == ["olga"]
