"""Accounts of a real hub: renamed, removed, made anew, a database that is new. Whose work is whose does not change with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.up import ENABLEMENT, DemoHub, running_up, start_up
from tests.service.factories import SubmissionDraft

pytestmark = pytest.mark.slow
NAVIGATED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
TOKEN = "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])"


@dataclass(frozen=True)
class Place:
    """A hub of its own, an administrator's session, and the service as people's tokens reach it."""

    hub: DemoHub
    petra: HubSession

    def session(self, name: str) -> HubSession:
        session = HubSession(self.hub.url, name)
        session.log_in(self.hub.password(name))
        return session

    def admin(self, method: str, path: str, **more: Any) -> Any:
        answer = self.petra.hub_api(method, path, **more)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def token(self, name: str) -> str:
        """A token of this account, which may do what the account may."""
        return str(self.admin("POST", f"users/{name}/tokens", json={"note": "test"})["token"])

    def service(self, method: str, path: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"token {token}", **more.pop("headers", {})}
        address = f"{self.hub.url}/services/enablement/api/v1{path}"
        return requests.request(method, address, headers=headers, timeout=PATIENCE, **more)

    def me(self, token: str) -> str:
        """The person behind the token, or why there is none."""
        answer = self.service("GET", "/whoami", token).json()
        return str(answer.get("name") or answer["code"])

    def sent(self, token: str) -> list[tuple[int, str]]:
        items = self.service("GET", "/submissions?filter=sent", token).json()["items"]
        return [(item["number"], item["author"]) for item in items]

    def command(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [*ENABLEMENT, "people", *words, "--state", str(self.hub.state)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environ})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_up(tmp_path_factory.mktemp("identity") / "state") as hub:
        petra = HubSession(hub.url, "petra")
        petra.log_in(hub.password("petra"))
        yield Place(hub, petra)


def test_what_is_whose_outlives_names_accounts_and_the_hubs_database(place: Place) -> None:
    """One story, because each step stands on the one before and a hub takes its time to start."""
    remy = place.session("remy")
    number = _sent_from_own_server(place, remy)
    for name in ("dana", "petra"):
        assert place.me(place.token(name)) == name

    place.admin("PATCH", "users/remy", json={"name": "roy"})
    _author_after_a_rename(place, remy, number)

    place.admin("POST", "users/remy")
    place.admin("POST", "groups/enablement-reviewers/users", json={"users": ["remy"]})
    _owns_nothing(place, place.token("remy"), "remy/2", number)
    place.admin("DELETE", "users/remy")
    place.admin("POST", "users/remy")
    place.admin("POST", "groups/enablement-reviewers/users", json={"users": ["remy"]})
    _owns_nothing(place, place.token("remy"), "remy/3", number)

    _handed_over(place, number)


def _sent_from_own_server(place: Place, remy: HubSession) -> int:
    """A submission and a repository of remy, who is also a reviewer."""
    remy.spawn({})
    token = remy.run(TOKEN).strip()
    headers = {"Content-Type": "application/x-tar", "Idempotency-Key": "the-first-one"}
    sent = place.service("POST", "/submissions", token, data=SubmissionDraft().bundle(), headers=headers)
    assert sent.status_code == 201, sent.text
    made = place.service("POST", "/git/repositories", token, json={"name": "churn"})
    assert (made.status_code, made.json()["path"]) == (201, "git/user/remy/churn")
    remy.stop_servers()
    return int(sent.json()["submission"])


def _author_after_a_rename(place: Place, session: HubSession, number: int) -> None:
    token = place.token("roy")
    assert place.me(token) == "remy"
    assert place.sent(token) == [(number, "remy")]
    page = session.browser.get(
        f"{place.hub.decisions}/services/enablement/decide/{number}", headers=NAVIGATED, timeout=PATIENCE
    )  # the browser's session at the hub goes on
    assert page.status_code == 403
    assert 'data-code="own-submission"' in page.text
    (repository,) = place.service("GET", "/git/repositories", token).json()["items"]
    assert repository["path"] == "git/user/remy/churn"
    key = place.service("POST", "/git/credentials", token, json={"path": repository["path"]})
    assert key.status_code == 200


def _owns_nothing(place: Place, token: str, person: str, number: int) -> None:
    """A new account with the freed name."""
    assert place.me(token) == person
    assert place.sent(token) == []
    seen = place.service("GET", f"/submissions/{number}", token).json()
    assert seen["author"] == "remy"
    assert "withdraw" not in seen["actions"]
    assert place.service("GET", "/git/repositories", token).json()["items"] == []
    stolen = place.service("POST", "/git/credentials", token, json={"path": "git/user/remy/churn"})
    assert stolen.status_code == 404
    own = place.service("POST", "/git/repositories", token, json={"name": "churn"})
    assert (own.status_code, own.json()["heads"]) == (201, []), "one of the same name, and not the same one"
    assert own.json()["path"] == f"git/user/{person.replace('/', '.2f')}/churn"


def _handed_over(place: Place, number: int) -> None:
    """Nobody's once the account is removed; dana's once an administrator says so, with the hub asked."""
    asked = {"JUPYTERHUB_API_URL": f"{place.hub.url}/hub/api", "JUPYTERHUB_API_TOKEN": place.token("petra")}
    refused = place.command("hand-over", "remy", "--to", "dana", **asked)
    assert (refused.returncode, "has an account in the hub" in refused.stderr) == (1, True)
    place.admin("DELETE", "users/roy")
    dana = place.token("dana")
    assert place.sent(dana) == []
    done = place.command("hand-over", "remy", "--to", "dana", "--reason", "left", **asked)
    assert done.returncode == 0, done.stderr
    assert place.sent(dana) == [(number, "dana")]
    until(
        lambda: place.service("GET", "/git/repositories", dana).json()["items"],
        within=PATIENCE,
        what="dana has the repository, a minute after the command at the latest",
    )
    verified = [*ENABLEMENT, "audit", "verify", "--state", str(place.hub.state)]
    assert subprocess.run(verified, check=False, capture_output=True).returncode == 0


def test_a_hub_database_that_is_new_is_recognised_and_one_command_adopts_everybody(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running_up(state) as hub:
        place = _opened(hub)
        for name in ("dana", "remy", "petra"):
            assert place.me(place.token(name)) == name
    (state / "jupyterhub.sqlite").unlink()
    again = start_up(state)
    try:
        place = _opened(again)
        tokens = [place.token(name) for name in ("remy", "petra")]
        assert [place.me(token) for token in tokens] == ["hub-database-new"] * 2
        assert place.command("adopt").returncode == 0
        until(
            lambda: [place.me(token) for token in tokens] == ["remy", "petra"],
            within=PATIENCE,
            what="everybody is who they were, soon after the command",
        )
    finally:
        again.stop()


def _opened(hub: DemoHub) -> Place:
    petra = HubSession(hub.url, "petra")
    petra.log_in(hub.password("petra"))
    return Place(hub, petra)
