"""What a client sends beside its JSON fields (`core.text.fields`): headers, numbers of a query, HTML forms, the stamp of an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.text.fields import Fields
from enablement_ext.core.text.identifiers import IDEMPOTENCY_KEY

Default = TypeVar("Default", int, None)


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The request's `Idempotency-Key`. Raises `BadRequest`."""
    key = headers.get("idempotency-key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("The header Idempotency-Key is missing or not 8 to 128 letters, digits and ._~-")
    return key


def stamp_of(members: Mapping[str, object]) -> tuple[int, str]:
    """(stamp, reason) of an action's body. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("stamp", "reason"))
    return form.number("stamp", 1), form.text("reason", 2000)


def whole_number(text: str) -> int | None:
    """The number that these ASCII digits are, at most 18 of them; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def query_number(query: Mapping[str, str], name: str, bounds: tuple[int, int], default: Default) -> int | Default:
    """A whole number of the query; the default where it is missing or empty. Raises `BadRequest` (fact `field`)."""
    text = query.get(name, "")
    if not text:
        return default
    number, (least, most) = whole_number(text), bounds
    if number is None or not least <= number <= most:
        raise BadRequest(f"“{name}” is not a number from {least} to {most}.", facts={"field": name})
    return number


def form_fields(body: bytes | bytearray) -> dict[str, str]:
    """The fields of an HTML form, at most 40, each named once. Raises `BadRequest`."""
    try:
        pairs = parse_qsl(
            bytes(body).decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=40
        )
    except ValueError:
        raise BadRequest("The form cannot be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadRequest("A field of the form stands twice.")
    return fields
