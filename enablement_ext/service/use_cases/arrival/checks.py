"""What checks find in a submission when it arrives, by the rules of this hub: what blocks refuses it, all else is kept with the version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from enablement_ext.core.checks.judging import Rules, finding_json, judged
from enablement_ext.core.checks.models import (
    FRAME,
    Finding,
    FindingKind,
    JudgedFinding,
    NotebookSurroundings,
    ReleaseFacts,
    SentFile,
)
from enablement_ext.core.checks.policy import CheckPolicy, policy_json
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import OWN, findings_of, kinds_of
from enablement_ext.core.errors import CheckBlocks
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.review.models import CheckRecord, ImageRef
from enablement_ext.service.use_cases.ports import ArrivedBundle, ValidatedArrival

SECRETS = "secrets"  # `validate` looks for them in everything that arrives, and refuses
Findings = Callable[[], Sequence[Finding]]  # waits until all is found
Finder = Callable[[bytes | memoryview, NotebookSurroundings], AbstractContextManager[Findings]]


def without_secrets(checks: Sequence[NotebookCheck]) -> tuple[NotebookCheck, ...]:
    """The checks that are made of what was arrived."""
    return tuple(check for check in checks if check.name != SECRETS)


@contextmanager
def find_here(notebook: bytes | memoryview, around: NotebookSurroundings) -> Iterator[Findings]:
    """What our own checks find, in this thread, once it is asked for."""
    yield lambda: findings_of(without_secrets(OWN), checked_notebook(bytes(notebook), around))


@dataclass(frozen=True, slots=True)
class ArrivalChecks:
    """The rules, and whom to ask: `find` begins the checks, `release` says what the catalog knows of an image. `tracks` are those that review."""

    policy: CheckPolicy = field(default_factory=CheckPolicy)
    kinds: Mapping[str, FindingKind] = field(default_factory=lambda: kinds_of(without_secrets(OWN)))
    find: Finder = find_here
    release: Callable[[ImageRef], ReleaseFacts | None] = lambda _: None
    tracks: tuple[str, ...] = ()
    _merged: dict[str, CheckPolicy] = field(default_factory=dict)

    def rules_for(self, image: str) -> CheckPolicy:
        """The rules for what is made in the image with this slug; merged once for all images without rules of their own."""
        special = image if image in self.policy.images else ""
        rules = self._merged.get(special)
        if rules is None:
            rules = self._merged[special] = self.policy.for_submission(special, self.tracks, self.kinds)
        return rules

    def outputs(self, image: object) -> OutputRules:
        """What is kept of outputs; everything where the image is not known, since then nothing is stored."""
        return self.rules_for(image.slug).outputs if isinstance(image, ImageRef) else OutputRules()

    def told(self, image: str) -> Mapping[str, object]:
        """The rules as whoever sends is told them."""
        return policy_json(self.rules_for(image), self.kinds)

    def around(self, arrived: ArrivedBundle, image: ImageRef) -> NotebookSurroundings:
        """What checks are told of the bundle beside its notebook."""
        return NotebookSurroundings(
            path=arrived.document.path,
            sent={entry.path: SentFile(entry.path, entry.size, entry.sha256) for entry in arrived.files},
            release=self.release(image),
            git_known=True,
            git=arrived.document.git,
        )

    def record(self, found: Sequence[Finding], arrived: ValidatedArrival, image: ImageRef) -> CheckRecord:
        """What is kept of the findings. Raises `CheckBlocks` (facts `findings`) where something is in the way."""
        policy = self.rules_for(image.slug)
        judgements = judged(found, Rules(self.kinds, policy, arrived.document.overrides))
        _refuse([each for each in judgements if each.stops])
        made = sorted({code.partition(".")[0] for code in self.kinds if not code.startswith(FRAME)})
        return CheckRecord(policy.version, tuple(map(finding_json, judgements)), arrived.taken_out, tuple(made))


def _refuse(found: Sequence[JudgedFinding]) -> None:
    if found:
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        sentence = f"{found[0].sentence} {found[0].kind.remedy}{more}"
        raise CheckBlocks(sentence, facts={"findings": [finding_json(each) for each in found]})
