"""Requests and responses as plain values, so that a handler is a function that can be called without a web server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from enablement_ext.core.errors import BadRequest, NotSignedIn
from enablement_ext.core.review.models import Principal
from enablement_ext.web.shared_bytes import SharedBytes

_NO_TEXTS: Mapping[str, str] = MappingProxyType({})

JSON = "application/json"
READ_FIRST_BYTES = 1024 * 1024  # a request's body of at most so many bytes is read before the request is judged


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `who` is None only on routes that need no session. Header names are in lower case."""

    method: str
    path: str
    numbers: Mapping[str, int] = field(default_factory=dict)  # the path's parameters
    names: Mapping[str, str] = field(default_factory=dict)  # those that are names
    query: Mapping[str, str] = field(default_factory=dict)  # the last value where a name stands twice
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes | bytearray = b""
    large: SharedBytes | None = None  # the body where it is larger than `READ_FIRST_BYTES`; `body` is empty then
    who: Principal | None = None
    token: str = field(default="", repr=False)
    session: str = ""  # which browser session of ours it is; "" for a request with a token
    address: str = ""  # whom it came from, past the trusted proxies; only of a request for a page

    @property
    def principal(self) -> Principal:
        """Who is asking. Raises `NotSignedIn`; a declared route never does, its session was checked before."""
        if self.who is None:
            raise NotSignedIn
        return self.who

    def json_object(self) -> dict[str, object]:
        """The body as one JSON object: UTF-8, no duplicate names, finite numbers, whole Unicode. Raises `BadRequest`."""
        return parse_object(self.body)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set; an empty value deletes it. `path`: "" for the service's own."""

    name: str
    value: str
    seconds: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What a handler returns: written once, with the security headers of its content type added by the endpoint."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def dump(value: object) -> bytes:
    """JSON as UTF-8, compact."""
    return _encode(value).encode("utf-8", "replace")


def json_response(value: object, status: int = 200, headers: Mapping[str, str] = _NO_TEXTS) -> Response:
    """A response with a JSON body."""
    return Response(status, dump(value), headers=headers)


def redirect(location: str, cookies: tuple[Cookie, ...] = ()) -> Response:
    """A 302; the caller has made sure that the location is the hub's or on this host (`web.redirect`)."""
    return Response(302, headers={"Location": location}, cookies=cookies)


def parse_object(body: bytes | bytearray) -> dict[str, object]:
    """One JSON object from UTF-8. Raises `BadRequest` for anything else, whatever the bytes are."""
    try:
        value: Any = json.loads(
            bytes(body).decode(), object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_refuse
        )
        _encode(value).encode()  # lone surrogates hide in escapes and cannot be encoded
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body is not a JSON object.")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


def _refuse(text: str) -> float:
    raise ValueError(text)  # no field of the contract is a fraction
