"""The hub groups that carry Enablement's permissions, and which of the custom scopes each one holds."""

from __future__ import annotations

from collections.abc import Mapping

AUTHORS = "enablement-authors"
REVIEWERS = "enablement-reviewers"
PLATFORM = "enablement-platform"

SCOPE_PREFIX = "custom:enablement:"
GROUP_SCOPES: Mapping[str, tuple[str, ...]] = {
    AUTHORS: ("submit", "read"),
    REVIEWERS: ("submit", "read", "review", "decide"),
    PLATFORM: ("read", "admin"),
}
# Not decide, not admin: a notebook that a reviewer runs holds the server's token.
SERVER_SCOPES = ("submit", "read", "review")
