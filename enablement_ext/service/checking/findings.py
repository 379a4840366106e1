"""Findings, and what is around a notebook, as messages between the service and a checking process."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from threading import Lock
from typing import Any

from cachetools import LRUCache

from enablement_ext.core.checks.models import Finding, Fix, NotebookSurroundings, ReleaseFacts, SentFile
from enablement_ext.core.review.models import GitFacts

_RELEASES = 64


class ReleaseTexts:
    """What is known of a release as bytes: a lock has hundreds of packages and is the same for everybody. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: LRUCache[str, tuple[ReleaseFacts, bytes]] = LRUCache(_RELEASES)

    def text(self, release: ReleaseFacts | None) -> bytes:
        """What `surroundings_from` reads; nothing where nothing is known."""
        if release is None:
            return b""
        with self._lock:
            known = self._known.get(release.name)
        if known is None or known[0] != release:  # the same lock is the same object: nothing is gone through
            known = release, json.dumps(asdict(release)).encode()
            with self._lock:
                self._known[release.name] = known
        return known[1]


def surroundings_message(around: NotebookSurroundings) -> dict[str, Any]:
    """What the service knows of a bundle; what only the author's server knows does not arrive here. The release travels by itself."""
    sent, git = around.sent, around.git
    return {
        "path": around.path,
        "sent": None if sent is None else [(file.path, file.size, file.sha256) for file in sent.values()],
        "git_known": around.git_known,
        "git": None if git is None else asdict(git),
    }


def surroundings_from(message: dict[str, Any], release: bytes) -> NotebookSurroundings:
    """What `surroundings_message` and `ReleaseTexts` wrote."""
    sent, git = message["sent"], message["git"]
    return NotebookSurroundings(
        path=message["path"],
        sent=None if sent is None else {file[0]: SentFile(*file) for file in sent},
        release=_release_from(release) if release else None,
        git_known=message["git_known"],
        git=None if git is None else GitFacts(**git),
    )


@lru_cache(_RELEASES)
def _release_from(text: bytes) -> ReleaseFacts:
    return ReleaseFacts(**json.loads(text))


def finding_message(finding: Finding) -> list[Any]:
    """In the order of the fields."""
    fix = finding.fix and finding.fix.value
    return [finding.code, finding.cell, finding.line, dict(finding.facts), fix, finding.cell_id]


def finding_from(message: list[Any]) -> Finding:
    """What `finding_message` wrote."""
    code, cell, line, facts, fix, cell_id = message
    return Finding(code, cell, line, facts, Fix(fix) if fix else None, cell_id)
