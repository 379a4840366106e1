"""The tool that Git runs: it starts the modules of the running image with as little as they need, and what that is is counted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.config_files import tool_text
from tests.servers.hub_proxy import hub_proxy

# Each takes longer to import than everything that the credential helper needs.
HEAVY = {"http.client", "email", "ssl", "dataclasses", "inspect", "typing", "urllib.request", "site", "runpy"}
MOST_MODULES = 75  # Python's own start is sixteen of them
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": "a",
                "metadata": {},
                "source": "1",
                "execution_count": 3,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}],
            }
        ],
    }
).encode()


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """The tool for an environment whose packages only the folder of Enablement holds: without it nothing runs."""
    environment = tmp_path / "environment"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(getattr(sys, "_base_executable", sys.executable))
    (environment / "enablement" / "site").mkdir(parents=True)
    (environment / "enablement" / "site" / "enablement_ext").symlink_to(PACKAGE)
    written = tmp_path / "tool"
    written.write_text(tool_text(str(environment / "bin")))
    written.chmod(0o755)
    return written


class _Service(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, object]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], body))
        answer = json.dumps({"username": "dana", "password": "key"}).encode()
        self.send_response(200)
        self.end_headers()  # without a length: the answer ends with the connection
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[HTTPServer]:
    _Service.asked = []
    with HTTPServer(("127.0.0.1", 0), _Service) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_filter_runs_out_of_the_environments_own_folder(tool: Path) -> None:
    done = subprocess.run([tool, "clean"], input=NOTEBOOK, capture_output=True, check=True)
    assert done.stdout == cleaned(NOTEBOOK) != NOTEBOOK


def test_the_helper_asks_the_service_and_answers_git(tool: Path, service: HTTPServer) -> None:
    assert asked_of(tool, service.server_port) == (b"username=dana\npassword=key\n", b"")
    path = "/services/enablement/api/v1/git/credentials"
    assert _Service.asked == [(path, "token secret", {"path": "git/user/dana/churn"})]


@pytest.mark.slow
def test_the_helper_asks_through_the_hubs_proxy(tool: Path, service: HTTPServer, tmp_path: Path) -> None:
    with hub_proxy(service.server_port, tmp_path) as port:
        assert asked_of(tool, port) == (b"username=dana\npassword=key\n", b"")


def asked_of(tool: Path, port: int) -> tuple[bytes, bytes]:
    """What the tool answers Git for a repository of the service at this port, and what it says beside that."""
    host = f"127.0.0.1:{port}"
    url = f"http://{host}/services/enablement/git/user/dana/churn"
    done = subprocess.run(
        [tool, "credential", url, "get"],
        input=f"protocol=http\nhost={host}\npath=services/enablement/git/user/dana/churn\n".encode(),
        env={"ENABLEMENT_SERVICE_URL": f"http://{host}/services/enablement", "JUPYTERHUB_API_TOKEN": "secret"},
        capture_output=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_the_helper_imports_little() -> None:
    code = "import sys; sys.path.append(sys.argv.pop()); import enablement_ext.lab.git.credential_helper; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code, str(PACKAGE.parent)]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert not loaded & HEAVY
    assert len(loaded) <= MOST_MODULES


@pytest.mark.parametrize(
    "way",
    [
        ("-m", "enablement_ext.lab.git.clean_filter"),
        ("-c", "from enablement_ext.lab.git.clean_filter import main; main()"),
    ],
)
def test_however_the_filter_is_started_it_never_answers_nothing(way: tuple[str, str]) -> None:
    """Git takes an empty answer that ends well for the file: whoever starts it in a way that does nothing would commit empty notebooks."""
    given = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    ran = subprocess.run([sys.executable, "-I", *way], input=given, capture_output=True, check=True)
    assert json.loads(ran.stdout) == json.loads(given)
