"""Git in one click with a forge elsewhere: a real Gitea keeps the repositories, the real service asks it, the author presses the button."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from enablement_ext.adapters.forges.client import ForgeClient
from enablement_ext.adapters.forges.gitea import GiteaForge
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.git.forges.ports import ForgeKind
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.service_client import ServiceClient, Timeouts
from enablement_ext.service.use_cases.git import repositories
from tests.git.conftest import Author
from tests.git.forge_fixtures import QUICK, GiteaForgeFixture, with_gitea
from tests.git.test_forge_secrets import Watch
from tests.git.test_one_click import picture
from tests.polling import PATIENCE, until_async
from tests.servers.gitea import Gitea, gitea
from tests.service import people
from tests.service.fixtures import PREFIX, Service, running

pytestmark = pytest.mark.slow
ONE = RepositoryId(Space.USER, "dana", "churn")
PATH = ONE.path


@pytest.fixture(scope="module")
def real_gitea() -> Iterator[Gitea]:
    with gitea() as started:
        yield started


@dataclass
class Stage:
    """A service whose forge is Gitea, and an author."""

    service: Service
    author: Author
    hosted: GiteaForgeFixture
    store: MemoryReviewStore

    @property
    def forge(self) -> GiteaForge:
        assert isinstance(self.hosted.forge, GiteaForge)
        return self.hosted.forge

    def kinds(self) -> list[str]:
        with self.store.read() as reader:
            return [event.kind for event in reader.events_after(0, 1000)]

    async def credential(self, path: str = PATH) -> dict[str, str]:
        reply = await self.service.post("/api/v1/git/credentials", people.DANA, {"path": path})
        assert reply.status == 200, reply.body
        found: dict[str, str] = reply.json
        return found


@pytest.fixture
async def stage(real_gitea: Gitea, tmp_path: Path) -> AsyncIterator[Stage]:
    store, hosted = MemoryReviewStore(), with_gitea(real_gitea, f"org{secrets.token_hex(4)}")
    async with running(store, MemoryArtifactStore(), forge=hosted.forge) as service:
        base = f"http://127.0.0.1:{service.port}{PREFIX}"
        forge = hosted.forge
        assert isinstance(forge, GiteaForge)
        forge.account = replace(forge.account, hook_url=f"{base}/api/v1/git/deliveries")
        told = {
            "ENABLEMENT_SERVICE_URL": base,
            "JUPYTERHUB_API_TOKEN": people.DANA,
            "ENABLEMENT_FORGE_BASE": forge.place.base,
        }
        home = tmp_path / "home"
        home.mkdir()
        owner = WorkingCopyOwner(GitIdentity("dana"), f"{base}/git", forge.place.base)
        working_copy = GitWorkingCopy(str(home), str(home), str(Path(sys.executable).parent), owner, told)
        client = ServiceClient(base, people.DANA, Timeouts(2.0, 30.0, 30.0))
        setup = GitSetup(working_copy, client, "/services/enablement/")
        yield Stage(service, Author(service, home, setup, told), hosted, store)


async def eventually(stage: Stage, kind: str) -> None:
    async def told() -> bool:
        return kind in stage.kinds()

    await until_async(told, within=PATIENCE, what=f"{kind} is in the log")


async def test_one_press_and_the_forge_has_it_says_so_and_opens_a_pull_request(stage: Stage) -> None:
    author = stage.author
    at = author.folder()
    before = picture(author.home)
    watch = Watch()
    watching = asyncio.create_task(watch.look())
    receipt = (await author.press())["receipt"]
    (at / "features.py").write_text("x = 2\n")
    assert (await author.git("checkout", "--quiet", "-b", "work")).returncode == 0
    assert (await author.git("commit", "--quiet", "-am", "by hand")).returncode == 0
    pushed = await author.git("push", "origin", "work")
    assert pushed.returncode == 0, pushed.stderr
    watch.stop()
    await watching
    assert receipt["published"], receipt["problem"]
    assert receipt["url"] == f"{stage.forge.place.base}dana.churn.git"
    assert receipt["commit"] in (await author.git("ls-remote", receipt["url"])).stdout

    credential = await stage.credential()
    watch.assert_clean({people.DANA, credential["password"], stage.forge.account.secret}, author.home)

    await eventually(stage, "forge_pushed")
    wanted = {"path": PATH, "head": "work", "base": "main", "title": "Take it"}
    first = await stage.service.post("/api/v1/git/pull-requests", people.DANA, wanted)
    second = await stage.service.post("/api/v1/git/pull-requests", people.DANA, wanted)
    assert (first.status, second.status) == (201, 200), first.body
    assert first.json["number"] == second.json["number"]
    await eventually(stage, "forge_pull_request")
    assert stage.kinds().count("pull_request_opened") == 1
    read = await asyncio.to_thread(stage.forge.read, ONE, "work", "features.py", 100)
    assert read == b"x = 2\n"
    assert (await author.git("checkout", "--quiet", "main")).returncode == 0
    assert (await author.git("branch", "-D", "work")).returncode == 0
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    (at / "features.py").write_text("def f():\n    return 1\n")
    assert {name: what for name, (_, what) in picture(author.home).items()} == {
        name: what for name, (_, what) in before.items()
    }


async def test_a_forge_that_is_away_gets_it_later_and_once(stage: Stage) -> None:
    author, there = stage.author, stage.forge.client
    author.folder()
    stage.forge.client = ForgeClient("http://127.0.0.1:9/api/v1", QUICK)
    first = (await author.press())["receipt"]
    assert not first["published"]
    assert first["problem"]["detail"] == "The forge does not answer. Nothing was lost; try again in a moment."
    stage.forge.client = there
    second = (await author.press())["receipt"]
    assert second["published"], second["problem"]
    assert second["commit"] == first["commit"]
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "1\n"
    assert stage.kinds().count("repository_made") == 1
    (author.home / "churn/features.py").write_text("x = 4\n")
    stage.service.context.repositories.credentials.drop("dana", PATH)
    stage.forge.client = ForgeClient("http://127.0.0.1:9/api/v1", QUICK)
    saved = (await author.save("churn"))["receipt"]
    assert not saved["published"]
    assert saved["problem"]["detail"].count("\n") == 0
    assert (await author.setup.status("churn"))["unpushed"] == 1
    stage.forge.client = there
    assert (await author.press())["receipt"]["published"]
    assert (await author.git("rev-list", "--count", "origin/main")).stdout == "2\n"


@pytest.mark.timing
async def test_a_forge_that_is_away_does_not_keep_the_author(stage: Stage) -> None:
    stage.author.folder()
    stage.forge.client = ForgeClient("http://127.0.0.1:9/api/v1", QUICK)
    began = time.monotonic()
    assert not (await stage.author.press())["receipt"]["published"]
    assert time.monotonic() - began < 30


async def test_a_push_is_refused_once_the_lease_is_over_and_the_next_one_gets_a_new_key(stage: Stage) -> None:
    author, service = stage.author, stage.service
    at = author.folder()
    assert (await author.press())["receipt"]["published"]
    credential = await stage.credential()
    assert (await stage.credential())["password"] == credential["password"]  # a push needs one, not three
    url = f"{stage.forge.place.base}dana.churn.git".replace(
        "://", f"://{credential['username']}:{credential['password']}@"
    )
    assert (await author.git("-c", "credential.helper=", "ls-remote", url)).returncode == 0
    service.clock.advance(timedelta(minutes=11))
    ended, failed = await asyncio.to_thread(repositories.revoke_expired_grants, service.context.repositories)
    assert (ended, failed) == (1, 0)
    refused = await author.git("-c", "credential.helper=", "push", url, "HEAD:refs/heads/late")
    assert refused.returncode != 0
    assert "Authentication failed" in refused.stderr
    (at / "features.py").write_text("x = 3\n")
    assert (await author.save("churn"))["receipt"]["published"]
    assert (await stage.credential())["password"] != credential["password"]


async def test_a_key_that_was_refused_is_not_given_out_again(stage: Stage) -> None:
    author = stage.author
    author.folder()
    assert (await author.press())["receipt"]["published"]
    credential = await stage.credential()
    with stage.store.read() as reader:
        grant = reader.grants_of(ForgeKind.GITEA, "dana", PATH)[0]
    await asyncio.to_thread(stage.forge.revoke, grant)  # behind the service's back
    refused = await author.git("ls-remote", "origin")
    assert refused.returncode != 0
    assert (await author.git("ls-remote", "origin")).returncode == 0  # Git told the helper, the helper told the service
    assert (await stage.credential())["password"] != credential["password"]
    assert "git_key_ended" in stage.kinds()


async def test_a_restarted_service_ends_what_another_one_made(stage: Stage, real_gitea: Gitea) -> None:
    stage.author.folder()
    assert (await stage.author.press())["receipt"]["published"]
    credential = await stage.credential()
    fresh = GiteaForge(stage.forge.account)  # another process: it remembers nothing
    stage.service.clock.advance(timedelta(minutes=11))
    context = replace(stage.service.context.repositories, forge=fresh)
    assert await asyncio.to_thread(repositories.revoke_expired_grants, context) == (1, 0)
    url = f"{fresh.place.base}dana.churn.git".replace("://", f"://{credential['username']}:{credential['password']}@")
    assert (await stage.author.git("-c", "credential.helper=", "ls-remote", url)).returncode != 0
    assert await asyncio.to_thread(repositories.revoke_expired_grants, context) == (0, 0)


@pytest.mark.parametrize(
    "url", ["dana.other.git", "remy.churn.git", "dana.churn-evil.git", "website.git", "dana.churn/x"]
)
async def test_the_helper_is_silent_for_what_is_not_the_authors(stage: Stage, url: str) -> None:
    stage.author.folder()
    assert (await stage.author.press())["receipt"]["published"]
    before = stage.kinds()
    filled = await fill(stage, stage.forge.place.base + url)
    assert "password=" not in filled
    assert [kind for kind in stage.kinds()[len(before) :] if kind == "git_key_made"] == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "user@127.0.0.1"])
async def test_the_helper_is_silent_for_another_host(stage: Stage, host: str) -> None:
    assert "password=" not in await fill(stage, f"http://{host}/org/dana.churn.git")


async def fill(stage: Stage, url: str) -> str:
    """What our helper says to Git about this address."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    asked = f"protocol={scheme}\nhost={host}\npath={path}\n\n".encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "enablement_ext.lab.git.credential_helper",
        "get",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=dict(stage.author.told),
        cwd=Path(__file__).parents[2],
    )
    said, _ = await process.communicate(asked)
    return said.decode()


async def test_a_delivery_counts_once_and_a_forged_one_never(stage: Stage) -> None:
    await stage.service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    sent = stage.hosted.delivery(ONE, "a" * 40)

    async def send(body: bytes, **more: str) -> tuple[int, object]:
        headers = {**sent.headers, "Content-Type": "application/json", **more}
        reply = await stage.service.ask("POST", "/api/v1/git/deliveries", body=body, headers=headers)
        return reply.status, json.loads(reply.body).get("seen")

    name = "x-gitea-delivery"
    assert await send(sent.body, **{name: "one"}) == (200, True)
    assert await send(sent.body, **{name: "one"}) == (200, False)
    assert await send(sent.body, **{name: "two"}) == (200, False)
    assert (await send(sent.body + b" ", **{name: "three"}))[0] == 401
    assert (await send(sent.body, **{"x-gitea-signature": ""}))[0] == 401
    assert stage.kinds().count("forge_pushed") == 1
    with stage.store.read() as reader:
        event = next(event for event in reader.events_after(0, 100) if event.kind == "forge_pushed")
    assert event.actor == "forge:gitea"
    assert event.data["repository"] == PATH
