"""Responses that are written piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from enablement_ext.web.messages import Response


async def _no_pieces() -> AsyncIterator[bytes]:
    no_pieces: tuple[bytes, ...] = ()
    for piece in no_pieces:
        yield piece


@dataclass(frozen=True, slots=True)
class StreamingResponse(Response):
    """Pieces to write as they come. `close` is called once the client or the service has gone; it may be called twice."""

    pieces: Callable[[], AsyncIterator[bytes]] = _no_pieces
    close: Callable[[], None] = lambda: None


async def flush(handler: RequestHandler) -> bool:
    """Whether what was written went out; False where the client has gone."""
    try:
        await handler.flush()
    except StreamClosedError:
        return False
    return True
