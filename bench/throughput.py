"""Requests per second of the service under 32 kept connections, beside servers that do less.

The load comes from another process (`bench/load.py`); each contender is driven for a while in turns, round by round.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from bench import empty_server, fake_hub
from bench.load import drive
from bench.many import fill
from bench.processes import WORKPLACE, Server, Started, free_port, processor_seconds, running
from bench.report import Report, Table, at_least
from bench.rounds import Contender, Rounds, alternate
from bench.stack import API, Stack, stack

SUBMISSIONS = 2_000
ROUNDS, SECONDS = 9, 1.5
REMY = fake_hub.authorization("remy")

OPEN, CLOSED = "empty, open to all, no log line", "empty, with a token, no log line"
LOGGED, PREPARED = "empty, with a token", "a page's bytes held ready, with a token"
STATIC = "static bytes (bare tornado), as many as a page"
PAGE, ALL, DETAIL, WHOAMI = "first page of the queue", "second page of all", "one submission", "who am I"
QUESTIONS = {
    PAGE: f"{API}/submissions?filter=waiting&limit=50",
    ALL: f"{API}/submissions?filter=all&limit=50&cursor=",
    DETAIL: f"{API}/submissions/1001",
    WHOAMI: f"{API}/whoami",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A path of a server, and whether a token goes with it. `cost` collects processor seconds per request."""

    server: Server
    path: str
    token: bool = True
    cost: list[float] = field(default_factory=list)

    def rate(self, _round: int) -> float:
        """Requests per second."""
        before = processor_seconds(self.server.pid)
        load = drive(self.server.port, self.path, SECONDS, REMY if self.token else {})
        self.cost.append((processor_seconds(self.server.pid) - before) / load.answered)
        return load.per_second


@contextmanager
def empty(hub_port: int, size: int, *, quiet: bool) -> Iterator[Server]:
    """The service's web server with empty routes."""
    port = free_port()
    argv = empty_server.command(port, hub_port, size, quiet=quiet)
    with running(Started(argv, port, "/open", {}, WORKPLACE / "throughput" / f"empty-{port}.log")) as server:
        yield server


def contenders(at: Stack, children: ExitStack) -> dict[str, Asked]:
    """Everything that is asked, by name."""
    fill(at.state / "enablement.sqlite", SUBMISSIONS)
    page = _get(at.service, QUESTIONS[PAGE])
    following = json.loads(_get(at.service, QUESTIONS[ALL]))["next"]
    quiet = children.enter_context(empty(at.hub.port, len(page), quiet=True))
    hollow = children.enter_context(empty(at.hub.port, len(page), quiet=False))
    asked = {
        OPEN: Asked(quiet, "/open", token=False),
        CLOSED: Asked(quiet, "/closed"),
        LOGGED: Asked(hollow, "/closed"),
        PREPARED: Asked(hollow, "/prepared"),
        STATIC: Asked(at.bare, f"/static/{len(page)}", token=False),
    }
    for name, path in QUESTIONS.items():
        asked[name] = Asked(at.service, path + following if name == ALL else path)
    return asked


def _get(server: Server, path: str) -> bytes:
    status, body = server.get(path, REMY)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {body[:300]!r}")
    return body


def tables(measured: Rounds, cost: Rounds) -> list[Table]:
    """Ratios first, then the rates for orientation."""
    wanted = [
        (CLOSED, OPEN, 0.9),
        (PREPARED, STATIC, 0.45),
        (PAGE, STATIC, 0.45),
        *((name, LOGGED, None) for name in QUESTIONS),
    ]
    rows = []
    for ours, to, target in wanted:
        ratio = measured.ratio(ours, to)
        rows.append([ours, to, ratio, at_least(ratio, target) if target else "", cost.ratio(to, ours)])
    rates = [[name, f"{measured.median(name):,.0f}", f"{cost.median(name) * 1e6:.0f} µs"] for name in measured.scores]
    return [
        Table(["throughput of", "to that of", "ratio", "target", "the same by processor time"], rows, "Ratios"),
        Table(["asked", "requests per second", "processor time of one"], rates, "Rates, for orientation only"),
    ]


NOTES = [
    "“By processor time” is the inverse ratio of what a request costs the server's process: what the throughput would be if nobody else used the machine.",
    (
        "“Empty” and “held ready” are served by the service's own handler: with its cached hub check, scope check, security headers, log line and metrics. "
        "The service writes no log line for routes open to all (probes), so the first comparison leaves it away on both sides."
    ),
    (
        "A page is answered as it was made until something happens (docs/adr/0027-one-barrier.md), and nothing happens here. Made anew for every "
        "request, the first page reached 0.10 of static bytes; how lists behave while notebooks are sent is in pace.md."
    ),
    f"The queue holds {SUBMISSIONS:,} submissions; how its first page behaves at a million is in queue_page.md.",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with stack("throughput") as at, ExitStack() as children:
        asked = contenders(at, children)
        measured = alternate([Contender(name, one.rate) for name, one in asked.items()], options.rounds)
        cost = Rounds({name: one.cost[1:] for name, one in asked.items()})
    Report("throughput", "Throughput of the API", (__doc__ or "").strip(), tables(measured, cost), NOTES).write()


if __name__ == "__main__":
    main()
