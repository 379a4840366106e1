"""A bundle that arrived, taken apart and examined. Nothing here stores anything; secrets are found before anybody does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from threading import Thread

from enablement_ext.core.errors import BadAnswers, HashMismatch, SecretFound
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.notebook.secret_scan import (
    ScannedText,
    SecretFinding,
    file_part,
    find_secrets,
    notebook_parts,
    suspicious,
)
from enablement_ext.core.review.models import FileEntry, FileRole
from enablement_ext.core.submission.bundle import BundleLimits, check_path, read_bundle
from enablement_ext.web.validation import SubmissionDocument, submission_document

_ASIDE = 1 << 19  # bytes from which on hashing is worth a thread


class Hashing:
    """The hash of some bytes; of many it is made in a thread of its own, beside what is done with them meanwhile."""

    def __init__(self, data: memoryview) -> None:
        """Begins. The bytes must not change."""
        self._data = data
        self._hash = sha256()
        self._thread: Thread | None = None
        if len(data) >= _ASIDE:
            self._thread = Thread(target=self._run, name="notebook-hash")
            self._thread.start()
        else:
            self._run()

    def hexdigest(self) -> str:
        """The hash, once it is there."""
        if self._thread is not None:
            self._thread.join()
        return self._hash.hexdigest()

    def _run(self) -> None:
        self._hash.update(self._data)


@dataclass(frozen=True, slots=True)
class ReceivedBundle:
    """What arrived. `identity` is equal if and only if the same content was sent with the same answers to the same place.

    That is so once `verify` has returned: `identity` takes the notebook's hash from `sending`.
    """

    sending: SubmissionDocument
    notebook: memoryview
    hashing: Hashing
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]  # of `files`, in their order
    identity: str

    def verify(self) -> None:
        """Return when the notebook is what the browser saw. Raises `HashMismatch`."""
        if self.hashing.hexdigest() != self.sending.sha256:
            raise HashMismatch(facts={"path": self.sending.path})


@dataclass(frozen=True, slots=True)
class ValidatedBundle:
    """What may be stored: the canonical notebook and the files as they arrived."""

    sending: SubmissionDocument
    notebook: FileEntry
    canonical: bytes
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]

    def stored(self) -> Iterator[tuple[FileEntry, bytes]]:
        """All files to store and their bytes, the notebook first."""
        yield self.notebook, self.canonical
        for entry, content in zip(self.files, self.contents, strict=True):
            yield entry, bytes(content)


def ingest(data: bytes | bytearray, limits: BundleLimits, target: int | None) -> ReceivedBundle:
    """Take a bundle for the submission `target` (None: a new one) apart; `verify` says whether the notebook is what the browser saw.

    Raises `BadBundle`, `BadAnswers`, `TooLarge`.
    """
    bundle = read_bundle(data, limits)
    sending = submission_document(bundle.sending)
    check_path(sending.path)
    if not sending.path.endswith(".ipynb"):
        raise BadAnswers("Only notebooks (.ipynb) can be sent.", facts={"field": "notebook.path"})
    bundle.require_exactly([sending.path, *(named.path for named in sending.files)])
    notebook = bundle.files[sending.path]
    hashing = Hashing(notebook)
    contents = tuple(bundle.files[named.path] for named in sending.files)
    files = tuple(
        FileEntry(named.path, sha256(content).hexdigest(), len(content), named.role)
        for named, content in zip(sending.files, contents, strict=True)
    )
    identity = json.dumps([target, bundle.sending, [[entry.path, entry.sha256] for entry in files]], sort_keys=True)
    return ReceivedBundle(sending, notebook, hashing, files, contents, sha256(identity.encode()).hexdigest())


def validate(unpacked: ReceivedBundle) -> ValidatedBundle:
    """Rebuild the notebook and look for secrets in everything. Raises `HashMismatch`, `BadNotebook`, `TooLarge`, `SecretFound`."""
    try:
        notebook = canonicalise(bytes(unpacked.notebook), sha256=unpacked.sending.sha256)
    finally:
        unpacked.verify()  # where it is not what the browser saw, nothing else said about it is worth saying
    findings = find_secrets(_parts(unpacked, notebook.texts))
    if findings:
        raise SecretFound(facts={"findings": [_finding(found) for found in findings]})
    entry = FileEntry(unpacked.sending.path, notebook.sha256, len(notebook.data), FileRole.NOTEBOOK)
    return ValidatedBundle(unpacked.sending, entry, notebook.data, unpacked.files, unpacked.contents)


def _parts(unpacked: ReceivedBundle, texts: bytes) -> Iterator[ScannedText]:
    answers = unpacked.sending.answers
    for name in ("title", "problem", "value", "expected", "data_used"):
        yield ScannedText(f"your answer “{name}”", str(getattr(answers, name)))
    if suspicious(texts):
        yield from notebook_parts(texts)
    for entry, content in zip(unpacked.files, unpacked.contents, strict=True):
        part = file_part(entry.path, bytes(content))
        if part is not None:
            yield part


def _finding(found: SecretFinding) -> dict[str, object]:
    return {"where": found.where, "rule": found.rule, "line": found.line, "hint": found.hint}
