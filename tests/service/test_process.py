"""The service as a process: it starts as the hub starts it, survives being killed, ends with its parent, says why it cannot start."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.event_log import verify
from enablement_ext.service.stored_files import StoredFiles
from tests.polling import PATIENCE, NotWithin, until
from tests.servers.ports import free_port
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import PREFIX, TAR

pytestmark = pytest.mark.slow
STATE = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:a", "python": "3.11"}


class Hub(BaseHTTPRequestHandler):
    """As much of a hub's API as a sender needs."""

    def do_GET(self) -> None:
        custom = [f"custom:enablement:{scope}" for scope in ("read", "submit", "review")]
        user: dict[str, Any] = {"kind": "user", "name": "dana", "groups": [], "created": "2026-11-24T08:00:00.000000Z"}
        user["scopes"] = [*custom, "access:servers!server=dana/"]
        user["servers"] = {"": {"state": {"enablement": STATE}}}
        body = json.dumps(user).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hub/api"
    server.shutdown()


def start(state: Path, port: int, hub: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "ENABLEMENT_STATE": str(state),
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        "JUPYTERHUB_API_URL": hub,
        "JUPYTERHUB_API_TOKEN": "service-token-of-the-tests",
        **more,
    }
    command = [sys.executable, "-m", "enablement_ext.service", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    sent = {"Authorization": "token dana-token", **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PREFIX}{path}", body, sent)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as problem:
        return problem.code, json.loads(problem.read())


def wait_until_ready(port: int, process: subprocess.Popen[str]) -> None:
    try:
        until(
            lambda: ask(port, "/readyz")[0] == 200,
            within=PATIENCE,
            what="the service says it is ready",
            process=process,
        )
    except NotWithin as late:
        process.kill()
        late.add_note(process.communicate()[0])
        raise


@contextmanager
def service(state: Path, hub: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    port = free_port()
    process = start(state, port, hub)
    try:
        wait_until_ready(port, process)
        yield port, process
    finally:
        process.kill()
        process.communicate()


def children(pid: int) -> list[int]:
    """Processes that it has started."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_checking_processes_end_with_the_service(tmp_path: Path, hub: str, number: signal.Signals) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 2_000_000}
    bundle = SubmissionDraft(notebook(cell("a", "x", [output]))).bundle()
    with service(tmp_path / "state", hub) as (port, process):
        assert ask(port, "/api/v1/submissions", bundle, Content_Type=TAR, Idempotency_Key="0123456789")[0] == 201
        (checking,) = children(process.pid)
        process.send_signal(number)
        process.wait(PATIENCE)
        until(lambda: not Path(f"/proc/{checking}").exists(), within=PATIENCE, what="the checking process has ended")


def test_a_stop_is_clean(tmp_path: Path, hub: str) -> None:
    with service(tmp_path / "state", hub) as (_, process):
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert '"event": "stopped"' in output
        assert "service-token-of-the-tests" not in output
    key = tmp_path / "state/service.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_it_ends_with_its_parent(tmp_path: Path, hub: str) -> None:
    parent = subprocess.Popen(["sleep", "3600"])
    port = free_port()
    process = start(tmp_path, port, hub, ENABLEMENT_PARENT_PID=str(parent.pid))
    wait_until_ready(port, process)
    parent.kill()
    parent.wait()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_taken_port_is_one_line(tmp_path: Path, hub: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(tmp_path, taken.getsockname()[1], hub)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert "taken" in output
    assert "Traceback" not in output


def test_wrong_settings_are_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "enablement_ext.service", "--ReviewService.token_seconds=900"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=tmp_path)
    assert ended.returncode == 2
    assert "token_seconds" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_help_documents_the_settings() -> None:
    command = [sys.executable, "-m", "enablement_ext.service", "--help-all"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    for name in ("tracks", "survive", "threads_block", "lease_hours", "token_seconds", "database_url"):
        assert f"ReviewService.{name}" in shown


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, hub: str) -> None:
    """Killed at random moments of sending: acknowledged is there with the right bytes; the rest is absent or complete."""
    state, acknowledged = tmp_path / "state", {}
    for round_ in range(6):
        with service(state, hub) as (port, process):
            killer = Timer(0.05 + 0.07 * round_, process.kill)
            for index in range(1000):
                padding = "#" * (
                    200_000 if index % 3 == 0 else 0
                )  # large ones go to the folder, small ones into the database
                draft = SubmissionDraft(notebook(cell("a", f"x = {round_}, {index}{padding}")))
                try:
                    headers = {"Content_Type": TAR, "Idempotency_Key": f"intent-{round_}-{index}"}
                    status, receipt = ask(port, "/api/v1/submissions", draft.bundle(), **headers)
                except OSError:
                    break
                assert status == 201
                acknowledged[receipt["submission"]] = receipt
                if index == 0:  # however long the first takes, something is acknowledged before the end
                    killer.start()
            assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert acknowledged
    _check_stored(state, acknowledged)


def _check_stored(state: Path, acknowledged: dict[int, dict[str, Any]]) -> None:
    artifacts = DirectoryArtifactStore(state / "artifacts")
    store = DatabaseReviewStore(f"sqlite:///{state}/enablement.sqlite")
    with store.read() as reader:
        events = reader.events_after(0, 10_000)
        assert verify(events).intact
        for number in {event.submission for event in events if event.submission}:
            version = reader.version(number, 1)
            stored = StoredFiles(store, artifacts).get(version.notebook.sha256)
            assert hashlib.sha256(stored).hexdigest() == version.notebook.sha256
        for number, receipt in acknowledged.items():
            assert reader.version(number, 1).content_id == receipt["content_id"]
    store.close()
    artifacts.close()


def send_one(port: int, intent: str) -> tuple[int, Any]:
    return ask(port, "/api/v1/submissions", SubmissionDraft().bundle(), Content_Type=TAR, Idempotency_Key=intent)


def test_a_database_that_is_deleted_is_refused_and_not_begun_anew(tmp_path: Path, hub: str) -> None:
    """Under the running service, and at the next start: what to do is said, and nothing is made in its place."""
    state = tmp_path / "state"
    with service(state, hub) as (port, _):
        assert send_one(port, "intent-number-one")[0] == 201
        for path in state.glob("enablement.sqlite*"):
            path.rename(tmp_path / path.name)
        status, problem = send_one(port, "intent-number-two")
        assert (status, problem["code"]) == (503, "database-replaced")
        until(lambda: ask(port, "/readyz")[0] == 503, within=PATIENCE, what="it is not ready any more")
        assert ask(port, "/readyz")[1]["code"] == "database-replaced"
    process = start(state, free_port(), hub)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3, output
    assert "enablement.sqlite is missing, but files of a queue are stored. Put the database back" in output
    assert "Traceback" not in output
    assert not list(state.glob("enablement.sqlite*"))
    for path in tmp_path.glob("enablement.sqlite*"):
        path.rename(state / path.name)
    with service(state, hub) as (port, _):
        assert send_one(port, "intent-number-one")[0] == 200, "the receipt is there again"


@pytest.mark.timing
def test_a_deleted_database_is_noticed_within_a_second(tmp_path: Path, hub: str) -> None:
    state = tmp_path / "state"
    with service(state, hub) as (port, _):
        for path in state.glob("enablement.sqlite*"):
            path.rename(tmp_path / path.name)
        until(lambda: ask(port, "/readyz")[0] == 503, within=1.0, what="it is not ready any more")


def refused(state: Path, hub: str) -> str:
    """What a service says that does not start."""
    output, _ = (process := start(state, free_port(), hub)).communicate(timeout=PATIENCE)
    assert process.returncode == 3, output
    assert "Traceback" not in output
    return output.splitlines()[-1]


def test_a_key_file_that_is_too_short_is_one_sentence(tmp_path: Path, hub: str) -> None:
    (tmp_path / "service.key").write_bytes(b"short")
    assert "service.key has 5 bytes, a key at least 32. Put the whole key back" in refused(tmp_path, hub)


def test_a_key_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, hub: str) -> None:
    (tmp_path / "service.key").mkdir()
    assert "Is a directory" in refused(tmp_path, hub)


def test_tables_of_a_newer_version_are_one_sentence(tmp_path: Path, hub: str) -> None:
    with service(tmp_path, hub):
        pass
    with sqlite3.connect(tmp_path / "enablement.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "of a newer Enablement (revision 9999" in refused(tmp_path, hub)


def test_without_descriptors_it_says_so_once_a_second_and_goes_on_afterwards(tmp_path: Path, hub: str) -> None:
    with service(tmp_path, hub) as (port, process):
        descriptors = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (descriptors + 5, descriptors + 500))
        began = time.monotonic()
        crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
        time.sleep(3.0)  # what is counted is what is logged in that time
        for one in crowd:
            one.close()
        until(lambda: ask(port, "/readyz")[0] == 200, within=PATIENCE, what="it accepts again")
        seconds = time.monotonic() - began
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    said = [line for line in output.splitlines() if "no-descriptors" in line]
    assert 1 <= len(said) <= seconds + 1, output[-3000:]
    assert '"reason": "EMFILE"' in said[0]
    assert len(output) < 20_000
