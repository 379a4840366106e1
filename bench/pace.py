"""Requests as people make them, at a fixed pace whatever the server does: 20 a second, then 200, on a queue of 100,000 submissions.

A waiting time counts from when a request was due, not from when a connection was free for it, so a server that falls behind shows it.
The mix: lists of eight reviewers and eight authors, one submission, who am I, and notebooks of 20 KB being sent, which make every list new.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import time
from dataclasses import dataclass, field
from statistics import quantiles

from bench import fake_hub
from bench.many import fill
from bench.notebooks import make
from bench.processes import HOST
from bench.report import Report, Table, milliseconds
from bench.stack import API, stack

CONNECTIONS = 64
SLOW = 0.3  # seconds: the 95th percentile of a list is to stay below
MIX = {"list": 70, "one submission": 15, "who am I": 10, "send": 5}
LISTS = ("waiting", "unclaimed", "mine", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what kind it is, and its bytes."""

    kind: str
    request: bytes


@dataclass(slots=True)
class Waits:
    """Waiting times in seconds by kind, and how many answers had which status."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)

    def add(self, kind: str, seconds: float, status: int) -> None:
        """One answer."""
        self.times.setdefault(kind, []).append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1


def asked(chance: random.Random, submissions: int) -> Asked:
    """One of the mix."""
    kind = chance.choices(list(MIX), list(MIX.values()))[0]
    author = kind == "send" or (kind == "list" and chance.random() < 0.3)
    token = fake_hub.authorization(f"{'dana' if author else 'remy'}-{chance.randrange(8)}")["Authorization"]
    head = f"Host: {HOST}\r\nAuthorization: {token}\r\n"
    if kind == "send":
        body = make(20_000, chance.getrandbits(60)).bundle
        more = f"Content-Type: application/x-tar\r\nIdempotency-Key: {secrets.token_hex(12)}\r\nContent-Length: {len(body)}\r\n\r\n"
        return Asked(kind, f"POST {API}/submissions HTTP/1.1\r\n{head}{more}".encode() + body)
    path = {
        "list": f"/submissions?filter={'sent' if author else chance.choice(LISTS)}",
        "one submission": f"/submissions/{chance.randrange(1, submissions)}",
        "who am I": "/whoami",
    }[kind]
    return Asked(kind, f"GET {API}{path} HTTP/1.1\r\n{head}\r\n".encode())


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Ask and read the answer to its end; its status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b": 0")
    await reader.readexactly(int(length.partition(b":")[2]))
    return int(head.split(b" ", 2)[1])


async def drive(port: int, rate: float, seconds: float, submissions: int) -> Waits:
    """`rate` requests a second, each as soon as it is due and a connection is free."""
    waits, chance = Waits(), random.Random(secrets.randbits(64))
    due: asyncio.Queue[tuple[float, Asked]] = asyncio.Queue()

    async def work() -> None:
        reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
        while True:
            at, one = await due.get()
            status = await exchange(reader, writer, one.request)
            waits.add(one.kind, time.perf_counter() - at, status)
            due.task_done()

    workers = [asyncio.create_task(work()) for _ in range(CONNECTIONS)]
    ready = [
        asked(chance, submissions) for _ in range(int(rate * seconds))
    ]  # made before: it takes longer than answering
    begin = time.perf_counter() + 0.1
    for number, one in enumerate(ready):
        at = begin + number / rate
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, one))
    await due.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return waits


def table(rate: float, seconds: float, waits: Waits) -> Table:
    """Middle, 95th and 99th percentile of each kind."""
    rows: list[list[object]] = []
    for kind in MIX:
        cuts = quantiles(waits.times[kind], n=100)
        verdict = "" if kind != "list" else f"p95 ≤ 300 ms: {'met' if cuts[94] <= SLOW else '**missed**'}"
        rows.append([kind, len(waits.times[kind]), *(milliseconds(cuts[at]) for at in (49, 94, 98)), verdict])
    statuses = ", ".join(f"{count} times {status}" for status, count in sorted(waits.statuses.items()))
    head = ["asked", "times", "middle", "95 of 100 within", "99 of 100 within", "target"]
    return Table(head, rows, f"{rate:g} a second for {seconds:g} s: answered {statuses}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each pace")
    options = parser.parse_args()
    tables = []
    with stack("pace") as running:
        fill(running.state / "enablement.sqlite", options.submissions)
        asyncio.run(drive(running.service.port, 20, 2, options.submissions))  # people sign in
        for rate in (20.0, 200.0):
            waits = asyncio.run(drive(running.service.port, rate, options.seconds, options.submissions))
            tables.append(table(rate, options.seconds, waits))
    Report("pace", "At a fixed pace", (__doc__ or "").strip(), tables).write()


if __name__ == "__main__":
    main()
