"""Sending a notebook to engineering: exactly once, durable before it is acknowledged.

Order: examination, then large files on disk (one barrier for all), then one transaction with submission, version, small files, event,
attention and receipt. The transaction looks first whether the key is known, and then answers what it was answered with. Until it is
committed nothing has happened; artifacts without it are unreferenced. Most notebooks are small: sending them takes one barrier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from enablement_ext.core.errors import AlreadySent, EnablementError, KeyReused
from enablement_ext.core.review.attention import reviewers, turn, user
from enablement_ext.core.review.content_id import content_id
from enablement_ext.core.review.models import ImageRef, Principal, Receipt, State, Submission, Version
from enablement_ext.core.review.ports import KeptReceipt, NewEvent, NewVersion, ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, validate
from enablement_ext.service.use_cases.review_context import ReviewContext, commit

_MOST_SMALL = 8  # times `ReviewContext.small_bytes`, of all small files together


@dataclass(frozen=True, slots=True)
class SubmitCommand:
    """What is sent by whom: `identity` names the content, so that the same key with other content is noticed."""

    principal: Principal
    key: str
    identity: str
    examined: ValidatedBundle
    image: ImageRef

    def content_id(self) -> str:
        """The content id of the version it becomes."""
        return content_id(self.examined.notebook, self.examined.files, self.image)


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """The receipt; `replayed` where the same was sent before with the same key."""

    receipt: Receipt
    replayed: bool = False


def replay(reader: ReviewReader, author: str, key: str, identity: str) -> SubmitResult | None:
    """What the key was answered with, None where it is new. Raises `KeyReused` for other content."""
    kept = reader.kept_receipt(author, key)
    if kept is None:
        return None
    if kept.body_sha256 != identity:
        raise KeyReused
    return SubmitResult(kept.receipt, replayed=True)


def known(context: ReviewContext, author: str, key: str, identity: str) -> SubmitResult | None:
    """`replay` in a snapshot of its own."""
    with context.store.read() as reader:
        return replay(reader, author, key, identity)


def examined(context: ReviewContext, author: str, key: str, unpacked: ReceivedBundle) -> ValidatedBundle | SubmitResult:
    """Examine what is to become a new submission; `send` finds out whether the key is known.

    Where it would be refused now and was answered with this key before (rules change), the receipt. Raises as `validate`, `KeyReused`.
    """
    try:
        return validate(unpacked)
    except EnablementError:
        again = known(context, author, key, unpacked.identity)
        if again is None:
            raise
        return again


def send(context: ReviewContext, parcel: SubmitCommand) -> SubmitResult:
    """Store a new submission with its first version.

    Raises `AlreadySent` (facts submission, version, title), `KeyReused`, `StoreUnavailable`, `NoSpace`; then nothing was sent.
    """
    identity = parcel.content_id()
    small = put_large(context, parcel.examined)

    def work(transaction: ReviewTransaction) -> SubmitResult:
        again = replay(transaction, parcel.principal.name, parcel.key, parcel.identity)
        if again is not None:
            return again
        _refuse_again(transaction, parcel.principal.name, identity)
        transaction.keep_small_files(small)
        return _store(context, transaction, parcel, identity)

    return commit_once(context, parcel, work)


def put_large(context: ReviewContext, examined: ValidatedBundle) -> dict[str, bytes]:
    """Store the large files durably and return the small ones, for the transaction that names them.

    What was sent before is there already, and costs no writing. Many small files are as slow to write in a transaction as one large
    one, during which others wait: then all are large.
    """
    small = {entry.sha256: content for entry, content in examined.stored() if entry.size <= context.small_bytes}
    if sum(map(len, small.values())) > _MOST_SMALL * context.small_bytes:
        small = {}
    large = [content for entry, content in examined.stored() if entry.sha256 not in small]
    if large:
        context.artifacts.put(large)
    return small


def commit_once(
    context: ReviewContext, parcel: SubmitCommand, work: Callable[[ReviewTransaction], SubmitResult]
) -> SubmitResult:
    """Commit; where another process bound the key at the same moment, its receipt is the answer."""
    try:
        return commit(context, work)
    except KeyReused:
        again = known(context, parcel.principal.name, parcel.key, parcel.identity)
        if again is None:
            raise
        return again


def new_version(context: ReviewContext, parcel: SubmitCommand, identity: str) -> NewVersion:
    """The version the parcel becomes, before its changes against an earlier one are known."""
    examined = parcel.examined
    return NewVersion(
        content_id=identity,
        notebook=examined.notebook,
        files=examined.files,
        image=parcel.image,
        answers=examined.sending.answers,
        git=examined.sending.git,
        changes=(),
        sent_at=context.clock.now(),
        sent_by=parcel.principal.name,
    )


def receipt_of(version: Version) -> Receipt:
    """The receipt for a stored version."""
    return Receipt(
        version.submission,
        version.number,
        version.content_id,
        version.notebook.sha256,
        version.sent_at,
        version.answers.title,
    )


def facts_of(version: NewVersion) -> dict[str, object]:
    """What the event says of a version."""
    return {
        "content_id": version.content_id,
        "notebook_sha256": version.notebook.sha256,
        "image": f"{version.image.slug} {version.image.release}",
        "files": len(version.files),
    }


def already_sent(version: Version) -> AlreadySent:
    """The error that names where this content is."""
    facts = {"submission": version.submission, "version": version.number, "title": version.answers.title}
    return AlreadySent(f"Already sent as #{version.submission} v{version.number}.", facts=facts)


def _refuse_again(reader: ReviewReader, author: str, identity: str) -> None:
    before = reader.sent_before(author, identity)
    if before is not None:
        raise already_sent(before)


def _store(
    context: ReviewContext, transaction: ReviewTransaction, parcel: SubmitCommand, identity: str
) -> SubmitResult:
    version = new_version(context, parcel, identity)
    number = transaction.next_number()
    event = transaction.append_event(
        NewEvent(version.sent_at, version.sent_by, "sent", number, 1, tuple(facts_of(version).items()))
    )
    answers = version.answers
    wanted = reviewers(context.policy, None) | {user(name) for name in answers.reviewers if name != version.sent_by}
    submission = Submission(
        number=number,
        author=version.sent_by,
        title=answers.title,
        state=State.SUBMITTED,
        stage=answers.stage,
        handed_over=answers.handed_over,
        notebook_path=version.notebook.path,
        image=version.image,
        latest=1,
        content_id=identity,
        created_at=version.sent_at,
        updated_at=version.sent_at,
        updated_seq=event.seq,
        attention=turn((), wanted, version.sent_at, event.seq),
    )
    transaction.add_submission(submission)
    receipt = receipt_of(transaction.add_version(number, version))
    transaction.keep_receipt(version.sent_by, parcel.key, KeptReceipt(receipt, parcel.identity))
    return SubmitResult(receipt)
