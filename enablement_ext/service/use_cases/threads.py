"""Threads and comments. They need no stamp: a remark is added to whatever is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.errors import ArtifactDamaged, NotFound
from enablement_ext.core.review.anchors import PortedAnchor, place_unknown
from enablement_ext.core.review.attention import after_remark
from enablement_ext.core.review.discussion.revisions import text_sha256
from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Anchor, Event, Principal, Submission, Thread, Version
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.claims import renewed
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    Notebooks,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    refuse_secrets,
    visible_submission,
)


@dataclass(frozen=True, slots=True)
class NewThread:
    """What opens a thread: its place in a version, and the first comment."""

    version: int
    anchor: Anchor
    text: str


@dataclass(frozen=True, slots=True)
class PlacedThread:
    """A thread and where it stands in the asked version."""

    thread: Thread
    placed: PortedAnchor


def threads(
    context: ReviewContext, principal: Principal, number: int, at_version: int | None = None
) -> list[PlacedThread]:
    """All threads, oldest first, placed in the asked version (default the latest). Raises `NotFound`."""
    with context.store.read() as reader:
        submission = visible_submission(reader, principal, number)
        asked = reader.version(number, at_version or submission.latest)
        listed = reader.threads(number)
        versions = {version.number: version for version in reader.versions(number)}
    return _place(context, listed, asked, versions)


def open_thread(context: ReviewContext, principal: Principal, number: int, new: NewThread) -> PlacedThread:
    """Open a thread with its first comment. Raises `NotFound`, `Forbidden`, `IllegalAction`, `Unprocessable` for a place that is not there, `SecretFound`."""
    refuse_secrets(context, {"your comment": new.text})
    with context.store.read() as reader:
        _require(principal, visible_submission(reader, principal, number), Action.COMMENT)
        version = reader.version(number, new.version)
    notebook = context.notebooks(version.notebook.sha256) if new.anchor.cell is not None else b""
    anchor = context.check_anchor(new.anchor, notebook)

    def work(transaction: ReviewTransaction) -> int:
        before = visible_submission(transaction, principal, number)
        _require(principal, before, Action.COMMENT)
        thread = transaction.add_thread(number, new.version, anchor)
        _remark(context, transaction, before, (principal, thread, new.text))
        return thread

    return placed_thread(context, principal, commit(context, work))


def reply(context: ReviewContext, principal: Principal, thread: int, text: str) -> PlacedThread:
    """Write in a thread. Raises `NotFound`, `Forbidden`, `IllegalAction`, `SecretFound`."""
    refuse_secrets(context, {"your comment": text})

    def work(transaction: ReviewTransaction) -> None:
        before = visible_submission(transaction, principal, transaction.thread(thread).submission)
        _require(principal, before, Action.COMMENT)
        _remark(context, transaction, before, (principal, thread, text))

    commit(context, work)
    return placed_thread(context, principal, thread)


def resolve(context: ReviewContext, principal: Principal, thread: int, resolved: bool) -> PlacedThread:
    """Resolve a thread or reopen it; doing it again changes nothing. Raises `NotFound`, `Forbidden`, `IllegalAction`."""

    def work(transaction: ReviewTransaction) -> None:
        current = transaction.thread(thread)
        before = visible_submission(transaction, principal, current.submission)
        _require(principal, before, Action.RESOLVE)
        if (current.resolved_by is not None) == resolved:
            return
        now = context.clock.now()
        transaction.set_resolved(thread, principal.name if resolved else None, now if resolved else None)
        draft = EventDraft(principal.name, "resolved" if resolved else "reopened", data={"thread": thread})
        fresh = transaction.submission(before.number)
        record_change(transaction, fresh, draft, lambda _: _with_renewed_claim(context, fresh, principal), context)

    commit(context, work)
    return placed_thread(context, principal, thread)


def placed_thread(context: ReviewContext, principal: Principal, thread: int) -> PlacedThread:
    """One thread, placed in the latest version. Raises `NotFound`."""
    with context.store.read() as reader:
        stored = reader.thread(thread)
        submission = visible_submission(reader, principal, stored.submission)
        asked = reader.version(submission.number, submission.latest)
        versions = {stored.version: reader.version(submission.number, stored.version)}
    return _place(context, [stored], asked, versions)[0]


def require_thread(reader: ReviewReader, principal: Principal, thread: int) -> Submission:
    """The thread's submission where the principal may see it. Raises `NotFound`."""
    return visible_submission(reader, principal, reader.thread(thread).submission)


def places(
    context: ReviewContext, made: Sequence[tuple[int, Anchor]], asked: Version, versions: Mapping[int, Version]
) -> list[PortedAnchor]:
    """Where what was anchored in a version stands in `asked`; every notebook is read once, and none where nothing is anchored."""
    by_version: defaultdict[int, list[int]] = defaultdict(list)
    for index, (number, _) in enumerate(made):
        by_version[number].append(index)
    found: dict[int, PortedAnchor] = {}
    for number, group in by_version.items():
        if number not in versions:
            raise NotFound
        placed = _placed(context, [made[index][1] for index in group], versions[number], asked)
        found.update(zip(group, placed, strict=True))
    return [found[index] for index in range(len(made))]


def _remark(
    context: ReviewContext, transaction: ReviewTransaction, before: Submission, remark: tuple[Principal, int, str]
) -> None:
    """Add the comment, pass the attention on, renew the writer's claim. What was written is not in the event: only its hash."""
    principal, thread, text = remark
    comment = transaction.add_comment(thread, principal.name, text, context.clock.now())
    fresh = transaction.submission(before.number)

    def edit(event: Event) -> Submission:
        turns = after_remark(context.policy, fresh, principal.name)
        return replace(
            fresh, attention=attention_after(fresh, turns, event), claim=renewed(context, fresh, principal.name)
        )

    told = {"thread": thread, "comment": comment.id, "sha256": text_sha256(text)}
    draft = EventDraft(principal.name, "commented", data=told)
    record_change(transaction, fresh, draft, edit, context)


def _with_renewed_claim(context: ReviewContext, before: Submission, principal: Principal) -> Submission:
    return replace(before, claim=renewed(context, before, principal.name))


def _require(principal: Principal, submission: Submission, action: Action) -> None:
    step(submission.state, action, relation(principal, submission))


def _place(
    context: ReviewContext, stored: Sequence[Thread], asked: Version, versions: Mapping[int, Version]
) -> list[PlacedThread]:
    placed = places(context, [(thread.version, thread.anchor) for thread in stored], asked, versions)
    return [PlacedThread(thread, place) for thread, place in zip(stored, placed, strict=True)]


def _placed(context: ReviewContext, anchors: Sequence[Anchor], made: Version, asked: Version) -> list[PortedAnchor]:
    """A notebook that is lost takes no thread with it."""
    try:
        return context.place(anchors, *_bytes(context.notebooks, anchors, made, asked))
    except ArtifactDamaged:
        return [place_unknown(anchor) for anchor in anchors]


def _bytes(notebooks: Notebooks, anchors: Sequence[Anchor], made: Version, asked: Version) -> tuple[bytes, bytes]:
    if made.notebook.sha256 == asked.notebook.sha256 or all(anchor.cell is None for anchor in anchors):
        return b"", b""  # equal bytes, so that every place is unchanged
    return notebooks(made.notebook.sha256), notebooks(asked.notebook.sha256)
