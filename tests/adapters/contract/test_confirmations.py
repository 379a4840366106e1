"""What people confirmed, what they dispute, and how it is settled: over every store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import (
    Confirmation,
    ConfirmedKind,
    NewConfirmation,
    Outcome,
    Settlement,
    Subject,
)
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.models import Verdict
from enablement_ext.core.review.ports import NewDecision, NewEvent, ReviewStore
from tests.adapters.factories import NOW, sent, sha

CLIENT = Client("2001:db8::1", "Firefox 128 on Linux")
LATER = NOW + timedelta(seconds=1)


def confirmed(store: ReviewStore, by: str = "remy", kind: ConfirmedKind = ConfirmedKind.DECISION) -> Confirmation:
    """A decision on submission 1, or access to a repository, with its event."""
    with store.write() as transaction:
        if kind is ConfirmedKind.REPOSITORY_ACCESS:
            event = transaction.append_event(NewEvent(NOW, by, "access_shown"))
            subject = Subject(repository="git/user/dana/churn")
        else:
            new = NewDecision(1, 1, sha("one"), "technical", Verdict.APPROVE, by, "", NOW)
            decision = transaction.add_decision(new)
            event = transaction.append_event(NewEvent(NOW, by, "approved", 1, 1))
            subject = Subject(submission=1, decision=decision.id)
        return transaction.add_confirmation(NewConfirmation(kind, by, NOW, CLIENT, event.seq, subject))


def dispute(store: ReviewStore, number: int) -> Confirmation:
    with store.write() as transaction:
        return transaction.dispute_confirmation(number, LATER)


def settle(store: ReviewStore, number: int, by: str = "petra", outcome: Outcome = Outcome.STANDS) -> Confirmation:
    with store.write() as transaction:
        return transaction.settle_confirmation(number, Settlement(by, LATER, outcome))


def held_since(store: ReviewStore) -> list[bool]:
    with store.read() as reader:
        return [each.held_since == LATER for each in reader.decisions(1)]


def test_what_was_confirmed_is_kept(store: ReviewStore) -> None:
    sent(store)
    first, second = confirmed(store), confirmed(store, "rita")
    access = confirmed(store, kind=ConfirmedKind.REPOSITORY_ACCESS)
    assert (first.number, first.client, first.at, first.disputed_at, first.held) == (1, CLIENT, NOW, None, False)
    with store.read() as reader:
        assert reader.confirmation(1) == first
        for number in (0, -1, 4, 2**64):
            with pytest.raises(NotFound):
                reader.confirmation(number)
        assert list(reader.confirmations_by("remy")) == [access, first]
        assert list(reader.confirmations_by("remy", below=access.number)) == [first]
        assert list(reader.confirmations_by("remy", limit=1)) == [access]
        assert list(reader.confirmations_by("nobody")) == []
        assert list(reader.confirmations_about(1)) == [first, second]
        assert list(reader.confirmations_about(2**64)) == []


def test_a_disputed_decision_is_held_until_it_is_settled(store: ReviewStore) -> None:
    sent(store)
    first, second = confirmed(store), confirmed(store, "rita")
    assert held_since(store) == [False, False]
    disputed = dispute(store, first.number)
    assert (disputed.disputed_at, disputed.held) == (LATER, True)
    assert held_since(store) == [True, False]
    with store.read() as reader:
        assert list(reader.held_confirmations()) == [disputed]
        assert (reader.last_dispute("remy"), reader.last_dispute("rita")) == (LATER, None)
    settled = settle(store, first.number)
    assert settled.settlement == Settlement("petra", LATER, Outcome.STANDS)
    assert held_since(store) == [False, False]
    with store.read() as reader:
        assert list(reader.held_confirmations()) == []
        assert reader.confirmation(second.number) == second


def test_each_is_said_once_and_never_by_its_maker(store: ReviewStore) -> None:
    sent(store)
    number = confirmed(store).number
    with pytest.raises(Conflict):
        settle(store, number)  # nothing is on hold
    dispute(store, number)
    with pytest.raises(Conflict):
        dispute(store, number)
    with pytest.raises(Conflict):
        settle(store, number, "remy")
    settle(store, number, outcome=Outcome.FALLS)
    with pytest.raises(Conflict):
        settle(store, number)
    with pytest.raises(NotFound):
        dispute(store, 9)
    with pytest.raises(NotFound):
        settle(store, 9)


def test_a_fallen_decision_is_not_held_and_access_is_never_settled(store: ReviewStore) -> None:
    sent(store)
    number = confirmed(store).number
    with store.write() as transaction:
        transaction.fell_decisions([1], "Version 2 answers it.")
    dispute(store, number)
    assert held_since(store) == [False]
    access = confirmed(store, kind=ConfirmedKind.REPOSITORY_ACCESS).number
    assert not dispute(store, access).held
    with pytest.raises(Conflict):
        settle(store, access)


def test_a_dispute_of_a_transaction_that_failed_is_not_there(store: ReviewStore) -> None:
    sent(store)
    number = confirmed(store).number

    def twice() -> None:
        with store.write() as transaction:
            transaction.dispute_confirmation(number, NOW)
            transaction.dispute_confirmation(number, NOW)

    with pytest.raises(Conflict):
        twice()
    with store.read() as reader:
        assert reader.confirmation(number).disputed_at is None
