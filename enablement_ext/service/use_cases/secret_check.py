"""Nothing with a secret in it is stored: what somebody writes is looked through first, wherever it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from enablement_ext.core.errors import SecretFound
from enablement_ext.core.notebook.extraction import ExtractedText
from enablement_ext.core.secrets.scan import SecretFinding, find_secrets
from enablement_ext.service.use_cases.review_context import ReviewContext


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
        raise SecretFound(facts={"findings": [_facts(finding) for finding in findings]})


def _facts(finding: SecretFinding) -> dict[str, object]:
    return {"where": finding.where, "rule": finding.rule, "line": finding.line, "hint": finding.hint}
