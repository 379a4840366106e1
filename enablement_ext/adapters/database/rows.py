"""Rows <-> models, both ways, and nothing else. Rows are read by position: a page of 50 is made without a name being looked up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from enablement_ext.adapters.database import schema
from enablement_ext.core.review.event_log import canonical_data
from enablement_ext.core.review.models import (
    Anchor,
    Answers,
    Attention,
    ChangeKind,
    Claim,
    Comment,
    Decision,
    Event,
    FileEntry,
    FileRole,
    GitFacts,
    HandedOver,
    ImageRef,
    Receipt,
    Stage,
    State,
    Submission,
    Thread,
    Verdict,
    Version,
)
from enablement_ext.core.review.ports import KeptReceipt, NewDecision
from enablement_ext.core.review.queue import waiting_place
from enablement_ext.core.secrets.statements import NotSecret

_ANSWERS = tuple(entry.name for entry in fields(Answers) if entry.name != "not_secrets")
_GIT = tuple(entry.name for entry in fields(GitFacts))

Values = dict[str, Any]
Row = Sequence[Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NO_TIME = datetime.max.replace(tzinfo=UTC)
_STATES = {state.value: state for state in State}
_STAGES: dict[str | None, Stage | None] = {None: None, **{stage.value: stage for stage in Stage}}
_HANDED_OVER: dict[str | None, HandedOver | None] = {None: None, **{kind.value: kind for kind in HandedOver}}

# The columns of a submission in the order `submission_from` reads them: the table's own, without what only lists need.
SUBMISSION = tuple(schema.submissions.c)[: list(schema.submissions.c.keys()).index("open_threads") + 1]
SUBMISSION_WIDTH = len(SUBMISSION)


def microseconds(at: datetime) -> int:
    """Since 1970 in UTC. Raises `TypeError` for a time without a zone."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The time, aware, in UTC, exact."""
    return _EPOCH + timedelta(0, 0, value)


@lru_cache(maxsize=1024)
def image_from(slug: str, release: str, digest: str, python: str) -> ImageRef:
    """An image reference; there are few, so pages share them."""
    return ImageRef(slug, release, digest, python)


@lru_cache(maxsize=4096)
def submission_from(rows: tuple[tuple[Any, ...], ...]) -> Submission:
    """A submission from its rows: the columns `SUBMISSION`, its place in a list, and who, since, since_seq of one whose turn it is.

    Many people look at the same page again and again: the same rows are the same frozen value, made once.
    """
    row = rows[0]
    turns = [
        Attention(other[-3], moment(other[-2]), other[-1])
        for other in (sorted(rows, key=_by_seq) if len(rows) > 1 else rows)
        if other[-3] is not None
    ]
    claim = None if row[17] is None else Claim(row[17], moment(row[18]), moment(row[19]))
    return Submission(
        row[0],
        row[1],
        row[2],
        _STATES[row[3]],
        _STAGES[row[4]],
        _HANDED_OVER[row[5]],
        row[6],
        image_from(row[7], row[8], row[9], row[10]),
        row[11],
        row[12],
        moment(row[13]),
        moment(row[14]),
        row[15],
        row[16],
        claim,
        tuple(turns),
        row[20],
    )


@dataclass(frozen=True, slots=True)
class PlacedSubmission:
    """A submission and its place in a list."""

    submission: Submission
    place: int


def placed_submissions(rows: Sequence[tuple[Any, ...]]) -> list[PlacedSubmission]:
    """Submissions from rows that repeat them for everybody whose turn it is."""
    whole: dict[int, tuple[tuple[Any, ...], ...]] = {}
    for row in rows:
        number = row[0]
        whole[number] = (*whole[number], row) if number in whole else (row,)
    return [PlacedSubmission(submission_from(same), same[0][SUBMISSION_WIDTH]) for same in whole.values()]


def _by_seq(row: tuple[Any, ...]) -> tuple[int, str]:
    return row[-1], row[-3]


def submission_values(submission: Submission) -> Values:
    """The columns a change may set: all but number, author, time of creation, open threads and the stamp."""
    claim = submission.claim
    return {
        "title": submission.title,
        "state": submission.state.value,
        "stage": submission.stage and submission.stage.value,
        "handed_over": submission.handed_over and submission.handed_over.value,
        "notebook_path": submission.notebook_path,
        **image_values(submission.image),
        "latest": submission.latest,
        "content_id": submission.content_id,
        "updated_at": microseconds(submission.updated_at),
        "updated_seq": submission.updated_seq,
        "claim_by": claim.by if claim else None,
        "claim_since": microseconds(claim.since) if claim else None,
        "claim_expires_at": microseconds(claim.expires_at) if claim else None,
        "waiting_seq": waiting_place(submission),
        "search_text": "",
    }


def image_values(image: ImageRef) -> Values:
    """The four columns of an image reference."""
    return {
        "image_slug": image.slug,
        "image_release": image.release,
        "image_digest": image.digest,
        "image_python": image.python,
    }


def attention_values(submission: Submission) -> list[Values]:
    """One row for everybody whose turn it is."""
    return [
        {
            "who": entry.who,
            "since_seq": entry.since_seq,
            "submission": submission.number,
            "since": microseconds(entry.since),
            "author": submission.author,
        }
        for entry in submission.attention
    ]


def version_values(version: Version) -> Values:
    """All columns of a version."""
    return {
        "submission": version.submission,
        "number": version.number,
        "content_id": version.content_id,
        "notebook": canonical_data(_file_values(version.notebook)),
        "files": canonical_data([_file_values(entry) for entry in version.files]),
        **image_values(version.image),
        "answers": canonical_data(_answer_values(version.answers)),
        "git": canonical_data({name: getattr(version.git, name) for name in _GIT}) if version.git else None,
        "changes": canonical_data(list(version.changes)),
        "sent_at": microseconds(version.sent_at),
        "sent_by": version.sent_by,
    }


def version_from(row: Row) -> Version:
    """A version from the table's columns in order."""
    git = None if row[10] is None else GitFacts(**json.loads(row[10]))
    return Version(
        submission=row[0],
        number=row[1],
        content_id=row[2],
        notebook=_file_from(json.loads(row[3])),
        files=tuple(_file_from(entry) for entry in json.loads(row[4])),
        image=image_from(row[5], row[6], row[7], row[8]),
        answers=_answers_from(json.loads(row[9])),
        git=git,
        changes=tuple(ChangeKind(kind) for kind in json.loads(row[11])),
        sent_at=moment(row[12]),
        sent_by=row[13],
    )


def anchor_text(anchor: Anchor) -> str:
    """An anchor as JSON text."""
    return canonical_data(asdict(anchor))


def anchor_from(text: str) -> Anchor:
    """An anchor from its JSON text."""
    anchor = json.loads(text)
    if anchor["lines"] is not None:
        first, last = anchor["lines"]
        anchor["lines"] = (first, last)
    return Anchor(**anchor)


def thread_from(row: Row, comments: tuple[Comment, ...]) -> Thread:
    """A thread from the table's columns in order."""
    resolved_at = None if row[5] is None else moment(row[5])
    return Thread(row[0], row[1], row[2], anchor_from(row[3]), row[4], resolved_at, comments)


def decision_values(decision: NewDecision) -> Values:
    """All columns of a new decision but its id."""
    return {
        "submission": decision.submission,
        "version": decision.version,
        "content_id": decision.content_id,
        "track": decision.track,
        "verdict": decision.verdict.value,
        "decided_by": decision.by,
        "reason": decision.reason,
        "decided_at": microseconds(decision.at),
    }


def decision_from(row: Row) -> Decision:
    """A decision from the table's columns in order."""
    return Decision(row[0], row[1], row[2], row[3], row[4], Verdict(row[5]), row[6], row[7], moment(row[8]), row[9])


def receipt_values(author: str, key: str, kept: KeptReceipt) -> Values:
    """All columns of a kept receipt."""
    receipt = kept.receipt
    return {
        "author": author,
        "key": key,
        "body_sha256": kept.body_sha256,
        "submission": receipt.submission,
        "version": receipt.version,
        "content_id": receipt.content_id,
        "notebook_sha256": receipt.notebook_sha256,
        "received_at": microseconds(receipt.received_at),
        "title": receipt.title,
    }


def receipt_from(row: Row) -> KeptReceipt:
    """A kept receipt from the table's columns in order."""
    return KeptReceipt(Receipt(row[3], row[4], row[5], row[6], moment(row[7]), row[8]), row[2])


def event_values(event: Event) -> Values:
    """All columns of a sealed event."""
    return {
        "seq": event.seq,
        "at": microseconds(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "submission": event.submission,
        "version": event.version,
        "data": canonical_data(dict(event.data)),
        "previous": event.previous,
        "hash": event.hash,
    }


def event_from(row: Row) -> Event:
    """An event from the table's columns in order."""
    return Event(row[0], _event_time(row[1]), row[2], row[3], row[4], row[5], _event_data(row[6]), row[7], row[8])


def _event_time(value: Any) -> datetime:
    """What was tampered with may be no time at all; see `_event_data`."""
    try:
        return moment(value)
    except (OverflowError, TypeError):
        return _NO_TIME


def _event_data(text: str) -> Mapping[str, object]:
    """What was tampered with may not even be JSON; verification must be able to say so, hence no error here."""
    try:
        data = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return data if isinstance(data, dict) else {"unreadable": text}


def _file_values(entry: FileEntry) -> Values:
    return {"path": entry.path, "sha256": entry.sha256, "size": entry.size, "role": entry.role.value}


def _file_from(data: Mapping[str, Any]) -> FileEntry:
    return FileEntry(data["path"], data["sha256"], data["size"], FileRole(data["role"]))


def _answer_values(answers: Answers) -> Values:
    """What was said of findings is there only where something was."""
    said = [asdict(each) for each in answers.not_secrets]
    return {**{name: getattr(answers, name) for name in _ANSWERS}, **({"not_secrets": said} if said else {})}


def _answers_from(data: Mapping[str, Any]) -> Answers:
    stage, handed_over, checklist = _STAGES[data["stage"]], _HANDED_OVER[data["handed_over"]], data["checklist"]
    if "recorded" not in data:  # defaults stood for what nobody answered
        data = {**data, "recorded": False}
        stage = None if stage is Stage.EXPLORATION else stage
        handed_over = None if handed_over is HandedOver.PROTOTYPE else handed_over
        checklist = checklist or None
    said = tuple(NotSecret(**each) for each in data.get("not_secrets", ()))
    parsed = {"reviewers": tuple(data["reviewers"]), "checklist": None if checklist is None else tuple(checklist)}
    return Answers(**{**data, **parsed, "stage": stage, "handed_over": handed_over, "not_secrets": said})
