"""What counts of an author's statements that findings are none.

A place is told by its part, rule and line, never by what stands there, so a statement counts only for the content that it was made on:
`content_mark` names that content. What the search did not look at to the end cannot be disputed, and a private key never.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.secrets.scan import SecretFinding
from enablement_ext.core.secrets.statements import NotSecret

ALWAYS_SECRET = frozenset({"private-key"})
HINTS = {rule.name: rule.hint for rule in reversed(RULES)}


@dataclass(frozen=True, slots=True)
class JudgedFindings:
    """`left` stand in the way; `spoken_for` are the statements that explain the others."""

    left: tuple[SecretFinding, ...]
    spoken_for: tuple[NotSecret, ...]


def checked_rules(names: Iterable[str]) -> frozenset[str]:
    """The rules whose findings an author may speak for. Raises `ValueError` for one that is not there, and for private keys."""
    chosen = frozenset(names)
    for name in sorted(chosen):
        if name in ALWAYS_SECRET:
            raise ValueError(f"{name}: a private key is always a secret")
        if name not in HINTS:
            raise ValueError(
                f"{name}: there is no such rule; there are {', '.join(sorted(HINTS.keys() - ALWAYS_SECRET))}"
            )
    return chosen


def content_mark(notebook: str, files: Iterable[tuple[str, str]]) -> str:
    """A name for what is sent: the SHA-256 of the notebook as it came, and path and SHA-256 of each file beside it."""
    return sha256(json.dumps([notebook, sorted(files)]).encode()).hexdigest()


def disputable(finding: SecretFinding, rules: Collection[str]) -> bool:
    """Whether an author may say of it that it is none."""
    return finding.complete and finding.rule in rules and finding.rule not in ALWAYS_SECRET


def judged(findings: Sequence[SecretFinding], said: Iterable[NotSecret], rules: Collection[str]) -> JudgedFindings:
    """What is left of the findings when statements count. A statement about nothing that was found is dropped."""
    by_place = {(each.where, each.rule, each.line): each for each in said}
    left, spoken_for = [], []
    for finding in findings:
        statement = by_place.get((finding.where, finding.rule, finding.line))
        if statement is not None and disputable(finding, rules):
            spoken_for.append(statement)
        else:
            left.append(finding)
    return JudgedFindings(tuple(left), tuple(spoken_for))
