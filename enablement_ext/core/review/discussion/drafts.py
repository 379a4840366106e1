"""Drafts: comments, suggestions and resolutions that only their author sees, until they are published together.

A draft belongs to the version it was written on and is published there, like a comment that was made then: its thread follows its cell to
newer versions. A newer version, a decision of somebody else or a thread that was resolved meanwhile takes no draft away; where a submission
has ended, drafts stay with their author, who can read and discard them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enablement_ext.core.errors import Conflict, DraftsChanged, TooManyDrafts
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.lifecycle import Action, Who, legal_actions
from enablement_ext.core.review.models import Anchor, State, Submission, Thread

MOST_DRAFTS = 200  # of one person on one submission
MOST_OF_PERSON = 2_000  # of one person in all
MOST_TEXT = 20_000  # characters of a comment, drafted or not


class DraftKind(StrEnum):
    """What publishing a draft does."""

    COMMENT = "comment"  # opens a thread
    REPLY = "reply"  # adds to a thread
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SUGGESTION = "suggestion"  # opens a thread with another source for its cell


class DraftStanding(StrEnum):
    """How a draft stands to what happened since it was written."""

    READY = "ready"
    OLDER_VERSION = "older_version"  # a newer version arrived; it is published on the one it was written on
    RESOLVED = "resolved"  # the thread it answers was resolved; it is published there, and the thread stays resolved
    DONE = "done"  # the thread is resolved, or open again, already; publishing it changes nothing
    ENDED = "ended"  # the submission takes no comments any more


RESOLUTIONS = frozenset({DraftKind.RESOLVE, DraftKind.REOPEN})
OPENING = frozenset({DraftKind.COMMENT, DraftKind.SUGGESTION})  # they have an anchor, the others a thread


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft. `anchor` is set for what opens a thread, `thread` for everything else; `stamp` changes with every edit.

    `id` is random, so that it tells nobody how many drafts there are; `place` orders those of one person on one submission.
    """

    id: int
    by: str
    submission: int
    version: int
    kind: DraftKind
    anchor: Anchor | None
    thread: int | None
    text: str
    changed_at: datetime
    stamp: int = 1
    place: int = 0
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class DraftRef:
    """A draft as somebody saw it: which one, and with which stamp."""

    id: int
    stamp: int


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """What publishing does: comments (those that open threads and those that answer), threads to resolve and to reopen."""

    comments: tuple[Draft, ...]
    resolve: tuple[int, ...]
    reopen: tuple[int, ...]

    def open_threads(self, before: int) -> int:
        """How many threads of the submission are open afterwards."""
        opened = sum(1 for draft in self.comments if draft.kind in OPENING)
        return before + opened + len(self.reopen) - len(self.resolve)


def require_room(on_submission: Sequence[Draft], of_person: int) -> None:
    """Return where one more fits. Raises `TooManyDrafts`."""
    if len(on_submission) >= MOST_DRAFTS:
        raise TooManyDrafts(
            f"There are {MOST_DRAFTS} drafts of yours on this submission. Publish or discard some of them first.",
            facts={"most": MOST_DRAFTS},
        )
    if of_person >= MOST_OF_PERSON:
        raise TooManyDrafts(
            f"You have {MOST_OF_PERSON} drafts on all submissions together. Publish or discard some of them first.",
            facts={"most": MOST_OF_PERSON},
        )


def resolution_of(drafts: Iterable[Draft], thread: int, kind: DraftKind) -> Draft | None:
    """The draft that says this about the thread already. Raises `Conflict` where one says the opposite."""
    for draft in drafts:
        if draft.thread == thread and draft.kind in RESOLUTIONS:
            if draft.kind is not kind:
                raise Conflict("A draft of yours does the opposite with this thread. Discard it first.")
            return draft
    return None


def standing(draft: Draft, submission: Submission, threads: Mapping[int, Thread]) -> DraftStanding:
    """How it stands now. Of several things that happened, the one that matters most when it is published."""
    if not takes_comments(submission.state):
        return DraftStanding.ENDED
    thread = None if draft.thread is None else threads[draft.thread]
    if thread is not None and draft.kind in RESOLUTIONS:
        return DraftStanding.READY if _changes(draft, thread) else DraftStanding.DONE
    if thread is not None and thread.resolved_by is not None:
        return DraftStanding.RESOLVED
    opens = thread is None  # what answers is in its thread, whichever version was read
    return DraftStanding.OLDER_VERSION if opens and draft.version != submission.latest else DraftStanding.READY


def takes_comments(state: State) -> bool:
    """Whether anything can be said about a submission in this state."""
    return Action.COMMENT in legal_actions(state, Who.AUTHOR)


def named(drafts: Sequence[Draft], refs: Iterable[DraftRef]) -> tuple[Draft, ...]:
    """Those that were named, in the order they were written. Raises `DraftsChanged` where one is gone or says something else now."""
    wanted = {ref.id: ref.stamp for ref in refs}
    found = tuple(draft for draft in drafts if wanted.get(draft.id) == draft.stamp)
    if len(found) != len(wanted):
        raise DraftsChanged
    return found


def plan(drafts: Iterable[Draft], threads: Mapping[int, Thread]) -> PublicationPlan:
    """What publishing these does to threads as they are now: whoever resolved one meanwhile stays the one who did."""
    every = tuple(drafts)
    effective = [
        draft
        for draft in every
        if draft.thread is not None and draft.kind in RESOLUTIONS and _changes(draft, threads[draft.thread])
    ]
    return PublicationPlan(
        comments=tuple(draft for draft in every if draft.kind not in RESOLUTIONS),
        resolve=tuple(
            draft.thread for draft in effective if draft.thread is not None and draft.kind is DraftKind.RESOLVE
        ),
        reopen=tuple(
            draft.thread for draft in effective if draft.thread is not None and draft.kind is DraftKind.REOPEN
        ),
    )


def digest(drafts: Iterable[Draft]) -> str:
    """What a page that showed exactly these drafts is bound to: it differs where one is new, changed or gone."""
    shown = ",".join(f"{draft.id}.{draft.stamp}" for draft in sorted(drafts, key=lambda each: each.id))
    return hashlib.sha256(shown.encode()).hexdigest()


def _changes(draft: Draft, thread: Thread) -> bool:
    return (thread.resolved_by is None) is (draft.kind is DraftKind.RESOLVE)
