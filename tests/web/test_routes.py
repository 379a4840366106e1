"""Routes are data, and deny by default."""

from __future__ import annotations

import re
from typing import Any

import pytest

from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import BodyRule, Route, table


def answer(_context: None, _request: Request) -> Response:
    return Response()


def route(**more: Any) -> Route[None]:
    values: dict[str, Any] = {
        "operation": "one",
        "method": "GET",
        "path": "/a/{number}",
        "scope": Scope.READ,
        "session": Session.TOKEN,
        "work": answer,
    }
    return Route(**{**values, **more})


@pytest.mark.parametrize("missing", ["scope", "session"])
def test_a_route_without_scope_or_session_cannot_be_made(missing: str) -> None:
    values = {"operation": "one", "method": "GET", "path": "/", "scope": Scope.READ, "session": Session.TOKEN}
    del values[missing]
    with pytest.raises(TypeError):
        Route(**values, work=answer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": Scope.NONE},
        {"session": Session.NONE},
        {"work": None},
        {"method": "POST"},
        {"body": BodyRule("application/json", 1)},
    ],
)
def test_a_route_that_contradicts_itself_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="one"):
        route(**wrong)


def test_two_routes_cannot_stand_in_one_place_or_have_one_name() -> None:
    with pytest.raises(ValueError, match="twice"):
        table([route(), route(operation="two")])
    with pytest.raises(ValueError, match="same operation"):
        table([route(), route(path="/b")])


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a/1", "1"),
        ("/a/0", "0"),
        ("/a/01", None),
        ("/a/-1", None),
        ("/a/1/", None),
        ("/a/" + "9" * 16, None),
        ("/a/١", None),
    ],
)
def test_path_parameters_are_whole_numbers(path: str, found: str | None) -> None:
    match = re.fullmatch(route().pattern(), path)
    assert (match["number"] if match else None) == found
