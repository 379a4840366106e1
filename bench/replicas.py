"""One replica and two of the service on PostgreSQL and an S3 store, beside one on SQLite and a folder: people doing the main job.

PostgreSQL is Debian's, with its durable settings; the S3 store is versitygw over a folder. Everything, the people included, is on this one
machine, so two replicas have no second machine to gain: what is seen is what a replica, a database and a bucket cost beside a file, and what
a second replica takes away. The processor time of each process says what they would do on machines of their own.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import fake_hub
from bench.jobs import Jobs, drive
from bench.processes import WORKPLACE, Server, Started, free_port, module, processor_seconds, running
from bench.report import Report, Table, milliseconds
from bench.rounds import Contender, Rounds, alternate
from bench.stack import PREFIX, service_environment
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.cli.process_tree import descendants
from tests.servers.postgres import Cluster, cluster
from tests.servers.s3 import ObjectServer, object_server

SQLITE, ONE, TWO = "SQLite and a folder", "PostgreSQL and S3, one replica", "PostgreSQL and S3, two replicas"
NO_SMALL = "PostgreSQL and S3, one replica, every file in the bucket"
ROUNDS, SECONDS, PEOPLE = 7, 4.0, 8


@dataclass(slots=True)
class Way:
    """Replicas and what they stand on. `spent` collects processor seconds per job: of the replicas, of what is below them."""

    replicas: Sequence[Server]
    below: Sequence[int] = ()
    spent: list[tuple[float, float]] = field(default_factory=list)
    seen: list[Jobs] = field(default_factory=list)

    def rate(self, _round: int) -> float:
        """Jobs per second."""
        pids = [replica.pid for replica in self.replicas]
        before = _processor(pids), _processor(self.below)
        jobs = drive([replica.port for replica in self.replicas], SECONDS, PEOPLE)
        after = _processor(pids), _processor(self.below)
        self.spent.append(((after[0] - before[0]) / jobs.finished, (after[1] - before[1]) / jobs.finished))
        self.seen.append(jobs)
        return jobs.per_second


def _processor(pids: Sequence[int]) -> float:
    """Seconds of the processes and of those below them that live (PostgreSQL has a process for each connection)."""
    family = {pid for top in pids for pid in (top, *descendants(top))}
    total = 0.0
    for pid in family:
        try:
            total += processor_seconds(pid)
        except FileNotFoundError:
            continue
    return total


@contextmanager
def ways(place: Path) -> Iterator[dict[str, Way]]:
    """Everything that is measured, running, each with a database and a bucket of its own."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with ExitStack() as children:
        hub_port = free_port()
        hub = Started(fake_hub.command(hub_port), hub_port, "/hub/api/user", {}, place / "hub.log")
        children.enter_context(running(hub))
        postgres, s3 = children.enter_context(cluster()), children.enter_context(object_server())
        assert postgres.process is not None
        assert s3.process is not None
        below = (postgres.process.pid, s3.process.pid)
        floor = Floor(place, hub_port, postgres, s3)

        def way(count: int, *settings: str) -> Way:
            shared = floor.shared()
            return Way([children.enter_context(floor.replica(shared, *settings)) for _ in range(count)], below)

        yield {
            SQLITE: Way([children.enter_context(floor.replica({}))]),
            ONE: way(1),
            TWO: way(2),
            NO_SMALL: way(1, "--ReviewService.small_bytes=0"),
        }
    shutil.rmtree(place)


@dataclass(slots=True)
class Floor:
    """What replicas stand on."""

    place: Path
    hub_port: int
    postgres: Cluster
    s3: ObjectServer

    def shared(self) -> dict[str, str]:
        """The environment of replicas that belong together: a database and a bucket nobody else has."""
        url = self.postgres.create()
        upgrade(url)
        return {
            "ENABLEMENT_DATABASE_URL": url,
            "ENABLEMENT_ARTIFACT_STORE": "s3",
            "ENABLEMENT_S3_BUCKET": self.s3.bucket(),
            "ENABLEMENT_S3_ENDPOINT": self.s3.endpoint,
            **self.s3.environ(),
        }

    @contextmanager
    def replica(self, shared: dict[str, str], *settings: str) -> Iterator[Server]:
        """A replica; without `shared` one on SQLite and a folder."""
        port, name = free_port(), secrets.token_hex(4)
        environment = {**service_environment(self.place / name, port, self.hub_port), **shared}
        argv = module("enablement_ext.service", *settings)
        with running(Started(argv, port, f"{PREFIX}/readyz", environment, self.place / f"{name}.log")) as server:
            yield server


def tables(measured: Rounds, found: dict[str, Way]) -> list[Table]:
    """Ratios, then what a job costs, then rates."""
    pairs = [(ONE, SQLITE), (TWO, ONE), (TWO, SQLITE), (NO_SMALL, ONE)]
    ratios = [[ours, to, measured.ratio(ours, to)] for ours, to in pairs]
    costs, rates = [], []
    for name, way in found.items():
        service, below = (median(each[at] for each in way.spent[1:]) for at in (0, 1))
        costs.append([name, milliseconds(service), milliseconds(below) if below else "", f"{1 / service:,.0f}"])
        middle, slow = (median(getattr(jobs, at) for jobs in way.seen[1:]) for at in ("middle", "slow"))
        rates.append([name, f"{measured.median(name):,.0f}", milliseconds(middle), milliseconds(slow)])
    return [
        Table(["jobs per second of", "to those of", "ratio"], ratios, "Ratios"),
        Table(
            [
                "",
                "processor time of a job in the service",
                "in PostgreSQL and S3",
                "jobs that one core of the service does in a second",
            ],
            costs,
            "What a job costs",
        ),
        Table(
            ["", "jobs per second", "sending, middle", "sending, 99th percentile"], rates, "Rates, for orientation only"
        ),
    ]


NOTES = [
    f"A job: send a 20 KB notebook, look at the queue, open the submission, open the notebook, claim, release. {PEOPLE} people at once.",
    "Writers take turns on every database (docs/adr/0010-one-writer.md): a second replica adds processors to read, hash and check with, not to commit.",
    "A small file is written by the transaction that names it; the last row of the ratios says what the bucket costs where every file goes there.",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with ways(WORKPLACE / "replicas") as found:
        measured = alternate([Contender(name, way.rate) for name, way in found.items()], options.rounds)
        report = Report("replicas", "Replicas", (__doc__ or "").strip(), tables(measured, found), NOTES)
    report.write()


if __name__ == "__main__":
    main()
