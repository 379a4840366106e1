"""A mailer and a poster that keep what is sent in a list; `problem` is raised instead while it is set."""

from __future__ import annotations

from enablement_ext.core.review.notifications.letters import Letter
from enablement_ext.core.review.notifications.models import Undeliverable
from enablement_ext.core.review.notifications.webhooks import Posting


class MemoryMailer:
    """Sends nothing: mails are in `sent`."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.problem: Undeliverable | None = None

    def send(self, letter: Letter) -> None:
        """Keep it. Raises `problem`."""
        if self.problem is not None:
            raise self.problem
        self.sent.append(letter)


class MemoryWebhookPoster:
    """Posts nothing: requests are in `sent`."""

    def __init__(self) -> None:
        self.sent: list[Posting] = []
        self.problem: Undeliverable | None = None

    def post(self, posting: Posting) -> None:
        """Keep it. Raises `problem`."""
        if self.problem is not None:
            raise self.problem
        self.sent.append(posting)
