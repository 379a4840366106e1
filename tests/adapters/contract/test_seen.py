"""What people have seen: over every store."""

from __future__ import annotations

import pytest

from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.differences.seen import SeenMarks
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import NOW, new_version, sent

ONE, TWO = "a" * 40, "b" * 40 + "-2"


def marks(store: ReviewStore, person: str = "remy", submission: int = 1) -> SeenMarks:
    with store.read() as reader:
        return reader.seen(person, submission)


def test_marks_are_a_persons_own_and_of_one_submission(store: ReviewStore) -> None:
    sent(store)
    sent(store)
    assert marks(store) == SeenMarks()
    with store.write() as transaction:
        transaction.mark_seen("remy", 1, [ONE, TWO], NOW)
        transaction.mark_seen("remy", 1, [ONE], NOW)  # again
        assert transaction.seen("remy", 1).keys == {ONE, TWO}
    assert marks(store) == SeenMarks(None, frozenset({ONE, TWO}))
    assert marks(store, "rosa") == marks(store, submission=2) == SeenMarks()
    with store.write() as transaction:
        transaction.unmark_seen("remy", 1, [TWO, "c" * 40])
        transaction.unmark_seen("rosa", 1, [ONE])
    assert marks(store).keys == {ONE}


def test_a_version_is_read_to_its_end_and_the_newest_counts(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        transaction.add_version(1, new_version("two"))
        transaction.mark_read("remy", 1, 2, NOW)
        transaction.mark_read("remy", 1, 1, NOW)
    assert marks(store).version == 2
    for submission, version in ((1, 3), (7, 1)):
        with pytest.raises(NotFound), store.write() as transaction:
            transaction.mark_read("remy", submission, version, NOW)
    assert marks(store) == SeenMarks(2, frozenset())


def test_many_keys_at_once(store: ReviewStore) -> None:
    sent(store)
    keys = [f"{number:040x}" for number in range(1_200)]
    with store.write() as transaction:
        transaction.mark_seen("remy", 1, keys, NOW)
    assert len(marks(store).keys) == len(keys)
    with store.write() as transaction:
        transaction.unmark_seen("remy", 1, keys[:1_100])
    assert marks(store).keys == set(keys[1_100:])


def mark_and_read(store: ReviewStore, version: int) -> None:
    with store.write() as transaction:
        transaction.mark_seen("remy", 1, [ONE], NOW)
        transaction.mark_read("remy", 1, version, NOW)


def test_a_transaction_that_breaks_off_leaves_no_mark(store: ReviewStore) -> None:
    sent(store)
    with pytest.raises(NotFound):
        mark_and_read(store, version=9)
    assert marks(store) == SeenMarks()
