"""Responses in lines of JSON: progress as it comes, then one line with the result or the problem."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

from enablement_ext.core.errors import EnablementError
from enablement_ext.lab.service_responses import ServiceRefused, problem_of_any

Json = dict[str, object]


async def streamed(work: Awaitable[Json], lines: asyncio.Queue[Json]) -> AsyncIterator[Json]:
    """What `work` puts into `lines` as it comes, then what it returns, or `{"problem": …}` for an error of ours.

    The work goes on when nobody reads any more.
    """
    working = asyncio.create_task(_last_line(work))
    while not working.done() or not lines.empty():
        waiting = asyncio.ensure_future(lines.get())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            yield waiting.result()
        else:
            waiting.cancel()
    yield await working


async def _last_line(work: Awaitable[Json]) -> Json:
    try:
        return await work
    except (EnablementError, ServiceRefused) as error:
        return {"problem": problem_of_any(error).document()}
