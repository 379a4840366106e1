"""Whatever is asked of an operation, well or badly, the contract declares the answer: a success by its status, any other as a `Problem`.

Schemathesis draws the requests from the contract: such as fit it and such as do not, here from everybody, by people's browsers too.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, Response, SerializationContext
from schemathesis.core.result import Ok
from schemathesis.errors import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from enablement_ext.core.errors import EnablementError
from tests.polling import PATIENCE
from tests.service import people
from tests.service.factories import SubmissionDraft
from tests.service.fixtures import PREFIX, TAR, Service
from tests.service.test_contract import SPEC, check

pytestmark = pytest.mark.slow
Operation = APIOperation[Any, Any, Any, Any]
Request = Case[Any]
REQUESTS = 24  # of each operation
TOKENS = ("", "unknown", people.DANA, people.REMY, people.OLGA)
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


@schemathesis.serializer(TAR)
def bundle(context: SerializationContext, value: Any) -> bytes:
    """What was drawn for a bundle, and now and then a good one."""
    return SubmissionDraft().bundle() if isinstance(value, str) and len(value) % 2 else str(value).encode()


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in SPEC["paths"].items():
        yield from ((path, item[method]) for method in ("get", "post") if method in item)


def _codes(error: type[EnablementError]) -> set[str]:
    return {error.code}.union(*map(_codes, error.__subclasses__()))


CODES = _codes(EnablementError) | {"method-not-allowed", "bad-request", "internal"}


class Asking:
    """Everybody who asks, and what was answered otherwise than the contract says."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wrong: list[str] = []
        self.statuses: dict[str, set[int]] = {}

    def of(self, operation: Operation) -> None:
        """All requests of one operation; those that are wrong are told with a command that repeats them."""
        label, declared = operation.label, operation.definition.raw
        modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @settings(
            max_examples=REQUESTS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(modes), token=st.sampled_from(TOKENS), known=st.booleans())
        def ask(case: Request, token: str, known: bool) -> None:
            if known:  # what there is to be found
                case.path_parameters = dict.fromkeys(case.path_parameters or {}, 1)
            response = self._answer(case, token, declared["x-session"] == "browser")
            self.statuses.setdefault(label, set()).add(response.status_code)
            try:
                case.validate_response(response, checks=CHECKS)
                _check_problem(response)
            except (FailureGroup, AssertionError) as failed:
                self.wrong.append(f"{label}: {failed}")

        ask()

    def _answer(self, case: Request, token: str, browser: bool) -> Response:
        headers = {"Authorization": f"token {token}"} if token else {}
        if browser and token not in ("", "unknown"):
            headers = self.service.session(token)
        base = f"http://127.0.0.1:{self.service.port_of(case.method, case.operation.path)}{PREFIX}"
        return case.call(base_url=base, headers=headers, allow_redirects=False, timeout=PATIENCE)


def _check_problem(response: Response) -> None:
    assert response.status_code != 500, "an incident"
    if response.headers.get("content-type", [""])[0].startswith("application/problem+json"):
        problem = json.loads(response.content)
        check("Problem", problem)
        assert problem["code"] in CODES


async def test_every_answer_is_declared(light: Service) -> None:
    await light.sent()
    asking = Asking(light)
    read = schemathesis.openapi.from_dict(copy.deepcopy(SPEC)).get_all_operations()
    drawn = [each.ok() for each in read if isinstance(each, Ok)]
    assert len(drawn) == len([*operations()])
    for operation in drawn:
        if operation.path != "/api/v1/events":  # a stream does not end
            await asyncio.to_thread(asking.of, operation)
    assert not asking.wrong, "\n".join(asking.wrong[:40])
    answered = set().union(*asking.statuses.values())
    assert {200, 201, 302, 400, 401, 403, 404} <= answered


async def test_another_method_is_told_those_that_there_are(light: Service) -> None:
    for path in SPEC["paths"]:
        reply = await light.ask("PUT", path.replace("{", "").replace("}", ""), people.REMY)
        if reply.status != 404:  # the words in braces fit no number
            assert (reply.status, reply.headers["Allow"]) in {(405, "GET"), (405, "POST"), (405, "GET, POST")}, path


def test_every_operation_declares_what_else_may_be_answered() -> None:
    operations_without = [facts["operationId"] for _, facts in operations() if "default" not in facts["responses"]]
    assert not operations_without
