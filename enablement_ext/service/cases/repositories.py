"""Repositories of the bundled forge: whose they are, and keys to exactly one of them that end by themselves in minutes.

A key is a sealed value: nothing is stored, so nothing can leak from a store, and it is good after a restart and on every replica. Each one
that is made is an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enablement_ext.core.errors import Forbidden, NotFound, NotSignedIn
from enablement_ext.core.git_ports import Repository
from enablement_ext.core.git_setup.names import RepositoryId, Space
from enablement_ext.core.models import Principal
from enablement_ext.core.ports import NewEvent
from enablement_ext.service.cases.desk import commit
from enablement_ext.service.house import House
from enablement_ext.service.seal import after

PURPOSE = "git-key"
USERNAME = "enablement"
PUSH_SECONDS = 600
CLONE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Key:
    """What opens one repository for a while."""

    password: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who comes with a key, and what it is good for."""

    who: str
    path: str
    write: bool


def adopt(house: House, principal: Principal, repository: RepositoryId) -> Repository:
    """The repository, made where there is none. Raises `NotFound` for somebody else's, `TooLarge`, `NoSpace`."""
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


def mint(house: House, principal: Principal, repository: RepositoryId, *, write: bool) -> Key:
    """A key. Raises `NotFound`, `TooManyRequests`."""
    now = house.desk.clock.now()
    house.keys_minted.take(principal.name, now)
    find(house, principal, repository)
    seconds = PUSH_SECONDS if write else CLONE_SECONDS
    value = {"who": principal.name, "path": repository.path, "write": write}
    key = Key(house.seal.sign(PURPOSE, value, after(now, seconds)), seconds)
    _note(house, principal, "git_key_made", {"repository": repository.path, "write": write, "seconds": seconds})
    return key


def holder(house: House, password: str, repository: RepositoryId, *, write: bool) -> Holder:
    """Who this key makes of its bearer. Raises `NotSignedIn` for none, an old one and another repository's; `Forbidden` to write with one to read."""
    value: Mapping[str, object] | None = house.seal.open(PURPOSE, password, house.desk.clock.now())
    if value is None or value.get("path") != repository.path:
        raise NotSignedIn("This key is none for this repository, or has ended.")
    if write and value.get("write") is not True:
        raise Forbidden("This key is for reading.")
    return Holder(str(value.get("who")), repository.path, value.get("write") is True)


def _require(principal: Principal, repository: RepositoryId) -> None:
    mine = repository.space is Space.USER and repository.owner == principal.name
    ours = repository.space is Space.GROUP and repository.owner in principal.groups
    if not mine and not ours:
        raise NotFound


def _note(house: House, principal: Principal, kind: str, facts: Mapping[str, object]) -> None:
    event = NewEvent(at=house.desk.clock.now(), actor=principal.name, kind=kind, data=tuple(facts.items()))
    commit(house.desk, lambda transaction: transaction.append_event(event))
