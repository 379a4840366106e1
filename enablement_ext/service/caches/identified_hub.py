"""The hub, with people in the place of accounts: what everything else in the service asks.

Who an account is stands in the store (`core.access.people`) and is remembered for a minute, so that what an administrator changes with a
command counts soon. A person's identifier is no name in the hub: where the hub is asked about somebody, it is asked about their account.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from cachetools import TTLCache

from enablement_ext.core.access.people import Account, Person, Records, Sight, sight
from enablement_ext.core.errors import HubDatabaseNew, HubUnavailable, NotFound, UnknownImage
from enablement_ext.core.review.models import ImageRef, Principal
from enablement_ext.core.review.ports import HubDirectory
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.use_cases import people
from enablement_ext.service.use_cases.people import Identity
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web import logs

log = logging.getLogger("enablement.people")

_SECONDS = 60.0
_MOST = 10_000
_LOOKS = 5
_WITNESSES = 5  # accounts that are looked at before a hub's database counts as new


class IdentifiedHub:
    """A `HubDirectory` whose users are people, by their identifiers. Lives on one event loop."""

    def __init__(self, hub: HubDirectory, review: ReviewContext, threads: ThreadPool) -> None:
        self._hub, self._review, self._threads = hub, review, threads
        self._identities: TTLCache[Account, Identity] = TTLCache(_MOST, _SECONDS)
        self._names: TTLCache[str, str] = TTLCache(_MOST, _SECONDS)
        self._refusals: TTLCache[Account, bool] = TTLCache(_MOST, 5.0)

    async def principal(self, token: str) -> Principal:
        """Who this token is. Raises `NotSignedIn`, `HubUnavailable`, `HubDatabaseNew`."""
        return await self._person(await self._hub.principal(token))

    async def browser_user(self, token: str) -> tuple[Principal, str]:
        """Who this token of a browser's sign-in is, and in which session of the hub it was given. Raises as `principal`."""
        found, session = await self._hub.browser_user(token)
        return await self._person(found), session

    async def image_of(self, user: str, server: str, *, token: str = "") -> ImageRef:
        """What the spawner recorded for this person's server. Raises `UnknownImage`, `HubUnavailable`."""
        name = self._names.get(user) or await self._name_of(user)
        if name is None:
            raise UnknownImage
        return await self._hub.image_of(name, server, token=token)

    def remembered_image(self, user: str, server: str, token: str) -> ImageRef | None:
        """What `image_of` would answer from memory."""
        name = self._names.get(user)
        return None if name is None else self._hub.remembered_image(name, server, token)

    async def groups_of(self, user: str) -> frozenset[str]:
        """The groups of this person's account, asked now. Raises `NotFound` where they have none any more, `HubUnavailable`.

        Somebody who was never seen has the identifier that their account's name will make: of the account with that name.
        """
        seen = await self._threads.run(people.person, self._review, user)
        name = user if seen is None else await self._name_of(user)
        if name is None:
            raise NotFound
        return await self._hub.groups_of(name)

    async def members_of(self, group: str) -> frozenset[str]:
        """The people of this group, asked now; of an account that was never seen, who it would be. Raises `HubUnavailable`."""
        names = await self._hub.members_of(group)
        return await self._threads.run(people.holders, self._review, names)

    async def account_of(self, user: str) -> Account | None:
        """This person's account, asked now; None where they have none any more. Raises `HubUnavailable`."""
        person = await self._threads.run(people.person, self._review, user)
        if person is None or not person.holds or person.created is None:
            return None
        account = await self._hub.account_of(person.name)
        return account if account is not None and account.created == person.created else None

    def forget(self) -> None:
        """Remember nobody."""
        for cache in (self._identities, self._names, self._refusals):
            cache.clear()

    async def sign_in(self, code: str, verifier: str) -> str:
        """The token for an OAuth code. Raises `NotSignedIn`, `HubUnavailable`."""
        return await self._hub.sign_in(code, verifier)

    async def _person(self, found: Principal) -> Principal:
        if found.account is None:
            raise HubUnavailable(facts={"reason": "account"})
        identity = self._identities.get(found.account) or await self._identify(found.account)
        return replace(found, name=identity.person, heir_of=identity.heir_of)

    async def _name_of(self, user: str) -> str | None:
        account = await self.account_of(user)
        return None if account is None else account.name

    async def _identify(self, account: Account) -> Identity:
        if account in self._refusals:
            raise HubDatabaseNew
        for _ in range(_LOOKS):
            seen, known = await self._threads.run(people.records, self._review, account)
            identity = known or await self._record(account, seen)
            if identity is not None:
                self._identities[account] = identity
                self._names[identity.person] = account.name
                return identity
        raise HubUnavailable(facts={"reason": "names"})

    async def _record(self, account: Account, seen: Records) -> Identity | None:
        candidates = seen.same_time if seen.known(account) is None else ()
        gone = frozenset([each.id for each in candidates if each.holds and not await self._is_there(each)])
        what, _ = sight(account, seen, lambda person: person.id in gone)
        if what is Sight.REUSED and seen.holder is not None and await self._is_new(seen.holder):
            self._refusals[account] = True
            log.warning(logs.line("hub_database_new", name=account.name))
            raise HubDatabaseNew
        return await self._threads.run(people.record, self._review, account, seen, gone)

    async def _is_there(self, person: Person) -> bool:
        account = await self._hub.account_of(person.name)
        return account is not None and account.created == person.created

    async def _is_new(self, holder: Person) -> bool:
        """Whether the hub knows none of the accounts that its database had beside that of the holder of a name that changed hands."""
        witnesses = await self._threads.run(people.witnesses, self._review, holder, _WITNESSES)
        for witness in witnesses:
            if await self._is_there(witness):
                return False
        return bool(witnesses)
