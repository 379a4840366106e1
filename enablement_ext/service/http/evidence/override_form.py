"""The part of the decision page's form that says what is overridden."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.evidence.overrides import MOST_REASON, OverrideScope, OverrideWish
from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.web.validation import whole_number

WHY = "why."  # in front of a requirement's key: the name of the field with the reason


def override_wish(fields: Mapping[str, str]) -> OverrideWish:
    """What was filled in: a reason is what says that its requirement is to be overridden. Raises `BadRequest`."""
    reasons = tuple(
        (name.removeprefix(WHY), clean(value))
        for name, value in fields.items()
        if name.startswith(WHY) and is_visible(value)
    )
    if any(len(reason) > MOST_REASON for _, reason in reasons):
        raise BadRequest(f"The reason of an override is longer than {MOST_REASON} characters.", facts={"field": "why"})
    if not reasons:
        return OverrideWish()
    scope, days = fields.get("scope", ""), whole_number(fields.get("days", ""))
    if scope not in OverrideScope._value2member_map_ or days is None:
        raise BadRequest("Choose for what, and for how long, the override is.", facts={"field": "scope"})
    return OverrideWish(reasons, OverrideScope(scope), days)
