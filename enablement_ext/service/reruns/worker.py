"""What runs in a re-running process: one notebook after the other from the socket on standard input, until the other side is gone.

It has no credentials, no database and no files of the service: notebook and files come in mapped, and what is kept goes out the same way. It stands
outside the sandbox, and looks several times a second whether it is still wanted.
"""

from __future__ import annotations

import resource
import select
import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import BadNotebook, EnablementError, EnvironmentUnavailable, SandboxOff, TooLarge
from enablement_ext.core.notebook import StoredNotebook
from enablement_ext.core.output_policy.rules import rules_from
from enablement_ext.core.runs.kept import KeepingRules, kept
from enablement_ext.core.runs.models import BroughtFile, ExecutedCell, RunEnd, RunLimits, RunObserver
from enablement_ext.core.runs.ports import Sandbox
from enablement_ext.core.runs.rerun import RerunJob, RerunOutcome, rerun
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.service.checking.wire import Json, Part, part_of, receive, send
from enablement_ext.service.runtime.child_processes import stand_back

_PIECE = 1 << 20
_REFUSALS = {"sandbox-off": "sandbox-off", "bad-notebook": "other-language", "too-large": "too-large"}
NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class RerunTools:
    """What a re-running process works with: `sandbox` of the environment of a Python."""

    sandbox: Callable[[Path], Sandbox]
    comparer: Comparer = field(default_factory=Comparer)
    prefilter: Prefilter = field(default_factory=LiteralPrefilter)


class _Sandboxes:
    """One for each environment: each tries once what the host enforces. At most one has a kernel that is warm."""

    def __init__(self, tools: RerunTools) -> None:
        self._tools = tools
        self._known: dict[str, Sandbox] = {}

    def of(self, python: str) -> Sandbox:
        for other, sandbox in self._known.items():
            if other != python:
                sandbox.rest()
        if python not in self._known:
            self._known[python] = self._tools.sandbox(Path(python))
        return self._known[python]

    def prepare(self, question: Json) -> None:
        """A kernel for the next run of the same kind, while nobody waits."""
        python = str(question["python"])
        if question.get("warm") and python in self._known:
            self._known[python].prepare(_limits(question))

    def rest(self) -> None:
        """Nobody asks any more."""
        for sandbox in self._known.values():
            sandbox.rest()


def serve(wire: socket.socket, tools: RerunTools) -> None:
    """Answer until the other side is gone."""
    sandboxes = _Sandboxes(tools)
    while True:
        try:
            question, parts = receive(wire)
            answer, made = _answer(wire, question, parts, tools, sandboxes)
            send(wire, answer, made)
            sandboxes.prepare(question)
        except (EOFError, OSError, ValueError):
            sandboxes.rest()
            return


def _answer(
    wire: socket.socket, question: Json, parts: list[bytes | memoryview], tools: RerunTools, sandboxes: _Sandboxes
) -> tuple[Json, list[Part]]:
    """What is kept of the run: outcome, reason and line, with the document and the notebook behind it; or why nothing was run."""
    try:
        sent = bytes(parts[0])
        job = _job(question, sent, parts[1])
        outcome = rerun(job, sandboxes.of(str(question["python"])), tools.comparer, _observer(wire, job))
        rules = KeepingRules(rules_from(question["outputs"]), tools.prefilter)
        found = kept(sent, outcome, str(question["environment"]), rules)
    except (SandboxOff, BadNotebook, TooLarge, EnvironmentUnavailable) as error:
        return {"outcome": NOT_RUN, "reason": _REFUSALS.get(error.code, error.code), "line": error.message}, []
    except EnablementError as error:
        return {"error": error.code}, []
    except Exception as error:  # noqa: BLE001 - the outermost loop; what it says may quote the notebook, where it was raised does not
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        return {"error": "unexpected", "kind": type(error).__name__, "where": where}, []
    word, reason = _outcome(outcome)
    return {"outcome": word, "reason": reason, "line": found.line}, [
        part_of(found.document.encode()),
        part_of(found.notebook),
    ]


def _job(question: Json, sent: bytes, files: bytes | memoryview) -> RerunJob:
    listed = question["files"]
    if not isinstance(listed, list):
        raise TypeError("not a question")
    brought = tuple(_brought(listed, memoryview(files)))
    return RerunJob(StoredNotebook(sent), str(question["path"]), brought, _limits(question))


def _limits(question: Json) -> RunLimits:
    limits = question["limits"]
    if not isinstance(limits, dict):
        raise TypeError("not a question")
    return replace(RunLimits(), **limits)


def _brought(listed: list[list[object]], content: memoryview) -> Iterator[BroughtFile]:
    """The files stand one behind the other."""
    start = 0
    for path, size in listed:
        length = int(str(size))
        yield BroughtFile(str(path), length, _chunks(content[start : start + length]))
        start += length


def _chunks(content: memoryview) -> Callable[[], Iterator[bytes]]:
    return lambda: (bytes(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE))


def _observer(wire: socket.socket, job: RerunJob) -> RunObserver:
    """Says which cells are done, and asks whether anybody still waits: whoever asked says nothing more until it has its answer."""
    total = sum(1 for cell in job.notebook.cells if cell.cell_type == "code")
    done: set[int] = set()
    poller = select.poll()
    poller.register(wire, select.POLLIN | select.POLLHUP)

    def cell_ended(cell: ExecutedCell) -> None:
        done.add(cell.index)
        send(wire, {"done": len(done), "total": total})

    return RunObserver(cell_ended, lambda: bool(poller.poll(0)))


def _outcome(outcome: RerunOutcome) -> tuple[str, str]:
    end = outcome.runs[0].end
    if end is not RunEnd.FINISHED:
        return "died", end.value
    return ("same" if outcome.same else "differs"), ""


def main(tools: RerunTools) -> None:
    """Serve the socket on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the service says when it ends
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stand_back()
    with socket.socket(fileno=0) as wire:
        serve(wire, tools)
