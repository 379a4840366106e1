"""A process that delivers the outbox of a SQLite file to a mail server, until it is killed: `python -m tests.service.outbox_kills URL PORT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.memory import MemoryArtifactStore
from enablement_ext.adapters.memory.hub import MemoryHub
from enablement_ext.adapters.notifications import SmtpMailer
from enablement_ext.core.review.notifications.mail_server import MailSecurity, MailServer
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.policy import Policy
from enablement_ext.service.background.notifying import Notifying
from enablement_ext.service.use_cases.notifications import outbox
from enablement_ext.service.use_cases.review_context import ReviewContext
from tests.service import people

RULES = NotificationRules(quiet=timedelta(0), address="{name}@example.org", links="https://hub.example.org/s/")


def context(url: str) -> ReviewContext:
    """The queue in this file, with the real clock."""
    store = DatabaseReviewStore(url)
    return ReviewContext(store, MemoryArtifactStore(), lambda _: b"", SystemClock(), Policy(), notifications=RULES)


async def main(url: str, port: int) -> None:
    """For ever. What a killed one had taken is taken again after a moment."""
    outbox.LEASE = timedelta(seconds=0.5)
    hub, server = MemoryHub(), MailServer("127.0.0.1", port, MailSecurity.NONE, "enablement@example.org")
    people.fill(hub)
    notifying = Notifying(context(url), hub, SmtpMailer(server, SystemClock().now), None, interval=0.05)
    await notifying.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
