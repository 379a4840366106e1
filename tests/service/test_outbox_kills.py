"""Whoever delivers is killed at random: nothing is lost, and what comes twice is the same mail."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.review.notifications.models import Channel, NewOutboxEntry, Occasion
from enablement_ext.service.use_cases.review_context import ReviewContext
from tests.adapters.factories import sent
from tests.polling import PATIENCE, until
from tests.servers.mail import MailReceiver, receiving
from tests.service.outbox_kills import context

ROOT = Path(__file__).parents[2]
SUBMISSIONS, KILLS = 15, 4


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_else_comes_twice_than_the_mail_in_hand(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'enablement.sqlite'}"
    upgrade(url)
    review, chance = context(url), random.Random(14)
    now = datetime.now(UTC)
    for number in range(1, SUBMISSIONS + 1):
        sent(review.store)
        with review.store.write() as transaction:
            entry = NewOutboxEntry(f"{number}", Channel.PEOPLE, Occasion.NEWS, "user:dana", number, number, now, now)
            transaction.add_outbox([entry])
    with receiving() as inbox:
        command = [sys.executable, "-m", "tests.service.outbox_kills", url, str(inbox.port)]
        for kill in range(KILLS):
            running = subprocess.Popen(command, cwd=ROOT)
            goal = (kill + 1) * SUBMISSIONS // (KILLS + 2) + chance.randrange(2)
            until(partial(_arrived, inbox, goal), within=PATIENCE, what="mails before the kill")
            running.kill()
            running.wait()
        running = subprocess.Popen(command, cwd=ROOT)
        until(
            lambda: len({mail["Subject"] for _, mail in inbox.mails}) == SUBMISSIONS, within=PATIENCE, what="every mail"
        )
        until(lambda: not _open(review), within=PATIENCE, what="an empty outbox")
        running.kill()
        running.wait()
    review.store.close()
    subjects = Counter(mail["Subject"] for _, mail in inbox.mails)
    identifiers = Counter(mail["Message-ID"] for _, mail in inbox.mails)
    assert len(identifiers) == len(subjects) == SUBMISSIONS
    assert len(inbox.mails) <= SUBMISSIONS + KILLS  # at most the one that was in hand at each kill


def _open(review: ReviewContext) -> bool:
    with review.store.read() as reader:
        return bool(reader.due_outbox(datetime.now(UTC) + timedelta(days=1), 1))


def _arrived(inbox: MailReceiver, goal: int) -> bool:
    return len(inbox.mails) >= goal
