"""Ports of the review: the clock, the artifact store, the review store and what the hub knows.

Every port has at least two implementations that ship, one of them in memory, and one contract test suite over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from enablement_ext.core.access.people import Account
from enablement_ext.core.access.ports import ConfirmationReader, ConfirmationWriter, PeopleReader, PeopleWriter
from enablement_ext.core.git.access.ports import AccessReader, AccessWriter
from enablement_ext.core.git.forges.ports import GrantReader, GrantWriter
from enablement_ext.core.images.requests.ports import PackageRequestReader, PackageRequestWriter
from enablement_ext.core.review.differences.ports import SeenReader, SeenWriter
from enablement_ext.core.review.discussion.ports import (
    CommentReader,
    CommentWriter,
    DraftReader,
    DraftWriter,
    SuggestionWriter,
)
from enablement_ext.core.review.due_runs.ports import DueRunReader, DueRunWriter
from enablement_ext.core.review.event_log import ChainHead
from enablement_ext.core.review.models import (
    Anchor,
    Answers,
    ChangeKind,
    CheckRecord,
    Comment,
    Decision,
    Event,
    FileEntry,
    GitFacts,
    ImageRef,
    Principal,
    Receipt,
    Submission,
    Thread,
    Verdict,
    Version,
)
from enablement_ext.core.review.notifications.ports import NotificationReader, NotificationWriter
from enablement_ext.core.review.queue import Counters, QueuePage, QueueQuery
from enablement_ext.core.review.search.ports import SearchReader, SearchWriter


class Clock(Protocol):
    """Server time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


UNKNOWN_OWNER = "unknown"  # of an artifact store


class ArtifactStore(Protocol):
    """Bytes by their SHA-256. What `put` returned for is durable and byte-identical for ever."""

    def put(self, blobs: Sequence[bytes | memoryview]) -> list[str]:
        """Store all blobs durably (one barrier for all) and return their hashes in order.

        Storing what is there already costs nothing. Raises `NoSpace` or `StoreUnavailable`; then no caller may acknowledge.
        """
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes, verified against the hash. Raises `ArtifactDamaged` (and sets the damaged copy aside) or `StoreUnavailable`."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there (not whether they are sound). Raises `StoreUnavailable` where that cannot be known."""
        ...

    def ready(self) -> None:
        """Return when bytes can be stored and read. Cheap. Raises `StoreUnavailable`, `NoSpace`."""
        ...

    def owner(self) -> str:
        """`ReviewStore.instance` of the queue that these bytes belong to. Raises `StoreUnavailable`.

        "" where that was never said; UNKNOWN_OWNER where besides there are known to be bytes.
        """
        ...

    def belong_to(self, instance: str) -> None:
        """Note whose bytes these are, durably. Raises `StoreUnavailable`, `NoSpace`."""
        ...


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version before it has a number."""

    content_id: str
    notebook: FileEntry
    files: tuple[FileEntry, ...]
    image: ImageRef
    answers: Answers
    git: GitFacts | None
    changes: tuple[ChangeKind, ...]
    sent_at: datetime
    sent_by: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has a sequence number and a hash."""

    at: datetime
    actor: str
    kind: str
    submission: int | None = None
    version: int | None = None
    data: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision before it has an id."""

    submission: int
    version: int
    content_id: str
    track: str
    verdict: Verdict
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt together with the SHA-256 of the request body it answered."""

    receipt: Receipt
    body_sha256: str


class ReviewReader(
    GrantReader,
    AccessReader,
    PackageRequestReader,
    PeopleReader,
    ConfirmationReader,
    SeenReader,
    DraftReader,
    CommentReader,
    DueRunReader,
    NotificationReader,
    SearchReader,
    Protocol,
):
    """Reads in one consistent snapshot."""

    def submission(self, number: int) -> Submission:
        """Raises `NotFound`."""
        ...

    def version(self, submission: int, number: int) -> Version:
        """Raises `NotFound`."""
        ...

    def versions(self, submission: int) -> Sequence[Version]:
        """All versions, oldest first."""
        ...

    def page(self, query: QueueQuery) -> QueuePage:
        """One page of a list, in time that does not grow with the number of submissions."""
        ...

    def counters(self, viewer: str, tracks: frozenset[str]) -> Counters:
        """Numbers for the viewer's badge, each counted up to `core.review.queue.COUNT_CAP`."""
        ...

    def threads(self, submission: int) -> Sequence[Thread]:
        """All threads, oldest first, with their comments."""
        ...

    def thread(self, thread: int) -> Thread:
        """Raises `NotFound`."""
        ...

    def decisions(self, submission: int) -> Sequence[Decision]:
        """All decisions, oldest first. `held_since` is set where one that stands is disputed and not settled."""
        ...

    def events(self, submission: int) -> Sequence[Event]:
        """The submission's events, oldest first."""
        ...

    def events_after(self, seq: int, limit: int) -> Sequence[Event]:
        """Events with a greater sequence number, in order."""
        ...

    def last_seq(self) -> int:
        """Sequence number of the newest event, 0 when there is none."""
        ...

    def chain_head(self) -> ChainHead:
        """Number and hash of the newest event as kept beside the log: what `core.review.event_log.verify` compares the log with."""
        ...

    def kept_receipt(self, author: str, key: str) -> KeptReceipt | None:
        """The receipt this author's Idempotency-Key was answered with."""
        ...

    def sent_before(self, author: str, content_id: str) -> Version | None:
        """The author's newest living (not withdrawn, rejected or retired) submission's version with this content."""
        ...

    def check_record(self, submission: int, version: int) -> CheckRecord | None:
        """What checks found in this version, None where none were made."""
        ...

    def small_file(self, sha256: str) -> bytes | None:
        """The bytes that `keep_small_files` kept under this hash, as they are stored: verify them before use."""
        ...

    def lapsed_claims(self, now: datetime, limit: int) -> Sequence[Submission]:
        """Submissions whose claim has expired."""
        ...

    def asked_people(self, limit: int) -> Sequence[tuple[str, int]]:
        """Person and submission, for whoever has the turn by name in one that nobody has claimed, and is not its author."""
        ...


class ReviewTransaction(
    ReviewReader,
    GrantWriter,
    AccessWriter,
    PackageRequestWriter,
    PeopleWriter,
    ConfirmationWriter,
    SeenWriter,
    DraftWriter,
    CommentWriter,
    SuggestionWriter,
    DueRunWriter,
    NotificationWriter,
    SearchWriter,
    Protocol,
):
    """Reads and writes that become visible and durable together, or not at all.

    Write transactions run one after the other, on every database: what a transaction read is still so when it commits, and
    whoever keeps one open keeps all others waiting. Nothing slow (hashing, artifacts, HTTP) belongs inside.
    A submission's `open_threads` is counted by the store; the number in what is stored is ignored. `updated_seq` and `since_seq` are
    the numbers of events (`append_event` first): no two submissions share one. A submission's time of creation never changes, its author
    only by `set_author`.
    """

    def next_number(self) -> int:
        """The number for a new submission."""
        ...

    def add_submission(self, submission: Submission) -> None:
        """Insert; its number comes from `next_number`."""
        ...

    def replace_submission(self, expected_stamp: int, submission: Submission) -> Submission:
        """Store the submission with a new stamp and return it. Raises `StaleStamp` when the stored stamp is not the expected one."""
        ...

    def set_author(self, submission: int, author: str) -> None:
        """Give it to the heir of its author (`Person.heir`, stored before). Raises `NotFound`, `Conflict` for anybody else."""
        ...

    def add_version(self, submission: int, version: NewVersion) -> Version:
        """Append with the next number."""
        ...

    def keep_check_record(self, submission: int, version: int, record: CheckRecord) -> None:
        """Keep what checks found in a version that is stored; once for each, and it never changes."""
        ...

    def keep_receipt(self, author: str, key: str, kept: KeptReceipt) -> None:
        """Bind an Idempotency-Key to its receipt. Raises `KeyReused` when it is bound already."""
        ...

    def keep_small_files(self, files: Mapping[str, bytes]) -> None:
        """Keep bytes under their SHA-256, which the caller knows; what is there already stays.

        For files that are small enough to be written together with what names them.
        """
        ...

    def add_thread(self, submission: int, version: int, anchor: Anchor) -> int:
        """Insert an empty thread and return its id."""
        ...

    def add_comment(self, thread: int, author: str, text: str, at: datetime) -> Comment:
        """Append a comment."""
        ...

    def set_resolved(self, thread: int, by: str | None, at: datetime | None) -> None:
        """Resolve a thread, or reopen it with None."""
        ...

    def add_decision(self, decision: NewDecision) -> Decision:
        """Append a decision."""
        ...

    def fell_decisions(self, decisions: Iterable[int], because: str) -> None:
        """Say why these decisions no longer count."""
        ...

    def append_event(self, event: NewEvent) -> Event:
        """Append to the hash chain; the sequence number is gapless and grows with commit order."""
        ...


class ReviewStore(Protocol):
    """The queue. Blocking: call it from a worker thread."""

    def read(self) -> AbstractContextManager[ReviewReader]:
        """A consistent snapshot. Raises `StoreUnavailable`."""
        ...

    def write(self) -> AbstractContextManager[ReviewTransaction]:
        """A transaction: committed and durable when the block ends, rolled back when it raises. Raises `StoreUnavailable`, `NoSpace`."""
        ...

    def latest_seq(self) -> int | None:
        """Number of the newest committed event, where the store can tell it at once: not blocking, on any thread. None where it cannot."""
        ...

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called, from any thread, soon after commits; it must not block. What is returned ends the subscription.

        Commits made through this store are notified and, on PostgreSQL, those of other processes. A call may come without a commit, and
        one may be missed while the database is away: who must miss nothing polls as well.
        """
        ...

    def ready(self) -> None:
        """Return when the store can be read and written with this schema. Cheap. Raises `StoreUnavailable`."""
        ...

    def instance(self) -> str:
        """The random id of this queue, which copies of it keep and no other queue has. Raises `StoreUnavailable`."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class HubDirectory(Protocol):
    """What the hub knows."""

    async def principal(self, token: str) -> Principal:
        """Who this token is. Raises `NotSignedIn` or `HubUnavailable`. A revocation is seen within 5 minutes."""
        ...

    async def browser_user(self, token: str) -> tuple[Principal, str]:
        """Who this token of a browser's sign-in is, and in which session of the hub it was given ("": in none). Never remembered.

        Raises `NotSignedIn`, also where that session was signed out of, or `HubUnavailable`.
        """
        ...

    async def image_of(self, user: str, server: str, *, token: str = "") -> ImageRef:
        """What the spawner recorded for that user's server, asked with the service's own token. Raises `UnknownImage`, `HubUnavailable`.

        With the server's `token` the answer may be remembered for as long as that token is: a restarted server has a new one.
        """
        ...

    def remembered_image(self, user: str, server: str, token: str) -> ImageRef | None:
        """What `image_of` would answer from memory, at once; None where it would have to ask, or would refuse."""
        ...

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user's groups as they are now, never remembered. Raises `NotFound` for an unknown user, `HubUnavailable`."""
        ...

    async def members_of(self, group: str) -> frozenset[str]:
        """The members of this group as it is now, never remembered; none where there is no such group. Raises `HubUnavailable`."""
        ...

    async def account_of(self, user: str) -> Account | None:
        """The account of this name as it is now, never remembered; None where there is none. Raises `HubUnavailable`."""
        ...

    async def sign_in(self, code: str, verifier: str) -> str:
        """The token for the code at the end of the hub's OAuth flow (`verifier`: PKCE). Raises `NotSignedIn`, `HubUnavailable`."""
        ...
