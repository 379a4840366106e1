"""Where threads stand, what was suggested, and what authors say of findings, as messages between the service and a checking process."""

from __future__ import annotations

from enablement_ext.core.review.anchors import PortedAnchor
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.models import Anchor, Ported
from enablement_ext.core.secrets.statements import NotSecret


def anchor_from(members: object) -> Anchor:
    """An anchor that came as JSON."""
    if not isinstance(members, dict):
        raise TypeError
    lines = members["lines"]
    return Anchor(**{**members, "lines": None if lines is None else tuple(lines)})


def placed_from(found: object) -> list[PortedAnchor]:
    """Anchors in another version that came as JSON."""
    return [
        PortedAnchor(
            Ported(each["state"]), each["cell"], None if each["lines"] is None else tuple(each["lines"]), each["output"]
        )
        for each in (found if isinstance(found, list) else [])
    ]


def statements_from(found: object) -> tuple[NotSecret, ...]:
    """Statements that findings are no secrets, which came as JSON."""
    return tuple(NotSecret(**each) for each in found) if isinstance(found, list) else ()


def suggested_from(found: object) -> list[tuple[str, Suggestion]]:
    """Suggestions with their cells, which came as JSON."""
    return [(cell, Suggestion(**suggestion)) for cell, suggestion in (found if isinstance(found, list) else [])]
