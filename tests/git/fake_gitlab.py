"""A fake for GitLab's REST API (v4), as docs.gitlab.com describes it: a group, its projects, project access tokens, merge requests."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from urllib.parse import unquote

from enablement_ext.core.git.forges.names import description, hosted_name
from enablement_ext.core.git.forges.ports import Credential, Delivery, ForgeAccount, ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_forge import HOOK_SECRET, FakeForge, FakeRepository, FakeRequest, FakeResponse, Json

GROUP = "company/science"
TOKEN = "glpat-the-group's-own"


@dataclass
class ProjectToken:
    """A project access token."""

    id: int
    name: str
    value: str
    project: str
    scopes: list[str]
    level: int
    until: str
    revoked: bool = False


@dataclass(eq=False)
class GitLab(FakeForge):
    """The fake. `today`: of its clock, where a test has one of its own."""

    api = "/api/v4"
    today: date | None = None
    tokens: list[ProjectToken] = field(default_factory=list)
    hook_url: str = ""
    hook_secret: str = HOOK_SECRET

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def account(self) -> ForgeAccount:
        return ForgeAccount(
            ForgeKind.GITLAB,
            self.url,
            f"{self.url}{self.api}",
            GROUP,
            secret=TOKEN,
            hook_secret=self.hook_secret,
            hook_url=self.hook_url,
        )

    def opens(self, credential: Credential, repository: RepositoryId, write: bool) -> bool:
        for token in self.tokens:
            if token.value == credential.password and not token.revoked and token.project == hosted_name(repository):
                scope = "write_repository" in token.scopes
                return (scope and token.level >= 40) or (not write and (scope or "read_repository" in token.scopes))
        return False

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        told = {
            "object_kind": "push",
            "ref": "refs/heads/main",
            "after": commit,
            "user_username": "project_1_bot",
            "project": {
                "name": hosted_name(repository),
                "path_with_namespace": f"{GROUP}/{hosted_name(repository)}",
                "description": description(repository),
            },
            "repository": {"name": hosted_name(repository)},
        }
        headers = {
            "x-gitlab-event": "Push Hook",
            "x-gitlab-token": HOOK_SECRET,
            "x-gitlab-event-uuid": "13792a34-cac6-4fda-95a8-c58e00a3954e",
            "idempotency-key": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
        }
        return Delivery(headers, json.dumps(told).encode(), datetime.now(UTC))

    def answer(self, asked: FakeRequest) -> FakeResponse:
        if asked.headers.get("private-token") != TOKEN:
            return FakeResponse(401, {"message": "401 Unauthorized"})
        said = self._answer(asked)
        limits = {"RateLimit-Limit": "600", "RateLimit-Remaining": "599", "RateLimit-Reset": "1900000000"}
        return FakeResponse(said.status, said.value, {**limits, **said.headers}, said.raw)

    def _answer(self, asked: FakeRequest) -> FakeResponse:
        parts = [unquote(part) for part in asked.path.split("/")]
        if parts[:2] == ["groups", GROUP]:
            return self._group(asked, parts[2:])
        if parts == ["projects"] and asked.method == "POST":
            return self._create(asked)
        name = parts[1].removeprefix(f"{GROUP}/") if parts[0] == "projects" and len(parts) > 1 else ""
        if name not in self.kept:
            return FakeResponse(404, {"message": "404 Project Not Found"})
        return self._project(asked, self.kept[name], parts[2:])

    def _group(self, asked: FakeRequest, rest: list[str]) -> FakeResponse:
        if rest == ["projects"]:
            return self.page(asked, [self._shown(kept) for kept in self.kept.values()])
        return FakeResponse(200, {"id": 9, "full_path": GROUP})

    def _create(self, asked: FakeRequest) -> FakeResponse:
        if asked.body["namespace_id"] != 9 or asked.body["visibility"] != "private":
            return FakeResponse(403, {"message": "403 Forbidden"})
        if asked.body["path"] in self.kept:
            taken = ["has already been taken"]
            return FakeResponse(400, {"message": {"project_namespace.name": taken, "name": taken, "path": taken}})
        return FakeResponse(201, self._shown(self.add(asked.body["path"], asked.body["description"])))

    def _project(self, asked: FakeRequest, kept: FakeRepository, rest: list[str]) -> FakeResponse:  # noqa: PLR0911 - the API, path by path
        if not rest:
            return FakeResponse(200, self._shown(kept))
        if rest[0] == "access_tokens":
            return self._tokens(asked, kept, rest[1:])
        if rest == ["repository", "branches"]:
            shown = [{"name": name, "commit": {"id": commit}} for name, commit in sorted(kept.branches.items())]
            return self.page(asked, shown)
        if rest[:2] == ["repository", "files"] and rest[3:] == ["raw"]:
            data = self.file(kept, asked.query["ref"], rest[2])
            missing = FakeResponse(404, {"message": "404 File Not Found"})
            return missing if data is None else FakeResponse(200, headers={"Content-Type": "text/plain"}, raw=data)
        if rest == ["merge_requests"]:
            return self._requests(asked, kept)
        if rest == ["hooks"]:
            return self._hooks(asked, kept)
        return FakeResponse(404, {"error": "404 Not Found"})

    def _tokens(self, asked: FakeRequest, kept: FakeRepository, rest: list[str]) -> FakeResponse:
        mine = [token for token in self.tokens if token.project == kept.name]
        if asked.method == "GET":
            active = [token for token in mine if not token.revoked]
            return self.page(asked, [{"id": token.id, "name": token.name, "revoked": False} for token in active])
        if asked.method == "DELETE":
            found = [token for token in mine if str(token.id) == rest[0]]
            for token in found:
                token.revoked = True
            return FakeResponse(204 if found else 404, {"message": "404 Could not find project access token"})
        body = asked.body
        if date.fromisoformat(body["expires_at"]) <= (self.today or datetime.now(UTC).date()):
            return FakeResponse(400, {"message": "400 Bad request - Expiration date must be in the future"})
        value = f"glpat-{secrets.token_urlsafe(15)}"
        made = ProjectToken(
            len(self.tokens) + 1,
            body["name"],
            value,
            kept.name,
            body["scopes"],
            body["access_level"],
            body["expires_at"],
        )
        self.tokens.append(made)
        return FakeResponse(
            201, {"id": made.id, "name": made.name, "token": value, "expires_at": made.until, "active": True}
        )

    def _requests(self, asked: FakeRequest, kept: FakeRepository) -> FakeResponse:
        pair = ("source_branch", "target_branch")
        if asked.method == "GET":
            wanted = tuple(asked.query[name] for name in pair)
            return FakeResponse(200, [pull for pull in kept.pulls if tuple(pull[name] for name in pair) == wanted])
        source, target = (asked.body[name] for name in pair)
        if source not in kept.branches:
            return FakeResponse(400, {"message": ["Source branch does not exist"]})
        same = [pull for pull in kept.pulls if (pull["source_branch"], pull["target_branch"]) == (source, target)]
        if same:
            said = f"Another open merge request already exists for this source branch: !{same[0]['iid']}"
            return FakeResponse(409, {"message": [said]})
        number = len(kept.pulls) + 1
        page = f"{self.url}/{GROUP}/{kept.name}/-/merge_requests/{number}"
        own = {"source_project_id": kept.number, "target_project_id": kept.number}
        kept.pulls.append({"iid": number, "web_url": page, "source_branch": source, "target_branch": target, **own})
        return FakeResponse(201, kept.pulls[-1])

    def _hooks(self, asked: FakeRequest, kept: FakeRepository) -> FakeResponse:
        if asked.method == "POST":
            kept.hooks.append(asked.body)
            return FakeResponse(201, {"id": len(kept.hooks), "url": asked.body["url"]})
        return self.page(asked, [{"id": 1, "url": hook["url"]} for hook in kept.hooks])

    def _shown(self, kept: FakeRepository) -> dict[str, Json]:
        return {
            "id": kept.number,
            "name": kept.name,
            "path": kept.name,
            "path_with_namespace": f"{GROUP}/{kept.name}",
            "description": kept.text,
            "created_at": "2026-11-25T01:00:00.000Z",
        }
