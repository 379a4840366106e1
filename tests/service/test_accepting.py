"""A server that stops: whoever it accepted, or the system for it, gets an answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from enablement_ext.service.http.accepting import RestingServer
from tests.polling import PATIENCE

_REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class _Hello(RequestHandler):
    def get(self) -> None:
        self.write("hello")


@asynccontextmanager
async def _listening() -> AsyncIterator[tuple[RestingServer, int]]:
    listening, port = bind_unused_port()
    server = RestingServer(Application([("/", _Hello)]))
    server.add_socket(listening)
    yield server, port
    await server.close_all_connections()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(_REQUEST)
    return await asyncio.wait_for(reader.read(), PATIENCE)


@pytest.mark.parametrize("turns", range(4))
async def test_who_connected_before_the_stop_is_answered_after_it(turns: int) -> None:
    """However far the loop is: the connection waits in the system's queue, is accepted, or is being served."""
    async with _listening() as (server, port):
        connected = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        server.stop()
        wires = [await asyncio.open_connection(sock=each) for each in connected]
        waiting = asyncio.create_task(server.all_have_asked(PATIENCE))
        answers = await asyncio.gather(*(_answer(*wire) for wire in wires))
        assert [answer.partition(b"\r\n\r\n")[2] for answer in answers] == [b"hello"] * 3
        assert await waiting
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_who_only_connects_holds_nobody_for_ever() -> None:
    async with _listening() as (server, port):
        _, silent = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await _answer(reader, writer)).endswith(b"hello")
        server.stop()
        assert not await server.all_have_asked(0.01)
        silent.close()
        assert await server.all_have_asked(PATIENCE)
