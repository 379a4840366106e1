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
from enablement_ext.core.git.forges.ports import Credential, Lease, Proposal, PullRequest, Repository
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.context import House
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases.review_context import commit

PUSH_SECONDS = 600
CLONE_SECONDS = 3600
_ENDED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Key:
    """What opens one repository for so many seconds."""

    username: str
    password: str = field(repr=False)
    seconds: int


def adopt(house: House, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository, made where there is none. Raises `NotFound` for somebody else's, `TooLarge`, `NoSpace`, `ForgeAway`."""
    _require(principal, repository)
    found = house.forge.adopt(repository, house.desk.clock.now())
    if found.created:
        _note(house, principal, "repository_made", {"repository": repository.path})
    return found


def find(house: House, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository. Raises `NotFound`, whether it is somebody else's or none."""
    _require(principal, repository)
    return house.forge.find(repository)


def listed(house: House, principal: Principal) -> list[Repository]:
    """The person's own and their groups' repositories."""
    owners = [(Space.USER, principal.name), *((Space.GROUP, group) for group in sorted(principal.groups))]
    return list(house.forge.listed(owners))


def recognise(house: House, principal: Principal, url: str) -> RepositoryId:
    """The person's repository with this clone address. Raises `NotFound`, for another address as for another's repository."""
    found = house.forge.recognise(url)
    if found is None:
        raise NotFound
    _require(principal, found)
    return found


def mint(house: House, principal: Principal, repository: RepositoryId, *, write: bool) -> Key:
    """A key. Raises `NotFound`, `TooManyRequests`, `ForgeAway`, `ForgeRefuses`."""
    now = house.desk.clock.now()
    house.keys_minted.take(principal.name, now)
    _require(principal, repository)
    holding = (principal.name, repository.path, write)
    kept = house.keyring.get(holding, now)
    if kept is None:
        until = after(now, PUSH_SECONDS if write else CLONE_SECONDS)
        kept = _made(house, Lease(secrets.token_hex(12), repository, principal.name, write, until))
        if house.forge.server is None:
            house.keyring.put(holding, kept)
    return Key(kept.username, kept.password, int((kept.until - now).total_seconds()))


def _made(house: House, lease: Lease) -> Credential:
    """A credential for the lease. A forge elsewhere is asked once the lease is stored: whatever it makes is also ended."""
    now, kind = house.desk.clock.now(), house.forge.place.kind
    seconds = int((lease.until - now).total_seconds())
    facts = {"repository": lease.repository.path, "write": lease.write, "seconds": seconds}
    event = NewEvent(at=now, actor=lease.who, kind="git_key_made", data=tuple(facts.items()))
    elsewhere = house.forge.server is None
    if elsewhere:
        commit(house.desk, lambda transaction: transaction.keep_lease(kind, lease))
    made = house.forge.mint(lease)

    def keep(transaction: ReviewTransaction) -> None:
        if not elsewhere:
            transaction.keep_lease(kind, lease)
        transaction.append_event(event)

    commit(house.desk, keep)
    return made


def end_keys(house: House, principal: Principal, repository: RepositoryId) -> int:
    """The person's keys to the repository open nothing any more; how many there were. Raises `NotFound`, `ForgeAway`."""
    _require(principal, repository)
    house.keyring.drop(principal.name, repository.path)
    with house.desk.store.read() as reader:
        leases = reader.leases_of(house.forge.place.kind, principal.name, repository.path)
    for lease in leases:
        _end(house, lease, "asked")
    return len(leases)


def end_leases(house: House) -> tuple[int, int]:
    """Revoke what is over; how many were, and how many the forge did not take: those are tried again. Raises `StoreUnavailable`."""
    with house.desk.store.read() as reader:
        leases = reader.ended_leases(house.forge.place.kind, house.desk.clock.now(), _ENDED_AT_ONCE)
    ended = failed = 0
    for lease in leases:
        try:
            _end(house, lease, "over")
        except ForgeAway:
            return ended, len(leases) - ended
        except (ForgeRefuses, TooManyRequests, Unprocessable):
            failed += 1  # one that the forge will not take keeps no other waiting
        else:
            ended += 1
    return ended, failed


def propose(house: House, principal: Principal, repository: RepositoryId, proposal: Proposal) -> PullRequest:
    """Open a pull request, or find the open one. Raises `NotFound`, `ForgeCannot`, `ForgeAway`."""
    _require(principal, repository)
    opened = house.forge.propose(repository, proposal)
    if opened.created:
        facts = {"repository": repository.path, "number": opened.number, "head": proposal.head, "base": proposal.base}
        _note(house, principal, "pull_request_opened", facts)
    return opened


def _end(house: House, lease: Lease, why: str) -> None:
    if why == "asked" or house.forge.place.lasting:
        house.forge.revoke(lease)
    facts = {"repository": lease.repository.path, "why": why}
    event = NewEvent(at=house.desk.clock.now(), actor=lease.who, kind="git_key_ended", data=tuple(facts.items()))

    def drop(transaction: ReviewTransaction) -> None:
        transaction.drop_lease(lease.id)
        if why == "asked":
            transaction.append_event(event)

    commit(house.desk, drop)


def _require(principal: Principal, repository: RepositoryId) -> None:
    mine = repository.space is Space.USER and repository.owner == principal.name
    ours = repository.space is Space.GROUP and repository.owner in principal.groups
    if not mine and not ours:
        raise NotFound


def _note(house: House, principal: Principal, kind: str, facts: Mapping[str, object]) -> None:
    event = NewEvent(at=house.desk.clock.now(), actor=principal.name, kind=kind, data=tuple(facts.items()))
    commit(house.desk, lambda transaction: transaction.append_event(event))
