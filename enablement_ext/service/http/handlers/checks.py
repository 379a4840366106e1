"""The JSON API about checks: the rules, and what was found in a version when it arrived."""

from __future__ import annotations

from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import queries
from enablement_ext.web import serializers
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, json_response
from enablement_ext.web.routes import Route


def check_rules(context: ServiceContext, request: Request) -> Response:
    """For an image that is not known the rules for all."""
    return json_response(dict(context.review.checks.told(request.query.get("image", ""))))


def version_checks(context: ServiceContext, request: Request) -> Response:
    numbers = request.numbers
    record = queries.check_record(context.review, request.principal, numbers["number"], numbers["version"])
    return json_response(serializers.check_record_json(record))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of handlers
    """Two questions, whatever the service's limits."""
    return (
        Route(
            operation="checkRules",
            method="GET",
            path="/api/v1/check-rules",
            scope=Scope.SUBMIT,
            session=Session.TOKEN,
            work=check_rules,
        ),
        Route(
            operation="versionChecks",
            method="GET",
            path="/api/v1/submissions/{number}/versions/{version}/checks",
            scope=Scope.READ,
            session=Session.TOKEN,
            work=version_checks,
        ),
    )
