"""Repositories over HTTP: the JSON API for authors' servers, and the routes of Git's smart HTTP protocol."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.git.forges.ports import Repository
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases.git import access as repository_access
from enablement_ext.service.use_cases.git import repositories
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, time_json

ONE = "/git/{space}/{owner}/{repository}"
REPOSITORIES = "/api/v1/git/repositories"
KEYS = "/api/v1/git/credentials"


def describe_forge(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    place = context.repositories.forge.place
    return json_response({"kind": place.kind.value, "base": place.base, "proposals": place.proposals})


def make_repository(context: ServiceContext, request: Request) -> Response:
    fields = Fields(request.json_object(), BadRequest).only(("name", "group"))
    group = fields.members.get("group")
    if group is not None and not isinstance(group, str):
        raise fields.wrong("group", "is not a text")
    wanted = _own(request, fields.text("name", 63, least=1), group)
    repository = repositories.adopt(context.repositories, request.principal, wanted)
    return json_response(_json(context, request, repository), 201 if repository.created else 200)


def look_up_repository(context: ServiceContext, request: Request) -> Response:
    """By its path, by its clone address, or by a name for a new one, which may be there already."""
    query = request.query
    if "name" in query:
        wanted = _own(request, query["name"], query.get("group"))
        there = repositories.exists(context.repositories, wanted)
    else:
        wanted, there = _named_repository(context, request, query), None
    access = repository_access.access_to(context.review, request.principal, wanted)
    return json_response(
        {
            "space": wanted.space.value,
            "owner": wanted.owner,
            "name": wanted.name,
            "path": wanted.path,
            "access": access.value,
            "exists": there,
            "mine": repository_access.makes(request.principal, wanted),
            "page": context.urls.on_pages(f"{context.urls.prefix}{wanted.path}"),
            "ask": repository_access.whom_to_ask(request.principal, wanted),
            "groups": list(repository_access.teams(request.principal)),
        }
    )


def list_repositories(context: ServiceContext, request: Request) -> Response:
    listed = repositories.listed(context.repositories, request.principal)
    return json_response({"items": [_json(context, request, each, for_review=why) for each, why in listed]})


def mint_git_key(context: ServiceContext, request: Request) -> Response:
    wanted = _named_repository(context, request, request.json_object())
    key = repositories.mint(context.repositories, request.principal, wanted, write=True)
    return json_response({"username": key.username, "password": key.password, "seconds": key.seconds})


def end_git_keys(context: ServiceContext, request: Request) -> Response:
    wanted = _named_repository(context, request, request.json_object())
    return json_response({"ended": repositories.revoke_grants(context.repositories, request.principal, wanted)})


def _own(request: Request, name: str, group: str | None) -> RepositoryId:
    """A repository of the person's own, or of a group's. Raises `BadRequest`."""
    owner = (Space.USER, request.principal.name) if group is None else (Space.GROUP, group)
    return RepositoryId(*owner, name)


def _named_repository(context: ServiceContext, request: Request, members: Mapping[str, object]) -> RepositoryId:
    """The repository that a body or a query names, by its path or by its clone address. Raises `BadRequest`, `NotFound`."""
    fields = Fields(members, BadRequest).only(("path", "url"))
    if "url" in fields.members:
        return repositories.recognise(context.repositories, request.principal, fields.text("url", 2000, least=1))
    repository = repository_of_path(fields.text("path", 1000, least=1))
    if repository is None:
        raise NotFound
    return repository


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """JSON API, and the paths of Git's own protocol."""
    return (*_api_routes(), *_git_routes(context))


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
            operation="lookUpRepository",
            method="GET",
            path="/api/v1/git/repository",
            scope=read,
            session=token,
            work=look_up_repository,
        ),
        Route(
            operation="mintGitKey",
            method="POST",
            path=KEYS,
            scope=read,  # who may not send gets one for reading
            session=token,
            work=mint_git_key,
            body=small,
        ),
        Route(
            operation="endGitKeys",
            method="POST",
            path=f"{KEYS}/end",
            scope=read,
            session=token,
            work=end_git_keys,
            body=small,
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


def _json(context: ServiceContext, request: Request, repository: Repository, *, for_review: bool = False) -> Json:
    address = context.repositories.forge.address(repository.id)
    access = repository_access.access_to(context.review, request.principal, repository.id)
    return {
        "space": repository.id.space.value,
        "owner": repository.id.owner,
        "name": repository.id.name,
        "path": repository.id.path,
        "access": access.value,
        "for_review": for_review,
        "url": address.clone or None,
        "page": address.page or None,
        "made_at": time_json(repository.made_at),
        "size": repository.size,
        "heads": [{"branch": branch, "commit": commit} for branch, commit in repository.heads],
    }
