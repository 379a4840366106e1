"""Who looks after images. A server's token carries neither the scope `admin` nor its owner's groups, so the hub is asked by name."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import HubUnavailable, NotFound
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.ports import HubDirectory

_SECONDS = 300.0  # so late is a change of groups seen
_MOST = 10_000  # people that are remembered


@dataclass(slots=True)
class PlatformGroup:
    """Remembers for five minutes who is in the platform group. Lives on one event loop."""

    hub: HubDirectory
    _known: dict[str, tuple[float, bool]] = field(default_factory=dict)

    async def recognised(self, who: Principal) -> Principal:
        """The principal, with the platform group where the hub says so; without it while the hub is away."""
        if PLATFORM in who.groups or "admin" in who.scopes:
            return who
        until, inside = self._known.get(who.name, (0.0, False))
        if time.monotonic() >= until:
            inside = await self._asked(who.name)
        return replace(who, groups=who.groups | {PLATFORM}) if inside else who

    async def _asked(self, name: str) -> bool:
        try:
            inside = PLATFORM in await self.hub.groups_of(name)
        except (NotFound, HubUnavailable):
            return False
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[name] = (time.monotonic() + _SECONDS, inside)
        return inside
