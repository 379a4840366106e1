"""Two reviewers at once, a thousand rounds: one wins each round, the other is told, and there is one event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.memory import MemoryArtifactStore
from enablement_ext.core.access.clients import Client
from enablement_ext.core.errors import Conflict
from enablement_ext.core.review.discussion.drafts import digest
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.models import Event, Principal, Submission, Verdict
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.ports import ReviewStore
from enablement_ext.service.use_cases import claims, decide
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.service.use_cases.submit import SubmitCommand, submit
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.people import IMAGE, REVIEWERS

pytestmark = pytest.mark.slow
ROUNDS = 1000
CLIENT = Client("192.0.2.4", "Firefox 128 on Linux")
DANA = Principal("dana", frozenset(), frozenset({"read", "submit"}), server="")
REMY, RITA = (
    Principal(name, frozenset({REVIEWERS}), frozenset({"read", "review"}), server="") for name in ("remy", "rita")
)


@pytest.fixture
def review(store: ReviewStore) -> ReviewContext:
    artifacts = MemoryArtifactStore()
    return ReviewContext(store, artifacts, artifacts.get, SystemClock(), Policy())


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def send(review: ReviewContext, index: int) -> Submission:
    bundle = SubmissionDraft(notebook(cell("a", f"x = {index}"))).bundle()
    number = submit(review, SubmitCommand(DANA, f"intent-{index}", None, bundle, IMAGE)).receipt.submission
    with review.store.read() as reader:
        return reader.submission(number)


def race(pool: ThreadPoolExecutor, *works: Callable[[], Submission]) -> Submission:
    """Start all at the same moment. What the one winner got; everybody else must have got a conflict."""
    together = Barrier(len(works))

    def run(work: Callable[[], Submission]) -> Submission | None:
        together.wait()
        try:
            return work()
        except Conflict:
            return None

    won = [result for result in pool.map(run, works) if result is not None]
    assert len(won) == 1
    return won[0]


def log(review: ReviewContext) -> Sequence[Event]:
    """Every event; the chain holds."""
    with review.store.read() as reader:
        events = reader.events_after(0, 10_000)
    assert verify(events).intact
    return events


def test_claiming(review: ReviewContext, pool: ThreadPoolExecutor) -> None:
    found = send(review, 0)
    for _ in range(ROUNDS):
        number, stamp = found.number, found.stamp
        won = race(pool, *(partial(claims.claim, review, who, number, stamp) for who in (REMY, RITA)))
        assert won.claim is not None
        winner = REMY if won.claim.by == "remy" else RITA
        found = claims.release(review, winner, number, won.stamp)
    kinds = [event.kind for event in log(review)]
    assert (kinds.count("claimed"), kinds.count("released")) == (ROUNDS, ROUNDS)


def _decided(review: ReviewContext, order: decide.DecisionCommand) -> Submission:
    made = decide.decide(review, order)
    assert made is not None, "nothing that an approval rests on changes here"
    return made


def test_deciding(review: ReviewContext, pool: ThreadPoolExecutor) -> None:
    for index in range(ROUNDS):
        found = send(review, index)
        shown = decide.decision_view(review, REMY, found.number).shown
        orders = [
            decide.DecisionCommand(
                who.name,
                who.groups,
                found.number,
                found.content_id,
                0,
                "technical",
                verdict,
                "because",
                CLIENT,
                digest(()),
                shown,
            )
            for who, verdict in ((REMY, Verdict.APPROVE), (RITA, Verdict.REQUEST_CHANGES))
        ]
        race(pool, *(partial(_decided, review, order) for order in orders))
        with review.store.read() as reader:
            assert len(reader.decisions(found.number)) == 1
    assert len(log(review)) == 2 * ROUNDS
