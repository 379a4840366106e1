"""Two versions of a submission, and their difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.differences.seen import base_of
from enablement_ext.core.review.differences.versions import FORMAT, ComparedVersion, compared_texts
from enablement_ext.core.review.models import Decision, Principal, Version
from enablement_ext.service.use_cases.review_context import ReviewContext, visible_submission

MakeDifference = Callable[[ComparedVersion, ComparedVersion], bytes]


@dataclass(frozen=True, slots=True)
class VersionPair:
    """Two versions of one submission."""

    old: Version
    new: Version

    @property
    def contents(self) -> tuple[str, str]:
        """Their content ids: all that a difference depends on."""
        return self.old.content_id, self.new.content_id

    @property
    def tag(self) -> str:
        """Names this difference of these versions for ever."""
        old, new = self.contents
        return f"{FORMAT}-{self.old.number}-{self.new.number}-{old[:24]}-{new[:24]}"


def pair_of(context: ReviewContext, principal: Principal, number: int, version: int, since: int | None) -> VersionPair:
    """`version` beside `since`; None: beside what this person read last. Raises `NotFound`, also where there is none before it."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        new = reader.version(number, version)
        base = since
        if base is None:
            base = base_of(reader.seen(principal.name, number), reader.versions(number), version)
        if base is None:
            raise NotFound("This is the first version: there is none before it to compare it with.")
        return VersionPair(reader.version(number, base), new)


def decided_pair(versions: Sequence[Version], decisions: Sequence[Decision], latest: int) -> VersionPair | None:
    """The latest version beside the one before it that was decided on last; None where none was."""
    decided = max((each.version for each in decisions if each.version < latest), default=None)
    by_number = {version.number: version for version in versions}
    return None if decided is None else VersionPair(by_number[decided], by_number[latest])


def make_difference(context: ReviewContext, pair: VersionPair, make: MakeDifference) -> bytes:
    """The difference, worked out now. Raises `ArtifactDamaged`, `StoreUnavailable`, and what `make` raises."""
    texts = compared_texts(pair.old.files, pair.new.files)
    sides = (_side(context, version, wanted) for version, wanted in zip((pair.old, pair.new), texts, strict=True))
    return make(*sides)


def _side(context: ReviewContext, version: Version, texts: Sequence[str]) -> ComparedVersion:
    return ComparedVersion(
        notebook=context.notebooks(version.notebook.sha256),
        files=version.files,
        image=version.image,
        path=version.notebook.path,
        texts={sha256: context.artifacts.get(sha256) for sha256 in texts},
    )
