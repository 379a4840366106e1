"""People keep what is theirs whatever their accounts are called, and nobody inherits it with a name."""

from __future__ import annotations

from typing import Any

import pytest

from enablement_ext.core.review.hand_over import HandOver, adopt, hand_over, release
from enablement_ext.core.review.models import Principal
from enablement_ext.service.caches.identified_hub import IdentifiedHub
from tests.adapters import factories
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service, hours

RITA_BROWSER = "rita-oauth"
NEW = "new-server"
REVIEWS = frozenset({"submit", "read", "review"})


def account(service: Service, name: str, token: str = NEW) -> None:
    """A new reviewer's account under this name, with a server."""
    service.hub.add_token(token, Principal(name, frozenset({people.REVIEWERS}), REVIEWS, server=""))
    service.hub.put_image(name, "", people.IMAGE)


async def me(service: Service, token: str) -> str:
    """The identifier of whoever holds this token."""
    reply = await service.get("/api/v1/whoami", token)
    return str(reply.json["name"]) if reply.status == 200 else reply.code


def forget(service: Service) -> None:
    """As after a minute: what a command changed counts."""
    hub = service.context.hub
    assert isinstance(hub, IdentifiedHub)
    hub.forget()


async def listed(service: Service, token: str, shown: str = "sent") -> list[int]:
    items = (await service.get(f"/api/v1/submissions?filter={shown}", token)).json["items"]
    return [item["number"] for item in items]


async def sent_by_rita(service: Service) -> dict[str, Any]:
    """Rita reviews, and sends something herself."""
    service.hub.add_token(
        RITA_BROWSER, Principal("rita", frozenset({people.REVIEWERS}), REVIEWS | {"decide"}), people.HUB_SESSION
    )
    for token in (people.REMY, people.DANA, people.PETRA):
        await me(service, token)
    reply = await service.send(SubmissionDraft(), people.RITA)
    assert reply.status == 201
    return await service.submission(reply.json["submission"])


async def test_an_author_stays_one_after_a_rename(service: Service) -> None:
    item = await sent_by_rita(service)
    service.hub.rename("rita", "margarita")
    assert await me(service, people.RITA) == "rita"
    assert await listed(service, people.RITA) == [item["number"]]
    shown = await service.submission(item["number"], people.RITA)
    assert "withdraw" in shown["actions"]
    assert "approve" not in shown["actions"]
    assert (await service.page(item["number"], RITA_BROWSER)).code == "own-submission"
    claim = await service.post(f"/api/v1/submissions/{item['number']}/claim", people.RITA, {"stamp": item["stamp"]})
    assert claim.code == "own-submission"
    second = SubmissionDraft(notebook=notebook(cell("a", "1 + 1")), more={"stamp": item["stamp"]})
    assert (await service.send(second, people.RITA, number=item["number"])).status == 201
    with service.context.review.store.read() as reader:
        renames = [event for event in reader.events_after(0, 99) if event.kind == "name_renamed"]
        assert [dict(event.data) for event in renames] == [{"name": "margarita", "before": "rita", "held_by": ""}]
        assert reader.version(item["number"], 2).sent_by == "rita"


async def test_a_page_that_was_open_while_the_reviewer_was_renamed_decides(service: Service) -> None:
    number = (await service.sent())["number"]
    page = await service.page(number)
    service.hub.rename("remy", "remus")
    await me(service, people.REMY)  # somewhere, a request of theirs was seen
    assert (await service.decide(number, page, "approve")).status == 200
    with service.context.review.store.read() as reader:
        assert [decision.by for decision in reader.decisions(number)] == ["remy"]


async def test_a_page_of_somebody_whose_name_was_given_away_decides_nothing(service: Service) -> None:
    number = (await service.sent())["number"]
    page = await service.page(number)
    await me(service, people.DANA)
    service.hub.delete("remy")
    account(service, "remy")
    assert (await service.decide(number, page, "approve")).code == "forbidden"


@pytest.mark.parametrize("seen_first", ["the renamed one", "the new one"])
async def test_a_new_account_with_a_freed_name_owns_nothing(service: Service, seen_first: str) -> None:
    item = await sent_by_rita(service)
    service.hub.rename("rita", "margarita")
    account(service, "rita")
    tokens = [people.RITA, NEW] if seen_first == "the renamed one" else [NEW, people.RITA]
    found = {token: await me(service, token) for token in tokens}
    assert found == {people.RITA: "rita", NEW: "rita/2"}
    assert await listed(service, NEW) == []
    assert await listed(service, people.RITA) == [item["number"]]
    assert "withdraw" not in (await service.submission(item["number"], NEW))["actions"]
    assert (
        await service.send(SubmissionDraft(path="own.ipynb"), NEW)
    ).status == 201  # the same bytes: not "already sent"
    assert [(await service.submission(n))["author"] for n in await listed(service, NEW)] == ["rita/2"]


async def test_an_account_made_anew_is_another_person(service: Service) -> None:
    item = await sent_by_rita(service)
    assert (await service.post("/api/v1/git/repositories", people.RITA, {"name": "churn"})).status == 201
    service.hub.delete("rita")
    account(service, "rita")
    assert await me(service, NEW) == "rita/2"
    assert await listed(service, NEW) == []
    assert (await service.get("/api/v1/git/repositories", NEW)).json["items"] == []
    theirs = {"path": "git/user/rita/churn"}
    assert (await service.post("/api/v1/git/credentials", NEW, theirs)).status == 404
    made = await service.post("/api/v1/git/repositories", NEW, {"name": "churn"})
    assert (made.status, made.json["path"]) == (201, "git/user/rita.2f2/churn")
    assert item["author"] == "rita"
    with service.context.review.store.read() as reader:
        (reused,) = [event for event in reader.events_after(0, 99) if event.kind == "name_reused"]
        assert (reused.actor, dict(reused.data)["held_by"]) == ("rita/2", "rita")


async def test_two_who_change_names_with_each_other(service: Service) -> None:
    await sent_by_rita(service)
    service.hub.rename("rita", "x")
    service.hub.rename("dana", "rita")
    service.hub.rename("x", "dana")
    assert (await me(service, people.DANA), await me(service, people.RITA)) == ("dana", "rita")
    assert len(await listed(service, people.RITA)) == 1
    assert await listed(service, people.DANA) == []


async def test_work_of_a_removed_account_is_nobodys_until_it_is_handed_over(service: Service) -> None:
    item = await sent_by_rita(service)
    await service.post("/api/v1/git/repositories", people.RITA, {"name": "churn"})
    service.hub.delete("rita")
    assert item["number"] not in await listed(service, people.DANA)
    assert (await service.get(f"/api/v1/submissions/{item['number']}", people.DANA)).status == 404
    with service.context.review.store.write() as transaction:
        hand_over(transaction, HandOver("rita", "dana", "", "hub"), service.clock.now())
    forget(service)
    assert await listed(service, people.DANA) == [item["number"]]
    assert "withdraw" in (await service.submission(item["number"], people.DANA))["actions"]
    (repository,) = (await service.get("/api/v1/git/repositories", people.DANA)).json["items"]
    assert repository["path"] == "git/user/rita/churn"
    assert (await service.post("/api/v1/git/credentials", people.DANA, {"path": repository["path"]})).status == 200
    account(service, "rita")
    assert await me(service, NEW) == "rita/2"
    assert (await service.submission(item["number"]))["author"] == "dana"
    assert (await service.kinds(item["number"]))[-1] == "author_changed"


async def test_whoever_sent_a_version_does_not_decide_on_it_though_it_was_handed_over(service: Service) -> None:
    item = await sent_by_rita(service)
    with service.context.review.store.write() as transaction:
        hand_over(transaction, HandOver("rita", "dana", "", "said"), service.clock.now())
    assert (await service.page(item["number"], RITA_BROWSER)).code == "own-submission"


async def test_a_named_reviewer_is_found_by_the_name_of_now(service: Service) -> None:
    await me(service, people.RITA)
    service.hub.rename("rita", "margarita")
    account(service, "rita")
    for token in (people.RITA, NEW):
        await me(service, token)
    answers = {"title": "t", "reviewers": ["margarita", "never-seen"]}
    number = (await service.sent(SubmissionDraft(answers=answers)))["number"]
    waits = [entry["who"] for entry in (await service.submission(number))["attention"]]
    assert waits == ["track:technical", "user:never-seen", "user:rita"]


async def test_a_hub_database_that_is_new_is_recognised_and_everybody_adopted_with_one_command(
    service: Service,
) -> None:
    item = await sent_by_rita(service)
    service.hub.renew()
    service.clock.advance(hours(1))
    zoe = "zoe-server"
    account(service, "zoe", zoe)
    assert await me(service, zoe) == "zoe", "whoever was never seen may come"
    for _ in range(2):
        assert await me(service, people.RITA) == "hub-database-new"
    assert (await service.page(item["number"], people.REMY_BROWSER)).code == "hub-database-new"
    with service.context.review.store.write() as transaction:
        assert adopt(transaction, service.clock.now()) == 5
    forget(service)
    assert [await me(service, token) for token in (people.RITA, people.REMY, zoe)] == ["rita", "remy", "zoe"]
    assert await listed(service, people.RITA) == [item["number"]]


async def test_a_name_that_is_released_is_somebody_elses(service: Service) -> None:
    item = await sent_by_rita(service)
    service.hub.renew()
    assert await me(service, people.RITA) == "hub-database-new"
    with service.context.review.store.write() as transaction:
        release(transaction, "rita", service.clock.now())
    forget(service)
    assert await me(service, people.RITA) == "rita/2"
    assert await listed(service, people.RITA) == []
    assert (await service.submission(item["number"], people.RITA))["author"] == "rita"


async def test_what_is_stored_before_anybody_was_seen_is_bound_at_first_sight(service: Service) -> None:
    """As after the upgrade: rows with names, and nobody in the table of people."""
    number = factories.sent(service.context.review.store, "dana").number
    assert await listed(service, people.DANA) == [number]
    for token in (people.OLGA, people.REMY):
        await me(service, token)
    service.hub.delete("dana")
    account(service, "dana")
    assert await me(service, NEW) == "dana/2"
    assert await listed(service, NEW) == []


async def test_being_seen_is_noted_now_and_then(service: Service) -> None:
    await me(service, people.DANA)
    with service.context.review.store.read() as reader:
        before = reader.person("dana")
    service.clock.advance(hours(1))
    forget(service)
    await me(service, people.DANA)
    with service.context.review.store.read() as reader:
        after = reader.person("dana")
        assert reader.last_seq() == 0, "being seen is no event"
    assert before is not None
    assert after is not None
    assert after.seen_at - before.seen_at == hours(1)
    assert after.bound_at == before.bound_at
