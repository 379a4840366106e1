"""Where the time of sending goes: the same notebooks to the real service with a clock around its steps (`timed_service.py`)."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from statistics import median

from bench import fake_hub
from bench.notebooks import make
from bench.processes import WORKPLACE
from bench.report import Table
from bench.stack import API, KeptConnection, stack

WARM_UP = 5
# Each step, those inside it, and what is left of it then.
STEPS: Mapping[str, tuple[Sequence[str], str]] = {
    "client": (("request",), "client, sockets, and the head of the request read"),
    "request": (("submit",), "tornado, who is asking, body, a worker thread and back, the answer"),
    "submit": (("ingest", "validate", "checked", "store"), "taking over and handing back; checks begun"),
    "ingest": ((), "bundle taken apart, hashed, answers parsed"),
    "validate": (("canonicalise",), "secrets looked for"),
    "canonicalise": ((), "notebook read strictly and rebuilt"),
    "checked": ((), "a large one: both in a process of its own"),
    "store": (("checks", "put", "statements", "commit"), "content id, values and rules; transaction begun"),
    "checks": ((), "checks, which a process makes since the notebook was rebuilt: what is left to wait for"),
    "put": ((), "large files: written, hashed, two barriers"),
    "statements": ((), "14 statements, among them the event's hash"),
    "commit": ((), "commit: one barrier"),
}


def measure(size: int, rounds: int) -> Mapping[str, float]:
    """Middle seconds of each step by its name."""
    times = WORKPLACE / "steps.json"
    seen = []
    with stack("steps", service="bench.timed_service", more={"BENCH_TIMES": str(times)}) as running:
        wire = KeptConnection(running.service.port, fake_hub.authorization("dana"))
        first = secrets.randbits(32)
        for number in range(rounds + WARM_UP):
            bundle = make(size, first + number).bundle
            os.sync()
            seen.append(wire.post(f"{API}/submissions", bundle, Idempotency_Key=secrets.token_urlsafe(24))[0])
    noted: dict[str, list[float]] = json.loads(times.read_text())
    times.unlink()
    return {name: median(taken[WARM_UP:]) for name, taken in {**noted, "client": seen}.items()}


def table(sizes: Mapping[str, tuple[int, int]]) -> Table:
    """Each step's own time at each size."""
    found = {name: measure(size, rounds) for name, (size, rounds) in sizes.items()}
    rows = []
    for step, (inside, title) in STEPS.items():
        own = [one.get(step, 0.0) - sum(one.get(inner, 0.0) for inner in inside) for one in found.values()]
        rows.append([title, *(f"{max(0.0, seconds) * 1000:.2f} ms" for seconds in own)])
    rows.append(["**all of it**", *(f"{one['client'] * 1000:.2f} ms" for one in found.values())])
    return Table(["step", *found], rows, "Where the service's time goes (middle of each step's own time)")
