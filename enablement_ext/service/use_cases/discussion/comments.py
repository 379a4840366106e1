"""Changing and deleting one's own published comments, and reading what one said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.review.discussion.revisions import CommentText, revised, text_sha256
from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Comment, Event, Principal, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.claims import renewed
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    commit,
    record_change,
    refuse_secrets,
)
from enablement_ext.service.use_cases.threads import PlacedThread, placed_thread, require_thread


@dataclass(frozen=True, slots=True)
class CommentHistory:
    """All that a comment ever said, the first text first, and who wrote it."""

    author: str
    texts: Sequence[CommentText]


def history(context: ReviewContext, principal: Principal, comment: int) -> CommentHistory:
    """For everybody who may read the submission, of a deleted comment too. Raises `NotFound`."""
    with context.store.read() as reader:
        thread = reader.thread_of_comment(comment)
        require_thread(reader, principal, thread)
        return CommentHistory(_comment(reader, thread, comment).author, reader.comment_texts(comment))


def edit(context: ReviewContext, principal: Principal, comment: int, seen: int, text: str) -> PlacedThread:
    """Let one's own comment say this. `seen` is the revision that was on screen; the same text again changes nothing.

    Raises `NotFound`, `Forbidden`, `IllegalAction`, `CommentChanged`, `Conflict`, `SecretFound`.
    """
    refuse_secrets(context, {"your comment": text})
    return _revise(context, principal, comment, seen, text)


def delete(context: ReviewContext, principal: Principal, comment: int, seen: int) -> PlacedThread:
    """Take one's own comment out of its thread, which says so. Raises as `edit`; of a deleted one nothing."""
    return _revise(context, principal, comment, seen, None)


def _revise(context: ReviewContext, principal: Principal, comment: int, seen: int, text: str | None) -> PlacedThread:
    """The turn passes to nobody: what was to be done is to be done still."""

    def work(transaction: ReviewTransaction) -> int:
        thread = transaction.thread_of_comment(comment)
        before = require_thread(transaction, principal, thread)
        step(before.state, Action.COMMENT, relation(principal, before))
        stored = _comment(transaction, thread, comment)
        following = revised(stored, principal.name, seen, text, context.clock.now())
        if following is None:
            return thread

        def store(event: Event) -> Submission:
            transaction.revise_comment(comment, following, event.seq)
            return replace(before, claim=renewed(context, before, principal.name))

        data: dict[str, object] = {"thread": thread, "comment": comment, "revision": following.revision}
        data["was_sha256"] = text_sha256(stored.text)
        if not following.deleted:
            data["sha256"] = text_sha256(following.text)
        kind = "comment_deleted" if following.deleted else "comment_edited"
        record_change(transaction, before, EventDraft(principal.name, kind, data=data), store, context)
        return thread

    return placed_thread(context, principal, commit(context, work))


def _comment(reader: ReviewReader, thread: int, comment: int) -> Comment:
    return next(each for each in reader.thread(thread).comments if each.id == comment)
