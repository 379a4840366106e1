"""Managed blocks in files of the author's: appended, and removed so that the file is what it was, byte for byte.

The marker on the first line records what appending took: `+newline` where the last line had no end, `+newlines` where it would have gone on into
ours (after a backslash), `+file` where there was no file. So no state is kept elsewhere, and lines that others add later stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile

_MARKER = b"# enablement:git"
_HEAD = re.compile(rb"^(?P<head>[^\n]*?)[ ]?# enablement:git(?P<how>\+newlines?|\+file)?\n", re.MULTILINE)

_ENDS = {b"": b"", b"+newline": b"\n", b"+newlines": b"\n\n"}


@dataclass(frozen=True, slots=True)
class Block:
    """`head` stands before the marker on the first line; `rest` are the lines below it, the last of which ends the block."""

    head: str = ""
    rest: tuple[str, ...] = ()

    def text(self, how: bytes) -> bytes:
        """The lines."""
        first = self.head.encode() + (b" " if self.head else b"") + _MARKER + how + b"\n"
        return first + "".join(f"{line}\n" for line in self.rest).encode()


def with_block(before: bytes | None, block: Block) -> bytes:
    """The file with our lines; `None` is no file. A file that has them keeps its place for them and gets them renewed.

    Lines that somebody wrote between them stay, below.
    """
    if before is None:
        return block.text(b"+file")
    found = _span(before, block)
    if found is not None:
        return before[: found.start] + block.text(found.how) + found.others + before[found.end :]
    return before + _ENDS[how := _how(before)] + block.text(how)


def without_block(after: bytes, block: Block) -> bytes | None:
    """The file as it was before, with what others wrote since; `None` where it was not there and nothing else is in it now."""
    found = _span(after, block)
    if found is None:
        return after
    left, right = after[: found.start], found.others + after[found.end :]
    if not right:
        left = left.removesuffix(_ENDS.get(found.how, b""))
    rest = left + right
    return None if found.how == b"+file" and not rest else rest


def has_block(text: bytes, block: Block) -> bool:
    """Whether our lines are in it, exactly as they would be written now."""
    found = _span(text, block)
    return found is not None and text[found.start : found.end] == block.text(found.how)


def _how(before: bytes) -> bytes:
    """What has to be put between, so that our first line is a line of its own: Git goes on with the next one after a backslash."""
    if before.endswith(b"\\"):
        return b"+newlines"
    ended = before.endswith(b"\n") and not before.endswith((b"\\\n", b"\\\r\n"))
    return b"" if ended or not before else b"+newline"


@dataclass(frozen=True, slots=True)
class _Span:
    """Where our lines begin and end, how they came in, and lines of others between them."""

    start: int
    end: int
    how: bytes
    others: bytes


def _span(text: bytes, block: Block) -> _Span | None:
    found = _HEAD.search(text)
    if found is None:
        return None
    ours = {f"{line}\n".encode() for line in block.rest}
    end, others = found.end(), b""
    if block.rest:
        last = text.find(f"\n{block.rest[-1]}\n".encode(), end - 1)
        inner = text[end : last + 1] if last >= 0 else _leading(text[end:], ours)
        end = last + len(block.rest[-1].encode()) + 2 if last >= 0 else end + len(inner)
        others = b"".join(line for line in inner.splitlines(keepends=True) if line not in ours)
    return _Span(found.start(), end, found["how"] or b"", others)


def _leading(text: bytes, ours: Collection[bytes]) -> bytes:
    """Our lines at the beginning, where somebody took the last one out."""
    return b"".join(takewhile(lambda line: line in ours, text.splitlines(keepends=True)))
