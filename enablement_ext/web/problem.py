"""The error translator: problem documents (RFC 9457, `application/problem+json`) for whatever went wrong.

Nothing else in the project turns an error into an HTTP answer. An error of our own tree keeps its code, status, message and
facts; everything else is a 500 whose body carries only an incident id, under which the log has the traceback.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from enablement_ext.core.errors import EnablementError, NotSignedIn, TooManyRequests, Unavailable

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document. `incident` is set where the log has more than the document says."""

    status: int
    code: str
    detail: str
    facts: Mapping[str, object] = field(default_factory=dict)
    incident: str | None = None

    def document(self) -> dict[str, Any]:
        """The JSON object of the contract's schema `Problem`."""
        facts = dict(self.facts)
        if self.incident:
            facts["incident"] = self.incident
        return {
            "type": f"urn:enablement:problem:{self.code}",
            "title": _phrase(self.status),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "facts": facts,
        }

    def body(self) -> bytes:
        """The document as UTF-8."""
        return json.dumps(self.document(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this status."""
        return _HEADERS.get(self.status, _NONE)


_NONE: Mapping[str, str] = MappingProxyType({})
_HEADERS: Mapping[int, Mapping[str, str]] = MappingProxyType(
    {
        NotSignedIn.status: {"WWW-Authenticate": 'token realm="enablement"'},
        TooManyRequests.status: {"Retry-After": str(RETRY_SECONDS)},
        Unavailable.status: {"Retry-After": str(RETRY_SECONDS)},
    }
)
# What the web server itself refuses, by status, in our words.
_SERVER_CODES = {400: "malformed-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def problem_of(error: BaseException | None) -> Problem:
    """The problem of an error that reached the outermost loop. `None` and unknown errors are an incident."""
    if isinstance(error, EnablementError):
        incident = _incident() if error.status == 500 else None
        return Problem(error.status, error.code, error.message, error.facts, incident)
    incident = _incident()
    detail = f"Something went wrong on our side. Tell your platform engineers the incident id {incident}."
    return Problem(500, "internal", detail, incident=incident)


def problem_of_status(status: int) -> Problem:
    """The problem of a status the web server itself answers with (malformed HTTP, unknown path, wrong method)."""
    if status >= 500:
        return problem_of(None)
    return Problem(status, _SERVER_CODES.get(status, "malformed-request"), f"{_phrase(status)}.")


def _incident() -> str:
    return secrets.token_hex(6)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
