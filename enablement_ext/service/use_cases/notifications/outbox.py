"""Entries of the outbox from one transaction to the next. Whoever was killed in between left entries whose lease ends: they are taken again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import Conflict, Forbidden, StaleStamp
from enablement_ext.core.review.notifications.models import (
    Channel,
    DeliveryEnd,
    NewOutboxEntry,
    OutboxEntry,
    OutboxState,
    Undeliverable,
    ended,
    failed,
    postponed,
    retried,
    taken,
)
from enablement_ext.core.review.ports import NewEvent, ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext, commit

LEASE = timedelta(minutes=5)  # longer than everything that one delivery may wait for
_KEPT = timedelta(days=30)
_MOST = 50  # entries in one mail
_SHOWN = 200


def take(context: ReviewContext) -> list[OutboxEntry]:
    """What is due longest, with all that goes in the same mail; none where nothing is due."""
    now = context.clock.now()
    with context.store.read() as reader:
        if not reader.due_outbox(now, 1):
            return []
    with context.store.write() as transaction:
        due = transaction.due_outbox(now, 1)
        group = _together(transaction, due[0]) if due else []
        following = [taken(each, now + LEASE) for each in group]
        for before, after in zip(group, following, strict=True):
            transaction.replace_outbox(before, after)
        return following


def finish(
    context: ReviewContext,
    ends: Iterable[tuple[OutboxEntry, DeliveryEnd]],
    more: Iterable[NewOutboxEntry] = (),
) -> None:
    """Note how these ended, and queue what follows from them, together. What somebody else has taken meanwhile is theirs."""
    now = context.clock.now()
    with context.store.write() as transaction:
        transaction.add_outbox(more)
        for entry, end in ends:
            _store(transaction, entry, ended(entry, now, end))


def postpone(context: ReviewContext, entries: Iterable[OutboxEntry], problem: Undeliverable, chance: float) -> None:
    """These failed: due later, or dead."""
    now = context.clock.now()
    with context.store.write() as transaction:
        for entry in entries:
            _store(transaction, entry, failed(entry, now, problem, chance))


def wait_until(context: ReviewContext, entry: OutboxEntry, due_at: timedelta) -> None:
    """Its time comes so much later."""
    with context.store.write() as transaction:
        _store(transaction, entry, postponed(entry, context.clock.now() + due_at))


def prune(context: ReviewContext) -> int:
    """Forget what ended a month ago; how many."""
    with context.store.write() as transaction:
        return transaction.prune_outbox(context.clock.now() - _KEPT)


def undelivered(context: ReviewContext) -> Sequence[OutboxEntry]:
    """What was given up, the oldest first."""
    with context.store.read() as reader:
        return reader.dead_outbox(_SHOWN)


def retry(context: ReviewContext, by: str, groups: frozenset[str], numbers: Sequence[int]) -> int:
    """Try these again; how many are. Raises `Forbidden` for who does not look after the platform, `NotFound`, `Conflict` where none was given up."""
    if PLATFORM not in groups:
        raise Forbidden("Only platform engineers try messages again.", facts={"group": PLATFORM})

    def work(transaction: ReviewTransaction) -> int:
        found = [transaction.outbox_entry(number) for number in numbers]
        dead = [entry for entry in found if entry.state is OutboxState.DEAD]
        if not dead:
            raise Conflict("These are being tried again already.")
        now = context.clock.now()
        for entry in dead:
            transaction.replace_outbox(entry, retried(entry, now))
        facts = (("messages", [entry.number for entry in dead]),)
        transaction.append_event(NewEvent(now, by, "messages_retried", data=facts))
        return len(dead)

    return commit(context, work)


def _together(reader: ReviewReader, first: OutboxEntry) -> list[OutboxEntry]:
    """What is in one mail with it: of the same submission, due or not; of a summary all."""
    if first.channel not in (Channel.MAIL, Channel.DIGEST):
        return [first]
    same = [
        each
        for each in reader.queued_for(first.who)
        if each.channel is first.channel
        and (each.submission == first.submission or first.channel is Channel.DIGEST)
        and each.number != first.number
    ]
    return sorted([first, *same[: _MOST - 1]], key=lambda each: each.number)


def _store(transaction: ReviewTransaction, before: OutboxEntry, after: OutboxEntry) -> None:
    try:
        transaction.replace_outbox(before, after)
    except StaleStamp:
        return
