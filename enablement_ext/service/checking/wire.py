"""Messages over a Unix socket: JSON with its length in front, and file descriptors of bytes that both sides map."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

_LENGTH = 4
_MOST_DESCRIPTORS = 4
_CLOEXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)

Json = dict[str, object]


def send(wire: socket.socket, message: Json, descriptors: Sequence[int] = ()) -> None:
    """Send a message. Raises `OSError`."""
    body = json.dumps(message).encode()
    socket.send_fds(wire, [len(body).to_bytes(_LENGTH, "big")], descriptors)
    wire.sendall(body)


def receive(wire: socket.socket) -> tuple[Json, list[int]]:
    """The next message; its descriptors belong to the caller. Raises `EOFError` where the other side is gone, `OSError`."""
    head, descriptors, _, _ = socket.recv_fds(wire, _LENGTH, _MOST_DESCRIPTORS, _CLOEXEC)
    length = head + (_exactly(wire, _LENGTH - len(head)) if head else b"")
    if not length:
        raise EOFError
    message: Json = json.loads(_exactly(wire, int.from_bytes(length, "big")))
    return message, descriptors


def _exactly(wire: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        chunk = wire.recv(size - len(found))
        if not chunk:
            raise EOFError
        found += chunk
    return bytes(found)
