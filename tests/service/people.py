"""The people of the tests: their tokens and what they carry, as `configure(c)` gives them out."""

from __future__ import annotations

from enablement_ext.adapters.memory.hub import MemoryHub
from enablement_ext.core.review.models import ImageRef, Principal

IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "a" * 64, "3.11")
AUTHORS, REVIEWERS, PLATFORM = "enablement-authors", "enablement-reviewers", "enablement-platform"

DANA, OLGA, REMY, RITA, PETRA = "dana-server", "olga-server", "remy-server", "rita-server", "petra-server"
REMY_BROWSER, DANA_BROWSER, PETRA_BROWSER = "remy-oauth", "dana-oauth", "petra-oauth"
HUB_SESSION = "session-of-the-hub"  # in which the browsers' tokens were given
NOBODY, NO_SCOPES = "not-a-token", "rex-server"


def fill(hub: MemoryHub) -> None:
    """dana and olga are authors, remy and rita reviewers, petra runs the platform, rex is nobody here."""
    author, reviewer = ["submit", "read"], ["submit", "read", "review"]
    nothing: list[str] = []
    for token, name, groups, scopes in (
        (DANA, "dana", [AUTHORS], author),
        (OLGA, "olga", [AUTHORS], author),
        (REMY, "remy", [REVIEWERS], reviewer),
        (RITA, "rita", [REVIEWERS], reviewer),
        (PETRA, "petra", [PLATFORM], ["read"]),
        (NO_SCOPES, "rex", nothing, nothing),
    ):
        hub.add_token(token, Principal(name, frozenset(groups), frozenset(scopes), server=""))
        hub.put_image(name, "", IMAGE)
    for token, name, groups, scopes in (
        (REMY_BROWSER, "remy", [REVIEWERS], [*reviewer, "decide"]),
        (DANA_BROWSER, "dana", [AUTHORS], author),
        (PETRA_BROWSER, "petra", [PLATFORM], ["read", "admin"]),
    ):
        hub.add_token(token, Principal(name, frozenset(groups), frozenset(scopes)), HUB_SESSION)
