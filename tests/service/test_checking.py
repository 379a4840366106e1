"""Large notebooks are checked in processes of their own: the same answers, and a process that dies takes nothing with it."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.checks.models import NotebookSurroundings, ReleaseFacts
from enablement_ext.core.errors import BadNotebook, EnablementError, NotFound, TooLarge, Unavailable, Unprocessable
from enablement_ext.core.notebook import view, view_cell
from enablement_ext.core.review.anchors import checked, place_all
from enablement_ext.core.review.models import Anchor, FileEntry, FileRole, ImageRef, Ported
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.submission.bundle import DEFAULT_LIMITS
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.checking.pool import CheckingPool, ValidationQuestion
from enablement_ext.service.checking.process import CheckingOptions
from enablement_ext.service.use_cases.arrival.checks import find_here
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, ingest
from enablement_ext.service.use_cases.ingest import validate as validate_with
from enablement_ext.web.shared_bytes import SharedBytes
from tests.polling import PATIENCE, until
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running

LARGE = "x" * 1_200_000
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def stream(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def large(*cells: dict[str, object]) -> bytes:
    return notebook(*cells, cell("big", "print(x)", [stream(LARGE)]))


def spaced(document: bytes) -> bytes:
    """The same notebook as another program might write it."""
    return json.dumps(json.loads(document), indent=4).encode()


BUNDLES: dict[str, SubmissionDraft] = {
    "canonical": SubmissionDraft(large(cell("a", "x = 1"))),
    "written otherwise": SubmissionDraft(spaced(large(cell("a", "x = 1")))),
    "small, with a large file": SubmissionDraft(files={"work/data.csv": b"a,b\n" * 400_000}),
    "with a secret": SubmissionDraft(large(cell("a", f"token = '{TOKEN}'"))),
    "with a secret in a file": SubmissionDraft(large(), files={"work/keys.py": f"t = '{TOKEN}'".encode()}),
    "not JSON": SubmissionDraft(b"{" + LARGE.encode()),
    "an old format": SubmissionDraft(json.dumps({"worksheets": [], "x": LARGE}).encode()),
    "too many cells": SubmissionDraft(
        b'{"cells":[' + b"0," * 1_000_000 + b'0],"metadata":{},"nbformat":4,"nbformat_minor":5}'
    ),
    "not what the browser saw": SubmissionDraft(
        large(), more={"notebook": {"path": "work/churn.ipynb", "sha256": "0" * 64}}
    ),
}


def shared(content: bytes) -> SharedBytes:
    made = SharedBytes()
    made.write(content)
    return made


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckingPool]:
    made = CheckingPool(CheckingOptions(processes=1))
    yield made
    made.close()


def outcome(check: Callable[[], ValidatedBundle]) -> object:
    """What it answers, comparable."""
    try:
        checked = check()
    except EnablementError as error:
        return error.code, error.message, error.facts
    return checked.identity, checked.notebook, [(entry, bytes(content)) for entry, content in checked.stored()]


def validate(received: ReceivedBundle) -> ValidatedBundle:
    """As in the service's own process, where no engine is installed."""
    return validate_with(received, LiteralPrefilter())


def test_what_checks_find_in_a_large_bundle_comes_from_the_process_that_rebuilt_it(pool: CheckingPool) -> None:
    draft = SubmissionDraft(spaced(large(cell("a", "import nosuch\nx == None\nopen('gone.csv')"))))
    around = NotebookSurroundings(
        "work/churn.ipynb", sent={}, release=ReleaseFacts("ml 1", {"pandas": "3"}), git_known=True
    )
    body = shared(draft.bundle())
    question = ValidationQuestion(DEFAULT_LIMITS, None, around=around)
    for _ in range(2):  # the second time it knows the release
        with pool.examining(body, ingest(body.view(), DEFAULT_LIMITS, None), question) as examined:
            there = examined.findings()
            with find_here(examined.validated.canonical, around) as findings:
                assert there == findings()
        assert {each.code for each in there} >= {"imports.not-in-image", "lint.E711", "inputs.missing"}
    assert len(pool.pids()) == 1


def test_a_process_whose_findings_nobody_asks_for_is_free_again(pool: CheckingPool) -> None:
    body = shared(SubmissionDraft(large()).bundle())
    question = ValidationQuestion(DEFAULT_LIMITS, None, around=NotebookSurroundings())
    with pool.examining(body, ingest(body.view(), DEFAULT_LIMITS, None), question) as examined:
        assert examined.validated.notebook.size
        (pid,) = pool.pids()
    assert (pool.busy(), pool.pids()) == (0, [pid])
    with pool.finding(canonical(cell("a", "y == None")), NotebookSurroundings()) as findings:
        assert "lint.E711" in [each.code for each in findings()]


def in_a_process(pool: CheckingPool, body: SharedBytes, target: int | None) -> ValidatedBundle:
    received, question = ingest(body.view(), DEFAULT_LIMITS, target), ValidationQuestion(DEFAULT_LIMITS, target)
    with pool.examining(body, received, question) as examined:
        return examined.validated


@pytest.mark.parametrize("name", BUNDLES)
def test_the_answer_is_that_of_the_same_process(pool: CheckingPool, name: str) -> None:
    body = shared(BUNDLES[name].bundle())
    here = outcome(lambda: validate(ingest(body.view(), DEFAULT_LIMITS, 7)))
    there = outcome(lambda: in_a_process(pool, body, 7))
    assert there == here
    assert TOKEN not in str(there)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (large(cell("a", "x = 1")), large(cell("a", "x = 2"))),
        (large(cell("a", "x = 1")), large(cell("a", "x = 1", [stream("1")]))),
        (large(), large()),
        (notebook(), large()),
    ],
)
def test_what_changed_is_the_same_as_in_the_same_process(pool: CheckingPool, old: bytes, new: bytes) -> None:
    image, other = ImageRef("a", "1", "", "3.11"), ImageRef("a", "2", "", "3.11")
    stored = [validate(ingest(SubmissionDraft(one).bundle(), DEFAULT_LIMITS, None)).canonical for one in (old, new)]
    files = (FileEntry("a.csv", "0" * 64, 1, FileRole.DATA),)
    for before, after in (
        (VersionContent(stored[0], (), image), VersionContent(stored[1], (), image)),
        (VersionContent(stored[0], (), image), VersionContent(stored[1], files, other)),
    ):
        assert pool.compare(before, after) == changes(before, after)


def canonical(*cells: dict[str, object]) -> bytes:
    return bytes(validate(ingest(SubmissionDraft(large(*cells)).bundle(), DEFAULT_LIMITS, None)).canonical)


def test_what_is_read_of_a_large_notebook_is_the_same_as_in_the_same_process(pool: CheckingPool) -> None:
    data = canonical(cell("a", "x = 'é'", [stream("1")]), cell("b", "y = 2\nz = 3"))
    for first, count in ((0, 200), (1, 1), (9, 3)):
        assert json.loads(pool.view(data, first, count)) == view(data, first, count)
    assert json.loads(pool.view_cell(data, 2)) == view_cell(data, 2)
    for failing in (lambda: pool.view_cell(data, 3), lambda: view_cell(data, 3)):
        with pytest.raises(NotFound, match="there is no cell 3"):
            failing()
    with pytest.raises(BadNotebook):
        pool.view(data[:-1], 0, 1)


ANCHORS = [
    Anchor(),
    Anchor("b"),
    Anchor("b", lines=(2, 2)),
    Anchor("a", output=0),
    Anchor("big"),
]


def test_threads_stand_in_a_large_notebook_where_they_do_in_the_same_process(pool: CheckingPool) -> None:
    old = canonical(cell("a", "x = 1", [stream("1")]), cell("b", "y = 2\nz = 3"))
    new = canonical(cell("b", "w = 0\ny = 2\nz = 3"), cell("a", "x = 1", [stream("0"), stream("1")]))
    made = [pool.check_anchor(anchor, old) for anchor in ANCHORS]
    assert made == [checked(anchor, old) for anchor in ANCHORS]
    assert pool.place(made, old, new) == place_all(made, old, new)
    assert {each.state for each in place_all(made, old, new)} >= {Ported.MOVED, Ported.CHANGED, Ported.UNCHANGED}
    for anchor, message in ((Anchor("b", lines=(3, 9)), "has 2 lines"), (Anchor("none"), "no such cell")):
        for check_there in (pool.check_anchor, checked):
            with pytest.raises(Unprocessable, match=message):
                check_there(anchor, old)


@pytest.fixture
async def light() -> AsyncIterator[Service]:
    options = ServiceOptions(KEY, checking=CheckingOptions(processes=1))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), options) as started:
        yield started


@pytest.mark.slow
async def test_a_large_notebook_is_sent_read_and_sent_again_changed(light: Service) -> None:
    first = await light.sent(SubmissionDraft(spaced(large(cell("a", "x = 1")))))
    stored = await light.get(f"/api/v1/submissions/{first['number']}/versions/1/files/0", people.DANA)
    assert stored.body == bytes(
        validate(ingest(SubmissionDraft(large(cell("a", "x = 1"))).bundle(), DEFAULT_LIMITS, None)).canonical
    )
    draft = SubmissionDraft(large(cell("a", "x = 2")), more={"stamp": first["stamp"]})
    assert (await light.send(draft, number=first["number"])).status == 201
    detail = await light.submission(first["number"])
    assert detail["versions"][1]["changes"] == ["code"]
    at = f"/api/v1/submissions/{first['number']}"
    page = (await light.get(f"{at}/versions/2/notebook?first=0&count=1", people.REMY)).json
    assert (page["version"], page["total"], page["cells"][0]["source"]) == (2, 2, "x = 2")
    assert (await light.get(f"{at}/versions/2/cells/1", people.REMY)).json["id"] == "big"
    assert (await light.get(f"{at}/versions/2/cells/2", people.REMY)).code == "not-found"
    remark = {"version": 1, "anchor": {"cell": "a", "lines": [1, 1]}, "text": "Why?"}
    assert (await light.post(f"{at}/threads", people.REMY, remark)).json["placed"]["state"] == "changed"
    assert (await light.get(f"{at}/threads?version=1", people.REMY)).json["threads"][0]["quote"] == "x = 1"


async def test_a_large_bundle_is_sent_once(light: Service) -> None:
    key = secrets.token_hex(8)
    replies = await asyncio.gather(*(light.send(SubmissionDraft(large()), key=key) for _ in range(5)))
    assert sorted(reply.status for reply in replies) == [200, 200, 200, 200, 201]
    assert (await light.send(SubmissionDraft(large(cell("a", "1"))), key=key)).code == "key-reused"


async def test_a_process_that_is_killed_is_an_error_of_one_request(light: Service) -> None:
    await light.send(SubmissionDraft(large()))
    (pid,) = light.context.checking.pids()
    os.kill(pid, signal.SIGSTOP)  # it is busy for ever, as far as anybody can see
    sending = asyncio.create_task(light.send(SubmissionDraft(large(cell("a", "y = 1"))), key="a-key-of-its-own"))
    await asyncio.to_thread(until, lambda: light.context.checking.busy() == 1, within=PATIENCE, what="it is asked")
    assert (await light.get("/api/v1/submissions?filter=sent", people.DANA)).status == 200
    assert (await light.send(SubmissionDraft())).status == 201  # a small one does not wait
    os.kill(pid, signal.SIGKILL)
    reply = await sending
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "unavailable", "5")
    again = await light.send(SubmissionDraft(large(cell("a", "y = 1"))), key="a-key-of-its-own")
    assert again.status == 201
    assert light.context.checking.pids() != [pid]


@pytest.mark.slow
async def test_two_megabytes_do_not_wait_for_twenty(light: Service) -> None:
    await light.send(SubmissionDraft(large()))
    (pid,) = light.context.checking.pids()
    os.kill(pid, signal.SIGSTOP)
    huge = SubmissionDraft(large(cell("a", "x = 1\n" * 3_000_000)))
    sending = asyncio.create_task(light.send(huge))
    await asyncio.to_thread(until, lambda: light.context.checking.busy() == 1, within=PATIENCE, what="it is asked")
    assert (await light.send(SubmissionDraft(large(cell("a", "y = 1"))))).status == 201
    assert not sending.done()
    os.kill(pid, signal.SIGCONT)
    assert (await sending).status == 201


async def test_a_process_that_died_while_nobody_asked_is_not_noticed(light: Service) -> None:
    await light.send(SubmissionDraft(large()))
    (pid,) = light.context.checking.pids()
    os.kill(pid, signal.SIGKILL)
    until(lambda: _is_gone(pid), within=PATIENCE, what="it has died")
    assert (await light.send(SubmissionDraft(large(cell("a", "z = 1"))))).status == 201


def _is_gone(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def check(pool: CheckingPool, document: bytes) -> ValidatedBundle:
    body = shared(SubmissionDraft(document).bundle())
    return in_a_process(pool, body, None)


@pytest.mark.slow
def test_a_notebook_that_takes_too_much_memory_is_refused() -> None:
    pool = CheckingPool(CheckingOptions(processes=1, memory=400 * 2**20))
    wide = notebook(*(cell(str(number), "é" * 100_000) for number in range(300)))
    with pytest.raises(TooLarge, match="more memory than the 400 MB"):
        check(pool, wide)
    assert check(pool, large()).notebook.size
    pool.close()


def test_a_notebook_that_takes_too_long_is_given_up() -> None:
    pool = CheckingPool(CheckingOptions(processes=1, seconds=0.001))
    with pytest.raises(Unavailable, match="broke off"):
        check(pool, notebook(*(cell(str(number), "x = 1\n" * 1000) for number in range(1000))))
    pool.close()


def test_a_process_has_nothing_of_the_services_secrets(pool: CheckingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token-of-the-service")
    fresh = CheckingPool(CheckingOptions(processes=1))
    check(fresh, large())
    (pid,) = fresh.pids()
    assert b"a-token-of-the-service" not in Path(f"/proc/{pid}/environ").read_bytes()
    until(lambda: not _own_files(pid), within=PATIENCE, what="it let go of the bundle, which it does after it answered")
    fresh.close()
    assert not Path(f"/proc/{pid}").exists()


def test_a_process_stands_back_behind_requests(pool: CheckingPool) -> None:
    check(pool, large())
    pid = pool.pids()[0]
    assert os.getpriority(os.PRIO_PROCESS, pid) - os.getpriority(os.PRIO_PROCESS, 0) >= min(
        5, 19 - os.getpriority(os.PRIO_PROCESS, 0)
    )
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():  # it is in a session of its own: without this, its own priority would count for nothing
        assert group.read_text().endswith("nice 5\n")


def _own_files(pid: int) -> list[str]:
    return [target for target in _open_files(pid) if target.startswith("/") and not target.startswith("/dev/")]


def _open_files(pid: int) -> list[str]:
    found = []
    for number in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            if int(number.name) > 2:
                found.append(str(number.readlink()))
    return found


def test_a_pool_that_is_closed_ends_what_is_under_way() -> None:
    pool = CheckingPool(CheckingOptions(processes=1))
    check(pool, large())
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)

    async def both() -> None:
        asking = asyncio.create_task(asyncio.to_thread(check, pool, large()))
        await asyncio.to_thread(until, lambda: pool.busy() == 1, within=PATIENCE, what="it is asked")
        await asyncio.to_thread(pool.close)
        with pytest.raises(Unavailable):
            await asking

    asyncio.run(both())
    with pytest.raises(Unavailable):
        check(pool, large())
    assert not Path(f"/proc/{pid}").exists()
