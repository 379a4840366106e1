"""JSON of suggested edits."""

from __future__ import annotations

from enablement_ext.core.review.differences.sources import line_differences
from enablement_ext.core.review.discussion.suggestions import Suggestion, source_sha256
from enablement_ext.core.review.models import Ported, Thread
from enablement_ext.web.difference_json import lines_json
from enablement_ext.web.serializers import Json

_CHANGED = frozenset({Ported.CHANGED, Ported.DELETED})


def source_json(suggestion: Suggestion | None) -> Json | None:
    """Both sources, and their difference by words."""
    if suggestion is None:
        return None
    return {
        "replaces": suggestion.replaces,
        "replaces_sha256": source_sha256(suggestion.replaces),
        "source": suggestion.source,
        "lines": lines_json(line_differences(suggestion.replaces, suggestion.source)) or [],
    }


def suggestion_json(thread: Thread, placed: Ported) -> Json | None:
    """What is suggested in a thread that stands like this in the version that is read, and what became of it."""
    suggestion = thread.suggestion
    source = source_json(suggestion)
    if suggestion is None or source is None:
        return None
    return {
        **source,
        "state": suggestion.state(withdrawn=thread.withdrawn, changed=placed in _CHANGED).value,
        "applied_in": suggestion.applied_in,
        "rejected_in": suggestion.rejected_in,
    }
