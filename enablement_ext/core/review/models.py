"""The values of the main job. All are frozen; a change is a new value (`dataclasses.replace`).

Times are aware `datetime`s in UTC. Hashes are lower-case hex SHA-256. Sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from enablement_ext.core.access.people import Account
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.secrets.statements import NotSecret


class State(StrEnum):
    """Where a submission stands (design: the life of a submission)."""

    SUBMITTED = "submitted"  # in the queue, nobody is on it
    IN_REVIEW = "in_review"  # claimed
    CHANGES_REQUESTED = "changes_requested"  # the author is to act
    APPROVED = "approved"  # all requirements satisfied for its latest version
    HANDED_OFF = "handed_off"  # delivered to engineering's repository
    IN_PRODUCTION = "in_production"  # engineering reported runs
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"  # by its author; kept
    REJECTED = "rejected"  # by a reviewer; kept


class Stage(StrEnum):
    """The five project stages both sides plan by."""

    EXPLORATION = "exploration"
    ACTIVE_RESEARCH = "active_research"
    MODEL_DEVELOPMENT = "model_development"
    PRODUCTION = "production"
    LAUNCH_AND_MAINTENANCE = "launch_and_maintenance"


class HandedOver(StrEnum):
    """What the author says is handed over."""

    PROTOTYPE = "prototype"
    PRODUCTION_READY = "production_ready"


class Verdict(StrEnum):
    """What a decision says."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class ChangeKind(StrEnum):
    """What differs between two versions."""

    METADATA = "metadata"
    OUTPUTS = "outputs"
    MARKDOWN = "markdown"
    CODE = "code"
    FILES = "files"
    ENVIRONMENT = "environment"
    UNKNOWN = "unknown"  # the stored notebook of the version before is lost, so that nobody can tell


class Ported(StrEnum):
    """What became of a thread's place in a later version."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    DELETED = "deleted"
    UNKNOWN = "unknown"  # the stored notebook that it was made on is lost


class RequirementKind(StrEnum):
    """What a gate asks for."""

    TRACK = "track"  # approvals of one group of reviewers
    THREADS = "threads"  # that no thread is open
    RERUN = "rerun"  # how the version came out when it was run again
    CHECK = "check"  # that a check found nothing


class RequirementState(StrEnum):
    """The state of a gate."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    OVERRIDDEN = "overridden"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"


class FileRole(StrEnum):
    """Why a file is in a version."""

    NOTEBOOK = "notebook"
    MODULE = "module"
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as the hub says: never taken from a request body.

    `name` is the person's identifier (`core.access.people`), which outlives a change of the account's name; what the hub's own API is asked
    about is `account`. `heir_of`: whose work was handed over to them. From a `HubDirectory` of the hub itself, `name` is the account's name.
    `server` is the name of the user's server the token belongs to ("" is the default server), None where the token is
    not a server's. `browser` is true only for the service's own OAuth session.
    """

    name: str
    groups: frozenset[str]
    scopes: frozenset[str]  # our custom scopes, without the "custom:enablement:" prefix
    server: str | None = None
    browser: bool = False
    account: Account | None = None
    heir_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImageRef:
    """The image release a version was made in, as the hub's spawner recorded it."""

    slug: str
    release: str
    digest: str
    python: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a version. `path` is relative, POSIX, NFC."""

    path: str
    sha256: str
    size: int
    role: FileRole


@dataclass(frozen=True, slots=True)
class GitFacts:
    """What the author's server says of its repository: claimed, not verified."""

    commit: str
    branch: str
    remote: str
    dirty: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What the author wrote in the send dialog. None: that question was not answered.

    `recorded` is false for a version that was stored before an answer could be told from none: what is None there may have been said.
    `not_secrets`: what was found in this version's content and is none, as the author says.
    """

    title: str
    problem: str = ""
    value: str = ""
    expected: str = ""
    stage: Stage | None = None
    handed_over: HandedOver | None = None
    data_used: str = ""
    reviewers: tuple[str, ...] = ()
    checklist: tuple[str, ...] | None = None  # the keys of the items that were ticked
    recorded: bool = True
    not_secrets: tuple[NotSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable snapshot of a submission, numbered from 1."""

    submission: int
    number: int
    content_id: str
    notebook: FileEntry
    files: tuple[FileEntry, ...]  # without the notebook
    image: ImageRef
    answers: Answers
    git: GitFacts | None
    changes: tuple[ChangeKind, ...]  # against the version before; empty for the first and for an identical one
    sent_at: datetime
    sent_by: str


@dataclass(frozen=True, slots=True)
class CheckOverride:
    """Why an author sends it all the same: the code of a finding, its cell (from 1, None: the notebook as a whole) and a reason."""

    check: str
    cell: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """What checks found in a version when it arrived, by the rules of then (`policy`, "" for none of one's own), and what was taken out of its outputs.

    Findings and values that were taken out are JSON objects of the contract, kept as they were told. `made`: the checks by name; none for a version
    that arrived before this was kept.
    """

    policy: str
    findings: tuple[Mapping[str, object], ...]
    taken_out: tuple[Mapping[str, object], ...] = ()
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased "I am on it"."""

    by: str
    since: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attention:
    """Whose turn it is, and since when. `who` is "user:NAME" or "track:NAME"; `since_seq` orders."""

    who: str
    since: datetime
    since_seq: int


@dataclass(frozen=True, slots=True)
class Submission:
    """What an author sent, as it stands now. `stamp` changes with every change (compare-and-swap)."""

    number: int
    author: str
    title: str
    state: State
    stage: Stage | None
    handed_over: HandedOver | None
    notebook_path: str
    image: ImageRef
    latest: int  # number of the latest version
    content_id: str  # of the latest version
    created_at: datetime
    updated_at: datetime
    updated_seq: int
    stamp: int = 1
    claim: Claim | None = None
    attention: tuple[Attention, ...] = ()
    open_threads: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a thread stands in one version. `cell` None: on the submission as a whole.

    `lines` is a 1-based inclusive range in the cell's source; `output` an index into its outputs; at most one is set.
    `source_sha256` is the hash of the cell's source when the thread was made, `quote` the lines themselves.
    """

    cell: str | None = None
    source_sha256: str = ""
    lines: tuple[int, int] | None = None
    output: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark in a thread, as it reads now. Text is plain; it is shown as text.

    `revision` counts its author's changes, the last at `changed_at`; of a deleted one the text is "".
    """

    id: int
    author: str
    text: str
    at: datetime
    revision: int = 0
    changed_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """Discussion anchored to a cell of the version it was made on, from another source for that cell where it has a `suggestion`."""

    id: int
    submission: int
    version: int
    anchor: Anchor
    resolved_by: str | None
    resolved_at: datetime | None
    comments: tuple[Comment, ...]
    suggestion: Suggestion | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether its maker took a suggestion back, by deleting the comment that it came with."""
        return self.suggestion is not None and self.comments[0].deleted


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict of one reviewer on one track, bound to a content id."""

    id: int
    submission: int
    version: int
    content_id: str
    track: str
    verdict: Verdict
    by: str
    reason: str
    at: datetime
    fallen_because: str | None = (
        None  # why it no longer counts, as a code (`version_changes.fall_of`); None while it does
    )
    held_since: datetime | None = (
        None  # since when its maker says it was not them; it does not count until that is settled
    )


@dataclass(frozen=True, slots=True)
class Requirement:
    """A gate with a state. `facts` are JSON values: those of a track (track, needed, approved_by, against, held), of threads (open, blocks), or of
    what is known of the version (`core.review.evidence.judging`)."""

    key: str
    kind: RequirementKind
    state: RequirementState
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The version is durable. Only with this may a user interface say "sent"."""

    submission: int
    version: int
    content_id: str
    notebook_sha256: str
    received_at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only audit log. `hash` covers every other field and `previous`."""

    seq: int
    at: datetime
    actor: str
    kind: str
    submission: int | None
    version: int | None
    data: Mapping[str, object] = field(default_factory=dict)
    previous: str = ""
    hash: str = ""
