"""A bundle that arrived, taken apart and examined. Nothing here stores anything; secrets are found before anybody does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from enablement_ext.core.bundle import BundleLimits, check_path, read_bundle
from enablement_ext.core.errors import BadAnswers, HashMismatch, SecretFound
from enablement_ext.core.models import FileEntry, FileRole
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.secrets import Finding, Part, file_part, find_secrets, notebook_parts
from enablement_ext.web.parse import Sending, sending_of


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What arrived. `identity` is equal if and only if the same content was sent with the same answers to the same place."""

    sending: Sending
    notebook: memoryview
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]  # of `files`, in their order
    identity: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What may be stored: the canonical notebook and the files as they arrived."""

    sending: Sending
    notebook: FileEntry
    canonical: bytes
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]

    def blobs(self) -> list[bytes]:
        """All bytes to store, the notebook first."""
        return [self.canonical, *(bytes(content) for content in self.contents)]


def unpack(data: bytes | bytearray, limits: BundleLimits, target: int | None) -> Unpacked:
    """Take a bundle for the submission `target` (None: a new one) apart and compare the notebook with what the browser saw.

    Raises `BadBundle`, `BadAnswers`, `TooLarge`, `HashMismatch`.
    """
    bundle = read_bundle(data, limits)
    sending = sending_of(bundle.sending)
    check_path(sending.path)
    if not sending.path.endswith(".ipynb"):
        raise BadAnswers("Only notebooks (.ipynb) can be sent.", facts={"field": "notebook.path"})
    bundle.require_exactly([sending.path, *(named.path for named in sending.files)])
    notebook = bundle.files[sending.path]
    if sha256(notebook).hexdigest() != sending.sha256:
        raise HashMismatch(facts={"path": sending.path})
    contents = tuple(bundle.files[named.path] for named in sending.files)
    files = tuple(
        FileEntry(named.path, sha256(content).hexdigest(), len(content), named.role)
        for named, content in zip(sending.files, contents, strict=True)
    )
    identity = json.dumps([target, bundle.sending, [[entry.path, entry.sha256] for entry in files]], sort_keys=True)
    return Unpacked(sending, notebook, files, contents, sha256(identity.encode()).hexdigest())


def examine(unpacked: Unpacked) -> Examined:
    """Rebuild the notebook and look for secrets in everything. Raises `BadNotebook`, `TooLarge`, `SecretFound`."""
    notebook = canonicalise(bytes(unpacked.notebook), sha256=unpacked.sending.sha256)
    findings = find_secrets(_parts(unpacked, notebook.texts))
    if findings:
        raise SecretFound(facts={"findings": [_finding(found) for found in findings]})
    entry = FileEntry(unpacked.sending.path, notebook.sha256, len(notebook.data), FileRole.NOTEBOOK)
    return Examined(unpacked.sending, entry, notebook.data, unpacked.files, unpacked.contents)


def _parts(unpacked: Unpacked, texts: bytes) -> Iterator[Part]:
    answers = unpacked.sending.answers
    for name in ("title", "problem", "value", "expected", "data_used"):
        yield Part(f"your answer “{name}”", str(getattr(answers, name)))
    yield from notebook_parts(texts)
    for entry, content in zip(unpacked.files, unpacked.contents, strict=True):
        part = file_part(entry.path, bytes(content))
        if part is not None:
            yield part


def _finding(found: Finding) -> dict[str, object]:
    return {"where": found.where, "rule": found.rule, "line": found.line, "hint": found.hint}
