"""What tests of container images share: a base made once per machine, buildah storages of their own, and podman."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from enablement_ext.adapters.environments import BuildahBuilder, InstalledPackage, Storage
from enablement_ext.core.images.catalog import Release
from enablement_ext.core.images.oci.layers import Layer
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.releases import OciBuild
from tests.polling import PATIENCE, until
from tests.servers.ports import free_port

TOOL = Path(__file__).parents[2] / "tools" / "container-base"
TOKEN, ACCESS = "a-token-of-this-test", "access:servers!server=dana/"
ROOM = 3_000_000_000
BASE = "localhost/enablement/base:bookworm"
# Podman's own fault, seen on a busy machine: the command ended, and podman looks for how before that is written down.
_LOST_CODE, _LOST_CODES = "no such exit code", 3
# Root of a machine without CAP_SYS_RESOURCE cannot raise limits; runc knows hybrid cgroups.
RUN = (
    "--runtime",
    "runc",
    "run",
    "--rm",
    "--interactive",
    "--network",
    "host",
    "--ulimit",
    "nofile=1024:1024",
    "--ulimit",
    "nproc=1024:1024",
)


@dataclass(frozen=True)
class ImageStorage:
    """A buildah storage with the base in it, and the place where finished images are written as OCI layouts."""

    root: Path
    package: Path

    @property
    def layout(self) -> Path:
        return self.root / "layout"

    @property
    def options(self) -> list[str]:
        return Storage(str(self.root)).options()

    @property
    def builder(self) -> BuildahBuilder:
        return BuildahBuilder(InstalledPackage(self.package, "0.1.0"), Storage(str(self.root), self.layout))

    def build(self, release: Release, layers: tuple[Layer, ...], tag: str) -> OciBuild:
        """A build that knows nothing of earlier ones in other storages."""
        return self.builder.build(OciRequest(release, "3.11", BASE, layers, ("git", "tini"), tag))

    def run(self, tag: str, *command: str, given: str = "", flags: tuple[str, ...] = ()) -> str:
        """What a command in a container of the image prints."""
        argv = ["podman", *self.options, *RUN, *flags, tag, *command]
        for _ in range(_LOST_CODES):
            done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False, timeout=PATIENCE)
            if _LOST_CODE not in done.stderr:
                break
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    @contextmanager
    def serving(self, tag: str, hub: str) -> Iterator[UserServer]:
        """The image's own command, started the way a hub starts it; stopped and removed at the end."""
        port = free_port()
        environ = {
            "JUPYTERHUB_API_URL": f"{hub}/hub/api",
            "JUPYTERHUB_API_TOKEN": TOKEN,
            "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-dana",
            "JUPYTERHUB_USER": "dana",
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_SERVICE_PREFIX": "/user/dana/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}/user/dana/",
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([ACCESS]),
        }
        flags = [flag for key, value in environ.items() for flag in ("--env", f"{key}={value}")]
        name = f"enablement-test-{port}"
        argv = ["podman", *self.options, *RUN, "--name", name, *flags, tag]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            yield UserServer(f"http://127.0.0.1:{port}/user/dana")
        finally:
            subprocess.run(["podman", *self.options, "stop", "--time", "5", name], capture_output=True, check=False)
            process.communicate(timeout=PATIENCE)


@dataclass(frozen=True)
class UserServer:
    """A user's server that is coming up."""

    url: str

    def get(self, path: str) -> Any:
        """The answer, as soon as the server gives one."""
        return until(lambda: (self._asked(path),), within=PATIENCE, what=f"the server answers {path}")[0]

    def post(self, path: str) -> Any:
        return self._asked(path, data=b"{}")

    def _asked(self, path: str, data: bytes | None = None) -> Any:
        request = urllib.request.Request(self.url + path, data=data, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@contextmanager
def hub_stand_in() -> Iterator[str]:
    """As much of a hub as a server needs to come up: who a token is, and an ear for its activity. Its address."""

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == f"token {TOKEN}"
            person = {
                "kind": "user",
                "name": "dana",
                "admin": False,
                "groups": [],
                "scopes": [ACCESS],
                "session_id": None,
            }
            self._answer(person if known and self.path.endswith("/user") else {"version": "6.1.1"})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._answer({})

        def _answer(self, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("X-JupyterHub-Version", "6.1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def new_storage(package: Path) -> ImageStorage:
    """A storage with nothing but the base, in memory where there is room: builds sync every file to the disk they lie on.

    The base's files are kept in the account's cache: making them takes a minute.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    root = Path(tempfile.mkdtemp(prefix="enablement-storage-", dir=memory if roomy else None))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "enablement-tests"
    cache.mkdir(parents=True, exist_ok=True)
    environ = os.environ | {
        "ENABLEMENT_CONTAINER_STORAGE": str(root),
        "ENABLEMENT_BASE_TAR": str(cache / "base-bookworm.tar"),
    }
    done = subprocess.run(
        [str(TOOL), "bookworm", BASE, "git", "tini"], capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return ImageStorage(root, package)


def remove(root: Path) -> None:
    """A storage holds files of other accounts and mounts; podman knows how to let go of them."""
    for command in (["podman", *Storage(str(root)).options(), "system", "reset", "--force"],):
        subprocess.run(command, capture_output=True, check=False)
    shutil.rmtree(root, ignore_errors=True)
