"""Server-sent events: what changed is sent to every open stream, each getting only what its owner may see.

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
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.queue import Counters, turn_place
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.runtime.waiting import set_within
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web.serializers import counters_json

_BATCH = 200
_MOST_QUEUED = 256
_MOST_BEHIND = 1000
_TOLD = frozenset(
    {"package_accepted", "package_declined", "access_shown", "repository_shared"}
)  # of no submission; told to whose name they were done in
_RECONNECT = b"retry: 500\n\n"  # milliseconds until a client comes back; another replica takes it


@dataclass(frozen=True, slots=True)
class StreamIntervals:
    """Seconds between polls of the store, heartbeats, and checks that a stream's token is still good; and how many streams.

    An event waits `gather` seconds for more: the response to who caused it goes out first, and a burst is read once.
    """

    poll: float = 1.0
    gather: float = 0.01
    heartbeat: float = 15.0
    recheck: float = 60.0
    most: int = 2000
    most_each: int = 30


@dataclass(eq=False, slots=True)
class Subscription:
    """One open stream. `seq` is the newest event it was sent; `allowed` says whether its owner may still get any."""

    principal: Principal
    tracks: frozenset[str]
    seq: int
    allowed: Callable[[], Awaitable[bool]]
    ended: bool = False
    _queue: deque[bytes] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, pieces: Sequence[bytes]) -> None:
        """Queue pieces; one that does not keep up is ended."""
        if self.ended:
            return
        if len(self._queue) + len(pieces) > _MOST_QUEUED:
            self.end()
            return
        self._queue.extend(pieces)
        self._woken.set()

    def end(self) -> None:
        """No more pieces."""
        self.ended = True
        self._woken.set()

    async def pieces(self, intervals: StreamIntervals) -> AsyncIterator[bytes]:
        """What to write, until the stream ends; a comment while there is nothing to say."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while not self.ended or self._queue:
            if not await set_within(self._woken, intervals.heartbeat):
                yield b": still here\n\n"
            if loop.time() - checked >= intervals.recheck:
                checked = loop.time()
                if not await self.allowed():
                    return
            self._woken.clear()
            while self._queue:
                yield self._queue.popleft()


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
        self._wake_scheduled = False
        self._seq = 0
        self._ended = False

    def announce(self) -> None:
        """Something was committed here. Commits until the loop wakes up are read together."""
        loop = self._loop
        if self._wake_scheduled or loop is None or loop.is_closed():
            return
        self._wake_scheduled = True
        loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._wake_scheduled = False
        self._new.set()

    async def subscribe(
        self, principal: Principal, last_seen: int | None, allowed: Callable[[], Awaitable[bool]]
    ) -> Subscription:
        """Open a stream; it starts with `hello`. Raises `TooManyRequests`, `StoreUnavailable`."""
        mine = sum(stream.principal.name == principal.name for stream in self._streams)
        if len(self._streams) >= self.intervals.most or mine >= self.intervals.most_each:
            raise TooManyRequests("Too many open event streams.")
        tracks = self._review.policy.turns_of(principal)
        seq, counters = await self._workers.run(self._standing, principal, tracks)
        behind = seq if last_seen is None or not seq - _MOST_BEHIND <= last_seen <= seq else last_seen
        stream = Subscription(principal, tracks, behind, allowed)
        stream.send([_piece(behind, "hello", {"seq": seq, "counters": counters_json(counters)})])
        self._streams.add(stream)
        self._metrics.streams.set(len(self._streams))
        if self._ended:
            stream.send([_RECONNECT])
            stream.end()
        if behind < seq:
            self._new.set()
        return stream

    def unsubscribe(self, stream: Subscription) -> None:
        """End the stream and forget it; may be called twice."""
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
        self._seq = await self._first_seq(failed)
        while True:
            if await set_within(self._new, self.intervals.poll):
                await asyncio.sleep(self.intervals.gather)
            elif not self._streams:
                continue  # no stream is open: what other processes did can wait
            self._new.clear()
            try:
                while await self._round():
                    pass
            except EnablementError as problem:
                failed(problem)
                await asyncio.sleep(self.intervals.poll)

    def end_all(self) -> None:
        """At shutdown: every stream is told to reconnect soon, and ends. One that is opened now is told the same."""
        self._ended = True
        for stream in self._streams:
            stream.send([_RECONNECT])
            stream.end()

    async def _first_seq(self, failed: Callable[[EnablementError], None]) -> int:
        while True:
            try:
                return await self._workers.run(self._last)
            except EnablementError as problem:
                failed(problem)
                await asyncio.sleep(self.intervals.poll)

    async def _round(self) -> bool:
        """Read one batch and send it. Whether there may be more."""
        oldest = min((stream.seq for stream in self._streams), default=self._seq)
        streams = tuple(self._streams)
        since = min(oldest, self._seq)
        events, messages = await self._workers.run(self._batch, since, streams)
        if not events:
            return False
        for event in events:
            if event.seq > self._seq:
                self._metrics.happened(event.kind)
        newest = events[-1].seq
        self._seq = max(self._seq, newest)
        for stream in streams:
            stream.send(messages.get(id(stream), ()))
            stream.seq = max(stream.seq, newest)
        return len(events) == _BATCH

    def _last(self) -> int:
        with self._review.store.read() as reader:
            return reader.last_seq()

    def _standing(self, principal: Principal, tracks: frozenset[str]) -> tuple[int, Counters]:
        with self._review.store.read() as reader:
            return reader.last_seq(), reader.counters(principal.name, tracks)

    def _batch(self, since: int, streams: Sequence[Subscription]) -> tuple[Sequence[Event], dict[int, list[bytes]]]:
        """Events after `since`, and for each stream its messages."""
        with self._review.store.read() as reader:
            events = reader.events_after(since, _BATCH)
            submissions = _submissions(reader, events)
            counted: dict[tuple[str, frozenset[str]], Counters] = {}
            messages: dict[int, list[bytes]] = {}
            for stream in streams:
                visible = [event for event in events if event.seq > stream.seq and _visible(stream, event, submissions)]
                if not visible:
                    continue
                key = (stream.principal.name, stream.tracks)
                if key not in counted:
                    counted[key] = reader.counters(*key)
                messages[id(stream)] = [_message(stream, event, submissions, counted[key]) for event in visible]
        return events, messages


def _submissions(reader: ReviewReader, events: Sequence[Event]) -> dict[int, Submission]:
    submissions: dict[int, Submission] = {}
    for number in {event.submission for event in events if event.submission is not None}:
        try:
            submissions[number] = reader.submission(number)
        except NotFound:
            continue  # an event that names none of ours concerns nobody
    return submissions


def _visible(stream: Subscription, event: Event, submissions: dict[int, Submission]) -> bool:
    if event.submission is None:
        return event.kind in _TOLD and event.actor == stream.principal.name
    submission = submissions.get(event.submission)
    return submission is not None and may_see(stream.principal, submission)


def _message(stream: Subscription, event: Event, submissions: dict[int, Submission], counters: Counters) -> bytes:
    submission = None if event.submission is None else submissions[event.submission]
    place = None if submission is None else turn_place(submission, stream.principal.name, stream.tracks)
    data = {
        "seq": event.seq,
        "kind": event.kind,
        "submission": event.submission,
        "actor": event.actor,
        "attention": place is not None,
        "counters": counters_json(counters),
    }
    return _piece(event.seq, "change", data)


def _piece(seq: int, name: str, data: dict[str, object]) -> bytes:
    return f"id: {seq}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()
