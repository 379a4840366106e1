"""Queries, which change nothing: lists, one submission with all that belongs to it, its files, its history."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from enablement_ext.core.errors import BadCursor, NoSpace, NotFound, StoreUnavailable
from enablement_ext.core.review.models import (
    CheckRecord,
    Decision,
    Event,
    FileEntry,
    Principal,
    Requirement,
    Submission,
    Version,
)
from enablement_ext.core.review.queue import Counters, QueueFilter, QueueQuery
from enablement_ext.service.use_cases.evidence.gates import gates_of
from enablement_ext.service.use_cases.review_context import (
    ReviewContext,
    SubmissionView,
    viewer,
    visible_submission,
)

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which page of which list."""

    filter: QueueFilter
    path: str | None = None
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows in order and the cursor of the next page, None at the end. `latest_seq` is the newest event of the snapshot, where asked for."""

    items: Sequence[Submission]
    next: str | None
    latest_seq: int | None = None


@dataclass(frozen=True, slots=True)
class SubmissionDetail:
    """A submission as its viewer sees it, with all that belongs to it."""

    view: SubmissionView
    versions: Sequence[Version]
    decisions: Sequence[Decision]
    requirements: Sequence[Requirement]


def page(context: ReviewContext, principal: Principal, listing: ListQuery, *, with_seq: bool = False) -> ListPage:
    """One page of a list. Raises `BadCursor`."""
    query = QueueQuery(
        viewer=principal.name,
        tracks=_listed_tracks(context, principal, listing.filter),
        filter=listing.filter,
        notebook_path=listing.path if listing.filter is QueueFilter.SENT else None,
        after=_after(listing) if listing.cursor else None,
        limit=listing.limit,
    )
    with context.store.read() as reader:
        latest = reader.last_seq() if with_seq else None
        rows = reader.page(query)
    following = None if rows.next_after is None else _cursor(listing.filter, rows.next_after)
    return ListPage(rows.items, following, latest)


def artifacts_reached(context: ReviewContext) -> bool:
    """Whether files can be stored and read now."""
    try:
        context.artifacts.ready()
    except (StoreUnavailable, NoSpace):
        return False
    return True


def counters(context: ReviewContext, principal: Principal) -> Counters:
    """The numbers of the viewer's badge."""
    with context.store.read() as reader:
        return reader.counters(principal.name, context.policy.turns_of(principal))


def detail(context: ReviewContext, principal: Principal, number: int) -> SubmissionDetail:
    """A submission with its versions, decisions and requirements. Raises `NotFound`."""
    with context.store.read() as reader:
        submission = visible_submission(reader, principal, number)
        versions = reader.versions(number)
        decisions = reader.decisions(number)
        gates = gates_of(context, reader, submission, decisions)
    return SubmissionDetail(viewer(context, principal).view(submission), versions, decisions, gates.requirements)


def events(context: ReviewContext, principal: Principal, number: int) -> Sequence[Event]:
    """The history of a submission, oldest first. Raises `NotFound`."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        return reader.events(number)


def version(context: ReviewContext, principal: Principal, number: int, which: int) -> Version:
    """One version. Raises `NotFound`."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        return reader.version(number, which)


def check_record(context: ReviewContext, principal: Principal, number: int, which: int) -> CheckRecord | None:
    """What checks found in a version when it arrived; None for one that was stored before there were checks. Raises `NotFound`."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        reader.version(number, which)
        return reader.check_record(number, which)


def file(context: ReviewContext, asked: Version, index: int) -> tuple[FileEntry, bytes]:
    """A file of a version: 0 is the notebook. Raises `NotFound`, `ArtifactDamaged`."""
    entries = (asked.notebook, *asked.files)
    if index >= len(entries):
        raise NotFound
    return entries[index], context.artifacts.get(entries[index].sha256)


def _listed_tracks(context: ReviewContext, principal: Principal, shown_list: QueueFilter) -> frozenset[str]:
    """Administrators look into every list of the queue, and nothing waits on them for it."""
    if "admin" in principal.scopes and shown_list in (QueueFilter.ALL, QueueFilter.UNCLAIMED):
        return context.policy.all_tracks()
    if shown_list is QueueFilter.WAITING:
        return context.policy.turns_of(principal)
    return context.policy.reviewed_by(principal)


def _cursor(shown_list: QueueFilter, after: int) -> str:
    return base64.urlsafe_b64encode(f"{shown_list.value}.{after}".encode()).decode().rstrip("=")


def _after(listing: ListQuery) -> int:
    try:
        padded = listing.cursor + "=" * (-len(listing.cursor) % 4)
        name, _, number = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(".")
    except (binascii.Error, ValueError):
        raise BadCursor from None
    if name != listing.filter.value or not number.isdecimal() or len(number) > _MOST_DIGITS:
        raise BadCursor
    return int(number)
