"""News: what changed, told to every open stream, each hearing only of what its owner may see.

One task per process reads new events from the store: at once when the store says that something was committed, here or (PostgreSQL) by
another process, and once a second in any case. Sequence numbers have no gaps and grow with commits, so nothing is missed. A stream
that does not keep up is ended (its client connects again and says what it saw last), so memory is bounded whatever clients do.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.errors import EnablementError, NotFound, TooManyRequests
from enablement_ext.core.review.models import Event, Principal, Submission
from enablement_ext.core.review.permissions import may_see
from enablement_ext.core.review.ports import Counters, ReviewReader
from enablement_ext.core.review.queue import turn_place
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web.serializers import counters_json

_BATCH = 200
_MOST_QUEUED = 256
_MOST_BEHIND = 1000
_SOON = b"retry: 500\n\n"  # milliseconds until a client comes back; another replica takes it


@dataclass(frozen=True, slots=True)
class StreamIntervals:
    """Seconds between polls of the store, heartbeats, and checks that a stream's owner is still let in; and how many streams.

    News wait `gather` seconds for more news: the answer to who made them goes out first, and a burst is read once.
    """

    poll: float = 1.0
    gather: float = 0.01
    heartbeat: float = 15.0
    recheck: float = 60.0
    most: int = 2000
    most_each: int = 30


@dataclass(eq=False, slots=True)
class Subscription:
    """One open stream. `seq` is the newest event it was told of."""

    principal: Principal
    tracks: frozenset[str]
    seq: int
    still: Callable[[], Awaitable[bool]]  # whether its owner is still let in
    ended: bool = False
    _waiting: deque[bytes] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, pieces: Sequence[bytes]) -> None:
        """Queue pieces; one that does not keep up is ended."""
        if self.ended:
            return
        if len(self._waiting) + len(pieces) > _MOST_QUEUED:
            self.end()
            return
        self._waiting.extend(pieces)
        self._woken.set()

    def end(self) -> None:
        """No more pieces."""
        self.ended = True
        self._woken.set()

    async def pieces(self, intervals: StreamIntervals) -> AsyncIterator[bytes]:
        """What to write, until the stream ends; a comment while there is nothing to say."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while not self.ended or self._waiting:
            try:
                await asyncio.wait_for(self._woken.wait(), intervals.heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
            if loop.time() - checked >= intervals.recheck:
                checked = loop.time()
                if not await self.still():
                    return
            self._woken.clear()
            while self._waiting:
                yield self._waiting.popleft()


class EventStream:
    """The streams of one process. `announce` is safe from any thread; everything else belongs to the event loop."""

    def __init__(
        self, review: ReviewContext, workers: ThreadPool, metrics: Metrics, intervals: StreamIntervals | None = None
    ) -> None:
        self.intervals = intervals or StreamIntervals()
        self._review = review
        self._workers = workers
        self._metrics = metrics
        self._streams: set[Subscription] = set()
        self._new = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = False
        self._seq = 0
        self._leaving = False

    def announce(self) -> None:
        """Something was committed here. Until the loop has heard of it, what is committed meanwhile is heard with it."""
        loop = self._loop
        if self._rung or loop is None or loop.is_closed():
            return
        self._rung = True
        loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        self._rung = False
        self._new.set()

    async def subscribe(
        self, principal: Principal, last_seen: int | None, still: Callable[[], Awaitable[bool]]
    ) -> Subscription:
        """Open a stream; it starts with `hello`. Raises `TooManyRequests`, `StoreUnavailable`."""
        mine = sum(stream.principal.name == principal.name for stream in self._streams)
        if len(self._streams) >= self.intervals.most or mine >= self.intervals.most_each:
            raise TooManyRequests("Too many open event streams.")
        tracks = self._review.policy.reviewed_by(principal)
        seq, counters = await self._workers.run(self._standing, principal, tracks)
        behind = seq if last_seen is None or not seq - _MOST_BEHIND <= last_seen <= seq else last_seen
        stream = Subscription(principal, tracks, behind, still)
        stream.tell([_piece(behind, "hello", {"seq": seq, "counters": counters_json(counters)})])
        self._streams.add(stream)
        self._metrics.streams.set(len(self._streams))
        if self._leaving:
            stream.tell([_SOON])
            stream.end()
        if behind < seq:
            self._new.set()
        return stream

    def leave(self, stream: Subscription) -> None:
        """The stream is closed."""
        stream.end()
        self._streams.discard(stream)
        self._metrics.streams.set(len(self._streams))

    async def run(self, failed: Callable[[EnablementError], None]) -> None:
        """Until cancelled. A store that is away is reported to `failed` and asked again."""
        self._loop = asyncio.get_running_loop()
        stop = self._review.store.listen(self.announce)
        try:
            await self._follow(failed)
        finally:
            stop()

    async def _follow(self, failed: Callable[[EnablementError], None]) -> None:
        self._seq = await self._first(failed)
        while True:
            try:
                await asyncio.wait_for(self._new.wait(), self.intervals.poll)
            except TimeoutError:
                if not self._streams:
                    continue  # nobody listens: what other processes did can wait
            else:
                await asyncio.sleep(self.intervals.gather)
            self._new.clear()
            try:
                while await self._round():
                    pass
            except EnablementError as problem:
                failed(problem)
                await asyncio.sleep(self.intervals.poll)

    def end_all(self) -> None:
        """The service stops: every stream is told to come back soon, and ends. Who comes now is told the same."""
        self._leaving = True
        for stream in self._streams:
            stream.tell([_SOON])
            stream.end()

    async def _first(self, failed: Callable[[EnablementError], None]) -> int:
        while True:
            try:
                return await self._workers.run(self._last)
            except EnablementError as problem:
                failed(problem)
                await asyncio.sleep(self.intervals.poll)

    async def _round(self) -> bool:
        """Read one batch and tell it. Whether there may be more."""
        late = min((stream.seq for stream in self._streams), default=self._seq)
        streams = tuple(self._streams)
        since = min(late, self._seq)
        found, told = await self._workers.run(self._batch, since, streams)
        if not found:
            return False
        for event in found:
            if event.seq > self._seq:
                self._metrics.happened(event.kind)
        newest = found[-1].seq
        self._seq = max(self._seq, newest)
        for stream in streams:
            stream.tell(told.get(id(stream), ()))
            stream.seq = max(stream.seq, newest)
        return len(found) == _BATCH

    def _last(self) -> int:
        with self._review.store.read() as reader:
            return reader.last_seq()

    def _standing(self, principal: Principal, tracks: frozenset[str]) -> tuple[int, Counters]:
        with self._review.store.read() as reader:
            return reader.last_seq(), reader.counters(principal.name, tracks)

    def _batch(self, since: int, streams: Sequence[Subscription]) -> tuple[Sequence[Event], dict[int, list[bytes]]]:
        """Events after `since`, and for each stream what to tell it."""
        with self._review.store.read() as reader:
            found = reader.events_after(since, _BATCH)
            submissions = _submissions(reader, found)
            counted: dict[tuple[str, frozenset[str]], Counters] = {}
            told: dict[int, list[bytes]] = {}
            for stream in streams:
                visible = [event for event in found if event.seq > stream.seq and _visible(stream, event, submissions)]
                if not visible:
                    continue
                key = (stream.principal.name, stream.tracks)
                if key not in counted:
                    counted[key] = reader.counters(*key)
                told[id(stream)] = [_told(stream, event, submissions, counted[key]) for event in visible]
        return found, told


def _submissions(reader: ReviewReader, events: Sequence[Event]) -> dict[int, Submission]:
    found: dict[int, Submission] = {}
    for number in {event.submission for event in events if event.submission is not None}:
        try:
            found[number] = reader.submission(number)
        except NotFound:
            continue  # an event that names none of ours concerns nobody
    return found


def _visible(stream: Subscription, event: Event, submissions: dict[int, Submission]) -> bool:
    submission = submissions.get(event.submission or 0)
    return submission is not None and may_see(stream.principal, submission)


def _told(stream: Subscription, event: Event, submissions: dict[int, Submission], counters: Counters) -> bytes:
    submission = submissions[event.submission or 0]
    attention = turn_place(submission, stream.principal.name, stream.tracks) is not None
    data = {
        "seq": event.seq,
        "kind": event.kind,
        "submission": event.submission,
        "actor": event.actor,
        "attention": attention,
        "counters": counters_json(counters),
    }
    return _piece(event.seq, "change", data)


def _piece(seq: int, name: str, data: dict[str, object]) -> bytes:
    return f"id: {seq}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()
