"""Whom an owner lets into a repository: on its page, by a form with a ticket, and for nobody else."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from enablement_ext.core.access.people import UNTOLD, Account
from tests.service import people
from tests.service.fixtures import Reply, Service, form_of

PATH = "git/user/dana/churn"


async def page(service: Service, token: str = people.DANA_BROWSER) -> Reply:
    return await service.ask("GET", f"/{PATH}", headers=service.session(token))


async def post(service: Service, shown: Reply, token: str = people.DANA_BROWSER, **fields: str) -> Reply:
    body = urlencode({**form_of(shown), **fields}).encode()
    return await service.ask("POST", f"/{PATH}/access", body=body, headers=service.form(token))


async def begun(service: Service) -> Reply:
    """dana's repository, and its page; olga has worked here."""
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    await service.get("/api/v1/whoami", people.OLGA)
    return await page(service)


async def access(service: Service, token: str) -> str:
    found = await service.get(f"/api/v1/git/repository?path={PATH}", token)
    return str(found.json["access"])


async def test_access_is_given_changed_and_taken(light: Service) -> None:
    shown = await begun(light)
    for level in ("read", "write", "write", "none", "none"):
        assert (await post(light, shown, who="olga", access=level)).status == 302
        assert await access(light, people.OLGA) == level
        assert (b'data-member="olga"' in (await page(light)).body) is (level != "none")
    with light.context.review.store.read() as reader:
        told = [
            dict(event.data)["access"] for event in reader.events_after(0, 100) if event.kind == "repository_shared"
        ]
    assert told == ["read", "write", "none"]


async def test_keys_end_when_access_is_taken_and_new_ones_do_what_one_may(light: Service) -> None:
    shown = await begun(light)
    await post(light, shown, who="olga", access="write")
    for level, kept in (("read", 1), ("none", 0)):
        assert (await light.post("/api/v1/git/credentials", people.OLGA, {"path": PATH})).status == 200
        await post(light, shown, who="olga", access=level)
        with light.context.review.store.read() as reader:
            kind = light.context.repositories.forge.place.kind
            assert list(reader.grants_of(kind, "olga", PATH)) == []
        again = await light.post("/api/v1/git/credentials", people.OLGA, {"path": PATH})
        assert (again.status == 200) is bool(kept)


async def test_only_the_owner_gets_the_form_and_a_ticket_is_for_one_page(light: Service) -> None:
    shown = await begun(light)
    await light.post("/api/v1/git/repositories", people.DANA, {"name": "other"})
    await post(light, shown, who="remy", access="read")
    assert (await post(light, shown, who="remy", access="read")).status == 400, "nobody has seen remy yet"
    await light.get("/api/v1/whoami", people.REMY)
    await post(light, shown, who="remy", access="write")
    remys = await page(light, people.REMY_BROWSER)
    assert remys.status == 200
    assert b'name="ticket"' not in remys.body
    assert (await post(light, shown, people.REMY_BROWSER, who="olga", access="read")).status == 403
    elsewhere = await light.ask("GET", "/git/user/dana/other", headers=light.session(people.DANA_BROWSER))
    assert (await post(light, elsewhere, who="olga", access="read")).status == 403
    script = {**light.session(people.DANA_BROWSER), "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert b'name="ticket"' not in (await light.ask("GET", f"/{PATH}", headers=script)).body


@pytest.mark.parametrize(
    ("who", "level"),
    [("nobody", "read"), ("", "read"), ("olga", "all"), ("olga", ""), ("dana", "read"), ("petra", "read")],
)
async def test_what_makes_no_sense_is_refused(light: Service, who: str, level: str) -> None:
    shown = await begun(light)
    assert (await post(light, shown, who=who, access=level)).status == 400


async def test_access_is_a_persons_and_not_a_names(light: Service) -> None:
    shown = await begun(light)
    await post(light, shown, who="olga", access="read")
    light.hub.put_account(Account("olga", UNTOLD.replace(year=2026)))  # removed, and the name given to somebody else
    assert await access(light, people.OLGA) == "none"
    assert (await post(light, shown, who="olga", access="write")).status == 302
    with light.context.review.store.read() as reader:
        members = {member.who: member.write for member in reader.members(PATH)}
    assert members == {"olga": False, "olga/2": True}


async def test_a_group_is_offered_where_it_is_no_role(light: Service) -> None:
    light.hub.put_groups("dana", frozenset({people.AUTHORS, "churn-team"}))
    found = await light.get("/api/v1/git/repository?name=churn&group=churn-team", people.DANA)
    assert (found.json["groups"], found.json["access"], found.json["exists"]) == (["churn-team"], "write", False)
    theirs = await light.get("/api/v1/git/repository?name=churn&group=other", people.DANA)
    assert (theirs.json["access"], theirs.json["ask"]) == ("none", "Ask somebody who looks after the group other.")
    assert (await light.get("/api/v1/git/repository?name=../x", people.DANA)).status == 400
