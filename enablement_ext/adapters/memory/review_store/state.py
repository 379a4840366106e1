"""What the in-memory store holds: one committed state, replaced as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from enablement_ext.core.access.confirmations import Confirmation
from enablement_ext.core.access.people import Person
from enablement_ext.core.git.access.ports import Member
from enablement_ext.core.git.forges.ports import AccessGrant, ForgeKind
from enablement_ext.core.images.requests.package_requests import PackageRequest
from enablement_ext.core.review.differences.seen import SeenMarks
from enablement_ext.core.review.discussion.drafts import Draft
from enablement_ext.core.review.discussion.revisions import CommentText
from enablement_ext.core.review.due_runs.models import DueRun
from enablement_ext.core.review.due_runs.trials import Trial
from enablement_ext.core.review.event_log import EMPTY, ChainHead
from enablement_ext.core.review.models import CheckRecord, Decision, Event, Submission, Thread, Version
from enablement_ext.core.review.notifications.models import OutboxEntry
from enablement_ext.core.review.notifications.preferences import Preferences
from enablement_ext.core.review.ports import KeptReceipt
from enablement_ext.core.review.search.documents import SearchContent


@dataclass(slots=True)
class MemoryState:
    """All rows. A committed state is never changed: a transaction works on a copy that takes its place."""

    submissions: dict[int, Submission] = field(default_factory=dict)
    versions: dict[int, tuple[Version, ...]] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    decisions: dict[int, Decision] = field(default_factory=dict)
    receipts: dict[tuple[str, str], KeptReceipt] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    small_files: dict[str, bytes] = field(default_factory=dict)
    head: ChainHead = EMPTY
    last_number: int = 0
    last_comment: int = 0
    grants: dict[str, tuple[ForgeKind, AccessGrant]] = field(default_factory=dict)
    deliveries: dict[str, datetime] = field(default_factory=dict)
    package_requests: dict[int, PackageRequest] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    confirmations: dict[int, Confirmation] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    origins: set[tuple[str, int]] = field(default_factory=set)
    seen: dict[tuple[str, int], SeenMarks] = field(default_factory=dict)
    check_records: dict[tuple[int, int], CheckRecord] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    published_drafts: dict[int, tuple[str, int]] = field(default_factory=dict)  # by whom, with which event
    comment_texts: dict[int, tuple[CommentText, ...]] = field(default_factory=dict)  # of those that were changed
    due_runs: dict[int, DueRun] = field(default_factory=dict)
    outbox: dict[int, OutboxEntry] = field(default_factory=dict)
    preferences: dict[str, Preferences] = field(default_factory=dict)
    search_contents: dict[int, SearchContent] = field(default_factory=dict)
    saved_searches: dict[tuple[str, str], str] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    trials_showed: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> MemoryState:
        """A copy whose containers are its own; the values in them are frozen."""
        return MemoryState(
            submissions=dict(self.submissions),
            versions=dict(self.versions),
            threads=dict(self.threads),
            decisions=dict(self.decisions),
            receipts=dict(self.receipts),
            events=list(self.events),
            small_files=dict(self.small_files),
            head=self.head,
            last_number=self.last_number,
            last_comment=self.last_comment,
            grants=dict(self.grants),
            deliveries=dict(self.deliveries),
            package_requests=dict(self.package_requests),
            people=dict(self.people),
            confirmations=dict(self.confirmations),
            members=dict(self.members),
            origins=set(self.origins),
            seen=dict(self.seen),
            check_records=dict(self.check_records),
            drafts=dict(self.drafts),
            published_drafts=dict(self.published_drafts),
            comment_texts=dict(self.comment_texts),
            due_runs=dict(self.due_runs),
            outbox=dict(self.outbox),
            preferences=dict(self.preferences),
            search_contents=dict(self.search_contents),
            saved_searches=dict(self.saved_searches),
            trials=dict(self.trials),
            trials_showed=dict(self.trials_showed),
        )
