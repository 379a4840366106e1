"""Answers that something between this server and the review service gave in its place: a proxy, a sign-in page, a captive portal."""

from __future__ import annotations

from urllib.parse import urlsplit

from enablement_ext.core.errors import EnablementError, ForeignAnswer, ProxyAway, ProxyLimit, ServiceAway


def foreign(status: int, *, location: str = "", sent: int = 0) -> EnablementError:
    """The error of an answer that is not the review service's. `sent` bytes were sent; `location` is where a redirect leads.

    Facts: `status`; `bytes` where something was too large; `host` of a redirect. A 503 is what a hub's proxy says of a service that is
    away, so it is `ServiceAway` as silence is.
    """
    facts: dict[str, object] = {"status": status}
    if status == 413:
        return ProxyLimit(facts={**facts, "bytes": sent} if sent else facts)
    if status in (502, 504):
        return ProxyAway(facts=facts)
    if status == 503:
        return ServiceAway(facts=facts)
    host = _host(location)
    return ForeignAnswer(facts={**facts, "host": host} if host else facts)


def _host(location: str) -> str:
    """Only the host: what else stands in such an address may be a secret."""
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""
