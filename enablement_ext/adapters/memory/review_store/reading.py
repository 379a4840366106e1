"""Reading from one state of the in-memory store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from enablement_ext.adapters.memory.grants import MemoryGrantReader
from enablement_ext.adapters.memory.repository_access import MemoryAccessReader
from enablement_ext.adapters.memory.review_store.comment_revisions import MemoryCommentReader
from enablement_ext.adapters.memory.review_store.confirmations import MemoryConfirmationReader
from enablement_ext.adapters.memory.review_store.drafts import MemoryDraftReader
from enablement_ext.adapters.memory.review_store.due_runs import MemoryDueRunReader
from enablement_ext.adapters.memory.review_store.notifications import MemoryNotificationReader
from enablement_ext.adapters.memory.review_store.package_requests import MemoryRequestReader
from enablement_ext.adapters.memory.review_store.people import MemoryPeopleReader
from enablement_ext.adapters.memory.review_store.search import MemorySearchReader, find
from enablement_ext.adapters.memory.review_store.seen import MemorySeenReader
from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.event_log import ChainHead
from enablement_ext.core.review.models import CheckRecord, Decision, Event, State, Submission, Thread, Version
from enablement_ext.core.review.ports import KeptReceipt
from enablement_ext.core.review.queue import (
    COUNT_CAP,
    ENDED,
    Counters,
    QueueFilter,
    QueuePage,
    QueueQuery,
    place,
)
from enablement_ext.core.review.search.ports import FoundPage, SearchQuestion


class MemoryReader(
    MemoryGrantReader,
    MemoryAccessReader,
    MemoryRequestReader,
    MemoryPeopleReader,
    MemoryConfirmationReader,
    MemorySeenReader,
    MemoryDraftReader,
    MemoryCommentReader,
    MemoryDueRunReader,
    MemoryNotificationReader,
    MemorySearchReader,
):
    """A `ReviewReader` over a state."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def submission(self, number: int) -> Submission:
        """Raises `NotFound`."""
        submission = self._state.submissions.get(number)
        if submission is None:
            raise NotFound
        return submission

    def version(self, submission: int, number: int) -> Version:
        """Raises `NotFound`."""
        for version in self.versions(submission):
            if version.number == number:
                return version
        raise NotFound

    def versions(self, submission: int) -> Sequence[Version]:
        """All versions, oldest first."""
        return self._state.versions.get(submission, ())

    def page(self, query: QueueQuery) -> QueuePage:
        """One page of a list."""
        newest_first = query.filter is QueueFilter.SENT
        rows = sorted(self._listed(query), key=lambda row: row[0], reverse=newest_first)
        items = tuple(submission for _, submission in rows[: query.limit])
        return QueuePage(items, rows[query.limit - 1][0] if len(rows) > query.limit else None)

    def counters(self, viewer: str, tracks: frozenset[str]) -> Counters:
        """Numbers for the viewer's badge."""
        waiting, unclaimed, claimed = (
            min(COUNT_CAP, sum(1 for _ in self._listed(QueueQuery(viewer, tracks, shown))))
            for shown in (QueueFilter.WAITING, QueueFilter.UNCLAIMED, QueueFilter.MINE)
        )
        return Counters(waiting=waiting, unclaimed=unclaimed, claimed=claimed)

    def threads(self, submission: int) -> Sequence[Thread]:
        """All threads, oldest first, with their comments."""
        return tuple(thread for thread in self._state.threads.values() if thread.submission == submission)

    def thread(self, thread: int) -> Thread:
        """Raises `NotFound`."""
        stored = self._state.threads.get(thread)
        if stored is None:
            raise NotFound
        return stored

    def decisions(self, submission: int) -> Sequence[Decision]:
        """All decisions, oldest first."""
        held: dict[int | None, datetime] = {}
        for each in self.confirmations_about(submission):
            if each.held and each.disputed_at is not None:
                held[each.subject.decision] = min(each.disputed_at, held.get(each.subject.decision, each.disputed_at))
        return tuple(
            decision if decision.fallen_because is not None else replace(decision, held_since=held.get(decision.id))
            for decision in self._state.decisions.values()
            if decision.submission == submission
        )

    def events(self, submission: int) -> Sequence[Event]:
        """The submission's events, oldest first."""
        return tuple(event for event in self._state.events if event.submission == submission)

    def events_after(self, seq: int, limit: int) -> Sequence[Event]:
        """Events with a greater sequence number, in order."""
        start = max(seq, 0)
        return tuple(self._state.events[start : start + limit])

    def last_seq(self) -> int:
        """Sequence number of the newest event, 0 when there is none."""
        return self._state.head.seq

    def chain_head(self) -> ChainHead:
        """Number and hash of the newest event."""
        return self._state.head

    def kept_receipt(self, author: str, key: str) -> KeptReceipt | None:
        """The receipt this author's Idempotency-Key was answered with."""
        return self._state.receipts.get((author, key))

    def sent_before(self, author: str, content_id: str) -> Version | None:
        """The author's newest living submission's version with this content."""
        for number in sorted(self._state.submissions, reverse=True):
            submission = self._state.submissions[number]
            if submission.author != author or submission.state in ENDED:
                continue
            for version in reversed(self.versions(number)):
                if version.content_id == content_id:
                    return version
        return None

    def check_record(self, submission: int, version: int) -> CheckRecord | None:
        """None where nothing was kept."""
        return self._state.check_records.get((submission, version))

    def small_file(self, sha256: str) -> bytes | None:
        """The bytes kept here under this hash, as they are stored."""
        return self._state.small_files.get(sha256)

    def find(self, question: SearchQuestion) -> FoundPage:
        """By looking at all."""
        return find(self, self._state, question)

    def lapsed_claims(self, now: datetime, limit: int) -> Sequence[Submission]:
        """Submissions whose claim has expired, the longest expired first."""
        lapsed = [
            (submission.claim.expires_at, submission.number, submission)
            for submission in self._state.submissions.values()
            if submission.claim is not None and submission.claim.expires_at <= now
        ]
        return tuple(submission for _, _, submission in sorted(lapsed)[:limit])

    def asked_people(self, limit: int) -> Sequence[tuple[str, int]]:
        """Person and submission, for whoever has the turn by name in an unclaimed one that is not their own; by person and number."""
        asked = [
            (entry.who.removeprefix(user("")), submission.number)
            for submission in self._state.submissions.values()
            if submission.state is State.SUBMITTED and submission.claim is None
            for entry in submission.attention
            if entry.who.startswith(user("")) and entry.who != user(submission.author)
        ]
        return tuple(sorted(asked)[:limit])

    def _listed(self, query: QueueQuery) -> Iterator[tuple[int, Submission]]:
        for submission in self._state.submissions.values():
            key = place(submission, query)
            if key is None:
                continue
            if query.filter is QueueFilter.SENT and query.notebook_path not in (None, submission.notebook_path):
                continue
            if query.after is None or (key < query.after if query.filter is QueueFilter.SENT else key > query.after):
                yield key, submission
