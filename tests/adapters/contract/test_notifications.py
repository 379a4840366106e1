"""The outbox and preferences: over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.review.notifications import models
from enablement_ext.core.review.notifications.models import (
    Channel,
    DeliveryEnd,
    NewOutboxEntry,
    Occasion,
    OutboxEntry,
    OutboxState,
    Undeliverable,
)
from enablement_ext.core.review.notifications.preferences import MailTiming, Preferences
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import NOW, sent

SECOND = timedelta(seconds=1)


def new(key: str, who: str = "user:dana", due: int = 0) -> NewOutboxEntry:
    return NewOutboxEntry(key, Channel.MAIL, Occasion.TURN, who, 1, 1, NOW, NOW + due * SECOND, 2, "say “this”")


def add(store: ReviewStore, *entries: NewOutboxEntry) -> None:
    with store.write() as transaction:
        transaction.add_outbox(entries)


def put(store: ReviewStore, before: OutboxEntry, after: OutboxEntry) -> OutboxEntry:
    with store.write() as transaction:
        transaction.replace_outbox(before, after)
    with store.read() as reader:
        return reader.outbox_entry(before.number)


def test_what_is_written_twice_is_there_once_and_comes_when_it_is_due(store: ReviewStore) -> None:
    sent(store)
    add(store, new("a", due=5), new("b"), new("a"), new("c", "user:olga", due=9))
    add(store, new("b", due=-9))
    with store.read() as reader:
        first = reader.outbox_entry(1)
        assert (first, first.state) == (models.queued(new("a", due=5), 1), OutboxState.QUEUED)
        assert [entry.key for entry in reader.due_outbox(NOW, 9)] == ["b"]
        assert [entry.key for entry in reader.due_outbox(NOW + 9 * SECOND, 2)] == ["b", "a"]
        assert [entry.key for entry in reader.queued_for("user:dana")] == ["a", "b"]
        assert not list(reader.dead_outbox(9))
        for number in (0, 4, 2**64):
            with pytest.raises(NotFound):
                reader.outbox_entry(number)


def test_what_is_taken_comes_again_when_its_lease_is_over_and_then_belongs_to_the_next(store: ReviewStore) -> None:
    sent(store)
    add(store, new("a"))
    with store.read() as reader:
        waiting = reader.outbox_entry(1)
    lost = put(store, waiting, models.taken(waiting, NOW + 5 * SECOND))
    with store.read() as reader:
        assert not list(reader.due_outbox(NOW + 5 * SECOND, 9))
        assert list(reader.due_outbox(NOW + 6 * SECOND, 9)) == [lost]
        assert not list(reader.queued_for("user:dana"))
    present = put(store, lost, models.taken(lost, NOW + 20 * SECOND))
    assert present.attempt == 2
    with pytest.raises(StaleStamp):
        put(store, lost, models.ended(lost, NOW, DeliveryEnd.DELIVERED))
    done = put(store, present, models.ended(present, NOW, DeliveryEnd.DELIVERED))
    assert (done.end, done.ended_at, done.lease_until) == (DeliveryEnd.DELIVERED, NOW, None)
    with pytest.raises(NotFound):
        put(store, replace(done, number=9), done)


def test_what_was_given_up_is_listed_until_it_is_tried_again(store: ReviewStore) -> None:
    sent(store)
    add(store, new("a"))
    with store.read() as reader:
        entry = reader.outbox_entry(1)
    taken = put(store, entry, models.taken(entry, NOW + SECOND))
    dead = put(store, taken, models.failed(taken, NOW, Undeliverable("550 no such user", final=True), 0.5))
    with store.read() as reader:
        assert list(reader.dead_outbox(9)) == [dead]
        assert not list(reader.due_outbox(NOW + 99 * SECOND, 9))
    assert (dead.state, dead.problem, dead.failures) == (OutboxState.DEAD, "550 no such user", 1)
    again = put(store, dead, models.retried(dead, NOW))
    with store.read() as reader:
        assert list(reader.due_outbox(NOW, 9)) == [again]
        assert not list(reader.dead_outbox(9))


def test_what_ended_long_ago_is_forgotten_and_no_number_is_given_twice(store: ReviewStore) -> None:
    sent(store)
    add(store, new("a"), new("b"), new("c"))
    for number in (1, 3):
        with store.read() as reader:
            entry = reader.outbox_entry(number)
        taken = put(store, entry, models.taken(entry, NOW + SECOND))
        put(store, taken, models.ended(taken, NOW, DeliveryEnd.OVER))
    with store.write() as transaction:
        assert transaction.prune_outbox(NOW) == 0
        assert transaction.prune_outbox(NOW + SECOND) == 1
    add(store, new("d"))
    with store.read() as reader:
        assert reader.outbox_entry(4).key == "d"
        with pytest.raises(NotFound):
            reader.outbox_entry(1)


def test_preferences_are_kept_as_they_were_chosen(store: ReviewStore) -> None:
    mail = {Occasion.TURN: MailTiming.NEVER, Occasion.NEWS: MailTiming.DIGEST, Occasion.REMINDER: MailTiming.NOW}
    chosen = Preferences(
        mail,
        "America/New_York",
        time(7, 30),
        time(23, 59),
        frozenset({0, 6}),
        23,
        (date(2026, 12, 24), date(2027, 1, 6)),
    )
    with store.write() as transaction:
        assert transaction.preferences("dana") is None
        for each in (Preferences(), chosen):
            transaction.put_preferences("dana", each)
    with store.read() as reader:
        assert reader.preferences("dana") == chosen
        assert reader.preferences("olga") is None
