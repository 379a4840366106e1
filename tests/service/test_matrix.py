"""Every route and everybody: one table. A route that is not in it fails the test; so does a row without a route."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.service.http.server import route_table
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import NAVIGATION, PREFIX, TAR, Reply, Service, running

# anonymous, other author, author, reviewer, administrator, known without scopes, the reviewer's browser session
LOOK = (401, 404, 200, 200, 200, 403, 401)
ANYBODY = (401, 200, 200, 200, 200, 403, 401)
WRITE = (401, 404, 201, 201, 403, 403, 401)
REVIEW = (401, 403, 403, 200, 403, 403, 401)
PAGE = (302, 302, 302, 302, 302, 302, 200)
OPEN = (200,) * 7
TOKENS = (
    "",
    people.OLGA,
    people.DANA,
    people.REMY,
    people.PETRA_BROWSER,  # as an API token: it carries `admin`
    people.NO_SCOPES,
    None,  # a browser session
)

MATRIX: Mapping[str, tuple[int, ...]] = {
    "whoami": ANYBODY,
    "listSubmissions": ANYBODY,
    "searchSubmissions": ANYBODY,
    "exportSearch": ANYBODY,
    "searchFilters": ANYBODY,
    "listSavedSearches": ANYBODY,
    "saveSearch": ANYBODY,
    "deleteSavedSearch": ANYBODY,
    "sendLimits": (401, 200, 200, 200, 403, 403, 401),
    "sendSubmission": (401, 201, 201, 201, 403, 403, 401),
    "getSubmission": LOOK,
    "sendVersion": (401, 404, 201, 403, 403, 403, 401),
    "viewNotebook": LOOK,
    "viewCell": LOOK,
    "viewDifference": LOOK,
    "viewSeen": LOOK,
    "markSeen": LOOK,
    "downloadFile": LOOK,
    "versionChecks": LOOK,
    "viewRerun": LOOK,
    "viewRerunCell": (401, 404, 404, 404, 404, 403, 401),  # nothing is run again here
    "askRerun": (401, 404, 409, 409, 403, 403, 401),
    "cancelRerun": (401, 404, 409, 409, 403, 403, 401),
    "sendTrial": (401, 409, 409, 409, 403, 403, 401),  # nothing is run again here
    "viewTrial": (401, 200, 200, 200, 403, 403, 401),
    "cancelTrial": (401, 404, 404, 404, 403, 403, 401),
    "checkRules": (401, 200, 200, 200, 403, 403, 401),
    "claim": REVIEW,
    "release": REVIEW,
    "withdraw": (401, 404, 200, 403, 403, 403, 401),
    "listThreads": LOOK,
    "openThread": WRITE,
    "reply": WRITE,
    "listDrafts": LOOK,
    "addDraft": WRITE,
    "editDraft": (401, 404, 404, 200, 404, 403, 401),  # remy's, which nobody else can tell from one that is not there
    "discardDrafts": LOOK,
    "publishDrafts": (401, 404, 409, 200, 403, 403, 401),
    "commentHistory": LOOK,
    "editComment": (401, 404, 403, 200, 403, 403, 401),
    "deleteComment": (401, 404, 403, 200, 403, 403, 401),
    "resolveThread": (401, 404, 200, 200, 403, 403, 401),
    "reopenThread": (401, 404, 200, 200, 403, 403, 401),
    "rejectSuggestion": (401, 404, 200, 403, 403, 403, 401),  # the author's to say
    "listEvents": LOOK,
    "streamEvents": ANYBODY,
    "listImages": ANYBODY,
    "viewRelease": ANYBODY,
    "compareReleases": ANYBODY,
    "askForPackage": (401, 201, 201, 201, 403, 403, 401),
    "listPackageRequests": ANYBODY,
    "getPackageRequest": (401, 404, 200, 404, 200, 403, 401),  # dana's; petra looks after images
    "withdrawPackageRequest": (401, 404, 200, 404, 403, 403, 401),
    "packageRequestsPage": (302, 302, 302, 302, 302, 302, 403),  # a reviewer does not
    "packageRequestPage": (403, 403, 403, 403, 403, 403, 403),
    "answerPackageRequest": (403, 403, 403, 403, 403, 403, 403),
    "contract": ANYBODY,
    "decisionPage": (403, 403, 403, 403, 403, 403, 200),
    "decide": (403, 403, 403, 403, 403, 403, 200),
    "confirmationsPage": PAGE,
    "confirmationPage": (403, 403, 403, 403, 403, 403, 404),  # nothing was confirmed yet
    "disputeConfirmation": (403,) * 7,  # without the page's own form
    "listHolds": ANYBODY,  # to who is no platform engineer it says so, and no number
    "holdsPage": (302, 302, 302, 302, 302, 302, 403),  # a reviewer does not
    "holdPage": (403,) * 7,
    "settleHold": (403,) * 7,
    "notificationsPage": (403, 403, 403, 403, 403, 403, 200),
    "saveNotifications": (403,) * 7,  # without the page's own form
    "undeliveredPage": (403,) * 7,
    "retryUndelivered": (403,) * 7,
    "deepLink": (302,) * 7,
    "home": PAGE,
    "oauthCallback": (400,) * 7,
    "makeRepository": (401, 201, 201, 201, 403, 403, 401),
    "listRepositories": ANYBODY,
    "mintGitKey": (401, 404, 200, 404, 404, 403, 401),  # petra may read what somebody lets her read
    "lookUpRepository": ANYBODY,
    "describeForge": ANYBODY,
    "endGitKeys": (401, 404, 200, 404, 404, 403, 401),
    "openPullRequest": (401, 404, 201, 404, 403, 403, 401),
    "takeDelivery": (401,) * 7,  # signed by the forge: tests/git
    "repositoriesPage": PAGE,
    "repositoryPage": (302, 302, 302, 302, 302, 302, 404),  # dana's
    "changeRepositoryAccess": (403,) * 7,  # without a ticket; with one: tests/git
    "gitAdvertise": (401,) * 7,  # a hub's token opens no repository, a key does: tests/git
    "gitUploadPack": (401,) * 7,
    "gitReceivePack": (401,) * 7,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
}


@dataclass(frozen=True)
class Stage:
    """A submission that remy has claimed where the route needs it, with an open thread."""

    service: Service
    number: int
    thread: int
    stamp: int
    draft: int


async def stage(service: Service, operation: str) -> Stage:
    found = await service.sent(SubmissionDraft(notebook(cell("a", "x = 1"))))
    number = found["number"]
    base = f"/api/v1/submissions/{number}"
    opened = await service.post(f"{base}/threads", people.REMY, {"version": 1, "anchor": {"cell": "a"}, "text": "?"})
    draft = {"version": 1, "kind": "comment", "anchor": {"cell": None}, "text": "not yet"}
    drafted = await service.post(f"{base}/drafts", people.REMY, draft)
    if operation == "rejectSuggestion":
        edit = {"version": 1, "kind": "suggestion", "anchor": {"cell": "a"}, "replaces": "x = 1", "source": "x = 3"}
        one = (await service.post(f"{base}/drafts", people.REMY, edit)).json
        await service.post(f"{base}/drafts/publish", people.REMY, {"drafts": [{"id": one["id"], "stamp": 1}]})
        found_threads = (await service.get(f"{base}/threads", people.REMY)).json["threads"]
        return Stage(service, number, found_threads[-1]["id"], 0, drafted.json["id"])
    if operation == "reopenThread":
        await service.post(f"/api/v1/threads/{opened.json['id']}/resolve", people.REMY, {})
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    await service.post("/api/v1/package-requests", people.DANA, {"package": "cowsay", "why": "cows"})
    stamp = (await service.submission(number))["stamp"]
    if operation == "release":
        stamp = (await service.post(f"{base}/claim", people.REMY, {"stamp": stamp})).json["stamp"]
    return Stage(service, number, opened.json["id"], stamp, drafted.json["id"])


def body_of(operation: str, on: Stage) -> tuple[bytes, dict[str, str]]:
    """What the lab would send."""
    changed = notebook(cell("a", "x = 2"))
    if operation == "sendSubmission":
        return SubmissionDraft(changed).bundle(), {"Content-Type": TAR, "Idempotency-Key": "12345678"}
    if operation == "sendVersion":
        draft = SubmissionDraft(changed, more={"stamp": on.stamp})
        return draft.bundle(), {"Content-Type": TAR, "Idempotency-Key": "12345678"}
    if operation in ("answerPackageRequest", "disputeConfirmation", "settleHold", "changeRepositoryAccess"):
        return b"verdict=accept", {"Content-Type": "application/x-www-form-urlencoded", "Origin": on.service.origin}
    if operation == "sendTrial":
        return SubmissionDraft(changed).bundle(), {"Content-Type": TAR}
    values: dict[str, object] = {
        "cancelTrial": {"id": "of-nobody"},
        "claim": {"stamp": on.stamp},
        "release": {"stamp": on.stamp},
        "withdraw": {"stamp": on.stamp},
        "openThread": {"version": 1, "anchor": {"cell": None}, "text": "hello"},
        "reply": {"text": "hello"},
        "rejectSuggestion": {"text": "no"},
        "addDraft": {"version": 1, "kind": "comment", "anchor": {"cell": None}, "text": "hello"},
        "editDraft": {"stamp": 1, "text": "hello"},
        "saveSearch": {"name": "mine", "query": "churn"},
        "deleteSavedSearch": {"name": "mine"},
        "discardDrafts": {"drafts": [{"id": on.draft, "stamp": 1}]},
        "publishDrafts": {"drafts": [{"id": on.draft, "stamp": 1}]},
        "editComment": {"revision": 0, "text": "hello"},
        "deleteComment": {"revision": 0},
        "askForPackage": {"package": "polars", "why": "speed"},
        "withdrawPackageRequest": {"stamp": 1},
        "makeRepository": {"name": "fresh"},
        "mintGitKey": {"path": "git/user/dana/churn"},
        "endGitKeys": {"path": "git/user/dana/churn"},
        "openPullRequest": {"path": "git/user/dana/churn", "head": "work", "base": "main", "title": "Take it"},
    }
    return json.dumps(values.get(operation, {})).encode(), {"Content-Type": "application/json"}


async def answered(on: Stage, operation: str, token: str | None) -> int:
    route = next(route for route in route_table(on.service.context).routes if route.operation == operation)
    path = route.path
    fixed = {"version": 1, "cell": 0, "index": 0, "comment": 1}
    for name, value in ({"number": on.number, "thread": on.thread, "draft": on.draft} | fixed).items():
        path = path.replace(f"{{{name}}}", str(value))
    path = path.replace("{space}/{owner}/{repository}", "user/dana/churn")
    path = path.replace("{image}/{release}", "datascience/2026.11.0")
    path += "?path=work/churn.ipynb" if operation == "viewTrial" else ""
    path += "?from=1" if operation == "viewDifference" else ""
    path += "?with=datascience/2026.9.0" if operation == "compareReleases" else ""
    path += "?path=git/user/dana/churn" if operation == "lookUpRepository" else ""
    path += "?service=git-upload-pack" if operation == "gitAdvertise" else ""
    if token is None and operation == "decide":
        return (await on.service.decide(on.number, await on.service.page(on.number), "approve")).status
    headers = dict(on.service.session(people.REMY_BROWSER)) if token is None else {}
    if operation == "streamEvents":
        return await stream_status(on.service, path, token, headers)
    if route.method == "GET":
        return (await on.service.ask("GET", path, token or "", headers=headers)).status
    body, more = body_of(operation, on)
    return (await on.service.ask("POST", path, token or "", body, {**headers, **more})).status


async def stream_status(service: Service, path: str, token: str | None, headers: Mapping[str, str]) -> int:
    """The status line of an answer that does not end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    sent = {**headers, **({"Authorization": f"token {token}"} if token else {}), "Host": "127.0.0.1"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"GET {PREFIX}{path} HTTP/1.1\r\n{lines}\r\n".encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


@pytest.mark.parametrize("operation", sorted(MATRIX))
async def test_the_row_of(operation: str) -> None:
    found = []
    for token in TOKENS:
        async with running(MemoryReviewStore(), MemoryArtifactStore()) as service:
            found.append(await answered(await stage(service, operation), operation, token))
    assert tuple(found) == MATRIX[operation]


async def test_the_table_names_every_route(light: Service) -> None:
    assert {route.operation for route in route_table(light.context).routes} == set(MATRIX)


HIDDEN = (
    "",
    "/versions/1/notebook",
    "/versions/1/cells/0",
    "/versions/1/files/0",
    "/versions/1/checks",
    "/versions/1/rerun",
    "/threads",
    "/drafts",
    "/events",
    "/seen",
)


@pytest.mark.parametrize("rest", HIDDEN)
async def test_what_one_may_not_see_looks_like_what_is_not_there(light: Service, rest: str) -> None:
    found = await light.sent()
    hidden = await light.get(f"/api/v1/submissions/{found['number']}{rest}", people.OLGA)
    missing = await light.get(f"/api/v1/submissions/4711{rest}", people.OLGA)
    assert (hidden.status, hidden.body) == (missing.status, missing.body)
    assert hidden.status == 404


@pytest.mark.parametrize("name", ["token", "access_token", "TOKEN"])
async def test_a_token_in_the_address_is_refused(light: Service, name: str) -> None:
    reply = await light.get(f"/api/v1/whoami?{name}={people.REMY}")
    assert reply.status == 403
    both = await light.get(f"/api/v1/whoami?{name}={people.REMY}", people.REMY)
    assert both.status == 403
    page = await light.ask_at(light.pages, "GET", f"/?{name}=x", headers=NAVIGATION)
    assert page.status == 403


@pytest.mark.parametrize("value", ["Basic abc", "token", "token  ", "token a b", "nonsense", "token " + "x" * 600])
async def test_an_odd_authorization_header_is_nobody(light: Service, value: str) -> None:
    reply = await light.ask("GET", "/api/v1/whoami", headers={"Authorization": value})
    assert (reply.status, reply.code) == (401, "not-signed-in")


async def test_a_revoked_token_is_nobody(light: Service) -> None:
    light.hub.revoke(people.DANA)
    reply: Reply = await light.get("/api/v1/whoami", people.DANA)
    assert (reply.status, reply.code) == (401, "not-signed-in")


async def test_a_hub_that_is_away_is_said_with_a_time_to_come_back(light: Service) -> None:
    light.hub.away = True
    reply = await light.get("/api/v1/whoami", people.DANA)
    assert (reply.status, reply.code) == (503, "hub-unavailable")
    assert int(reply.headers["Retry-After"]) > 0


async def test_security_headers_are_on_every_answer(light: Service) -> None:
    for path in ("/healthz", "/api/v1/whoami", "/nowhere", "/"):
        reply = await light.get(path)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
