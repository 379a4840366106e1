"""Managed blocks in files of the author's: appended, and removed so that the file is what it was, byte for byte.

The marker on the first line records what appending took: `+newline` where the last line had no end, `+file` where there was no
file. So no state is kept elsewhere, and lines that others add later stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKER = b"# enablement:git"
_HEAD = re.compile(rb"^(?P<head>[^\n]*?)[ ]?# enablement:git(?P<how>\+newline|\+file)?\n", re.MULTILINE)


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
    """The file with our lines; `None` is no file. A file that has them keeps its place for them and gets them renewed."""
    if before is None:
        return block.text(b"+file")
    found = _span(before, block)
    if found is not None:
        start, end, how = found
        return before[:start] + block.text(how) + before[end:]
    if before and not before.endswith(b"\n"):
        return before + b"\n" + block.text(b"+newline")
    return before + block.text(b"")


def without_block(after: bytes, block: Block) -> bytes | None:
    """The file as it was before, with what others changed since; `None` where it was not there and nothing else is in it now."""
    found = _span(after, block)
    if found is None:
        return after
    start, end, how = found
    left, right = after[:start], after[end:]
    if how == b"+newline" and left.endswith(b"\n") and not right:
        left = left[:-1]
    rest = left + right
    return None if how == b"+file" and not rest else rest


def has_block(text: bytes, block: Block) -> bool:
    """Whether our lines are in it, exactly as they would be written now."""
    found = _span(text, block)
    return found is not None and text[found[0] : found[1]] == block.text(found[2])


def _span(text: bytes, block: Block) -> tuple[int, int, bytes] | None:
    """Where our lines begin and end, and how they came in."""
    found = _HEAD.search(text)
    if found is None:
        return None
    end = found.end()
    if block.rest:
        last = block.rest[-1].encode() + b"\n"
        at = text.find(last, end)
        end = at + len(last) if at >= 0 else end
    return found.start(), end, found["how"] or b""
