"""From the click that starts a server to the first executed cell on a real Kubernetes, beside the same hub without Enablement.

Where Zero to JupyterHub's chart is at hand (`Z2JH_CHART`, or its repository), both hubs are releases of it with the same values: one plain, one
in the whole chart of Enablement. Elsewhere both are small hubs of the test's own, one of them with the chart beside it. Root and what
`make kube` needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import yaml

from bench.first_cell import Seat
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from tests.kube import chart, whole
from tests.kube.chart import NEW, OLD
from tests.kube.images import ROOT, Built, build_all, everything
from tests.kube.manifests import NAMESPACE, SmallHub, namespace, small_hub
from tests.kube.outside import Outside, outside
from tests.kube.scenario import ADDRESS, Scenario, merged
from tests.servers.hub_session import HubSession
from tests.servers.kubernetes import cluster, enter, preflight
from tests.servers.kubernetes.processes import Failed

PLAIN, OURS = "plain", "Enablement"
ADDRESS_OF_PLAIN = "10.96.0.81"
TARGET = 1.0
SMALLEST = (1.0, "2G")  # cores and memory of the smallest size of c.Enablement.sizes, which is the default

_ROUND = """
From the click that starts a server to the first executed cell on a real Kubernetes. A round starts the person's server through the hub's API, waits
until the hub says that it is ready, starts a kernel and runs one cell; then the server is stopped. Both hubs run all the time, each with its own
proxy and one person, on the same cluster of one node (`tests/servers/kubernetes`), from the same image of a hub. That both servers run the same
image by digest with the same requests and limits is read from their pods before the rounds.
""".strip()
RELEASES = f"""{_ROUND}

Both are releases of Zero to JupyterHub's chart {{version}} with the same values, in namespaces of their own. One is the chart alone: KubeSpawner
with `singleuser.image`, and no Enablement. The other is the whole chart of Enablement with that chart in it: the spawner that looks up which release
of which image is wanted and who may have it, and the review service with its database and object store."""
SMALL_HUBS = f"""{_ROUND}

Zero to JupyterHub's chart was not at hand. Both are small hubs in its spirit (`tests/kube`): one has `configure(c)` and the chart of Enablement
beside it, the other has neither."""


@dataclass(frozen=True, slots=True)
class Hub:
    """One of the two: its namespace, and the address of its proxy."""

    namespace: str
    address: str


def plain_configuration(ours: str, image: str) -> str:
    """The small hub's configuration without Enablement; `image` and the limits of the smallest size instead."""
    ours_only = ("from enablement_ext", "c.Enablement.", "configure(c)")
    kept = [line for line in ours.splitlines() if not line.startswith(ours_only)]
    cores, memory = SMALLEST
    limits = [f"c.KubeSpawner.cpu_limit = {cores}", f'c.KubeSpawner.mem_limit = "{memory}"']
    return "\n".join([*kept, f'c.KubeSpawner.image = "{image}"', *limits, ""])


def plain_values(ours: Mapping[str, Any], server: Built, stores: Outside) -> dict[str, Any]:
    """The values of a release of Zero to JupyterHub alone: those that it has in the whole chart, and what Enablement says there or chooses."""
    cores, memory = SMALLEST
    chosen = {"image": whole.image(server), "cpu": {"limit": cores}, "memory": {"limit": memory}}
    account = {"uid": 1000, "fsGid": 1000}
    database = {"url": stores.url("plain", driver="postgresql+psycopg")}
    return merged(ours, {"hub": {"db": database}, "singleuser": {**chosen, **account}})


def releases(story: Scenario, hub_chart: Path) -> dict[str, Hub]:
    """The whole chart of Enablement, and Zero to JupyterHub alone."""
    story.choose_passwords()
    ours = Hub(whole.NAMESPACE, whole.up(story, hub_chart))
    _database(story)
    images = {"hub": story.image("hub"), "proxy": story.image("proxy")}
    given = plain_values(whole.values(images, story.outside, story.passwords), story.image("minimal"), story.outside)
    kubectl = story.cluster.kubectl.within("plain")
    story.cluster.kubectl("create", "namespace", "plain")
    chart.helm(kubectl, "install", "jupyterhub", str(hub_chart), "--wait", "--timeout=6m", given=given)
    return {OURS: ours, PLAIN: Hub("plain", whole.proxy_address(kubectl))}


def small_hubs(story: Scenario) -> dict[str, Hub]:
    """A small hub with the chart of Enablement beside it, and one without."""
    story.start_hub()
    story.install()
    _database(story)
    configuration = (ROOT / "tests/kube/jupyterhub_config.py").read_text(encoding="utf-8")
    secrets = {
        "hub.services.enablement.apiToken": "0" * 32,
        "proxy-token": "1" * 64,
        "database": story.outside.url("plain", driver="postgresql+psycopg"),
        "people-password": story.passwords["dana"],
        "admin-password": story.passwords["petra"],
    }
    image = story.images[f"minimal:{OLD}"].reference
    hub, proxy = story.image("hub").reference, story.image("proxy").reference
    plain = SmallHub(hub, proxy, plain_configuration(configuration, image), secrets, ADDRESS_OF_PLAIN, "plain")
    story.cluster.kubectl.apply([namespace("plain")])
    story.cluster.kubectl.apply(small_hub(plain))
    for what in ("deployment/proxy", "deployment/hub"):
        story.cluster.kubectl.within("plain").rolled_out(what, seconds=180)
    return {OURS: Hub(NAMESPACE, ADDRESS), PLAIN: Hub("plain", ADDRESS_OF_PLAIN)}


def compare(story: Scenario, rounds: int, hub_chart: Path | None) -> Report:
    """Both hubs, in turns."""
    story.serve_images()
    hubs = releases(story, hub_chart) if hub_chart else small_hubs(story)
    seats = {name: _sit(story, hub) for name, hub in hubs.items()}
    runs = {name: _runs(story, hubs[name], seat.session) for name, seat in seats.items()}
    if runs[OURS] != runs[PLAIN]:
        raise Failed(f"the servers are not alike: {runs}")
    scores = alternate([Contender(name, seat.once) for name, seat in seats.items()], rounds)
    parts = {
        "click to first executed cell": scores,
        "of it: until the server is ready": Rounds({name: seat.ready[1:] for name, seat in seats.items()}),
        "of it: kernel and cell": Rounds({name: seat.cell[1:] for name, seat in seats.items()}),
    }
    return Report(
        "cluster_spawn",
        "From the click to the first executed cell, in a cluster",
        RELEASES.format(version=_version(hub_chart)) if hub_chart else SMALL_HUBS,
        [
            Table(
                ["", "plain Zero to JupyterHub" if hub_chart else "plain JupyterHub", OURS, "ratio", "target"],
                [_row(name, each) for name, each in parts.items()],
            )
        ],
        [f"{rounds} starts each, in turns, on Kubernetes {story.cluster.version}; the image is on the node."],
    )


def _database(story: Scenario) -> None:
    with psycopg.connect(story.outside.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")


def _sit(story: Scenario, hub: Hub) -> Seat:
    session = HubSession(f"http://{hub.address}", "dana")
    session.log_in(story.passwords["dana"])
    return Seat(session, None)


def _runs(story: Scenario, hub: Hub, session: HubSession) -> tuple[str, Any]:
    """What dana's server is there: the image that containerd runs, and the container's requests and limits. Starts and stops it."""
    session.hub_api("POST", f"users/{session.name}/server")
    session.wait_for_server()
    selected = ("pods", "--selector=hub.jupyter.org/username=dana")
    pod = story.cluster.kubectl.within(hub.namespace).get(*selected)["items"][0]
    session.stop_servers()
    story.say(f"{hub.namespace}: {pod['spec']['containers'][0]['image']}, {pod['spec']['containers'][0]['resources']}")
    return pod["status"]["containerStatuses"][0]["imageID"], pod["spec"]["containers"][0]["resources"]


def _version(hub_chart: Path) -> str:
    return str(yaml.safe_load((hub_chart / "Chart.yaml").read_text(encoding="utf-8"))["version"])


def _row(name: str, rounds: Rounds) -> list[object]:
    ratio = rounds.ratio(OURS, PLAIN)
    return [name, *(milliseconds(rounds.median(one)) for one in (PLAIN, OURS)), ratio, at_most(ratio, TARGET)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    images = build_all(everything(ROOT / "images", [f"minimal/{OLD}", f"minimal/{NEW}"]), print)
    if not enter.inside():
        if wrong := [*preflight.cannot(), *preflight.absent()]:
            print(f"This machine cannot hold a cluster: {'; '.join(wrong)}", file=sys.stderr)
            return 3
        if found := whole.hub_chart(enter.programs().helm / "helm", print):
            os.environ["Z2JH_CHART"] = str(found)  # tells the inside, which reaches no repository
        return enter.visit([sys.executable, "-m", "bench.cluster_spawn", *sys.argv[1:]])
    named = os.environ.get("Z2JH_CHART")
    with cluster.running(enter.plan()) as here, outside(here) as stores:
        results = Path(os.environ.get("TMPDIR", "/tmp"), "bench")
        compare(Scenario(here, stores, images, results, print), rounds, Path(named) if named else None).write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
