"""Memory of the service: idle, with 100,000 submissions in the queue and being read, and after event streams that were abandoned.

PSS of the process (shared pages by its share). The streams are 500 at a time, of 25 people, opened, heard (`hello`), then cut off without a word, as a
laptop that is closed does; and again.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from bench import fake_hub
from bench.many import fill
from bench.processes import HOST, Server, proportional_memory
from bench.report import Report, Table, megabytes
from bench.stack import API, Stack, stack
from tests.polling import PATIENCE, until

STREAMS, PEOPLE, TIMES, AGAIN = 500, 25, 6, 4
FLAT = 1.05
REMY = fake_hub.authorization("remy")


def pages(service: Server, filtered: str, count: int) -> Iterator[dict[str, object]]:
    """Up to `count` pages of a list, one after the other."""
    cursor = ""
    for _ in range(count):
        status, body = service.get(f"{API}/submissions?filter={filtered}&cursor={cursor}", REMY)
        if status != 200:
            raise RuntimeError(f"list answers {status}: {body[:300]!r}")
        page = json.loads(body)
        yield page
        cursor = page["next"]
        if not cursor:
            return


def read(service: Server, count: int) -> None:
    """Read as people do: pages of each list, then submissions."""
    for filtered in ("waiting", "unclaimed", "all"):
        for page in pages(service, filtered, count):
            assert isinstance(page["items"], list)
    for number in range(1, count * 5, 5):
        service.get(f"{API}/submissions/{number}", REMY)


def open_stream(port: int, name: str) -> socket.socket:
    """An event stream that has said hello; closing it resets the connection."""
    wire = socket.create_connection((HOST, port), timeout=30)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    token = fake_hub.authorization(name)["Authorization"]
    wire.sendall(f"GET {API}/events HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {token}\r\n\r\n".encode())
    heard = b""
    while b"hello" not in heard:
        chunk = wire.recv(65536)
        if not chunk or (len(heard) > 12 and not heard.startswith(b"HTTP/1.1 200")):
            raise RuntimeError(f"no stream: {heard[:300]!r}")
        heard += chunk
    return wire


def abandon(service: Server) -> tuple[int, int]:
    """Open streams, measure, cut them off, measure again: memory with and without them."""
    wires = [open_stream(service.port, f"remy-{number % PEOPLE}") for number in range(STREAMS)]
    with_them = proportional_memory(service.pid)
    for wire in wires:
        wire.close()
    until(lambda: open_files(service) <= STREAMS, within=PATIENCE, what="the service has closed the streams")
    time.sleep(1)  # what is measured is the service at rest
    return with_them, proportional_memory(service.pid)


def open_files(service: Server) -> int:
    """How many files and connections the process has open."""
    return len(list(Path(f"/proc/{service.pid}/fd").iterdir()))


def measure(running: Stack, submissions: int) -> list[Table]:
    """All figures, in order."""
    service = running.service
    read(service, 1)
    time.sleep(2)  # what is measured is the service at rest
    rows = [("idle", proportional_memory(service.pid))]
    fill(running.state / "enablement.sqlite", submissions)
    read(service, 100)
    rows.append(
        (f"{submissions:,} submissions, after 300 pages and 100 submissions read", proportional_memory(service.pid))
    )
    for more in (300, 900):
        read(service, more)
        rows.append((f"after {more * 3:,} more pages and {more} more submissions", proportional_memory(service.pid)))
    for again in range(1, AGAIN + 1):
        read(service, 900)
        rows.append((f"the last ones again, time {again}", proportional_memory(service.pid)))
    grown = rows[-1][1] / rows[-2][1]
    files = open_files(service)
    streams = [abandon(service) for _ in range(TIMES)]
    idle = rows[0][1]
    states = [[name, megabytes(size), f"{size / idle:.2f}"] for name, size in rows]
    levels = f"levels (≤ {FLAT} of the time before): {'met' if grown <= FLAT else '**missed**'} ({grown:.3f})"
    table = Table(["state", "PSS", "to idle"], [*states, [levels, "", ""]])
    first, last = streams[0][1], streams[-1][1]
    verdict = (
        f"flat (≤ {FLAT} of the first time): {'met' if last <= first * FLAT else '**missed**'} ({last / first:.3f})"
    )
    head = ["time", f"PSS with {STREAMS} open", "PSS after they were cut off", "to the first time"]
    lines = [
        [number, megabytes(open_), megabytes(cut), f"{cut / first:.3f}"]
        for number, (open_, cut) in enumerate(streams, 1)
    ]
    left = open_files(service) - files
    lines.append(["", f"open files more than before: {left}", verdict, ""])
    return [table, Table(head, lines, "Abandoned event streams")]


NOTES = [
    (
        "What grows while lists are read is bounded: SQLite keeps up to 4 MB of pages for each connection that is used (one per busy worker thread), "
        "rows already made into values or JSON are kept, some thousands of them, and pages as they were answered, up to 8 MB. Nothing is kept per submission."
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    options = parser.parse_args()
    with stack("memory") as running:
        tables = measure(running, options.submissions)
    Report("memory", "Memory of the review service", (__doc__ or "").strip(), tables, NOTES).write()


if __name__ == "__main__":
    main()
