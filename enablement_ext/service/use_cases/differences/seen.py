"""What a person has seen of a submission."""

from __future__ import annotations

from dataclasses import dataclass

from enablement_ext.core.errors import Unprocessable
from enablement_ext.core.review.differences.seen import MOST_KEYS, SeenMarks
from enablement_ext.core.review.models import Principal
from enablement_ext.service.use_cases.review_context import ReviewContext, visible_submission


@dataclass(frozen=True, slots=True)
class SeenCommand:
    """What a person says to have seen: cells by their keys, or (`seen` False) not to have seen; `read` is a version read to its end."""

    keys: tuple[str, ...] = ()
    seen: bool = True
    read: int | None = None


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
