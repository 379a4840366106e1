"""`enablement up`: the whole thing on this machine, in one process tree, with all state in one folder."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from enablement_ext.cli.demo_people import DemoPerson, settled_homes, settled_people
from enablement_ext.cli.node import find_node
from enablement_ext.cli.preflight import checked_address, checked_port, decision_port, free_ports, held_state
from enablement_ext.cli.reverse_proxy import proxy_command
from enablement_ext.cli.supervisor import HubApiCall, HubProcess, Supervisor
from enablement_ext.cli.tour.play import Tour
from enablement_ext.cli.tour.stories import read_stories
from enablement_ext.core.images.catalog import Release
from enablement_ext.core.images.ports import Environments

ROUTES_CHECKED_EVERY = 15  # seconds; so soon a proxy that was started again has its routes back
# A demo on one machine: nothing is on https, and every server can read the key of the review service. Every decision says so.
DEMO_RISKS = "plain-http,one-account"
SHARED_ACCOUNT = (
    "All servers of this demo run under your own account and are not protected from each other: a notebook could decide in anybody's name.\n"
    "For real people use real accounts or containers: see README."
)


@dataclass(frozen=True, slots=True)
class UpOptions:
    """The command's options."""

    address: str
    port: int
    state: Path
    agreed: bool
    decision_port: int = 0  # 0: one that is free
    tour: bool = False  # fill the demo


@dataclass(frozen=True, slots=True)
class UpParts:
    """What the composition root hands in: the release to make ready, and the places of this machine."""

    environments: Environments
    release: Release
    hub_config: Path
    catalog: Path
    demo: Path
    cache: Path


def report(line: str) -> None:
    """Progress, at once, also into a pipe."""
    print(f"==> {line}", flush=True)


def up(options: UpOptions, parts: UpParts) -> None:
    """Starts everything, says where to go, and returns when it was asked to stop and nothing is left running.

    Raises CliError with one line when this machine does not let it; then nothing was left running either.
    """
    checked_address(options.address, agreed=options.agreed)
    with held_state(options.state):
        checked_port(options.address, options.port)
        report("checking Node.js and the proxy")
        node = find_node()
        proxy = proxy_command(node, parts.cache, report)
        report(f"image {parts.release.image} {parts.release.version}")
        parts.environments.realise(parts.release)
        url = f"http://{_bracketed(_reached(options.address))}:{options.port}"
        second = decision_port(options.address, options.port, options.decision_port, options.state / "decisions.port")
        decisions = f"http://{_bracketed(_reached(options.address))}:{second}"
        people = settled_people(options.state, url, decisions, more=options.tour)
        settled_homes(options.state, people, parts.demo)
        report("starting the hub and the review service")
        supervisor = Supervisor(_hub(options, parts, proxy, (url, decisions)), report)
        try:
            if supervisor.start():
                if options.tour:
                    _fill(url, people, options.state, parts.demo, supervisor)
                _welcome((url, decisions), people, options.state)
                supervisor.watch()
        finally:
            report("stopping")
            supervisor.stop()
    report("stopped; everything is kept in " + str(options.state))


def _fill(url: str, people: list[DemoPerson], state: Path, demo: Path, supervisor: Supervisor) -> None:
    passwords = {person.name: person.password for person in people}
    tour = Tour(url, state, passwords, report, lambda: supervisor.stopping)
    tour.play(read_stories(demo / "tour.json"))


def _hub(options: UpOptions, parts: UpParts, proxy: list[str], origins: tuple[str, str]) -> HubProcess:
    """`origins`: of the hub, and of the pages on which people decide."""
    hub_port, proxy_port = free_ports(2)
    log = options.state / "hub.log"
    if log.exists():
        log.replace(options.state / "hub.log.1")
    proxy = [*proxy, "--ip", options.address, "--port", str(options.port), "--log-level", "warn"]
    proxy += ["--api-ip", "127.0.0.1", "--api-port", str(proxy_port)]
    proxy += ["--error-target", f"http://127.0.0.1:{hub_port}/hub/error"]
    command = [sys.executable, "-m", "jupyterhub", "-f", str(parts.hub_config)]
    command += [f"--JupyterHub.bind_url=http://{_bracketed(options.address)}:{options.port}/"]
    command += [f"--JupyterHub.hub_port={hub_port}", f"--JupyterHub.last_activity_interval={ROUTES_CHECKED_EVERY}"]
    command += [f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy_port}"]
    command += ["--ConfigurableHTTPProxy.should_start=False"]
    ours = {
        "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
        "ENABLEMENT_STATE": str(options.state),
        "ENABLEMENT_CATALOG": str(parts.catalog),
        "ENABLEMENT_CACHE": str(parts.cache),
        "ENABLEMENT_SUPERVISOR_PID": str(os.getpid()),
        "ENABLEMENT_HUB_URL": origins[0],
        "ENABLEMENT_DECISION_URL": origins[1],
        "ENABLEMENT_DECISION_LISTEN": f"http://{_bracketed(options.address)}:{urlsplit(origins[1]).port}",
        "ENABLEMENT_ACCEPTED_RISKS": DEMO_RISKS,
        **({"ENABLEMENT_TOUR": "1"} if options.tour else {}),
        "ENABLEMENT_SUPERVISOR_TOKEN": (token := secrets.token_hex(32)),
    }
    address, routes = _reached(options.address), HubApiCall(hub_port, "/hub/api/proxy", token)
    environ = os.environ | ours
    return HubProcess(proxy, command, environ, options.state, log, address, options.port, routes, proxy_port)


def _welcome(origins: tuple[str, str], people: list[DemoPerson], state: Path) -> None:
    width = max(len(person.password) for person in people)
    print(f"\nEnablement is at {origins[0]}\nReviewers decide at {origins[1]}, where the lab leads them\n", flush=True)
    for person in people:
        print(f"  {person.name:<6} {person.password:<{width}}  {person.role}", flush=True)
    print(
        f"\nThese people are also in {state / 'people.json'}.\n{SHARED_ACCOUNT}\nCtrl-C stops everything.\n", flush=True
    )


def _reached(address: str) -> str:
    """Where this machine's own browser finds it."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104  # compared, not bound


def _bracketed(address: str) -> str:
    """As it stands in a URL."""
    return f"[{address}]" if ":" in address else address
