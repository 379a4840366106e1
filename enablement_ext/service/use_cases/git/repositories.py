"""Repositories: making and finding them, and short-lived credentials for exactly one of them. Who may, `access` says.

A credential is returned to who asked for it and otherwise only cached in this process, so that one push needs one. What is stored is the grant:
who may open what until when. Where a forge's own tokens last longer, they are revoked when the grant expires, whichever process runs
by then. Each minted credential is an event, without the secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import ConfirmedKind, NewConfirmation, Subject
from enablement_ext.core.errors import (
    ForgeAway,
    ForgeRefuses,
    GitFailed,
    NotFound,
    StoreUnavailable,
    TooManyRequests,
    Unprocessable,
)
from enablement_ext.core.git.access.ports import Access
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
from enablement_ext.service.use_cases.git.access import (
    MembershipCommand,
    change_member,
    in_group,
    in_review,
    owns,
    require_access,
    shared_with,
)
from enablement_ext.service.use_cases.ports import CredentialStore, Limiter
from enablement_ext.service.use_cases.review_context import ReviewContext, commit, name_text, refuse_secrets

PUSH_SECONDS = 600
CLONE_SECONDS = 3600
_BATCH = 500


@dataclass(frozen=True, slots=True)
class RepositoryContext:
    """What use cases about repositories work with. `credentials` and `rate_limit` are of this process."""

    review: ReviewContext
    forge: Forge
    credentials: CredentialStore
    rate_limit: Limiter


@dataclass(frozen=True, slots=True)
class RepositoryCredential:
    """What opens one repository for so many seconds."""

    username: str
    password: str = field(repr=False)
    seconds: int


def adopt(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository, made where there is none. Raises `NotFound` for somebody else's, `TooLarge`, `NoSpace`, `ForgeAway`, `SecretFound`."""
    refuse_secrets(context.review, {"the repository's name": name_text(repository.path)})
    _require_owner(principal, repository)
    adopted = context.forge.adopt(repository, context.review.clock.now())
    if adopted.created:
        _append_event(context, principal, "repository_made", {"repository": repository.path})
    return adopted


def find(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository. Raises `NotFound`, whether they may not read it or there is none."""
    require_access(context.review, principal, repository)
    return context.forge.find(repository)


def exists(context: RepositoryContext, repository: RepositoryId) -> bool | None:
    """Whether there is one, None where the forge does not say."""
    try:
        context.forge.find(repository)
    except NotFound:
        return False
    except (GitFailed, TooManyRequests, StoreUnavailable, Unprocessable):
        return None
    return True


def listed(context: RepositoryContext, principal: Principal) -> list[tuple[Repository, bool]]:
    """The person's own, those that were handed over to them, their groups', those that somebody let them into, and those of what they review.

    Each with whether it is listed for the last reason alone.
    """
    persons = (principal.name, *sorted(principal.heir_of))
    own = [(Space.USER, name) for name in persons] + [(Space.GROUP, group) for group in sorted(principal.groups)]
    shared = {member.repository for member in shared_with(context.review, principal)}
    reviewed = set(in_review(context.review, principal))
    others = sorted({(repository.space, repository.owner) for repository in shared | reviewed} - set(own))
    found = [
        (each, each.id not in shared and (each.id.space, each.id.owner) not in own)
        for each in context.forge.listed([*own, *others])
    ]
    return [(each, for_review) for each, for_review in found if not for_review or each.id in reviewed]


def recognise(context: RepositoryContext, principal: Principal, url: str) -> RepositoryId:
    """The repository with this clone address. Raises `NotFound`, for another address as for one that they may not read."""
    repository = context.forge.recognise(url)
    if repository is None:
        raise NotFound
    require_access(context.review, principal, repository)
    return repository


def mint(
    context: RepositoryContext, principal: Principal, repository: RepositoryId, *, write: bool
) -> RepositoryCredential:
    """A credential, cached or new; it writes where that is wanted and they may. Raises `NotFound`, `TooManyRequests`, `ForgeAway`, `ForgeRefuses`."""
    now = context.review.clock.now()
    context.rate_limit.acquire(principal.name, now)
    write = require_access(context.review, principal, repository) is Access.WRITE and write
    key = (principal.name, repository.path, write)
    credential = context.credentials.get(key, now)
    if credential is None:
        until = now + timedelta(seconds=PUSH_SECONDS if write else CLONE_SECONDS)
        credential = _mint(context, AccessGrant(secrets.token_hex(12), repository, principal.name, write, until))
        if context.forge.server is None:
            context.credentials.put(key, credential)
    return RepositoryCredential(credential.username, credential.password, int((credential.until - now).total_seconds()))


def _mint(context: RepositoryContext, grant: AccessGrant) -> Credential:
    """A credential for the grant. A remote forge is asked once the grant is stored: whatever it mints is also revoked."""
    now, kind = context.review.clock.now(), context.forge.place.kind
    seconds = int((grant.until - now).total_seconds())
    facts = {"repository": grant.repository.path, "write": grant.write, "seconds": seconds}
    event = NewEvent(at=now, actor=grant.who, kind="git_key_made", data=tuple(facts.items()))
    remote = context.forge.server is None
    if remote:
        commit(context.review, lambda transaction: transaction.keep_grant(kind, grant))
    credential = context.forge.mint(grant)

    def keep(transaction: ReviewTransaction) -> None:
        if not remote:
            transaction.keep_grant(kind, grant)
        transaction.append_event(event)

    commit(context.review, keep)
    return credential


def show_access(
    context: RepositoryContext, principal: Principal, repository: RepositoryId, client: Client
) -> RepositoryCredential:
    """A credential for reading, given to a person on a page; that it was is told to them. Raises what `mint` raises."""
    credential = mint(context, principal, repository, write=False)

    def record(transaction: ReviewTransaction) -> None:
        now = context.review.clock.now()
        facts = (("repository", repository.path),)
        event = transaction.append_event(NewEvent(at=now, actor=principal.name, kind="access_shown", data=facts))
        told = Subject(repository=repository.path)
        transaction.add_confirmation(
            NewConfirmation(ConfirmedKind.REPOSITORY_ACCESS, principal.name, now, client, event.seq, told)
        )

    commit(context.review, record)
    return credential


def revoke_grants(context: RepositoryContext, principal: Principal, repository: RepositoryId) -> int:
    """Revoke the person's credentials for the repository; how many there were. Raises `NotFound`, `ForgeAway`."""
    require_access(context.review, principal, repository)
    return end_access(context, principal.name, repository.path)


def share(context: RepositoryContext, command: MembershipCommand) -> None:
    """Let somebody in, or no longer: the keys that they have for it end at once, and new ones do what they may now.

    Raises as `change_member`; `ForgeAway` where what they may do has changed and their keys end by themselves, within the hour.
    """
    change_member(context.review, command)
    end_access(context, command.who, command.repository.path)


def end_access(context: RepositoryContext, person: str, path: str) -> int:
    """Revoke the person's credentials for the repository, whether they may use it or not; how many there were. Raises `ForgeAway`."""
    context.credentials.drop(person, path)
    with context.review.store.read() as reader:
        grants = reader.grants_of(context.forge.place.kind, person, path)
    for grant in grants:
        _revoke(context, grant, "asked")
    return len(grants)


def revoke_expired_grants(context: RepositoryContext) -> tuple[int, int]:
    """Revoke what has expired; how many were revoked, and how many the forge refused: those are tried again. Raises `StoreUnavailable`."""
    with context.review.store.read() as reader:
        grants = reader.expired_grants(context.forge.place.kind, context.review.clock.now(), _BATCH)
    revoked = failed = 0
    for grant in grants:
        try:
            _revoke(context, grant, "over")
        except ForgeAway:
            return revoked, len(grants) - revoked
        except (ForgeRefuses, TooManyRequests, Unprocessable):
            failed += 1  # the others are not held up by it
        else:
            revoked += 1
    return revoked, failed


def propose(
    context: RepositoryContext, principal: Principal, repository: RepositoryId, proposal: PullRequestDraft
) -> PullRequest:
    """Open a pull request, or find the open one. Raises `NotFound`, `ForgeCannot`, `ForgeAway`, `SecretFound`."""
    written = {
        "the title": proposal.title,
        "the text": proposal.text,
        "the branches": name_text(f"{proposal.head}/{proposal.base}"),
    }
    refuse_secrets(context.review, written)
    require_access(context.review, principal, repository, write=True)
    opened = context.forge.propose(repository, proposal)
    if opened.created:
        facts = {"repository": repository.path, "number": opened.number, "head": proposal.head, "base": proposal.base}
        _append_event(context, principal, "pull_request_opened", facts)
    return opened


def _revoke(context: RepositoryContext, grant: AccessGrant, why: str) -> None:
    if why == "asked" or context.forge.place.lasting:
        context.forge.revoke(grant)
    facts = {"repository": grant.repository.path, "why": why}
    event = NewEvent(at=context.review.clock.now(), actor=grant.who, kind="git_key_ended", data=tuple(facts.items()))

    def drop(transaction: ReviewTransaction) -> None:
        transaction.drop_grant(grant.id)
        if why == "asked":
            transaction.append_event(event)

    commit(context.review, drop)


def _require_owner(principal: Principal, repository: RepositoryId) -> None:
    if not owns(principal, repository) and not in_group(principal, repository):
        raise NotFound


def _append_event(context: RepositoryContext, principal: Principal, kind: str, facts: Mapping[str, object]) -> None:
    event = NewEvent(at=context.review.clock.now(), actor=principal.name, kind=kind, data=tuple(facts.items()))
    commit(context.review, lambda transaction: transaction.append_event(event))
