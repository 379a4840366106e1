"""All or nothing, one at a time, snapshots, and the hash chain: what every store promises of its transactions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from enablement_ext.core.errors import KeyReused, StaleStamp
from enablement_ext.core.review.event_log import EMPTY, ChainHead, verify
from enablement_ext.core.review.models import Anchor, CheckRecord, Verdict
from enablement_ext.core.review.ports import NewDecision, NewEvent, ReviewStore
from enablement_ext.core.review.queue import QueueFilter, QueueQuery
from tests.adapters.factories import (
    NOW,
    TECHNICAL,
    change,
    claimed,
    event,
    kept_receipt,
    new_version,
    send,
    sent,
    sha,
)
from tests.polling import PATIENCE


class Interrupted(Exception):
    """Stops a transaction half way."""


def test_what_raises_leaves_nothing(store: ReviewStore) -> None:
    before = sent(store)
    with pytest.raises(Interrupted), store.write() as transaction:  # noqa: PT012
        submission = send(transaction)
        transaction.keep_receipt("dana", "key", kept_receipt(submission))
        transaction.replace_submission(1, before)
        transaction.add_version(before.number, new_version("two"))
        thread = transaction.add_thread(before.number, 1, Anchor())
        transaction.add_comment(thread, "remy", "x", NOW)
        transaction.add_decision(NewDecision(1, 1, sha("one"), "technical", Verdict.REJECT, "remy", "r", NOW))
        raise Interrupted
    with store.read() as reader:
        assert reader.submission(before.number) == before
        assert len(reader.versions(before.number)) == 1
        assert reader.threads(before.number) == ()
        assert reader.decisions(before.number) == ()
        assert reader.kept_receipt("dana", "key") is None
        assert reader.last_seq() == 1
        assert verify(reader.events_after(0, 100), reader.chain_head()).intact
        assert len(reader.page(QueueQuery("remy", TECHNICAL, QueueFilter.ALL)).items) == 1
    assert sent(store).number == before.number + 1


def test_what_checks_found_is_kept_as_it_was_told(store: ReviewStore) -> None:
    number = sent(store).number
    record = CheckRecord("r1", ({"code": "a.b", "facts": {"ü": [1, None]}},), ({"cell": 1, "bytes": 2},), ("a", "ü"))
    with store.write() as transaction:
        assert transaction.check_record(number, 1) is None
        transaction.keep_check_record(number, 1, record)
        assert transaction.check_record(number, 1) == record
    with store.read() as reader:
        assert reader.check_record(number, 1) == record
        assert reader.check_record(number, 2) is None


def test_a_transaction_reads_what_it_wrote(store: ReviewStore) -> None:
    with store.write() as transaction:
        submission = send(transaction)
        assert transaction.submission(submission.number) == submission
        assert transaction.last_seq() == 1
        assert transaction.chain_head() == ChainHead(1, transaction.events(submission.number)[0].hash)
        assert len(transaction.page(QueueQuery("remy", TECHNICAL, QueueFilter.WAITING)).items) == 1


def test_a_snapshot_does_not_see_what_is_committed_later(store: ReviewStore) -> None:
    first = sent(store)
    with store.read() as reader:
        assert reader.last_seq() == 1
        change(store, first, title="Later")
        sent(store)
        assert reader.last_seq() == 1
        assert reader.submission(first.number) == first
        assert len(reader.page(QueueQuery("remy", TECHNICAL, QueueFilter.ALL)).items) == 1
    with store.read() as reader:
        assert reader.last_seq() == 3


def test_readers_do_not_wait_for_a_writer_and_see_nothing_of_it(store: ReviewStore) -> None:
    with store.write() as transaction:
        send(transaction)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_last_seq, store).result(timeout=PATIENCE) == 0
    assert _last_seq(store) == 1


def _last_seq(store: ReviewStore) -> int:
    with store.read() as reader:
        return reader.last_seq()


def test_events_are_numbered_without_gaps_and_chained(store: ReviewStore) -> None:
    with store.read() as reader:
        assert reader.chain_head() == EMPTY
    for _ in range(3):
        sent(store)
    with store.write() as transaction:
        transaction.append_event(NewEvent(NOW, "remy", "claimed", 2))
    with store.read() as reader:
        events = reader.events_after(0, 100)
        assert [entry.seq for entry in events] == [1, 2, 3, 4]
        assert dict(events[0].data) == dict(event().data)
        assert (events[0].at, events[0].actor, events[0].kind, events[0].version) == (NOW, "dana", "sent", 1)
        assert reader.events_after(2, 1) == (events[2],)
        assert reader.events_after(4, 10) == reader.events_after(10**30, 10) == ()
        assert reader.events(2) == (events[1], events[3])
        assert reader.chain_head() == ChainHead(4, events[3].hash)
        assert verify(events, reader.chain_head()).intact


@pytest.mark.parametrize("data", [float("nan"), float("inf"), b"bytes", {1, 2}])
def test_data_that_is_not_json_is_refused(store: ReviewStore, data: object) -> None:
    with pytest.raises((ValueError, TypeError)), store.write() as transaction:
        transaction.append_event(NewEvent(NOW, "remy", "odd", None, None, (("data", data),)))
    assert _last_seq(store) == 0


def test_fifty_sends_at_once_with_one_key_keep_one_receipt(store: ReviewStore) -> None:
    start = threading.Barrier(10)

    def attempt(index: int) -> int:
        if index < 10:
            start.wait()
        try:
            with store.write() as transaction:
                kept = transaction.kept_receipt("dana", "key")
                if kept is None:
                    submission = send(transaction)
                    transaction.keep_receipt("dana", "key", kept_receipt(submission))
                    return submission.number
                return kept.receipt.submission
        except KeyReused:
            return -1

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(attempt, range(50)))
    assert answers == {1}
    assert _last_seq(store) == 1


def test_the_same_key_without_looking_first_is_refused_and_rolled_back(store: ReviewStore) -> None:
    def attempt(_: int) -> bool:
        try:
            with store.write() as transaction:
                transaction.keep_receipt("dana", "key", kept_receipt(send(transaction)))
        except KeyReused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1
    with store.read() as reader:
        assert len(reader.page(QueueQuery("remy", TECHNICAL, QueueFilter.ALL)).items) == 1


@pytest.mark.slow
def test_two_reviewers_claim_at_once_and_one_wins_each_of_a_thousand_rounds(store: ReviewStore) -> None:
    rounds = 1000
    submission = sent(store)
    won = {"remy": 0, "rhea": 0}
    start = threading.Barrier(2)

    def attempt(reviewer: str) -> bool:
        start.wait()
        try:
            claimed(store, submission, reviewer)
        except StaleStamp:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for turn in range(rounds):
            outcomes = dict(zip(won, pool.map(attempt, won), strict=True))
            assert sum(outcomes.values()) == 1, (turn, outcomes)
            winner = next(name for name, success in outcomes.items() if success)
            won[winner] += 1
            with store.read() as reader:
                submission = reader.submission(submission.number)
            assert submission.claim is not None
            assert submission.claim.by == winner
    assert _last_seq(store) == 1 + rounds
    with store.read() as reader:
        assert verify(reader.events_after(0, 2 * rounds), reader.chain_head()).count == 1 + rounds


def test_writers_in_many_threads_make_one_chain_in_the_order_they_committed(store: ReviewStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: sent(store).number, range(80)))
    assert sorted(numbers) == list(range(1, 81))
    with store.read() as reader:
        events = reader.events_after(0, 100)
        assert [entry.submission for entry in events] == list(range(1, 81))
        assert verify(events, reader.chain_head()).intact


def test_small_files_are_kept_with_the_transaction_and_never_change(store: ReviewStore) -> None:
    content = bytes(range(256)) * 3
    with pytest.raises(Interrupted), store.write() as transaction:  # noqa: PT012
        transaction.keep_small_files({sha("one"): content})
        raise Interrupted
    with store.write() as transaction:
        assert transaction.small_file(sha("one")) is None
        transaction.keep_small_files({sha("two"): content, sha("three"): b""})
        assert transaction.small_file(sha("two")) == content
    with store.write() as transaction:
        transaction.keep_small_files({sha("two"): b"other", sha("four"): b"4"})
    with store.read() as reader:
        found = [reader.small_file(sha(name)) for name in ("one", "two", "three", "four")]
    assert found == [None, content, b"", b"4"]


def test_who_listens_hears_of_commits_until_they_stop(store: ReviewStore) -> None:
    heard = threading.Event()
    stop = store.listen(heard.set)
    sent(store)
    assert heard.wait(PATIENCE)
    stop()
    heard.clear()
    sent(store)
    assert not heard.wait(0.2)


def test_a_glance_tells_the_newest_committed_event_or_nothing(store: ReviewStore) -> None:
    assert store.latest_seq() in (0, None)
    sent(store)
    with store.write() as transaction:
        send(transaction)
        assert store.latest_seq() in (1, None)
    assert store.latest_seq() in (2, None)
    with store.read() as reader:
        assert store.latest_seq() in (reader.last_seq(), None)
