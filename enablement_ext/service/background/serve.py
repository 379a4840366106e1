"""Running: tasks beside the web server, and a stop that loses nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tornado.httpserver import HTTPServer

from enablement_ext.core.errors import EnablementError
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import claims, repositories
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_GRACE_SECONDS = 10.0
_PARENT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ServeIntervals:
    """In seconds: between looks for claims that ran out, and how long to go on serving after being told to stop."""

    sweep: float = 60.0
    drain: float = 0.0


async def run(
    context: ServiceContext, server: HTTPServer, parent_is_alive: Callable[[], bool] | None, times: ServeIntervals
) -> None:
    """Serve until SIGTERM, SIGINT, or until the parent process is gone; then finish what was begun and return.

    First `/readyz` says no and everything else is still answered (`times.drain`), so that nobody is sent here any more; then event
    streams end, the port is closed, and what is inside is finished.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    work: list[Callable[[], Coroutine[Any, Any, None]]] = [
        lambda: context.events.run(_failed),
        lambda: sweep(context, times.sweep),
        lambda: end_keys(context, times.sweep),
        context.package_solving.run,
    ]
    if parent_is_alive is not None:
        work.append(lambda: watch(parent_is_alive, stop.set))
    tasks = [asyncio.create_task(_guarded(each)) for each in work]
    log.info(logs.line("started", pid=os.getpid()))
    await stop.wait()
    await _leave(context, server, times.drain)
    await asyncio.gather(context.workers.idle(_GRACE_SECONDS), context.writers.idle(_GRACE_SECONDS))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await server.close_all_connections()
    context.package_solving.stop()
    context.workers.close()
    context.writers.close()
    context.review.store.close()
    log.info(logs.line("stopped"))


async def _leave(context: ServiceContext, server: HTTPServer, drain: float) -> None:
    log.info(logs.line("stopping", inside=context.draining.inside))
    context.draining.told = True
    await asyncio.sleep(drain)
    server.stop()
    context.events.end_all()
    if not await context.draining.empty(_GRACE_SECONDS):
        log.warning(logs.line("stopped_early", inside=context.draining.inside))


async def sweep(context: ServiceContext, seconds: float) -> None:
    """End claims whose lease ran out, for ever. A store that is away is asked again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            lapsed = await context.writers.run(claims.lapse, context.review)
        except EnablementError as problem:
            _failed(problem)
        else:
            if lapsed:
                log.info(logs.line("claims_lapsed", count=lapsed))


async def end_keys(context: ServiceContext, seconds: float) -> None:
    """Revoke keys whose time is over, at start and then for ever: what another process left is found in the store."""
    while True:
        try:
            ended, failed = await context.writers.run(repositories.end_grants, context)
        except EnablementError as problem:
            _failed(problem)
        else:
            if ended or failed:
                log.info(logs.line("git_keys_ended", count=ended, failed=failed))
        await asyncio.sleep(seconds)


async def watch(parent_is_alive: Callable[[], bool], gone: Callable[[], None]) -> None:
    """Call `gone` once the process that this one was started for has ended."""
    while True:
        await asyncio.sleep(_PARENT_SECONDS)
        if not parent_is_alive():
            log.info(logs.line("parent_gone"))
            gone()
            return


async def _guarded(begin: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """An error nobody thought of is reported and the task begun again; it takes neither the server nor the other tasks with it."""
    while True:
        try:
            await begin()
        except Exception as error:  # noqa: BLE001 - the outermost loop
            log.error(logs.line("task_died", **logs.failure(error)))  # noqa: TRY400 - redacted, on one line
            await asyncio.sleep(1)
        else:
            return


def _failed(problem: EnablementError) -> None:
    log.warning(logs.line("background_failed", code=problem.code))
