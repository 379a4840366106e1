"""From the click that starts a server to the first executed cell on a real Kubernetes, beside the same hub without Enablement.

Both hubs are pods of the same cluster of one node (`tests/servers/kubernetes`), the same image of a hub, the same KubeSpawner, the same image of a
person's server by the same digest, the same limits. One has `configure(c)` and the chart with it; the other has neither. A round starts the
person's server, waits until the hub says that it is ready, starts a kernel and runs one cell; then the server is stopped. Root and what
`make kube` needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psycopg

from bench.first_cell import Seat
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from tests.kube.chart import NEW, OLD
from tests.kube.images import ROOT, build_all, everything
from tests.kube.manifests import SmallHub, namespace, small_hub
from tests.kube.outside import outside
from tests.kube.story import ADDRESS, Story
from tests.servers.hub_session import HubSession
from tests.servers.kubernetes import cluster, preflight, visit

PLAIN, OURS = "plain JupyterHub", "Enablement"
ADDRESS_OF_PLAIN = "10.96.0.81"
TARGET = 1.0


def plain_configuration(ours: str, image: str) -> str:
    """The small hub's configuration without Enablement; `image` and the limits of the smallest size instead."""
    ours_only = ("from enablement_ext", "c.Enablement.", "configure(c)")
    kept = [line for line in ours.splitlines() if not line.startswith(ours_only)]
    limits = ["c.KubeSpawner.cpu_limit = 1.0", 'c.KubeSpawner.mem_limit = "2G"']
    return "\n".join([*kept, f'c.KubeSpawner.image = "{image}"', *limits, ""])


def start_plain(story: Story) -> None:
    """The other hub, in a namespace of its own."""
    configuration = (ROOT / "tests/kube/jupyterhub_config.py").read_text(encoding="utf-8")
    with psycopg.connect(story.outside.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
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


def compare(story: Story, rounds: int) -> Report:
    """Both hubs, in turns."""
    story.serve_images()
    story.start_hub()
    story.install()
    start_plain(story)
    seats = {}
    for name, address in ((OURS, ADDRESS), (PLAIN, ADDRESS_OF_PLAIN)):
        session = HubSession(f"http://{address}", "dana")
        session.log_in(story.passwords["dana"])
        seats[name] = Seat(session, None)
    scores = alternate([Contender(name, seat.once) for name, seat in seats.items()], rounds)
    parts = {
        "click to first executed cell": scores,
        "of it: until the server is ready": Rounds({name: seat.ready[1:] for name, seat in seats.items()}),
        "of it: kernel and cell": Rounds({name: seat.cell[1:] for name, seat in seats.items()}),
    }
    rows = [_row(name, each) for name, each in parts.items()]
    return Report(
        "cluster_spawn",
        "From the click to the first executed cell, in a cluster",
        (__doc__ or "").strip(),
        [Table(["", PLAIN, OURS, "ratio", "target"], rows)],
        [f"{rounds} starts each, in turns, on Kubernetes {story.cluster.version}; the image is on the node."],
    )


def _row(name: str, rounds: Rounds) -> list[object]:
    ratio = rounds.ratio(OURS, PLAIN)
    return [name, *(milliseconds(rounds.median(one)) for one in (PLAIN, OURS)), ratio, at_most(ratio, TARGET)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    images = build_all(everything(ROOT / "images", [f"minimal/{OLD}", f"minimal/{NEW}"]), print)
    if not visit.inside():
        if wrong := [*preflight.cannot(), *preflight.absent()]:
            print(f"This machine cannot hold a cluster: {'; '.join(wrong)}", file=sys.stderr)
            return 3
        visit.programs()
        return visit.visit([sys.executable, "-m", "bench.cluster_spawn", *sys.argv[1:]])
    with cluster.running(visit.plan()) as here, outside(here) as stores:
        results = Path(os.environ.get("TMPDIR", "/tmp"), "bench")
        compare(Story(here, stores, images, results, print), rounds).write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
