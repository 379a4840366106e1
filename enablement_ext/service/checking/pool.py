"""Processes that check and read large notebooks, one question at a time each. One that dies is an error of that question alone; the next starts another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from json import loads
from threading import BoundedSemaphore, Lock
from typing import NoReturn

from enablement_ext.core.checks.models import Finding, NotebookSurroundings
from enablement_ext.core.checks.registry import incomplete
from enablement_ext.core.errors import EnablementError, TooLarge, Unavailable
from enablement_ext.core.notebook import view, view_cell
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.review.anchors import PortedAnchor, checked, place_all
from enablement_ext.core.review.differences.versions import ComparedVersion
from enablement_ext.core.review.discussion.applying import holding
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.models import Anchor, ChangeKind, FileEntry, FileRole
from enablement_ext.core.review.search.documents import Passage, PassageKind, notebook_passages
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.checking.anchors import anchor_from, placed_from, statements_from
from enablement_ext.service.checking.findings import ReleaseTexts, finding_from, surroundings_message
from enablement_ext.service.checking.pictures import CellPicture, pictures_from
from enablement_ext.service.checking.process import CheckingOptions, CheckingProcess, Reply
from enablement_ext.service.checking.sides import side_facts, side_texts
from enablement_ext.service.checking.wire import Json, Part, part_of
from enablement_ext.service.use_cases.arrival.checks import Findings
from enablement_ext.service.use_cases.arrival.examination import Examination
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle
from enablement_ext.web import logs
from enablement_ext.web.messages import READ_FIRST_BYTES, dump
from enablement_ext.web.shared_bytes import SharedBytes

log = logging.getLogger("enablement.service")

_BROKE_OFF = "Looking at the notebook broke off. Nothing was stored; try again in a moment."


@dataclass(frozen=True, slots=True)
class ValidationQuestion:
    """What a bundle is examined by: how much it may hold, for which submission it is (None: a new one), what of its outputs is kept,
    the rules of whose findings the author may say that they are no secrets, and what is around its notebook (None: no checks are made)."""

    limits: BundleLimits
    target: int | None
    outputs: OutputRules = field(default_factory=OutputRules)
    not_secret_rules: Collection[str] = ()
    around: NotebookSurroundings | None = None


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
        self._releases = ReleaseTexts()

    @contextmanager
    def examining(
        self, body: SharedBytes, received: ReceivedBundle, question: ValidationQuestion
    ) -> Iterator[Examination]:
        """What `ingest.validate` says of a bundle, which is `body`, while one process goes on with the checks of it.

        Raises what `validate` raises, and `Unavailable`.
        """
        limits, around = question.limits, question.around
        asked: Json = {
            "task": "check",
            "limits": [limits.files, limits.file_bytes, limits.total_bytes, limits.sending_bytes],
            "target": question.target,
            "outputs": question.outputs.as_json(),
            "not_secret_rules": sorted(question.not_secret_rules),
            "around": None if around is None else surroundings_message(around),
        }
        release = self._releases.text(around.release) if around is not None else b""
        with self._asking(asked, [body, release], replies=1 if around is None else 2) as next_reply:
            yield Examination(_validated(received, next_reply), lambda: self._findings(next_reply))

    @contextmanager
    def finding(self, notebook: bytes | memoryview, around: NotebookSurroundings) -> Iterator[Findings]:
        """Checks of a canonical notebook, which a process makes meanwhile. Where they break off, that is what was found.

        As many at once as there are processes: notebooks that need none otherwise do not start more.
        """
        asked: Json = {"task": "find", "around": surroundings_message(around)}
        parts = [notebook, self._releases.text(around.release)]
        with self._finding, self._asking(asked, parts) as next_reply:
            yield lambda: self._findings(next_reply)

    def compare(self, old: VersionContent, new: VersionContent) -> tuple[ChangeKind, ...]:
        """What `changes` says of two versions. Raises the same, and `Unavailable`."""
        if old.notebook is None or new.notebook is None:
            return changes(old, new)
        if len(old.notebook) + len(new.notebook) <= READ_FIRST_BYTES or old.notebook == new.notebook:
            return changes(old, new)
        reply = self._ask({"task": "compare"}, [old.notebook, new.notebook])
        found = reply.message["changes"]
        kinds = set(found) if isinstance(found, list) else set()
        kinds |= {kind.value for kind in changes(replace(old, notebook=b""), replace(new, notebook=b""))}
        return tuple(kind for kind in ChangeKind if kind.value in kinds)

    def difference(self, old: ComparedVersion, new: ComparedVersion) -> bytes:
        """What differs between two versions, as the contract's `Difference` in JSON. Raises `BadNotebook`, `TooLarge`, `Unavailable`."""
        question: Json = {"task": "difference", "old": side_facts(old), "new": side_facts(new)}
        parts = [part for side in (old, new) for part in (side.notebook, side_texts(side))]
        reply = self._ask(question, parts)
        return bytes(reply.parts[0])

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

    def pictures(self, sent: bytes, run: bytes, cells: Sequence[int]) -> list[CellPicture]:
        """What `pictures.redrawn` makes of a version and its run; always in a process, since decoders of pictures are. Raises `BadNotebook`, `TooLarge`,
        `Unavailable`."""
        reply = self._read({"task": "pictures", "cells": list(cells)}, [sent, run])
        return pictures_from(reply.message, bytes(reply.parts[0]))

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

    def passages(self, notebook: bytes) -> list[Passage]:
        """What `notebook_passages` says. Raises the same, and `Unavailable`."""
        if len(notebook) <= READ_FIRST_BYTES:
            return notebook_passages(notebook)
        return [
            Passage(PassageKind(kind), where, text)
            for kind, where, text in loads(self._made({"task": "passages"}, notebook))
        ]

    def holding(self, asked: Sequence[tuple[str, Suggestion]], old: bytes, new: bytes) -> list[bool]:
        """What `applying.holding` says. Raises the same, and `Unavailable`."""
        if len(old) + len(new) <= READ_FIRST_BYTES:
            return holding(asked, old, new)
        suggested = [[cell, asdict(suggestion)] for cell, suggestion in asked]
        found = self._ask({"task": "held", "suggested": suggested}, [old, new]).message["held"]
        return [each is True for each in found] if isinstance(found, list) else []

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
        return bytes(self._read(question, [notebook]).parts[0])

    def _read(self, question: Json, notebooks: Sequence[bytes]) -> Reply:
        """An answer about stored notebooks, of which only so many are looked at at once; others wait."""
        with self._reading:
            return self._ask(question, notebooks)

    def _ask(self, question: Json, parts: Sequence[bytes | memoryview]) -> Reply:
        with self._asking(question, parts) as next_reply:
            return next_reply()

    def _findings(self, next_reply: Callable[[], Reply]) -> Sequence[Finding]:
        """What checks found; where they broke off, that is. Raises `Unavailable` when closed."""
        try:
            found = next_reply().message["findings"]
        except (Unavailable, TooLarge) as broken:
            if self._closed:
                raise
            return [incomplete("all of them", broken.code)]
        return [finding_from(each) for each in found] if isinstance(found, list) else []

    @contextmanager
    def _asking(
        self, question: Json, parts: Sequence[bytes | memoryview | SharedBytes], replies: int = 1
    ) -> Iterator[Callable[[], Reply]]:
        """Ask; each call waits for the next answer. What was not waited for is at the end, and the process is free again."""
        try:
            made, process = _made(parts), self._take()
        except Unavailable as error:
            yield partial(_raise, error)
            return
        left = replies

        def next_reply() -> Reply:
            nonlocal left
            left -= 1
            try:
                reply = process.receive()
            except (OSError, EOFError, ValueError, TypeError):
                left = 0
                log.warning(logs.line("checking_broke_off", pid=process.pid, exit=process.kill()))
                raise Unavailable(_BROKE_OFF) from None
            if "error" in reply.message:
                left = 0
                raise self._error(reply.message)
            return reply

        try:
            try:
                process.send(question, made)
            except OSError:
                process.end()  # whoever waits for its answer is told
            yield next_reply
        finally:
            while left > 0:
                with suppress(EnablementError, RuntimeError):
                    next_reply()
            self._give_back(process)

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


def _made(parts: Sequence[bytes | memoryview | SharedBytes]) -> list[Part]:
    try:
        return [part if isinstance(part, SharedBytes) else part_of(part) for part in parts]
    except OSError:
        raise Unavailable from None


def _raise(error: EnablementError) -> NoReturn:
    raise error


def _validated(received: ReceivedBundle, next_reply: Callable[[], Reply]) -> ValidatedBundle:
    """The bundle with what a process makes of it. Raises what `validate` raises, and `Unavailable`."""
    reply = next_reply()
    received.verify()
    said = reply.message
    entry = FileEntry(received.document.path, str(said["sha256"]), int(str(said["size"])), FileRole.NOTEBOOK)
    taken = said["taken_out"]
    return ValidatedBundle(
        received.document,
        received.identity,
        entry,
        reply.parts[0] if reply.parts else received.notebook,
        received.files,
        received.contents,
        tuple(taken) if isinstance(taken, list) else (),
        statements_from(said["not_secrets"]),
    )
