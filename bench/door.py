"""Do people who look at the queue wait while somebody sends or reads something huge?

Lists are asked for at a steady pace, each due at its own time whatever the server does (as in `bench.pace`). In each round that is done in turns:
with nothing else going on, and while a notebook of 100 MB arrives from another process and is checked, or one that is stored is read (a page,
a cell, and the threads on it as they stand in another version), until it is answered. What is compared is the waiting time that 99 of 100 lists stay
within.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import itertools
import json
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from statistics import quantiles

from bench import fake_hub
from bench.many import fill
from bench.notebooks import PATH
from bench.pace import LISTS, exchange
from bench.processes import HOST, module
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from bench.stack import API, stack
from enablement_ext.core.submission.bundle import OutgoingFile, write_bundle

SIZE = 100_000_000
SUBMISSIONS = 10_000
ROUNDS, SECONDS, RATE, CONNECTIONS = 5, 6.0, 60.0, 16
TARGET = 3.0
_SEED = b"seed-00000000"
_LINE = "the ratio of spent to visits is stable from month 3 on: 0.4711 of 1234 rows, model 17\n"

QUIET = "nothing else"
ONE_CELL, MANY_OUTPUTS, REFUSED = "one cell of 100 MB", "100,000 outputs, 100 MB", "100 MB with a token nobody knows"
READ_ONE_CELL, READ_OUTPUTS = "reading one cell of 100 MB", "reading 100,000 outputs, 100 MB"


def one_cell() -> list[dict[str, object]]:
    """One cell whose source is all of it."""
    source = (_SEED.decode() + "\n") + _LINE * (SIZE // len(_LINE))
    return [code([], source)]


def many_outputs() -> list[dict[str, object]]:
    """One cell with very many outputs."""
    text = _LINE * 10
    return [
        code(
            [{"name": "stdout", "output_type": "stream", "text": text} for _ in range(SIZE // (len(text) + 100))],
            _SEED.decode(),
        )
    ]


def code(outputs: list[dict[str, object]], source: str) -> dict[str, object]:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": "a",
        "metadata": {},
        "outputs": outputs,
        "source": source,
    }


KINDS: dict[str, Callable[[], list[dict[str, object]]]] = {
    ONE_CELL: one_cell,
    MANY_OUTPUTS: many_outputs,
    REFUSED: one_cell,
    READ_ONE_CELL: one_cell,
    READ_OUTPUTS: many_outputs,
}


def send_for_ever(port: int, kind: str) -> None:
    """Another process: for each line on standard input one new notebook is sent, and a line with the status printed."""
    cells = KINDS[kind]()
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    head, _, tail = notebook.partition(_SEED)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(send(port, kind, head + b"seed-" + secrets.token_hex(4).encode() + tail), flush=True)


def read_for_ever(port: int, kind: str) -> None:
    """Another process: sends two versions with a thread on the first; then, for each line, reads all there is to read, and prints the status."""
    notebook = json.dumps({"cells": KINDS[kind](), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    head, _, tail = notebook.partition(_SEED)
    first = head + b"read-" + secrets.token_hex(4).encode() + tail
    number = int(str(sent(port, "dana", first)["submission"]))
    at = f"{API}/submissions/{number}"
    remark = {"version": 1, "anchor": {"cell": "a"}, "text": "Why?"}
    asked_of(port, "remy-0", "POST", f"{at}/threads", remark)
    stamp = asked_of(port, "dana", "GET", at)["stamp"]
    sent(port, "dana", first.replace(b"read-", b"more-", 1), f"/{number}/versions", {"stamp": stamp})
    print("ready", flush=True)
    for _ in sys.stdin:
        for path in ("/versions/1/notebook", "/versions/2/cells/0", "/threads?version=2"):
            asked_of(port, "remy-0", "GET", at + path)
        print(201, flush=True)


def sent(
    port: int, who: str, notebook: bytes, path: str = "", more: dict[str, object] | None = None
) -> dict[str, object]:
    """The receipt. Raises `RuntimeError` where there is none."""
    status, body = post(port, who, notebook, path, more or {})
    if status != 201:
        raise RuntimeError(f"answered {status}: {body[:200]!r}")
    receipt: dict[str, object] = json.loads(body)
    return receipt


def asked_of(port: int, who: str, method: str, path: str, body: object = None) -> dict[str, object]:
    """The JSON of an answer. Raises `RuntimeError` for a refusal."""
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    headers = fake_hub.authorization(who)
    connection.request(
        method, path, None if body is None else json.dumps(body), {**headers, "Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    found = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{path} answered {answer.status}: {found[:200]!r}")
    parsed: dict[str, object] = json.loads(found)
    return parsed


def send(port: int, kind: str, notebook: bytes) -> int:
    """The status of sending one."""
    return post(port, "nobody" if kind == REFUSED else "dana", notebook, "", {})[0]


def post(port: int, who: str, notebook: bytes, path: str, more: dict[str, object]) -> tuple[int, bytes]:
    """Status and body of sending one."""
    sending: dict[str, object] = {
        "answers": {"title": "Huge"},
        "notebook": {"path": PATH, "sha256": sha256(notebook).hexdigest()},
        "files": [],
        "git": None,
        "stamp": None,
        **more,
    }
    bundle = write_bundle(sending, [OutgoingFile(PATH, len(notebook), (notebook,))])
    token = fake_hub.authorization(who)
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    headers = {
        **token,
        "Content-Type": "application/x-tar",
        "Idempotency-Key": secrets.token_hex(8),
        "Content-Length": str(bundle.length),
    }
    connection.request("POST", f"{API}/submissions{path}", bundle.chunks, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@dataclass(frozen=True, slots=True)
class Sender:
    """The other process."""

    process: subprocess.Popen[str]
    status: int

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def send(self) -> None:
        """Send one and wait for its answer. Raises `RuntimeError` where that is another than expected."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answered = self.line()
        if answered != str(self.status):
            raise RuntimeError(f"answered {answered}, not {self.status}")


@contextlib.contextmanager
def sender(port: int, kind: str) -> Iterator[Sender]:
    """A process that is ready to send."""
    argv = module("bench.door", "--send", kind, "--port", str(port))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        made = Sender(process, 401 if kind == REFUSED else 201)
        try:
            if made.line() != "ready":
                raise RuntimeError(f"{kind}: it did not get ready")
            yield made
        finally:
            process.kill()


async def lists(port: int, until: Callable[[], bool], seconds: float) -> list[float]:
    """Waiting times of lists at a steady pace, for so many seconds and until something is so."""
    waits: list[float] = []
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def work() -> None:
        reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
        while True:
            at, request = await due.get()
            await exchange(reader, writer, request)
            waits.append(time.perf_counter() - at)
            due.task_done()

    workers = [asyncio.create_task(work()) for _ in range(CONNECTIONS)]
    begin = time.perf_counter() + 0.1
    for number in itertools.count():
        at = begin + number / RATE
        if at - begin > seconds and until():
            break
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, asked()))
    await due.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return waits


def asked() -> bytes:
    """One list of one of eight reviewers."""
    token = fake_hub.authorization(f"remy-{random.randrange(8)}")["Authorization"]
    path = f"{API}/submissions?filter={random.choice(LISTS)}"
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {token}\r\n\r\n".encode()


def slow(waits: list[float]) -> float:
    """What 99 of 100 stay within."""
    return quantiles(waits, n=100)[98]


def quiet(port: int) -> float:
    """Lists with nothing else going on."""
    return slow(asyncio.run(lists(port, lambda: True, SECONDS)))


def beside(port: int, who: Sender) -> float:
    """Lists while something is sent, again and again for as long as the quiet ones took."""

    async def both() -> list[float]:
        sending = asyncio.create_task(asyncio.to_thread(who.send))
        waits = await lists(port, sending.done, 0)
        await sending
        return waits

    waits: list[float] = []
    end = time.perf_counter() + SECONDS
    while not waits or time.perf_counter() < end:
        waits += asyncio.run(both())
    return slow(waits)


def measure(port: int, rounds: int) -> Rounds:
    """All kinds, beside nothing."""
    with contextlib.ExitStack() as children:
        contenders = [Contender(QUIET, lambda _: quiet(port))]
        for kind in KINDS:
            who = children.enter_context(sender(port, kind))
            contenders.append(Contender(kind, lambda _, who=who: beside(port, who)))  # type: ignore[misc]
        return alternate(contenders, rounds)


def table(measured: Rounds) -> Table:
    """Ratios with their target, and the times."""
    rows = []
    for kind in KINDS:
        ratio = measured.ratio(kind, QUIET)
        times = (milliseconds(measured.median(name)) for name in (kind, QUIET))
        rows.append([kind, ratio, at_most(ratio, TARGET), *times])
    head = ["what is going on", "99 of 100 lists within, to that without", "target", "within", "without"]
    return Table(head, rows, "Lists beside something huge")


NOTES = [
    "The notebook is text throughout, which costs more to check than images do; it is stored, the same content never twice.",
    f"{RATE:g} lists a second on a queue of {SUBMISSIONS:,} submissions.",
    "Parsing, rebuilding, searching, and reading what is stored happen in a process of their own (docs/adr/0033-checking-processes.md).",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true", help="two rounds, printed only")
    parser.add_argument("--send", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.send:
        (read_for_ever if options.send in (READ_ONE_CELL, READ_OUTPUTS) else send_for_ever)(options.port, options.send)
        return
    with stack("door") as running:
        fill(running.state / "enablement.sqlite", SUBMISSIONS)
        measured = measure(running.service.port, 2 if options.quick else options.rounds)
    report = Report("door", "Lists beside something huge", (__doc__ or "").strip(), [table(measured)], NOTES)
    if options.quick:
        print(report)
    else:
        report.write()


if __name__ == "__main__":
    main()
