"""One exchange with Git's own `http-backend` (CGI), in pieces both ways: nothing is held but a piece, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from enablement_ext.core.errors import GitFailed

Result = TypeVar("Result")

_PIECE = 64 * 1024
_GRACE_SECONDS = 5.0
_HEAD_BYTES = 16 * 1024
_FORWARDED = ("content-type", "cache-control", "expires", "pragma")


@dataclass(slots=True, eq=False)
class BackendExchange:
    """Implements `GitExchange` over a running process. `patience`: seconds in which something must move."""

    process: asyncio.subprocess.Process
    patience: float
    _closed: bool = False

    async def feed(self, chunk: bytes) -> None:
        """Returns when the process has taken it; a process that has gone wants nothing more."""
        stdin = self.process.stdin
        if stdin is None or stdin.is_closing():
            return
        with suppress(ConnectionError):
            stdin.write(chunk)
            await self._within(stdin.drain())

    async def end(self) -> None:
        """Closes the process's input."""
        if self.process.stdin is not None:
            with suppress(ConnectionError):
                self.process.stdin.close()

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """The CGI head. Raises `GitFailed`."""
        status, headers, size = 200, dict[str, str](), 0
        while True:
            line = await self._line()
            size += len(line)
            if not line or size > _HEAD_BYTES:
                raise GitFailed("The forge's Git gave no answer.")
            text = line.decode("latin-1").strip()
            if not text:
                return status, headers
            name, _, value = text.partition(":")
            if name.lower() == "status":
                digits = value.strip()[:3]
                status = int(digits) if digits.isdecimal() else 500
            elif name.lower() in _FORWARDED:
                headers[name] = value.strip()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body. Raises `GitFailed` where the process fails, so that half an answer never passes for a whole one."""
        out = self.process.stdout
        while out is not None:
            piece: bytes = await self._within(out.read(_PIECE))
            if not piece:
                break
            yield piece
        if await self._within(self.process.wait()) != 0 and not self._closed:
            raise GitFailed("The forge's Git broke off.")

    def close(self) -> None:
        """Asks the whole group to end, so that Git takes its locks away; what is still there a while later is ended."""
        self._closed = True
        if self.process.returncode is None:
            self._signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._signal, signal.SIGKILL)

    def _signal(self, sign: signal.Signals) -> None:
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)

    async def _line(self) -> bytes:
        if self.process.stdout is None:
            return b""
        with suppress(ValueError):  # a line without end
            return bytes(await self._within(self.process.stdout.readline()))
        return b""

    async def _within(self, work: Awaitable[Result]) -> Result:
        try:
            async with asyncio.timeout(self.patience):
                return await work
        except TimeoutError:
            self.close()
            raise GitFailed("The forge's Git stood still and was stopped.") from None
