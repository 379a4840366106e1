"""Waiting for what another process, thread or task does. No other loop of the tests and benchmarks sleeps until something is so."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TypeVar

# Seconds that another process may take: it has them on two cores with ten others at work. Who waits in vain waits this long, nobody else.
PATIENCE = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1
_LOG_CHARACTERS = 4000

T = TypeVar("T")
# A connection that breaks, and a file or answer that is being written (Jupyter Server empties a file before it writes it), are "not yet".
_NOT_YET = (OSError, HTTPException, json.JSONDecodeError)
Ended = subprocess.Popen[bytes] | subprocess.Popen[str]


class NotWithin(AssertionError):
    """What was waited for did not come; the message says what, what was seen last, and how the log ends."""


@dataclass(slots=True)
class _Wait:
    """One wait and what was seen last in it."""

    within: float
    what: str
    process: Ended | None
    log: Path | None
    last: object = None
    pause: float = _FIRST_PAUSE
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.within

    def next_pause(self) -> float:
        """Seconds to sleep before the next look. Raises `NotWithin` when there is no sense in another."""
        if self.process is not None and self.process.poll() is not None:
            raise NotWithin(f"{self.what}: the process ended with {self.process.returncode}{self._seen()}")
        if time.monotonic() > self.deadline:
            raise NotWithin(f"{self.what}: not within {self.within:g} s{self._seen()}")
        pause, self.pause = self.pause, min(self.pause * 1.5, _LONGEST_PAUSE)
        return pause

    def _seen(self) -> str:
        seen = f"; seen last: {self.last!r}"
        if self.log is not None and self.log.exists():
            seen += f"\n{self.log}:\n{self.log.read_text(errors='replace')[-_LOG_CHARACTERS:]}"
        return seen


def until(
    condition: Callable[[], T | None],
    *,
    within: float,
    what: str,
    process: Ended | None = None,
    log: Path | None = None,
) -> T:
    """The first true value of `condition`; a connection that breaks in it (`OSError`, `HTTPException`) is "not yet", and so is half a JSON document.

    Raises `NotWithin` after so many seconds, or at once when `process` has ended, with `what`, the last value and the end of `log`."""
    wait = _Wait(within, what, process, log)
    while True:
        try:
            found = condition()
        except _NOT_YET as broken:
            wait.last = broken
        else:
            if found:
                return found
            wait.last = found
        time.sleep(wait.next_pause())


async def until_async(condition: Callable[[], Awaitable[T | None]], *, within: float, what: str) -> T:
    """The same for a coroutine function, while the event loop goes on."""
    wait = _Wait(within, what, None, None)
    while True:
        try:
            found = await condition()
        except _NOT_YET as broken:
            wait.last = broken
        else:
            if found:
                return found
            wait.last = found
        await asyncio.sleep(wait.next_pause())
