"""Claims are leases; correctness comes from the stamp."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from enablement_ext.core.errors import HubUnavailable
from enablement_ext.core.review.models import Principal
from enablement_ext.service.background import memberships
from enablement_ext.service.use_cases import claims
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Reply, Service, hours


async def act(service: Service, found: dict[str, Any], action: str, token: str = people.REMY) -> Reply:
    return await service.post(f"/api/v1/submissions/{found['number']}/{action}", token, {"stamp": found["stamp"]})


async def test_a_claim_takes_the_turn_and_its_release_gives_it_back(service: Service) -> None:
    found = await service.sent()
    claimed = (await act(service, found, "claim")).json
    assert (claimed["state"], claimed["claim"]["by"], claimed["waiting_on_me"]) == ("in_review", "remy", True)
    assert [entry["who"] for entry in claimed["attention"]] == ["user:remy"]
    assert "release" in claimed["actions"]
    assert "claim" not in claimed["actions"]
    released = (await act(service, claimed, "release")).json
    assert (released["state"], released["claim"]) == ("submitted", None)
    assert [entry["who"] for entry in released["attention"]] == ["track:technical"]
    assert await service.kinds(found["number"]) == ["sent", "claimed", "released"]


async def test_another_reviewer_cannot_take_or_release_it_while_the_lease_runs(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    taken, released = (
        await act(service, claimed, "claim", people.RITA),
        await act(service, claimed, "release", people.RITA),
    )
    assert (taken.status, taken.code, taken.json["facts"]["by"]) == (409, "already-claimed", "remy")
    assert (released.status, released.code) == (409, "already-claimed")
    assert taken.json["facts"]["submission"]["claim"]["by"] == "remy"
    assert "claim" not in (await service.submission(claimed["number"], people.RITA))["actions"]


async def test_a_lease_that_ran_out_can_be_taken_over(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    service.clock.advance(hours(4.1))
    taken = await act(service, claimed, "claim", people.RITA)
    assert (taken.status, taken.json["claim"]["by"]) == (200, "rita")


async def test_a_lease_that_ran_out_lapses_by_itself(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    assert claims.lapse(service.context.review) == 0
    service.clock.advance(hours(4.1))
    assert claims.lapse(service.context.review) == 1
    assert claims.lapse(service.context.review) == 0
    after = await service.submission(claimed["number"])
    assert (after["state"], after["claim"]) == ("submitted", None)
    assert await service.kinds(claimed["number"]) == ["sent", "claimed", "claim_lapsed"]


async def test_a_reviewer_who_left_the_group_holds_nothing_any_more(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    other = (
        await act(service, await service.sent(SubmissionDraft(notebook(cell("o", "1")))), "claim", people.RITA)
    ).json
    assert await memberships.check(service.context) == 0
    service.hub.put_groups("remy", frozenset({people.AUTHORS}))
    service.hub.away = True
    with pytest.raises(HubUnavailable):
        await memberships.check(service.context)
    service.hub.away = False
    assert await memberships.check(service.context) == 1
    assert await memberships.check(service.context) == 0
    after = await service.submission(claimed["number"], people.RITA)
    assert (after["state"], after["claim"]) == ("submitted", None)
    assert [entry["who"] for entry in after["attention"]] == ["track:technical"]
    assert await service.kinds(claimed["number"]) == ["sent", "claimed", "claim_withdrawn"]
    assert (await service.submission(other["number"], people.RITA))["claim"]["by"] == "rita"


async def test_an_account_that_is_gone_holds_nothing_any_more(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    service.hub._groups.pop("remy")
    assert await memberships.check(service.context) == 1
    assert (await service.submission(claimed["number"], people.RITA))["claim"] is None


async def test_who_was_asked_by_name_and_reviews_no_more_is_not_waited_for(service: Service) -> None:
    service.hub.put_groups("nina", frozenset({people.REVIEWERS}))  # whom this service has never seen
    found = await service.sent(SubmissionDraft(answers={"title": "t", "reviewers": ["remy", "rita", "nina"]}))
    number, names = found["number"], ("user:nina", "user:remy", "user:rita")
    assert [entry["who"] for entry in found["attention"]] == ["track:technical", *names]
    assert await memberships.check(service.context) == 0
    for gone in ("remy", "nina"):
        service.hub.put_groups(gone, frozenset({people.AUTHORS}))
    assert await memberships.check(service.context) == 2
    assert await memberships.check(service.context) == 0
    after = await service.submission(number, people.RITA)
    assert [entry["who"] for entry in after["attention"]] == ["track:technical", "user:rita"]
    events = (await service.get(f"/api/v1/submissions/{number}/events", people.RITA)).json["events"]
    assert [(each["kind"], each["actor"], each["data"]["to"]) for each in events[1:]] == [
        ("request_withdrawn", "service:enablement", name) for name in ("nina", "remy")
    ]


async def test_who_may_review_by_a_role_of_its_own_keeps_the_claim(service: Service) -> None:
    service.hub.add_token("role", Principal("rolf", frozenset(), frozenset({"read", "review"}), server=""))
    claimed = (await act(service, await service.sent(), "claim", "role")).json
    assert claimed["claim"]["by"] == "rolf"
    assert await memberships.check(service.context) == 0


async def test_activity_of_the_holder_renews_the_lease_and_anothers_does_not(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    new = {"version": 1, "anchor": {"cell": None}, "text": "hm"}
    path = f"/api/v1/submissions/{claimed['number']}/threads"
    service.clock.advance(hours(3))
    await service.post(path, people.RITA, new)
    assert (await service.submission(claimed["number"]))["claim"] == claimed["claim"]
    await service.post(path, people.REMY, new)
    assert (await service.submission(claimed["number"]))["claim"]["expires_at"] > claimed["claim"]["expires_at"]
    service.clock.advance(hours(3))
    assert claims.lapse(service.context.review) == 0


async def test_two_reviewers_claim_at_once_and_one_wins(service: Service) -> None:
    for round_ in range(15):
        found = await service.sent(SubmissionDraft(notebook(cell("a", f"{round_}"))))
        replies = await asyncio.gather(
            act(service, found, "claim", people.REMY), act(service, found, "claim", people.RITA)
        )
        assert sorted(reply.status for reply in replies) == [200, 409]
        assert await service.kinds(found["number"]) == ["sent", "claimed"]


async def test_a_stale_stamp_answers_with_the_present_state(service: Service) -> None:
    found = await service.sent()
    await act(service, found, "claim")
    late = await act(service, found, "claim", people.RITA)
    assert (late.status, late.code) == (409, "stale-stamp")
    assert late.json["facts"]["submission"]["claim"]["by"] == "remy"


async def test_a_claim_that_runs_survives_a_new_version(service: Service) -> None:
    claimed = (await act(service, await service.sent(), "claim")).json
    changed = SubmissionDraft(notebook(cell("a", "1")), more={"stamp": claimed["stamp"]})
    await service.send(changed, number=claimed["number"])
    after = await service.submission(claimed["number"])
    assert (after["state"], after["claim"]["by"], after["waiting_on_me"]) == ("in_review", "remy", True)


async def test_withdrawing_ends_it_for_good(service: Service) -> None:
    found = await service.sent()
    gone = await act(service, found, "withdraw", people.DANA)
    assert gone.json["state"] == "withdrawn"
    again = await act(service, gone.json, "withdraw", people.DANA)
    assert (again.status, again.code) == (409, "illegal-action")
    assert again.json["facts"]["submission"]["state"] == "withdrawn"
    assert (await act(service, gone.json, "claim")).status == 409
    assert (await service.get("/api/v1/submissions?filter=all", people.REMY)).json["items"] == []
