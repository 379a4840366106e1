"""Repositories: whose they are, and keys to exactly one of them that end in minutes.

A key goes to who asked for it and is kept nowhere but in this process's memory, for a while, so that one push needs one. What is stored is the lease:
who may open what until when. Where a forge's own keys last longer, they are revoked when the lease ends, whichever process is there
by then. Each key that is made is an event, without the key.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from enablement_ext.core.errors import ForgeAway, ForgeRefuses, NotFound, TooManyRequests, Unprocessable
from enablement_ext.core.git.forges.ports import (
    AccessGrant,
    Credential,
    Forge,
    PullRequest,
    PullRequestDraft,
    Repository,
)
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.caches.credentials import CredentialCache
from enablement_ext.service.runtime.rate_limit import RateLimit
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases.review_context import ReviewContext, commit

PUSH_SECONDS = 600
CLONE_SECONDS = 3600
_ENDED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RepositoryContext:
    """What use cases about repositories work with. `credentials` and `rate_limit` are of this process."""

    review: ReviewContext
    forge: Forge
    credentials: CredentialCache = field(default_factory=CredentialCache)
    rate_limit: RateLimit = field(default_factory=RateLimit)


@dataclass(frozen=True, slots=True)
class RepositoryCredential:
    """What opens one repository for so many seconds."""

    username: str
    password: str = field(repr=False)
    seconds: int


def adopt(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository, made where there is none. Raises `NotFound` for somebody else's, `TooLarge`, `NoSpace`, `ForgeAway`."""
    _require(principal, repository)
    found = context.forge.adopt(repository, context.review.clock.now())
    if found.created:
        _note(context, principal, "repository_made", {"repository": repository.path})
    return found


def find(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository. Raises `NotFound`, whether it is somebody else's or none."""
    _require(principal, repository)
    return context.forge.find(repository)


def listed(context: RepositoryContext, principal: Principal) -> list[Repository]:
    """The person's own and their groups' repositories."""
    owners = [(Space.USER, principal.name), *((Space.GROUP, group) for group in sorted(principal.groups))]
    return list(context.forge.listed(owners))


def recognise(context: RepositoryContext, principal: Principal, url: str) -> RepositoryId:
    """The person's repository with this clone address. Raises `NotFound`, for another address as for another's repository."""
    found = context.forge.recognise(url)
    if found is None:
        raise NotFound
    _require(principal, found)
    return found


def mint(
    context: RepositoryContext, principal: Principal, repository: RepositoryId, *, write: bool
) -> RepositoryCredential:
    """A key. Raises `NotFound`, `TooManyRequests`, `ForgeAway`, `ForgeRefuses`."""
    now = context.review.clock.now()
    context.rate_limit.acquire(principal.name, now)
    _require(principal, repository)
    holding = (principal.name, repository.path, write)
    kept = context.credentials.get(holding, now)
    if kept is None:
        until = after(now, PUSH_SECONDS if write else CLONE_SECONDS)
        kept = _made(context, AccessGrant(secrets.token_hex(12), repository, principal.name, write, until))
        if context.forge.server is None:
            context.credentials.put(holding, kept)
    return RepositoryCredential(kept.username, kept.password, int((kept.until - now).total_seconds()))


def _made(context: RepositoryContext, grant: AccessGrant) -> Credential:
    """A credential for the lease. A forge elsewhere is asked once the lease is stored: whatever it makes is also ended."""
    now, kind = context.review.clock.now(), context.forge.place.kind
    seconds = int((grant.until - now).total_seconds())
    facts = {"repository": grant.repository.path, "write": grant.write, "seconds": seconds}
    event = NewEvent(at=now, actor=grant.who, kind="git_key_made", data=tuple(facts.items()))
    elsewhere = context.forge.server is None
    if elsewhere:
        commit(context.review, lambda transaction: transaction.keep_grant(kind, grant))
    made = context.forge.mint(grant)

    def keep(transaction: ReviewTransaction) -> None:
        if not elsewhere:
            transaction.keep_grant(kind, grant)
        transaction.append_event(event)

    commit(context.review, keep)
    return made


def end_keys(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> int:
    """The person's keys to the repository open nothing any more; how many there were. Raises `NotFound`, `ForgeAway`."""
    _require(principal, repository)
    context.credentials.drop(principal.name, repository.path)
    with context.review.store.read() as reader:
        leases = reader.grants_of(context.forge.place.kind, principal.name, repository.path)
    for grant in leases:
        _end(context, grant, "asked")
    return len(leases)


def end_grants(context: RepositoryContext) -> tuple[int, int]:
    """Revoke what is over; how many were, and how many the forge did not take: those are tried again. Raises `StoreUnavailable`."""
    with context.review.store.read() as reader:
        leases = reader.expired_grants(context.forge.place.kind, context.review.clock.now(), _ENDED_AT_ONCE)
    ended = failed = 0
    for grant in leases:
        try:
            _end(context, grant, "over")
        except ForgeAway:
            return ended, len(leases) - ended
        except (ForgeRefuses, TooManyRequests, Unprocessable):
            failed += 1  # one that the forge will not take keeps no other waiting
        else:
            ended += 1
    return ended, failed


def propose(
    context: RepositoryContext, principal: Principal, repository: RepositoryId, proposal: PullRequestDraft
) -> PullRequest:
    """Open a pull request, or find the open one. Raises `NotFound`, `ForgeCannot`, `ForgeAway`."""
    _require(principal, repository)
    opened = context.forge.propose(repository, proposal)
    if opened.created:
        facts = {"repository": repository.path, "number": opened.number, "head": proposal.head, "base": proposal.base}
        _note(context, principal, "pull_request_opened", facts)
    return opened


def _end(context: RepositoryContext, grant: AccessGrant, why: str) -> None:
    if why == "asked" or context.forge.place.lasting:
        context.forge.revoke(grant)
    facts = {"repository": grant.repository.path, "why": why}
    event = NewEvent(at=context.review.clock.now(), actor=grant.who, kind="git_key_ended", data=tuple(facts.items()))

    def drop(transaction: ReviewTransaction) -> None:
        transaction.drop_grant(grant.id)
        if why == "asked":
            transaction.append_event(event)

    commit(context.review, drop)


def _require(principal: Principal, repository: RepositoryId) -> None:
    mine = repository.space is Space.USER and repository.owner == principal.name
    ours = repository.space is Space.GROUP and repository.owner in principal.groups
    if not mine and not ours:
        raise NotFound


def _note(context: RepositoryContext, principal: Principal, kind: str, facts: Mapping[str, object]) -> None:
    event = NewEvent(at=context.review.clock.now(), actor=principal.name, kind=kind, data=tuple(facts.items()))
    commit(context.review, lambda transaction: transaction.append_event(event))
