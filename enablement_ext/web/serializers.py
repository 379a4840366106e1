"""Models to JSON: one plain function per schema of the contract. (The other way is `web.validation`.)

Written out by hand because a page of the queue is 50 of these: `dataclasses.asdict` took ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.review.discussion.drafts import Draft
from enablement_ext.core.review.models import (
    Anchor,
    Answers,
    Attention,
    CheckRecord,
    Claim,
    Comment,
    Decision,
    Event,
    FileEntry,
    GitFacts,
    ImageRef,
    Receipt,
    Requirement,
    Submission,
    Thread,
    Version,
)
from enablement_ext.core.review.queue import Counters
from enablement_ext.core.review.version_changes import fall_of, fall_sentence
from enablement_ext.core.secrets.statements import NotSecret
from enablement_ext.core.submission.bundle import BundleLimits

Json = dict[str, Any]


@lru_cache(maxsize=16_384)
def time_json(at: datetime) -> str:
    """RFC 3339 with an offset. Remembered: pages show the same times again and again, and times were half the cost of a page."""
    return at.isoformat()


def image_json(image: ImageRef) -> Json:
    return {"slug": image.slug, "release": image.release, "digest": image.digest, "python": image.python}


def claim_json(claim: Claim | None) -> Json | None:
    if claim is None:
        return None
    return {"by": claim.by, "since": time_json(claim.since), "expires_at": time_json(claim.expires_at)}


def attention_json(attention: Attention) -> Json:
    return {"who": attention.who, "since": time_json(attention.since)}


def submission_json(submission: Submission, waiting: bool, actions: Iterable[str]) -> Json:
    """A submission as a viewer sees it: `waiting` on them or not, and what they can do now."""
    attention = submission.attention
    first = (attention[0] if len(attention) == 1 else min(attention, key=_by_seq)) if attention else None
    return {
        "number": submission.number,
        "author": submission.author,
        "title": submission.title,
        "state": submission.state.value,
        "stage": submission.stage and submission.stage.value,
        "handed_over": submission.handed_over and submission.handed_over.value,
        "notebook_path": submission.notebook_path,
        "image": image_json(submission.image),
        "latest": submission.latest,
        "content_id": submission.content_id,
        "created_at": time_json(submission.created_at),
        "updated_at": time_json(submission.updated_at),
        "stamp": submission.stamp,
        "claim": claim_json(submission.claim),
        "attention": [attention_json(item) for item in attention],
        "waiting_on_me": waiting,
        "waiting_since": None if first is None else time_json(first.since),
        "open_threads": submission.open_threads,
        "actions": list(actions),
    }


def file_json(entry: FileEntry) -> Json:
    return {"path": entry.path, "sha256": entry.sha256, "size": entry.size, "role": entry.role.value}


def git_json(git: GitFacts | None) -> Json | None:
    if git is None:
        return None
    return {"commit": git.commit, "branch": git.branch, "remote": git.remote, "dirty": git.dirty}


def answers_json(answers: Answers) -> Json:
    return {
        "title": answers.title,
        "problem": answers.problem,
        "value": answers.value,
        "expected": answers.expected,
        "stage": answers.stage and answers.stage.value,
        "handed_over": answers.handed_over and answers.handed_over.value,
        "data_used": answers.data_used,
        "reviewers": list(answers.reviewers),
        "checklist": None if answers.checklist is None else list(answers.checklist),
    }


def not_secret_json(said: NotSecret) -> Json:
    return {"where": said.where, "rule": said.rule, "line": said.line, "reason": said.reason}


def version_json(version: Version) -> Json:
    return {
        "number": version.number,
        "content_id": version.content_id,
        "notebook": file_json(version.notebook),
        "files": [file_json(entry) for entry in version.files],
        "image": image_json(version.image),
        "answers": answers_json(version.answers),
        "answers_recorded": version.answers.recorded,
        "not_secrets": [not_secret_json(each) for each in version.answers.not_secrets],
        "git": git_json(version.git),
        "changes": [kind.value for kind in version.changes],
        "sent_at": time_json(version.sent_at),
        "sent_by": version.sent_by,
    }


def check_record_json(record: CheckRecord | None) -> Json:
    if record is None:
        return {"checked": False, "policy": "", "findings": [], "taken_out": []}
    findings, taken_out = map(list, (record.findings, record.taken_out))
    return {"checked": True, "policy": record.policy, "findings": findings, "taken_out": taken_out}


def decision_json(decision: Decision) -> Json:
    return {
        "version": decision.version,
        "content_id": decision.content_id,
        "track": decision.track,
        "verdict": decision.verdict.value,
        "by": decision.by,
        "reason": decision.reason,
        "at": time_json(decision.at),
        "fallen_because": None if decision.fallen_because is None else fall_sentence(decision.fallen_because),
        "fallen": None if decision.fallen_because is None else fall_json(decision.fallen_because),
        "held_since": None if decision.held_since is None else time_json(decision.held_since),
    }


def fall_json(stored: str) -> Json | None:
    """Why a decision no longer counts; None where an earlier version stored a sentence."""
    fall = fall_of(stored)
    if fall is None:
        return None
    return {"reason": fall.reason.value, "changes": [kind.value for kind in fall.changes], "version": fall.version}


def requirement_json(requirement: Requirement) -> Json:
    return {
        "key": requirement.key,
        "kind": requirement.kind.value,
        "state": requirement.state.value,
        "facts": dict(requirement.facts),
    }


def send_limits_json(body_bytes: int, bundle: BundleLimits) -> Json:
    notebook = min(NotebookLimits().size, bundle.file_bytes)
    return {
        "body_bytes": body_bytes,
        "notebook_bytes": notebook,
        "files": bundle.files,
        "file_bytes": bundle.file_bytes,
        "files_bytes": bundle.total_bytes,
    }


def receipt_json(receipt: Receipt) -> Json:
    return {
        "submission": receipt.submission,
        "version": receipt.version,
        "content_id": receipt.content_id,
        "notebook_sha256": receipt.notebook_sha256,
        "received_at": time_json(receipt.received_at),
        "title": receipt.title,
    }


def comment_json(comment: Comment) -> Json:
    return {
        "id": comment.id,
        "author": comment.author,
        "text": comment.text,
        "at": time_json(comment.at),
        "revision": comment.revision,
        "changed_at": None if comment.changed_at is None else time_json(comment.changed_at),
        "deleted": comment.deleted,
    }


def thread_json(thread: Thread, placed: Json) -> Json:
    """A thread and where it stands in the asked version."""
    anchor = thread.anchor
    return {
        "id": thread.id,
        "submission": thread.submission,
        "version": thread.version,
        "anchor": _anchor_json(anchor),
        "quote": anchor.quote,
        "placed": placed,
        "resolved_by": thread.resolved_by,
        "resolved_at": None if thread.resolved_at is None else time_json(thread.resolved_at),
        "comments": [comment_json(comment) for comment in thread.comments],
    }


def draft_json(draft: Draft) -> Json:
    """A draft, to its author."""
    return {
        "id": draft.id,
        "stamp": draft.stamp,
        "version": draft.version,
        "kind": draft.kind.value,
        "anchor": None if draft.anchor is None else _anchor_json(draft.anchor),
        "quote": "" if draft.anchor is None else draft.anchor.quote,
        "thread": draft.thread,
        "text": draft.text,
        "changed_at": time_json(draft.changed_at),
    }


def _anchor_json(anchor: Anchor) -> Json:
    return {"cell": anchor.cell, "lines": _pair(anchor.lines), "output": anchor.output}


def placed_json(state: str, cell: str | None, lines: tuple[int, int] | None, output: int | None) -> Json:
    return {"state": state, "cell": cell, "lines": _pair(lines), "output": output}


def event_json(event: Event) -> Json:
    return {
        "seq": event.seq,
        "at": time_json(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "submission": event.submission,
        "version": event.version,
        "data": dict(event.data),
    }


def counters_json(counters: Counters) -> Json:
    return {"waiting": counters.waiting, "unclaimed": counters.unclaimed, "claimed": counters.claimed}


def _pair(lines: tuple[int, int] | None) -> list[int] | None:
    return None if lines is None else [lines[0], lines[1]]


def _by_seq(attention: Attention) -> int:
    return attention.since_seq
