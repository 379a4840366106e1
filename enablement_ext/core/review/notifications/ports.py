"""Where outbox entries and preferences are kept (a part of the review store), and who carries what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.review.notifications.letters import Letter
from enablement_ext.core.review.notifications.models import NewOutboxEntry, OutboxEntry
from enablement_ext.core.review.notifications.preferences import Preferences
from enablement_ext.core.review.notifications.webhooks import Posting


class NotificationReader(Protocol):
    """Reads of the outbox and of preferences."""

    def outbox_entry(self, number: int) -> OutboxEntry:
        """Raises `NotFound`."""
        ...

    def due_outbox(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """Queued ones that are due, and taken ones whose lease is over, those that are due longest first."""
        ...

    def queued_for(self, who: str) -> Sequence[OutboxEntry]:
        """Everything queued for this name, due or not, by number."""
        ...

    def dead_outbox(self, limit: int) -> Sequence[OutboxEntry]:
        """Those that were given up, the oldest first."""
        ...

    def preferences(self, person: str) -> Preferences | None:
        """What this person chose, None where they never did."""
        ...


class NotificationWriter(NotificationReader, Protocol):
    """Writes. What an entry tells and whom never changes, an ended one not at all, and the attempt never falls: the store refuses anything else."""

    def add_outbox(self, entries: Iterable[NewOutboxEntry]) -> None:
        """Queue these. One whose key is there already is passed over, whatever became of it."""
        ...

    def replace_outbox(self, before: OutboxEntry, after: OutboxEntry) -> None:
        """Store the next value of it. Raises `StaleStamp` where it is no longer in the state and attempt of `before`, `NotFound`."""
        ...

    def prune_outbox(self, ended_before: datetime) -> int:
        """Forget entries that ended before this; how many."""
        ...

    def put_preferences(self, person: str, preferences: Preferences) -> None:
        """Insert or replace."""
        ...


class Mailer(Protocol):
    """Sends mail. Blocking: call it from a worker thread."""

    def send(self, letter: Letter) -> None:
        """Hand it to the mail server. Returns when that answers for it; raises `Undeliverable`."""
        ...


class WebhookPoster(Protocol):
    """Posts to webhooks. Blocking: call it from a worker thread."""

    def post(self, posting: Posting) -> None:
        """Returns when the receiver took it (2xx); raises `Undeliverable`."""
        ...
