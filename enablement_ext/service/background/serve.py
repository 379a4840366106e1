"""Serving: background tasks beside the web server, and a graceful shutdown."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.errors import EnablementError
from enablement_ext.service.background import memberships
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.accepting import RestingServer
from enablement_ext.service.use_cases import claims
from enablement_ext.service.use_cases.git import repositories
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_GRACE_SECONDS = 10.0
_PARENT_SECONDS = 1.0
_FIRST_REQUEST_SECONDS = (
    2.0  # for a client that connected just before the port was closed; browsers also connect without asking
)


@dataclass(frozen=True, slots=True)
class ServeIntervals:
    """In seconds: between sweeps of expired claims and credentials, and how long to go on serving after SIGTERM."""

    sweep: float = 60.0
    drain: float = 0.0


async def run(
    context: ServiceContext,
    servers: Sequence[RestingServer],
    parent_is_alive: Callable[[], bool] | None,
    intervals: ServeIntervals,
) -> None:
    """Serve until SIGTERM, SIGINT, or until the parent process is gone; then shut down gracefully and return.

    First `/readyz` fails while everything else is still answered (`intervals.drain`), so that load balancers take this replica out; then
    event streams end, the port is closed, who was accepted is heard, and in-flight requests are finished.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    work: list[Callable[[], Coroutine[Any, Any, None]]] = [
        lambda: context.events.run(_failed),
        lambda: sweep(context, intervals.sweep),
        lambda: memberships.watch(context),
        lambda: revoke_expired_credentials(context, intervals.sweep),
        context.package_solving.run,
        context.rerunning.run,
        context.notifying.run,
        context.search_indexing.run,
    ]
    if parent_is_alive is not None:
        work.append(lambda: watch_parent(parent_is_alive, stop.set))
    tasks = [asyncio.create_task(_supervised(each)) for each in work]
    _keep_what_is_loaded()
    log.info(logs.line("started", pid=os.getpid()))
    _tell_about_decisions(context)
    await stop.wait()
    await _drain(context, servers, intervals.drain)
    checkers = (context.checkers, context.large_checkers, context.comparers, context.readers)
    pools = (context.workers, context.writers, *checkers)
    await asyncio.gather(*(pool.idle(_GRACE_SECONDS) for pool in pools))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for server in servers:
        await server.close_all_connections()
    context.rerunning.stop()
    context.package_solving.stop()
    context.notifying.stop()
    context.search_indexing.stop()
    context.checking.close()
    for pool in pools:
        pool.close()
    context.review.store.close()
    log.info(logs.line("stopped"))


def _keep_what_is_loaded() -> None:
    """Modules, tables and routes stay for as long as the process: looking through them again and again for garbage would hold requests up."""
    gc.collect()
    gc.freeze()


def _tell_about_decisions(context: ServiceContext) -> None:
    """Where people decide, or in one sentence what to set so that they can."""
    decisions = context.decisions
    if decisions.off_because:
        log.warning(logs.line("decisions_off", risks=",".join(decisions.off_because), what_to_do=decisions.remedy))
    else:
        log.info(logs.line("decisions_on", url=decisions.pages, accepted_risks=",".join(decisions.taken)))


async def _drain(context: ServiceContext, servers: Sequence[RestingServer], seconds: float) -> None:
    log.info(logs.line("stopping", inside=context.draining.in_flight))
    context.draining.started = True
    await asyncio.sleep(seconds)
    for server in servers:
        server.stop()
    context.events.end_all()
    await asyncio.gather(*(server.all_have_asked(_FIRST_REQUEST_SECONDS) for server in servers))
    if not await context.draining.drained(_GRACE_SECONDS):
        log.warning(logs.line("stopped_early", inside=context.draining.in_flight))


async def sweep(context: ServiceContext, seconds: float) -> None:
    """End claims whose lease expired, for ever. A store that is away is asked again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            lapsed = await context.writers.run(claims.lapse, context.review)
        except EnablementError as problem:
            _failed(problem)
        else:
            if lapsed:
                log.info(logs.line("claims_lapsed", count=lapsed))


async def revoke_expired_credentials(context: ServiceContext, seconds: float) -> None:
    """Revoke credentials that have expired, at start and then for ever: those of a process that is gone are found in the store."""
    while True:
        try:
            revoked, failed = await context.writers.run(repositories.revoke_expired_grants, context.repositories)
        except EnablementError as problem:
            _failed(problem)
        else:
            if revoked or failed:
                log.info(logs.line("git_keys_ended", count=revoked, failed=failed))
        await asyncio.sleep(seconds)


async def watch_parent(parent_is_alive: Callable[[], bool], gone: Callable[[], None]) -> None:
    """Call `gone` once the process that this one was started for has ended."""
    while True:
        await asyncio.sleep(_PARENT_SECONDS)
        if not parent_is_alive():
            log.info(logs.line("parent_gone"))
            gone()
            return


async def _supervised(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a task for ever: an unexpected error is logged and the task started again, without the server or the other tasks noticing."""
    while True:
        try:
            await start()
        except Exception as error:  # noqa: BLE001 - the outermost loop
            log.error(logs.line("task_died", **logs.failure(error)))  # noqa: TRY400 - redacted, on one line
            await asyncio.sleep(1)
        else:
            return


def _failed(problem: EnablementError) -> None:
    log.warning(logs.line("background_failed", code=problem.code))
