"""The bundled forge over real HTTP: keys, quotas, checks on what comes in. What every forge promises is in `test_forge_contract`."""

from __future__ import annotations

import asyncio
import os
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest

from enablement_ext.adapters.git.bundled.forge import BundledForge, ForgeLimits
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryForge, MemoryReviewStore
from enablement_ext.core.errors import NotFound, TooLarge
from enablement_ext.core.git.forges.ports import Forge, GitCall
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.service.use_cases.git import repositories
from tests.git.conftest import Author, author_of, run_git
from tests.polling import PATIENCE
from tests.service import people
from tests.service.fixtures import PREFIX, Service, running

pytestmark = pytest.mark.slow  # real Git, many times
AT = datetime(2026, 11, 24, 23, tzinfo=UTC)
ONE = RepositoryId(Space.USER, "dana", "churn")


@pytest.mark.parametrize("kind", ["memory", "bundled"])
def test_an_owner_has_so_many(kind: str, tmp_path: Path) -> None:
    bundled = BundledForge(tmp_path / "repositories", ForgeLimits(repositories=2))
    forge: Forge = MemoryForge(most=2) if kind == "memory" else bundled
    for name in ("a", "b"):
        forge.adopt(RepositoryId(Space.USER, "dana", name), AT)
    with pytest.raises(TooLarge):
        forge.adopt(ONE, AT)
    assert not forge.adopt(RepositoryId(Space.USER, "dana", "a"), AT).created
    forge.adopt(RepositoryId(Space.USER, "remy", "c"), AT)


@pytest.mark.parametrize("kind", ["memory", "bundled"])
async def test_an_exchange_needs_a_repository(kind: str, tmp_path: Path) -> None:
    forge: Forge = MemoryForge() if kind == "memory" else BundledForge(tmp_path / "repositories")
    assert forge.server is not None
    with pytest.raises(NotFound):
        await forge.server.open(GitCall(ONE, "git-upload-pack", True, "dana"))


async def test_a_file_is_read_back(author: Author, forge: BundledForge) -> None:
    author.folder()
    commit = (await author.press())["receipt"]["commit"]
    assert forge.read(ONE, commit, "features.py", 1000).startswith(b"def f()")
    assert forge.find(ONE).heads == (("main", commit),)
    with pytest.raises(NotFound):
        forge.read(ONE, commit, "customers.csv", 1000)
    with pytest.raises(TooLarge):
        forge.read(ONE, commit, "features.py", 3)


async def minted_password(service: Service, path: str = ONE.path, token: str = people.DANA) -> str:
    reply = await service.post("/api/v1/git/credentials", token, {"path": path})
    assert reply.status == 200, reply.body
    return str(reply.json["password"])


async def knock(author: Author, password: str, path: str = ONE.path, service: str = "git-upload-pack") -> int:
    """The status of the first request of a Git client."""
    basic = b64encode(f"enablement:{password}".encode()).decode()
    reply = await author.service.ask(
        "GET", f"/{path}/info/refs?service={service}", headers={"Authorization": f"Basic {basic}"}
    )
    return reply.status


async def test_a_key_opens_exactly_one_repository_for_minutes(author: Author, service: Service) -> None:
    for name in ("churn", "churn-evil"):
        await service.post("/api/v1/git/repositories", people.DANA, {"name": name})
    password = await minted_password(service)
    assert await knock(author, password) == 200
    assert await knock(author, password, service="git-receive-pack") == 200
    assert await knock(author, password, "git/user/dana/churn-evil") == 401
    assert await knock(author, password, "git/user/remy/churn") == 401
    assert await knock(author, password[:-1]) == 401
    assert await knock(author, people.DANA) == 401
    service.clock.advance(timedelta(minutes=11))
    assert await knock(author, password) == 401


async def test_a_refusal_leaves_the_connection_usable_or_says_that_it_ends(service: Service) -> None:
    """A proxy keeps its connections: into one that ends without a word it would send the next request, and lose it."""
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    question = f"GET {PREFIX}/{ONE.path}/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: here\r\n\r\n"
    push = f"POST {PREFIX}/{ONE.path}/git-receive-pack HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n"
    async with asyncio.timeout(PATIENCE):
        for _ in range(2):
            writer.write(question.encode())
            assert await _head(reader) == (401, False)
        writer.write(push.encode())
        assert await _head(reader) in ((401, True), (413, True))
        assert await reader.read() == b""
    writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The next answer's status, and whether it says that the connection ends."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
    return int(head.split()[1]), "connection: close" in head


async def test_each_key_is_an_event_without_the_key(author: Author, service: Service) -> None:
    author.folder()
    await author.press()
    with service.context.review.store.read() as reader:
        events = reader.events_after(0, 100)
    kinds = [event.kind for event in events]
    assert kinds[0] == "repository_made"
    assert kinds.count("git_key_made") >= 2
    assert all(event.actor == "dana" and dict(event.data)["repository"] == ONE.path for event in events)
    assert not any(len(str(value)) > 60 for event in events for value in dict(event.data).values())


async def test_keys_are_not_given_out_without_end(author: Author, service: Service) -> None:
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    statuses = [
        (await service.post("/api/v1/git/credentials", people.DANA, {"path": ONE.path})).status for _ in range(70)
    ]
    assert statuses[:60] == [200] * 60
    assert set(statuses[60:]) == {429}
    service.clock.advance(timedelta(minutes=1))
    assert (await service.post("/api/v1/git/credentials", people.DANA, {"path": ONE.path})).status == 200


async def test_a_group_shares_a_repository_and_nobody_else_sees_it(service: Service) -> None:
    made = await service.post("/api/v1/git/repositories", people.DANA, {"name": "shared", "group": people.AUTHORS})
    assert made.status == 201
    path = made.json["path"]
    assert (await service.post("/api/v1/git/credentials", people.OLGA, {"path": path})).status == 200
    assert (await service.post("/api/v1/git/credentials", people.REMY, {"path": path})).status == 404
    assert path in [item["path"] for item in (await service.get("/api/v1/git/repositories", people.OLGA)).json["items"]]
    assert (await service.get("/api/v1/git/repositories", people.REMY)).json["items"] == []
    theirs = await service.post("/api/v1/git/repositories", people.DANA, {"name": "x", "group": people.REVIEWERS})
    assert theirs.status == 404


@pytest.mark.parametrize(
    "body", [{}, {"name": "../x"}, {"name": "A"}, {"name": "-x"}, {"name": "x", "owner": "remy"}, {"name": 1}]
)
async def test_names_are_checked(service: Service, body: dict[str, object]) -> None:
    assert (await service.post("/api/v1/git/repositories", people.DANA, body)).status == 400


async def test_the_pages(author: Author, service: Service) -> None:
    author.folder()
    commit = (await author.press())["receipt"]["commit"]
    page = await service.ask("GET", "/git", headers=service.session(people.DANA_BROWSER))
    assert b'href="/services/enablement/git/user/dana/churn"' in page.body
    one = await service.ask("GET", f"/{ONE.path}", headers=service.session(people.DANA_BROWSER))
    assert commit.encode() in one.body
    assert b'id="key"' in one.body
    script = {**service.session(people.DANA_BROWSER), "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert b'id="key"' not in (await service.ask("GET", f"/{ONE.path}", headers=script)).body
    assert (await service.ask("GET", f"/{ONE.path}", headers=service.session(people.REMY_BROWSER))).status == 404


async def test_a_key_for_reading_does_not_write(author: Author, service: Service) -> None:
    author.folder()
    await author.press()
    page = await service.ask("GET", f"/{ONE.path}", headers=service.session(people.DANA_BROWSER))
    password = page.body.decode().partition('id="key">')[2].partition("<")[0]
    assert await knock(author, password) == 200
    assert await knock(author, password, service="git-receive-pack") == 403


async def test_a_clone_from_outside_with_what_the_page_says(author: Author, service: Service, tmp_path: Path) -> None:
    """On another machine there is no helper: the page's address, user and password, typed in."""
    author.folder()
    await author.press()
    page = (await service.ask("GET", f"/{ONE.path}", headers=service.session(people.DANA_BROWSER))).body.decode()
    address = page.partition("git clone ")[2].partition("<")[0]
    asked = tmp_path / "askpass"
    asked.write_text('#!/bin/sh\ncase "$1" in User*) echo enablement ;; *) cat "$0.key" ;; esac\n')
    asked.chmod(0o700)
    (tmp_path / "askpass.key").write_text(page.partition('id="key">')[2].partition("<")[0])
    told = {"GIT_ASKPASS": str(asked)}
    cloned = await asyncio.to_thread(run_git, ("clone", "-q", address, "clone"), tmp_path, tmp_path, told)
    assert cloned.returncode == 0, cloned.stderr
    assert (tmp_path / "clone/features.py").is_file()
    refused = await asyncio.to_thread(run_git, ("push", "-q", "origin", "HEAD:x"), tmp_path / "clone", tmp_path, told)
    assert refused.returncode != 0
    service.clock.advance(timedelta(minutes=61))
    late = await asyncio.to_thread(run_git, ("fetch", "-q"), tmp_path / "clone", tmp_path, told)
    assert late.returncode != 0


async def test_a_persons_keys_are_ended_when_they_say_so(author: Author, service: Service) -> None:
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    first, second = await minted_password(service), await minted_password(service)
    shared = await service.post("/api/v1/git/repositories", people.DANA, {"name": "shared", "group": people.AUTHORS})
    olgas = await minted_password(service, shared.json["path"], people.OLGA)
    for path, count in ((ONE.path, 2), (ONE.path, 0), (shared.json["path"], 0)):
        reply = await service.post("/api/v1/git/credentials/end", people.DANA, {"path": path})
        assert (reply.status, reply.json) == (200, {"ended": count})
    assert [await knock(author, password) for password in (first, second)] == [401, 401]
    assert await knock(author, olgas, shared.json["path"]) == 200
    assert await knock(author, await minted_password(service)) == 200
    assert (await service.post("/api/v1/git/credentials/end", people.REMY, {"path": ONE.path})).status == 404


async def test_leases_that_are_over_are_forgotten(service: Service) -> None:
    await service.post("/api/v1/git/repositories", people.DANA, {"name": "churn"})
    await minted_password(service)
    assert await asyncio.to_thread(repositories.revoke_expired_grants, service.context.repositories) == (0, 0)
    service.clock.advance(timedelta(minutes=11))
    assert await asyncio.to_thread(repositories.revoke_expired_grants, service.context.repositories) == (1, 0)
    assert await asyncio.to_thread(repositories.revoke_expired_grants, service.context.repositories) == (0, 0)


def bad_commit(at: Path) -> str:
    """A commit without an author, as no Git makes it."""
    tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    for kind, body in (("tree", b""), ("commit", f"tree {tree}\n\nno author\n".encode())):
        data = f"{kind} {len(body)}".encode() + b"\0" + body
        name = sha1(data, usedforsecurity=False).hexdigest()
        path = at / ".git/objects" / name[:2] / name[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zlib.compress(data))
    return name


async def test_damaged_objects_and_rewritten_history_are_refused(author: Author) -> None:
    at = author.folder()
    commit = (await author.press())["receipt"]["commit"]
    name = await asyncio.to_thread(bad_commit, at)
    refused = await author.git("push", "origin", f"{name}:refs/heads/bad")
    assert refused.returncode != 0
    assert (await author.git("commit", "--quiet", "--amend", "-m", "other")).returncode == 0
    assert (await author.git("push", "--force", "origin", "HEAD:main")).returncode != 0
    assert (await author.git("push", "origin", ":main")).returncode != 0
    assert await author.heads() == f"{commit}\tHEAD\n{commit}\trefs/heads/main\n"


async def test_hooks_never_run_on_the_forge(author: Author, forge: BundledForge) -> None:
    at = author.folder()
    await author.press()
    bare = next(forge.root.glob("*/*.git"))
    canary = at.parent / "canary"
    (bare / "hooks").mkdir()
    for hook in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive"):
        (bare / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {canary}\n")
        (bare / "hooks" / hook).chmod(0o755)
    (at / "features.py").write_text("x = 5\n")
    assert (await author.save("churn"))["receipt"]["published"]
    assert not canary.exists()


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Author]:
    """An author whose forge takes little."""
    forge = BundledForge(tmp_path / "small", ForgeLimits(push=200_000, repository=300_000))
    home = tmp_path / "small-home"
    home.mkdir()
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=forge) as service:
        yield author_of(service, home)


async def test_quotas(small: Author) -> None:
    at = small.folder()
    assert (await small.press())["receipt"]["published"]
    (at / "big.txt").write_bytes(os.urandom(150_000).hex().encode())
    assert (await small.save("churn"))["receipt"]["published"]
    (at / "big.txt").write_bytes(os.urandom(400_000).hex().encode())
    last = await small.save("churn")
    assert "more than the server takes" in str(last), last
    assert (await small.setup.status("churn"))["unpushed"] == 1


async def test_thirty_megabytes_pass_through_in_pieces(author: Author, tmp_path: Path) -> None:
    at = author.folder()
    await author.press()
    (at / "blob.bin").write_bytes(os.urandom(30_000_000))
    await author.git("add", "blob.bin")
    await author.git("commit", "--quiet", "-m", "big")
    pushed = await author.git("push", "origin", "HEAD:main")
    assert pushed.returncode == 0, pushed.stderr
    cloned = await author.git("clone", "--quiet", author.url(ONE.path), str(tmp_path / "clone"), at=author.home)
    assert cloned.returncode == 0, cloned.stderr
    assert (tmp_path / "clone/blob.bin").stat().st_size == 30_000_000


async def test_two_tabs_make_one_repository_and_one_version(author: Author) -> None:
    author.folder()
    first, second = await asyncio.gather(author.press(), author.press())
    assert first["receipt"]["commit"] == second["receipt"]["commit"]
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "1\n"
    assert len((await author.service.get("/api/v1/git/repositories", people.DANA)).json["items"]) == 1
