"""Who an account is, told by what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enablement_ext.core.access.people import Account, Person, Records, Sight, bound, free_id, sight

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = Person("ada", "ada", NOW, True, NOW, NOW)
BOB = Person("bob", "bob", NOW + timedelta(days=1), True, NOW, NOW)
FORMER = replace(ADA, holds=False)
LATER = NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("account", "holder", "same_time", "gone", "expected"),
    [
        (Account("ada", NOW), ADA, [], False, (Sight.KNOWN, ADA)),
        (Account("ada", NOW), None, [], False, (Sight.FIRST, None)),
        (Account("ada", LATER), ADA, [], False, (Sight.REUSED, None)),
        (Account("ada", LATER), replace(ADA, created=None), [], False, (Sight.BOUND, replace(ADA, created=None))),
        (Account("adele", NOW), None, [ADA], True, (Sight.RENAMED, ADA)),
        (Account("adele", NOW), None, [ADA], False, (Sight.FIRST, None)),  # two accounts of one moment
        (
            Account("adele", NOW),
            None,
            [FORMER],
            False,
            (Sight.RENAMED, FORMER),
        ),  # the name was taken before she was seen
        (Account("bob", NOW), BOB, [ADA], True, (Sight.RENAMED, ADA)),  # two who changed names with each other
        (Account("bob", NOW), replace(BOB, created=None), [ADA], True, (Sight.RENAMED, ADA)),
        (Account("ada", NOW), ADA, [replace(BOB, created=NOW)], True, (Sight.KNOWN, ADA)),
    ],
)
def test_who_an_account_is(
    account: Account, holder: Person | None, same_time: list[Person], gone: bool, expected: tuple[Sight, Person | None]
) -> None:
    assert sight(account, Records(holder, tuple(same_time)), lambda _: gone) == expected


def test_whoever_is_bound_keeps_the_identifier() -> None:
    after = bound(FORMER, Account("adele", LATER), LATER)
    assert (after.id, after.name, after.created, after.holds) == ("ada", "adele", LATER, True)
    assert (after.bound_at, after.seen_at) == (LATER, LATER)


def test_an_identifier_is_given_once() -> None:
    taken: set[str] = set()
    given = []
    for _ in range(3):
        given.append(free_id("ada", taken.__contains__))
        taken.add(given[-1])
    assert given == ["ada", "ada/2", "ada/3"]
