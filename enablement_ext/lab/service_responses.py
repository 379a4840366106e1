"""Parsing of the review service's responses; anything that is not of the contract's form is `ServiceAway`, or what `foreign` says of it."""

from __future__ import annotations

import json
import re

from enablement_ext.core.errors import ServiceAway
from enablement_ext.lab.foreign_answers import foreign, require_known
from enablement_ext.web.problem import Problem, problem_of

_CODE = re.compile(r"[a-z][a-z-]{1,60}")
_STRANGE = "The review service answers with something else than expected. Nothing was lost; try again in a moment."

Json = dict[str, object]


class ServiceRefused(Exception):
    """The review service answered with a problem document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def document_of(status: int, body: bytes, *, sent: int = 0) -> Json:
    """The JSON object of an answer with success. Raises `ServiceRefused` for a problem, `ServerUnknown`, what `foreign` says for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise foreign(status, sent=sent)
    if status in (200, 201):
        return document
    code, detail, facts = document.get("code"), document.get("detail"), document.get("facts", {})
    if status < 400 or not isinstance(code, str) or not _CODE.fullmatch(code) or not isinstance(detail, str):
        raise foreign(status, sent=sent)
    require_known(status)
    raise ServiceRefused(Problem(status, code, detail, facts if isinstance(facts, dict) else {}))


def receipt_of(status: int, body: bytes, *, sent: int) -> Json:
    """The receipt for `sent` bytes. Raises like `document_of`; half a receipt is none."""
    document = document_of(status, body, sent=sent)
    numbers = [document.get("submission"), document.get("version")]
    texts = [document.get(name) for name in ("content_id", "notebook_sha256", "received_at", "title")]
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, str) for text in texts):
        raise ServiceAway(_STRANGE)
    return document


def problem_of_any(error: BaseException | None) -> Problem:
    """The problem of whatever was raised while a request was answered."""
    return error.problem if isinstance(error, ServiceRefused) else problem_of(error)
