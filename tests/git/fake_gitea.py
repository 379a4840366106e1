"""A fake for Gitea's REST API (v1), as its Swagger document and the real one say: an organisation, accounts, their tokens. Empty lists are `null`."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from enablement_ext.core.git.forges.names import description, hosted_name
from enablement_ext.core.git.forges.ports import Credential, Delivery, ForgeAccount, ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_forge import HOOK_SECRET, ORGANISATION, FakeForge, FakeRepository, FakeRequest, FakeResponse, Json

ADMIN, PASSWORD = "keeper", "a-password-of-the-administrator"


@dataclass
class Person:
    """An account."""

    restricted: bool = False
    may_create: bool = True
    tokens: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  # name -> value, scopes


@dataclass(eq=False)
class Gitea(FakeForge):
    """The fake."""

    api = "/api/v1"
    people: dict[str, Person] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)  # repository, account
    hook_url: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def account(self) -> ForgeAccount:
        return ForgeAccount(
            ForgeKind.GITEA,
            self.url,
            f"{self.url}{self.api}",
            ORGANISATION,
            ADMIN,
            PASSWORD,
            HOOK_SECRET,
            self.hook_url,
        )

    def opens(self, credential: Credential, repository: RepositoryId, write: bool) -> bool:
        person = self.people.get(credential.username, Person())
        scopes = next((scopes for value, scopes in person.tokens.values() if value == credential.password), [])
        member = (hosted_name(repository), credential.username) in self.members
        return member and ("write:repository" in scopes or (not write and "read:repository" in scopes))

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        told = {
            "ref": "refs/heads/main",
            "after": commit,
            "repository": {"name": hosted_name(repository), "description": description(repository)},
            "pusher": {"login": "enablement-bot"},
        }
        body = json.dumps(told).encode()
        headers = {
            "x-gitea-event": "push",
            "x-gitea-delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473",
            "x-gitea-signature": hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex(),
        }
        return Delivery(headers, body, datetime.now(UTC))

    def answer(self, asked: FakeRequest) -> FakeResponse:
        kind, _, given = asked.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or base64.b64decode(given).decode() != f"{ADMIN}:{PASSWORD}":
            return FakeResponse(
                401, {"message": "invalid username, password or token", "url": f"{self.url}/api/swagger"}
            )
        parts = [unquote(part) for part in asked.path.split("/")]
        if parts[0] == "users" or parts[:2] == ["admin", "users"]:
            return self._people(asked, parts[2 if parts[0] == "admin" else 1 :])
        if parts == ["orgs", ORGANISATION, "repos"]:
            return self._organisation(asked)
        if parts[:2] == ["repos", ORGANISATION] and parts[2] in self.kept:
            return self._repository(asked, self.kept[parts[2]], parts[3:])
        return _missing()

    def _people(self, asked: FakeRequest, rest: list[str]) -> FakeResponse:  # noqa: PLR0911 - the API, path by path
        if not rest:
            name = asked.body["username"]
            if name in self.people:
                return FakeResponse(422, {"message": f"user already exists [name: {name}]"})
            self.people[name] = Person(asked.body["restricted"])
            return FakeResponse(201, {"id": len(self.people), "login": name})
        if rest[0] not in self.people:
            return _missing()
        person = self.people[rest[0]]
        if asked.method == "PATCH":
            person.may_create = asked.body["max_repo_creation"] != 0
        if rest[1:] == ["tokens"]:
            if asked.body["name"] in person.tokens:
                return FakeResponse(400, {"message": "access token name has been used already"})
            value = secrets.token_hex(20)
            person.tokens[asked.body["name"]] = (value, asked.body["scopes"])
            return FakeResponse(
                201, {"id": 1, "name": asked.body["name"], "sha1": value, "scopes": asked.body["scopes"]}
            )
        if asked.method == "DELETE":
            return FakeResponse(204) if person.tokens.pop(rest[2], None) else _missing()
        return FakeResponse(200, {"login": rest[0]})

    def _organisation(self, asked: FakeRequest) -> FakeResponse:
        if asked.method == "GET":
            return self._page(asked, [self._shown(kept) for kept in self.kept.values()])
        if asked.body["name"] in self.kept:
            return FakeResponse(409, {"message": "The repository with the same name already exists."})
        return FakeResponse(201, self._shown(self.add(asked.body["name"], asked.body["description"])))

    def _repository(self, asked: FakeRequest, kept: FakeRepository, rest: list[str]) -> FakeResponse:  # noqa: PLR0911 - the API, path by path
        if not rest:
            return FakeResponse(200, self._shown(kept))
        if rest[0] == "collaborators" and asked.method == "PUT":
            self.members.add((kept.name, rest[1]))
            return FakeResponse(204)
        if rest == ["branches"]:
            shown = [{"name": name, "commit": {"id": commit}} for name, commit in sorted(kept.branches.items())]
            return self._page(asked, shown)
        if rest[0] == "raw":
            data = self.file(kept, asked.query["ref"], "/".join(rest[1:]))
            return _missing() if data is None else FakeResponse(200, headers={"Content-Type": "text/plain"}, raw=data)
        if rest == ["hooks"]:
            if asked.method == "POST":
                kept.hooks.append(asked.body)
                return FakeResponse(201, {"id": len(kept.hooks)})
            return self._page(asked, [{"id": 1, "config": {"url": hook["config"]["url"]}} for hook in kept.hooks])
        return self._pulls(asked, kept) if rest == ["pulls"] else _missing()

    def _pulls(self, asked: FakeRequest, kept: FakeRepository) -> FakeResponse:
        if asked.method == "GET":
            return self._page(asked, list(kept.pulls))
        head, base = asked.body["head"], asked.body["base"]
        if not {head, base} <= kept.branches.keys():
            return _missing()
        if any((pull["head"]["ref"], pull["base"]["ref"]) == (head, base) for pull in kept.pulls):
            return FakeResponse(409, {"message": "pull request already exists for these targets"})
        number = len(kept.pulls) + 1
        page = f"{self.url}/{ORGANISATION}/{kept.name}/pulls/{number}"
        own = {"repo_id": kept.number}
        kept.pulls.append(
            {"number": number, "html_url": page, "head": {"ref": head, **own}, "base": {"ref": base, **own}}
        )
        return FakeResponse(201, kept.pulls[-1])

    def _page(self, asked: FakeRequest, items: list[Json]) -> FakeResponse:
        said = self.page(asked, items, "limit")
        return said if items else FakeResponse(200, None)

    def _shown(self, kept: FakeRepository) -> dict[str, Json]:
        return {
            "id": kept.number,
            "name": kept.name,
            "full_name": f"{ORGANISATION}/{kept.name}",
            "description": kept.text,
            "private": True,
            "size": 25,
            "created_at": "2026-11-25T01:00:00Z",
        }


def _missing() -> FakeResponse:
    return FakeResponse(404, {"message": "The target couldn't be found.", "errors": None, "url": "/api/swagger"})
