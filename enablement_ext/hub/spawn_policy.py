"""Spawn policy: resolves requested options to release, Python and size, within what the user's groups may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from enablement_ext.core.errors import EnablementError, Forbidden
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.releases import Release
from enablement_ext.core.images.selection import ImageAccess, ReleaseRequest, select_release
from enablement_ext.hub.sizes import Quota, Size, quota_of, require_server_quota, select_size, sizes_within
from enablement_ext.hub.user_options import READING, RequestedOptions

NOTHING_OPEN = "No image of this hub is open to your groups. Ask the people who run the hub."


@dataclass(frozen=True, slots=True)
class SpawnChoice:
    """The resolved choice. `note` tells the user why it differs from the request; "" when it does not."""

    release: Release
    python: str
    size: Size | None
    note: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class SpawnPolicy:
    """The hub's policy. `pythons` names the Python versions that a release can be started with here, the default first."""

    image_access: ImageAccess
    sizes: tuple[Size, ...]
    quotas: Mapping[str, Quota]
    pythons: Callable[[Release], tuple[str, ...]]

    def catalog_for(self, catalog: Catalog, groups: frozenset[str]) -> Catalog:
        """The part of the catalog that is open to these groups. Raises Forbidden when nothing is."""
        allowed = self.image_access.open_to(catalog, groups)
        if allowed is None:
            raise Forbidden(NOTHING_OPEN)
        return allowed

    def sizes_for(self, groups: frozenset[str]) -> tuple[Size, ...]:
        """The sizes that these groups may choose."""
        return sizes_within(self._quota(groups), self.sizes)

    def resolve(self, catalog: Catalog, asked: RequestedOptions, groups: frozenset[str], today: date) -> SpawnChoice:
        """The choice for a request. Raises Forbidden for images of other groups, UnknownImage for an exact request that cannot be met."""
        start = select_release(catalog, self.catalog_for(catalog, groups), asked.release_request, today)
        size = select_size(self.sizes, self._quota(groups), asked.size)
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
        """The choice that the form preselects for remembered options, redirects followed. Raises Forbidden when no image is open to these groups."""
        request = ReleaseRequest(remembered.release_request.image, remembered.release_request.release)
        tries = (replace(remembered, release_request=request), RequestedOptions(request, size=""), RequestedOptions())
        note = ""
        for attempt in tries:
            try:
                found = self.resolve(catalog, attempt, groups, today)
            except EnablementError as error:
                note = error.message
            else:
                return replace(found, note=" ".join(filter(None, (note, found.note))))
        raise Forbidden(note)

    def require_server_quota(self, groups: frozenset[str], running: Sequence[str]) -> None:
        """Raises TooManyRequests when no further server may run beside these."""
        require_server_quota(self._quota(groups), running)

    def _quota(self, groups: frozenset[str]) -> Quota:
        return quota_of(self.quotas, groups, self.sizes)

    def _python(self, release: Release, asked: str) -> str:
        here = self.pythons(release)
        return asked if asked in here else here[0]
