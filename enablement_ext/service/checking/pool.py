"""Processes that check and read large notebooks, one question at a time each. One that dies is an error of that question alone; the next starts another."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import BoundedSemaphore, Lock

import enablement_ext
from enablement_ext.core.checks.models import Finding, NotebookSurroundings
from enablement_ext.core.checks.registry import incomplete
from enablement_ext.core.errors import EnablementError, TooLarge, Unavailable
from enablement_ext.core.notebook import view, view_cell
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.review.anchors import PortedAnchor, checked, place_all
from enablement_ext.core.review.differences.versions import ComparedVersion
from enablement_ext.core.review.models import Anchor, ChangeKind, FileEntry, FileRole
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.checking.anchors import anchor_from, placed_from, statements_from
from enablement_ext.service.checking.findings import finding_from, surroundings_message
from enablement_ext.service.checking.sides import side_facts, side_texts
from enablement_ext.service.checking.wire import Json, receive, send
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle
from enablement_ext.web import logs
from enablement_ext.web.messages import READ_FIRST_BYTES, dump
from enablement_ext.web.shared_bytes import SharedBytes

log = logging.getLogger("enablement.service")

_PATIENCE = 10.0  # seconds beyond a worker's own limit
_EXIT_SECONDS = 5.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")
_BROKE_OFF = "Looking at the notebook broke off. Nothing was stored; try again in a moment."


@dataclass(frozen=True, slots=True)
class CheckingOptions:
    """How many processes (for large bundles, as many for the largest, and as many to read large notebooks), the bytes of memory each may
    use, and the seconds for one answer."""

    processes: int = 2
    memory: int = 3072 * 1024 * 1024
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class ValidationQuestion:
    """What a bundle is validated by: how much it may hold, for which submission it is (None: a new one), what of its outputs is kept,
    and the rules of whose findings the author may say that they are no secrets."""

    limits: BundleLimits
    target: int | None
    outputs: OutputRules = field(default_factory=OutputRules)
    not_secret_rules: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A worker's answer, and the bytes that came with it."""

    message: Json
    made: SharedBytes | None


class CheckingProcess:
    """One worker."""

    def __init__(self, options: CheckingOptions) -> None:
        """Starts it; it gets ready by itself. Raises `OSError`."""
        self.retired = False
        self._wire, theirs = socket.socketpair()
        self._wire.settimeout(options.seconds + _PATIENCE)
        command = [sys.executable, "-m", "enablement_ext.service.checking.app", str(options.memory)]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(options.seconds)],
                stdin=theirs.fileno(),
                env=_environment(),
                start_new_session=True,  # a signal to the service's group is the service's to answer
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, question: Json, parts: Sequence[SharedBytes]) -> Reply:
        """Its answer. Raises `OSError` or `EOFError` where it dies or is silent."""
        send(self._wire, question, [part.fileno() for part in parts])
        message, descriptors = receive(self._wire)
        if message.get("retire"):
            self.retire()
        return Reply(message, SharedBytes(descriptors[0]) if descriptors else None)

    def kill(self) -> int:
        """End it at once, where it has not ended; its exit code."""
        self._wire.close()
        self.end()
        return self._process.wait()

    def retire(self) -> None:
        """Say that nothing more will be asked; it ends by itself."""
        self.retired = True
        self._wire.close()

    def end(self) -> None:
        """End it at once; whoever waits for its answer is told."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Let it end, and wait for that."""
        self.retire()
        try:
            self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


class CheckingPool:
    """The processes, as many as threads ask at once. Safe from any thread."""

    def __init__(self, options: CheckingOptions) -> None:
        """The first process starts with the first question."""
        self.options = options
        self._idle: list[CheckingProcess] = []
        self._busy: set[CheckingProcess] = set()
        self._retired: list[CheckingProcess] = []
        self._lock = Lock()
        self._finding = BoundedSemaphore(options.processes)
        self._reading = BoundedSemaphore(options.processes)
        self._closed = False

    def validate(self, body: SharedBytes, received: ReceivedBundle, question: ValidationQuestion) -> ValidatedBundle:
        """What `ingest.validate` says of a bundle, which is `body`. Raises the same, and `Unavailable`."""
        limits = question.limits
        bounds = [limits.files, limits.file_bytes, limits.total_bytes, limits.sending_bytes]
        asked: Json = {
            "task": "check",
            "limits": bounds,
            "target": question.target,
            "outputs": question.outputs.as_json(),
            "not_secret_rules": sorted(question.not_secret_rules),
        }
        reply = self._ask(asked, [body])
        received.verify()
        sha256, size = str(reply.message["sha256"]), int(str(reply.message["size"]))
        entry = FileEntry(received.document.path, sha256, size, FileRole.NOTEBOOK)
        canonical = received.notebook if reply.made is None else reply.made.view()
        taken = reply.message["taken_out"]
        return ValidatedBundle(
            received.document,
            received.identity,
            entry,
            canonical,
            received.files,
            received.contents,
            tuple(taken) if isinstance(taken, list) else (),
            statements_from(reply.message["not_secrets"]),
        )

    def findings(self, notebook: bytes | memoryview, around: NotebookSurroundings) -> Sequence[Finding]:
        """What checks find in a canonical notebook. Where they break off, that is what was found. Raises `Unavailable` when closed.

        As many at once as there are processes: notebooks that need none otherwise do not start more.
        """
        with self._finding:
            try:
                reply = self._ask({"task": "find", "around": surroundings_message(around)}, [_shared(notebook)])
            except (Unavailable, TooLarge) as broken:
                if self._closed:
                    raise
                return [incomplete("all of them", broken.code)]
        found = reply.message["findings"]
        return [finding_from(each) for each in found] if isinstance(found, list) else []

    def compare(self, old: VersionContent, new: VersionContent) -> tuple[ChangeKind, ...]:
        """What `changes` says of two versions. Raises the same, and `Unavailable`."""
        if old.notebook is None or new.notebook is None:
            return changes(old, new)
        if len(old.notebook) + len(new.notebook) <= READ_FIRST_BYTES or old.notebook == new.notebook:
            return changes(old, new)
        reply = self._ask({"task": "compare"}, [_shared(old.notebook), _shared(new.notebook)])
        found = reply.message["changes"]
        kinds = set(found) if isinstance(found, list) else set()
        kinds |= {kind.value for kind in changes(replace(old, notebook=b""), replace(new, notebook=b""))}
        return tuple(kind for kind in ChangeKind if kind.value in kinds)

    def difference(self, old: ComparedVersion, new: ComparedVersion) -> bytes:
        """What differs between two versions, as the contract's `Difference` in JSON. Raises `BadNotebook`, `TooLarge`, `Unavailable`."""
        question: Json = {"task": "difference", "old": side_facts(old), "new": side_facts(new)}
        parts = [part for side in (old, new) for part in (_shared(side.notebook), _shared(side_texts(side)))]
        reply = self._ask(question, parts)
        return bytes(reply.made.view()) if reply.made is not None else b"{}"

    def view(self, notebook: bytes, first: int, count: int) -> bytes:
        """What `core.notebook.view` says, as JSON. Raises the same, and `Unavailable`."""
        if len(notebook) <= READ_FIRST_BYTES:
            return dump(view(notebook, first, count))
        return self._made({"task": "view", "first": first, "count": count}, notebook)

    def view_cell(self, notebook: bytes, index: int) -> bytes:
        """What `core.notebook.view_cell` says, as JSON. Raises the same, and `Unavailable`."""
        if len(notebook) <= READ_FIRST_BYTES:
            return dump(view_cell(notebook, index))
        return self._made({"task": "cell", "cell": index}, notebook)

    def check_anchor(self, anchor: Anchor, notebook: bytes) -> Anchor:
        """What `anchors.checked` says. Raises the same, and `Unavailable`."""
        if len(notebook) <= READ_FIRST_BYTES:
            return checked(anchor, notebook)
        reply = self._read({"task": "anchor", "anchor": asdict(anchor)}, [notebook])
        return anchor_from(reply.message["anchor"])

    def place(self, anchors: Sequence[Anchor], old: bytes, new: bytes) -> list[PortedAnchor]:
        """What `anchors.place_all` says. Raises the same, and `Unavailable`."""
        if len(old) + len(new) <= READ_FIRST_BYTES:
            return place_all(anchors, old, new)
        reply = self._read({"task": "place", "anchors": [asdict(anchor) for anchor in anchors]}, [old, new])
        return placed_from(reply.message["placed"])

    def pids(self) -> list[int]:
        """Those of the processes that run, busy or not."""
        with self._lock:
            return [process.pid for process in (*self._idle, *self._busy)]

    def busy(self) -> int:
        """How many of them are at work."""
        with self._lock:
            return len(self._busy)

    def close(self) -> None:
        """End all processes. What one is busy with breaks off: nothing of it was acknowledged."""
        with self._lock:
            self._closed = True
            idle, self._idle = [*self._idle, *self._retired], []
            for process in self._busy:
                process.end()
        for process in idle:
            process.close()

    def _made(self, question: Json, notebook: bytes) -> bytes:
        reply = self._read(question, [notebook])
        return b"" if reply.made is None else bytes(reply.made.view())

    def _read(self, question: Json, notebooks: Sequence[bytes]) -> Reply:
        """An answer about stored notebooks, of which only so many are looked at at once; others wait."""
        with self._reading:
            return self._ask(question, [_shared(notebook) for notebook in notebooks])

    def _ask(self, question: Json, parts: Sequence[SharedBytes]) -> Reply:
        process = self._take()
        try:
            reply = process.ask(question, parts)
        except (OSError, EOFError, ValueError):
            log.warning(logs.line("checking_broke_off", pid=process.pid, exit=process.kill()))
            raise Unavailable(_BROKE_OFF) from None
        finally:
            self._give_back(process)
        if "error" in reply.message:
            raise self._error(reply.message)
        return reply

    def _take(self) -> CheckingProcess:
        with self._lock:
            if self._closed:
                raise Unavailable
            ready = [process for process in self._idle if process.is_running()]
            process = ready.pop() if ready else self._started()
            self._idle = ready
            self._busy.add(process)
        return process

    def _started(self) -> CheckingProcess:
        self._retired = [
            process for process in self._retired if process.is_running()
        ]  # asking reaps those that have ended
        try:
            return CheckingProcess(self.options)
        except OSError as error:
            log.warning(logs.line("checking_not_started", **logs.failure(error)))
            raise Unavailable from None

    def _give_back(self, process: CheckingProcess) -> None:
        """For the next question; one that ends because it holds much is followed by another, which gets ready meanwhile."""
        with self._lock:
            self._busy.discard(process)
            if process.retired:
                self._retired.append(process)
            elif process.is_running() and not self._closed:
                self._idle.append(process)
                return
            self._prepare_another()

    def _prepare_another(self) -> None:
        if not self._closed:
            with suppress(Unavailable):
                self._idle.append(self._started())

    def _error(self, message: Json) -> Exception:
        code = message["error"]
        if code == "memory":
            limit = self.options.memory
            return TooLarge(
                f"Looking at the notebook takes more memory than the {limit // 2**20} MB there are for one. Clear the largest outputs.",
                facts={"memory": limit},
            )
        kind = next((kind for kind in _kinds(EnablementError) if kind.code == code), None)
        if kind is None:
            return RuntimeError(f"checking a notebook: {message.get('kind')} at {message.get('where')}")
        facts = message.get("facts")
        return kind(str(message["message"]), facts=facts if isinstance(facts, dict) else {})


def _kinds(of: type[EnablementError]) -> Iterator[type[EnablementError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


def _shared(content: bytes | memoryview) -> SharedBytes:
    shared = SharedBytes()
    try:
        shared.write(content)
    except OSError:
        raise Unavailable from None
    return shared


def _environment() -> dict[str, str]:
    """What a process needs to find its code; no token, no address."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(enablement_ext.__file__).parent.parent)}
