"""Submitting a notebook: exactly once, durable before it is acknowledged. A new submission and a new version take the same steps.

- `ingest` takes the bundle apart and names its content.
- `examine`: strict notebook, secrets, and checks, which are made meanwhile. Of a version it is asked first whether it may be sent at all, which costs less.
- `check`: what checks found, by the rules of this hub; what blocks refuses it, before anything is stored.
- `store`: large files on disk (one barrier for all), then one transaction with submission, version, small files, event, attention and
  receipt. The transaction looks first whether the idempotency key is known, and then answers what it was answered with. Until it is committed
  nothing has happened; artifacts without it are unreferenced. Most notebooks are small: sending them takes one barrier.
- `replay`: a request that is refused by now (rules change, submissions move on) but was answered before with its key gets that answer again.
  Asked only after a refusal, it costs a request that is new nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.errors import EnablementError, KeyReused, NoSpace, StoreUnavailable
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.repository_names import RepositoryId
from enablement_ext.core.review.content_id import content_id
from enablement_ext.core.review.models import CheckRecord, ImageRef, Principal, Receipt, Version
from enablement_ext.core.review.ports import KeptReceipt, NewVersion, ReviewReader, ReviewTransaction
from enablement_ext.core.review.search.documents import (
    IndexedText,
    SearchContent,
    content_text,
    notebook_passages,
)
from enablement_ext.service.use_cases import due_runs
from enablement_ext.service.use_cases.arrival.examination import Examination, Examine, examine_here
from enablement_ext.service.use_cases.discussion.suggestions import held_suggestions
from enablement_ext.service.use_cases.git.access import access_to
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, ingest
from enablement_ext.service.use_cases.review_context import ReviewContext, commit
from enablement_ext.service.use_cases.submit_new import add_submission
from enablement_ext.service.use_cases.submit_version import (
    VersionTarget,
    add_version,
    changes_since_latest,
    sendable_submission,
)
from enablement_ext.service.use_cases.trials.working import verdict_for

_MOST_SMALL = 8  # times `ReviewContext.small_bytes`, of all small files together


@dataclass(frozen=True, slots=True)
class SubmitCommand:
    """A bundle that somebody sends, as a new submission or as the next version of the submission `target`.

    `key` is the idempotency key. `image` is what the hub recorded of the sender's server, or the error it answered with: that is
    raised only where nothing else is wrong and the request was not answered before. `examine` examines the bundle where that is not done
    here, in this thread.
    """

    principal: Principal
    key: str
    target: int | None
    bundle: bytes | bytearray | memoryview
    image: ImageRef | EnablementError
    examine: Examine | None = None


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """The receipt; `replayed` where the same was sent before with the same key."""

    receipt: Receipt
    replayed: bool = False


def submit(context: ReviewContext, command: SubmitCommand) -> SubmitResult:
    """Store what is sent and return its receipt. Whatever is raised, nothing was stored.

    Raises `BadBundle`, `BadAnswers`, `HashMismatch`, `BadNotebook`, `TooLarge`, `SecretFound`, `CheckBlocks`, `UnknownImage`, `HubUnavailable`,
    `AlreadySent` (facts submission, version, title), `KeyReused`, `StoreUnavailable`, `NoSpace`; for a version also `NotFound`,
    `Forbidden`, `StaleStamp`, `IllegalAction`.
    """
    received = ingest(command.bundle, context.bundle_limits, command.target)
    try:
        _require_sendable(context, command, received)
        outputs, around = context.checks.outputs(command.image), _around(context, command, received)
        examine = command.examine or partial(examine_here, context)
        with examine(received, outputs, around) as examined:
            return store(context, command, examined)
    except (StoreUnavailable, NoSpace):
        raise
    except EnablementError:
        answered = replay(context, command, received)
        if answered is None:
            raise
        return answered


def _around(context: ReviewContext, command: SubmitCommand, received: ReceivedBundle) -> NotebookSurroundings | None:
    """What checks are told; None where the image is not known, and nothing is stored in the end."""
    if isinstance(command.image, EnablementError):
        return None
    return context.checks.around(received, command.image)


def check(context: ReviewContext, command: SubmitCommand, examined: Examination) -> CheckRecord:
    """What is kept of the checks. Raises `CheckBlocks`, and what the hub answered for an image."""
    if isinstance(command.image, EnablementError):
        raise command.image
    return context.checks.record(examined.findings(), examined.validated, command.image)


def store(context: ReviewContext, command: SubmitCommand, examined: Examination) -> SubmitResult:
    """Make it durable once checks let it pass: large files, then everything else in one transaction."""
    validated = examined.validated
    target, version = _target(command, validated), _new_version(context, command, validated)
    origin, record = _origin(context, command, validated), check(context, command, examined)
    if target is not None:
        version = replace(version, changes=changes_since_latest(context, target, version, validated.canonical))
    tried = verdict_for(context, version)
    held = () if target is None else held_suggestions(context, target.number, validated.canonical)
    small, text = _put_large(context, validated), _searchable(command, validated)

    def work(transaction: ReviewTransaction) -> SubmitResult:
        answered = _answered(transaction, command, validated.identity)
        if answered is not None:
            return answered
        dated = replace(version, sent_at=context.clock.now())  # in the order of the transactions
        added = _add(context, transaction, target, (dated, held))
        if origin is not None:
            transaction.keep_origin(origin.path, added.submission)
        if text is not None:
            transaction.index_content(added.submission, SearchContent(added.number, text))
        transaction.keep_check_record(added.submission, added.number, record)
        due_runs.arrived(context, transaction, added, tried)
        receipt = _receipt(added)
        transaction.keep_small_files(small)
        transaction.keep_receipt(command.principal.name, command.key, KeptReceipt(receipt, validated.identity))
        return SubmitResult(receipt)

    return commit(context, work)


def replay(context: ReviewContext, command: SubmitCommand, received: ReceivedBundle) -> SubmitResult | None:
    """What the key was answered with, None where it is new. Raises `KeyReused` for other content, `HashMismatch`."""
    with context.store.read() as reader:
        answered = _answered(reader, command, received.identity)
    if answered is not None:
        received.verify()
    return answered


def _require_sendable(context: ReviewContext, command: SubmitCommand, received: ReceivedBundle) -> None:
    target = _target(command, received)
    if target is not None:
        with context.store.read() as reader:
            sendable_submission(context, reader, target)


def _target(command: SubmitCommand, bundle: ReceivedBundle | ValidatedBundle) -> VersionTarget | None:
    if command.target is None:
        return None
    return VersionTarget(command.principal, command.target, bundle.document.stamp)


def _answered(reader: ReviewReader, command: SubmitCommand, identity: str) -> SubmitResult | None:
    kept = reader.kept_receipt(command.principal.name, command.key)
    if kept is None:
        return None
    if kept.body_sha256 != identity:
        raise KeyReused
    return SubmitResult(kept.receipt, replayed=True)


def _new_version(context: ReviewContext, command: SubmitCommand, validated: ValidatedBundle) -> NewVersion:
    """The version it becomes, before its changes against an earlier one are known. Raises what the hub answered for an image."""
    if isinstance(command.image, EnablementError):
        raise command.image
    return NewVersion(
        content_id=content_id(validated.notebook, validated.files, command.image),
        notebook=validated.notebook,
        files=validated.files,
        image=command.image,
        answers=replace(validated.document.answers, not_secrets=validated.not_secrets),
        git=validated.document.git,
        changes=(),
        sent_at=context.clock.now(),
        sent_by=command.principal.name,
    )


def _origin(context: ReviewContext, command: SubmitCommand, validated: ValidatedBundle) -> RepositoryId | None:
    """The repository that it was sent from, where the sender may read that: then its reviewers may, too."""
    told = validated.document.repository
    if told is None or access_to(context, command.principal, told) is Access.NONE:
        return None
    return told


def _searchable(command: SubmitCommand, validated: ValidatedBundle) -> IndexedText | None:
    """What is indexed of it, None of a large one: that is indexed a moment later (`search.indexing`), and nobody waits for it here."""
    if command.examine is not None:
        return None
    notebook = notebook_passages(bytes(validated.canonical))
    files = {entry.sha256: bytes(content) for entry, content in validated.stored()}
    return content_text(validated.document.answers, (validated.notebook, *validated.files), notebook, files)


def _put_large(context: ReviewContext, validated: ValidatedBundle) -> dict[str, bytes]:
    """Store the large files durably and return the small ones, for the transaction that names them.

    What was sent before is there already, and costs no writing. Many small files are as slow to write in a transaction as one large
    one, during which others wait: then all are large.
    """
    small = {entry.sha256: bytes(content) for entry, content in validated.stored() if entry.size <= context.small_bytes}
    if sum(map(len, small.values())) > _MOST_SMALL * context.small_bytes:
        small = {}
    large = [content for entry, content in validated.stored() if entry.sha256 not in small]
    if large:
        context.artifacts.put(large)
    return small


def _add(
    context: ReviewContext,
    transaction: ReviewTransaction,
    target: VersionTarget | None,
    arriving: tuple[NewVersion, tuple[int, ...]],
) -> Version:
    version, held = arriving
    if target is None:
        return add_submission(context, transaction, version)
    return add_version(context, transaction, sendable_submission(context, transaction, target), version, held)


def _receipt(version: Version) -> Receipt:
    return Receipt(
        version.submission,
        version.number,
        version.content_id,
        version.notebook.sha256,
        version.sent_at,
        version.answers.title,
    )
