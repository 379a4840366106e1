"""Who is in the platform group. A server's token carries neither the scope `admin` nor its owner's groups, so the hub is asked by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cachetools import TTLCache

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import HubUnavailable, NotFound
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import HubDirectory

_SECONDS = 300.0  # so late is a change of groups seen: it decides what is shown, never who may answer
_MAX_PEOPLE = 10_000


def _cache() -> TTLCache[str, bool]:
    return TTLCache(_MAX_PEOPLE, _SECONDS)


@dataclass(slots=True)
class PlatformGroup:
    """The hub's answers of the last five minutes. Lives on one event loop."""

    hub: HubDirectory
    _members: TTLCache[str, bool] = field(default_factory=_cache)

    async def recognised(self, who: Principal) -> Principal:
        """The principal, with the platform group where the hub says so; without it while the hub is away."""
        if PLATFORM in who.groups or "admin" in who.scopes:
            return who
        member = self._members.get(who.name)
        if member is None:
            member = await self._ask(who.name)
        return replace(who, groups=who.groups | {PLATFORM}) if member else who

    async def _ask(self, name: str) -> bool:
        """Asked now; that the hub is away is not remembered."""
        try:
            member = PLATFORM in await self.hub.groups_of(name)
        except (NotFound, HubUnavailable):
            return False
        self._members[name] = member
        return member
