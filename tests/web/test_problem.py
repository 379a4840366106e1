"""The one translator from errors to answers."""

from __future__ import annotations

import json

import pytest

from enablement_ext.core import errors
from enablement_ext.core.errors import EnablementError
from enablement_ext.web.problem import problem_of, problem_of_status


def every(kind: type[EnablementError]) -> list[type[EnablementError]]:
    return [kind, *(inner for each in kind.__subclasses__() for inner in every(each))]


KINDS = [kind for kind in every(EnablementError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_ours_keeps_its_code_status_message_and_facts(kind: type[EnablementError]) -> None:
    problem = problem_of(kind(facts={"a": 1}))
    document = json.loads(problem.body())
    assert (document["status"], document["code"], document["facts"]["a"]) == (kind.status, kind.code, 1)
    assert document["detail"]
    assert ("incident" in document["facts"]) == (kind.status == 500)
    assert ("Retry-After" in problem.headers()) == (kind.status in (429, 503))


def test_codes_are_unique() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_an_unknown_error_says_nothing_but_an_incident() -> None:
    problem = problem_of(ValueError("password=hunter2"))
    assert (problem.status, problem.code) == (500, "internal")
    assert b"hunter2" not in problem.body()
    assert problem.incident is not None
    assert problem.incident.encode() in problem.body()


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not-found"), (405, "method-not-allowed"), (413, "too-large"), (418, "malformed-request")],
)
def test_what_the_web_server_refuses_has_a_code_too(status: int, code: str) -> None:
    problem = problem_of_status(status)
    assert (problem.status, problem.code) == (status, code)


def test_a_message_with_half_a_character_can_be_sent() -> None:
    json.loads(problem_of(errors.BadRequest("\ud800", facts={"x": "\udfff"})).body())
