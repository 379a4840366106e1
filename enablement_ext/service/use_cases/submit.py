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
from enablement_ext.service.use_cases.ingest import Examined, Unpacked, examine
from enablement_ext.service.use_cases.review_context import Desk, commit

_MOST_SMALL = 8  # times `Desk.small_bytes`, of all small files together


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent by whom: `identity` names the content, so that the same key with other content is noticed."""

    principal: Principal
    key: str
    identity: str
    examined: Examined
    image: ImageRef

    def content_id(self) -> str:
        """The content id of the version it becomes."""
        return content_id(self.examined.notebook, self.examined.files, self.image)


@dataclass(frozen=True, slots=True)
class Sent:
    """The receipt; `replayed` where the same was sent before with the same key."""

    receipt: Receipt
    replayed: bool = False


def replay(reader: ReviewReader, author: str, key: str, identity: str) -> Sent | None:
    """What the key was answered with, None where it is new. Raises `KeyReused` for other content."""
    kept = reader.kept_receipt(author, key)
    if kept is None:
        return None
    if kept.body_sha256 != identity:
        raise KeyReused
    return Sent(kept.receipt, replayed=True)


def known(desk: Desk, author: str, key: str, identity: str) -> Sent | None:
    """`replay` in a snapshot of its own."""
    with desk.store.read() as reader:
        return replay(reader, author, key, identity)


def examined(desk: Desk, author: str, key: str, unpacked: Unpacked) -> Examined | Sent:
    """Examine what is to become a new submission; `send` finds out whether the key is known.

    Where it would be refused now and was answered with this key before (rules change), the receipt. Raises as `examine`, `KeyReused`.
    """
    try:
        return examine(unpacked)
    except EnablementError:
        again = known(desk, author, key, unpacked.identity)
        if again is None:
            raise
        return again


def send(desk: Desk, parcel: Parcel) -> Sent:
    """Store a new submission with its first version.

    Raises `AlreadySent` (facts submission, version, title), `KeyReused`, `StoreUnavailable`, `NoSpace`; then nothing was sent.
    """
    identity = parcel.content_id()
    small = put_large(desk, parcel.examined)

    def work(transaction: ReviewTransaction) -> Sent:
        again = replay(transaction, parcel.principal.name, parcel.key, parcel.identity)
        if again is not None:
            return again
        _refuse_again(transaction, parcel.principal.name, identity)
        transaction.keep_small_files(small)
        return _store(desk, transaction, parcel, identity)

    return commit_once(desk, parcel, work)


def put_large(desk: Desk, examined: Examined) -> dict[str, bytes]:
    """Store the large files durably and return the small ones, for the transaction that names them.

    What was sent before is there already, and costs no writing. Many small files are as slow to write in a transaction as one large
    one, during which others wait: then all are large.
    """
    small = {entry.sha256: content for entry, content in examined.stored() if entry.size <= desk.small_bytes}
    if sum(map(len, small.values())) > _MOST_SMALL * desk.small_bytes:
        small = {}
    large = [content for entry, content in examined.stored() if entry.sha256 not in small]
    if large:
        desk.artifacts.put(large)
    return small


def commit_once(desk: Desk, parcel: Parcel, work: Callable[[ReviewTransaction], Sent]) -> Sent:
    """Commit; where another process bound the key at the same moment, its receipt is the answer."""
    try:
        return commit(desk, work)
    except KeyReused:
        again = known(desk, parcel.principal.name, parcel.key, parcel.identity)
        if again is None:
            raise
        return again


def new_version(desk: Desk, parcel: Parcel, identity: str) -> NewVersion:
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
        sent_at=desk.clock.now(),
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


def _store(desk: Desk, transaction: ReviewTransaction, parcel: Parcel, identity: str) -> Sent:
    version = new_version(desk, parcel, identity)
    number = transaction.next_number()
    event = transaction.append_event(
        NewEvent(version.sent_at, version.sent_by, "sent", number, 1, tuple(facts_of(version).items()))
    )
    answers = version.answers
    wanted = reviewers(desk.policy, None) | {user(name) for name in answers.reviewers if name != version.sent_by}
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
    return Sent(receipt)
