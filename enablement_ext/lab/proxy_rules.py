"""Which paths, query parameters, headers and media types the proxy forwards: pure functions.

Allow-lists in both directions: no hop-by-hop header is forwarded, no cookie, no token in a query, and no HTML: a response whose media
type is not one of the contract's never becomes a document of this server's origin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from enablement_ext.core.errors import BadRequest, Forbidden, NotFound
from enablement_ext.lab.foreign_answers import foreign, require_known

EVENTS = "events"
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_BUNDLES = re.compile(r"trials|submissions(/[0-9]+/versions)?")
_SEQUENCE = re.compile(r"[0-9]{1,18}")
_DROPPED_QUERY = frozenset({"token", "no_track_activity"})
_MEDIA_TYPES = frozenset(
    {
        "application/json",
        "application/octet-stream",
        "application/yaml",
        "text/event-stream",
    }
)
_PROBLEM = "application/problem+json"
_PASSED_BACK = (
    *("Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control", "Retry-After"),
    *("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"),
)
# For an answer that comes without: bytes of others are never a document with this server's origin.
_DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
}


def service_path(method: str, rest: str, query: str) -> str:
    """The path and query to ask the service for; `rest` is what stands behind `/enablement/api/v1/`, not decoded.

    Raises `NotFound` for a path that no route of the contract can have (dots, escapes, empty parts), `Forbidden` for a
    POST of a bundle, which goes another way.
    """
    if not all(_SEGMENT.fullmatch(segment) for segment in rest.split("/")):
        raise NotFound
    if method == "POST" and _BUNDLES.fullmatch(rest):
        raise Forbidden("A notebook is sent with “Send to engineering”, not like this.")
    parameters = [(name, value) for name, value in parse_qsl(query) if name not in _DROPPED_QUERY]
    return f"/api/v1/{rest}" + (f"?{urlencode(parameters)}" if parameters else "")


def request_headers(method: str, headers: Mapping[str, str], *, stream: bool) -> dict[str, str]:
    """The headers of the request to the service. Raises `BadRequest` for a Last-Event-ID that is not one."""
    if stream:
        chosen = {"Accept": "text/event-stream"}
        last = headers.get("Last-Event-ID", "")
        if last:
            if not _SEQUENCE.fullmatch(last):
                raise BadRequest("This Last-Event-ID was not made by this stream.")
            chosen["Last-Event-ID"] = last
        return chosen
    return {"Accept": "application/json", **({"Content-Type": "application/json"} if method == "POST" else {})}


def answer_headers(status: int, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the answer to the browser.

    Raises what `foreign` says of a redirect, a media type that the contract does not know, and an error that is no problem document:
    that was not the review service. Raises `ServerUnknown` where the service does not know this server's token.
    """
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    expected = _MEDIA_TYPES if 200 <= status < 300 else {_PROBLEM} if 400 <= status < 600 else ()
    if status != 204 and media_type not in expected:
        raise foreign(status, location=headers.get("Location", ""))
    require_known(status)
    return {**_DEFAULTS, **{name: headers[name] for name in _PASSED_BACK if name in headers}}
