"""RE2 as the prefilter of the search for secrets: linear in the text whatever the text, and without the interpreter's lock.

docs/adr/0036-re2-prefilter.md says why.
"""

from __future__ import annotations

from importlib.util import find_spec

from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.shapes import SHAPES

_MEMORY = 64 * 1024 * 1024  # bytes for the automaton's states; it starts afresh when they are used up
_END = r"\z"


class Re2Prefilter:
    """Implements `Prefilter`."""

    def __init__(self) -> None:
        """Compile all shapes into one automaton."""
        import re2  # noqa: PLC0415 - an image may have been built without it

        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for pattern in SHAPES.patterns:
            self._set.Add(pattern)
        self._end = self._set.Add(_END)
        self._set.Compile()
        self._all = frozenset(range(len(SHAPES.patterns)))

    def shapes(self, data: bytes) -> frozenset[int]:
        """What RE2 finds. Every text has an end: where that is not found, the engine gave up, and anything may be there."""
        found = frozenset(self._set.Match(data) or ())
        return found - {self._end} if self._end in found else self._all


def installed_prefilter() -> Prefilter:
    """RE2 where it is installed; the same is found without it, more slowly."""
    return Re2Prefilter() if find_spec("re2") is not None else LiteralPrefilter()
