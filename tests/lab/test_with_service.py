"""The lab extension and the real review service, over real HTTP; the hub is the in-memory implementation."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.service.assembly import ServiceOptions
from tests.lab.conftest import NOTEBOOK, sha256
from tests.lab.contract import validate
from tests.lab.lab_server import Lab, running_lab
from tests.polling import PATIENCE
from tests.service import people
from tests.service.fixtures import Service, running

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class LabWithService:
    """dana's server and the service it sends to."""

    lab: Lab
    service: Service

    async def get(self, path: str) -> Any:
        response = await asyncio.to_thread(self.lab.get, path)
        assert response.status_code == 200, response.text
        return response.json()

    async def send(self, **change: object) -> dict[str, Any]:
        """The last line of sending the notebook as it is on disk."""
        intent: dict[str, object] = {
            "key": "key-1234567890",
            "path": "work/churn.ipynb",
            "sha256": sha256(self.lab.home / "work" / "churn.ipynb"),
            "answers": {"title": "Churn"},
            "files": ["work/data/churn.csv", "work/features.py"],
            "submission": None,
            "stamp": None,
        }
        lines = await asyncio.to_thread(self.lab.send, {**intent, **change})
        return lines[-1]

    def write(self, *cells: dict[str, object]) -> None:
        work = self.lab.home / "work"
        (work / "data").mkdir(parents=True, exist_ok=True)
        (work / "features.py").write_text("x = 1\n")
        (work / "data" / "churn.csv").write_text("a,b\n1,2\n")
        (work / "churn.ipynb").write_text(json.dumps({**NOTEBOOK, "cells": [*NOTEBOOK["cells"], *cells]}))  # type: ignore[misc]


def cell(source: str) -> dict[str, object]:
    return {"cell_type": "code", "id": "new", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[LabWithService]:
    async with paired(tmp_path) as pair:
        yield pair


@asynccontextmanager
async def paired(folder: Path, options: ServiceOptions | None = None) -> AsyncIterator[LabWithService]:
    """A service with these options, and a lab that sends to it."""
    async with running(MemoryReviewStore(), MemoryArtifactStore(), options) as service:
        url = f"http://127.0.0.1:{service.port}/services/enablement"
        starting = running_lab(folder, url, token=people.DANA)
        lab = await asyncio.to_thread(starting.__enter__)
        try:
            pair = LabWithService(lab, service)
            pair.write()
            yield pair
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)


async def test_sent_again_and_a_second_version(pair: LabWithService) -> None:
    first = await pair.send()
    assert (first["replayed"], first["receipt"]["submission"], first["receipt"]["version"]) == (False, 1, 1)
    assert await pair.send() == {**first, "replayed": True}
    again = (await pair.send(key="another-key-12345"))["problem"]
    assert (again["code"], again["facts"]["submission"], again["facts"]["version"]) == ("already-sent", 1, 1)
    assert (await pair.send(answers={"title": "Other"}))["problem"]["code"] == "key-reused"

    found = await pair.get("candidates?path=work/churn.ipynb")
    assert [item["number"] for item in found["previous"]] == [1]
    assert found["answers"]["title"] == "Churn"
    detail = await pair.get("api/v1/submissions/1")
    assert detail["author"] == "dana"
    assert [file["path"] for file in detail["versions"][0]["files"]] == ["work/data/churn.csv", "work/features.py"]

    pair.write(cell("y = 2"))
    stale = await pair.send(key="version-key-123", submission=1, stamp=found["previous"][0]["stamp"] + 5)
    assert stale["problem"]["code"] == "stale-stamp"
    second = await pair.send(key="version-key-124", submission=1, stamp=found["previous"][0]["stamp"])
    assert second["receipt"]["version"] == 2


async def test_a_version_that_was_sent_beside_the_files_as_they_are_now(pair: LabWithService) -> None:
    await pair.send()
    query = "difference?submission=1&version=1&path=work/churn.ipynb"
    unchanged = await pair.get(query)
    assert (unchanged["difference"]["changed"], unchanged["difference"]["files"], unchanged["cells"]) == (0, [], [])
    pair.write({**cell("print(y)"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "2\n"}]})
    work = pair.lab.home / "work"
    (work / "features.py").write_text("x = 2\n")
    (work / "data" / "churn.csv").unlink()
    found = await pair.get(query)
    validate(found, {"$ref": "#/components/schemas/WorkingDifference"})
    *_, added = found["difference"]["cells"]
    assert (added["standing"], added["lines"]) == ("added", [{"old": None, "new": ["print(y)"]}])
    assert [view["outputs"][0]["text"] for view in found["cells"]] == ["2\n"]
    gone, module = found["difference"]["files"]
    assert (gone["standing"], gone["old"]["path"], gone["new"]) == ("removed", "work/data/churn.csv", None)
    assert module["lines"][0] == {"old": ["x = ", "1"], "new": ["x = ", "2"]}
    for wrong, status in (("submission=9&version=1", 404), ("submission=1&version=9", 404), ("submission=x", 400)):
        refused = await asyncio.to_thread(pair.lab.get, f"difference?{wrong}&path=work/churn.ipynb")
        assert refused.status_code == status, refused.text
    outside = await asyncio.to_thread(pair.lab.get, "difference?submission=1&version=1&path=../../etc/passwd")
    assert (outside.status_code, outside.json()["code"]) == (422, "file-unreadable")


async def test_fifty_at_once_with_one_key_are_one_submission(pair: LabWithService) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(50))
    outcomes = await asyncio.gather(*(pair.send() for _ in range(50)))
    assert {outcome["receipt"]["submission"] for outcome in outcomes} == {1}
    assert sum(not outcome["replayed"] for outcome in outcomes) == 1
    assert len((await pair.get("api/v1/submissions?filter=sent"))["items"]) == 1


async def test_what_the_service_refuses_is_said(pair: LabWithService) -> None:
    assert (await pair.send(answers={"title": ""}))["problem"]["code"] == "bad-answers"
    pair.write(cell("key = 'AKIA" + "IOSFODNN7EXAMPLF'\nsecret = 'ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'"))
    found = (await pair.send(key="key-with-secret-1"))["problem"]
    assert (found["code"], found["status"]) == ("secret-found", 422)
    assert "a1B2c3D4" not in json.dumps(found)
    (pair.lab.home / "work" / "churn.ipynb").write_text('{"cells": [], "nbformat": 3}')
    assert (await pair.send(key="key-bad-notebook"))["problem"]["code"] == "bad-notebook"
    assert not (await pair.get("api/v1/submissions?filter=sent"))["items"]


async def test_a_large_notebook_is_sent_and_again_and_changed(pair: LabWithService) -> None:
    pair.write(cell("# " + "x" * 3_000_000))
    first = await pair.send()
    assert first["receipt"]["version"] == 1
    assert (await pair.send())["replayed"]
    pair.write(cell("# " + "y" * 3_000_000))
    stamp = (await pair.get("candidates?path=work/churn.ipynb"))["previous"][0]["stamp"]
    assert (await pair.send(key="version-key-125", submission=1, stamp=stamp))["receipt"]["version"] == 2


async def test_a_stored_file_comes_back_as_an_attachment(pair: LabWithService) -> None:
    await pair.send()
    response = await asyncio.to_thread(pair.lab.get, "api/v1/submissions/1/versions/1/files/1")
    assert response.content == (pair.lab.home / "work" / "data" / "churn.csv").read_bytes()
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_a_change_arrives_while_the_browser_listens(pair: LabWithService) -> None:
    hello = threading.Event()

    def listen() -> list[str]:
        with closing(pair.lab.get("api/v1/events", stream=True)) as response:
            return list(until_change(response.iter_lines(decode_unicode=True)))

    def until_change(lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            yield line
            if line == "event: hello":
                hello.set()
            if line.startswith("data:") and '"sent"' in line:
                return

    listening = asyncio.create_task(asyncio.to_thread(listen))
    assert await asyncio.to_thread(hello.wait, PATIENCE), "the stream never said hello"
    await pair.send()
    lines = await asyncio.wait_for(listening, PATIENCE)
    assert any(line == "event: hello" for line in lines)
    assert any(line == "event: change" for line in lines)


async def test_a_server_whose_token_the_hub_does_not_know_is_told_so(pair: LabWithService, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{pair.service.port}/services/enablement"
    starting = running_lab(tmp_path / "other", url, token=people.NOBODY)
    lab = await asyncio.to_thread(starting.__enter__)
    try:
        response = await asyncio.to_thread(lab.get, "api/v1/whoami")
        assert (response.status_code, response.json()["code"]) == (403, "server-unknown")
        elsewhere = LabWithService(lab, pair.service)
        elsewhere.write(cell("# " + "x" * 3_000_000))
        assert (await elsewhere.send())["problem"]["code"] == "server-unknown"
    finally:
        await asyncio.to_thread(starting.__exit__, None, None, None)


async def test_what_is_suggested_is_planned_on_the_cells_that_are_edited(pair: LabWithService) -> None:
    await pair.send()
    old = "import features\nimport pandas as pd"
    threads: list[int] = []
    for source in (f"{old}\nimport os", old.replace("features", "models")):
        new = {"version": 1, "kind": "suggestion", "anchor": {"cell": "b"}, "replaces": old, "source": source}
        draft = (await pair.service.post("/api/v1/submissions/1/drafts", people.REMY, new)).json
        seen = {"drafts": [{"id": draft["id"], "stamp": 1}]}
        await pair.service.post("/api/v1/submissions/1/drafts/publish", people.REMY, seen)
        threads = [each["id"] for each in (await pair.get("api/v1/submissions/1/threads"))["threads"]]
    cells = [{"id": "other", "cell_type": "code", "source": f"# mine\n{old}"}]

    async def planned(body: dict[str, object]) -> tuple[int, Any]:
        response = await asyncio.to_thread(pair.lab.post, "suggestions/plan", body)
        return response.status_code, response.json()

    status, plan = await planned({"submission": 1, "threads": None, "cells": cells})
    validate(plan, {"$ref": "#/components/schemas/SuggestionPlan"})
    assert (status, [each["outcome"] for each in plan["applications"]]) == (200, ["merged", "conflict"])
    status, plan = await planned({"submission": 1, "threads": threads[1:], "cells": [{**cells[0], "source": old}]})
    assert (status, plan["sources"]) == (200, [{"cell": 0, "source": old.replace("features", "models")}])
    wrongs: tuple[tuple[dict[str, object], int], ...] = (
        ({"submission": 1, "threads": [99], "cells": cells}, 404),
        ({"submission": 9, "threads": None, "cells": cells}, 404),
        ({"submission": 1, "threads": ["1"], "cells": cells}, 400),
        ({"submission": 1, "threads": None, "cells": [{"id": "a"}]}, 400),
        ({"submission": 1, "threads": None, "cells": [], "write": True}, 400),
    )
    for wrong, expected in wrongs:
        assert (await planned(wrong))[0] == expected, wrong
    comment = (await pair.get("api/v1/submissions/1/threads"))["threads"][0]["comments"][0]["id"]
    await pair.service.post(f"/api/v1/comments/{comment}/delete", people.REMY, {"revision": 0})
    assert (await planned({"submission": 1, "threads": threads[:1], "cells": cells}))[0] == 409
