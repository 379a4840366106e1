"""What every store does with submissions, versions, receipts, threads and decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.core.errors import KeyReused, NotFound, StaleStamp
from enablement_ext.core.review.models import Anchor, Attention, State, Verdict
from enablement_ext.core.review.ports import NewDecision, ReviewStore
from tests.adapters.factories import NOW, change, claimed, kept_receipt, new_version, send, sent, sha


def test_a_new_store_is_ready_and_empty(store: ReviewStore) -> None:
    store.ready()
    with store.read() as reader:
        assert reader.last_seq() == 0
        assert reader.events_after(0, 10) == ()


def test_a_submission_comes_back_as_it_was_stored(store: ReviewStore) -> None:
    submission = sent(store)
    with store.read() as reader:
        assert reader.submission(submission.number) == submission
    changed = claimed(store, submission)
    assert changed.stamp == 2
    with store.read() as reader:
        assert reader.submission(submission.number) == changed


def test_attention_comes_back_in_the_order_of_waiting(store: ReviewStore) -> None:
    first = sent(store)
    whos = (Attention("user:remy", NOW, 9), Attention("user:dana", NOW, 8), Attention("track:technical", NOW, 9))
    with store.write() as transaction:
        changed = transaction.replace_submission(1, replace(first, attention=whos))
    assert [entry.who for entry in changed.attention] == ["user:dana", "track:technical", "user:remy"]
    with store.read() as reader:
        assert reader.submission(first.number) == changed


@pytest.mark.parametrize("number", [-1, 0, 2, 2**63, 10**40])
def test_what_is_not_there_is_not_found(store: ReviewStore, number: int) -> None:
    sent(store)
    with store.read() as reader:
        with pytest.raises(NotFound):
            reader.submission(number)
        with pytest.raises(NotFound):
            reader.version(number, 1)
        with pytest.raises(NotFound):
            reader.version(1, number)
        with pytest.raises(NotFound):
            reader.thread(number)
        assert reader.versions(number) == ()
        assert reader.threads(number) == ()
        assert reader.decisions(number) == ()
        assert reader.events(number) == ()


def test_a_stale_stamp_changes_nothing(store: ReviewStore) -> None:
    submission = sent(store)
    changed = change(store, submission, title="Second")
    with pytest.raises(StaleStamp) as caught:
        change(store, submission, title="Third")
    assert caught.value.facts == {"stamp": 2}
    with store.read() as reader:
        assert reader.submission(submission.number) == changed
        assert reader.last_seq() == 2


def test_replacing_what_is_not_there_is_not_found(store: ReviewStore) -> None:
    submission = sent(store)
    with store.write() as transaction, pytest.raises(NotFound):
        transaction.replace_submission(1, replace(submission, number=77))


def test_author_and_creation_never_change(store: ReviewStore) -> None:
    submission = sent(store)
    with store.write() as transaction:
        other = replace(submission, author="mallory", created_at=NOW + timedelta(days=1), open_threads=7)
        changed = transaction.replace_submission(1, other)
    assert changed == replace(submission, stamp=2)


def test_numbers_are_given_once(store: ReviewStore) -> None:
    with store.write() as transaction:
        assert [transaction.next_number(), transaction.next_number()] == [1, 2]
        first = send(transaction)
    with store.write() as transaction:
        assert transaction.next_number() > first.number


def test_versions_are_numbered_from_one_and_keep_every_field(store: ReviewStore) -> None:
    submission = sent(store)
    bare = replace(new_version("two"), git=None, files=(), changes=())
    with store.write() as transaction:
        added = transaction.add_version(submission.number, bare)
    assert added.number == 2
    with store.read() as reader:
        first, second = reader.versions(submission.number)
        assert second == added == reader.version(submission.number, 2)
        assert (first.number, first.files, first.git) == (1, new_version().files, new_version().git)
        assert (first.answers, first.changes) == (new_version().answers, new_version().changes)
        assert second.git is None


def test_a_version_needs_a_submission(store: ReviewStore) -> None:
    with store.write() as transaction, pytest.raises(NotFound):
        transaction.add_version(5, new_version())


def test_a_receipt_is_kept_once_for_each_author(store: ReviewStore) -> None:
    submission = sent(store)
    kept = kept_receipt(submission)
    with store.write() as transaction:
        transaction.keep_receipt("dana", "k1", kept)
        transaction.keep_receipt("remy", "k1", kept)
        with pytest.raises(KeyReused):
            transaction.keep_receipt("dana", "k1", kept)
    with store.read() as reader:
        assert reader.kept_receipt("dana", "k1") == kept
        assert reader.kept_receipt("dana", "k2") is None


def test_content_sent_before_is_found_in_living_submissions(store: ReviewStore) -> None:
    first, second = sent(store), sent(store)
    with store.read() as reader:
        found = reader.sent_before("dana", sha("one"))
        assert found is not None
        assert (found.submission, found.number) == (second.number, 1)
        assert reader.sent_before("remy", sha("one")) is None
        assert reader.sent_before("dana", sha("two")) is None
    change(store, second, state=State.WITHDRAWN, attention=())
    with store.read() as reader:
        found = reader.sent_before("dana", sha("one"))
        assert found is not None
        assert found.submission == first.number
    change(store, first, state=State.REJECTED, attention=())
    with store.read() as reader:
        assert reader.sent_before("dana", sha("one")) is None


def test_threads_keep_their_anchor_and_comments_and_are_counted(store: ReviewStore) -> None:
    submission = sent(store)
    anchor = Anchor(cell="c1", source_sha256=sha("x"), lines=(3, 4), quote="a = 1\nb = 2")
    with store.write() as transaction:
        thread = transaction.add_thread(submission.number, 1, anchor)
        comments = tuple(transaction.add_comment(thread, "remy", text, NOW) for text in ("=why?\n", "\u202ertl"))
        other = transaction.add_thread(submission.number, 1, Anchor(cell="c1", output=0))
    with store.read() as reader:
        first, second = reader.threads(submission.number)
        assert (first.id, first.anchor, first.comments) == (thread, anchor, comments)
        assert (second.id, second.anchor, second.comments) == (other, Anchor(cell="c1", output=0), ())
        assert reader.thread(thread) == first
        assert reader.submission(submission.number).open_threads == 2
    with store.write() as transaction:
        transaction.set_resolved(thread, "dana", NOW)
    with store.read() as reader:
        assert reader.thread(thread).resolved_by == "dana"
        assert reader.thread(thread).resolved_at == NOW
        assert reader.submission(submission.number).open_threads == 1
    with store.write() as transaction:
        transaction.set_resolved(thread, None, None)
        assert transaction.submission(submission.number).open_threads == 2


def test_a_thread_needs_its_version_and_a_comment_its_thread(store: ReviewStore) -> None:
    submission = sent(store)
    with store.write() as transaction:
        with pytest.raises(NotFound):
            transaction.add_thread(submission.number, 2, Anchor())
        with pytest.raises(NotFound):
            transaction.add_comment(99, "remy", "x", NOW)
        with pytest.raises(NotFound):
            transaction.set_resolved(99, "remy", NOW)


def test_a_decision_binds_to_a_content_id_and_can_fall_once(store: ReviewStore) -> None:
    submission = sent(store)
    new = NewDecision(submission.number, 1, sha("one"), "technical", Verdict.APPROVE, "remy", "good", NOW)
    with store.write() as transaction:
        with pytest.raises(NotFound):
            transaction.add_decision(replace(new, content_id=sha("other")))
        decision = transaction.add_decision(new)
    with store.write() as transaction:
        transaction.fell_decisions([decision.id], "code changed")
        transaction.fell_decisions([decision.id], "again")
        transaction.fell_decisions([], "nothing")
    with store.read() as reader:
        assert reader.decisions(submission.number) == (replace(decision, fallen_because="code changed"),)


def test_people_who_were_asked_by_name_are_found_while_nobody_has_claimed_it(store: ReviewStore) -> None:
    first, second, third = sent(store), sent(store), sent(store)
    whos = [(f"user:{name}", at) for at, name in enumerate(("remy", first.author, "a_b%", "zoë"), 30)]
    asked = tuple(Attention(who, NOW, seq) for who, seq in [*whos, ("track:technical", 40)])
    with store.write() as transaction:
        transaction.replace_submission(1, replace(first, attention=asked))
        turn = (Attention("user:remy", NOW, 50),)
        transaction.replace_submission(1, replace(second, attention=turn))
        transaction.replace_submission(
            1, replace(third, attention=(replace(turn[0], since_seq=60),), state=State.REJECTED)
        )
    with store.read() as reader:
        expected = (("a_b%", first.number), ("remy", first.number), ("remy", second.number), ("zoë", first.number))
        assert tuple(sorted(reader.asked_people(10))) == expected
        assert len(reader.asked_people(2)) == 2
        claimed_one = reader.submission(second.number)
    claimed(store, claimed_one)
    with store.read() as reader:
        assert ("remy", second.number) not in reader.asked_people(10)


def test_claims_that_lapsed_are_found_the_longest_lapsed_first(store: ReviewStore) -> None:
    first = claimed(store, sent(store), hours=4)
    second = claimed(store, sent(store), hours=2)
    claimed(store, sent(store), hours=9)
    sent(store)
    with store.read() as reader:
        assert reader.lapsed_claims(NOW + timedelta(hours=1), 10) == ()
        assert reader.lapsed_claims(NOW + timedelta(hours=4), 10) == (second, first)
        assert reader.lapsed_claims(NOW + timedelta(hours=4), 1) == (second,)
