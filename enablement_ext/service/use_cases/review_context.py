"""What use cases about submissions work with: ports and policy, transactions that repeat after a race, optimistic locking by revision stamp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import Conflict, SecretFound, StaleStamp
from enablement_ext.core.notebook.extraction import ExtractedText
from enablement_ext.core.review.anchors import PortedAnchor, checked, place_all
from enablement_ext.core.review.attention import administrators, turn, user
from enablement_ext.core.review.discussion.applying import holding
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.lifecycle import Action
from enablement_ext.core.review.models import Anchor, Attention, ChangeKind, Event, Principal, Submission
from enablement_ext.core.review.notifications.derivation import derived
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.permissions import actions, require_sight
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.ports import (
    ArtifactStore,
    Clock,
    NewEvent,
    ReviewReader,
    ReviewStore,
    ReviewTransaction,
)
from enablement_ext.core.review.queue import turns
from enablement_ext.core.review.search.documents import Passage, notebook_passages
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.core.runs.models import RunLimits
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.scan import SecretFinding, find_secrets
from enablement_ext.core.submission.bundle import DEFAULT_LIMITS, BundleLimits
from enablement_ext.service.use_cases.arrival.checks import ArrivalChecks

Result = TypeVar("Result")
Notebooks = Callable[[str], bytes]  # the canonical notebook with this SHA-256

SMALL_BYTES = 128 * 1024
_TRIES = 5


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """The ports and the policy. `announce` is called after each commit that appended an event; `notebooks` reads through a cache.

    `prefilter` is what the search for secrets asks first.

    Files of at most `small_bytes` are kept by the transaction that names them, larger ones in `artifacts`, which finds both.
    `compare` says what changed between two versions, `check_anchor` and `place` where threads stand (`core.review.anchors`), `holding`
    which suggestions a notebook holds, `checks` what is asked about a bundle before it is stored. `reruns`: whether what arrives is run again
    here, within `run_limits`. `passages`: the texts of a notebook that can be found. `notifications`: how people are told of their turns,
    None where they are not.
    """

    store: ReviewStore
    artifacts: ArtifactStore
    notebooks: Notebooks
    clock: Clock
    policy: Policy
    announce: Callable[[], None] = lambda: None
    small_bytes: int = SMALL_BYTES
    bundle_limits: BundleLimits = DEFAULT_LIMITS
    compare: Callable[[VersionContent, VersionContent], tuple[ChangeKind, ...]] = changes
    check_anchor: Callable[[Anchor, bytes], Anchor] = checked
    place: Callable[[Sequence[Anchor], bytes, bytes], list[PortedAnchor]] = place_all
    holding: Callable[[Sequence[tuple[str, Suggestion]], bytes, bytes], list[bool]] = holding
    prefilter: Prefilter = field(default_factory=LiteralPrefilter)
    checks: ArrivalChecks = field(default_factory=ArrivalChecks)
    reruns: bool = False
    notifications: NotificationRules | None = None
    passages: Callable[[bytes], list[Passage]] = notebook_passages
    run_limits: RunLimits = field(default_factory=RunLimits)


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to append: who did what, on which version, with which facts (JSON values, nothing secret)."""

    actor: str
    kind: str
    version: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


def commit(context: ReviewContext, work: Callable[[ReviewTransaction], Result]) -> Result:
    """Run `work` in one transaction and announce it.

    A race that the store noticed (a stale stamp that `work` did not see itself) runs it again on what is there now: it then either
    fits or says so with the present state. Raises what `work` and the store raise.
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            with context.store.write() as transaction:
                result = work(transaction)
        except StaleStamp as stale:
            if "submission" in stale.facts or not left:
                raise
            continue
        context.announce()
        return result
    raise StaleStamp


def visible_submission(reader: ReviewReader, principal: Principal, number: int) -> Submission:
    """The submission where the principal may see it. Raises `NotFound` otherwise, whether it exists or not."""
    submission = reader.submission(number)
    require_sight(principal, submission)
    return submission


def require_current_stamp(context: ReviewContext, principal: Principal, submission: Submission, stamp: int) -> None:
    """Raises `StaleStamp` with the present state where the caller saw another one."""
    if submission.stamp != stamp:
        with with_current_state(context, principal, submission):
            raise StaleStamp


@contextmanager
def with_current_state(context: ReviewContext, principal: Principal, submission: Submission) -> Iterator[None]:
    """A conflict that is noticed in the block carries the present state: fact `submission`, a `SubmissionView`."""
    try:
        yield
    except Conflict as conflict:
        conflict.facts.setdefault("submission", viewer(context, principal).view(submission))
        raise


def record_change(
    transaction: ReviewTransaction,
    before: Submission,
    draft: EventDraft,
    edit: Callable[[Event], Submission],
    context: ReviewContext,
) -> Submission:
    """Append the event and store the submission `edit` makes for it; raises `StaleStamp` where it changed meanwhile."""
    event = transaction.append_event(
        NewEvent(
            at=context.clock.now(),
            actor=draft.actor,
            kind=draft.kind,
            submission=before.number,
            version=draft.version or before.latest,
            data=tuple(draft.data.items()),
        )
    )
    after = replace(edit(event), updated_at=event.at, updated_seq=event.seq)
    stored = transaction.replace_submission(before.stamp, after)
    queue_notifications(context, transaction, (before, stored), event)
    return stored


def queue_notifications(
    context: ReviewContext, transaction: ReviewTransaction, change: tuple[Submission | None, Submission], event: Event
) -> None:
    """Queue what this event tells, in its transaction. `change`: the submission before it (None: there was none) and after it."""
    if context.notifications is not None:
        transaction.add_outbox(derived(*change, event, context.notifications.norm))


def attention_after(
    before: Submission, who: frozenset[str], event: Event, *, settled: bool = False
) -> tuple[Attention, ...]:
    """The attention after the turn went to exactly these. Administrators keep theirs, whatever happens, until what is on hold is `settled`."""
    held = frozenset(entry.who for entry in before.attention) & administrators()
    return turn(before.attention, who if settled else who | held, event.at, event.seq)


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as one viewer sees it: `waiting` on them or not, and what they can do with it now."""

    submission: Submission
    waiting: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at submissions, with what is the same for all of them. `turns` are the attention names that mean them."""

    principal: Principal
    policy: Policy
    now: datetime
    tracks: frozenset[str]
    turns: frozenset[str]
    own: frozenset[str]  # the same on their own submissions: a track never waits on the author

    def waits(self, submission: Submission) -> bool:
        """True where an entry of its attention means this viewer; a track never waits on the author."""
        names = self.own if submission.author == self.principal.name else self.turns
        return any(entry.who in names for entry in submission.attention)

    def actions(self, submission: Submission) -> tuple[Action, ...]:
        """What they can do with it now."""
        return actions(self.principal, submission, self.policy, self.now)

    def view(self, submission: Submission) -> SubmissionView:
        """The submission as they see it."""
        return SubmissionView(submission, self.waits(submission), self.actions(submission))


def viewer(context: ReviewContext, principal: Principal) -> Viewer:
    """The principal as a viewer, now."""
    tracks = context.policy.reviewed_by(principal)
    waits = context.policy.turns_of(principal)
    names = frozenset(turns(principal.name, waits)) if waits else frozenset[str]()
    return Viewer(principal, context.policy, context.clock.now(), tracks, names, frozenset({user(principal.name)}))


def looks_after_platform(principal: Principal) -> bool:
    """Whether it administers: by its scope, or as a member of the platform group (`PlatformGroup` recognises them)."""
    return "admin" in principal.scopes or PLATFORM in principal.groups


def refuse_secrets(context: ReviewContext, written: Mapping[str, str]) -> None:
    """Raises `SecretFound` where one of the texts, each under the place that a finding names it by, holds what looks like a secret."""
    raise_for(find_secrets(written_texts(written.items()), context.prefilter))


def written_texts(written: Iterable[tuple[str, str]]) -> Iterable[ExtractedText]:
    """Texts that people wrote, by place."""
    return (ExtractedText(place, text) for place, text in written)


def name_text(name: str) -> str:
    """A path or an address as a text: by itself, and each of its parts on a line, because a slash is a letter of many secrets."""
    return name if "/" not in name else "\n".join((name, *name.split("/")))


def raise_for(findings: Sequence[SecretFinding]) -> None:
    """Raises `SecretFound` that says where, and what kind of secret it looks like; never the value."""
    if findings:
        raise SecretFound(facts={"findings": [finding_facts(finding) for finding in findings]})


def finding_facts(finding: SecretFinding) -> dict[str, object]:
    """What an error says of a finding."""
    return {"where": finding.where, "rule": finding.rule, "line": finding.line, "hint": finding.hint}
