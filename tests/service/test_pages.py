"""The service's pages in a browser's hands: sign-in, links from outside, redirects that stay on the host."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from enablement_ext.web.redirect import safe_next
from tests.service import people
from tests.service.fixtures import NAVIGATION, Reply, Service

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
    assert location(begun).startswith("/hub/api/oauth2/authorize?")
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


async def test_an_ended_session_signs_in_again(light: Service) -> None:
    light.hub.revoke(people.REMY_BROWSER)
    reply = await light.ask("GET", "/", headers=light.session(people.REMY_BROWSER))
    assert reply.status == 302


async def test_the_next_person_at_the_browser_is_not_the_one_before(light: Service) -> None:
    state, sent = await signing_in(light, "/")
    light.hub.add_code("code", people.REMY_BROWSER)
    back = await returning(light, f"state={state}&code=code", {**sent, "jupyterhub-session-id": "remys"})
    mine = f"enablement-session={cookies(back)['enablement-session']}"
    for session, status in (("remys", 200), ("danas", 302), ("", 302)):
        cookie = f"{mine}; jupyterhub-session-id={session}"
        assert (await light.ask("GET", "/", headers={**NAVIGATION, "Cookie": cookie})).status == status


async def test_a_forged_session_is_nobody(light: Service) -> None:
    reply = await light.ask("GET", "/", headers={**NAVIGATION, "Cookie": f"enablement-session={people.REMY_BROWSER}"})
    assert reply.status == 302


async def test_a_link_from_outside_opens_the_visitors_own_lab(light: Service) -> None:
    reply = await light.ask("GET", "/s/12", headers=light.session(people.DANA_BROWSER))
    assert (reply.status, location(reply)) == (302, "/hub/user-redirect/lab?enablement-submission=12")


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
