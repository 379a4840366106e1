"""Submissions as JSON text, made once: lists are asked for far more often than what is in them changes.

A submission's stamp changes with every change of it, so number and stamp name one state for ever; what depends on the viewer is part of the key.
"""

from __future__ import annotations

from collections.abc import Iterable

from enablement_ext.core.review.lifecycle import Action
from enablement_ext.core.review.models import Submission
from enablement_ext.service.use_cases.review_context import Viewer
from enablement_ext.web.messages import dump
from enablement_ext.web.serializers import submission_json

_Key = tuple[int, int, int, bool, tuple[Action, ...]]


class SubmissionJsonCache:
    """At most `max_texts` (of some 700 bytes each); when it is full it is emptied. Safe from any thread.

    A dictionary, not a cache with recency: each page looks up 50 texts (docs/adr/0028-cachetools.md).
    """

    def __init__(self, max_texts: int = 8_000) -> None:
        self._max_texts = max_texts
        self._texts: dict[_Key, bytes] = {}

    def page(self, viewer: Viewer, items: Iterable[Submission], following: str | None) -> bytes:
        """The contract's `Page`."""
        submissions = b",".join([self.text(viewer, item) for item in items])
        return b'{"items":[' + submissions + b'],"next":' + dump(following) + b"}"

    def text(self, viewer: Viewer, submission: Submission) -> bytes:
        """The contract's `Submission`, as this viewer sees it now."""
        waits, actions = viewer.waits(submission), viewer.actions(submission)
        key = (submission.number, submission.stamp, submission.updated_seq, waits, actions)
        text = self._texts.get(key)
        if text is None:
            text = dump(submission_json(submission, waits, actions))
            if len(self._texts) >= self._max_texts:
                self._texts.clear()
            self._texts[key] = text
        return text
