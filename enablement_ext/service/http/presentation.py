"""JSON of what use cases return, and of the values that their errors carry. (Models alone: `web.serializers`.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from enablement_ext.core.access.confirmations import Confirmation
from enablement_ext.core.review.discussion.drafts import Draft
from enablement_ext.core.review.models import Event
from enablement_ext.service.context import PublicUrls
from enablement_ext.service.use_cases.discussion.comments import CommentHistory
from enablement_ext.service.use_cases.discussion.drafts import PlacedDraft
from enablement_ext.service.use_cases.queries import SubmissionDetail
from enablement_ext.service.use_cases.review_context import SubmissionView
from enablement_ext.service.use_cases.threads import PlacedThread
from enablement_ext.web.problem import Problem
from enablement_ext.web.serializers import (
    Json,
    decision_json,
    draft_json,
    event_json,
    placed_json,
    requirement_json,
    submission_json,
    thread_json,
    time_json,
    version_json,
)
from enablement_ext.web.suggestion_json import source_json, suggestion_json


def view_json(view: SubmissionView) -> Json:
    """The contract's `Submission`."""
    return submission_json(view.submission, view.waiting, view.actions)


def detail_json(detail: SubmissionDetail) -> Json:
    """The contract's `SubmissionDetail`."""
    return {
        **view_json(detail.view),
        "versions": [version_json(version) for version in detail.versions],
        "decisions": [decision_json(decision) for decision in detail.decisions],
        "requirements": [requirement_json(requirement) for requirement in detail.requirements],
    }


def placed_thread_json(placed: PlacedThread) -> Json:
    """The contract's `Thread`, where it stands in the asked version."""
    anchor = placed.placed
    place = placed_json(anchor.state.value, anchor.cell, anchor.lines, anchor.output)
    return {**thread_json(placed.thread, place), "suggestion": suggestion_json(placed.thread, anchor.state)}


def own_draft_json(draft: Draft) -> Json:
    """The contract's `Draft`."""
    return {**draft_json(draft), "suggestion": source_json(draft.suggestion)}


def placed_draft_json(placed: PlacedDraft) -> Json:
    """The contract's `PlacedDraft`: with where it stands in the asked version, and to what happened since."""
    anchor = placed.placed
    place = None if anchor is None else placed_json(anchor.state.value, anchor.cell, anchor.lines, anchor.output)
    return {**own_draft_json(placed.draft), "standing": placed.standing.value, "placed": place}


def comment_history_json(history: CommentHistory) -> Json:
    """The contract's `CommentHistory`."""
    texts = [
        {"revision": each.revision, "text": each.text, "at": time_json(each.at), "deleted": each.deleted}
        for each in history.texts
    ]
    return {"author": history.author, "texts": texts}


def told_event_json(urls: PublicUrls, event: Event, confirmed: Mapping[int, Confirmation]) -> Json:
    """The contract's `Event`; to who confirmed it, with where it came from and where to say that it was not them."""
    one = confirmed.get(event.seq)
    if one is None:
        return {**event_json(event), "confirmed": None}
    told = {
        "address": one.client.address,
        "browser": one.client.browser,
        "url": urls.on_pages(f"{urls.prefix}confirmations/{one.number}"),
        "disputed": one.disputed_at is not None,
    }
    return {**event_json(event), "confirmed": told}


def with_json_facts(problem: Problem) -> Problem:
    """The problem with its facts in JSON: a conflict carries the present state of the submission as a value."""
    facts = {
        name: view_json(fact) if isinstance(fact, SubmissionView) else fact for name, fact in problem.facts.items()
    }
    return replace(problem, facts=facts)
