"""Who may use a repository: its owner, the group it belongs to, whom the owner let in, and the reviewers of what was sent from it.

A group's repository belongs to whoever is in the group of that name, as the hub says now: the hub knows groups by their names alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import ConfirmedKind, NewConfirmation, Subject
from enablement_ext.core.access.decision_origin import Risk, risk_facts
from enablement_ext.core.access.groups import GROUP_SCOPES
from enablement_ext.core.errors import BadRequest, Conflict, Forbidden, NotFound
from enablement_ext.core.git.access.ports import Access, Member
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path
from enablement_ext.core.review.lifecycle import OPEN
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import NewEvent, ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext, commit

MOST_MEMBERS = 100
_SUBMISSIONS = 200  # the newest ones that came out of a repository
_LISTED_IN_REVIEW = 50


@dataclass(frozen=True, slots=True)
class MembershipCommand:
    """What an owner says on the repository's page: this person may do that from now on. `risks` were accepted for this hub."""

    by: Principal
    repository: RepositoryId
    who: str
    access: Access
    client: Client
    risks: tuple[Risk, ...] = field(default=())


def access_to(context: ReviewContext, principal: Principal, repository: RepositoryId) -> Access:
    """What the principal may do with the repository, whether there is one or not. Who may not send anything only reads."""
    if not owns(principal, repository) and not in_group(principal, repository):
        with context.store.read() as reader:
            access = _given(reader, principal, repository)
    else:
        access = Access.WRITE
    return Access.READ if access is Access.WRITE and "submit" not in principal.scopes else access


def require_access(
    context: ReviewContext, principal: Principal, repository: RepositoryId, *, write: bool = False
) -> Access:
    """What they may do. Raises `NotFound` for nothing, `Forbidden` for reading alone where it is to be written."""
    access = access_to(context, principal, repository)
    if access is Access.NONE:
        raise NotFound
    if write and access is Access.READ:
        raise Forbidden(f"You may read this repository, and not write it. {whom_to_ask(principal, repository)}")
    return access


def whom_to_ask(principal: Principal, repository: RepositoryId) -> str:
    """A sentence that says who can give more."""
    if "submit" not in principal.scopes:
        return "Ask your platform engineers."
    if repository.space is Space.GROUP:
        return f"Ask somebody who looks after the group {repository.owner}."
    return f"Ask {repository.owner}."


def owns(principal: Principal, repository: RepositoryId) -> bool:
    """Whether it is their own, or was handed over to them."""
    return repository.space is Space.USER and repository.owner in {principal.name, *principal.heir_of}


def in_group(principal: Principal, repository: RepositoryId) -> bool:
    """Whether it belongs to a group of theirs."""
    return repository.space is Space.GROUP and repository.owner in principal.groups


def makes(principal: Principal, repository: RepositoryId) -> bool:
    """Whether it may be made by them where it is missing."""
    return repository.owner == principal.name if repository.space is Space.USER else in_group(principal, repository)


def teams(principal: Principal) -> Sequence[str]:
    """The groups for which a repository is offered: those that carry permissions are not a team."""
    return sorted(principal.groups - GROUP_SCOPES.keys())


def members(context: ReviewContext, principal: Principal, repository: RepositoryId) -> Sequence[Member]:
    """Whom the owner let in; nobody for anybody else who asks."""
    if not owns(principal, repository):
        return ()
    with context.store.read() as reader:
        return reader.members(repository.path)


def shared_with(context: ReviewContext, principal: Principal) -> Sequence[Member]:
    """The repositories that others let the principal into."""
    with context.store.read() as reader:
        return reader.memberships(principal.name)


def in_review(context: ReviewContext, principal: Principal) -> Sequence[RepositoryId]:
    """Repositories that the principal may read as a reviewer, of what was sent last, whether they may use them in another way or not."""
    if "review" not in principal.scopes:
        return ()
    with context.store.read() as reader:
        paths = reader.repositories_in_review(_LISTED_IN_REVIEW)
    return [found for found in map(repository_of_path, paths) if found is not None]


def person_named(context: ReviewContext, repository: RepositoryId, name: str, access: Access) -> str | None:
    """The identifier of whom an owner names by their account, None for nobody who was seen here.

    Who is to be let in no longer may be named by identifier as well: the account of that name may be somebody else's by now.
    """
    with context.store.read() as reader:
        if access is Access.NONE and any(member.who == name for member in reader.members(repository.path)):
            return name
        found = reader.holder(name) or reader.person(name)
    return None if found is None else found.id


def change_member(context: ReviewContext, command: MembershipCommand) -> None:
    """Let somebody in, change what they may do, or let them in no longer.

    Raises `NotFound` for who does not own the repository, `BadRequest` for its owner, `Conflict`.
    """
    repository, by = command.repository, command.by
    if not owns(by, repository):
        raise NotFound
    if command.who in {repository.owner, by.name}:
        raise BadRequest("It is theirs already.", facts={"field": "who"})

    def work(transaction: ReviewTransaction) -> None:
        before = next((each for each in transaction.members(repository.path) if each.who == command.who), None)
        if command.access is not (before.access if before else Access.NONE):
            _store(context, transaction, command)

    commit(context, work)


def take_back(transaction: ReviewTransaction, path: str, who: str) -> None:
    """Let somebody in no longer, whoever owns the repository by now: the person in whose name they were let in says that it was not them."""
    if any(member.who == who for member in transaction.members(path)):
        transaction.remove_member(path, who)


def _store(context: ReviewContext, transaction: ReviewTransaction, command: MembershipCommand) -> None:
    path, who, now = command.repository.path, command.who, context.clock.now()
    if command.access is Access.NONE:
        transaction.remove_member(path, who)
    else:
        if len(transaction.members(path)) >= MOST_MEMBERS:
            raise Conflict(f"A repository is shared with at most {MOST_MEMBERS} people. A group's has no limit.")
        write = command.access is Access.WRITE
        transaction.put_member(Member(command.repository, who, write, command.by.name, now))
    facts = {"repository": path, "who": who, "access": command.access.value, **risk_facts(command.risks)}
    event = transaction.append_event(NewEvent(now, command.by.name, "repository_shared", data=tuple(facts.items())))
    if command.access is not Access.NONE:
        told = Subject(repository=path, person=who)
        transaction.add_confirmation(
            NewConfirmation(ConfirmedKind.REPOSITORY_SHARED, command.by.name, now, command.client, event.seq, told)
        )


def _given(reader: ReviewReader, principal: Principal, repository: RepositoryId) -> Access:
    for member in reader.memberships(principal.name):
        if member.repository == repository:
            return member.access
    return Access.READ if _reviews(reader, principal, repository) else Access.NONE


def _reviews(reader: ReviewReader, principal: Principal, repository: RepositoryId) -> bool:
    """Whether something that was sent from it waits for reviewers, of whom the principal is one."""
    if "review" not in principal.scopes:
        return False
    numbers = reader.submissions_from(repository.path, _SUBMISSIONS)
    return any(reader.submission(number).state in OPEN for number in numbers)
