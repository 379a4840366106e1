"""What a forge answers: JSON bodies, rate limits, and the one error each status stands for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from enablement_ext.core.errors import (
    EnablementError,
    ForgeAway,
    ForgeCannot,
    ForgeRefuses,
    NotFound,
    TooManyRequests,
)

UNREACHABLE = "The forge does not answer. Nothing was lost; try again in a moment."
TIMED_OUT = "The forge took too long to answer. Nothing was lost; try again in a moment."
UNEXPECTED = "The forge answers with something else than expected. Nothing was lost; try again in a moment."
_SERVER_ERROR = "The forge has trouble of its own. Nothing was lost; try again in a moment."
_ERROR_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ForgeResponse:
    """A response, whatever its status. `next_page`: the address of a list's next page (RFC 8288), "" for none."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    next_page: str = ""

    def model(self) -> dict[str, object]:
        """The JSON object. Raises `ForgeAway` for anything else."""
        value = self._json()
        if not isinstance(value, dict):
            raise ForgeAway(UNEXPECTED)
        return value

    def items(self) -> list[dict[str, object]]:
        """The JSON list of objects; Gitea says `null` for an empty one. Raises `ForgeAway` for anything else."""
        value = self._json()
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ForgeAway(UNEXPECTED)
        return value

    def error_text(self) -> str:
        """The messages of a JSON error body on one line, cut; "" where there are none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return ""
        line = " ".join(_messages(value))
        return "".join(char if char.isprintable() else " " for char in line)[:_ERROR_TEXT_LENGTH].strip()

    def _json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ForgeAway(UNEXPECTED) from None


def error_of(response: ForgeResponse) -> EnablementError:
    """The error that a status other than success stands for."""
    status, pause = response.status, retry_after(response)
    limited = (
        pause is not None or "rate limit" in response.error_text().lower()
    )  # GitHub's second limit may say so in words alone
    if status == 429 or (status == 403 and limited):
        when = f"in {pause:.0f} seconds" if pause and pause < 3600 else "later"
        return TooManyRequests(f"The forge was asked too often. Nothing was lost; try again {when}.")
    if status == 401:
        return ForgeRefuses(
            "The forge no longer accepts the review service's own key. Nothing was lost; tell your platform engineers."
        )
    if status == 403:
        return ForgeRefuses(
            "The forge does not allow the review service to do this. Nothing was lost; tell your platform engineers."
        )
    if status in (404, 410):
        return NotFound()
    if status in (400, 409, 413, 415, 422):
        message = response.error_text()
        return ForgeCannot(f"The forge does not take this: {message.rstrip('.')}." if message else None)
    return ForgeAway(_SERVER_ERROR if status >= 500 else UNEXPECTED)


def raise_for_status(response: ForgeResponse) -> ForgeResponse:
    """The response where its status is a success. Raises what `error_of` makes of the rest."""
    if not 200 <= response.status < 300:
        raise error_of(response)
    return response


def retry_after(response: ForgeResponse, now: Callable[[], float] = time.time) -> float | None:
    """For how many seconds the forge asks us to stay away (`Retry-After`, rate limit headers), None where it does not."""
    headers = response.headers
    after = headers.get("Retry-After", "")
    if after.isdecimal() and len(after) < 7:
        return float(after)
    reset = headers.get("X-RateLimit-Reset", headers.get("RateLimit-Reset", ""))
    remaining = headers.get("X-RateLimit-Remaining", headers.get("RateLimit-Remaining", ""))
    if remaining == "0":
        return max(0.0, float(reset) - now()) if reset.isdecimal() and len(reset) < 12 else 60.0
    return None


def _messages(value: object) -> Iterator[str]:
    """Forges send messages as text, as a list, or as lists below the names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value[:5]:
            yield from _messages(item)
    elif isinstance(value, dict):
        for name, item in list(value.items())[:10]:
            if name not in ("documentation_url", "url", "status", "resource", "code", "field"):
                yield from _messages(item)
