"""Decisions: one verdict of one reviewer on one track, bound to the content id that was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import ConfirmedKind, NewConfirmation, Subject
from enablement_ext.core.access.decision_origin import Risk, risk_facts
from enablement_ext.core.errors import (
    BadRequest,
    ContentChanged,
    DecisionHeld,
    DraftsChanged,
    Forbidden,
    OwnSubmission,
    RequirementsOpen,
    StaleStamp,
)
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.discussion.drafts import Draft, digest, plan
from enablement_ext.core.review.evidence.judging import Evidence, evidence_digest
from enablement_ext.core.review.evidence.overrides import Override, OverrideWish, wished
from enablement_ext.core.review.evidence.sentences import evidence_sentence
from enablement_ext.core.review.lifecycle import TRANSITIONS, Action, Who, step
from enablement_ext.core.review.models import (
    Decision,
    Event,
    Principal,
    Requirement,
    RequirementKind,
    RequirementState,
    State,
    Submission,
    Thread,
    Verdict,
    Version,
)
from enablement_ext.core.review.ports import NewDecision, ReviewTransaction
from enablement_ext.core.review.requirements import THREADS, open_evidence, open_gates
from enablement_ext.core.text.cleaning import is_visible
from enablement_ext.service.use_cases.differences.pairs import VersionPair, decided_pair
from enablement_ext.service.use_cases.discussion.publish import Publication, write_into_threads
from enablement_ext.service.use_cases.evidence.gates import gates_of
from enablement_ext.service.use_cases.evidence.overriding import append_overrides
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    refuse_secrets,
    visible_submission,
)

ACTIONS = {
    Verdict.APPROVE: Action.APPROVE,
    Verdict.REQUEST_CHANGES: Action.REQUEST_CHANGES,
    Verdict.REJECT: Action.REJECT,
}
KINDS = {Verdict.APPROVE: "approved", Verdict.REQUEST_CHANGES: "changes_requested", Verdict.REJECT: "rejected"}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What the decision page shows. `decided` is the number of the newest decision; a ticket is bound to it.

    `since`: the latest version beside the one before it that was decided on last. `drafts` are the reviewer's own on this submission, which
    are published with the decision; `requirements` and `open_threads` are those after that. `evidence` is what is known of the version.
    """

    submission: Submission
    version: Version
    decisions: Sequence[Decision]
    requirements: Sequence[Requirement]
    tracks: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    decided: int
    drafts: Sequence[Draft]
    threads: Mapping[int, Thread]  # where there are drafts, so that one that answers can say what
    open_threads: int
    evidence: Evidence
    since: VersionPair | None = None

    @property
    def shown(self) -> str:
        """Names what the page says of checks and runs."""
        return evidence_digest(self.requirements, self.evidence)


@dataclass(frozen=True, slots=True)
class DecisionCommand:
    """What a reviewer decided. `groups` are theirs as the hub says now; `decided` is what was shown; `risks` were accepted for this hub.

    `client` is where it came from, which is told to the reviewer. `drafts` is the digest of the drafts that were shown, `shown` names what was
    said of checks and runs, `overrides` is what is to be overridden by an approval.
    """

    reviewer: str
    groups: frozenset[str]
    number: int
    content_id: str
    decided: int
    track: str
    verdict: Verdict
    reason: str
    client: Client
    drafts: str
    shown: str
    overrides: OverrideWish = field(default_factory=OverrideWish)
    risks: tuple[Risk, ...] = ()


def decision_view(context: ReviewContext, principal: Principal, number: int) -> DecisionView:
    """What there is to decide.

    Raises `NotFound`, `OwnSubmission`, `Forbidden` for a reviewer of no track, `IllegalAction`, `DecisionHeld`.
    """
    with context.store.read() as reader:
        submission = visible_submission(reader, principal, number)
        version = reader.version(number, submission.latest)
        decisions = reader.decisions(number)
        since = decided_pair(reader.versions(number), decisions, submission.latest)
        drafts = reader.drafts(principal.name, number)
        threads = {thread.id: thread for thread in reader.threads(number)} if drafts else {}
        left_open = plan(drafts, threads).open_threads(submission.open_threads)
        gates = gates_of(context, reader, submission, decisions, left_open)
    _require_other(principal.name, submission, version)
    _require_none_held(principal.name, decisions)
    tracks = _tracks(context, principal.groups)
    verdicts = tuple(verdict for verdict, action in ACTIONS.items() if _legal(submission.state, action))
    if not verdicts:
        step(submission.state, Action.APPROVE, Who.REVIEWER)  # says why
    return DecisionView(
        submission=submission,
        version=version,
        decisions=decisions,
        requirements=gates.requirements,
        tracks=tracks,
        verdicts=verdicts,
        decided=_newest(decisions),
        drafts=drafts,
        threads=threads,
        open_threads=left_open,
        evidence=gates.evidence,
        since=since,
    )


def decide(context: ReviewContext, command: DecisionCommand) -> Submission | None:
    """Store the decision, the reviewer's drafts as comments, and what follows from both: all of it or nothing.

    None where an approval rests on what the page said of checks and runs, and that is another by now: then nothing is stored.
    Raises `OwnSubmission`, `Forbidden`, `ContentChanged` where a newer version arrived, `StaleStamp` where another decision did,
    `DraftsChanged` where the drafts are not those that were shown, `RequirementsOpen`, `IllegalAction`, `DecisionHeld`, `BadRequest` without
    a reason where one is needed, `Forbidden` also for what the rules do not let be overridden, `SecretFound`.
    """
    if command.verdict is not Verdict.APPROVE and not is_visible(command.reason):
        raise BadRequest("Write down the reason: the author needs to know what to do.", facts={"field": "reason"})
    refuse_secrets(context, {"your reason": command.reason, **_reasons(command)})

    def work(transaction: ReviewTransaction) -> Submission | None:
        before = transaction.submission(command.number)
        _require_other(command.reviewer, before, transaction.version(before.number, before.latest))
        if command.track not in _tracks(context, command.groups):
            raise Forbidden("You do not review this track.", facts={"track": command.track})
        if before.content_id != command.content_id:
            raise ContentChanged(facts={"submission": before.number, "content_id": before.content_id})
        decisions = transaction.decisions(command.number)
        if _newest(decisions) != command.decided:
            raise StaleStamp(
                "Another decision was made since you opened this page. Look at it, then decide again.",
                facts={"submission": before.number},
            )
        _require_none_held(command.reviewer, decisions)
        following = step(before.state, ACTIONS[command.verdict], Who.REVIEWER)
        overrides = tuple[Override, ...]()
        if command.verdict is Verdict.APPROVE:
            gates = gates_of(context, transaction, before, decisions)
            if evidence_digest(gates.requirements, gates.evidence) != command.shown:
                return None
            overrides = wished(command.overrides, gates.requirements, command.reviewer, gates.case)
        published = _published(context, transaction, command)
        before = transaction.submission(command.number)
        made = transaction.add_decision(_new_decision(context, command, before))
        append_overrides(context, transaction, made, overrides)
        after = _store(context, transaction, _Deciding(before, following, (*decisions, made), published, command.risks))
        transaction.publish_drafts(command.reviewer, published.drafts, after.updated_seq)
        subject = Subject(submission=before.number, decision=made.id)
        transaction.add_confirmation(
            NewConfirmation(ConfirmedKind.DECISION, made.by, made.at, command.client, after.updated_seq, subject)
        )
        return after

    return commit(context, work)


def _reasons(command: DecisionCommand) -> dict[str, str]:
    return {f"your reason for “{key}”": reason for key, reason in command.overrides.reasons}


def _published(context: ReviewContext, transaction: ReviewTransaction, command: DecisionCommand) -> Publication:
    """The reviewer's drafts in the threads, where they are those that the page showed. Raises `DraftsChanged`."""
    drafts = transaction.drafts(command.reviewer, command.number)
    if digest(drafts) != command.drafts:
        raise DraftsChanged("Your drafts have changed since you opened this page. Look at them, then decide again.")
    return write_into_threads(context, transaction, command.number, drafts)


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A decision to be recorded: what it is about, the state it leads to, all decisions (this one is the last), what is published with it."""

    before: Submission
    following: State
    decisions: Sequence[Decision]
    published: Publication
    risks: tuple[Risk, ...]


def _store(context: ReviewContext, transaction: ReviewTransaction, deciding: _Deciding) -> Submission:
    before, made = deciding.before, deciding.decisions[-1]
    gates = gates_of(context, transaction, before, deciding.decisions).requirements
    waiting = open_gates(context.policy, gates) if made.verdict is Verdict.APPROVE else ()
    _refuse_open(waiting)
    final = not waiting

    def edit(event: Event) -> Submission:
        turns = _turns(before, made.verdict, gates, final)
        if deciding.published.remarked and not final:
            turns |= {user(before.author)}
        return replace(
            before,
            state=deciding.following if final else before.state,
            claim=None if final else before.claim,
            attention=attention_after(before, turns, event),
        )

    facts: dict[str, object] = {"decision": made.id, "track": made.track, "content_id": made.content_id}
    facts |= risk_facts(deciding.risks) | dict(deciding.published.facts)
    return record_change(
        transaction, before, EventDraft(made.by, KINDS[made.verdict], made.version, facts), edit, context
    )


def _turns(before: Submission, verdict: Verdict, gates: Sequence[Requirement], final: bool) -> frozenset[str]:
    """Changes wanted: the author's. Approved by one of several tracks: the others'. Ended or approved: nobody's."""
    if verdict is Verdict.REQUEST_CHANGES:
        return frozenset({user(before.author)})
    if final:
        return frozenset()
    tracks = (gate for gate in gates if gate.kind is RequirementKind.TRACK)
    return frozenset(gate.key for gate in tracks if gate.state is not RequirementState.SATISFIED)


def _refuse_open(waiting: Sequence[Requirement]) -> None:
    """Other tracks may be open when one approves; threads and what must be known of the version may not. Raises `RequirementsOpen`."""
    if any(gate.key == THREADS for gate in waiting):
        raise RequirementsOpen("Threads are open. Resolve them before you approve.", facts={"requirements": [THREADS]})
    open_ones = open_evidence(waiting)
    if open_ones:
        said = " ".join(map(evidence_sentence, open_ones))
        raise RequirementsOpen(
            f"This cannot be approved yet. {said}", facts={"requirements": [gate.key for gate in open_ones]}
        )


def _require_other(reviewer: str, submission: Submission, version: Version) -> None:
    """Whoever sent a version stays its sender when the submission was handed over. Raises `OwnSubmission`."""
    if reviewer in (submission.author, version.sent_by):
        raise OwnSubmission


def _require_none_held(reviewer: str, decisions: Sequence[Decision]) -> None:
    """Who said "this was not me" here decides again once that is settled. Raises `DecisionHeld`."""
    if any(each.by == reviewer and each.held_since is not None for each in decisions):
        raise DecisionHeld


def _tracks(context: ReviewContext, groups: frozenset[str]) -> tuple[str, ...]:
    tracks = tuple(sorted(context.policy.tracks_of(groups)))
    if not tracks:
        raise Forbidden("You review no track: ask your platform engineers for the reviewers' group.")
    return tracks


def _new_decision(context: ReviewContext, command: DecisionCommand, before: Submission) -> NewDecision:
    return NewDecision(
        submission=before.number,
        version=before.latest,
        content_id=command.content_id,
        track=command.track,
        verdict=command.verdict,
        by=command.reviewer,
        reason=command.reason,
        at=context.clock.now(),
    )


def _newest(decisions: Sequence[Decision]) -> int:
    return max((decision.id for decision in decisions), default=0)


def _legal(state: State, action: Action) -> bool:
    return (state, action, Who.REVIEWER) in TRANSITIONS
