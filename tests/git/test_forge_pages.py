"""The service over a forge elsewhere, as people and their servers see it: what is listed, where it leads, and what is said when the forge misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.forges.factory import open_forge
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from tests.git.conftest import author_of
from tests.git.fake_forge import Fault, says, serving, writes
from tests.git.fake_github import GitHub
from tests.git.forge_fixtures import QUICK, UNHURRIED
from tests.service import people
from tests.service.fixtures import Service, running
from tests.service.test_contract import check

pytestmark = pytest.mark.slow  # real Git, many times

PATH = "git/user/dana/churn"


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving(GitHub()) as started:
        assert isinstance(started, GitHub)
        yield started


@pytest.fixture
async def service(github: GitHub, request: pytest.FixtureRequest) -> AsyncIterator[Service]:
    """With the time that it gives the forge; a forge that is silent for ever is not waited for long."""
    forge = open_forge(github.account, getattr(request, "param", UNHURRIED))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=forge) as started:
        yield started


async def test_where_repositories_are_is_told(service: Service, github: GitHub) -> None:
    told = (await service.get("/api/v1/git/forge", people.DANA)).json
    check("Forge", told)
    assert told == {"kind": "github", "base": f"{github.url}/science/", "proposals": True}
    made = await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    check("Repository", made.json)
    assert made.json["url"] == f"{github.url}/science/dana.churn.git"
    key = await service.post("/api/v1/git/credentials", people.DANA, {"url": made.json["url"]})
    check("GitKey", key.json)
    assert github.tokens[key.json["password"]].repositories == ["dana.churn"]


async def test_the_pages_lead_to_the_forge(service: Service, github: GitHub) -> None:
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    listed = await service.ask("GET", "/git", headers=service.session(people.DANA_BROWSER))
    assert f'href="{github.url}/science/dana.churn"'.encode() in listed.body
    assert b"nothing pushed yet" not in listed.body
    page = await service.ask("GET", f"/{PATH}", headers=service.session(people.DANA_BROWSER))
    assert f"git clone {github.url}/science/dana.churn.git".encode() in page.body
    password = page.body.decode().partition('id="key">')[2].partition("<")[0]
    assert github.tokens[password].permissions["contents"] == "read"
    assert (await service.ask("GET", f"/{PATH}", headers=service.session(people.REMY_BROWSER))).status == 404


async def test_git_itself_is_not_served_here(service: Service) -> None:
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    assert (await service.ask("GET", f"/{PATH}/info/refs?service=git-upload-pack")).status == 404


@pytest.mark.parametrize("url", ["dana.other.git", "remy.churn.git", "website", "dana.churn.git/x"])
async def test_no_key_for_what_is_not_ones_own(service: Service, github: GitHub, url: str) -> None:
    github.add("website", "")
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    await service.post("/api/v1/git/repositories", people.REMY, {"name": "churn"})
    before = len(github.tokens)
    reply = await service.post("/api/v1/git/credentials", people.DANA, {"url": f"{github.url}/science/{url}"})
    assert reply.status == 404
    assert all("write" not in token.permissions.get("contents", "") for token in list(github.tokens.values())[before:])


async def test_hub_and_service_that_do_not_agree_are_told(service: Service, tmp_path: Path) -> None:
    author = author_of(service, tmp_path / "home")  # its server was told of no forge
    author.home.mkdir()
    at = author.folder()
    problem = (await author.press())["problem"]
    assert problem["code"] == "git-setup-refused"
    assert "do not agree" in problem["detail"]
    assert not (at / ".git").exists()


ANSWERS: dict[str, tuple[Fault, int, str]] = {
    "401": (says(401), 503, "forge-refuses"),
    "403": (says(403), 503, "forge-refuses"),
    "422": (says(422), 422, "forge-cannot"),
    "429": (says(429, Retry_After="60"), 429, "too-many-requests"),
    "500": (says(500), 503, "forge-away"),
    "garbage": (writes(b"\x00 nonsense\r\n\r\n"), 503, "forge-away"),
    "half": (writes(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), 503, "forge-away"),
    "silence": (writes(b"", pause=3600), 503, "forge-away"),
}


@pytest.mark.parametrize(
    ("service", "kind"),
    [(QUICK if kind == "silence" else UNHURRIED, kind) for kind in sorted(ANSWERS)],
    indirect=["service"],
    ids=sorted(ANSWERS),
)
async def test_whatever_the_forge_answers_the_author_gets_one_sentence_and_keeps_the_version(
    service: Service, github: GitHub, tmp_path: Path, kind: str
) -> None:
    fault, status, code = ANSWERS[kind]
    github.faults += [fault] * 8
    reply = await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    assert (reply.status, reply.code) == (status, code)
    github.faults[:] = [fault] * 8
    home = tmp_path / "home"
    home.mkdir()
    author = author_of(service, home)
    author.folder()
    receipt = (await author.press())["receipt"]
    assert not receipt["published"]
    assert receipt["problem"]["detail"].endswith(".")
    assert receipt["problem"]["detail"].count("\n") == 0
    assert receipt["commit"]
