"""Suggested edits: what may be suggested, rejecting one, and which of them a new version holds. Applying one is its author's own affair."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from enablement_ext.core.errors import ArtifactDamaged, Conflict, Forbidden
from enablement_ext.core.review.attention import after_remark
from enablement_ext.core.review.discussion.revisions import text_sha256
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.lifecycle import Action, Who, step
from enablement_ext.core.review.models import Event, Principal, Submission, Thread, Version
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.core.secrets.scan import find_secrets
from enablement_ext.service.use_cases.claims import renewed
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    raise_for,
    record_change,
    refuse_secrets,
    visible_submission,
    written_texts,
)
from enablement_ext.service.use_cases.threads import PlacedThread, placed_thread

log = logging.getLogger("enablement.review")
_PLACE = "the source you suggest"


def refuse_new_secrets(context: ReviewContext, suggestion: Suggestion) -> None:
    """Raises `SecretFound` for what looks like a secret in a line that the cell does not have already."""
    there = set(suggestion.replaces.splitlines())
    lines = suggestion.source.splitlines()
    findings = find_secrets(written_texts([(_PLACE, suggestion.source)]), context.prefilter)
    raise_for([each for each in findings if not 0 < each.line <= len(lines) or lines[each.line - 1] not in there])


def reject_suggestion(context: ReviewContext, principal: Principal, thread: int, reason: str) -> PlacedThread:
    """Say in the thread why it is not applied. Only the submission's author can; they can apply it by hand all the same.

    Raises `NotFound`, `Forbidden`, `IllegalAction`, `Conflict` where it was applied, rejected or withdrawn already, `SecretFound`.
    """
    refuse_secrets(context, {"your reason": reason})

    def work(transaction: ReviewTransaction) -> None:
        current = transaction.thread(thread)
        before = visible_submission(transaction, principal, current.submission)
        who = relation(principal, before)
        step(before.state, Action.COMMENT, who)
        if who is not Who.AUTHOR:
            raise Forbidden("Only the author of a submission rejects what is suggested for it.")
        _require_open(current)
        comment = transaction.add_comment(thread, principal.name, reason, context.clock.now())
        transaction.suggestion_rejected(thread, comment.id)

        def edit(event: Event) -> Submission:
            turns = after_remark(context.policy, before, principal.name)
            claim = renewed(context, before, principal.name)
            return replace(before, attention=attention_after(before, turns, event), claim=claim)

        told = {"thread": thread, "comment": comment.id, "sha256": text_sha256(reason)}
        record_change(transaction, before, EventDraft(principal.name, "suggestion_rejected", data=told), edit, context)

    commit(context, work)
    return placed_thread(context, principal, thread)


def held_suggestions(context: ReviewContext, number: int, notebook: bytes | memoryview) -> tuple[int, ...]:
    """The threads of a submission whose suggestions this canonical notebook holds and no version before did, by what its cells say."""
    with context.store.read() as reader:
        waiting = [thread for thread in reader.threads(number) if _may_be_applied(thread)]
        versions = {version.number: version for version in reader.versions(number)} if waiting else {}
    by_version: defaultdict[int, list[Thread]] = defaultdict(list)
    for thread in waiting:
        by_version[thread.version].append(thread)
    return tuple(
        thread
        for version, threads in by_version.items()
        for thread in _held(context, threads, versions[version], notebook)
    )


def note_applied(
    transaction: ReviewTransaction, threads: Sequence[int], before: Submission, version: Version
) -> tuple[Submission, tuple[int, ...]]:
    """These suggestions are applied in the version; a thread in which nobody said more is resolved with that. What was applied is returned."""
    applied: list[int] = []
    for number in threads:
        thread = transaction.thread(number)
        if not _may_be_applied(thread):
            continue  # another version was found to hold it, or it was withdrawn, while this one was looked through
        transaction.suggestion_applied(number, version.number)
        applied.append(number)
        if thread.resolved_by is None and len(thread.comments) == 1:
            transaction.set_resolved(number, version.sent_by, version.sent_at)
    return (transaction.submission(before.number) if applied else before), tuple(applied)


def _held(
    context: ReviewContext, threads: Sequence[Thread], made_on: Version, notebook: bytes | memoryview
) -> list[int]:
    """A version whose notebook is lost keeps nobody from sending the next one."""
    asked = [(thread.id, thread.anchor.cell or "", thread.suggestion) for thread in threads]
    suggested = [(cell, suggestion) for _, cell, suggestion in asked if suggestion is not None]
    try:
        held = context.holding(suggested, context.notebooks(made_on.notebook.sha256), bytes(notebook))
    except ArtifactDamaged:
        log.warning("the notebook of version %d of submission %d is lost", made_on.number, made_on.submission)
        return []
    return [thread for (thread, _, _), is_held in zip(asked, held, strict=True) if is_held]


def _may_be_applied(thread: Thread) -> bool:
    return thread.suggestion is not None and thread.suggestion.applied_in is None and not thread.withdrawn


def _require_open(thread: Thread) -> None:
    if thread.suggestion is None:
        raise Conflict("Nothing is suggested in this thread.")
    if thread.suggestion.applied_in is not None:
        raise Conflict(f"Version {thread.suggestion.applied_in} holds this suggestion already.")
    if thread.withdrawn:
        raise Conflict("This suggestion was withdrawn.")
    if thread.suggestion.rejected_in is not None:
        raise Conflict("This suggestion was rejected already.")
