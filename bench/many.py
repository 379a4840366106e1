"""Many submissions, put into the queue through the store itself: what sending does, without the notebooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.models import (
    Answers,
    Attention,
    FileEntry,
    FileRole,
    HandedOver,
    ImageRef,
    Stage,
    State,
    Submission,
)
from enablement_ext.core.review.ports import NewEvent, NewVersion, ReviewTransaction

IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "0" * 64, "3.11")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 2_000  # submissions per transaction


def fill(database: Path, count: int) -> None:
    """Add `count` submissions of some authors, all waiting for a technical reviewer."""
    store = DatabaseReviewStore(f"sqlite:///{database}")
    for first in range(0, count, _AT_ONCE):
        with store.write() as transaction:
            for number in range(first, min(first + _AT_ONCE, count)):
                _add(transaction, number)
    store.close()


def _add(transaction: ReviewTransaction, turn: int) -> None:
    number = transaction.next_number()
    at = _START + timedelta(seconds=turn)
    author = f"dana-{turn % 97}"
    hashed = sha256(b"%d" % turn).hexdigest()
    answers = Answers(f"Who comes back, take {turn}", problem="We lose customers in their third month.")
    notebook = FileEntry(f"analysis/churn-{turn % 1000}.ipynb", hashed, 24_000, FileRole.NOTEBOOK)
    event = transaction.append_event(NewEvent(at, author, "sent", number, 1, (("content_id", hashed),)))
    transaction.add_submission(
        Submission(
            number=number,
            author=author,
            title=answers.title,
            state=State.SUBMITTED,
            stage=Stage.EXPLORATION,
            handed_over=HandedOver.PROTOTYPE,
            notebook_path=notebook.path,
            image=IMAGE,
            latest=1,
            content_id=hashed,
            created_at=at,
            updated_at=at,
            updated_seq=event.seq,
            attention=(Attention("track:technical", at, event.seq),),
        )
    )
    transaction.add_version(number, NewVersion(hashed, notebook, (), IMAGE, answers, None, (), at, author))
