"""Webhooks: a delivery of the forge is verified, recognised when it is sent again, and kept as an event."""

from __future__ import annotations

from enablement_ext.core.git.forges.ports import Delivery
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.git.repositories import RepositoryContext
from enablement_ext.service.use_cases.review_context import commit

_KINDS = {"push": "forge_pushed", "proposal": "forge_pull_request"}


def record_delivery(context: RepositoryContext, delivery: Delivery) -> bool:
    """Whether it was recorded: False for one seen before, or of no interest here. Raises `NotSignedIn` for a wrong signature, `BadRequest`."""
    content = context.forge.news(delivery)
    kind = _KINDS.get(content.kind)
    if kind is None or content.repository is None:
        return False
    facts = {"repository": content.repository.path, **dict(content.facts)}
    event = NewEvent(
        at=delivery.at, actor=f"forge:{context.forge.place.kind.value}", kind=kind, data=tuple(facts.items())
    )

    def keep(transaction: ReviewTransaction) -> bool:
        if not transaction.first_seen(content.keys, delivery.at):
            return False
        transaction.append_event(event)
        return True

    return commit(context.review, keep)
