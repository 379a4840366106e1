"""What a person gets at this hub: release, Python and size for what was asked, within what the person's groups may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from enablement_ext.core.errors import EnablementError, Forbidden
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.releases import Release
from enablement_ext.core.images.selection import ImageAccess, ReleaseRequest, select_release
from enablement_ext.hub.sizes import Quota, Size, chosen_size, quota_of, require_room, sizes_within
from enablement_ext.hub.user_options import READING, RequestedOptions

NOTHING_OPEN = "No image of this hub is open to your groups. Ask the people who run the hub."


@dataclass(frozen=True, slots=True)
class SpawnChoice:
    """What starts. `note` is for the person: why it is not what was asked for; "" when it is."""

    release: Release
    python: str
    size: Size | None
    note: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class SpawnPolicy:
    """The hub's rules. `pythons` names the Python versions that a release can be started with here, the usual one first."""

    gates: ImageAccess
    sizes: tuple[Size, ...]
    quotas: Mapping[str, Quota]
    pythons: Callable[[Release], tuple[str, ...]]

    def catalog_for(self, catalog: Catalog, groups: frozenset[str]) -> Catalog:
        """The part of the catalog that is open to these groups. Raises Forbidden when nothing is."""
        allowed = self.gates.open_to(catalog, groups)
        if allowed is None:
            raise Forbidden(NOTHING_OPEN)
        return allowed

    def sizes_for(self, groups: frozenset[str]) -> tuple[Size, ...]:
        """The sizes that these groups may choose."""
        return sizes_within(self._quota(groups), self.sizes)

    def choose(self, catalog: Catalog, asked: RequestedOptions, groups: frozenset[str], today: date) -> SpawnChoice:
        """What starts. Raises Forbidden for what other groups may use, UnknownImage for an exact wish that cannot be fulfilled."""
        start = select_release(catalog, self.catalog_for(catalog, groups), asked.requested, today)
        size = chosen_size(self.sizes, self._quota(groups), asked.size)
        return SpawnChoice(
            release=start.release,
            python=self._python(start.release, asked.python),
            size=size,
            note=start.note,
            purpose=READING if asked.purpose == READING else "",
        )

    def preselect(
        self, catalog: Catalog, remembered: RequestedOptions, groups: frozenset[str], today: date
    ) -> SpawnChoice:
        """What the page selects for the remembered choice, redirects followed. Raises Forbidden when nothing is open."""
        requested = ReleaseRequest(remembered.requested.image, remembered.requested.release)
        tries = (replace(remembered, requested=requested), RequestedOptions(requested, size=""), RequestedOptions())
        note = ""
        for attempt in tries:
            try:
                found = self.choose(catalog, attempt, groups, today)
            except EnablementError as error:
                note = error.message
            else:
                return replace(found, note=" ".join(filter(None, (note, found.note))))
        raise Forbidden(note)

    def require_room(self, groups: frozenset[str], running: Sequence[str]) -> None:
        """Raises TooManyRequests when no further server may run beside these."""
        require_room(self._quota(groups), running)

    def _quota(self, groups: frozenset[str]) -> Quota:
        return quota_of(self.quotas, groups, self.sizes)

    def _python(self, release: Release, asked: str) -> str:
        here = self.pythons(release)
        return asked if asked in here else here[0]
