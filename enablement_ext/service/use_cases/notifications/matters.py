"""What an entry is about, read when it is due: the submission as it stands, the event, and whether the turn has passed on since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enablement_ext.core.review.models import Comment, Event, Submission
from enablement_ext.core.review.notifications.letters import Chapter, Told
from enablement_ext.core.review.notifications.models import Occasion, OutboxEntry
from enablement_ext.core.review.notifications.words import happened
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.service.use_cases.review_context import ReviewContext


@dataclass(frozen=True, slots=True)
class Matter:
    """An entry with what it is about. `turns` are the attention names that it can tell of: of a reminder those of the same turn."""

    entry: OutboxEntry
    submission: Submission
    event: Event
    turns: frozenset[str]

    def is_over(self, names: frozenset[str]) -> bool:
        """Whether it tells of a turn that none of these has any more."""
        return self.entry.occasion is not Occasion.NEWS and not self.turns & names


def matter(reader: ReviewReader, entry: OutboxEntry) -> Matter:
    """Read it."""
    submission = reader.submission(entry.submission)
    event = reader.events_after(entry.event - 1, 1)[0]
    same = [
        each
        for each in submission.attention
        if entry.occasion is not Occasion.REMINDER or each.since_seq == entry.event
    ]
    return Matter(entry, submission, event, frozenset(each.who for each in same))


def matters(context: ReviewContext, entries: Sequence[OutboxEntry]) -> list[Matter]:
    """All of them in one snapshot."""
    with context.store.read() as reader:
        return [matter(reader, entry) for entry in entries]


def chapters(context: ReviewContext, told: Sequence[Matter], links: str) -> list[Chapter]:
    """What a mail says of these, by submission. Of a comment that was changed since, what it says now; of a deleted one nothing."""
    by_submission: dict[int, list[Matter]] = {}
    for each in told:
        by_submission.setdefault(each.submission.number, []).append(each)
    with context.store.read() as reader:
        return [
            Chapter(number, of[0].submission.title, f"{links}{number}", _told(reader, of))
            for number, of in sorted(by_submission.items())
        ]


def _told(reader: ReviewReader, of: Sequence[Matter]) -> list[Told]:
    """One for each event: who was told of it twice is told once."""
    comments = {each.id: each for thread in reader.threads(of[0].submission.number) for each in thread.comments}
    reasons = {each.id: each.reason for each in reader.decisions(of[0].submission.number)}
    found: dict[tuple[int, Occasion], Told] = {}
    for each in of:
        entry, event = each.entry, each.event
        quotes = () if entry.occasion is Occasion.REMINDER else _quotes(event, comments, reasons)
        what = happened(event, entry.occasion, entry.nth)
        found.setdefault((event.seq, entry.occasion), Told(event.seq, entry.occasion, what, quotes, entry.note))
    news = {seq for seq, occasion in found if occasion is not Occasion.NEWS}
    return [told for (seq, occasion), told in found.items() if occasion is not Occasion.NEWS or seq not in news]


def _quotes(event: Event, comments: dict[int, Comment], reasons: dict[int, str]) -> tuple[str, ...]:
    """The reason of a decision first, then what was written."""
    decision, listed, one = event.data.get("decision"), event.data.get("comments"), event.data.get("comment")
    numbers = [each.get("comment") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else [one]
    said = [comments[number] for number in numbers if isinstance(number, int) and number in comments]
    reason = reasons.get(decision, "") if isinstance(decision, int) else ""
    return tuple(text for text in (reason, *(each.text for each in said if not each.deleted)) if text)
