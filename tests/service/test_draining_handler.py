"""The bounds within which a refused body is read, with a server that knows nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.testing import bind_unused_port
from tornado.web import Application, HTTPError

from enablement_ext.service.http.draining_handler import PAUSE_BYTES, DrainingHandler, DrainLimits
from enablement_ext.web.messages import READ_FIRST_BYTES
from tests.loop_time import own_time
from tests.polling import PATIENCE

_FOREVER = 3600.0
_MB = 1_000_000


class Refusing(DrainingHandler):
    async def examine_head(self) -> None:
        raise HTTPError(403)


class Impatient(Refusing):
    drain = DrainLimits(bytes=_MB, seconds=0.3, quiet=0.1, linger=0.1)


class Patient(Refusing):
    drain = DrainLimits(bytes=10 * _MB, seconds=_FOREVER, quiet=_FOREVER, linger=_FOREVER)


class Broken(DrainingHandler):
    drain = Impatient.drain

    async def examine_head(self) -> None:
        raise ZeroDivisionError


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = HTTPServer(Application([("/impatient", Impatient), ("/patient", Patient), ("/broken", Broken)]))
    socket, port = bind_unused_port()
    server.add_socket(socket)
    yield port
    server.stop()
    await server.close_all_connections()


class Wire:
    """One connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, path: str, length: int, sent: int) -> None:
        self.writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        self.writer.write(bytes(sent))
        await self.writer.drain()

    async def status(self) -> int:
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await self.reader.readexactly(length)
        return int(head.split()[1])

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read() == b""
            except ConnectionResetError:  # a byte was on its way when it was closed
                return True


async def connected(port: int) -> Wire:
    return Wire(*await asyncio.open_connection("127.0.0.1", port))


async def test_a_body_that_has_been_read_leaves_the_connection_usable(port: int) -> None:
    wire = await connected(port)
    for _ in range(3):
        await wire.ask("/patient", 3 * _MB, 3 * _MB)
        assert await wire.status() == 403


async def test_a_body_that_is_declared_too_long_is_not_waited_for(port: int) -> None:
    wire = await connected(port)
    await wire.ask("/patient", 11 * _MB, 0)
    assert await wire.status() == 403


@pytest.mark.parametrize("path", ["/impatient", "/broken"])
async def test_a_sender_that_stops_is_answered_and_then_left(port: int, path: str) -> None:
    wire = await connected(port)
    with own_time():
        await wire.ask(path, _MB, 1000)
        assert await wire.status() in (403, 500)
        assert await wire.is_closed()


async def test_a_sender_that_is_too_slow_is_answered_and_then_left(port: int) -> None:
    wire = await connected(port)
    loop = asyncio.get_running_loop()

    def trickle() -> None:
        if not wire.writer.is_closing():
            wire.writer.write(b"x")
            loop.call_later(0.02, trickle)

    with own_time():
        await wire.ask("/impatient", _MB, 1)
        trickle()
        assert await wire.status() == 403
        assert await wire.is_closed()
        wire.writer.close()


async def test_a_body_without_an_end_is_answered_at_its_bound(port: int) -> None:
    wire = await connected(port)
    wire.writer.write(b"POST /patient HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    block = b"%x\r\n%b\r\n" % (_MB, bytes(_MB))

    async def send() -> None:
        while True:
            wire.writer.write(block)
            await wire.writer.drain()

    sending = asyncio.create_task(send())
    assert await wire.status() == 403
    sending.cancel()


async def test_a_client_that_goes_away_leaves_nothing_behind(port: int) -> None:
    wire = await connected(port)
    await wire.ask("/patient", 5 * _MB, 1000)
    wire.writer.close()
    await wire.writer.wait_closed()
    other = await connected(port)
    await other.ask("/patient", 10, 10)
    assert await other.status() == 403


async def test_others_get_their_turn_while_a_large_body_arrives() -> None:
    """As tornado hands pieces on where the sender is always faster: the next one is there at once."""
    loop, turns = asyncio.get_running_loop(), 0

    def turn_once() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(turn_once)

    turn_once()
    start = RequestStartLine("POST", "/", "HTTP/1.1")
    headers = HTTPHeaders({"Host": "x", "Content-Length": str(8 * _MB)})
    request = HTTPServerRequest(start_line=start, headers=headers, connection=_Wire())
    handler, size, seen = DrainingHandler(Application(), request), 64 * 1024, []
    for _ in range(8 * _MB // size):
        waiting = handler.data_received(bytes(size))
        if waiting is not None:
            await waiting
        seen.append(turns)
    at_once = [number for number in Counter(seen).values() if number > PAUSE_BYTES // size]
    assert at_once == [READ_FIRST_BYTES // size + PAUSE_BYTES // size - 1], "the first megabyte, and nothing later"


class _Wire(HTTPConnection):
    def set_close_callback(self, callback: object) -> None:
        """Nobody goes away here."""
