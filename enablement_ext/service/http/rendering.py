"""Pages: HTML from templates that escape everything, with one style element, at most one script of ours, no image but those that we made
and that the page itself carries, nothing from elsewhere."""

from __future__ import annotations

import secrets
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from enablement_ext.core.errors import WrongOrigin
from enablement_ext.core.review.version_changes import fall_sentence
from enablement_ext.service.context import PublicUrls, ServiceContext
from enablement_ext.web.headers import page_headers
from enablement_ext.web.messages import Response
from enablement_ext.web.problem import Problem

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["why_fallen"] = fall_sentence
HTML = "text/html; charset=utf-8"


def page(
    template: str,
    values: dict[str, object],
    *,
    status: int = 200,
    form_action: str = "'none'",
    images: str = "'none'",
) -> Response:
    """A page. `form_action`: where its form may go, `images`: where its pictures may come from, as CSP source lists."""
    nonce = secrets.token_urlsafe(16)
    text = _TEMPLATES.get_template(template).render(nonce=nonce, **values)
    return Response(status, text.encode(), HTML, page_headers(nonce, form_action, images))


def error_page(context: ServiceContext, problem: Problem) -> Response:
    """A page that says what went wrong."""
    incident = problem.incident or ""
    values: dict[str, object] = {"problem": problem, "incident": incident, "lab": lab_url(context.urls)}
    values["elsewhere"] = problem.facts.get("url", "") if problem.code == WrongOrigin.code else ""
    return page("problem.html", values, status=problem.status)


def lab_url(urls: PublicUrls, number: int | None = None) -> str:
    """The lab of whoever follows it, with a submission opened in it."""
    suffix = "" if number is None else f"?enablement-submission={number}"
    return f"{urls.hub}user-redirect/lab{suffix}"
