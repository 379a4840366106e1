"""What an administrator decided about notifications. Values only; the service fills them from its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from enablement_ext.core.review.notifications.letters import Sender
from enablement_ext.core.review.notifications.preferences import Preferences
from enablement_ext.core.review.notifications.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class NotificationRules:
    """How people are told.

    `norm`: so much working time a turn usually takes; `quiet`: a mail waits so long for more of the same submission. `usual`: the preferences of
    who never chose, and the working time of a track. `address`: a person's mail address, with {name}; "" where no mail is sent.
    `links`: the address below which a submission's number opens it.
    """

    norm: timedelta = timedelta(hours=16)
    quiet: timedelta = timedelta(minutes=2)
    usual: Preferences = field(default_factory=Preferences)
    holidays: frozenset[date] = frozenset()
    address: str = ""
    sender: Sender = field(default_factory=lambda: Sender("localhost", ""))
    links: str = ""
    webhooks: tuple[Webhook, ...] = ()
