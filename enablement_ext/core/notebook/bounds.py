"""Depth and size of a JSON document, counted before it is parsed.

A file of a few megabytes can hold millions of empty objects, which take a hundred times its size when parsed, or nest so deep that a
parser overflows. Here a few passes at memory speed count what is outside strings, in bounded memory.
"""

from __future__ import annotations

from itertools import accumulate

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.limits import NotebookLimits

_ALL = bytes(range(256))
# What can follow a backslash in JSON is kept beside it, so that after dropping the rest every escape is still a pair.
_NOT_RELEVANT = _ALL.translate(None, b'\\"/bfnrtu[]{},:')
_NOT_BRACKET = _ALL.translate(None, b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_LINE_ENDS = (b"\\n", b"\\r", b"\\f", b"\\u")  # escapes; \u because some of those are line ends as well
_RARE_LINE_ENDS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
_CHUNK = 1 << 20


def bound(data: bytes, limits: NotebookLimits) -> None:
    """Return if `data` is within the limits of depth, containers, keys, values and lines.

    For bytes that are not JSON the counts are right up to the first fault, which is as far as a parser reads. Raises `BadNotebook` for
    too much depth, `TooLarge` for the rest.
    """
    if len(data) <= min(limits.containers, limits.keys, limits.values) and (
        data.count(b"[") + data.count(b"{") <= limits.depth
    ):
        return  # every part takes at least a byte and every level a bracket: so few cannot be too many
    relevant = data.translate(None, _NOT_RELEVANT).replace(b"\\\\", b"")
    lines = sum(map(relevant.count, _LINE_ENDS)) + sum(map(data.count, _RARE_LINE_ENDS))
    relevant = relevant.replace(b'\\"', b"")
    if lines > limits.values or relevant.count(b'"') > 4 * limits.values:
        raise _too_many(limits)
    depth = containers = keys = values = 0
    inside = 0
    for start in range(0, len(relevant), _CHUNK):
        parts = relevant[start : start + _CHUNK].split(b'"')
        outside = b"".join(parts[inside::2])
        inside ^= (len(parts) - 1) % 2
        brackets = outside.translate(None, _NOT_BRACKET)
        opened = brackets.count(b"[") + brackets.count(b"{")
        if depth + opened > limits.depth:
            levels = list(accumulate(map(_STEP.__getitem__, brackets), initial=depth))
            if max(levels) > limits.depth:
                raise BadNotebook(too_deep(limits))
            depth = levels[-1]
        else:
            depth += 2 * opened - len(brackets)
        containers += opened
        keys += outside.count(b":")
        values += outside.count(b",")
        if containers > limits.containers or keys > limits.keys or values > limits.values:
            raise _too_many(limits)


def too_deep(limits: NotebookLimits) -> str:
    """The sentence for a file that nests too deep."""
    return f"The file is nested more than {limits.depth} levels deep. Clear outputs that show deeply nested data, save and send again."


def _too_many(limits: NotebookLimits) -> TooLarge:
    return TooLarge(
        f"The notebook is made of too many parts: at most {limits.containers:,} lists and objects with {limits.keys:,} keys and "
        f"{limits.values:,} values or lines are accepted. Clear outputs that hold large tables or plots as data, or split the notebook.",
        facts={"containers": limits.containers, "keys": limits.keys, "values": limits.values},
    )
