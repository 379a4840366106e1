"""Writing drafts. No event tells of it, nothing is announced, and nobody but their author can ask for them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.errors import BadRequest, DraftsChanged
from enablement_ext.core.review.anchors import PortedAnchor
from enablement_ext.core.review.discussion.drafts import (
    RESOLUTIONS,
    Draft,
    DraftKind,
    DraftRef,
    DraftStanding,
    named,
    require_room,
    resolution_of,
    standing,
)
from enablement_ext.core.review.discussion.suggestions import Suggestion, require_replaced, require_source
from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Anchor, Principal, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.service.use_cases.discussion.suggestions import refuse_new_secrets
from enablement_ext.service.use_cases.review_context import ReviewContext, refuse_secrets, visible_submission
from enablement_ext.service.use_cases.threads import places

_IDS = 2**48  # of drafts: a number of at most 15 digits, which every program keeps exactly


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What somebody wrote: at a place of a version, or to a thread. A resolution has no text, a suggestion may have none."""

    version: int
    kind: DraftKind
    anchor: Anchor | None = None
    thread: int | None = None
    text: str = ""
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class PlacedDraft:
    """A draft, how it stands to what happened since, and where it stands in the asked version (None: at a thread)."""

    draft: Draft
    standing: DraftStanding
    placed: PortedAnchor | None


def own_drafts(
    context: ReviewContext, principal: Principal, number: int, at_version: int | None = None
) -> list[PlacedDraft]:
    """The principal's drafts on a submission, in the order they were written. Raises `NotFound`."""
    with context.store.read() as reader:
        submission = visible_submission(reader, principal, number)
        asked = reader.version(number, at_version or submission.latest)
        drafts = reader.drafts(principal.name, number)
        threads = {thread.id: thread for thread in reader.threads(number)} if drafts else {}
        versions = {version.number: version for version in reader.versions(number)} if drafts else {}
    anchored = [(draft.version, draft.anchor) for draft in drafts if draft.anchor is not None]
    placed = iter(places(context, anchored, asked, versions))
    return [
        PlacedDraft(draft, standing(draft, submission, threads), None if draft.anchor is None else next(placed))
        for draft in drafts
    ]


def add_draft(context: ReviewContext, principal: Principal, number: int, new: NewDraft) -> Draft:
    """Keep it. A resolution that is drafted already is that one.

    Raises `NotFound`, `Forbidden`, `IllegalAction`, `Unprocessable` for a place that is not there, `SecretFound`, `TooManyDrafts`, `Conflict`.
    """
    refuse_secrets(context, {"your comment": new.text})
    _require_suggestion(context, new.suggestion)
    with context.store.read() as reader:
        _require(principal, visible_submission(reader, principal, number))
        version = reader.version(number, new.version)
    anchor = new.anchor
    if anchor is not None:
        notebook = context.notebooks(version.notebook.sha256) if anchor.cell is not None else b""
        anchor = context.check_anchor(anchor, notebook)
        if new.suggestion is not None:
            require_replaced(new.suggestion.replaces, anchor.source_sha256)
    draft = Draft(
        id=1 + secrets.randbelow(_IDS - 1),
        by=principal.name,
        submission=number,
        version=new.version,
        kind=new.kind,
        anchor=anchor,
        thread=new.thread,
        text=new.text,
        changed_at=context.clock.now(),
        suggestion=new.suggestion,
    )
    with context.store.write() as transaction:
        _require(principal, visible_submission(transaction, principal, number))
        return _added(transaction, draft)


def edit_draft(
    context: ReviewContext, principal: Principal, seen: DraftRef, text: str, source: str | None = None
) -> Draft:
    """Write it anew; of a suggestion also its source, None: that stays.

    Raises `NotFound`, also for somebody else's, `DraftsChanged` where it was edited elsewhere, `SecretFound`, `BadRequest`, `Unprocessable`.
    """
    refuse_secrets(context, {"your comment": text})
    with context.store.write() as transaction:
        before = transaction.draft(principal.name, seen.id)
        visible_submission(transaction, principal, before.submission)
        if before.stamp != seen.stamp:
            raise DraftsChanged
        if before.kind in RESOLUTIONS:
            raise BadRequest("Resolving a thread has no text.", facts={"field": "text"})
        changed = replace(before, text=text, suggestion=_edited(context, before, text, source))
        if changed == before:
            return before
        return transaction.replace_draft(seen.stamp, replace(changed, changed_at=context.clock.now()))


def discard_drafts(context: ReviewContext, principal: Principal, number: int, refs: Sequence[DraftRef]) -> None:
    """Throw these away, all or none. What is gone already is passed over.

    Raises `NotFound`, `DraftsChanged` where one says something else by now, so that nothing is thrown away unread.
    """
    with context.store.write() as transaction:
        visible_submission(transaction, principal, number)
        drafts = transaction.drafts(principal.name, number)
        there = {draft.id for draft in drafts}
        found = named(drafts, [ref for ref in refs if ref.id in there])
        transaction.discard_drafts(principal.name, [draft.id for draft in found])


def _edited(context: ReviewContext, before: Draft, text: str, source: str | None) -> Suggestion | None:
    """The suggestion with this source. Raises as `edit_draft`."""
    suggestion = before.suggestion
    if suggestion is None:
        if source is not None or not text:
            raise BadRequest("This draft is a comment: it has a text and no source.", facts={"field": "source"})
        return None
    changed = suggestion if source is None else replace(suggestion, source=source)
    _require_suggestion(context, changed)
    return changed


def _require_suggestion(context: ReviewContext, suggestion: Suggestion | None) -> None:
    if suggestion is not None:
        require_source(suggestion.source, suggestion.replaces)
        refuse_new_secrets(context, suggestion)


def _added(transaction: ReviewTransaction, draft: Draft) -> Draft:
    drafts = transaction.drafts(draft.by, draft.submission)
    if draft.thread is not None and draft.kind in RESOLUTIONS:
        same = resolution_of(drafts, draft.thread, draft.kind)
        if same is not None:
            return same
    require_room(drafts, transaction.count_drafts(draft.by))
    return transaction.add_draft(draft)


def _require(principal: Principal, submission: Submission) -> None:
    step(submission.state, Action.COMMENT, relation(principal, submission))
