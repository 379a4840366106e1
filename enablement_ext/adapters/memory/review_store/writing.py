"""Writing to a copy of the in-memory store's state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime

from enablement_ext.adapters.memory.grants import MemoryGrantWriter
from enablement_ext.adapters.memory.repository_access import MemoryAccessWriter
from enablement_ext.adapters.memory.review_store.comment_revisions import MemoryCommentWriter
from enablement_ext.adapters.memory.review_store.confirmations import MemoryConfirmationWriter
from enablement_ext.adapters.memory.review_store.drafts import MemoryDraftWriter
from enablement_ext.adapters.memory.review_store.due_runs import MemoryDueRunWriter
from enablement_ext.adapters.memory.review_store.notifications import MemoryNotificationWriter
from enablement_ext.adapters.memory.review_store.package_requests import MemoryRequestWriter
from enablement_ext.adapters.memory.review_store.people import MemoryPeopleWriter
from enablement_ext.adapters.memory.review_store.reading import MemoryReader
from enablement_ext.adapters.memory.review_store.search import MemorySearchWriter
from enablement_ext.adapters.memory.review_store.seen import MemorySeenWriter
from enablement_ext.adapters.memory.review_store.suggestions import MemorySuggestionWriter
from enablement_ext.core.errors import Conflict, KeyReused, NotFound, StaleStamp
from enablement_ext.core.review.event_log import ChainHead, canonical_data, sealed
from enablement_ext.core.review.models import Anchor, CheckRecord, Comment, Decision, Event, Submission, Thread, Version
from enablement_ext.core.review.ports import KeptReceipt, NewDecision, NewEvent, NewVersion


class MemoryTransaction(
    MemoryReader,
    MemoryGrantWriter,
    MemoryAccessWriter,
    MemoryRequestWriter,
    MemoryPeopleWriter,
    MemoryConfirmationWriter,
    MemorySeenWriter,
    MemoryDraftWriter,
    MemoryCommentWriter,
    MemorySuggestionWriter,
    MemoryDueRunWriter,
    MemoryNotificationWriter,
    MemorySearchWriter,
):
    """A `ReviewTransaction`: reads see what it wrote."""

    def next_number(self) -> int:
        """The number for a new submission."""
        self._state.last_number += 1
        return self._state.last_number

    def add_submission(self, submission: Submission) -> None:
        """Insert. Raises `ValueError` when the number is taken."""
        if submission.number in self._state.submissions:
            raise ValueError(f"submission {submission.number} exists already")
        self._store(replace(submission, open_threads=0))

    def replace_submission(self, expected_stamp: int, submission: Submission) -> Submission:
        """Store the submission with a new stamp and return it. Raises `StaleStamp`, `NotFound`."""
        stored = self.submission(submission.number)
        if stored.stamp != expected_stamp:
            raise StaleStamp(facts={"stamp": stored.stamp})
        following = replace(
            submission,
            author=stored.author,
            created_at=stored.created_at,
            open_threads=stored.open_threads,
            stamp=expected_stamp + 1,
        )
        return self._store(following)

    def add_version(self, submission: int, version: NewVersion) -> Version:
        """Append with the next number. Raises `NotFound`."""
        self.submission(submission)
        before = self._state.versions.get(submission, ())
        values = {name.name: getattr(version, name.name) for name in fields(version)}
        added = Version(submission=submission, number=len(before) + 1, **values)
        self._state.versions[submission] = (*before, added)
        return added

    def keep_receipt(self, author: str, key: str, kept: KeptReceipt) -> None:
        """Bind an Idempotency-Key to its receipt. Raises `KeyReused`."""
        if (author, key) in self._state.receipts:
            raise KeyReused
        self._state.receipts[author, key] = kept

    def keep_check_record(self, submission: int, version: int, record: CheckRecord) -> None:
        """Raises `Conflict` for a second one, `NotFound`."""
        self.version(submission, version)
        if (submission, version) in self._state.check_records:
            raise Conflict
        self._state.check_records[submission, version] = record

    def keep_small_files(self, files: Mapping[str, bytes]) -> None:
        """Keep bytes under their hashes; what is there already stays."""
        self._state.small_files = {**files, **self._state.small_files}

    def add_thread(self, submission: int, version: int, anchor: Anchor) -> int:
        """Insert an empty thread and return its id. Raises `NotFound`."""
        self.version(submission, version)
        number = len(self._state.threads) + 1
        self._state.threads[number] = Thread(number, submission, version, anchor, None, None, ())
        self._count_threads(submission)
        return number

    def add_comment(self, thread: int, author: str, text: str, at: datetime) -> Comment:
        """Append a comment. Raises `NotFound`."""
        stored = self.thread(thread)
        self._state.last_comment += 1
        comment = Comment(self._state.last_comment, author, text, at)
        self._state.threads[thread] = replace(stored, comments=(*stored.comments, comment))
        return comment

    def set_resolved(self, thread: int, by: str | None, at: datetime | None) -> None:
        """Resolve a thread, or reopen it with None. Raises `NotFound`."""
        stored = self.thread(thread)
        self._state.threads[thread] = replace(stored, resolved_by=by, resolved_at=at)
        self._count_threads(stored.submission)

    def add_decision(self, decision: NewDecision) -> Decision:
        """Append a decision. Raises `NotFound` unless the version exists with this content id."""
        if self.version(decision.submission, decision.version).content_id != decision.content_id:
            raise NotFound
        values = {name.name: getattr(decision, name.name) for name in fields(decision)}
        added = Decision(id=len(self._state.decisions) + 1, **values)
        self._state.decisions[added.id] = added
        return added

    def fell_decisions(self, decisions: Iterable[int], because: str) -> None:
        """Say why these decisions no longer count; one that fell before keeps its reason."""
        for number in decisions:
            decision = self._state.decisions.get(number)
            if decision is not None and decision.fallen_because is None:
                self._state.decisions[number] = replace(decision, fallen_because=because)

    def append_event(self, event: NewEvent) -> Event:
        """Append to the hash chain."""
        head = self._state.head
        data = dict(event.data)
        canonical_data(data)  # what JSON cannot carry is refused here as in the databases
        added = sealed(
            Event(
                seq=head.seq + 1,
                at=event.at,
                actor=event.actor,
                kind=event.kind,
                submission=event.submission,
                version=event.version,
                data=data,
                previous=head.hash,
            )
        )
        self._state.events.append(added)
        self._state.head = ChainHead(added.seq, added.hash)
        return added

    def _store(self, submission: Submission) -> Submission:
        ordered = tuple(sorted(submission.attention, key=lambda entry: (entry.since_seq, entry.who)))
        stored = replace(submission, attention=ordered)
        self._state.submissions[stored.number] = stored
        return stored

    def _count_threads(self, number: int) -> None:
        still_open = sum(1 for thread in self.threads(number) if thread.resolved_by is None)
        self._state.submissions[number] = replace(self.submission(number), open_threads=still_open)
