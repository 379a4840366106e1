"""An answer that never ends by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from enablement_ext.web.messages import Response


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for piece in nothing:
        yield piece


@dataclass(frozen=True, slots=True)
class StreamingResponse(Response):
    """Pieces to write as they come. `close` is called once the client or the service has gone; it may be called twice."""

    pieces: Callable[[], AsyncIterator[bytes]] = _nothing
    close: Callable[[], None] = lambda: None
