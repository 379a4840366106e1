"""Requests for packages: over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.images.release_diff import PackageChange, PackageChangeKind
from enablement_ext.core.images.releases import ReleaseClass
from enablement_ext.core.images.requests.package_requests import (
    NewPackageRequest,
    PackageRequest,
    RequestState,
    Solved,
    SolverAnswer,
)
from enablement_ext.core.review.ports import ReviewStore

AT = datetime(2026, 11, 25, 2, 3, 4, 567, tzinfo=UTC)
ANSWER = SolverAnswer(
    Solved.POSSIBLE,
    "“fine”",
    "datascience/2026.11.0",
    ReleaseClass.MINOR,
    (
        PackageChange("cowsay", None, "6.1", PackageChangeKind.ADDED, True),
        PackageChange("six", "1", None, PackageChangeKind.REMOVED, False),
    ),
    2**40,
)


def new(author: str = "dana", package: str = "cowsay") -> NewPackageRequest:
    return NewPackageRequest(author, package, ">=6,<7", "Für die Kühe\n…", "datascience", "2026.11.0", "3.11", AT)


def add(store: ReviewStore, *requests: NewPackageRequest) -> list[PackageRequest]:
    with store.write() as transaction:
        return [transaction.add_package_request(each) for each in requests]


def put(store: ReviewStore, request: PackageRequest) -> PackageRequest:
    with store.write() as transaction:
        return transaction.replace_package_request(request.stamp, request)


def test_what_was_asked_is_kept(store: ReviewStore) -> None:
    first, second = add(store, new(), new("olga", "polars"))
    assert (first.number, second.number) == (1, 2)
    assert (first.state, first.solver, first.stamp) == (RequestState.REQUESTED, SolverAnswer(), 1)
    with store.read() as reader:
        assert reader.package_request(1) == first
        for number in (0, -1, 3, 2**64):
            with pytest.raises(NotFound):
                reader.package_request(number)


def test_answers_are_kept_and_nothing_else_moves(store: ReviewStore) -> None:
    (first,) = add(store, new())
    solved = put(store, replace(first, solver=ANSWER))
    assert (solved.solver, solved.stamp) == (ANSWER, 2)
    answered = replace(solved, state=RequestState.DECLINED, answer="no", answered_by="petra", answered_at=AT)
    done = put(store, replace(answered, author="mallory", package="other"))
    assert done == replace(answered, stamp=3)
    with pytest.raises(StaleStamp):
        put(store, replace(first, solver=SolverAnswer(Solved.UNKNOWN, "late")))
    with pytest.raises(NotFound):
        put(store, replace(first, number=7))
    with store.read() as reader:
        assert reader.package_request(1) == done


def test_pages_are_newest_first(store: ReviewStore) -> None:
    add(store, *[new("dana" if index % 2 else "olga") for index in range(5)])
    with store.read() as reader:
        page = reader.package_requests(None, None, 2)
        assert [request.number for request in page.items] == [5, 4]
        assert page.next_below == 4
        page = reader.package_requests(None, page.next_below, 3)
        assert ([request.number for request in page.items], page.next_below) == ([3, 2, 1], None)
        assert [request.number for request in reader.package_requests("dana", None, 10).items] == [4, 2]
        assert reader.package_requests("nobody", 2**70, 10).items == ()


def test_what_waits_for_the_solver_and_for_people(store: ReviewStore) -> None:
    first, second, third = add(store, new(), new("olga"), new())
    put(store, replace(second, state=RequestState.WITHDRAWN, answered_by="olga", answered_at=AT))
    put(store, replace(first, solver=ANSWER))
    with store.read() as reader:
        assert [request.number for request in reader.unsolved_package_requests(5)] == [third.number]
        assert reader.open_package_requests() == 2
        assert reader.open_package_requests("olga") == 0


def test_a_transaction_that_fails_leaves_nothing(store: ReviewStore) -> None:
    (kept,) = add(store, new())
    with pytest.raises(NotFound), store.write() as transaction:
        transaction.replace_package_request(1, replace(transaction.add_package_request(new()), number=9))
    with store.read() as reader:
        assert reader.package_requests(None, None, 5).items == (kept,)
