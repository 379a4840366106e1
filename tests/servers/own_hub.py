"""A hub with a configuration of its own and the demo's people, started as an administrator starts one: `python -m jupyterhub`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.local_paths import cache_folder
from enablement_ext.cli.demo_people import settled_homes, settled_people
from enablement_ext.cli.node import find_node
from enablement_ext.cli.process_tree import descendants
from enablement_ext.cli.reverse_proxy import proxy_command
from tests.polling import PATIENCE, until
from tests.servers.ports import free_port
from tests.servers.up import ROOT, command_of

_CONFIG = """
from enablement_ext.hub import configure, people
c = get_config()
people(c)
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "{proxy_api}://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.Enablement.accepted_risks = {risks}
{own}
configure(c)
"""


@dataclass(frozen=True, slots=True)
class HubSetup:
    """`own`: what stands in its configuration beside the demo's people. `before`: what is put in front of the command."""

    own: str
    risks: Sequence[str] = ("one-account",)
    proxy_api: str = "http"
    before: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnHub:
    """A hub that runs. `passwords` are the people's."""

    state: Path
    passwords: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> Path:
        """What the hub and everything below it says."""
        return self.state / "hub.log"

    def service_pid(self) -> int:
        """The process of the review service."""
        return next(pid for pid in descendants(self.process.pid) if "enablement_ext.service" in command_of(pid))


@contextmanager
def own_hub(state: Path, setup: HubSetup) -> Iterator[OwnHub]:
    """A running hub, whose review service answers; all of it is gone afterwards."""
    state.mkdir(parents=True)
    people = settled_people(state, "")
    settled_homes(state, people, ROOT / "demo")
    config = _CONFIG.format(
        hub_port=free_port(),
        proxy_api=setup.proxy_api,
        proxy_port=free_port(),
        proxy=proxy_command(find_node(), cache_folder(), print),
        risks=list(setup.risks),
        own=setup.own,
    )
    (state / "jupyterhub_config.py").write_text(config)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ENABLEMENT_")}
    environ = kept | {
        "ENABLEMENT_STATE": str(state),
        "ENABLEMENT_CACHE": str(cache_folder()),
        "ENABLEMENT_RERUNS": "off",
    }
    environ |= setup.environ
    with (state / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [*setup.before, sys.executable, "-m", "jupyterhub"], cwd=state, env=environ, stdout=log, stderr=log
        )
    hub = OwnHub(state, {person.name: person.password for person in people}, process)
    try:
        until(
            lambda: "JupyterHub is now running" in hub.log.read_text(errors="replace"),
            within=PATIENCE,
            what="the hub runs",
            process=process,
            log=hub.log,
        )
        yield hub
    finally:
        below = descendants(process.pid)
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        finally:
            for pid in below:
                if command_of(pid):
                    os.kill(pid, signal.SIGKILL)
