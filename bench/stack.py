"""What the benchmarks run: a fake hub, the real service on SQLite with an artifact folder, and the bare server beside it."""

from __future__ import annotations

import http.client
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from bench import fake_hub
from bench.processes import HOST, ROOT, WORKPLACE, Server, Started, free_port, module, running

PREFIX = "/services/enablement"
API = f"{PREFIX}/api/v1"


@dataclass(frozen=True, slots=True)
class Stack:
    """All of it, running. `state` is the service's state folder."""

    service: Server
    bare: Server
    hub: Server
    state: Path


@contextmanager
def stack(
    name: str, service: str = "enablement_ext.service", more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Stack]:
    """The processes while the block runs, in a fresh folder on the checkout's file system that is removed afterwards.

    `service` is the module that serves, with `more` in its environment.
    """
    place = WORKPLACE / name
    shutil.rmtree(place, ignore_errors=True)
    with ExitStack() as children:
        hub_port, port, bare_port = free_port(), free_port(), free_port()
        hub = Started(fake_hub.command(hub_port), hub_port, "/hub/api/user", {}, place / "hub.log")
        environment = {**service_environment(place / "state", port, hub_port), **more}
        serving = Started(module(service), port, f"{PREFIX}/readyz", environment, place / "service.log")
        bare_argv = module("bench.bare_server", "--port", str(bare_port), "--folder", str(place / "bare"))
        bare = Started(bare_argv, bare_port, "/empty", {}, place / "bare.log")
        hub_server = children.enter_context(running(hub))
        service_server, bare_server = (children.enter_context(running(how)) for how in (serving, bare))
        yield Stack(service_server, bare_server, hub_server, place / "state")
    shutil.rmtree(place)


def service_environment(state: Path, port: int, hub_port: int) -> dict[str, str]:
    """What the hub gives its service."""
    state.mkdir(parents=True)
    return {
        "JUPYTERHUB_API_TOKEN": fake_hub.SERVICE_TOKEN,
        "JUPYTERHUB_API_URL": f"http://{HOST}:{hub_port}/hub/api",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_SERVICE_NAME": fake_hub.SERVICE,
        "JUPYTERHUB_SERVICE_PREFIX": f"{PREFIX}/",
        "JUPYTERHUB_SERVICE_URL": f"http://{HOST}:{port}",
        "JUPYTERHUB_CLIENT_ID": f"service-{fake_hub.SERVICE}",
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}/oauth_callback",
        "ENABLEMENT_STATE": str(state),
        "ENABLEMENT_CATALOG": str(ROOT / "images"),
    }


@dataclass(slots=True)
class KeptConnection:
    """One HTTP connection that stays open between requests."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    _wire: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes, **headers: str) -> tuple[float, bytes]:
        """Seconds from the first byte sent to the last byte received, and the answer. Raises `RuntimeError` unless it is 201."""
        wire = self._connected()
        named = {
            **self.headers,
            "Content-Type": "application/x-tar",
            **{key.replace("_", "-"): value for key, value in headers.items()},
        }
        began = time.perf_counter()
        wire.request("POST", path, body, named)
        answer = wire.getresponse()
        content = answer.read()
        took = time.perf_counter() - began
        if answer.status != 201:
            raise RuntimeError(f"{path}: {answer.status} {content[:500].decode(errors='replace')}")
        return took, content

    def _connected(self) -> http.client.HTTPConnection:
        if self._wire is None:
            self._wire = http.client.HTTPConnection(HOST, self.port, timeout=120)
            self._wire.connect()
        return self._wire
