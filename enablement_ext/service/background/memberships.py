"""Reviewers who left their group: what they hold as reviewers goes back to the tracks, soon after the hub says so."""

from __future__ import annotations

import asyncio
import logging

from enablement_ext.core.errors import EnablementError, NotFound
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import claims
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

SECONDS = 30.0  # one short question to the hub for each person who holds a claim


async def watch(context: ServiceContext, seconds: float = SECONDS) -> None:
    """Check again and again, for ever. A hub or a store that is away is asked again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            given_back = await check(context)
        except EnablementError as problem:
            log.warning(logs.line("background_failed", code=problem.code))
        else:
            if given_back:
                log.info(logs.line("claims_given_back", count=given_back))


async def check(context: ServiceContext) -> int:
    """Give back the claims of those who review no track any more; how many. Raises `HubUnavailable`, `StoreUnavailable`."""
    given_back = 0
    for holder in await context.workers.run(claims.holders, context.review):
        if not context.review.policy.tracks_of(await _groups(context, holder)):
            given_back += await context.writers.run(claims.give_back, context.review, holder)
    return given_back


async def _groups(context: ServiceContext, user: str) -> frozenset[str]:
    """Of an account that is gone: none."""
    try:
        return await context.hub.groups_of(user)
    except NotFound:
        return frozenset()
