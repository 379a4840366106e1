"""How long it takes to hand a notebook in, durably: through the whole service, and other ways.

The service does all it does in production: authenticates, takes the bundle apart, rebuilds the notebook strictly, looks for secrets,
stores large files in the artifact folder with an fsync, writes submission, version, small files, receipt and event to SQLite (WAL,
synchronous=FULL), and only then answers. Connections are kept, the hub's answer about the token is cached, every notebook is a new one.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache

from bench import fake_hub, submit_steps
from bench.notebooks import Sent, make
from bench.processes import WORKPLACE, processor_seconds
from bench.report import Report, Table, at_most, milliseconds
from bench.rivals import GitRepository, Nbgrader, nbgrader
from bench.rounds import Contender, Rounds, alternate
from bench.stack import API, KeptConnection, Stack, stack

SERVICE, BARE, QUEUE, ROW = "service", "bare POST", "bare queue", "bare row"
GIT, NBGRADER, NBGRADER_COMMAND = "git", "nbgrader", "nbgrader command"
SERVICE_BESIDE_COMMAND = "service, beside the command"
COMMAND_ROUNDS = 5
SIZES = {"20 KB": (20_000, 41), "1 MB": (1_000_000, 25), "50 MB": (50_000_000, 9)}  # bytes, rounds
QUICK = {"20 KB": (20_000, 9), "1 MB": (1_000_000, 7), "50 MB": (50_000_000, 3)}


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to hand in, ready to use."""

    stack: Stack
    service: KeptConnection
    bare: KeptConnection
    git: GitRepository
    nbgrader: Nbgrader
    spent: dict[tuple[int, str], float] = field(
        default_factory=dict
    )  # processor seconds of the servers, by size and way

    def measure(self, size: int, rounds: int, rivals: bool) -> Rounds:
        """All ways side by side, each with the same new notebook in a round."""
        first = secrets.randbits(32)

        @lru_cache(maxsize=1)  # big ones are not to pile up
        def sent(number: int) -> Sent:
            return make(size, first + number)

        def way(name: str, hand_in: Callable[[Sent], float]) -> Contender:
            return Contender(name, lambda number: hand_in(sent(number)))

        def costed(name: str, pid: int, hand_in: Callable[[Sent], float]) -> Contender:
            def once(number: int) -> float:
                one = sent(number)
                before = processor_seconds(pid)
                took = hand_in(one)
                self.spent[size, name] = self.spent.get((size, name), 0.0) + processor_seconds(pid) - before
                return took

            return Contender(name, once)

        contenders = [
            costed(BARE, self.stack.bare.pid, lambda one: self.bare.post("/post", one.bundle)[0]),
            costed(QUEUE, self.stack.bare.pid, lambda one: self.bare.post("/queue", one.bundle)[0]),
            costed(ROW, self.stack.bare.pid, lambda one: self.bare.post("/row", one.bundle)[0]),
            costed(SERVICE, self.stack.service.pid, self._send),
        ]
        if rivals:
            contenders.append(way(GIT, lambda one: self.git.submit(one.notebook)))
            contenders.append(way(NBGRADER, lambda one: self.nbgrader.submit(one.notebook)))
        measured = alternate(contenders, rounds, warm_up=2, settle=True)
        if rivals:  # seconds each time, most of them imports: a few rounds of its own
            sent.cache_clear()
            first += rounds + 2
            command = way(NBGRADER_COMMAND, lambda one: self.nbgrader.submit_by_command(one.notebook))
            beside = alternate([command, way(SERVICE, self._send)], COMMAND_ROUNDS, settle=True)
            measured.scores[NBGRADER_COMMAND] = beside.scores[NBGRADER_COMMAND]
            measured.scores[SERVICE_BESIDE_COMMAND] = beside.scores[SERVICE]
        return measured

    def _send(self, sent: Sent) -> float:
        return self.service.post(f"{API}/submissions", sent.bundle, Idempotency_Key=secrets.token_urlsafe(24))[0]


@dataclass(frozen=True, slots=True)
class Measured:
    """The rounds of one size, and the processor time the service took to that of the bare POST, over all of them."""

    rounds: Rounds
    processor: float


def measure(sizes: dict[str, tuple[int, int]], rivals: bool) -> dict[str, Measured]:
    """All sizes, by name."""
    rival_place = WORKPLACE / "rivals"
    shutil.rmtree(rival_place, ignore_errors=True)
    with ExitStack() as children:
        running = children.enter_context(stack("submit"))
        ways = Ways(
            running,
            KeptConnection(running.service.port, fake_hub.authorization("dana")),
            KeptConnection(running.bare.port),
            GitRepository.make(rival_place / "git"),
            children.enter_context(nbgrader(rival_place / "nbgrader")),
        )
        measured = {}
        for name, (size, rounds) in sizes.items():
            measured[name] = Measured(
                ways.measure(size, rounds, rivals), ways.spent[size, SERVICE] / ways.spent[size, BARE]
            )
            print(f"{name}: {measured[name].rounds.ratio(SERVICE, BARE)}", flush=True)
    shutil.rmtree(rival_place)
    return measured


def targets(measured: dict[str, Measured], rivals: bool) -> Table:
    """Ratios and whether they are where they should be."""
    rows = []
    for size, one in measured.items():
        rounds = one.rounds
        bare = rounds.ratio(SERVICE, BARE)
        row: list[object] = [
            size,
            bare,
            at_most(bare, 1.5),
            f"{one.processor:.2f}",
            rounds.ratio(SERVICE, QUEUE),
            rounds.ratio(SERVICE, ROW),
        ]
        if rivals:
            git = rounds.ratio(SERVICE, GIT)
            row += [
                git,
                at_most(git, 0.12),
                rounds.ratio(SERVICE, NBGRADER),
                rounds.ratio(SERVICE_BESIDE_COMMAND, NBGRADER_COMMAND),
            ]
        rows.append(row)
    head = [
        "notebook",
        "service / bare POST with fsync",
        "target",
        "the same by processor time",
        "service / bare durable queue",
        "service / bare row",
    ]
    if rivals:
        head += [
            "service / git add + commit + push",
            "target",
            "service / nbgrader in process",
            "service / `nbgrader submit`",
        ]
    return Table(head, rows, "Ratios")


def times(measured: dict[str, Measured]) -> Table:
    """The middle times, for orientation."""
    names = [name for name in next(iter(measured.values())).rounds.scores if name != SERVICE_BESIDE_COMMAND]
    rows = [
        [size, len(one.rounds.scores[SERVICE]), *(milliseconds(one.rounds.median(name)) for name in names)]
        for size, one in measured.items()
    ]
    return Table(["notebook", "rounds", *names], rows, "Times, for orientation only")


NOTES = [
    "“Bare POST”: a tornado handler that writes the same bundle to a new file on the same file system, calls fsync and answers.",
    (
        "“Bare durable queue”: the same handler also hashes the bundle, makes the file's name durable (fsync of its folder) and commits one row to SQLite with "
        "synchronous=FULL: three barriers instead of one, and the least that is still there, and still in a list, after a power cut. It looks at nothing."
    ),
    (
        "“Bare row”: the same handler hashes the bundle and commits hash and bytes as one row to SQLite (WAL, synchronous=FULL): the least with the one "
        "barrier that the service needs for a small notebook. Larger files than 128 KB take the artifact folder's two barriers before the commit."
    ),
    (
        "The floor for 20 KB is the bare row: tornado, one hash, one barrier. What the service takes beyond it stands in the table of steps: reading strictly, "
        "the search for secrets and 13 statements with their constraints are about a millisecond of Python, and the way through a worker thread (so that "
        "nobody who looks waits for the disk) some tenths. The target would need another language for the notebook, or a promise less."
    ),
    "Before each measurement the disk is brought to rest (`sync`), so that no contender pays for what another left unwritten.",
    "git: three commands on a clone with a bare repository on the same disk. It deflates twice and does not sync loose objects unless told to.",
    (
        "nbgrader in process is `ExchangeSubmit.start()` with everything loaded, called directly: two copies of a folder on a shared disk. It does not sync "
        "(a power cut may lose what it called submitted), does not look at the content, knows no identity but the operating system's user, needs a folder all "
        "may write to, crosses no network, recognises no repetition, keeps no database row, event or receipt. The command is what a student types."
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: to see whether it works")
    parser.add_argument("--only", choices=SIZES, help="one size")
    parser.add_argument("--no-rivals", action="store_true", help="without git and nbgrader")
    options = parser.parse_args()
    sizes = QUICK if options.quick else SIZES
    chosen = {options.only: sizes[options.only]} if options.only else sizes
    measured = measure(chosen, not options.no_rivals)
    report = Report(
        "submit",
        "Submitting a notebook",
        (__doc__ or "").strip(),
        [targets(measured, not options.no_rivals), times(measured), submit_steps.table(chosen)],
        NOTES,
    )
    if options.quick or options.only or options.no_rivals:
        print(report)
    else:
        report.write()


if __name__ == "__main__":
    main()
