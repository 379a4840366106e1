"""What goes wrong on the way: a forge that misbehaves or is away, and a server that is killed after any step."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port

from enablement_ext.core.errors import SetupRefused
from tests.git.conftest import Author, author_of
from tests.git.test_one_click import picture
from tests.service import people
from tests.service.fixtures import PREFIX, Service

pytestmark = pytest.mark.slow  # real Git, many times

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.service_client import ServiceClient, Timeouts
home, token, base, key, state = sys.argv[1], os.environ["TOKEN"], sys.argv[2], sys.argv[3], sys.argv[4]
told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": token}
working_copy = GitWorkingCopy(home, home, str(Path(sys.executable).parent), WorkingCopyOwner(GitIdentity("dana"), base + "/git"), told)
setup = GitSetup(working_copy, ServiceClient(base, token, Timeouts(2.0, 20.0, 20.0)), "/services/enablement/")
async def go():
    async for line in setup.apply("churn"):
        step = line.get("step", {})
        if (step.get("key"), step.get("state")) == (key, state):
            if state == "running":
                await asyncio.sleep(float(sys.argv[5]))
            os.killpg(0, signal.SIGKILL)
asyncio.run(go())
"""
POINTS = [
    (key, state, delay)
    for key in ("configure", "forge", "prepare", "commit", "push", "verify")
    for state, delay in (("running", "0.02"), ("done", "0"))
]


def kill_at(home: Path, base: str, point: tuple[str, str, str]) -> int:
    """Set up in a process of its own that is killed, with everything it started, at this point."""
    environment = {**os.environ, "TOKEN": people.DANA, "HOME": str(home)}
    command = [sys.executable, "-c", KILLED, str(home), base, *point]
    return subprocess.run(
        command,
        env=environment,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
        timeout=300,
    ).returncode


@pytest.mark.parametrize("point", POINTS, ids=["-".join(point[:2]) for point in POINTS])
async def test_killed_anywhere_and_pressed_again_it_is_complete(author: Author, point: tuple[str, str, str]) -> None:
    author.folder()
    before = picture(author.home)
    base = f"http://127.0.0.1:{author.service.port}{PREFIX}"
    assert await asyncio.to_thread(kill_at, author.home, base, point) == -signal.SIGKILL
    last = await author.press()
    assert last.get("receipt", {}).get("published"), last
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "1\n"
    assert (await author.git("fsck", "--strict")).returncode == 0
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert picture(author.home) == before


MISBEHAVIOURS = {
    "401": b"HTTP/1.1 401 X\r\nContent-Length: 2\r\n\r\n{}",
    "403": b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n",
    "404": b"HTTP/1.1 404 X\r\nContent-Length: 9\r\n\r\nnot found",
    "409": b'HTTP/1.1 409 X\r\nContent-Length: 8\r\n\r\n{"a": 1}',
    "422": b"HTTP/1.1 422 X\r\nContent-Length: 2\r\n\r\n[]",
    "429": b"HTTP/1.1 429 X\r\nRetry-After: 3600\r\nContent-Length: 2\r\n\r\n{}",
    "500": b"HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\noops",
    "redirect": b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/evil\r\nContent-Length: 0\r\n\r\n",
    "garbage": b"\x00\x01\x02 nonsense",
    "half": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"half": ',
    "no json": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhttp",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", [*sorted(MISBEHAVIOURS), "away", "silent"])
async def test_a_forge_that_misbehaves_is_one_sentence_and_the_version_is_kept(
    author: Author, service: Service, tmp_path: Path, kind: str
) -> None:
    home = tmp_path / "other"
    home.mkdir()
    socket, port = bind_unused_port()
    answer = MISBEHAVIOURS.get(kind, b"")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        if kind == "silent":
            await asyncio.sleep(3600)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = None if kind == "away" else await asyncio.start_server(serve, sock=socket)
    if server is None:
        socket.close()
    other = author_of(service, home, port)
    at = other.folder()
    last = await other.press()
    if server is not None:
        server.close()
    if kind in ("401", "403"):
        assert "problem" in last or not last["receipt"]["published"]
        return
    receipt = last["receipt"]
    assert not receipt["published"]
    assert receipt["problem"]["detail"].endswith(".")
    assert receipt["problem"]["detail"].count("\n") == 0
    assert (at / ".git").is_dir()
    author_now = author_of(service, home)
    again = (await author_now.press())["receipt"]  # the service is back, at another address
    assert again["published"], again["problem"]
    assert again["commit"] == receipt["commit"]
    assert (await author_now.git("rev-list", "--count", "HEAD", at=at)).stdout == "1\n"


async def test_two_tabs_at_once_make_one_repository_and_one_version(author: Author) -> None:
    author.folder()
    before = picture(author.home)
    one, other = await asyncio.gather(author.press(), author.press())
    assert one["receipt"]["published"]
    assert one["receipt"]["commit"] == other["receipt"]["commit"]
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "1\n"
    listed = (await author.service.get("/api/v1/git/repositories", people.DANA)).json["items"]
    assert [item["path"] for item in listed] == ["git/user/dana/churn"]
    (author.home / "churn/features.py").write_text("x = 7\n")
    saved = await asyncio.gather(author.save("churn", "one"), author.save("churn", "other"))
    assert len({each["receipt"]["commit"] for each in saved}) == 1
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "2\n"
    await author.setup.undo("churn")
    (author.home / "churn/features.py").write_text("def f():\n    return 1\n")
    assert picture(author.home) == before


async def test_a_wiped_home_gets_its_versions_back(author: Author, tmp_path: Path) -> None:
    author.folder()
    first = (await author.press())["receipt"]["commit"]
    home = tmp_path / "new-home"
    (home / "churn").mkdir(parents=True)
    (home / "churn/features.py").write_text("# my own, newer\n")
    fresh = author_of(author.service, home)
    receipt = (await fresh.press())["receipt"]
    assert receipt["published"], receipt["problem"]
    assert (home / "churn/features.py").read_text() == "# my own, newer\n"
    assert (home / "churn/churn.ipynb").is_file()
    log = (await fresh.git("log", "--format=%H", at=home / "churn")).stdout.split()
    assert log[-1] == first
    assert receipt["commit"] == log[0]


async def test_undo_loses_no_version(author: Author) -> None:
    at = author.folder()
    await author.press()
    (at / "features.py").write_text("x = 9\n")
    assert (await author.git("commit", "--quiet", "-am", "only here")).returncode == 0
    with pytest.raises(SetupRefused):
        await author.setup.undo("churn")
    assert (at / ".git").is_dir()
    assert (await author.save("churn"))["receipt"]["published"]
    await author.setup.undo("churn")
    assert not (at / ".git").exists()


async def test_no_token_in_any_argument_or_file_while_pushing(author: Author) -> None:
    """In no argument of any process, and in no file: the helper passes the key through a pipe."""
    at = author.folder()
    (at / "more.txt").write_bytes(os.urandom(1_500_000).hex().encode())
    pressing = asyncio.create_task(author.press())
    seen = set[bytes]()
    while not pressing.done():
        seen |= await asyncio.to_thread(arguments_of_all)
        await asyncio.sleep(0.02)
    assert pressing.result()["receipt"]["published"]
    assert not any(people.DANA.encode() in line for line in seen)
    for data in picture(author.home).values():
        assert people.DANA.encode() not in data[1]


def arguments_of_all() -> set[bytes]:
    found = set()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(process.read_bytes())
        except OSError:
            continue
    return found
