"""What a published comment said before its author changed or deleted it. Nothing of it is ever lost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from enablement_ext.core.errors import CommentChanged, Conflict, Forbidden
from enablement_ext.core.review.models import Comment

MOST_REVISIONS = 100


@dataclass(frozen=True, slots=True)
class CommentText:
    """What a comment said from `at` on: revision 0 is what was published. `deleted`: nothing, since its author took it away."""

    revision: int
    text: str
    at: datetime
    deleted: bool = False


def revised(comment: Comment, by: str, seen: int, text: str | None, at: datetime) -> CommentText | None:
    """The next text of a comment, None where it says that already; `text` None deletes it. `seen` is the revision that was on screen.

    Raises `Forbidden` for somebody else's, `CommentChanged` where it was changed meanwhile or is deleted, `Conflict` after too many changes.
    """
    if comment.author != by:
        raise Forbidden("Only its author can change or delete a comment.")
    if comment.deleted:
        if text is None:
            return None
        raise CommentChanged("This comment was deleted. What it said is in its history.")
    if comment.revision != seen:
        raise CommentChanged
    if text == comment.text:
        return None
    if comment.revision >= MOST_REVISIONS and text is not None:
        raise Conflict(f"A comment can be changed {MOST_REVISIONS} times. Write another one, or delete it.")
    return CommentText(comment.revision + 1, text or "", at, deleted=text is None)


def as_it_reads(comment: Comment, newest: CommentText | None) -> Comment:
    """A published comment with its newest text, None where nothing was changed."""
    if newest is None:
        return comment
    return replace(comment, text=newest.text, revision=newest.revision, changed_at=newest.at, deleted=newest.deleted)


def text_sha256(text: str) -> str:
    """What the event log keeps of a text, so that its place in the history can be verified without the log repeating it."""
    return hashlib.sha256(text.encode()).hexdigest()
