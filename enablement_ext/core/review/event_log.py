"""The hash chain of the audit log: how an event is sealed, and how a chain is verified.

Every event carries the SHA-256 of its own fields and of the hash before it. Editing or removing an event therefore breaks the
chain at that place; removing the newest events does not, so the head of the chain (number and hash of the newest event) is kept
beside it and compared. Whoever can rewrite the whole log and its head can only be caught by an anchor that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from enablement_ext.core.review.models import Event

MOST_PROBLEMS = 100  # a report names this many at most; `count` of events goes on


class Breach(StrEnum):
    """What was found wrong at one place of the chain."""

    EDITED = "edited"  # an event's fields no longer give its hash
    MISSING = "missing"  # sequence numbers are absent
    UNLINKED = "unlinked"  # an event does not follow from the one before it
    CUT = "cut"  # the newest events are gone, or the head is not the newest event
    REWRITTEN = "rewritten"  # the chain holds together but is not the one that was anchored


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Number and hash of the newest event; (0, "") for an empty log. As an anchor: of any event seen before."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """One place where the chain is broken, in plain words."""

    seq: int
    breach: Breach
    detail: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found. `head` is the newest event that was read; `first_broken` the lowest number with a problem."""

    count: int
    head: ChainHead
    problems: tuple[ChainProblem, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def first_broken(self) -> int | None:
        """The lowest sequence number with a problem, None when intact."""
        return min((problem.seq for problem in self.problems), default=None)


EMPTY = ChainHead(seq=0, hash="")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def canonical_data(data: object) -> str:
    """The one JSON text of a value. Raises `ValueError` or `TypeError` for what JSON cannot carry (NaN, sets, bytes)."""
    return _encode(data)


def canonical_time(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds. Raises `ValueError` for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time of an event has a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hashed_fields(event: Event) -> dict[str, object]:
    """What an event's hash is of, as JSON values: every field except `hash`, `previous` included."""
    return {
        "seq": event.seq,
        "at": canonical_time(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "submission": event.submission,
        "version": event.version,
        "data": dict(event.data),
        "previous": event.previous,
    }


def event_hash(event: Event) -> str:
    """SHA-256 over the canonical JSON of its hashed fields."""
    return hashlib.sha256(canonical_data(hashed_fields(event)).encode("ascii")).hexdigest()


def sealed(event: Event) -> Event:
    """The event with its hash."""
    return replace(event, hash=event_hash(event))


def verify(events: Iterable[Event], head: ChainHead | None = None, anchors: Sequence[ChainHead] = ()) -> AuditReport:
    """Read the whole log in order, from number 1, and say where it is broken.

    `head` is what the store kept as the newest event; `anchors` are heads that were noted elsewhere earlier. Memory does not grow
    with the log.
    """
    walk = _Walk({anchor.seq: anchor.hash for anchor in anchors})
    for event in events:
        walk.take(event)
    if head is not None:
        walk.end(head)
    for seq in sorted(walk.anchors):
        walk.report(seq, Breach.CUT, f"event {seq} was anchored and is not there")
    return AuditReport(count=walk.count, head=walk.head, problems=tuple(walk.problems))


class _Walk:
    """The state of one verification."""

    def __init__(self, anchors: dict[int, str]) -> None:
        self.anchors = anchors  # not yet met
        self.head = EMPTY
        self.count = 0
        self.problems: list[ChainProblem] = []

    def take(self, event: Event) -> None:
        """Look at the next event."""
        expected = self.head.seq + 1
        if event.seq > expected:
            self.report(expected, Breach.MISSING, f"events {expected} to {event.seq - 1} are missing")
        elif event.seq < expected:
            self.report(event.seq, Breach.UNLINKED, f"event {event.seq} comes after event {self.head.seq}")
        elif event.previous != self.head.hash:
            self.report(event.seq, Breach.UNLINKED, f"event {event.seq} does not follow from the event before it")
        if event_hash(event) != event.hash:
            self.report(event.seq, Breach.EDITED, f"event {event.seq} is not what was written")
        anchored = self.anchors.pop(event.seq, None)
        if anchored is not None and anchored != event.hash:
            self.report(event.seq, Breach.REWRITTEN, f"event {event.seq} is not the one that was anchored")
        self.head = ChainHead(event.seq, event.hash)
        self.count += 1

    def end(self, head: ChainHead) -> None:
        """Compare the newest event with what the store says it is."""
        if head == self.head:
            return
        if head.seq > self.head.seq:
            self.report(
                self.head.seq + 1, Breach.CUT, f"events {self.head.seq + 1} to {head.seq} were removed from the end"
            )
        else:
            self.report(
                self.head.seq, Breach.CUT, f"the log ends with event {self.head.seq}, its kept head is event {head.seq}"
            )

    def report(self, seq: int, breach: Breach, detail: str) -> None:
        """Note a problem, up to the limit."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(ChainProblem(seq, breach, detail))
