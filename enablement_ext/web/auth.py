"""Authentication and authorisation of a request, deny by default. Pure rules; whose token it is, the hub says (port `HubDirectory`)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from enum import StrEnum

from enablement_ext.core.access.decision_origin import origin_of
from enablement_ext.core.errors import DecisionPageOnly, Forbidden, NotSignedIn
from enablement_ext.core.review.models import Principal

_LONGEST_TOKEN = 512
_TOKEN_NAMES = frozenset({"token", "access_token", "api_token", "authorization"})


class Scope(StrEnum):
    """The custom scope a route needs, without `custom:enablement:`. NONE only with `Session.NONE`."""

    READ = "read"
    SUBMIT = "submit"
    REVIEW = "review"
    DECIDE = "decide"
    ADMIN = "admin"
    NONE = "none"


class Session(StrEnum):
    """How a route is reached."""

    TOKEN = "token"  # noqa: S105 - a word; an Authorization header; cookies count for nothing
    BROWSER = "browser"  # the service's own OAuth session; an Authorization header counts for nothing
    TICKET = (
        "ticket"  # that session, and a single-use ticket that a page of ours was served with (`service.http.tickets`)
    )
    GIT = "git"  # a key for one repository that ends in minutes, as Git sends it
    NONE = "none"


def refuse_token_in_url(query: Mapping[str, str]) -> None:
    """Raises `Forbidden` where the query carries a token: URLs end up in logs, histories and Referer headers."""
    if not _TOKEN_NAMES.isdisjoint(name.lower() for name in query):
        raise Forbidden("A token never belongs into a URL. Send it in the Authorization header, and renew this one.")


def token_of(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header (`token …` or `Bearer …`). Raises `NotSignedIn`."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() not in ("token", "bearer") or not token:
        raise NotSignedIn
    if len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise NotSignedIn
    return token


def basic_credentials(header: str) -> tuple[str, str]:
    """(username, password) of an Authorization header with Basic authentication; two empty texts for anything else."""
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        username, _, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return username, password


def require(principal: Principal, scope: Scope) -> None:
    """Return where the person's token carries the scope. Raises `Forbidden`."""
    if scope is not Scope.NONE and scope.value not in principal.scopes:
        raise Forbidden(facts={"scope": f"custom:enablement:{scope.value}"})


def require_navigation(headers: Mapping[str, str]) -> None:
    """Return for a navigation of a browser's top-level page without a token. Raises `DecisionPageOnly`.

    Scripts cannot set `Sec-Fetch-*`; a browser that does not send them is too old to decide with.
    """
    if "authorization" in headers:
        raise DecisionPageOnly
    if "sec-fetch-mode" not in headers:
        raise DecisionPageOnly(
            "Your browser does not say that you came here yourself. Decisions need a current browser, and https or localhost."
        )
    if headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document":
        raise DecisionPageOnly


def require_origin(headers: Mapping[str, str], origins: Collection[str]) -> None:
    """Return for a form that a page of one of these origins (`https://host:port`) posted. Raises `DecisionPageOnly`.

    Browsers send `Origin` with every POST and let no script choose it.
    """
    if (origin_of(headers.get("origin", "")) or None) not in origins:
        raise DecisionPageOnly
