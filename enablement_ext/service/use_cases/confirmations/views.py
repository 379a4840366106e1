"""Queries: what somebody confirmed, which of it is on a submission's history, and which decisions are on hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from enablement_ext.core.access.confirmations import Confirmation
from enablement_ext.core.errors import NotFound
from enablement_ext.core.images.requests.package_requests import PackageRequest
from enablement_ext.core.review.models import Decision, Principal, Submission
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.service.use_cases.review_context import ReviewContext, looks_after_platform

PAGE = 50


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """A confirmation with what it is about: a submission and its decision, or a package request, or neither (a repository)."""

    confirmation: Confirmation
    submission: Submission | None = None
    decision: Decision | None = None
    package_request: PackageRequest | None = None


def own_page(context: ReviewContext, principal: Principal, below: int | None = None) -> Sequence[ConfirmationView]:
    """What the principal confirmed, newest first."""
    with context.store.read() as reader:
        return [viewed(reader, each) for each in reader.confirmations_by(principal.name, below, PAGE)]


def own(context: ReviewContext, principal: Principal, number: int) -> ConfirmationView:
    """One of the principal's own. Raises `NotFound`, the same for somebody else's."""
    with context.store.read() as reader:
        found = reader.confirmation(number)
        if found.by != principal.name:
            raise NotFound
        return viewed(reader, found)


def of_events(context: ReviewContext, principal: Principal, submission: int) -> Mapping[int, Confirmation]:
    """{number of the event: confirmation} of what the principal confirmed about the submission: nobody is told where others sat."""
    with context.store.read() as reader:
        return {each.event: each for each in reader.confirmations_about(submission) if each.by == principal.name}


def held(context: ReviewContext) -> Sequence[ConfirmationView]:
    """What keeps decisions on hold, the oldest first."""
    with context.store.read() as reader:
        return [viewed(reader, each) for each in reader.held_confirmations()]


@dataclass(frozen=True, slots=True)
class Disputed:
    """How many decisions are on hold, and since when the oldest of them is."""

    count: int
    since: datetime | None


def disputed(context: ReviewContext, principal: Principal) -> Disputed | None:
    """What platform engineers are told of in their labs, whatever they see of the submissions; None for everybody else."""
    if not looks_after_platform(principal):
        return None
    with context.store.read() as reader:
        found = [each.disputed_at for each in reader.held_confirmations() if each.disputed_at is not None]
    return Disputed(len(found), min(found, default=None))


def held_one(context: ReviewContext, number: int) -> ConfirmationView:
    """One of them, also after it was settled. Raises `NotFound` for what was never disputed."""
    with context.store.read() as reader:
        found = reader.confirmation(number)
        if found.disputed_at is None or found.subject.decision is None:
            raise NotFound
        return viewed(reader, found)


def sessions_end(context: ReviewContext, person: str) -> datetime | None:
    """Sessions of this person that began by then are void: they said that something was not them."""
    with context.store.read() as reader:
        return reader.last_dispute(person)


def viewed(reader: ReviewReader, confirmation: Confirmation) -> ConfirmationView:
    """The confirmation with what it is about."""
    subject = confirmation.subject
    if subject.submission is not None:
        decision = next(each for each in reader.decisions(subject.submission) if each.id == subject.decision)
        return ConfirmationView(confirmation, reader.submission(subject.submission), decision)
    if subject.package_request is not None:
        return ConfirmationView(confirmation, package_request=reader.package_request(subject.package_request))
    return ConfirmationView(confirmation)
