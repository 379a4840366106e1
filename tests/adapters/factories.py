"""Submissions, versions and events for tests of the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enablement_ext.core.review.models import (
    Answers,
    Attention,
    ChangeKind,
    Claim,
    FileEntry,
    FileRole,
    GitFacts,
    HandedOver,
    ImageRef,
    Receipt,
    Stage,
    State,
    Submission,
)
from enablement_ext.core.review.ports import KeptReceipt, NewEvent, NewVersion, ReviewStore, ReviewTransaction

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.slow)  # a server is started for it
NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
IMAGE = ImageRef(slug="datascience", release="2026.11.0", digest="sha256:" + "0" * 64, python="3.11")
TECHNICAL = frozenset({"technical"})


def sha(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_version(content: str = "one", by: str = "dana") -> NewVersion:
    """A version with every field set."""
    return NewVersion(
        content_id=sha(content),
        notebook=FileEntry("work/churn.ipynb", sha(content + "notebook"), 1234, FileRole.NOTEBOOK),
        files=(FileEntry("work/features.py", sha("module"), 99, FileRole.MODULE),),
        image=IMAGE,
        answers=Answers(
            title="Churn “model”",
            problem="p",
            value="v",
            expected="e",
            stage=Stage.MODEL_DEVELOPMENT,
            handed_over=HandedOver.PRODUCTION_READY,
            data_used="customers.csv",
            reviewers=("remy",),
            checklist=("runs", "tested"),
        ),
        git=GitFacts("abc", "main", "https://forge.example/r.git", dirty=True),
        changes=(ChangeKind.CODE, ChangeKind.OUTPUTS),
        sent_at=NOW,
        sent_by=by,
    )


def new_submission(number: int, seq: int, author: str = "dana", title: str = "Churn") -> Submission:
    """As it stands right after it was sent: it waits on the technical track."""
    return Submission(
        number=number,
        author=author,
        title=title,
        state=State.SUBMITTED,
        stage=Stage.EXPLORATION,
        handed_over=HandedOver.PROTOTYPE,
        notebook_path="work/churn.ipynb",
        image=IMAGE,
        latest=1,
        content_id=sha("one"),
        created_at=NOW,
        updated_at=NOW,
        updated_seq=seq,
        attention=(Attention("track:technical", NOW, seq),),
    )


def event(kind: str = "sent", submission: int | None = None) -> NewEvent:
    """An event with data of every JSON kind."""
    data = (("title", "Chürn\n=1"), ("size", 12), ("ratio", 0.1), ("none", None), ("list", [1, {"a": True}]))
    return NewEvent(
        at=NOW, actor="dana", kind=kind, submission=submission, version=1 if submission else None, data=data
    )


def send(
    transaction: ReviewTransaction, author: str = "dana", title: str = "Churn", content: str = "one"
) -> Submission:
    """Everything one send writes but its receipt."""
    number = transaction.next_number()
    appended = transaction.append_event(event(submission=number))
    submission = replace(new_submission(number, appended.seq, author, title), content_id=sha(content))
    transaction.add_submission(submission)
    transaction.add_version(number, new_version(content, author))
    return submission


def sent(store: ReviewStore, author: str = "dana", title: str = "Churn", content: str = "one") -> Submission:
    """Send in a transaction of its own."""
    with store.write() as transaction:
        return send(transaction, author, title, content)


def change(store: ReviewStore, submission: Submission, **values: object) -> Submission:
    """Replace fields with an event of its own; attention given as who's gets the event's number."""
    with store.write() as transaction:
        seq = transaction.append_event(event("changed", submission.number)).seq
        whos = values.pop("whos", None)
        if isinstance(whos, tuple):
            values["attention"] = tuple(Attention(who, NOW, seq) for who in whos)
        changed = replace(submission, updated_seq=seq, **values)  # type: ignore[arg-type]
        return transaction.replace_submission(submission.stamp, changed)


def claimed(store: ReviewStore, submission: Submission, by: str = "remy", hours: int = 4) -> Submission:
    """Claim; the reviewer's turn starts with the claim."""
    claim = Claim(by, NOW, NOW + timedelta(hours=hours))
    return change(store, submission, state=State.IN_REVIEW, claim=claim, whos=(f"user:{by}",))


def kept_receipt(submission: Submission, body: str = "body") -> KeptReceipt:
    """The receipt of a submission's first version."""
    receipt = Receipt(
        submission=submission.number,
        version=1,
        content_id=submission.content_id,
        notebook_sha256=sha("notebook"),
        received_at=NOW,
        title=submission.title,
    )
    return KeptReceipt(receipt, sha(body))
