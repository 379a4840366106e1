"""What the databases themselves refuse about confirmations, whatever the code above them does."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from enablement_ext.adapters.database.engine import Limits, open_engine
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import ConfirmedKind, NewConfirmation, Outcome, Settlement, Subject
from enablement_ext.core.review.models import Verdict
from enablement_ext.core.review.ports import NewDecision, NewEvent
from tests.adapters.factories import NOW, send, sha

_NEW = "INSERT INTO confirmations (number, kind, made_by, made_at, address, browser, event"
REFUSED = {
    "changed": "UPDATE confirmations SET address = '10.0.0.1'",
    "given to somebody else": "UPDATE confirmations SET made_by = 'rita' WHERE number = 1",
    "removed": "DELETE FROM confirmations",
    "dispute taken back": "UPDATE confirmations SET disputed_at = NULL WHERE number = 2",
    "dispute moved": "UPDATE confirmations SET disputed_at = 5 WHERE number = 2",
    "hold lifted by its maker": "UPDATE confirmations SET settled_by = 'remy', settled_at = 9, outcome = 'stands' WHERE number = 2",
    "settled without a dispute": "UPDATE confirmations SET settled_by = 'petra', settled_at = 9, outcome = 'stands' WHERE number = 1",
    "half settled": "UPDATE confirmations SET settled_by = 'petra' WHERE number = 2",
    "settled otherwise": "UPDATE confirmations SET outcome = 'stands' WHERE number = 3",
    "settlement taken back": "UPDATE confirmations SET settled_by = NULL, settled_at = NULL, outcome = NULL WHERE number = 3",
    "unknown outcome": "UPDATE confirmations SET settled_by = 'petra', settled_at = 9, outcome = 'maybe' WHERE number = 2",
    "about nothing": f"{_NEW}) VALUES (9, 'decision', 'remy', 0, '', '', 1)",
    "about two things": f"{_NEW}, repository, submission, decision) VALUES (9, 'decision', 'remy', 0, '', '', 1, 'x', 1, 1)",
    "of no event": f"{_NEW}, repository) VALUES (9, 'repository_access', 'remy', 0, '', '', 77, 'git/user/remy/x')",
    "of an event of another": f"{_NEW}, repository) VALUES (9, 'repository_access', 'remy', 0, '', '', 2, 'git/user/remy/x')",
    "shared with nobody": f"{_NEW}, repository) VALUES (9, 'repository_shared', 'remy', 0, '', '', 1, 'git/user/remy/x')",
    "a person beside a decision": f"{_NEW}, person, submission, decision) VALUES (9, 'settlement', 'remy', 0, '', '', 1, 'olga', 1, 1)",
    "a decision twice": f"{_NEW}, submission, decision) VALUES (9, 'decision', 'remy', 0, '', '', 1, 1, 1)",
}


@pytest.fixture
def confirmed(database: DatabaseReviewStore) -> DatabaseReviewStore:
    """Three confirmations about one decision: one that nobody disputed, one that is on hold, one that was settled."""
    client, about = Client("192.0.2.4", "Firefox 128 on Linux"), Subject(submission=1, decision=1)
    with database.write() as transaction:
        send(transaction)
        transaction.add_decision(NewDecision(1, 1, sha("one"), "technical", Verdict.REJECT, "remy", "r", NOW))
        for kind in (ConfirmedKind.DECISION, ConfirmedKind.SETTLEMENT, ConfirmedKind.SETTLEMENT):
            event = transaction.append_event(NewEvent(NOW, "remy", "rejected", 1, 1))
            transaction.add_confirmation(NewConfirmation(kind, "remy", NOW, client, event.seq, about))
        for number in (2, 3):
            transaction.dispute_confirmation(number, NOW)
        transaction.settle_confirmation(3, Settlement("petra", NOW, Outcome.FALLS))
    return database


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(confirmed: DatabaseReviewStore, database_url: str, what: str) -> None:
    with confirmed.read() as reader:
        before = [reader.confirmation(number) for number in (1, 2, 3)]
    raw = open_engine(database_url, Limits())
    with pytest.raises(DBAPIError), raw.begin() as connection:
        connection.execute(text(REFUSED[what]))
    raw.dispose()
    with confirmed.read() as reader:
        assert [reader.confirmation(number) for number in (1, 2, 3)] == before
