"""Drafts, and the history of comments: over every store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.core.errors import CommentChanged, Conflict, DraftsChanged, NotFound
from enablement_ext.core.review.discussion.drafts import Draft, DraftKind
from enablement_ext.core.review.discussion.revisions import CommentText
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.models import Anchor
from enablement_ext.core.review.ports import NewEvent, ReviewStore, ReviewTransaction
from tests.adapters.factories import NOW, sent

PLACE = Anchor(cell="c1", source_sha256="0" * 64, lines=(1, 2), quote="x = 1\ny = 2")
LATER = NOW + timedelta(minutes=1)


def comment(draft: int, by: str = "remy", submission: int = 1) -> Draft:
    return Draft(draft, by, submission, 1, DraftKind.COMMENT, PLACE, None, f"“why” {draft} 🙂", NOW)


def on_thread(draft: int, thread: int, kind: DraftKind) -> Draft:
    text = "because" if kind is DraftKind.REPLY else ""
    return Draft(draft, "remy", 1, 1, kind, None, thread, text, NOW)


def event(transaction: ReviewTransaction) -> int:
    return transaction.append_event(NewEvent(NOW, "remy", "review_published", 1, 1)).seq


def test_drafts_are_their_authors_alone_and_in_the_order_they_were_written(store: ReviewStore) -> None:
    sent(store)
    sent(store)
    with store.write() as transaction:
        added = [transaction.add_draft(comment(number)) for number in (907, 12, 2**47)]
        transaction.add_draft(comment(5, by="rita"))
        transaction.add_draft(comment(6, submission=2))
    assert added == [replace(comment(draft), place=place) for place, draft in enumerate((907, 12, 2**47), 1)]
    with store.read() as reader:
        assert list(reader.drafts("remy", 1)) == added
        assert [each.id for each in reader.drafts("rita", 1)] == [5]
        assert list(reader.drafts("dana", 1)) == []
        assert (reader.count_drafts("remy"), reader.count_drafts("rita"), reader.count_drafts("dana")) == (4, 1, 0)
        assert reader.draft("remy", 12) == added[1]
        for person, draft in (("rita", 12), ("remy", 5), ("remy", 13), ("", 12)):
            with pytest.raises(NotFound):
                reader.draft(person, draft)


def test_a_draft_is_edited_by_whoever_saw_its_present_state(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        draft = transaction.add_draft(comment(7))
        edited = transaction.replace_draft(1, replace(draft, text="other", changed_at=LATER))
    assert edited == replace(draft, text="other", changed_at=LATER, stamp=2)
    for stale, error in (
        (draft, DraftsChanged),
        (replace(draft, by="rita"), NotFound),
        (replace(draft, id=8), NotFound),
    ):
        with pytest.raises(error), store.write() as transaction:
            transaction.replace_draft(1, stale)
    with store.read() as reader:
        assert list(reader.drafts("remy", 1)) == [edited]


def test_discarding_takes_ones_own_and_what_is_gone_already_is_passed_over(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        for draft in (comment(1), comment(2), comment(3, by="rita")):
            transaction.add_draft(draft)
        transaction.discard_drafts("remy", [1, 3, 99])
    with store.read() as reader:
        assert [each.id for each in reader.drafts("remy", 1)] == [2]
        assert [each.id for each in reader.drafts("rita", 1)] == [3]


def test_published_drafts_are_drafts_no_longer_and_say_with_which_event(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        for draft in (comment(1), comment(2), comment(3, by="rita")):
            transaction.add_draft(draft)
    with pytest.raises(NotFound), store.write() as transaction:
        transaction.publish_drafts("remy", [1, 3], event(transaction))
    with store.read() as reader:
        assert reader.count_drafts("remy") == 2
        assert reader.published_drafts("remy", [1, 2, 3]) == {}
    with store.write() as transaction:
        seq = event(transaction)
        transaction.publish_drafts("remy", [1, 2], seq)
        transaction.publish_drafts("remy", [], seq)
    with store.read() as reader:
        assert list(reader.drafts("remy", 1)) == []
        assert reader.published_drafts("remy", [1, 2, 3]) == {1: seq, 2: seq}
        assert reader.published_drafts("rita", [1, 2, 3]) == {}


def test_a_draft_stands_at_what_the_submission_has(store: ReviewStore) -> None:
    sent(store)
    sent(store)
    with store.write() as transaction:
        thread = transaction.add_thread(1, 1, PLACE)
        other = transaction.add_thread(2, 1, PLACE)
        kept = [transaction.add_draft(on_thread(4, thread, kind)) for kind in (DraftKind.REPLY,)]
        kept += [transaction.add_draft(on_thread(5, thread, DraftKind.RESOLVE))]
    for wrong, error in (
        (replace(comment(9), version=2), NotFound),
        (replace(comment(9), submission=7), NotFound),
        (on_thread(9, 99, DraftKind.REPLY), NotFound),
        (on_thread(9, other, DraftKind.REPLY), NotFound),
        (on_thread(9, thread, DraftKind.RESOLVE), Conflict),
        (on_thread(9, thread, DraftKind.REOPEN), Conflict),
    ):
        with pytest.raises(error), store.write() as transaction:
            transaction.add_draft(wrong)
    with store.read() as reader:
        assert list(reader.drafts("remy", 1)) == kept


def test_a_comment_keeps_all_that_it_ever_said(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        thread = transaction.add_thread(1, 1, PLACE)
        first = transaction.add_comment(thread, "remy", "first", NOW)
        other = transaction.add_comment(thread, "dana", "other", NOW)
        transaction.revise_comment(first.id, CommentText(1, "second", LATER), event(transaction))
    with store.read() as reader:
        shown = reader.thread(thread).comments
        assert shown == (replace(first, text="second", revision=1, changed_at=LATER), other)
        assert reader.threads(1)[0].comments == shown
        assert list(reader.comment_texts(first.id)) == [CommentText(0, "first", NOW), CommentText(1, "second", LATER)]
        assert list(reader.comment_texts(other.id)) == [CommentText(0, "other", NOW)]
        assert reader.thread_of_comment(other.id) == thread
    with store.write() as transaction:
        transaction.revise_comment(first.id, CommentText(2, "", LATER, deleted=True), event(transaction))
    with store.read() as reader:
        gone = reader.thread(thread).comments[0]
        assert (gone.text, gone.deleted, gone.revision) == ("", True, 2)
        assert [each.text for each in reader.comment_texts(first.id)] == ["first", "second", ""]


@pytest.mark.parametrize(
    ("revision", "comment_id", "error"), [(2, 1, CommentChanged), (0, 1, CommentChanged), (1, 9, NotFound)]
)
def test_a_comment_is_changed_from_what_it_says_now(
    store: ReviewStore, revision: int, comment_id: int, error: type[Exception]
) -> None:
    sent(store)
    with store.write() as transaction:
        transaction.add_comment(transaction.add_thread(1, 1, PLACE), "remy", "first", NOW)
    with pytest.raises(error), store.write() as transaction:
        transaction.revise_comment(comment_id, CommentText(revision, "x", LATER), event(transaction))
    with store.read() as reader:
        assert [each.text for each in reader.comment_texts(1)] == ["first"]


def test_a_deleted_comment_says_nothing_again(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        transaction.add_comment(transaction.add_thread(1, 1, PLACE), "remy", "first", NOW)
        transaction.revise_comment(1, CommentText(1, "", LATER, deleted=True), event(transaction))
    with pytest.raises(CommentChanged), store.write() as transaction:
        transaction.revise_comment(1, CommentText(2, "x", LATER), event(transaction))


def test_a_suggestion_is_kept_with_its_draft_and_then_with_its_thread(store: ReviewStore) -> None:
    sent(store)
    one = replace(comment(7), kind=DraftKind.SUGGESTION, text="", suggestion=Suggestion("x = 1", "x = 2"))
    with store.write() as transaction:
        added = transaction.add_draft(one)
        assert added.suggestion == Suggestion("x = 1", "x = 2")
        edited = transaction.replace_draft(1, replace(added, suggestion=Suggestion("x = 1", "")))
        assert transaction.drafts("remy", 1) == (edited,)
        thread, other = transaction.add_thread(1, 1, PLACE), transaction.add_thread(1, 1, PLACE)
        transaction.add_suggestion(thread, Suggestion("x = 1", "x = 2"))
        said = transaction.add_comment(thread, "dana", "no", NOW).id
        elsewhere = transaction.add_comment(other, "dana", "no", NOW).id
    refused: tuple[tuple[type[Exception], Callable[[ReviewTransaction], None]], ...] = (
        (NotFound, lambda transaction: transaction.add_suggestion(99, Suggestion("a", "b"))),
        (Conflict, lambda transaction: transaction.add_suggestion(thread, Suggestion("a", "b"))),
        (NotFound, lambda transaction: transaction.suggestion_applied(other, 1)),
        (NotFound, lambda transaction: transaction.suggestion_rejected(other, elsewhere)),
        (NotFound, lambda transaction: transaction.suggestion_rejected(thread, elsewhere)),
    )
    for error, act in refused:
        with pytest.raises(error), store.write() as transaction:
            act(transaction)
    with store.write() as transaction:
        transaction.suggestion_rejected(thread, said)
    with pytest.raises(Conflict), store.write() as transaction:
        transaction.suggestion_rejected(thread, said)
    with store.write() as transaction:
        transaction.suggestion_applied(thread, 1)
    with pytest.raises(Conflict), store.write() as transaction:
        transaction.suggestion_applied(thread, 1)
    with store.read() as reader:
        assert reader.thread(thread).suggestion == Suggestion("x = 1", "x = 2", 1, said)
        assert [each.suggestion is None for each in reader.threads(1)] == [False, True]
