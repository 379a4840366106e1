"""People doing the main job, in a process of its own: some of them at once, each going through the same steps again and again.

One job: an author sends a 20 KB notebook nobody has sent before; a reviewer looks at the queue, opens the submission and its notebook, takes it
and gives it back. Six requests, three of them durable writes. Prints one line of JSON: jobs finished and the waiting times of sending.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import secrets
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import quantiles

from bench import fake_hub
from bench.notebooks import make
from bench.processes import HOST, clean_environment, module
from bench.stack import API

_SIZE = 20_000


@dataclass(frozen=True, slots=True)
class Jobs:
    """How many were finished per second, how many in all, and the middle and 99th percentile of the seconds that sending took."""

    per_second: float
    finished: int
    middle: float
    slow: float


def drive(ports: Sequence[int], seconds: float, people: int) -> Jobs:
    """Have people work, spread over the ports, from another process. Raises `RuntimeError` when a request fails."""
    argv = module("bench.jobs", *map(str, ports), "--seconds", str(seconds), "--people", str(people))
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=clean_environment({}))
    if done.returncode:
        raise RuntimeError(f"jobs on {ports}: {done.stderr.strip()[-1000:]}")
    return Jobs(**json.loads(done.stdout))


@dataclass(slots=True)
class Person:
    """An author and a reviewer, with one kept connection to one replica. `took` is what sending took each time."""

    port: int
    until: float
    seed: int
    took: list[float] = field(default_factory=list)
    _wire: http.client.HTTPConnection | None = None

    def work(self) -> None:
        """Job after job, until the time is over."""
        while time.perf_counter() < self.until:
            self._job()

    def _job(self) -> None:
        dana, remy = fake_hub.authorization("dana"), fake_hub.authorization("remy")
        self.seed += 1
        bundle = make(_SIZE, self.seed).bundle
        began = time.perf_counter()
        sending = {**dana, "Content-Type": "application/x-tar", "Idempotency-Key": secrets.token_urlsafe(24)}
        number = json.loads(self._ask("POST", f"{API}/submissions", bundle, sending))["submission"]
        self.took.append(time.perf_counter() - began)
        self._ask("GET", f"{API}/submissions?filter=waiting&limit=50", None, remy)
        found = json.loads(self._ask("GET", f"{API}/submissions/{number}", None, remy))
        self._ask("GET", f"{API}/submissions/{number}/versions/1/notebook", None, remy)
        written = {**remy, "Content-Type": "application/json"}
        for verb in ("claim", "release"):
            stamp = json.dumps({"stamp": found["stamp"]}).encode()
            found = json.loads(self._ask("POST", f"{API}/submissions/{number}/{verb}", stamp, written))

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        if self._wire is None:
            self._wire = http.client.HTTPConnection(HOST, self.port, timeout=120)
        self._wire.request(method, path, body, dict(headers))
        answer = self._wire.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ports", type=int, nargs="+")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--people", type=int, default=8)
    options = parser.parse_args()
    began = time.perf_counter()
    chance = random.SystemRandom()
    crowd = [
        Person(options.ports[index % len(options.ports)], began + options.seconds, chance.getrandbits(48))
        for index in range(options.people)
    ]
    threads = [threading.Thread(target=person.work) for person in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [each for person in crowd for each in person.took]
    cuts = quantiles(took, n=100)
    spent = time.perf_counter() - began
    print(json.dumps(asdict(Jobs(len(took) / spent, len(took), cuts[49], cuts[98]))))


if __name__ == "__main__":
    main()
