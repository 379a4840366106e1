"""What people confirm on the pages of the decision origin, told to them afterwards, and what they say was not them (docs/adr/0038-not-me.md).

A confirmation names what was done, when, and from where. Its maker may dispute it, once. A disputed decision is held until an administrator
settles it; a disputed package answer and access to a repository are taken back at once, so that there is nothing to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enablement_ext.core.access.clients import Client


class ConfirmedKind(StrEnum):
    """Decisions, and what else only a person at a page of ours does."""

    DECISION = "decision"
    SETTLEMENT = "settlement"  # of a decision that was on hold
    PACKAGE_ANSWER = "package_answer"
    REPOSITORY_ACCESS = "repository_access"  # a password for oneself
    REPOSITORY_SHARED = "repository_shared"  # access for somebody else


HOLDING = frozenset({ConfirmedKind.DECISION, ConfirmedKind.SETTLEMENT})  # what a dispute of them holds is the decision


class Outcome(StrEnum):
    """What an administrator said of a decision that was on hold."""

    STANDS = "stands"  # it was its maker after all: the decision counts again
    FALLS = "falls"  # it was not: the decision no longer counts


@dataclass(frozen=True, slots=True)
class Subject:
    """What a confirmation is about: a submission's decision, a package request by its number, or a repository by its path.

    `person` is who was let into the repository, by identifier.
    """

    submission: int | None = None
    decision: int | None = None
    package_request: int | None = None
    repository: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class NewConfirmation:
    """A confirmation before it has a number. `event` is the number of the event that was recorded with it."""

    kind: ConfirmedKind
    by: str
    at: datetime
    client: Client
    event: int
    subject: Subject


@dataclass(frozen=True, slots=True)
class Settlement:
    """Who settled a dispute, when, and how."""

    by: str
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One thing that somebody did on a page of the decision origin, as it stands now."""

    number: int
    kind: ConfirmedKind
    by: str
    at: datetime
    client: Client
    event: int
    subject: Subject
    disputed_at: datetime | None = None
    settlement: Settlement | None = None

    @property
    def held(self) -> bool:
        """Whether it keeps a decision on hold."""
        return self.kind in HOLDING and self.disputed_at is not None and self.settlement is None
