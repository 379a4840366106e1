"""Who was let into repositories, and which submissions came out of them: over every store."""

from __future__ import annotations

from datetime import UTC, datetime

from enablement_ext.core.git.access.ports import Member
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.review.models import State
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import change, sent

AT = datetime(2026, 11, 24, 23, tzinfo=UTC)
ONE = RepositoryId(Space.USER, "dana", "churn")
OTHER = RepositoryId(Space.USER, "Dana/é", "churn")


def member(repository: RepositoryId, who: str, *, write: bool = False) -> Member:
    return Member(repository, who, write, "dana", AT)


def test_members_are_found_by_repository_and_by_person(store: ReviewStore) -> None:
    olga, remy, odd = member(ONE, "olga"), member(ONE, "remy", write=True), member(OTHER, "olga")
    with store.write() as transaction:
        for each in (remy, olga, odd):
            transaction.put_member(each)
    with store.read() as reader:
        assert list(reader.members(ONE.path)) == [olga, remy]
        assert list(reader.memberships("olga")) == sorted([olga, odd], key=lambda each: each.repository.path)
        assert list(reader.memberships("dana")) == []


def test_a_member_is_one_and_can_be_changed_and_removed(store: ReviewStore) -> None:
    with store.write() as transaction:
        transaction.put_member(member(ONE, "olga"))
        transaction.put_member(member(ONE, "olga", write=True))
    with store.write() as transaction:
        assert list(transaction.members(ONE.path)) == [member(ONE, "olga", write=True)]
        for _ in range(2):
            transaction.remove_member(ONE.path, "olga")
        transaction.remove_member(ONE.path, "nobody")
    with store.read() as reader:
        assert list(reader.members(ONE.path)) == []


def test_submissions_are_found_by_the_repository_they_came_from(store: ReviewStore) -> None:
    first, second = sent(store), sent(store)
    with store.write() as transaction:
        for number in (first.number, second.number, first.number):
            transaction.keep_origin(ONE.path, number)
    with store.read() as reader:
        assert list(reader.submissions_from(ONE.path, 10)) == [second.number, first.number]
        assert list(reader.submissions_from(ONE.path, 1)) == [second.number]
        assert list(reader.submissions_from(OTHER.path, 10)) == []


def test_repositories_in_review_are_those_of_what_waits(store: ReviewStore) -> None:
    first, second, third = sent(store), sent(store), sent(store)
    with store.write() as transaction:
        for path, submission in ((ONE, first), (OTHER, second), (ONE, third)):
            transaction.keep_origin(path.path, submission.number)
    with store.read() as reader:
        assert list(reader.repositories_in_review(10)) == [ONE.path, OTHER.path]
        assert list(reader.repositories_in_review(1)) == [ONE.path]
    change(store, third, state=State.WITHDRAWN, attention=())
    with store.read() as reader:
        assert list(reader.repositories_in_review(10)) == [OTHER.path, ONE.path]
    change(store, second, state=State.WITHDRAWN, attention=())
    with store.read() as reader:
        assert list(reader.repositories_in_review(10)) == [ONE.path]
