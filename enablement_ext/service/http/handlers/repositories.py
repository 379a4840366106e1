"""Repositories over HTTP: the JSON API for authors' servers, two pages for people, and the routes of Git's smart HTTP protocol."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.git.forges.ports import Forge, ForgeKind, Repository
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import page
from enablement_ext.service.http.tickets import client_of
from enablement_ext.service.use_cases import repositories
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, time_json

ONE = "/git/{space}/{owner}/{repository}"
REPOSITORIES = "/api/v1/git/repositories"
KEYS = "/api/v1/git/credentials"
_FORGES = {ForgeKind.GITHUB: "GitHub", ForgeKind.GITLAB: "GitLab"}


def describe_forge(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    place = context.repositories.forge.place
    return json_response({"kind": place.kind.value, "base": place.base, "proposals": place.proposals})


def make_repository(context: ServiceContext, request: Request) -> Response:
    fields = Fields(request.json_object(), BadRequest).only(("name", "group"))
    group = fields.members.get("group")
    if group is not None and not isinstance(group, str):
        raise fields.wrong("group", "is not a text")
    owner = (Space.USER, request.principal.name) if group is None else (Space.GROUP, group)
    repository = repositories.adopt(
        context.repositories, request.principal, RepositoryId(*owner, fields.text("name", 63, least=1))
    )
    return json_response(_json(context.repositories.forge, repository), 201 if repository.created else 200)


def list_repositories(context: ServiceContext, request: Request) -> Response:
    listed = repositories.listed(context.repositories, request.principal)
    return json_response({"items": [_json(context.repositories.forge, each) for each in listed]})


def mint_git_key(context: ServiceContext, request: Request) -> Response:
    key = repositories.mint(context.repositories, request.principal, _named_repository(context, request), write=True)
    return json_response({"username": key.username, "password": key.password, "seconds": key.seconds})


def end_git_keys(context: ServiceContext, request: Request) -> Response:
    return json_response(
        {
            "ended": repositories.revoke_grants(
                context.repositories, request.principal, _named_repository(context, request)
            )
        }
    )


def repositories_page(context: ServiceContext, request: Request) -> Response:
    with_addresses = [
        (each, context.repositories.forge.address(each.id))
        for each in repositories.listed(context.repositories, request.principal)
    ]
    values = {
        "who": request.principal,
        "repositories": with_addresses,
        "served": context.repositories.forge.server is not None,
        "forge": _FORGES.get(context.repositories.forge.place.kind, "the forge"),
        "prefix": context.urls.prefix,
    }
    return page("repositories.html", values)


def repository_page(context: ServiceContext, request: Request) -> Response:
    """With a credential to clone, where a browser navigated here; a script that asks gets none."""
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
        "forge": _FORGES.get(context.repositories.forge.place.kind, "the forge"),
        "minutes": key.seconds // 60 if key else 0,
        "prefix": context.urls.prefix,
    }
    return page("repository.html", values)


def _with_host(headers: Mapping[str, str], path: str) -> str:
    """A path where this request went to: the service does not know its own address where pages and API share one."""
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    scheme = "https" if headers.get("x-forwarded-proto", "http").startswith("https") else "http"
    return f"{scheme}://{host}{path}"


def repository_of(request: Request) -> RepositoryId:
    """The repository that the path names. Raises `NotFound`."""
    names = request.names
    repository = repository_of_path(f"git/{names['space']}/{names['owner']}/{names['repository']}")
    if repository is None:
        raise NotFound
    return repository


def _named_repository(context: ServiceContext, request: Request) -> RepositoryId:
    """The repository that the body names, by its path or by its clone address. Raises `BadRequest`, `NotFound`."""
    fields = Fields(request.json_object(), BadRequest).only(("path", "url"))
    if "url" in fields.members:
        return repositories.recognise(context.repositories, request.principal, fields.text("url", 2000, least=1))
    repository = repository_of_path(fields.text("path", 1000, least=1))
    if repository is None:
        raise NotFound
    return repository


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """JSON API, pages, and the paths of Git's own protocol."""
    return (*_api_routes(), *_page_routes(), *_git_routes(context))


def _api_routes() -> tuple[Route[ServiceContext], ...]:
    small, token = BodyRule(JSON, 8192), Session.TOKEN
    read, submit = Scope.READ, Scope.SUBMIT
    return (
        Route(
            operation="describeForge",
            method="GET",
            path="/api/v1/git/forge",
            scope=read,
            session=token,
            work=describe_forge,
        ),
        Route(
            operation="makeRepository",
            method="POST",
            path=REPOSITORIES,
            scope=submit,
            session=token,
            work=make_repository,
            body=small,
        ),
        Route(
            operation="listRepositories",
            method="GET",
            path=REPOSITORIES,
            scope=read,
            session=token,
            work=list_repositories,
        ),
        Route(
            operation="mintGitKey",
            method="POST",
            path=KEYS,
            scope=submit,
            session=token,
            work=mint_git_key,
            body=small,
        ),
        Route(
            operation="endGitKeys",
            method="POST",
            path=f"{KEYS}/end",
            scope=submit,
            session=token,
            work=end_git_keys,
            body=small,
        ),
    )


def _page_routes() -> tuple[Route[ServiceContext], ...]:
    read, browser = Scope.READ, Session.BROWSER
    return (
        Route(
            operation="repositoriesPage",
            method="GET",
            path="/git",
            scope=read,
            session=browser,
            work=repositories_page,
        ),
        Route(
            operation="repositoryPage",
            method="GET",
            path=ONE,
            scope=read,
            session=browser,
            work=repository_page,
        ),
    )


def _git_routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """They have no function: `GitEndpoint` streams them."""
    push, git = BodyRule("", context.limits.push), Session.GIT
    return (
        Route(operation="gitAdvertise", method="GET", path=f"{ONE}/info/refs", scope=Scope.READ, session=git),
        Route(
            operation="gitUploadPack",
            method="POST",
            path=f"{ONE}/git-upload-pack",
            scope=Scope.READ,
            session=git,
            body=push,
        ),
        Route(
            operation="gitReceivePack",
            method="POST",
            path=f"{ONE}/git-receive-pack",
            scope=Scope.SUBMIT,
            session=git,
            body=push,
        ),
    )


def _json(forge: Forge, repository: Repository) -> Json:
    address = forge.address(repository.id)
    return {
        "space": repository.id.space.value,
        "owner": repository.id.owner,
        "name": repository.id.name,
        "path": repository.id.path,
        "url": address.clone or None,
        "page": address.page or None,
        "made_at": time_json(repository.made_at),
        "size": repository.size,
        "heads": [{"branch": branch, "commit": commit} for branch, commit in repository.heads],
    }
