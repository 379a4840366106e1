"""Repositories over HTTP: the API that the author's server asks, two pages for people, and the places where Git itself comes in."""

from __future__ import annotations

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.git_ports import Repository
from enablement_ext.core.git_setup.names import RepositoryId, Space, repository_of_path
from enablement_ext.service.cases import repositories
from enablement_ext.service.house import House
from enablement_ext.service.http.rendering import page
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.exchange import JSON, Answer, Request, json_answer
from enablement_ext.web.jsonio import Json, time_json
from enablement_ext.web.parse import Fields
from enablement_ext.web.routes import BodyRule, Route

ONE = "/git/{space}/{owner}/{repository}"


def make_repository(house: House, request: Request) -> Answer:
    fields = Fields(request.json_object(), BadRequest).only(("name", "group"))
    group = fields.members.get("group")
    if group is not None and not isinstance(group, str):
        raise fields.wrong("group", "is not a text")
    owner = (Space.USER, request.principal.name) if group is None else (Space.GROUP, group)
    found = repositories.adopt(house, request.principal, RepositoryId(*owner, fields.text("name", 63, least=1)))
    return json_answer(_json(found), 201 if found.created else 200)


def list_repositories(house: House, request: Request) -> Answer:
    return json_answer({"items": [_json(found) for found in repositories.listed(house, request.principal)]})


def mint_git_key(house: House, request: Request) -> Answer:
    path = Fields(request.json_object(), BadRequest).only(("path",)).text("path", 1000, least=1)
    repository = repository_of_path(path)
    if repository is None:
        raise NotFound
    key = repositories.mint(house, request.principal, repository, write=True)
    return json_answer({"username": repositories.USERNAME, "password": key.password, "seconds": key.seconds})


def repositories_page(house: House, request: Request) -> Answer:
    found = repositories.listed(house, request.principal)
    return page("repositories.html", {"who": request.principal, "repositories": found, "prefix": house.place.prefix})


def repository_page(house: House, request: Request) -> Answer:
    """With a key to clone, for whoever came here themself; a script that asks gets none."""
    repository = repository_of(request)
    found = repositories.find(house, request.principal, repository)
    headers = request.headers
    navigated = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    key = repositories.mint(house, request.principal, repository, write=False) if navigated else None
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    scheme = "https" if headers.get("x-forwarded-proto", "http").startswith("https") else "http"
    values: dict[str, object] = {
        "repository": found,
        "key": key,
        "username": repositories.USERNAME,
        "url": f"{scheme}://{host}{house.place.prefix}{repository.path}",
        "minutes": repositories.CLONE_SECONDS // 60,
        "prefix": house.place.prefix,
    }
    return page("repository.html", values)


def repository_of(request: Request) -> RepositoryId:
    """The repository that the path names. Raises `NotFound`."""
    names = request.names
    found = repository_of_path(f"git/{names['space']}/{names['owner']}/{names['repository']}")
    if found is None:
        raise NotFound
    return found


def routes(house: House) -> tuple[Route[House], ...]:
    """The routes of this module."""
    body, push = BodyRule(JSON, 8192), BodyRule("", house.bounds.push)
    read, submit = Scope.READ, Scope.SUBMIT
    token, browser, git = Session.TOKEN, Session.BROWSER, Session.GIT
    places, keys = "/api/v1/git/repositories", "/api/v1/git/credentials"
    return (
        Route(
            operation="makeRepository",
            method="POST",
            path=places,
            scope=submit,
            session=token,
            work=make_repository,
            body=body,
        ),
        Route(
            operation="listRepositories",
            method="GET",
            path=places,
            scope=read,
            session=token,
            work=list_repositories,
        ),
        Route(
            operation="mintGitKey", method="POST", path=keys, scope=submit, session=token, work=mint_git_key, body=body
        ),
        Route(
            operation="repositoriesPage", method="GET", path="/git", scope=read, session=browser, work=repositories_page
        ),
        Route(operation="repositoryPage", method="GET", path=ONE, scope=read, session=browser, work=repository_page),
        Route(operation="gitAdvertise", method="GET", path=f"{ONE}/info/refs", scope=read, session=git),
        Route(
            operation="gitUploadPack", method="POST", path=f"{ONE}/git-upload-pack", scope=read, session=git, body=push
        ),
        Route(
            operation="gitReceivePack",
            method="POST",
            path=f"{ONE}/git-receive-pack",
            scope=submit,
            session=git,
            body=push,
        ),
    )


def _json(found: Repository) -> Json:
    return {
        "space": found.id.space.value,
        "owner": found.id.owner,
        "name": found.id.name,
        "path": found.id.path,
        "made_at": time_json(found.made_at),
        "size": found.size,
        "heads": [{"branch": branch, "commit": commit} for branch, commit in found.heads],
    }
