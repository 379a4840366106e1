"""Two addresses of one process: pages with a browser's session at one, everything else at the other; and no decisions where that is not so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tornado.httpclient import HTTPRequest
from tornado.testing import bind_unused_port

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.access.decision_origin import DecisionOrigin, Risk, ServersPlace
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.context import PublicUrls
from enablement_ext.service.http.listeners import Listener
from enablement_ext.service.http.server import route_table, web_server
from tests.service import people
from tests.service.fixtures import KEY, NAVIGATION, PREFIX, Service, form_of, running

EVERYWHERE = {"deepLink", "healthz"}


def path_of(path: str) -> str:
    """The path of a route with something in its parameters."""
    for name, value in (
        ("space", "user"),
        ("owner", "dana"),
        ("repository", "churn"),
        ("image", "a"),
        ("release", "2026.1.0"),
    ):
        path = path.replace(f"{{{name}}}", value)
    for name in ("number", "version", "cell", "index", "thread", "comment", "draft"):
        path = path.replace(f"{{{name}}}", "1")
    return path


async def test_every_route_is_served_at_one_address_and_named_by_the_other(light: Service) -> None:
    """Before its session, ticket or body is looked at: nothing that comes along makes a difference."""
    everything = {**light.form(people.REMY_BROWSER), "Authorization": f"token {people.REMY}"}
    for route in route_table(light.context).routes:
        right, wrong = (light.pages, light.port) if route.of_pages else (light.port, light.pages)
        path = path_of(route.path)
        body = b"verdict=approve" if route.method == "POST" else None
        headers = everything if body else {key: value for key, value in everything.items() if key != "Content-Type"}
        there = await light.ask_at(wrong, route.method, path, body=body, headers=headers)
        if route.operation in EVERYWHERE:
            assert there.code != "wrong-origin"
            continue
        assert (there.status, there.code) == (403, "wrong-origin"), route.operation
        assert f"http://127.0.0.1:{right}{PREFIX}{path}" in there.body.decode()
        assert "Set-Cookie" not in there.headers


async def test_a_page_at_the_wrong_address_links_the_right_one(light: Service) -> None:
    reply = await light.ask_at(light.port, "GET", "/decide/1", headers=NAVIGATION)
    assert f'<a href="{light.origin}{PREFIX}/decide/1"' in reply.body.decode()


async def test_git_keys_are_given_to_people_at_the_pages_address_and_clones_go_to_the_other(light: Service) -> None:
    await light.post("/api/v1/git/repositories", people.REMY, {"name": "churn"})
    page = await light.ask("GET", "/git/user/remy/churn", headers=light.session(people.REMY_BROWSER))
    assert page.status == 200
    assert b'id="key"' in page.body
    assert f"git clone http://127.0.0.1:{light.port}{PREFIX}/git/user/remy/churn" in page.body.decode()


PAGES, HUB, LOCAL = f"https://decide.example.org{PREFIX}/", "https://hub.example.org/hub/", ServersPlace.SAME_HOST
SHARED, PLAIN, ACCOUNT = Risk.SHARED_ORIGIN, Risk.PLAIN_HTTP, Risk.ONE_ACCOUNT
PLACES = [
    (PAGES, HUB, LOCAL, ()),
    (f"https://hub.example.org:8443{PREFIX}/", HUB, LOCAL, ()),
    (f"https://hub.example.org{PREFIX}/", HUB, LOCAL, (SHARED,)),
    (f"https://HUB.example.org:443{PREFIX}/", HUB, LOCAL, (SHARED,)),
    (f"{PREFIX}/", "/hub/", LOCAL, (SHARED, PLAIN)),
    (f"{PREFIX}/", HUB, ServersPlace.ELSEWHERE, (SHARED,)),
    (PAGES.replace("https", "http"), HUB, LOCAL, (PLAIN,)),
    (PAGES, HUB.replace("https", "http"), LOCAL, (PLAIN,)),
    (PAGES.replace("https", "http"), HUB.replace("https", "http"), ServersPlace.ELSEWHERE, ()),
    (PAGES, HUB, ServersPlace.SAME_ACCOUNT, (ACCOUNT,)),
    ("http://127.0.0.1:8001/", "http://127.0.0.1:8000/hub/", ServersPlace.SAME_ACCOUNT, (PLAIN, ACCOUNT)),
]


@pytest.mark.parametrize(("pages", "hub", "servers", "risks"), PLACES)
def test_what_makes_decisions_unsafe(pages: str, hub: str, servers: ServersPlace, risks: tuple[Risk, ...]) -> None:
    place = DecisionOrigin(pages, hub, servers)
    assert place.risks == place.off_because == risks
    assert bool(place.remedy) == bool(risks)
    accepted = replace(place, accepted=frozenset(Risk))
    assert (accepted.off_because, accepted.taken, accepted.remedy) == ((), risks, "")
    for risk in risks:
        assert risk in replace(place, accepted=frozenset(set(Risk) - {risk})).off_because


@pytest.mark.parametrize(
    ("pages", "own"),
    [
        (PAGES, True),
        (PAGES.replace("https", "http"), False),
        (f"https://hub.example.org:8443{PREFIX}/", False),
        ("/", False),
    ],
)
def test_a_cookie_is_bound_to_the_host_only_where_no_server_of_a_person_has_that_host(pages: str, own: bool) -> None:
    """A cookie knows no port: `__Host-` on the hub's host name would be sent to people's servers."""
    assert DecisionOrigin(pages, HUB).own_host is own


@asynccontextmanager
async def one_listener(urls: PublicUrls, servers: ServersPlace, *accepted: Risk) -> AsyncIterator[tuple[Service, int]]:
    """A service whose pages and API share an address; its port."""
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY)) as service:
        place = DecisionOrigin(urls.pages, urls.hub, servers, frozenset(accepted))
        service.context = replace(service.context, urls=urls, decisions=place)
        server = web_server(service.context, Listener.ALL)
        socket, port = bind_unused_port()
        server.add_socket(socket)
        service.port = service.pages = port
        yield service, port
        server.stop()
        await server.close_all_connections()


async def test_without_an_address_of_their_own_there_are_no_pages(light: Service) -> None:
    async with one_listener(PublicUrls(), LOCAL) as (service, _):
        await service.sent()
        for route in route_table(service.context).routes:
            if route.of_pages:
                body = b"a=b" if route.method == "POST" else None
                headers = service.form(people.REMY_BROWSER) if body else service.session(people.REMY_BROWSER)
                reply = await service.ask(route.method, path_of(route.path), body=body, headers=headers)
                assert (reply.status, reply.code) == (403, "decisions-off"), route.operation
                assert "c.Enablement.decision_url" in reply.body.decode()
        me = (await service.get("/api/v1/whoami", people.REMY)).json["decisions"]
        assert (me["on"], me["off_because"], me["accepted_risks"]) == (False, ["shared-origin", "plain-http"], [])
    me = (await light.get("/api/v1/whoami", people.REMY)).json["decisions"]
    assert me == {"on": True, "url": f"{light.origin}{PREFIX}/", "off_because": [], "accepted_risks": []}


async def test_an_accepted_risk_is_said_on_the_page_and_in_the_event() -> None:
    async with one_listener(PublicUrls(), ServersPlace.SAME_ACCOUNT, *Risk) as (service, port):
        found = await service.sent()
        number = found["number"]
        assert number
        page = await service.page(number)
        for word in ("address of the labs", "not on https", "This is a demo"):
            assert word in page.body.decode()
        headers = {**service.form(people.REMY_BROWSER), "Origin": f"http://127.0.0.1:{port}"}
        fields = "&".join(f"{name}={value}" for name, value in {**form_of(page), "verdict": "approve"}.items())
        done = await service.ask("POST", f"/decide/{number}", body=fields.encode(), headers=headers)
        assert done.status == 200, done.body
        assert "This is a demo" in done.body.decode()
        events = (await service.get(f"/api/v1/submissions/{number}/events", people.REMY)).json["events"]
        assert events[-1]["kind"] == "approved"
        assert events[-1]["data"]["accepted_risks"] == "shared-origin,plain-http,one-account"


async def test_a_decision_without_a_risk_says_nothing_of_any(light: Service) -> None:
    found = await light.sent()
    page = await light.page(found["number"])
    assert b'id="risks"' not in page.body
    await light.decide(found["number"], page, "approve")
    events = (await light.get(f"/api/v1/submissions/{found['number']}/events", people.REMY)).json["events"]
    assert "accepted_risks" not in events[-1]["data"]


async def test_with_subdomains_one_listener_serves_the_pages_under_their_own_host_alone() -> None:
    urls = PublicUrls(hub="http://hub.localhost:1/hub/", pages=f"http://enablement.hub.localhost:1{PREFIX}/")
    async with one_listener(urls, ServersPlace.ELSEWHERE) as (service, port):
        await service.sent()
        seen = {}
        for host in ("enablement.hub.localhost:1", "hub.localhost:1", "enablement.hub.localhost:2"):
            headers = {**service.session(people.REMY_BROWSER), "Host": host}
            request = HTTPRequest(f"http://127.0.0.1:{port}{PREFIX}/decide/1", headers=headers, follow_redirects=False)
            seen[host] = (await service.client.fetch(request, raise_error=False)).code
            api = HTTPRequest(
                f"http://127.0.0.1:{port}{PREFIX}/api/v1/whoami",
                headers={"Host": host, "Authorization": f"token {people.REMY}"},
            )
            assert (await service.client.fetch(api, raise_error=False)).code == 200
        assert list(seen.values()) == [200, 403, 403]


async def test_both_addresses_answer_at_once(light: Service) -> None:
    replies = await asyncio.gather(*(light.ask_at(port, "GET", "/healthz") for port in (light.port, light.pages) * 20))
    assert {reply.status for reply in replies} == {200}
