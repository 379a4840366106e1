"""One exchange with Git's own `http-backend` (CGI), streamed both ways with bounded memory and time."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.forges.ports import GitCall

Result = TypeVar("Result")

_PIECE = 64 * 1024
_GRACE_SECONDS = 5.0
_HEAD_BYTES = 16 * 1024
_HEADER_VALUE = re.compile(r"[A-Za-z0-9=:;._-]{1,60}")
_FORWARDED = ("content-type", "cache-control", "expires", "pragma")


@dataclass(slots=True, eq=False)
class BackendExchange:
    """Implements `GitExchange` over a running process. `idle`: seconds after which it is ended where nothing moves."""

    process: asyncio.subprocess.Process
    idle: float
    _closed: bool = False

    async def feed(self, chunk: bytes) -> None:
        """Returns once it is written; a process that has ended takes no more."""
        stdin = self.process.stdin
        if stdin is None or stdin.is_closing():
            return
        with suppress(ConnectionError):
            stdin.write(chunk)
            await self._within(stdin.drain())

    async def end(self) -> None:
        """Closes standard input."""
        if self.process.stdin is not None:
            with suppress(ConnectionError):
                self.process.stdin.close()

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """The CGI headers. Raises `GitFailed`."""
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
        """The body. Raises `GitFailed` where the process fails, so that a truncated response is never taken for a whole one."""
        out = self.process.stdout
        while out is not None:
            piece: bytes = await self._within(out.read(_PIECE))
            if not piece:
                break
            yield piece
        if await self._within(self.process.wait()) != 0 and not self._closed:
            raise GitFailed("The forge's Git broke off.")

    def close(self) -> None:
        """SIGTERM to the process group, so that Git removes its locks; SIGKILL after five seconds."""
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
        with suppress(ValueError):  # a line longer than the buffer
            return bytes(await self._within(self.process.stdout.readline()))
        return b""

    async def _within(self, work: Awaitable[Result]) -> Result:
        try:
            async with asyncio.timeout(self.idle):
                return await work
        except TimeoutError:
            self.close()
            raise GitFailed("The forge's Git stood still and was stopped.") from None


def cgi_environment(folder: Path, call: GitCall) -> dict[str, str]:
    """The CGI variables of a request. Only headers of a known form are passed on."""
    if call.service not in ("git-upload-pack", "git-receive-pack"):
        raise GitFailed("Git's protocol has no such service.")
    path = "/info/refs" if call.advertise else f"/{call.service}"
    headers = {name: value for name, value in call.headers.items() if _HEADER_VALUE.fullmatch(value)}
    variables = {
        "GIT_PROJECT_ROOT": str(folder.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{folder.name}{path}",
        "REQUEST_METHOD": "GET" if call.advertise else "POST",
        "QUERY_STRING": f"service={call.service}" if call.advertise else "",
        "REMOTE_USER": sha256(call.who.encode()).hexdigest()[
            :16
        ],  # a name that Git takes; the event log says who it was
        "REMOTE_ADDR": "127.0.0.1",
    }
    if not call.advertise:
        variables["CONTENT_TYPE"] = f"application/x-{call.service}-request"
    if headers.get("content-encoding") in ("gzip", "x-gzip"):
        variables["HTTP_CONTENT_ENCODING"] = headers["content-encoding"]
    if "git-protocol" in headers:
        variables["GIT_PROTOCOL"] = headers["git-protocol"]
    return variables
