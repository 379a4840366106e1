"""Messages over a Unix socket: JSON with its length in front, and bytes behind it: small ones in the message, large ones in memory that both sides map."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

from enablement_ext.web.shared_bytes import SharedBytes

INLINE_BYTES = 128 * 1024  # of one part; copying it twice takes less than mapping it
_LENGTH = 4
_MOST_DESCRIPTORS = 4
_CLOEXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)

Json = dict[str, object]
Part = bytes | memoryview | SharedBytes


def part_of(content: bytes | memoryview) -> Part:
    """The bytes as a part of a message. Raises `OSError` where there is no memory for it."""
    if len(content) <= INLINE_BYTES:
        return content
    shared = SharedBytes()
    shared.write(content)
    return shared


def send(wire: socket.socket, message: Json, parts: Sequence[Part] = ()) -> None:
    """Send a message. Raises `OSError`."""
    sizes = [None if isinstance(part, SharedBytes) else len(part) for part in parts]
    body = json.dumps([message, sizes]).encode()
    inline = [part for part in parts if not isinstance(part, SharedBytes)]
    whole = b"".join((len(body).to_bytes(_LENGTH, "big"), body, *inline))
    sent = socket.send_fds(wire, [whole], [part.fileno() for part in parts if isinstance(part, SharedBytes)])
    if sent < len(whole):
        wire.sendall(memoryview(whole)[sent:])


def receive(wire: socket.socket) -> tuple[Json, list[bytes | memoryview]]:
    """The next message with its parts. Raises `EOFError` where the other side is gone, `OSError`, `ValueError` where it makes no sense."""
    head, descriptors, _, _ = socket.recv_fds(wire, _LENGTH, _MOST_DESCRIPTORS, _CLOEXEC)
    mapped = [SharedBytes(descriptor) for descriptor in descriptors]
    length = head + (_exactly(wire, _LENGTH - len(head)) if head else b"")
    if not length:
        raise EOFError
    message, sizes = json.loads(_exactly(wire, int.from_bytes(length, "big")))
    if sum(size is None for size in sizes) != len(mapped):
        raise ValueError
    following = iter(mapped)
    return message, [next(following).view() if size is None else _exactly(wire, int(size)) for size in sizes]


def _exactly(wire: socket.socket, size: int) -> bytes:
    found = wire.recv(size)
    if len(found) == size:
        return found
    pieces = [found]
    missing = size - len(found)
    while missing and pieces[-1]:
        pieces.append(wire.recv(missing))
        missing -= len(pieces[-1])
    if missing:
        raise EOFError
    return b"".join(pieces)
