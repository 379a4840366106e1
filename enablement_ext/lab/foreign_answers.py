"""Answers to this server that are no answers to the person in front of it.

Something between this server and the review service gave them in its place: a proxy, a sign-in page, a captive portal. Or they speak to
this server itself: "you are not signed in" is about its token, and nothing that the person signs in to changes that.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from enablement_ext.core.errors import (
    EnablementError,
    ForeignAnswer,
    NotSignedIn,
    ProxyAway,
    ProxyLimit,
    ServerUnknown,
    ServiceAway,
)


def foreign(status: int, *, location: str = "", sent: int = 0) -> EnablementError:
    """The error of an answer that is not the review service's. `sent` bytes were sent; `location` is where a redirect leads.

    Facts: `status`; `bytes` where something was too large; `host` of a redirect. A 503 is what a hub's proxy says of a service that is
    away, and a 404 what it says while it has not been told the way to it, so both are `ServiceAway` as silence is.
    """
    facts: dict[str, object] = {"status": status}
    if status == 413:
        return ProxyLimit(facts={**facts, "bytes": sent} if sent else facts)
    if status in (502, 504):
        return ProxyAway(facts=facts)
    if status in (404, 503):
        return ServiceAway(facts=facts)
    host = _host(location)
    return ForeignAnswer(facts={**facts, "host": host} if host else facts)


def require_known(status: int) -> None:
    """Return unless the review service says that it does not know this server's token. Raises `ServerUnknown`."""
    if status == NotSignedIn.status:
        raise ServerUnknown


def _host(location: str) -> str:
    """Only the host: what else stands in such an address may be a secret."""
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""
