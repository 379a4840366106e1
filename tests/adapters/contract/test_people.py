"""People and whose submissions are whose: over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.core.access.people import UNTOLD, Account, Person, Records
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.hand_over import HandOver, adopt, every_person, hand_over, release
from enablement_ext.core.review.models import State, Verdict
from enablement_ext.core.review.ports import NewDecision, ReviewStore
from enablement_ext.core.review.queue import QueueFilter, QueueQuery
from tests.adapters.factories import NOW, change, claimed, sent, sha

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA = Person("ada", "ada", NOW, True, NOW, NOW)
BOB = Person("bob", "bob", NOW + DAY, True, NOW + HOUR, NOW + HOUR)
NEW = Person("ada/2", "ada", NOW + 2 * DAY, True, NOW + 3 * DAY, NOW + 3 * DAY)


def put(store: ReviewStore, *people: Person) -> None:
    with store.write() as transaction:
        for person in people:
            transaction.put_person(person)


def test_people_are_found_as_they_were_put(store: ReviewStore) -> None:
    former = replace(ADA, holds=False, heir="bob")
    put(store, ADA, BOB)
    put(store, former, NEW)
    with store.read() as reader:
        assert reader.person("ada") == former
        assert reader.person("nobody") is None
        assert (reader.holder("ada"), reader.holder("bob"), reader.holder("zoe")) == (NEW, BOB, None)
        assert reader.records(Account("adele", NOW)) == Records(None, (former,))
        assert reader.records(Account("ada", NOW)) == Records(NEW, (former,))
        assert reader.records(Account("bob", NOW + DAY)) == Records(BOB, ())
        assert [person.id for person in reader.people()] == ["ada", "ada/2", "bob"]
        assert [person.id for person in reader.people("ada", 1)] == ["ada/2"]
        assert reader.handed_to("bob") == ("ada",)


def test_times_that_the_hub_does_not_tell_make_nobody_alike(store: ReviewStore) -> None:
    put(store, replace(ADA, created=UNTOLD))
    with store.read() as reader:
        assert reader.records(Account("zoe", UNTOLD)) == Records(None, ())


def test_a_name_is_held_by_one(store: ReviewStore) -> None:
    put(store, ADA)
    with pytest.raises(Conflict):
        put(store, NEW)
    put(store, ADA)  # again


def test_witnesses_are_of_the_same_hub_database(store: ReviewStore) -> None:
    zoe = Person("zoe", "zoe", NOW + DAY, True, NOW + 2 * DAY, NOW + 2 * DAY)  # first seen long after ada was seen last
    gone = Person("gone", "gone", NOW - DAY, False, NOW, NOW)
    older = Person("older", "older", NOW - DAY, True, NOW + 5 * DAY, NOW + 5 * DAY)
    waiting = Person("waiting", "waiting", None, True, NOW, NOW)
    put(store, replace(ADA, seen_at=NOW + 2 * HOUR), BOB, zoe, gone, older, waiting)
    with store.read() as reader:
        ada = reader.person("ada")
        assert ada is not None
        assert [person.id for person in reader.witnesses(ada, 9)] == ["older", "bob"]
        assert [person.id for person in reader.witnesses(ada, 1)] == ["older"]
        assert [person.id for person in reader.witnesses(replace(ada, created=None), 9)] == ["bob"]


ORDER = HandOver("ada", "bob", "left the company", "hub")


def test_work_that_is_handed_over_is_the_heirs(store: ReviewStore) -> None:
    put(store, replace(ADA, holds=False), BOB)
    first, other = sent(store, "ada"), sent(store, "zoe")
    change(store, first, state=State.CHANGES_REQUESTED, whos=("user:ada",))
    with store.write() as transaction:
        assert hand_over(transaction, ORDER, NOW + DAY) == 1
    with store.read() as reader:
        after = reader.submission(first.number)
        assert (after.author, after.state) == ("bob", State.CHANGES_REQUESTED)
        assert [entry.who for entry in after.attention] == ["user:bob"]
        assert after.stamp > first.stamp
        assert reader.submission(other.number).author == "zoe"
        assert reader.version(first.number, 1).sent_by == "ada"
        lists = {
            name: [row.number for row in reader.page(QueueQuery(name, frozenset(), QueueFilter.SENT)).items]
            for name in ("ada", "bob")
        }
        assert lists == {"ada": [], "bob": [first.number]}
        assert reader.page(QueueQuery("bob", frozenset(), QueueFilter.WAITING)).items == (after,)
        assert reader.handed_to("bob") == ("ada",)
        events = reader.events_after(0, 99)
        assert [event.kind for event in events[-2:]] == ["work_handed_over", "author_changed"]
        assert dict(events[-2].data) == {"person": "ada", "heir": "bob", "reason": "left the company", "checked": "hub"}
        assert dict(events[-1].data) == {"from": "ada", "to": "bob"}
        assert verify(events, reader.chain_head(), ()).intact


def test_what_an_heir_inherited_goes_on_with_the_rest(store: ReviewStore) -> None:
    put(store, replace(ADA, holds=False), BOB, NEW)
    number = sent(store, "ada").number
    for order in (ORDER, HandOver("bob", "ada/2", "", "said")):
        with store.write() as transaction:
            hand_over(transaction, order, NOW + DAY)
    with store.read() as reader:
        assert reader.submission(number).author == "ada/2"
        assert reader.handed_to("ada/2") == ("ada", "bob")


def test_whoever_was_never_seen_can_be_handed_over_but_inherits_nothing(store: ReviewStore) -> None:
    put(store, BOB)
    number = sent(store, "ada").number
    with store.write() as transaction:
        hand_over(transaction, ORDER, NOW)
    with store.read() as reader:
        assert reader.submission(number).author == "bob"
        former = reader.person("ada")
        assert former is not None
        assert (former.holds, former.created, former.heir) == (False, None, "bob")
    for heir in ("nobody", "bob"):
        with pytest.raises(NotFound), store.write() as transaction:
            hand_over(transaction, HandOver("bob", heir, "", "said"), NOW)


def test_a_reviewer_does_not_become_the_author_of_what_they_decided_on(store: ReviewStore) -> None:
    put(store, replace(ADA, holds=False), BOB)
    number = sent(store, "ada").number
    with store.write() as transaction:
        transaction.add_decision(NewDecision(number, 1, sha("one"), "technical", Verdict.APPROVE, "bob", "", NOW))
    with pytest.raises(Conflict, match=f"#{number}"), store.write() as transaction:
        hand_over(transaction, ORDER, NOW)
    with store.read() as reader:
        assert reader.submission(number).author == "ada"
        assert reader.handed_to("bob") == ()


def test_a_claim_of_the_heir_ends(store: ReviewStore) -> None:
    put(store, replace(ADA, holds=False), BOB)
    held = claimed(store, sent(store, "ada"), by="bob")
    with store.write() as transaction:
        hand_over(transaction, ORDER, NOW + HOUR)
    with store.read() as reader:
        assert [each.number for each in reader.lapsed_claims(NOW + HOUR, 9)] == [held.number]


def test_an_author_changes_to_nobody_but_the_heir(store: ReviewStore) -> None:
    put(store, replace(ADA, heir="zoe"), BOB)
    number = sent(store, "ada").number
    with pytest.raises(Conflict), store.write() as transaction:
        transaction.set_author(number, "bob")
    with pytest.raises(NotFound), store.write() as transaction:
        transaction.set_author(99, "bob")


def test_adopted_and_released(store: ReviewStore) -> None:
    put(store, replace(ADA, holds=False), NEW, BOB)
    with store.write() as transaction:
        assert adopt(transaction, NOW) == 2
        release(transaction, "bob", NOW)
    with store.read() as reader:
        people = {person.id: (person.holds, person.created) for person in every_person(reader)}
        assert people == {"ada": (False, NOW), "ada/2": (True, None), "bob": (False, None)}
        assert [event.kind for event in reader.events_after(0, 9)] == ["people_adopted", "name_released"]
    with pytest.raises(NotFound), store.write() as transaction:
        release(transaction, "bob", NOW)
