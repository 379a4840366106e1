"""Requests for packages: ask, withdraw, answer, and store what the solver says. Each change is one transaction with its event."""

from __future__ import annotations

from dataclasses import dataclass, replace

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import ConfirmedKind, NewConfirmation, Subject
from enablement_ext.core.access.decision_origin import Risk, risk_facts
from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import Conflict, Forbidden, NotFound, StaleStamp
from enablement_ext.core.images.requests.package_requests import (
    MOST_OPEN,
    NewPackageRequest,
    PackageRequest,
    RequestPage,
    RequestState,
    Solved,
    SolverAnswer,
    require_open,
)
from enablement_ext.core.review.models import Event, ImageRef, Principal
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.claims import SERVICE
from enablement_ext.service.use_cases.review_context import ReviewContext, looks_after_platform, refuse_secrets


@dataclass(frozen=True, slots=True)
class PackageRequestCommand:
    """What somebody asks for, checked."""

    package: str
    wanted: str
    why: str


@dataclass(frozen=True, slots=True)
class PackageAnswerCommand:
    """What a platform engineer answers. `groups` are theirs as the hub says now; `stamp` is what was shown; `risks` were accepted for this hub.

    `client` is where it came from, which is told to them.
    """

    by: str
    groups: frozenset[str]
    number: int
    stamp: int
    accept: bool
    reason: str
    client: Client
    risks: tuple[Risk, ...] = ()


def ask(
    context: ReviewContext, principal: Principal, image: ImageRef, command: PackageRequestCommand
) -> tuple[PackageRequest, bool]:
    """The request, and whether it is new: asking again for what one has asked for already leads to the same one. Raises `Conflict`, `SecretFound`."""
    refuse_secrets(context, {"what you need it for": command.why, "the package": f"{command.package} {command.wanted}"})
    with context.store.write() as transaction:
        known = _same(transaction, principal.name, image, command)
        if known is not None:
            return known, False
        if transaction.open_package_requests(principal.name) >= MOST_OPEN:
            raise Conflict(
                f"You have {MOST_OPEN} requests that nobody has answered yet. Take back what you do not need."
            )
        added = transaction.add_package_request(
            NewPackageRequest(
                author=principal.name,
                package=command.package,
                wanted=command.wanted,
                why=command.why,
                image=image.slug,
                release=image.release,
                python=image.python,
                at=context.clock.now(),
            )
        )
        _append_event(context, transaction, (principal.name, "package_requested"), added)
    context.announce()
    return added, True


def one(context: ReviewContext, principal: Principal, number: int) -> PackageRequest:
    """One's own, or anybody's where `looks_after_platform`. Raises `NotFound`."""
    with context.store.read() as reader:
        return _visible(reader.package_request(number), principal)


def page(context: ReviewContext, principal: Principal, below: int | None, limit: int) -> tuple[RequestPage, int]:
    """One page, newest first, and how many of them nobody has answered."""
    author = None if looks_after_platform(principal) else principal.name
    with context.store.read() as reader:
        return reader.package_requests(author, below, limit), reader.open_package_requests(author)


def withdraw(context: ReviewContext, principal: Principal, number: int, stamp: int) -> PackageRequest:
    """Take back one's own. Raises `NotFound`, `Forbidden`, `IllegalAction`, `StaleStamp`."""
    with context.store.write() as transaction:
        before = _visible(transaction.package_request(number), principal)
        if before.author != principal.name:
            raise Forbidden("Only who asked can take it back.")
        after = _answered(context, transaction, before, stamp, (RequestState.WITHDRAWN, principal.name, ""))
        _append_event(context, transaction, (principal.name, "package_withdrawn"), after)
    context.announce()
    return after


def answer(context: ReviewContext, command: PackageAnswerCommand) -> PackageRequest:
    """Accept or decline. Raises `Forbidden` for who does not look after images, `NotFound`, `IllegalAction`, `StaleStamp`, `SecretFound`."""
    if PLATFORM not in command.groups:
        raise Forbidden("Only platform engineers answer requests for packages.", facts={"group": PLATFORM})
    refuse_secrets(context, {"your reason": command.reason})
    state = RequestState.ACCEPTED if command.accept else RequestState.DECLINED
    with context.store.write() as transaction:
        before = transaction.package_request(command.number)
        after = _answered(context, transaction, before, command.stamp, (state, command.by, command.reason))
        event = _append_event(context, transaction, (command.by, f"package_{state.value}"), after, command.risks)
        transaction.add_confirmation(
            NewConfirmation(
                ConfirmedKind.PACKAGE_ANSWER,
                command.by,
                after.answered_at or event.at,
                command.client,
                event.seq,
                Subject(package_request=after.number),
            )
        )
    context.announce()
    return after


def next_unsolved(context: ReviewContext) -> PackageRequest | None:
    """The oldest one that the solver has not been asked about, None where there is none."""
    with context.store.read() as reader:
        return next(iter(reader.unsolved_package_requests(1)), None)


def store_solver_answer(context: ReviewContext, number: int, solver: SolverAnswer) -> None:
    """Store what the solver said, unless another process was faster or the request is no longer open."""
    with context.store.write() as transaction:
        before = transaction.package_request(number)
        if before.state is not RequestState.REQUESTED or before.solver.solved is not Solved.WAITING:
            return
        after = transaction.replace_package_request(before.stamp, replace(before, solver=solver))
        _append_event(context, transaction, (SERVICE, "package_solved"), after)
    context.announce()


def _answered(
    context: ReviewContext,
    transaction: ReviewTransaction,
    before: PackageRequest,
    stamp: int,
    outcome: tuple[RequestState, str, str],
) -> PackageRequest:
    require_open(before)
    if before.stamp != stamp:
        raise StaleStamp(
            "The request has changed since you loaded it. Look at it again.", facts={"stamp": before.stamp}
        )
    state, by, reason = outcome
    after = replace(before, state=state, answer=reason, answered_by=by, answered_at=context.clock.now())
    return transaction.replace_package_request(stamp, after)


def _same(
    transaction: ReviewTransaction, author: str, image: ImageRef, command: PackageRequestCommand
) -> PackageRequest | None:
    for request in transaction.package_requests(author, None, MOST_OPEN).items:
        same = (request.package, request.wanted, request.image) == (command.package, command.wanted, image.slug)
        if same and request.state is RequestState.REQUESTED:
            return request
    return None


def _visible(request: PackageRequest, principal: Principal) -> PackageRequest:
    if request.author != principal.name and not looks_after_platform(principal):
        raise NotFound
    return request


def _append_event(
    context: ReviewContext,
    transaction: ReviewTransaction,
    what: tuple[str, str],
    request: PackageRequest,
    risks: tuple[Risk, ...] = (),
) -> Event:
    actor, kind = what
    data: tuple[tuple[str, object], ...] = (
        ("request", request.number),
        ("package", request.package),
        ("solved", request.solver.solved.value),
        *risk_facts(risks).items(),
    )
    return transaction.append_event(NewEvent(context.clock.now(), actor, kind, data=data))
