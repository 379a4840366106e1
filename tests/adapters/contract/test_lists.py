"""What every store shows in the lists and counts for the badge."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from enablement_ext.core.review.models import Attention, Claim, State, Submission
from enablement_ext.core.review.ports import ReviewReader, ReviewStore
from enablement_ext.core.review.queue import QueueFilter, QueueQuery, place
from tests.adapters.factories import NOW, TECHNICAL, change, claimed, event, new_submission, new_version, sent

TRACKS = ("technical", "functional", "compliance")
PEOPLE = ("dana", "remy", "petra", "ümit")


def pages(reader: ReviewReader, query: QueueQuery) -> list[int]:
    """The numbers of a whole list, page by page."""
    numbers: list[int] = []
    following = query
    while True:
        page = reader.page(following)
        assert len(page.items) <= query.limit
        numbers += [submission.number for submission in page.items]
        if page.next_after is None:
            return numbers
        following = replace(following, after=page.next_after)


def listed(store: ReviewStore, viewer: str, shown: QueueFilter, tracks: frozenset[str] = TECHNICAL) -> list[int]:
    """The numbers of a list."""
    with store.read() as reader:
        return pages(reader, QueueQuery(viewer, tracks, shown))


def test_a_sent_submission_waits_on_the_reviewers_and_not_on_its_author(store: ReviewStore) -> None:
    submission = sent(store)
    number = [submission.number]
    assert listed(store, "remy", QueueFilter.WAITING) == number
    assert listed(store, "remy", QueueFilter.UNCLAIMED) == number
    assert listed(store, "remy", QueueFilter.ALL) == number
    assert listed(store, "remy", QueueFilter.MINE) == listed(store, "remy", QueueFilter.SENT) == []
    assert listed(store, "dana", QueueFilter.WAITING) == listed(store, "dana", QueueFilter.UNCLAIMED) == []
    assert listed(store, "dana", QueueFilter.SENT) == listed(store, "dana", QueueFilter.ALL) == number


def test_a_reviewer_of_another_track_is_not_waited_on(store: ReviewStore) -> None:
    sent(store)
    assert listed(store, "remy", QueueFilter.WAITING, frozenset({"functional"})) == []
    assert listed(store, "remy", QueueFilter.UNCLAIMED, frozenset({"functional"})) == [1]


def test_a_claimed_submission_is_its_claimants(store: ReviewStore) -> None:
    claimed(store, sent(store))
    assert listed(store, "remy", QueueFilter.WAITING) == listed(store, "remy", QueueFilter.MINE) == [1]
    assert listed(store, "petra", QueueFilter.WAITING) == listed(store, "petra", QueueFilter.UNCLAIMED) == []
    assert listed(store, "petra", QueueFilter.MINE) == []


def test_what_ended_is_only_in_its_authors_list(store: ReviewStore) -> None:
    for state in (State.WITHDRAWN, State.REJECTED, State.HANDED_OFF, State.IN_PRODUCTION, State.RETIRED):
        change(store, sent(store), state=state, attention=())
    assert listed(store, "remy", QueueFilter.ALL) == listed(store, "remy", QueueFilter.WAITING) == []
    assert listed(store, "dana", QueueFilter.SENT) == [5, 4, 3, 2, 1]


def test_without_tracks_only_own_submissions_show(store: ReviewStore) -> None:
    change(store, sent(store, "remy"), whos=("user:dana", "user:remy"))
    change(store, sent(store, "dana"), whos=("user:dana", "track:technical"))
    for shown in QueueFilter:
        expected = [] if shown in (QueueFilter.UNCLAIMED, QueueFilter.MINE) else [2]
        assert listed(store, "dana", shown, frozenset()) == expected, shown
    assert listed(store, "stranger", QueueFilter.ALL, frozenset()) == []


def test_one_who_is_waited_on_twice_is_shown_once_at_the_earlier_place(store: ReviewStore) -> None:
    tracks = frozenset({"technical", "functional"})
    first, second = sent(store), sent(store)
    with store.write() as transaction:
        seq = transaction.append_event(event(submission=first.number)).seq
        both = (*first.attention, Attention("track:functional", NOW, seq), Attention("user:remy", NOW, seq))
        transaction.replace_submission(1, replace(first, attention=both, updated_seq=seq))
    assert listed(store, "remy", QueueFilter.WAITING, tracks) == [first.number, second.number]
    with store.read() as reader:
        assert pages(reader, QueueQuery("remy", tracks, QueueFilter.WAITING, limit=1)) == [first.number, second.number]
        assert reader.counters("remy", tracks).waiting == 2


def test_the_authors_list_is_newest_change_first_and_can_be_of_one_notebook(store: ReviewStore) -> None:
    first, second, third = sent(store), sent(store), sent(store)
    change(store, second, notebook_path="other.ipynb")
    change(store, first, title="Changed")
    assert listed(store, "dana", QueueFilter.SENT) == [first.number, second.number, third.number]
    query = QueueQuery("dana", TECHNICAL, QueueFilter.SENT, notebook_path="work/churn.ipynb")
    with store.read() as reader:
        assert pages(reader, query) == [first.number, third.number]
        assert pages(reader, replace(query, notebook_path="other.ipynb")) == [second.number]


def test_the_badge_counts_what_the_lists_show(store: ReviewStore) -> None:
    for author in ("dana", "dana", "remy"):
        sent(store, author)
    claimed(store, sent(store))
    with store.read() as reader:
        counters = reader.counters("remy", TECHNICAL)
        assert (counters.waiting, counters.unclaimed, counters.claimed) == (3, 2, 1)
        counters = reader.counters("dana", frozenset())
        assert (counters.waiting, counters.unclaimed, counters.claimed) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_every_list_of_a_random_queue_follows_the_rules(store: ReviewStore, seed: int) -> None:
    chance = random.Random(seed)
    submissions = _random_queue(store, chance, 60)
    with store.read() as reader:
        for viewer in (*PEOPLE, "nobody"):
            for tracks in (frozenset[str](), TECHNICAL, frozenset(TRACKS)):
                for shown in QueueFilter:
                    query = QueueQuery(viewer, tracks, shown, limit=chance.choice((1, 3, 50)))
                    assert pages(reader, query) == _expected(submissions, query), query
                counters = reader.counters(viewer, tracks)
                assert counters.waiting == len(_expected(submissions, QueueQuery(viewer, tracks, QueueFilter.WAITING)))
                assert counters.unclaimed == len(
                    _expected(submissions, QueueQuery(viewer, tracks, QueueFilter.UNCLAIMED))
                )
                assert counters.claimed == len(_expected(submissions, QueueQuery(viewer, tracks, QueueFilter.MINE)))


def _random_queue(store: ReviewStore, chance: random.Random, size: int) -> list[Submission]:
    with store.write() as transaction:
        for _ in range(size):
            seq = transaction.append_event(event()).seq
            number = transaction.next_number()
            title = "".join(chance.choices("abc ", k=6)) + "t"
            transaction.add_submission(new_submission(number, seq, chance.choice(PEOPLE), title))
            transaction.add_version(number, new_version())
        submissions = [transaction.submission(number) for number in range(1, size + 1)]
        for index in chance.sample(range(size), size):
            seqs = [transaction.append_event(event()).seq for _ in range(chance.randint(1, 3))]
            whos = chance.sample([f"user:{name}" for name in PEOPLE] + [f"track:{name}" for name in TRACKS], k=3)
            attention = tuple(Attention(who, NOW, chance.choice(seqs)) for who in whos[: chance.randint(0, 3)])
            claim = Claim(chance.choice(PEOPLE), NOW, NOW) if chance.random() < 0.4 else None
            changed = replace(
                submissions[index],
                state=chance.choice(list(State)),
                updated_seq=seqs[-1],
                claim=claim,
                attention=attention,
            )
            submissions[index] = transaction.replace_submission(1, changed)
    return submissions


def _expected(submissions: list[Submission], query: QueueQuery) -> list[int]:
    places = {key: submission.number for submission in submissions if (key := place(submission, query)) is not None}
    return [places[key] for key in sorted(places, reverse=query.filter is QueueFilter.SENT)]
