"""Submits a notebook: reads it from disk, compares its hash with what the browser saw, streams the bundle, returns the receipt.

A retry with the same Idempotency-Key sends the same bytes, so that the service replays its receipt: the bundle is deterministic, and the
Git facts are remembered by key, because they may change between two tries without the author's doing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from enablement_ext.core.errors import BadBundle, BadRequest, FileUnreadable, HashMismatch, TooLarge
from enablement_ext.core.review.models import FileRole
from enablement_ext.core.submission.bundle import BundleLimits, OutgoingFile, check_path, write_bundle
from enablement_ext.core.submission.ports import GitSource, Home
from enablement_ext.core.submission.tar_format import shown_name
from enablement_ext.core.text.identifiers import IDEMPOTENCY_KEY, SHA256_HEX
from enablement_ext.lab.progress import streamed
from enablement_ext.lab.send_candidates import bundle_path
from enablement_ext.lab.send_limits import send_limits
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest, ServiceResponse, Write
from enablement_ext.lab.service_responses import document_of, receipt_of
from enablement_ext.web.messages import READ_FIRST_BYTES
from enablement_ext.web.serializers import git_json

_RECEIPT_BYTES = 1024 * 1024
_TRIAL_BYTES = 4 * 1024 * 1024
_REMEMBERED_KEYS = 64
_PROGRESS_BYTES = 512 * 1024
_PIECE_BYTES = 1024 * 1024

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class SendIntent:
    """What the author pressed "Send" on. `submission` and `stamp` name what a new version goes to.

    `overrides` say why findings that block are sent all the same; the service reads them.
    """

    key: str
    path: str
    sha256: str
    answers: Json
    files: tuple[str, ...]
    submission: int | None
    stamp: int | None
    overrides: tuple[Json, ...] = ()
    not_secrets: Json | None = None  # as the service reads it


def intent_of(body: Json) -> SendIntent:
    """From the request's JSON object. Raises `BadRequest` naming the field."""
    key, path, sha256, answers = body.get("key"), body.get("path"), body.get("sha256"), body.get("answers")
    files, submission, stamp = body.get("files"), body.get("submission"), body.get("stamp")
    if not isinstance(key, str) or not IDEMPOTENCY_KEY.fullmatch(key):
        raise _wrong("key")
    if not isinstance(sha256, str) or not SHA256_HEX.fullmatch(sha256):
        raise _wrong("sha256")
    if not isinstance(path, str) or not path.endswith(".ipynb"):
        raise _wrong("path")
    if not isinstance(answers, dict):
        raise _wrong("answers")
    if not isinstance(files, list) or not all(isinstance(file, str) for file in files):
        raise _wrong("files")
    overrides = body.get("overrides", [])
    if not isinstance(overrides, list) or not all(isinstance(override, dict) for override in overrides):
        raise _wrong("overrides")
    for name, number in (("submission", submission), ("stamp", stamp)):
        if number is not None and (type(number) is not int or number < 1):
            raise _wrong(name)
    not_secrets = body.get("not_secrets")
    if not_secrets is not None and not isinstance(not_secrets, dict):
        raise _wrong("not_secrets")
    unique = sorted(set(files) - {path})
    chosen = (tuple(unique), _number(submission), _number(stamp), tuple(overrides), not_secrets)
    return SendIntent(key, path, sha256, answers, *chosen)


@dataclass(slots=True)
class NotebookSender:
    """Answers `POST /enablement/send` and `POST /enablement/try`."""

    home: Home
    git: GitSource
    limits: BundleLimits
    _git_by_key: OrderedDict[str, Json | None] = field(default_factory=OrderedDict)

    async def lines(self, intent: SendIntent, service: ServiceClient) -> AsyncIterator[Json]:
        """Progress, then exactly one `receipt` or `problem`. Raises nothing of our own tree."""
        lines: asyncio.Queue[Json] = asyncio.Queue()
        async for line in streamed(self._send(intent, service, lines), lines):
            yield line

    async def trial_lines(self, intent: SendIntent, service: ServiceClient) -> AsyncIterator[Json]:
        """The same bytes, to be run before they are sent. Progress, then exactly one `trial` or `problem`. Raises nothing of our own tree."""
        lines: asyncio.Queue[Json] = asyncio.Queue()
        async for line in streamed(self._try(intent, service, lines), lines):
            yield line

    async def _send(self, intent: SendIntent, service: ServiceClient, lines: asyncio.Queue[Json]) -> Json:
        target = "/api/v1/submissions" + (f"/{intent.submission}/versions" if intent.submission else "")
        git = asyncio.create_task(asyncio.to_thread(self._git, intent))
        answer, length = await self._delivered((intent, git, target), service, lines)
        try:
            receipt = receipt_of(answer.status, await answer.read(_RECEIPT_BYTES), sent=length)
        finally:
            answer.close()
        return {"receipt": receipt, "replayed": answer.headers.get("Idempotency-Replayed", "").lower() == "true"}

    async def _try(self, intent: SendIntent, service: ServiceClient, lines: asyncio.Queue[Json]) -> Json:
        """Nothing that the author wrote about it goes along, and nothing of Git: neither is run."""
        bare = replace(intent, answers={"title": PurePosixPath(intent.path).stem}, submission=None, stamp=None)
        git: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        git.set_result(None)
        answer, length = await self._delivered((bare, git, "/api/v1/trials"), service, lines)
        try:
            return {"trial": document_of(answer.status, await answer.read(_TRIAL_BYTES), sent=length)}
        finally:
            answer.close()

    async def _delivered(
        self, what: tuple[SendIntent, Awaitable[Json | None], str], service: ServiceClient, lines: asyncio.Queue[Json]
    ) -> tuple[ServiceResponse, int]:
        """The service's answer to the bundle, and how many bytes that had."""
        intent, asked, target = what
        lines.put_nowait(_progress("reading", 0, self.home.size(intent.path) or 0))
        notebook, git = await asyncio.gather(asyncio.to_thread(self._notebook, intent), asked)
        outgoing = await asyncio.to_thread(self._outgoing, intent, notebook)
        bundle = write_bundle(_sending(intent, outgoing, git), outgoing)
        if bundle.length > READ_FIRST_BYTES:
            limits = await send_limits(service)
            if limits is not None:
                limits.require(bundle.length, outgoing[0].size, [file.size for file in outgoing[1:]])

        async def produce(write: Write) -> None:
            sent = reported = 0
            while sent < bundle.length:
                chunk = await asyncio.to_thread(next, bundle.chunks)
                await write(chunk)
                sent += len(chunk)
                if sent - reported >= _PROGRESS_BYTES and sent < bundle.length:
                    reported = sent
                    lines.put_nowait(_progress("sending", sent, bundle.length))
            lines.put_nowait(_progress("waiting", bundle.length, bundle.length))

        headers = {"Content-Type": "application/x-tar", "Accept": "application/json", "Idempotency-Key": intent.key}
        lines.put_nowait(_progress("sending", 0, bundle.length))
        request = ServiceRequest("POST", target, headers, length=bundle.length, produce=produce)
        return await service.open(request), bundle.length

    def _notebook(self, intent: SendIntent) -> bytes:
        """The notebook's bytes. Raises `HashMismatch` when they are not what the browser saved."""
        raw = self.home.read(intent.path, self.limits.file_bytes)
        if hashlib.sha256(raw).hexdigest() != intent.sha256:
            raise HashMismatch(
                "The notebook on disk is not the one you see: something else has written to it. Save it and send again."
            )
        return raw

    def _git(self, intent: SendIntent) -> Json | None:
        """What is sent of Git; the same for the same key."""
        if intent.key in self._git_by_key:
            return self._git_by_key[intent.key]
        told, repository = git_json(self.git.facts(intent.path)), self.git.repository(intent.path)
        if told is not None and repository:
            told = {**told, "repository": repository}
        told = self._git_by_key.setdefault(intent.key, told)
        while len(self._git_by_key) > _REMEMBERED_KEYS:
            self._git_by_key.popitem(last=False)
        return told

    def _outgoing(self, intent: SendIntent, notebook: bytes) -> list[OutgoingFile]:
        """The notebook, and the files that go with it."""
        path = bundle_path(intent.path)
        check_path(path)
        if len(intent.files) >= self.limits.files:
            raise BadBundle(f"More than {self.limits.files} files cannot be sent at once.")
        outgoing = [OutgoingFile(path, len(notebook), _pieces(notebook))]
        outgoing += [self._file(name) for name in intent.files]
        if sum(file.size for file in outgoing) > self.limits.total_bytes:
            raise TooLarge(
                f"Together this is larger than {self.limits.total_bytes} bytes.",
                facts={"limit": self.limits.total_bytes},
            )
        return outgoing

    def _file(self, path: str) -> OutgoingFile:
        size = self.home.size(path)
        if size is None:
            next(self._chunks(path), None)  # raises with the reason: a link that leads out, a folder, gone
            raise FileUnreadable(f"{shown_name(path)} is not there, hidden or not in your home.", facts={"path": path})
        return OutgoingFile(bundle_path(path), size, self._chunks(path))

    def _chunks(self, path: str) -> Iterator[bytes]:
        yield from self.home.chunks(path)


def _sending(intent: SendIntent, outgoing: Sequence[OutgoingFile], git: Json | None) -> Json:
    notebook, *others = outgoing
    return {
        "answers": intent.answers,
        "notebook": {"path": notebook.path, "sha256": intent.sha256},
        "files": [{"path": file.path, "role": _role(file.path).value} for file in others],
        "git": git,
        "stamp": intent.stamp,
        **({"overrides": list(intent.overrides)} if intent.overrides else {}),
        **({} if intent.not_secrets is None else {"not_secrets": intent.not_secrets}),
    }


def _pieces(content: bytes) -> Iterator[bytes]:
    """In pieces, so that there is progress to report and a slow line is told from a dead one."""
    return (content[at : at + _PIECE_BYTES] for at in range(0, len(content), _PIECE_BYTES))


def _role(path: str) -> FileRole:
    return FileRole.MODULE if path.endswith(".py") else FileRole.DATA


def _progress(phase: str, sent: int, total: int) -> Json:
    return {"progress": {"phase": phase, "bytes": sent, "total": total}}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _wrong(name: str) -> BadRequest:
    return BadRequest(f"“{name}” is missing or not valid.", facts={"field": name})
