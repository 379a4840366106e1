"""The pages about repositories: a list, and one page for each, on which its owner says who else may use it.

Access is given there and not in the lab: a notebook that the owner runs holds the server's token, and must not let anybody in.
"""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.forges.ports import ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.page_words import RISK_WORDS
from enablement_ext.service.http.rendering import page
from enablement_ext.service.http.tickets import (
    TICKET_SECONDS,
    Purpose,
    client_of,
    confirmed_form,
    form_route,
    issue_ticket,
)
from enablement_ext.service.use_cases.git import access as repository_access
from enablement_ext.service.use_cases.git import repositories
from enablement_ext.service.use_cases.git.access import MembershipCommand
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, redirect
from enablement_ext.web.routes import Route

ONE = "/git/{space}/{owner}/{repository}"
PURPOSE = Purpose("repository-access", "another repository")
_FORGES = {ForgeKind.GITHUB: "GitHub", ForgeKind.GITLAB: "GitLab"}


def list_page(context: ServiceContext, request: Request) -> Response:
    """Everything that the person may use."""
    with_addresses = [
        (each, context.repositories.forge.address(each.id), for_review)
        for each, for_review in repositories.listed(context.repositories, request.principal)
    ]
    values = {
        "who": request.principal,
        "repositories": with_addresses,
        "served": context.repositories.forge.server is not None,
        "forge": _forge(context),
        "prefix": context.urls.prefix,
    }
    return page("repositories.html", values)


def show_page(context: ServiceContext, request: Request) -> Response:
    """With a credential to clone and the form for access, where a browser navigated here; a script that asks gets neither."""
    repository_id = repository_of(request)
    repository = repositories.find(context.repositories, request.principal, repository_id)
    headers = request.headers
    navigated = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    key = (
        repositories.show_access(context.repositories, request.principal, repository_id, client_of(request))
        if navigated
        else None
    )
    address = context.repositories.forge.address(repository_id)
    served = context.urls.on_api(f"{context.urls.prefix}{repository_id.path}")
    values: dict[str, object] = {
        "repository": repository,
        "key": key,
        "url": address.clone or (_with_host(headers, served) if served.startswith("/") else served),
        "elsewhere": address.page,
        "forge": _forge(context),
        "minutes": key.seconds // 60 if key else 0,
        "prefix": context.urls.prefix,
        **_access_values(context, request, repository_id, navigated),
    }
    return page("repository.html", values, form_action="'self'" if values["ticket"] else "'none'")


async def change_access(context: ServiceContext, request: Request) -> Response:
    """What the owner says of one person, who must have an account of the hub now."""
    form = await confirmed_form(context, request, PURPOSE)
    repository, name = repository_of(request), form.fields.get("who", "").strip()
    access = form.fields.get("access", "")
    if access not in Access._value2member_map_ or not 0 < len(name) <= 255 or not name.isprintable():
        raise BadRequest("Say who, and what they may do.", facts={"field": "who"})
    wanted = Access(access)
    who = await context.workers.run(repository_access.person_named, context.review, repository, name, wanted)
    if who is None or (wanted is not Access.NONE and await context.hub.account_of(who) is None):
        raise BadRequest(
            "Nobody of this name has worked here yet. Ask them to open JupyterLab once, then share it.",
            facts={"field": "who"},
        )
    command = MembershipCommand(request.principal, repository, who, wanted, client_of(request), context.decisions.taken)
    await context.writers.run(repositories.share, context.repositories, command)
    return redirect(request.path.removesuffix("/access"))


def repository_of(request: Request) -> RepositoryId:
    """The repository that the path names. Raises `NotFound`."""
    names = request.names
    repository = repository_of_path(f"git/{names['space']}/{names['owner']}/{names['repository']}")
    if repository is None:
        raise NotFound
    return repository


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """The list, a repository's page, and its form."""
    read, browser = Scope.READ, Session.BROWSER
    return (
        Route(operation="repositoriesPage", method="GET", path="/git", scope=read, session=browser, work=list_page),
        Route(operation="repositoryPage", method="GET", path=ONE, scope=read, session=browser, work=show_page),
        form_route("changeRepositoryAccess", f"{ONE}/access", read, change_access),
    )


def _access_values(
    context: ServiceContext, request: Request, repository: RepositoryId, navigated: bool
) -> dict[str, object]:
    """Who may use it, and the owner's form."""
    who = request.principal
    owns = repository_access.owns(who, repository)
    return {
        "group": repository.owner if repository.space is Space.GROUP else "",
        "access": repository_access.access_to(context.review, who, repository).value,
        "ask": repository_access.whom_to_ask(who, repository),
        "owns": owns,
        "members": repository_access.members(context.review, who, repository),
        "ticket": issue_ticket(context, request, PURPOSE, {}) if owns and navigated else "",
        "action": f"{request.path}/access",
        "by": who.name,
        "ticket_minutes": TICKET_SECONDS // 60,
        "risks": [RISK_WORDS[risk] for risk in context.decisions.taken] if owns else [],
    }


def _forge(context: ServiceContext) -> str:
    return _FORGES.get(context.repositories.forge.place.kind, "the forge")


def _with_host(headers: Mapping[str, str], path: str) -> str:
    """A path where this request went to: the service does not know its own address where pages and API share one."""
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    scheme = "https" if headers.get("x-forwarded-proto", "http").startswith("https") else "http"
    return f"{scheme}://{host}{path}"
