"""Rules of drafts and of changed comments: what publishing does, how a draft stands to what happened meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enablement_ext.core.errors import CommentChanged, Conflict, DraftsChanged, Forbidden, TooManyDrafts
from enablement_ext.core.review.discussion.drafts import (
    MOST_DRAFTS,
    MOST_OF_PERSON,
    Draft,
    DraftKind,
    DraftRef,
    DraftStanding,
    digest,
    named,
    plan,
    require_room,
    resolution_of,
    standing,
)
from enablement_ext.core.review.discussion.revisions import MOST_REVISIONS, CommentText, revised
from enablement_ext.core.review.models import Anchor, Comment, State, Thread
from tests.core.review.factories import NOW, submission

COMMENT, REPLY, RESOLVE, REOPEN, _ = DraftKind
OPEN = Thread(1, 1, 1, Anchor(), None, None, ())
RESOLVED = Thread(2, 1, 1, Anchor(), "rita", NOW, ())
THREADS = {1: OPEN, 2: RESOLVED}


def draft(number: int, kind: DraftKind, thread: int | None = None, version: int = 1) -> Draft:
    anchor = Anchor(cell="a") if thread is None else None
    return Draft(number, "remy", 1, version, kind, anchor, thread, "x", NOW)


@pytest.mark.parametrize(
    ("one", "state", "latest", "wanted"),
    [
        (draft(1, COMMENT), State.IN_REVIEW, 1, DraftStanding.READY),
        (draft(1, COMMENT), State.APPROVED, 1, DraftStanding.READY),
        (draft(1, COMMENT), State.IN_REVIEW, 2, DraftStanding.OLDER_VERSION),
        (draft(1, REPLY, 1), State.IN_REVIEW, 1, DraftStanding.READY),
        (draft(1, REPLY, 1), State.CHANGES_REQUESTED, 3, DraftStanding.READY),
        (draft(1, REPLY, 2), State.IN_REVIEW, 2, DraftStanding.RESOLVED),
        (draft(1, RESOLVE, 1), State.IN_REVIEW, 2, DraftStanding.READY),
        (draft(1, RESOLVE, 2), State.IN_REVIEW, 1, DraftStanding.DONE),
        (draft(1, REOPEN, 2), State.IN_REVIEW, 1, DraftStanding.READY),
        (draft(1, REOPEN, 1), State.IN_REVIEW, 1, DraftStanding.DONE),
        (draft(1, COMMENT), State.WITHDRAWN, 1, DraftStanding.ENDED),
        (draft(1, REPLY, 2), State.REJECTED, 1, DraftStanding.ENDED),
        (draft(1, RESOLVE, 2), State.RETIRED, 1, DraftStanding.ENDED),
    ],
)
def test_how_a_draft_stands(one: Draft, state: State, latest: int, wanted: DraftStanding) -> None:
    assert standing(one, replace(submission(), state=state, latest=latest), THREADS) is wanted


def test_publishing_opens_answers_resolves_and_passes_over_what_is_done() -> None:
    drafts = [draft(1, COMMENT), draft(2, REPLY, 2), draft(3, RESOLVE, 1), draft(4, REOPEN, 2), draft(5, COMMENT)]
    made = plan(drafts, THREADS)
    assert ([each.id for each in made.comments], made.resolve, made.reopen) == ([1, 2, 5], (1,), (2,))
    assert made.open_threads(3) == 3 + 2 + 1 - 1
    done = plan([draft(3, RESOLVE, 2), draft(4, REOPEN, 1)], THREADS)
    assert (done.comments, done.resolve, done.reopen, done.open_threads(1)) == ((), (), (), 1)


def test_what_was_seen_is_what_is_published() -> None:
    drafts = (draft(7, COMMENT), draft(3, COMMENT))
    assert named(drafts, [DraftRef(3, 1), DraftRef(7, 1)]) == drafts
    assert named(drafts, [DraftRef(3, 1)]) == drafts[1:]
    for refs in ([DraftRef(3, 2)], [DraftRef(4, 1)], [DraftRef(3, 1), DraftRef(8, 1)]):
        with pytest.raises(DraftsChanged):
            named(drafts, refs)


def test_a_page_is_bound_to_exactly_what_it_showed() -> None:
    shown = digest([draft(7, COMMENT), draft(3, COMMENT)])
    assert shown == digest([draft(3, COMMENT), draft(7, COMMENT)])
    others: tuple[list[Draft], ...] = (
        [],
        [draft(7, COMMENT)],
        [draft(7, COMMENT), replace(draft(3, COMMENT), stamp=2)],
        [draft(73, COMMENT)],
    )
    assert shown not in {digest(each) for each in others}


def test_a_thread_is_resolved_or_reopened_once() -> None:
    drafts = [draft(1, REPLY, 1), draft(2, RESOLVE, 1)]
    assert resolution_of(drafts, 1, RESOLVE) == drafts[1]
    assert resolution_of(drafts, 2, RESOLVE) is None
    with pytest.raises(Conflict):
        resolution_of(drafts, 1, REOPEN)


def test_there_is_room_for_so_many() -> None:
    full = [draft(number, COMMENT) for number in range(MOST_DRAFTS)]
    require_room(full[1:], MOST_OF_PERSON - 1)
    for here, everywhere in ((full, MOST_DRAFTS), (full[1:], MOST_OF_PERSON)):
        with pytest.raises(TooManyDrafts, match="Publish or discard"):
            require_room(here, everywhere)


WRITTEN = Comment(1, "remy", "as it was", NOW)
GONE = replace(WRITTEN, text="", revision=1, deleted=True)


@pytest.mark.parametrize(
    ("comment", "seen", "text", "wanted"),
    [
        (WRITTEN, 0, "other", CommentText(1, "other", NOW)),
        (replace(WRITTEN, revision=4), 4, "other", CommentText(5, "other", NOW)),
        (WRITTEN, 0, None, CommentText(1, "", NOW, deleted=True)),
        (replace(WRITTEN, revision=MOST_REVISIONS), MOST_REVISIONS, None, CommentText(101, "", NOW, deleted=True)),
        (WRITTEN, 0, "as it was", None),
        (GONE, 0, None, None),
    ],
)
def test_a_comment_is_changed(comment: Comment, seen: int, text: str | None, wanted: CommentText | None) -> None:
    assert revised(comment, "remy", seen, text, NOW) == wanted


@pytest.mark.parametrize(
    ("comment", "by", "seen", "text", "error"),
    [
        (WRITTEN, "rita", 0, "x", Forbidden),
        (GONE, "rita", 1, None, Forbidden),
        (WRITTEN, "remy", 1, "x", CommentChanged),
        (replace(WRITTEN, revision=2), "remy", 1, None, CommentChanged),
        (GONE, "remy", 1, "x", CommentChanged),
        (replace(WRITTEN, revision=MOST_REVISIONS), "remy", MOST_REVISIONS, "x", Conflict),
    ],
)
def test_a_comment_is_not_changed(
    comment: Comment, by: str, seen: int, text: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        revised(comment, by, seen, text, NOW)
