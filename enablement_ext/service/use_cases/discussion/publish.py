"""Publishing drafts: together, in one transaction, as one event. With a verdict: in the transaction of the decision (`decide`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.errors import DraftsChanged
from enablement_ext.core.review.attention import after_remark
from enablement_ext.core.review.discussion.drafts import Draft, DraftRef, named, plan
from enablement_ext.core.review.discussion.revisions import text_sha256
from enablement_ext.core.review.discussion.suggestions import source_sha256
from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Anchor, Event, Principal, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.claims import renewed
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    visible_submission,
)

PUBLISHED = "review_published"


@dataclass(frozen=True, slots=True)
class Publication:
    """What was written into the threads. `facts` go into the event; `remarked`: whether anything was said, not only resolved."""

    drafts: tuple[int, ...]
    facts: Mapping[str, object]
    remarked: bool


def publish(context: ReviewContext, principal: Principal, number: int, refs: Sequence[DraftRef]) -> Event:
    """Publish these drafts and return the event. The same drafts again are answered with the same event.

    Raises `NotFound`, `Forbidden`, `IllegalAction` where the submission takes no comments any more, `DraftsChanged` where one of them is not as
    it was seen; nothing is published then, and no draft is lost.
    """

    def work(transaction: ReviewTransaction) -> Event:
        before = visible_submission(transaction, principal, number)
        repeated = _published_before(transaction, principal, before, refs)
        if repeated is not None:
            return repeated
        step(before.state, Action.COMMENT, relation(principal, before))
        drafts = named(transaction.drafts(principal.name, number), refs)
        published = write_into_threads(context, transaction, number, drafts)
        fresh = transaction.submission(number)

        def edit(event: Event) -> Submission:
            transaction.publish_drafts(principal.name, published.drafts, event.seq)
            turns = frozenset(entry.who for entry in fresh.attention)
            if published.remarked:
                turns = after_remark(context.policy, fresh, principal.name)
            claim = renewed(context, fresh, principal.name)
            return replace(fresh, attention=attention_after(fresh, turns, event), claim=claim)

        draft = EventDraft(principal.name, PUBLISHED, data=published.facts)
        after = record_change(transaction, fresh, draft, edit, context)
        return _event(transaction, after.updated_seq)

    return commit(context, work)


def write_into_threads(
    context: ReviewContext, transaction: ReviewTransaction, number: int, drafts: Sequence[Draft]
) -> Publication:
    """Open, answer, resolve and reopen threads as the drafts say; they are drafts until `publish_drafts` names the event."""
    if not drafts:
        return Publication((), {}, remarked=False)
    now, by = context.clock.now(), drafts[0].by
    planned = plan(drafts, {thread.id: thread for thread in transaction.threads(number)})
    comments, opened, suggested = [], [], []
    for draft in planned.comments:
        thread = draft.thread
        if thread is None:
            thread = transaction.add_thread(number, draft.version, draft.anchor or Anchor())
            opened.append(thread)
            if draft.suggestion is not None:
                transaction.add_suggestion(thread, draft.suggestion)
                suggested.append({"thread": thread, "sha256": source_sha256(draft.suggestion.source)})
        comment = transaction.add_comment(thread, by, draft.text, now)
        comments.append({"thread": thread, "comment": comment.id, "sha256": text_sha256(draft.text)})
    for thread in planned.resolve:
        transaction.set_resolved(thread, by, now)
    for thread in planned.reopen:
        transaction.set_resolved(thread, None, None)
    told: dict[str, Sequence[object]] = {"opened": opened, "resolved": planned.resolve, "reopened": planned.reopen}
    told["suggested"] = suggested
    facts = {"comments": comments, **{name: list(threads) for name, threads in told.items() if threads}}
    return Publication(tuple(draft.id for draft in drafts), facts, remarked=bool(comments))


def _published_before(
    reader: ReviewReader, principal: Principal, submission: Submission, refs: Sequence[DraftRef]
) -> Event | None:
    """The event with which these were published here; None where none of them was. Raises `DraftsChanged` for a mixture."""
    published = reader.published_drafts(principal.name, [ref.id for ref in refs])
    if not published:
        return None
    event = _event(reader, next(iter(published.values())))
    if len(published) != len({ref.id for ref in refs}) or set(published.values()) != {event.seq}:
        raise DraftsChanged
    if event.submission != submission.number:
        raise DraftsChanged
    return event


def _event(reader: ReviewReader, seq: int) -> Event:
    return reader.events_after(seq - 1, 1)[0]
