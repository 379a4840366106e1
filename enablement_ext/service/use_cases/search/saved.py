"""The searches that a person keeps."""

from __future__ import annotations

from collections.abc import Sequence

from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.search.saved import SavedSearch
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.service.use_cases.search.find import understood


def saved_searches(context: ReviewContext, principal: Principal) -> Sequence[SavedSearch]:
    """Theirs, by name."""
    with context.store.read() as reader:
        return reader.saved_searches(principal.name)


def save_search(context: ReviewContext, principal: Principal, saved: SavedSearch) -> Sequence[SavedSearch]:
    """Keep it, and return all of theirs. Raises `BadSearch`, `TooManySearches`."""
    understood(saved.query)
    with context.store.write() as transaction:
        transaction.save_search(principal.name, saved)
        return transaction.saved_searches(principal.name)


def forget_search(context: ReviewContext, principal: Principal, name: str) -> Sequence[SavedSearch]:
    """Delete it, and return the rest."""
    with context.store.write() as transaction:
        transaction.forget_search(principal.name, name)
        return transaction.saved_searches(principal.name)
