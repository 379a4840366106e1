"""The first half of a submission: `ingest` takes the bundle apart, `validate` examines it. Nothing here stores anything: secrets are found before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Thread

from enablement_ext.core.errors import BadAnswers, HashMismatch, SecretFound
from enablement_ext.core.notebook import CanonicalNotebook, canonicalise
from enablement_ext.core.notebook.extraction import ExtractedText, file_texts
from enablement_ext.core.output_policy.applying import apply_rules
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.review.models import FileEntry, FileRole
from enablement_ext.core.secrets.not_secrets import content_mark, disputable, judged
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.scan import SecretFinding, find_secrets, texts_worth_reading
from enablement_ext.core.secrets.statements import NotSecret
from enablement_ext.core.submission.bundle import BundleLimits, check_path, read_bundle
from enablement_ext.core.submission.document import SubmissionDocument, submission_document
from enablement_ext.service.use_cases.review_context import finding_facts, name_text, written_texts

_KEEP = OutputRules()
_THREAD_BYTES = 1 << 19  # from so many bytes on hashing is worth a thread


class Hashing:
    """The hash of some bytes; of many it is made in a thread of its own, beside what is done with them meanwhile."""

    def __init__(self, data: memoryview) -> None:
        """Begins. The bytes must not change."""
        self._data = data
        self._hash = sha256()
        self._thread: Thread | None = None
        if len(data) >= _THREAD_BYTES:
            self._thread = self._started()
        if self._thread is None:
            self._run()

    def hexdigest(self) -> str:
        """The hash, once it is there."""
        if self._thread is not None:
            self._thread.join()
        return self._hash.hexdigest()

    def _started(self) -> Thread | None:
        """The thread, None where there is no memory for one."""
        thread = Thread(target=self._run, name="notebook-hash")
        try:
            thread.start()
        except RuntimeError:
            return None
        return thread

    def _run(self) -> None:
        self._hash.update(self._data)


@dataclass(frozen=True, slots=True)
class ReceivedBundle:
    """A bundle taken apart. `identity` is equal if and only if the same content was sent with the same answers to the same submission.

    That is so once `verify` has returned: `identity` takes the notebook's hash from `document`.
    """

    document: SubmissionDocument
    notebook: memoryview
    hashing: Hashing
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]  # of `files`, in their order
    identity: str

    def verify(self) -> None:
        """Return when the notebook is what the browser saw. Raises `HashMismatch`."""
        if self.hashing.hexdigest() != self.document.sha256:
            raise HashMismatch(facts={"path": self.document.path})


@dataclass(frozen=True, slots=True)
class ValidatedBundle:
    """What may be stored: the canonical notebook and the files as they arrived. `identity` as in `ReceivedBundle`, proved.

    `taken_out` is what the output policy did not keep: it is in no byte of `canonical`. `not_secrets`: what the author said of findings
    that would have been refused otherwise.
    """

    document: SubmissionDocument
    identity: str
    notebook: FileEntry
    canonical: bytes | memoryview
    files: tuple[FileEntry, ...]
    contents: tuple[memoryview, ...]
    taken_out: tuple[Mapping[str, object], ...] = ()
    not_secrets: tuple[NotSecret, ...] = ()

    def stored(self) -> Iterator[tuple[FileEntry, bytes | memoryview]]:
        """All files to store and their bytes, the notebook first."""
        yield self.notebook, self.canonical
        yield from zip(self.files, self.contents, strict=True)


def ingest(data: bytes | bytearray | memoryview, limits: BundleLimits, target: int | None) -> ReceivedBundle:
    """Take a bundle for the submission `target` (None: a new one) apart. Whether the notebook is what the browser saw, `verify` says.

    Raises `BadBundle`, `BadAnswers`, `TooLarge`.
    """
    bundle = read_bundle(data, limits)
    document = submission_document(bundle.sending)
    check_path(document.path)
    if not document.path.endswith(".ipynb"):
        raise BadAnswers("Only notebooks (.ipynb) can be sent.", facts={"field": "notebook.path"})
    bundle.require_exactly([document.path, *(named.path for named in document.files)])
    notebook = bundle.files[document.path]
    hashing = Hashing(notebook)
    contents = tuple(bundle.files[named.path] for named in document.files)
    files = tuple(
        FileEntry(named.path, sha256(content).hexdigest(), len(content), named.role)
        for named, content in zip(document.files, contents, strict=True)
    )
    identity = json.dumps([target, bundle.sending, [[entry.path, entry.sha256] for entry in files]], sort_keys=True)
    return ReceivedBundle(document, notebook, hashing, files, contents, sha256(identity.encode()).hexdigest())


def validate(
    received: ReceivedBundle,
    prefilter: Prefilter,
    outputs: OutputRules = _KEEP,
    not_secret_rules: Collection[str] = (),
) -> ValidatedBundle:
    """Rebuild the notebook, take out what is not kept, and look for secrets in everything that would be stored.

    `not_secret_rules`: those whose findings in content the author may say of that they are none.
    Raises `HashMismatch`, `BadNotebook`, `TooLarge`, `SecretFound`.
    """
    return searched(received, rebuilt(received, outputs), prefilter, not_secret_rules)


@dataclass(frozen=True, slots=True)
class RebuiltNotebook:
    """The notebook as it would be stored, and what the output policy did not keep."""

    canonical: CanonicalNotebook
    taken_out: tuple[Mapping[str, object], ...]


def rebuilt(received: ReceivedBundle, outputs: OutputRules) -> RebuiltNotebook:
    """The first part of `validate`. Raises `HashMismatch`, `BadNotebook`, `TooLarge`."""
    try:
        notebook = canonicalise(bytes(received.notebook), sha256=received.document.sha256)
    finally:
        received.verify()  # where it is not what the browser saw, nothing else said about it is worth saying
    kept, taken = apply_rules(notebook.data, outputs)
    if taken:
        notebook = canonicalise(kept)
    return RebuiltNotebook(notebook, tuple(each.as_json() for each in taken))


def searched(
    received: ReceivedBundle, notebook: RebuiltNotebook, prefilter: Prefilter, not_secret_rules: Collection[str]
) -> ValidatedBundle:
    """The second part of `validate`. Raises `SecretFound`."""
    canonical = notebook.canonical
    said = _require_no_secret(received, canonical.texts, prefilter, not_secret_rules)
    entry = FileEntry(received.document.path, canonical.sha256, len(canonical.data), FileRole.NOTEBOOK)
    return ValidatedBundle(
        received.document,
        received.identity,
        entry,
        canonical.data,
        received.files,
        received.contents,
        notebook.taken_out,
        said,
    )


def _require_no_secret(
    received: ReceivedBundle, notebook: bytes, prefilter: Prefilter, rules: Collection[str]
) -> tuple[NotSecret, ...]:
    """What the author said of findings in the content that may be said of them; other words are easily found for what somebody wrote.

    Raises `SecretFound` with the findings that are left, and the name of the content for which something can be said of them.
    """
    written = find_secrets(_written_texts(received), prefilter)
    found = find_secrets(_content_texts(received, notebook, prefilter), prefilter)
    if not written and not found:
        return ()
    mark = content_mark(received.document.sha256, [(entry.path, entry.sha256) for entry in received.files])
    said = received.document.not_secrets
    judgement = judged(found, said.statements if said.content == mark else (), rules)
    if written or judgement.left:
        findings = [finding_facts(each) for each in written]
        findings += [_content_facts(each, rules) for each in judgement.left]
        raise SecretFound(facts={"findings": findings, "content": mark})
    return judgement.spoken_for


def _content_facts(finding: SecretFinding, rules: Collection[str]) -> dict[str, object]:
    return {**finding_facts(finding), "disputable": disputable(finding, rules)}


def _written_texts(received: ReceivedBundle) -> Iterator[ExtractedText]:
    yield from written_texts(_written(received.document))
    yield from (_name_of(number, entry) for number, entry in enumerate(received.files, 1))


def _content_texts(received: ReceivedBundle, notebook: bytes, prefilter: Prefilter) -> Iterator[ExtractedText]:
    yield from texts_worth_reading(notebook, prefilter)
    for number, (entry, content) in enumerate(zip(received.files, received.contents, strict=True), 1):
        # A name that holds a secret itself must not become a place that findings name.
        place = f"file {number}" if find_secrets([_name_of(number, entry)], prefilter) else entry.path
        yield from file_texts(place, entry.path, bytes(content))


def _name_of(number: int, entry: FileEntry) -> ExtractedText:
    return ExtractedText(f"the name of file {number}", name_text(entry.path))


def _written(document: SubmissionDocument) -> Iterator[tuple[str, str]]:
    """All that comes beside the notebook and the files, by place."""
    answers = document.answers
    for name in ("title", "problem", "value", "expected", "data_used"):
        yield f"your answer “{name}”", str(getattr(answers, name) or "")
    for name, texts in (("reviewers", answers.reviewers), ("checklist", answers.checklist)):
        yield f"your answer “{name}”", "\n".join(texts or ())
    for override in document.overrides:
        yield "a reason of yours", override.reason
    yield "your reasons", "\n".join(each.reason for each in document.not_secrets.statements)
    yield "the notebook's name", name_text(document.path)
    if document.git is not None:
        for name in ("commit", "branch", "remote"):
            yield f"Git's {name}", name_text(str(getattr(document.git, name)))
