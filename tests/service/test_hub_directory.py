"""`HubDirectory`: one contract over the REST API and the in-memory implementation, and how each answer of a hub is understood."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from enablement_ext.adapters.hub_api import HubAddress, HubAnswerCache, HubApi, server_in
from enablement_ext.adapters.memory.hub import MemoryHub
from enablement_ext.core.access.people import UNTOLD, Account
from enablement_ext.core.errors import HubUnavailable, NotFound, NotSignedIn, TooManyRequests, UnknownImage
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import HubDirectory
from tests.loop_time import own_time
from tests.polling import PATIENCE, until_async
from tests.service.hub_server import ACCOUNT, DANA, IMAGE, HubServer, running_hub


@pytest.fixture
async def hub() -> AsyncIterator[HubServer]:
    async with running_hub() as found:
        yield found


@pytest.fixture(params=["api", "memory"])
def directory(request: pytest.FixtureRequest, hub: HubServer) -> HubDirectory:
    if request.param == "api":
        return HubApi(hub.address())
    memory_hub = MemoryHub()
    memory_hub.add_token("dana-token", DANA, "session-1")
    memory_hub.put_account(ACCOUNT)
    memory_hub.put_image("dana", "", IMAGE)
    memory_hub.put_groups("olga", frozenset({"authors"}))
    memory_hub.add_code("good", "dana-token")
    return memory_hub


async def test_a_token_is_its_owner(directory: HubDirectory) -> None:
    assert await directory.principal("dana-token") == DANA


async def test_an_unknown_token_is_nobody(directory: HubDirectory) -> None:
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            await directory.principal("unknown")


async def test_the_image_is_what_the_spawner_recorded(directory: HubDirectory) -> None:
    assert await directory.image_of("dana", "") == IMAGE
    assert await directory.image_of("dana", "", token="dana-token") == IMAGE
    for user, server in (("dana", "bare"), ("dana", "none"), ("nobody", "")):
        with pytest.raises(UnknownImage):
            await directory.image_of(user, server)


async def test_groups_are_those_of_now(directory: HubDirectory) -> None:
    assert await directory.groups_of("dana") == frozenset({"authors"})
    with pytest.raises(NotFound):
        await directory.groups_of("nobody")


async def test_members_of_a_group_are_those_of_now(directory: HubDirectory) -> None:
    assert await directory.members_of("authors") == frozenset({"dana", "olga"})
    assert await directory.members_of("nobodys") == frozenset()


async def test_a_group_whose_members_are_not_told_is_not_empty(hub: HubServer) -> None:
    hub.answer = (200, b'{"kind": "group", "name": "authors"}')
    with pytest.raises(HubUnavailable):
        await HubApi(hub.address()).members_of("authors")


async def test_an_account_is_that_of_now(directory: HubDirectory) -> None:
    assert await directory.account_of("dana") == ACCOUNT
    assert await directory.account_of("nobody") is None


@pytest.mark.parametrize(
    ("made", "at"),
    [
        ({"created": None}, UNTOLD),  # an account of a hub that kept no times yet
        ({"created": "2026-11-24T09:00:00+01:00"}, datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ({"created": "2026-11-24T08:00:00"}, datetime(2026, 11, 24, 8, tzinfo=UTC)),
    ],
)
async def test_when_an_account_was_made(hub: HubServer, made: dict[str, Any], at: datetime) -> None:
    hub.made = made
    assert (await HubApi(hub.address()).principal("dana-token")).account == Account("dana", at)


@pytest.mark.parametrize("made", [{}, {"created": "yesterday"}])
async def test_nobody_is_somebody_without_the_time_of_the_account(hub: HubServer, made: dict[str, Any]) -> None:
    hub.made = made
    with pytest.raises(HubUnavailable):
        await HubApi(hub.address()).principal("dana-token")


async def test_a_name_that_changes_hands_while_it_is_asked_about_is_asked_again(hub: HubServer) -> None:
    hub.renames = ["danuta", "dana", "dana"]  # another account is called dana by the time it is asked about
    assert await HubApi(hub.address()).principal("dana-token") == DANA
    assert hub.asked["users/danuta"] == 1
    hub.renames = ["a", "b", "c", "d"]
    hub.tokens["dana-token"]["name"] = "dana"
    with pytest.raises(HubUnavailable):
        await HubApi(hub.address()).principal("dana-token")


async def test_a_code_becomes_a_token(directory: HubDirectory) -> None:
    assert await directory.sign_in("good", "v") == "dana-token"
    with pytest.raises(NotSignedIn):
        await directory.sign_in("bad", "v")


async def test_a_browsers_token_names_its_session_of_the_hub_and_is_never_remembered(
    directory: HubDirectory, hub: HubServer
) -> None:
    assert await directory.browser_user("dana-token") == (DANA, "session-1")
    if isinstance(directory, MemoryHub):
        directory.revoke("dana-token")
    else:
        hub.tokens.clear()
    with pytest.raises(NotSignedIn):
        await directory.browser_user("dana-token")


@pytest.mark.parametrize("session", [None, "", 7])
async def test_a_token_of_no_session_says_so(hub: HubServer, session: object) -> None:
    hub.tokens["dana-token"]["session_id"] = session
    assert (await HubApi(hub.address()).browser_user("dana-token"))[1] == ""


async def test_a_services_token_is_no_person(hub: HubServer) -> None:
    with pytest.raises(NotSignedIn):
        await HubApi(hub.address()).principal("other-service")


ANSWERS = [
    (500, b""),
    (502, b"<html>"),
    (404, b"{}"),
    (429, b""),
    (302, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"{}"),
]


@pytest.mark.parametrize("answer", ANSWERS)
async def test_every_other_answer_means_that_the_hub_is_away(hub: HubServer, answer: tuple[int, bytes]) -> None:
    hub.answer = answer
    with pytest.raises(HubUnavailable):
        await HubApi(hub.address()).principal("dana-token")


async def test_a_hub_that_is_silent_or_gone_is_away(hub: HubServer) -> None:
    hub.may_answer.clear()
    with own_time(), pytest.raises(HubUnavailable):
        await HubApi(hub.address()).principal("dana-token")
    gone = HubApi(HubAddress("http://127.0.0.1:1/hub/api", "t"))
    with pytest.raises(HubUnavailable):
        await gone.groups_of("dana")


async def test_a_late_timer_is_not_a_silent_hub(hub: HubServer) -> None:
    """The hub answers at once; this process comes to its answer only after the time-out."""
    hub.wait = 0.01
    with own_time() as time:
        asking = asyncio.create_task(HubApi(hub.address(timeout=0.4)).principal("dana-token"))
        while not asking.done():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            time.go_by(0.3)
        with pytest.raises(TooManyRequests):
            await asking


@pytest.mark.slow
async def test_a_question_that_waits_here_while_others_are_answered_is_not_a_silent_hub(hub: HubServer) -> None:
    """Eighty at once, each a second long: those that have to wait for a connection are told so, and nobody that the hub is away."""
    for number in range(80):
        hub.tokens[f"token-{number}"] = hub.tokens["dana-token"]
    hub.wait = 1.2
    with own_time():
        api = HubApi(hub.address(timeout=2.0))
        said = await asyncio.gather(*(api.principal(f"token-{number}") for number in range(80)), return_exceptions=True)
    assert {DANA} <= {one for one in said if isinstance(one, Principal)}
    assert {type(one) for one in said} == {Principal, TooManyRequests}


@pytest.mark.slow
async def test_more_questions_than_can_wait_are_refused_at_once(hub: HubServer) -> None:
    hub.may_answer.clear()
    api = HubApi(hub.address())
    waiting = [asyncio.create_task(api.principal(f"token-{number}")) for number in range(500)]

    async def refused() -> list[BaseException]:
        return [error for one in waiting if one.done() and (error := one.exception()) is not None]

    found = await until_async(refused, within=PATIENCE, what="some are refused")
    assert {type(error) for error in found} == {TooManyRequests}
    assert len(found) == 500 - 432
    hub.may_answer.set()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_no_descriptor_left_is_not_a_silent_hub(hub: HubServer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    api = HubApi(hub.address())
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        with pytest.raises(TooManyRequests):
            await api.principal("dana-token")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("remember", "serves"), [(60.0, True), (0.0, False)])
async def test_the_last_good_answer_serves_its_time_when_the_hub_cannot_be_asked(
    hub: HubServer, remember: float, serves: bool
) -> None:
    now = 0.0
    api = HubApi(hub.address(remember=remember), lambda: now)
    await api.principal("dana-token")
    now, hub.answer = 100.0, (503, b"")
    if not serves:
        with pytest.raises(HubUnavailable):
            await api.principal("dana-token")
        return
    for _ in range(10):
        assert await api.principal("dana-token") == DANA
    assert hub.asked["user"] == 3, (
        "two for the first answer, one that failed: who asks meanwhile does not wait for the hub again"
    )
    with pytest.raises(HubUnavailable):
        await api.principal("another")
    now = 299.0
    assert await api.principal("dana-token") == DANA
    now = 301.0
    with pytest.raises(HubUnavailable):
        await api.principal("dana-token")
    hub.answer = None
    assert await api.principal("dana-token") == DANA


async def test_what_the_hub_takes_back_serves_no_longer(hub: HubServer) -> None:
    now = 0.0
    api = HubApi(hub.address(), lambda: now)
    await api.principal("dana-token")
    model = hub.tokens.pop("dana-token")
    now = 61.0
    with pytest.raises(NotSignedIn):
        await api.principal("dana-token")
    now, hub.answer = 70.0, (503, b"")
    with pytest.raises(HubUnavailable):
        await api.principal("dana-token")
    assert model


async def test_the_same_question_is_asked_once(hub: HubServer) -> None:
    hub.wait = 0.05
    api = HubApi(hub.address())
    found = await asyncio.gather(*(api.principal("dana-token") for _ in range(50)))
    assert set(found) == {DANA}
    await api.principal("dana-token")
    assert hub.asked == {"user": 2, "users/dana": 1}


async def test_a_revocation_is_seen_within_five_minutes_whatever_the_setting(hub: HubServer) -> None:
    now = 0.0
    api = HubApi(hub.address(remember=9999), lambda: now)
    await api.principal("dana-token")
    del hub.tokens["dana-token"]
    now = 299.0
    assert await api.principal("dana-token") == DANA
    now = 301.0
    with pytest.raises(NotSignedIn):
        await api.principal("dana-token")


async def test_a_refusal_is_forgotten_soon_and_an_absence_at_once(hub: HubServer) -> None:
    now = 0.0
    api = HubApi(hub.address(), lambda: now)
    with pytest.raises(NotSignedIn):
        await api.principal("late")
    hub.tokens["late"] = hub.tokens["dana-token"]
    now = 6.0
    assert (await api.principal("late")).name == "dana"
    hub.answer = (500, b"")
    with pytest.raises(HubUnavailable):
        await api.principal("another")
    hub.answer = None
    with pytest.raises(NotSignedIn):
        await api.principal("another")


async def test_one_caller_that_leaves_does_not_take_the_answer_from_the_others(hub: HubServer) -> None:
    hub.may_answer.clear()
    api = HubApi(hub.address())
    leaving = asyncio.create_task(api.principal("dana-token"))
    staying = asyncio.create_task(api.principal("dana-token"))

    async def asked() -> int:
        return hub.asked["user"]

    await until_async(asked, within=PATIENCE, what="the hub is asked")
    leaving.cancel()
    hub.may_answer.set()
    assert await staying == DANA


async def test_what_is_remembered_is_bounded() -> None:
    kept: HubAnswerCache[int] = HubAnswerCache(60, most=3)

    def ask(value: int) -> Callable[[], Any]:
        async def answer() -> int:
            return value

        return answer

    for value in range(10):
        assert await kept.get(bytes([value]), ask(value)) == value
    assert len(kept) == 3


async def test_guessing_tokens_pushes_no_answer_out() -> None:
    answers: HubAnswerCache[str] = HubAnswerCache(60, most=3)

    async def known() -> str:
        return "dana"

    async def unknown() -> str:
        raise NotSignedIn

    await answers.get(b"dana", known)
    for guess in range(10):
        with pytest.raises(NotSignedIn):
            await answers.get(bytes([guess]), unknown)
    assert answers.remembered(b"dana") == "dana"


@pytest.mark.parametrize(
    ("scopes", "server"),
    [
        ({"access:servers!server=dana/"}, ""),
        ({"access:servers!server=dana/second", "read:users"}, "second"),
        ({"access:servers!server=olga/second"}, None),
        ({"access:servers!server=danas/second"}, None),
        ({"access:servers!user=dana"}, None),
        ({"access:servers!server=dana/", "access:servers!server=dana/second"}, None),
        (set(), None),
    ],
)
def test_the_server_a_token_belongs_to(scopes: set[str], server: str | None) -> None:
    assert server_in("dana", frozenset(scopes)) == server
