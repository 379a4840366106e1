"""Keeping overrides: each is an event, in the transaction of the approval that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from enablement_ext.core.review.evidence.overrides import KIND, Override
from enablement_ext.core.review.models import Decision
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext


def append_overrides(
    context: ReviewContext, transaction: ReviewTransaction, made: Decision, overrides: Iterable[Override]
) -> None:
    """They belong to this approval from now on."""
    for override in overrides:
        facts = replace(override, decision=made.id).facts()
        transaction.append_event(
            NewEvent(context.clock.now(), made.by, KIND, made.submission, made.version, tuple(facts.items()))
        )
