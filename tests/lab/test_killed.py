"""The real service as a process, killed in the middle of a sending from a real lab server: nothing lost, nothing twice."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import pytest

from tests.lab.lab_server import Lab, running_lab
from tests.servers.ports import free_port
from tests.service.fixtures import PREFIX
from tests.service.test_process import Hub, start, wait_until_ready

pytestmark = pytest.mark.slow


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hub/api"
    server.shutdown()


def notebook(number: int) -> bytes:
    """Large enough that a sending takes a while."""
    text = "".join(f"line {line} of {number}\n" for line in range(50_000))
    output = {"output_type": "stream", "name": "stdout", "text": text}
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": f"x = {number}",
        "execution_count": 1,
        "outputs": [output],
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def outcome(lab: Lab, number: int) -> dict[str, Any]:
    """The last line of sending notebook `number` with its key."""
    raw = (lab.home / f"{number}.ipynb").read_bytes()
    intent = {"key": f"key-of-number-{number}", "path": f"{number}.ipynb", "sha256": hashlib.sha256(raw).hexdigest()}
    return lab.send(
        {**intent, "answers": {"title": f"Number {number}"}, "files": [], "submission": None, "stamp": None}
    )[-1]


def test_a_service_killed_at_any_point_of_a_sending_loses_and_doubles_nothing(tmp_path: Path, hub: str) -> None:
    port = free_port()
    with running_lab(tmp_path, f"http://127.0.0.1:{port}{PREFIX}", token="dana-token") as lab:
        receipts = [_killed_and_sent_again(lab, number, (tmp_path / "state", port, hub)) for number in range(4)]
        process = start(tmp_path / "state", port, hub)
        try:
            wait_until_ready(port, process)
            assert [outcome(lab, number) for number in range(4)] == [
                {"receipt": receipt, "replayed": True} for receipt in receipts
            ]
            items = lab.get("api/v1/submissions?filter=sent&limit=200").json()["items"]
            assert sorted(item["number"] for item in items) == sorted(receipt["submission"] for receipt in receipts)
            for number, receipt in enumerate(receipts):
                stored = lab.get(f"api/v1/submissions/{receipt['submission']}/versions/1/files/0").content
                assert hashlib.sha256(stored).hexdigest() == receipt["notebook_sha256"]
                assert f"line 49999 of {number}\\n".encode() in stored
        finally:
            _end(process)


def _killed_and_sent_again(lab: Lab, number: int, place: tuple[Path, int, str]) -> dict[str, Any]:
    """One sending whose service is killed after some milliseconds, and its second try. The receipt."""
    (lab.home / f"{number}.ipynb").write_bytes(notebook(number))
    process = start(*place)
    wait_until_ready(place[1], process)
    killer = Timer(0.03 + 0.1 * number, process.kill)
    killer.start()
    first = outcome(lab, number)
    killer.join()
    _end(process)
    if "problem" in first:
        assert first["problem"]["code"] == "service-away"
    process = start(*place)
    try:
        wait_until_ready(place[1], process)
        second = outcome(lab, number)
    finally:
        _end(process)
    if "receipt" in first:
        assert second == {"receipt": first["receipt"], "replayed": True}
    assert "receipt" in second, second
    found: dict[str, Any] = second["receipt"]
    return found


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
