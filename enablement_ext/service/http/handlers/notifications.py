"""The page on which a person chooses what they are told, and that of messages that could not be delivered."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import available_timezones

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.notifications.models import Occasion
from enablement_ext.core.review.notifications.preferences import MailTiming, Preferences
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.tickets import Purpose, confirmed_form, form_route, form_values
from enablement_ext.service.use_cases.notifications import outbox
from enablement_ext.service.use_cases.notifications import preferences as choices
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import Route

CHOOSING = Purpose("notifications", "something else")
RETRYING = Purpose("undelivered", "something else")
_KINDS = (
    (Occasion.TURN, "It is my turn"),
    (Occasion.REMINDER, "It has been my turn for long"),
    (Occasion.NEWS, "News of what I wrote or review"),
)
_TIMINGS = (
    (MailTiming.NOW, "At once"),
    (MailTiming.DIGEST, "With the daily summary"),
    (MailTiming.NEVER, "Never"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ZONES = sorted(available_timezones())


def show_page(context: ServiceContext, request: Request) -> Response:
    """What the person chose, in the form that changes it."""
    return _page(context, request, choices.chosen(context.review, request.principal))


async def save(context: ServiceContext, request: Request) -> Response:
    """Keep what was chosen. Raises `BadRequest` in words for who chose."""
    form = await confirmed_form(context, request, CHOOSING)
    chosen = _chosen(form.fields)
    await context.writers.run(choices.choose, context.review, form.by, chosen)
    return _page(context, request, chosen, saved=True)


def undelivered_page(context: ServiceContext, request: Request) -> Response:
    """Messages that were given up, the oldest first, with buttons to try them again."""
    return _undelivered(context, request)


async def retry(context: ServiceContext, request: Request) -> Response:
    """Try one again, or all that the page showed. Raises `Conflict`, `Forbidden`."""
    form = await confirmed_form(context, request, RETRYING)
    shown, wanted = form.seen.get("shown"), form.fields.get("entry", "")
    numbers = [number for number in shown if isinstance(number, int)] if isinstance(shown, list) else []
    if wanted != "all":
        numbers = [number for number in numbers if str(number) == wanted]
    if not numbers:
        raise BadRequest("Choose what is to be tried again.", facts={"field": "entry"})
    count = await context.writers.run(outbox.retry, context.review, form.by, form.groups, numbers)
    return await context.workers.run(_undelivered, context, request, count)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """Both pages and their forms."""
    own, dead, browser = "/notifications", "/undelivered", Session.BROWSER
    return (
        Route(
            operation="notificationsPage",
            method="GET",
            path=own,
            scope=Scope.READ,
            session=browser,
            work=show_page,
            navigation=True,
        ),
        form_route("saveNotifications", own, Scope.READ, save),
        Route(
            operation="undeliveredPage",
            method="GET",
            path=dead,
            scope=Scope.ADMIN,
            session=browser,
            work=undelivered_page,
            navigation=True,
        ),
        form_route("retryUndelivered", dead, Scope.ADMIN, retry),
    )


def _page(context: ServiceContext, request: Request, chosen: Preferences, *, saved: bool = False) -> Response:
    rules = context.review.notifications
    values: dict[str, object] = {
        "chosen": chosen,
        "kinds": _KINDS,
        "timings": _TIMINGS,
        "days": _DAYS,
        "zones": _ZONES,
        "saved": saved,
        "mail": rules is not None and bool(rules.address),
        "lab": lab_url(context.urls),
        **form_values(context, request, CHOOSING, {}),
    }
    return page("notifications.html", values, form_action="'self'")


def _undelivered(context: ServiceContext, request: Request, tried: int = 0) -> Response:
    entries = outbox.undelivered(context.review)
    values: dict[str, object] = {
        "entries": entries,
        "tried": tried,
        "lab": lab_url(context.urls),
        **form_values(context, request, RETRYING, {"shown": [entry.number for entry in entries]}),
    }
    return page("undelivered.html", values, form_action="'self'")


def _chosen(fields: Mapping[str, str]) -> Preferences:
    first, last = fields.get("away_from", ""), fields.get("away_until", "")
    hour = fields.get("digest_hour", "")
    document: dict[str, object] = {
        "mail": {occasion.value: fields.get(f"mail_{occasion.value}", "") for occasion in Occasion},
        "zone": fields.get("zone", ""),
        "opens": fields.get("opens", ""),
        "closes": fields.get("closes", ""),
        "days": [day for day in range(len(_DAYS)) if fields.get(f"day_{day}")],
        "digest_hour": int(hour) if hour.isascii() and hour.isdecimal() and len(hour) < 3 else None,
        "away": [first, last or first] if first or last else None,
    }
    return choices.checked(document)
