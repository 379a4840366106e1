"""The way of a difference through a service: from the cache, else worked out once by a checking process, however many ask."""

from __future__ import annotations

import json
import logging

from enablement_ext.core.errors import EnablementError
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.differences.changes_shown import ChangesShown, changes_shown
from enablement_ext.service.use_cases.differences.pairs import VersionPair, make_difference
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")


async def difference_of(context: ServiceContext, pair: VersionPair) -> bytes:
    """The contract's `Difference` as JSON. Raises what `make_difference` raises."""
    kept = context.difference_cache.get(pair.contents)
    if kept is not None:
        return kept
    async with context.key_locks.hold(("difference", *pair.contents)):
        kept = context.difference_cache.get(pair.contents)
        if kept is None:
            kept = await context.comparers.run(make_difference, context.review, pair, context.checking.difference)
            context.difference_cache.put(pair.contents, kept)
    return kept


async def changes_since(context: ServiceContext, pair: VersionPair) -> ChangesShown | None:
    """The difference for a page; None where it cannot be worked out now, so that the page is there without it."""
    try:
        made = await difference_of(context, pair)
    except EnablementError as error:
        log.warning(logs.line("difference_not_shown", submission=pair.new.submission, **logs.failure(error)))
        return None
    return changes_shown(pair.old.number, json.loads(made))
