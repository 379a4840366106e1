"""The JSON API about trials: what would be sent is run before it is, for its author alone."""

from __future__ import annotations

import unicodedata
from functools import partial

from enablement_ext.core.errors import BadRequest
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.handlers.submissions import TAR, checkers, in_process
from enablement_ext.service.http.server_image import server_image_or_error
from enablement_ext.service.use_cases.submit import SubmitCommand
from enablement_ext.service.use_cases.trials import asking
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.rerun_json import trial_json
from enablement_ext.web.routes import BodyRule, Route


async def send_trial(context: ServiceContext, request: Request) -> Response:
    """One at a time for one person: the second of two presses gets what the first one began."""
    principal = request.principal
    async with context.key_locks.hold((principal.name, "trial")):
        image = await server_image_or_error(context, request, "Notebooks are tried")
        command, threads = SubmitCommand(principal, "", None, request.body, image), context.writers
        if request.large is not None:
            examine = in_process(context, request.large, None)
            command = SubmitCommand(principal, "", None, request.large.view(), image, examine)
            threads = checkers(context, request.large)
        asked = await threads.run(partial(asking.ask, held=context.rerunning.trials), context.review, command)
    context.rerunning.wake()
    return json_response(trial_json(asked.trial, ""), 201 if asked.added else 200)


def view_trial(context: ServiceContext, request: Request) -> Response:
    path = request.query.get("path", "")
    if not path or "\0" in path:
        raise BadRequest("Say of which notebook: ?path=…", facts={"field": "path"})
    found = asking.latest(context.review, request.principal, unicodedata.normalize("NFC", path))
    return json_response(trial_json(found, context.rerunning.off_because))


def cancel_trial(context: ServiceContext, request: Request) -> Response:
    trial = request.json_object().get("id")
    if not isinstance(trial, str):
        raise BadRequest("“id” is missing or not valid.", facts={"field": "id"})
    ended = asking.cancel(context.review, request.principal, trial)
    return json_response(trial_json(ended, context.rerunning.off_because))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Whoever may send may try."""
    of, submit, token = "/api/v1/trials", Scope.SUBMIT, Session.TOKEN
    return (
        Route(
            operation="sendTrial",
            method="POST",
            path=of,
            scope=submit,
            session=token,
            flow=send_trial,
            body=BodyRule(TAR, context.limits.body),
        ),
        Route(operation="viewTrial", method="GET", path=of, scope=submit, session=token, work=view_trial),
        Route(
            operation="cancelTrial",
            method="POST",
            path=f"{of}/cancel",
            scope=submit,
            session=token,
            work=cancel_trial,
            body=BodyRule(JSON, context.limits.json),
        ),
    )
