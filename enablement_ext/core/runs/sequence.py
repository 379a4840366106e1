"""Whether messages of a kernel were lost, by the numbers that its session gives them.

jupyter_client numbers what a session sends, on every channel: `<session>_<process>_<number>`. A socket that is full drops messages without
a word; then a number is missing. Two threads that number at the same moment may give one number twice and leave the next one out: as many
missing numbers as there were doubled ones are forgiven.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

_MOST_SENDERS = 1000  # a process that a notebook forks is one; more than these cannot be counted


def numbered(message_id: object) -> tuple[str, int] | None:
    """Who sent it, and its number there. None for an id of another form."""
    if not isinstance(message_id, str):
        return None
    sender, _, number = message_id.rpartition("_")
    if not sender or len(number) > 18 or not (number.isascii() and number.isdecimal()):
        return None
    return sender, int(number)


@dataclass(slots=True)
class _Sender:
    """`ends`: the largest number at the end of each span; `counts`: how many messages of each span arrived."""

    ends: list[int]
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    largest: int = 0


@dataclass(slots=True)
class MessageNumbers:
    """The numbers of one kernel's messages, cut into spans: a span is what was sent between two calls of `cut`."""

    _senders: dict[str, _Sender] = field(default_factory=dict)
    _spans: int = 0
    _uncounted: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def note(self, message_id: object) -> None:
        """A message arrived, on whatever channel, and however late."""
        found = numbered(message_id)
        if found is None or (found[0] not in self._senders and len(self._senders) >= _MOST_SENDERS):
            self._uncounted[self._spans] += 1
            return
        name, number = found
        sender = self._senders.get(name)
        if sender is None:
            # Number 0 stands for all that was sent before anybody listened.
            sender = self._senders[name] = _Sender([number - 1] * (self._spans + 1), largest=number - 1)
        sender.largest = max(sender.largest, number)
        sender.counts[bisect_left(sender.ends, number)] += 1

    def cut(self) -> int:
        """The end of a span; returns its number."""
        for sender in self._senders.values():
            sender.ends.append(sender.largest)
        self._spans += 1
        return self._spans

    def lost(self, span: int) -> int:
        """How many messages of a span have not arrived by now. One that cannot be counted is one that cannot be vouched for."""
        missing = self._uncounted.get(span - 1, 0)
        for sender in self._senders.values():
            missing += max(0, sender.ends[span] - sender.ends[span - 1] - sender.counts.get(span, 0))
        return missing
