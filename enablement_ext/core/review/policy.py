"""Policy: what a team decides about reviews. Values only; the service fills them from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from enablement_ext.core.review.models import ChangeKind, Principal
from enablement_ext.core.secrets.statements import USUAL_RULES

ADMINISTRATORS = "administrators"  # a track that nobody reviews: what waits on it is a decision on hold


@dataclass(frozen=True, slots=True)
class Track:
    """A kind of review: the hub group whose members review it and how many of them must approve."""

    name: str
    group: str
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of reviews.

    `survive`: kinds of change between two versions that leave an approval standing. By default none: "metadata" holds the kernel
    specification and the tags that mark parameters, and outputs are evidence, so what was approved is exactly what was read.
    `threads_block`: whether an open thread stands in the way of an approval.
    `not_secret_rules`: the rules of the search for secrets whose findings an author may say of that they are none.
    """

    tracks: tuple[Track, ...] = (Track("technical", "enablement-reviewers"),)
    survive: frozenset[ChangeKind] = frozenset()
    threads_block: bool = False
    lease: timedelta = timedelta(hours=4)
    not_secret_rules: frozenset[str] = frozenset(USUAL_RULES)

    def tracks_of(self, groups: frozenset[str]) -> frozenset[str]:
        """The tracks that members of these groups review."""
        return frozenset(track.name for track in self.tracks if track.group in groups)

    def all_tracks(self) -> frozenset[str]:
        """Every track's name."""
        return frozenset(track.name for track in self.tracks)

    def reviewed_by(self, principal: Principal) -> frozenset[str]:
        """The tracks this principal reviews: none without the scope."""
        return self.tracks_of(principal.groups) if "review" in principal.scopes else frozenset()

    def turns_of(self, principal: Principal) -> frozenset[str]:
        """The tracks on which something can wait for this principal: those they review, and that of administrators."""
        own = self.reviewed_by(principal)
        return own | {ADMINISTRATORS} if "admin" in principal.scopes else own


def parse_tracks(settings: Mapping[str, Mapping[str, object]]) -> tuple[Track, ...]:
    """Tracks from a setting {"technical": {"group": "enablement-reviewers", "approvals": 1}}. Raises `ValueError`."""
    tracks = []
    for name, setting in settings.items():
        group, approvals = setting.get("group"), setting.get("approvals", 1)
        if name == ADMINISTRATORS:
            raise ValueError(f"track {name!r}: this name is that of whoever settles decisions that are on hold")
        if not name.isidentifier() or not isinstance(group, str) or not group:
            raise ValueError(f"track {name!r}: the name is a word and `group` the name of a hub group")
        if not isinstance(approvals, int) or not 1 <= approvals <= 9 or set(setting) - {"group", "approvals"}:
            raise ValueError(
                f"track {name!r}: `approvals` is a number from 1 to 9, and there is nothing beside it and `group`"
            )
        tracks.append(Track(name, group, approvals))
    if not tracks:
        raise ValueError("there is at least one track")
    return tuple(tracks)
