"""A stored notebook without its base64 payloads (images and the like), for readers that only need its texts."""

from __future__ import annotations

import re

_GRAIN = 4096  # bytes between two looks; a line at least twice as long is found for certain
_PAYLOAD = re.compile(
    rb'\n +"(?:(?:image/(?!svg\+xml)|audio/|video/|font/)[^"\n]{1,200}|application/pdf|application/octet-stream)": "'
)


def is_payload(mime: str) -> bool:
    """Whether values of this mime type are base64 of something that is not text."""
    return mime.startswith(("image/", "audio/", "video/", "font/")) or mime in (
        "application/pdf",
        "application/octet-stream",
    )


def without_payloads(data: bytes) -> bytes:
    """The canonical notebook with its long payloads emptied; it keeps its layout.

    In canonical form a payload stands on a line of its own, behind its mime type, and no other line begins like that.
    """
    pieces: list[memoryview | bytes] = []
    view = memoryview(data)
    look, done, last = 0, 0, len(data) - _GRAIN
    while look < last:
        if data.find(b"\n", look, look + _GRAIN) >= 0:
            look += _GRAIN
            continue
        start, end = data.rfind(b"\n", 0, look), data.find(b"\n", look)
        if start < 0 or end < 0:
            break
        key = _PAYLOAD.match(data, start, end)
        if key:
            pieces += (view[done : key.end()], b'",' if data[end - 1] == ord(",") else b'"')
            done = end
        look = end + 1
    return b"".join((*pieces, view[done:])) if pieces else data
