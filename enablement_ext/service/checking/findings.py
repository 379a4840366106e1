"""Findings, and what is around a notebook, as messages between the service and a checking process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from enablement_ext.core.checks.models import Finding, Fix, NotebookSurroundings, ReleaseFacts, SentFile
from enablement_ext.core.review.models import GitFacts


def surroundings_message(around: NotebookSurroundings) -> dict[str, Any]:
    """What the service knows of a bundle; what only the author's server knows does not arrive here."""
    return {
        "path": around.path,
        "sent": None if around.sent is None else [asdict(file) for file in around.sent.values()],
        "release": None if around.release is None else asdict(around.release),
        "git_known": around.git_known,
        "git": None if around.git is None else asdict(around.git),
    }


def surroundings_from(message: dict[str, Any]) -> NotebookSurroundings:
    """What `surroundings_message` wrote."""
    sent, release, git = message["sent"], message["release"], message["git"]
    return NotebookSurroundings(
        path=message["path"],
        sent=None if sent is None else {file["path"]: SentFile(**file) for file in sent},
        release=None if release is None else ReleaseFacts(**release),
        git_known=message["git_known"],
        git=None if git is None else GitFacts(**git),
    )


def finding_message(finding: Finding) -> list[Any]:
    """In the order of the fields."""
    fix = finding.fix and finding.fix.value
    return [finding.code, finding.cell, finding.line, dict(finding.facts), fix, finding.cell_id]


def finding_from(message: list[Any]) -> Finding:
    """What `finding_message` wrote."""
    code, cell, line, facts, fix, cell_id = message
    return Finding(code, cell, line, facts, Fix(fix) if fix else None, cell_id)
