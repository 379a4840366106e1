"""A load generator: some connections, each with one request under way at any time. It runs in a process of its own.

One epoll loop over raw sockets: it costs a small part of what a Python server costs per request, so the server is what
is measured. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import quantiles

from bench.processes import HOST, module


@dataclass(frozen=True, slots=True)
class Load:
    """What the server did: requests answered per second (and in all), the middle and the 99th percentile of the waiting times in seconds."""

    per_second: float
    answered: int
    middle: float
    slow: float


def drive(
    port: int, path: str, seconds: float, headers: Mapping[str, str] | None = None, connections: int = 32
) -> Load:
    """Put load on a path from another process. Raises `RuntimeError` when anything but 200 or 204 comes back."""
    argv = module("bench.load", str(port), path, "--seconds", str(seconds), "--connections", str(connections))
    lines = "\n".join(f"{name}: {value}" for name, value in (headers or {}).items())
    done = subprocess.run(argv, input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"load on {path}: {done.stderr.strip()[-500:]}")
    return Load(**json.loads(done.stdout))


@dataclass(slots=True)
class Connection:
    """One kept connection and the answer that is arriving on it."""

    wire: socket.socket
    asked_at: float = 0.0
    missing: int = -1  # bytes of the body still to come; -1 while the head is not complete
    head: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes) -> None:
        """Send the next request."""
        self.head.clear()
        self.missing = -1
        self.asked_at = time.perf_counter()
        self.wire.sendall(request)

    def answered(self) -> bool:
        """Take what has arrived; whether the answer is complete. Raises `RuntimeError` for a status other than 200 and 204."""
        chunk = self.wire.recv(1 << 18)
        if not chunk:
            raise RuntimeError("the server closed the connection")
        if self.missing >= 0:
            self.missing -= len(chunk)
            return self.missing == 0
        self.head += chunk
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        self.missing = _length(bytes(self.head[:end])) - (len(self.head) - end - 4)
        return self.missing == 0


def _length(head: bytes) -> int:
    status, *fields = head.split(b"\r\n")
    if status.split(b" ", 2)[1] not in (b"200", b"204"):
        raise RuntimeError(status.decode(errors="replace"))
    for line in fields:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def run(port: int, request: bytes, seconds: float, connections: int) -> Load:
    """Keep the server busy for `seconds`, after a tenth of it to warm up."""
    poll = select.epoll()
    by_number: dict[int, Connection] = {}
    for _ in range(connections):
        wire = socket.create_connection((HOST, port))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        by_number[wire.fileno()] = Connection(wire)
        poll.register(wire.fileno(), select.EPOLLIN)
    for connection in by_number.values():
        connection.ask(request)
    start = time.perf_counter() + seconds / 10
    end = start + seconds
    waits: list[float] = []
    answered = 0
    while (now := time.perf_counter()) < end:
        for number, _ in poll.poll(1):
            connection = by_number[number]
            if connection.answered():
                answered += 1
                if now > start:
                    waits.append(time.perf_counter() - connection.asked_at)
                connection.ask(request)
    if len(waits) < 2:
        raise RuntimeError("hardly anything was answered")
    cuts = quantiles(waits, n=100)
    return Load(len(waits) / seconds, answered, cuts[49], cuts[98])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    # Headers come on standard input: a token does not belong into a command line.
    headers = [line for line in sys.stdin.read().splitlines() if line]
    request = "\r\n".join((f"GET {options.path} HTTP/1.1", f"Host: {HOST}:{options.port}", *headers, "", "")).encode()
    load = run(options.port, request, options.seconds, options.connections)
    print(json.dumps(asdict(load)))


if __name__ == "__main__":
    main()
