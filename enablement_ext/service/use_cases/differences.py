"""Differences between two versions of a submission, and what a person has seen of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enablement_ext.core.errors import NotFound, Unprocessable
from enablement_ext.core.review.differences.seen import MOST_KEYS, SeenMarks, base_of
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


@dataclass(frozen=True, slots=True)
class SeenCommand:
    """What a person says to have seen: cells by their keys, or (`seen` False) not to have seen; `read` is a version read to its end."""

    keys: tuple[str, ...] = ()
    seen: bool = True
    read: int | None = None


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


def seen(context: ReviewContext, principal: Principal, number: int) -> SeenMarks:
    """What this person has seen of the submission. Raises `NotFound`."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        return reader.seen(principal.name, number)


def mark(context: ReviewContext, principal: Principal, number: int, command: SeenCommand) -> SeenMarks:
    """Note it, for this person alone: no event tells of it. Raises `NotFound`, `Unprocessable` where it is too much."""
    now = context.clock.now()
    with context.store.write() as transaction:
        visible_submission(transaction, principal, number)
        before = transaction.seen(principal.name, number)
        if command.seen and len(before.keys | set(command.keys)) > MOST_KEYS:
            raise Unprocessable(f"More than {MOST_KEYS} cells of one submission cannot be marked as seen.")
        if command.keys and command.seen:
            transaction.mark_seen(principal.name, number, command.keys, now)
        elif command.keys:
            transaction.unmark_seen(principal.name, number, command.keys)
        if command.read is not None:
            transaction.mark_read(principal.name, number, command.read, now)
        return transaction.seen(principal.name, number)


def _side(context: ReviewContext, version: Version, texts: Sequence[str]) -> ComparedVersion:
    return ComparedVersion(
        notebook=context.notebooks(version.notebook.sha256),
        files=version.files,
        image=version.image,
        path=version.notebook.path,
        texts={sha256: context.artifacts.get(sha256) for sha256 in texts},
    )
