"""The service's pages in a browser's hands: sign-in, links from outside, redirects that stay on the host."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from enablement_ext.core.review.models import Principal
from enablement_ext.web.redirect import safe_next
from tests.service import people
from tests.service.fixtures import NAVIGATION, Reply, Service, form_of

PREFIX = "/services/enablement/"


def location(reply: Reply) -> str:
    return reply.headers["Location"]


def cookies(reply: Reply) -> dict[str, str]:
    lines = reply.headers.get_list("Set-Cookie")  # type: ignore[attr-defined]  # tornado's own header type
    return dict(line.split(";", 1)[0].split("=", 1) for line in lines)


async def signing_in(service: Service, path: str) -> tuple[str, dict[str, str]]:
    """Begin at a page; returns the state and the cookies of the flow."""
    begun = await service.ask("GET", path, headers=NAVIGATION)
    assert begun.status == 302
    query = parse_qs(urlsplit(location(begun)).query)
    assert location(begun).startswith(f"http://127.0.0.1:{service.port}/hub/api/oauth2/authorize?")
    assert query["redirect_uri"] == [f"{service.origin}{PREFIX}oauth_callback"]
    assert (query["client_id"], query["code_challenge_method"]) == (["service-enablement"], ["S256"])
    return query["state"][0], cookies(begun)


async def returning(service: Service, query: str, sent: dict[str, str]) -> Reply:
    cookie = "; ".join(f"{name}={value}" for name, value in sent.items())
    return await service.ask("GET", f"/oauth_callback?{query}", headers={**NAVIGATION, "Cookie": cookie})


async def test_signing_in_leads_back_to_the_page(light: Service) -> None:
    await light.sent()
    state, sent = await signing_in(light, "/decide/1?decision=approve")
    light.hub.add_code("code", people.REMY_BROWSER)
    back = await returning(light, f"state={state}&code=code", sent)
    assert (back.status, location(back)) == (302, f"{PREFIX}decide/1?decision=approve")
    session = cookies(back)["enablement-session"]
    page = await light.ask("GET", "/decide/1", headers={**NAVIGATION, "Cookie": f"enablement-session={session}"})
    assert page.status == 200
    line = next(one for one in back.headers.get_list("Set-Cookie") if "session" in one)  # type: ignore[attr-defined]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert f"Path={PREFIX}" in line


async def test_a_sign_in_belongs_to_the_browser_that_began_it(light: Service) -> None:
    state, sent = await signing_in(light, "/")
    light.hub.add_code("code", people.REMY_BROWSER)
    assert (await returning(light, f"state={state}&code=code", {})).status == 403
    other, _ = await signing_in(light, "/")
    assert (await returning(light, f"state={other}&code=code", sent)).status == 403
    assert (await returning(light, "error=access_denied", sent)).status == 403
    assert (await returning(light, f"state={state}&code=wrong", sent)).status == 401


async def test_a_code_that_no_session_of_the_hub_stands_behind_is_refused(light: Service) -> None:
    """As for a token that was minted with another token: the hub names no session for it."""
    remy = Principal("remy", frozenset({people.REVIEWERS}), frozenset({"read", "decide"}))
    light.hub.add_token("minted", remy)
    state, sent = await signing_in(light, "/")
    light.hub.add_code("code", "minted")
    back = await returning(light, f"state={state}&code=code", sent)
    assert (back.status, cookies(back)) == (403, {})


async def test_a_code_and_a_flow_are_good_once(light: Service) -> None:
    state, sent = await signing_in(light, "/")
    light.hub.add_code("code", people.REMY_BROWSER)
    assert (await returning(light, f"state={state}&code=code", sent)).status == 302
    assert (await returning(light, f"state={state}&code=code", sent)).status == 401


async def test_a_session_lasts_minutes_and_a_page_outlives_its_form(light: Service) -> None:
    await light.sent()
    state, sent = await signing_in(light, "/decide/1")
    light.hub.add_code("code", people.REMY_BROWSER)
    session = cookies(await returning(light, f"state={state}&code=code", sent))["enablement-session"]
    headers = {**NAVIGATION, "Cookie": f"enablement-session={session}"}
    light.clock.advance(timedelta(minutes=4))
    page = await light.ask("GET", "/decide/1", headers=headers)
    assert page.status == 200
    light.clock.advance(timedelta(minutes=9))
    assert (await light.ask("GET", "/decide/1", headers=headers)).status == 302, "a new page signs in again"
    body = urlencode({**form_of(page), "verdict": "approve"}).encode()
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded", "Origin": light.origin}
    assert (await light.ask("POST", "/decide/1", body=body, headers=form)).status == 200
    light.clock.advance(timedelta(minutes=3))
    assert (await light.ask("POST", "/decide/1", body=body, headers=form)).code == "forbidden"


async def test_an_ended_session_signs_in_again(light: Service) -> None:
    light.hub.revoke(people.REMY_BROWSER)
    reply = await light.ask("GET", "/", headers=light.session(people.REMY_BROWSER))
    assert reply.status == 302


async def test_the_next_person_at_the_browser_is_not_the_one_before(light: Service) -> None:
    state, sent = await signing_in(light, "/")
    light.hub.add_code("code", people.REMY_BROWSER)
    stranger = await returning(light, f"state={state}&code=code", {**sent, "jupyterhub-session-id": "danas"})
    assert stranger.status == 403, "the hub's cookie in this browser is another person's"
    light.hub.add_code("code", people.REMY_BROWSER)
    hubs = {"jupyterhub-session-id": people.HUB_SESSION}
    back = await returning(light, f"state={state}&code=code", {**sent, **hubs})
    mine = f"enablement-session={cookies(back)['enablement-session']}"
    # Under a host name of their own the pages see no cookie of the hub's.
    for more, status in (
        (f"; jupyterhub-session-id={people.HUB_SESSION}", 200),
        ("; jupyterhub-session-id=danas", 302),
        ("", 200),
    ):
        assert (await light.ask("GET", "/", headers={**NAVIGATION, "Cookie": mine + more})).status == status


async def test_a_forged_session_is_nobody(light: Service) -> None:
    reply = await light.ask("GET", "/", headers={**NAVIGATION, "Cookie": f"enablement-session={people.REMY_BROWSER}"})
    assert reply.status == 302


async def test_a_link_from_outside_opens_the_visitors_own_lab_without_a_session(light: Service) -> None:
    for port in (light.port, light.pages):
        reply = await light.ask_at(port, "GET", "/s/12")
        lab = f"http://127.0.0.1:{light.port}/hub/user-redirect/lab?enablement-submission=12"
        assert (reply.status, location(reply)) == (302, lab)
        assert cookies(reply) == {}


async def test_home_says_who_one_is(light: Service) -> None:
    reply = await light.ask("GET", "/", headers=light.session(people.REMY_BROWSER))
    assert reply.status == 200
    assert b"remy" in reply.body
    assert b"technical" in reply.body


async def test_a_problem_on_a_page_is_a_page(light: Service) -> None:
    reply = await light.page(99)
    assert (reply.status, reply.code) == (404, "not-found")
    assert reply.headers["Content-Type"].startswith("text/html")


AWAY = [
    "//evil.example/",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
    "%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/services/enablement/..//evil.example",
    "/services/enablement/%2e%2e/%2e%2e/hub/logout",
    "/services/enablement/\\evil",
    "/services/enablement/%5cevil",
    "/services/enablement/%255c%255cevil",
    "/services/enablement/\t/evil",
    "/services/enablement/%0d%0aX: y",
    "/services/enablementevil/",
    "/hub/logout",
    "",
]


@pytest.mark.parametrize("target", AWAY)
def test_a_redirect_stays_below_the_service(target: str) -> None:
    assert safe_next(target, PREFIX) == PREFIX


@pytest.mark.parametrize("target", [PREFIX, f"{PREFIX}decide/12?decision=approve", f"{PREFIX}s/3"])
def test_a_page_of_ours_is_a_target(target: str) -> None:
    assert safe_next(target, PREFIX) == target


@pytest.mark.parametrize(
    ("said", "secure"),
    [
        ({}, False),
        ({"X-Forwarded-Proto": "https"}, True),
        ({"X-Forwarded-Proto": "https,http"}, False),
        ({"X-Scheme": "https"}, True),
    ],
)
async def test_cookies_are_for_tls_where_the_browser_came_over_it(
    light: Service, said: dict[str, str], secure: bool
) -> None:
    begun = await light.ask("GET", "/", headers={**NAVIGATION, **said})
    lines = begun.headers.get_list("Set-Cookie")  # type: ignore[attr-defined]  # tornado's own header type
    assert lines
    assert {"secure" in line.lower() for line in lines} == {secure}
