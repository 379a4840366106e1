"""A review service that can misbehave: a real HTTP server on a real socket, for what the true one does not do on demand."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field

from tests.polling import PATIENCE

RECEIPT = {
    "submission": 12, "version": 1, "content_id": "c" * 64, "notebook_sha256": "d" * 64,
    "received_at": "2026-11-24T23:00:00+00:00", "title": "Churn",
}  # fmt: skip


@dataclass
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    closed: threading.Event = field(default_factory=threading.Event)


@dataclass
class FakeService:
    """`mode` says how POSTs of bundles are answered, `answers` what other paths get (status, headers, body)."""

    mode: str = "good"
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    receipts: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/enablement"

    def start(self) -> None:
        """Listen, on the same port again after a `stop`."""
        ready = threading.Event()

        async def listen() -> None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]
            ready.set()

        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(listen(), self._loop)
        assert ready.wait(PATIENCE)

    def stop(self) -> None:
        """Stop listening and drop all connections, as a killed process does."""
        done = threading.Event()

        async def close() -> None:
            if self._server:
                self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            done.set()

        asyncio.run_coroutine_threadsafe(close(), self._loop)
        assert done.wait(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort() if self.mode == "reset" else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        seen = Seen(method, path, headers, b"")
        self.seen.append(seen)
        length = int(headers.get("content-length", "0"))
        if headers.get("content-type") == "application/x-tar":
            await self._bundle(seen, length, reader, writer)
            return
        seen.body = await reader.readexactly(length)
        short = path.removeprefix("/services/enablement/api/v1/").partition("?")[0]
        if short == "events":
            await self._events(seen, reader, writer)
            return
        status, more, body = self.answers.get(short, (200, {}, json.dumps({"path": path}).encode()))
        await _write(writer, status, {"Content-Type": "application/json", **more}, body)

    async def _bundle(
        self, seen: Seen, length: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.mode == "early":
            await reader.readexactly(min(length, 1000))
            await _write(writer, 413, {"Content-Type": "application/problem+json"}, _problem("too-large", 413))
            writer.write_eof()  # closing with bytes unread would reset the connection, and the answer could be lost on its way
            while await reader.read(1 << 16):
                pass
            return
        if self.mode in ("cut", "reset"):
            await reader.readexactly(min(length, 100_000))
            return
        seen.body = await reader.readexactly(length)
        if self.mode == "silent":
            await asyncio.sleep(3600)
        elif self.mode == "gone":
            return
        elif self.mode == "half":
            body = json.dumps(RECEIPT).encode()
            writer.write(
                b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body[:40]
            )
            await writer.drain()
        elif self.mode in self.answers:
            status, more, body = self.answers[self.mode]
            await _write(writer, status, {"Content-Type": "application/json", **more}, body)
        else:
            await self._receipt(seen, writer)
            return

    async def _receipt(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        key = seen.headers["idempotency-key"]
        kept = self.receipts.setdefault(key, seen.body)
        if kept != seen.body:
            await _write(writer, 422, {"Content-Type": "application/problem+json"}, _problem("key-reused", 422))
            return
        replayed = sum(other.headers.get("idempotency-key") == key for other in self.seen) > 1
        more = {"Content-Type": "application/json", **({"Idempotency-Replayed": "true"} if replayed else {})}
        await _write(writer, 200 if replayed else 201, more, json.dumps(RECEIPT).encode())

    async def _events(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        last = int(seen.headers.get("last-event-id", "0"))
        for number in range(last + 1, last + 4):
            event = f"id: {number}\nevent: change\ndata: {{}}\n\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()
        await reader.read()  # until the other side closes
        seen.closed.set()


def _problem(code: str, status: int) -> bytes:
    return json.dumps(
        {"type": "x", "title": "x", "status": status, "code": code, "detail": "A sentence.", "facts": {"n": 1}}
    ).encode()


async def _write(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes) -> None:
    fields = {"Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body)
    await writer.drain()
