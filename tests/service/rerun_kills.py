"""Services and workers that run notebooks again, killed at random: `python -m tests.service.rerun_kills RUNS SEED` (make run-kills).

What is real: the database, the artifacts, the processes and the sandbox. Every run has to end, and its result to be stored once.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.adapters.memory import MemoryForge
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.adapters.memory.hub import MemoryHub
from enablement_ext.core.images.releases import Release
from enablement_ext.core.review.due_runs.models import MOST_FAILURES, WORKER_DIED, DueRun, RunOutcome, RunState
from enablement_ext.core.review.event_log import verify
from enablement_ext.service.assembly import ServiceOptions, ServicePorts, build_context
from enablement_ext.service.background.rerunning import RerunOptions
from tests.polling import PATIENCE, until
from tests.service import catalog, people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, running

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_OPTIONS = RerunOptions(at_once=2, lease=10.0, beat=0.1, interval=0.2)
_CELL = "import time\nfor _ in range(3): time.sleep(.1)\nprint({number})"
_CELLS = 4
_MOMENTS = ("taken", "half", "whole")  # when somebody is killed: of how many cells of some run are behind it


def released() -> Release:
    """The release that people's servers run in, for the Python of the tests."""
    release = catalog.filled().read().find(people.IMAGE.slug, people.IMAGE.release)
    assert release is not None
    return replace(release, python=(PYTHON,))


def environments() -> MemoryEnvironments:
    """The environment of the tests, said to be that of the release."""
    found = MemoryEnvironments(PYTHON, str(Path(sys.executable).parent))
    found.realise(released())
    return found


def stores(state: Path) -> tuple[DatabaseReviewStore, DirectoryArtifactStore]:
    """Those of a state folder."""
    return DatabaseReviewStore(f"sqlite:///{state / 'enablement.sqlite'}"), DirectoryArtifactStore(state / "artifacts")


async def send(state: Path, runs: int) -> None:
    """Queue so many."""
    upgrade(f"sqlite:///{state / 'enablement.sqlite'}")
    store, artifacts = stores(state)
    asleep = ServiceOptions(KEY, reruns=RerunOptions(interval=3600))
    async with running(store, artifacts, asleep, environments=environments()) as service:
        service.context.rerunning.stop()
        image = replace(people.IMAGE, digest=released().digest, python=PYTHON)
        for number in range(runs):
            token, name = ((people.DANA, "dana"), (people.OLGA, "olga"))[number % 2]
            service.hub.put_image(name, "", image)
            cells = [
                cell(
                    f"c{at}",
                    _CELL.format(number=number),
                    [{"output_type": "stream", "name": "stdout", "text": f"{number}\n"}],
                )
                for at in range(_CELLS)
            ]
            reply = await service.send(SubmissionDraft(notebook(*cells)), token)
            assert reply.status == 201, reply.body
    store.close()
    artifacts.close()


async def work(state: Path) -> None:
    """Run what is due until killed, as a service does."""
    store, artifacts = stores(state)
    ports = ServicePorts(
        store,
        artifacts,
        MemoryHub(),
        SystemClock(),
        MemoryForge(),
        catalog.filled(),
        environments=environments(),
    )
    await build_context(ports, ServiceOptions(KEY, reruns=_OPTIONS)).rerunning.run()


@dataclass
class Killing:
    """One trial. `killed` counts who was killed at which moment."""

    state: Path
    runs: int
    seed: int
    kills: int
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def carry_out(self) -> Counter[str]:
        """How the runs ended. Raises `AssertionError` where one did not end, ended twice, or left something behind."""
        asyncio.run(send(self.state, self.runs))
        store, artifacts = stores(self.state)
        service = self._started()
        try:
            with closing(store), closing(artifacts):
                for _ in range(self.kills):
                    service = self._killed(store, service)
                within = PATIENCE + 30.0 * self.runs
                until(lambda: not _open(store), within=within, what="every run has ended", process=service)
                return self._ended(store, artifacts)
        finally:
            service.kill()
            service.wait()
            until(lambda: not list(_workers(self.state)), within=PATIENCE, what="its workers have ended")

    def _killed(self, store: DatabaseReviewStore, service: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        who, moment = self.random.choice(("service", "worker")), self.random.choice(_MOMENTS)
        least = {"taken": 0, "half": _CELLS // 2, "whole": _CELLS}[moment]

        def reached() -> bool:
            runs = _open(store)
            return not runs or any(run.state is RunState.RUNNING and run.cells_done >= least for run in runs)

        until(reached, within=PATIENCE * 2, what=f"a run is {moment}", process=service)
        self.killed[f"{who}, {moment}"] += 1
        if who == "worker":
            for pid in list(_workers(self.state, service.pid))[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return service
        service.kill()
        service.wait()
        return self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.state / "service.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.service.rerun_kills", "work", str(self.state)],
                stderr=log,
                env=os.environ | {"TZ": self.state.name},  # by which its workers are known
            )

    def _ended(self, store: DatabaseReviewStore, artifacts: DirectoryArtifactStore) -> Counter[str]:
        with store.read() as reader:
            runs = [reader.due_run(number) for number in range(1, self.runs + 1)]
            events = [event for event in reader.events_after(0, 1_000_000) if event.kind == "rerun_ended"]
            assert verify(reader.events_after(0, 1_000_000), reader.chain_head()).intact
        assert sorted(int(str(event.data["run"])) for event in events) == [run.number for run in runs]
        for run in runs:
            assert run.result is not None
            if run.result.outcome is RunOutcome.DIED:
                assert (run.result.reason, run.failures) == (WORKER_DIED, MOST_FAILURES), run
            else:
                assert run.result.outcome is RunOutcome.SAME, run
                assert str(run.number - 1) in artifacts.get(run.result.notebook).decode()
        return Counter(run.result.outcome.value for run in runs if run.result is not None)


def _open(store: DatabaseReviewStore) -> list[DueRun]:
    with store.read() as reader:
        numbers = {event.submission for event in reader.events_after(0, 1_000_000) if event.kind == "sent"}
        return [run for number in numbers if number is not None for run in reader.open_due_runs(number)]


def _workers(state: Path, parent: int = 0) -> Iterator[int]:
    """The re-running processes of a trial, or of one of its services."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            of = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            mine = f"TZ={state.name}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if mine and (not parent or of == parent) and b"reruns.app" in (folder / "cmdline").read_bytes():
                yield int(folder.name)


def main(arguments: list[str]) -> None:
    """`work STATE`, or a trial: how many runs, and the seed."""
    if arguments[0] == "work":
        asyncio.run(work(Path(arguments[1])))
        return
    runs, seed = int(arguments[0]), int(arguments[1])
    with tempfile.TemporaryDirectory(prefix="run-kills-") as folder:
        trial = Killing(Path(folder), runs, seed, kills=runs)
        found = trial.carry_out()
    print(
        f"seed {seed}: {runs} runs, killed {sum(trial.killed.values())} times {dict(trial.killed)}; ended {dict(found)}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
