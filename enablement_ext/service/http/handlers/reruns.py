"""The JSON API about re-runs: the verdict on a version, another run of it, and what a run showed."""

from __future__ import annotations

from enablement_ext.service.context import ServiceContext, in_readers
from enablement_ext.service.use_cases import due_runs
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.rerun_json import rerun_json
from enablement_ext.web.routes import BodyRule, Route


async def view_rerun(context: ServiceContext, request: Request) -> Response:
    """Where a reviewer waits for one, it comes first."""
    number, version = request.numbers["number"], request.numbers["version"]
    run = await context.workers.run(due_runs.latest, context.review, request.principal, number, version)
    if run is not None and run.is_open and run.author != request.principal.name:
        context.rerunning.opened.note(number, version)
    return json_response(rerun_json(run, on=context.review.reruns))


async def ask_rerun(context: ServiceContext, request: Request) -> Response:
    numbers = request.numbers
    run = await context.writers.run(
        due_runs.ask, context.review, request.principal, numbers["number"], numbers["version"]
    )
    context.rerunning.wake()
    return json_response(rerun_json(run, on=True), 201)


def cancel_rerun(context: ServiceContext, request: Request) -> Response:
    numbers = request.numbers
    run = due_runs.cancel(context.review, request.principal, numbers["number"], numbers["version"])
    return json_response(rerun_json(run, on=context.review.reruns))


def view_rerun_cell(context: ServiceContext, request: Request) -> Response:
    """As `viewCell`, of the notebook with what the run showed."""
    numbers = request.numbers
    run = due_runs.latest(context.review, request.principal, numbers["number"], numbers["version"])
    notebook = context.review.notebooks(due_runs.notebook_of(run))
    return Response(body=context.checking.view_cell(notebook, numbers["cell"]))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Who may read a version may read its verdict; its author and reviewers may ask for another run."""
    of = "/api/v1/submissions/{number}/versions/{version}/rerun"
    read, token, nothing = Scope.READ, Session.TOKEN, BodyRule(JSON, context.limits.json)
    return (
        Route(operation="viewRerun", method="GET", path=of, scope=read, session=token, flow=view_rerun),
        Route(operation="askRerun", method="POST", path=of, scope=read, session=token, flow=ask_rerun, body=nothing),
        Route(
            operation="cancelRerun",
            method="POST",
            path=f"{of}/cancel",
            scope=read,
            session=token,
            work=cancel_rerun,
            body=nothing,
        ),
        Route(
            operation="viewRerunCell",
            method="GET",
            path=f"{of}/cells/{{cell}}",
            scope=read,
            session=token,
            flow=in_readers(view_rerun_cell),
        ),
    )
