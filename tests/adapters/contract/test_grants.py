"""Access grants, and deliveries that count once: over every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from enablement_ext.core.git.forges.ports import AccessGrant, ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.review.ports import ReviewStore

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
ODD = RepositoryId(Space.GROUP, "Größe/../x", "churn")
ONE = RepositoryId(Space.USER, "dana", "churn")


def grant(name: str, minutes: int, repository: RepositoryId = ONE, who: str = "dana") -> AccessGrant:
    return AccessGrant(name, repository, who, True, AT + timedelta(minutes=minutes))


def keep(store: ReviewStore, *grants: AccessGrant, forge: ForgeKind = ForgeKind.GITEA) -> None:
    with store.write() as transaction:
        for each in grants:
            transaction.keep_grant(forge, each)


def test_a_grant_is_found_by_whose_it_is_and_once_it_is_over(store: ReviewStore) -> None:
    late, early, odd = grant("late", 10), grant("early", 5), grant("odd", 7, ODD, "remy")
    keep(store, late, early, odd)
    keep(store, grant("elsewhere", 1), forge=ForgeKind.GITLAB)
    with store.read() as reader:
        assert list(reader.grants_of(ForgeKind.GITEA, "dana", ONE.path)) == [early, late]
        assert list(reader.grants_of(ForgeKind.GITEA, "dana", ODD.path)) == []
        assert list(reader.expired_grants(ForgeKind.GITEA, AT + timedelta(minutes=5), 10)) == [early]
        assert list(reader.expired_grants(ForgeKind.GITEA, AT + timedelta(days=1), 10)) == [early, odd, late]
        assert list(reader.expired_grants(ForgeKind.GITEA, AT + timedelta(days=1), 1)) == [early]
        assert list(reader.expired_grants(ForgeKind.GITEA, AT, 10)) == []


def test_a_dropped_grant_is_gone_and_may_be_dropped_again(store: ReviewStore) -> None:
    keep(store, grant("one", 5))
    for _ in range(2):
        with store.write() as transaction:
            transaction.drop_grant("one")
    with store.read() as reader:
        assert list(reader.grants_of(ForgeKind.GITEA, "dana", ONE.path)) == []


def test_a_delivery_counts_once_by_any_of_its_names(store: ReviewStore) -> None:
    def first(*keys: str, at: datetime = AT) -> bool:
        with store.write() as transaction:
            return transaction.first_seen(keys, at)

    assert first("id-1", "body-1")
    assert not first("id-1", "body-1")
    assert not first("id-2", "body-1")
    assert not first("id-1", "body-2")
    assert first("id-2", "body-2", "body-2")
    assert first("id-1", "body-1", at=AT + timedelta(days=31))
