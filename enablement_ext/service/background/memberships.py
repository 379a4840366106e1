"""Reviewers who left their group: claims, and turns they were asked to take by name, go back to the tracks soon after the hub says so."""

from __future__ import annotations

import asyncio
import logging

from enablement_ext.core.errors import EnablementError, NotFound
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import claims
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

SECONDS = 30.0  # one short question to the hub for each person who holds a claim or was asked by name


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
    """Give back what is held or waited for by those who review no track; how many. Raises `HubUnavailable`, `StoreUnavailable`."""
    given_back = 0
    holders = await context.workers.run(claims.holders, context.review)
    asked = await context.workers.run(claims.asked, context.review)
    for person in sorted({*holders, *asked}):
        if await _reviews(context, person):
            continue
        if person in holders:
            given_back += await context.writers.run(claims.give_back, context.review, person)
        given_back += await context.writers.run(
            claims.take_requests_back, context.review, person, asked.get(person, ())
        )
    return given_back


async def _reviews(context: ServiceContext, person: str) -> bool:
    """Whether they are in the group of a track now. An account that is gone is in none."""
    try:
        groups = await context.hub.groups_of(person)
    except NotFound:
        return False
    return bool(context.review.policy.tracks_of(groups))
