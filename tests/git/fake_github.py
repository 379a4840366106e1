"""A fake for GitHub's REST API (2022-11-28), as docs.github.com describes it: an App, its installation on one organisation, its tokens."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from enablement_ext.core.git.forges.names import description, hosted_name
from enablement_ext.core.git.forges.ports import Credential, Delivery, ForgeAccount, ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_forge import HOOK_SECRET, ORGANISATION, FakeForge, FakeRepository, FakeRequest, FakeResponse, Json

APP, INSTALLATION = "424242", 77
GRANTED = {"administration": "write", "contents": "write", "metadata": "read", "pull_requests": "write"}


@cache
def private_key() -> rsa.RSAPrivateKey:
    """The App's key."""
    return rsa.generate_private_key(65537, 2048)


def pem() -> str:
    """The file that GitHub gave for it."""
    made: bytes = private_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return made.decode()


@dataclass
class Token:
    """An installation token."""

    value: str
    permissions: dict[str, str]
    repositories: list[str] | None
    until: float
    alive: bool = True


@dataclass(eq=False)
class GitHub(FakeForge):
    """The fake. `wide`: it makes tokens that open everything, which it never should."""

    api = "/api/v3"
    tokens: dict[str, Token] = field(default_factory=dict)
    wide: bool = False
    installed: bool = True
    left: int = 5000

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def account(self) -> ForgeAccount:
        return ForgeAccount(
            ForgeKind.GITHUB, self.url, f"{self.url}{self.api}", ORGANISATION, APP, pem(), hook_secret=HOOK_SECRET
        )

    def opens(self, credential: Credential, repository: RepositoryId, write: bool) -> bool:
        token = self.tokens.get(credential.password)
        if token is None or not token.alive or credential.username != "x-access-token":
            return False
        limited = token.repositories is not None and hosted_name(repository) not in token.repositories
        return not limited and (token.permissions.get("contents") == "write" or not write)

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        told = {
            "ref": "refs/heads/main",
            "after": commit,
            "repository": {"name": hosted_name(repository), "description": description(repository)},
            "pusher": {"name": "enablement[bot]"},
            "sender": {"login": "enablement[bot]"},
        }
        body = json.dumps(told).encode()
        signed = hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex()
        headers = {
            "x-github-event": "push",
            "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "x-hub-signature-256": f"sha256={signed}",
        }
        return Delivery(headers, body, datetime.now(UTC))

    def answer(self, asked: FakeRequest) -> FakeResponse:
        said = self._answer(asked)
        self.left -= 1
        limits = {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": "1900000000",
        }
        return FakeResponse(said.status, said.value, {**limits, **said.headers}, said.raw)

    def _answer(self, asked: FakeRequest) -> FakeResponse:  # noqa: PLR0911 - the API, path by path
        kind, _, bearer = asked.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or asked.headers.get("x-github-api-version") != "2022-11-28":
            return _no(401, "Requires authentication")
        parts = [unquote(part) for part in asked.path.split("/")]
        if parts[:1] == ["app"] or parts[2:] == ["installation"]:
            return self._as_app(asked, parts, bearer)
        token = self.tokens.get(bearer)
        if token is None or not token.alive or token.until < time.time():
            return _no(401, "Bad credentials")
        if asked.path == "installation/token" and asked.method == "DELETE":
            token.alive = False
            return FakeResponse(204)
        if parts[:2] == ["orgs", ORGANISATION]:
            return self._organisation(asked, token)
        if parts[:2] == ["repos", ORGANISATION] and parts[2] in self.kept:
            return self._repository(asked, token, self.kept[parts[2]], parts[3:])
        return _no(404, "Not Found")

    def _as_app(self, asked: FakeRequest, parts: list[str], bearer: str) -> FakeResponse:  # noqa: PLR0911 - the API, path by path
        if not _is_app(bearer):
            return _no(401, "A JSON web token could not be decoded")
        if not self.installed:
            return _no(404, "Not Found")
        if asked.method == "GET":
            return FakeResponse(200, {"id": INSTALLATION, "account": {"login": ORGANISATION}, "permissions": GRANTED})
        wanted = asked.body.get("repositories")
        if parts[2] != str(INSTALLATION):
            return _no(404, "Not Found")
        if wanted is not None and not set(wanted) <= set(self.kept):
            return _no(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        permissions = {**asked.body["permissions"], "metadata": "read"}
        if not permissions.keys() <= GRANTED.keys():
            return _no(422, "The permissions requested are not granted to this installation.")
        if self.wide:
            wanted = None
        token = Token("ghs_" + secrets.token_hex(18), permissions, wanted, time.time() + 3600)
        self.tokens[token.value] = token
        made = {"token": token.value, "expires_at": _when(token.until), "permissions": permissions}
        if wanted is not None:
            made["repositories"] = [self._shown(self.kept[name]) for name in wanted]
        return FakeResponse(201, {**made, "repository_selection": "all" if wanted is None else "selected"})

    def _organisation(self, asked: FakeRequest, token: Token) -> FakeResponse:
        if asked.method == "GET":
            return self.page(asked, [self._shown(kept) for kept in self.kept.values()])
        if token.permissions.get("administration") != "write":
            return _no(403, "Resource not accessible by integration")
        if asked.body["name"] in self.kept:
            error = {
                "resource": "Repository",
                "code": "custom",
                "field": "name",
                "message": "name already exists on this account",
            }
            return FakeResponse(422, {"message": "Repository creation failed.", "errors": [error]})
        return FakeResponse(201, self._shown(self.add(asked.body["name"], asked.body["description"])))

    def _repository(self, asked: FakeRequest, token: Token, kept: FakeRepository, rest: list[str]) -> FakeResponse:
        if not rest:
            return FakeResponse(200, self._shown(kept))
        if "contents" not in token.permissions:
            return _no(403, "Resource not accessible by integration")
        if rest == ["branches"]:
            shown = [{"name": name, "commit": {"sha": commit}} for name, commit in sorted(kept.branches.items())]
            return self.page(asked, shown)
        if rest[0] == "contents":
            return self._contents(asked, kept, "/".join(rest[1:]))
        if rest == ["pulls"] and token.permissions.get("pull_requests") == "write":
            return self._pulls(asked, kept)
        return _no(403, "Resource not accessible by integration")

    def _contents(self, asked: FakeRequest, kept: FakeRepository, path: str) -> FakeResponse:
        ref = asked.query["ref"]
        data = self.file(kept, ref, path)
        if data is not None:
            return FakeResponse(
                200, headers={"Content-Type": "application/vnd.github.raw+json; charset=utf-8"}, raw=data
            )
        if any(known.startswith(f"{path}/") for _, known in kept.files):
            return FakeResponse(200, [{"type": "file", "name": "x"}])
        return _no(404, "Not Found" if ref in kept.branches else f"No commit found for the ref {ref}")

    def _pulls(self, asked: FakeRequest, kept: FakeRepository) -> FakeResponse:
        if asked.method == "GET":
            head, base = asked.query["head"].removeprefix(f"{ORGANISATION}:"), asked.query["base"]
            return FakeResponse(
                200, [pull for pull in kept.pulls if (pull["head"]["ref"], pull["base"]["ref"]) == (head, base)]
            )
        head, base = asked.body["head"], asked.body["base"]
        if not {head, base} <= kept.branches.keys():
            error: dict[str, Json] = {"resource": "PullRequest", "field": "head", "code": "invalid"}
            return FakeResponse(422, {"message": "Validation Failed", "errors": [error]})
        if any((pull["head"]["ref"], pull["base"]["ref"]) == (head, base) for pull in kept.pulls):
            error = {"code": "custom", "message": f"A pull request already exists for {ORGANISATION}:{head}."}
            return FakeResponse(422, {"message": "Validation Failed", "errors": [error]})
        number = len(kept.pulls) + 1
        page = f"{self.url}/{ORGANISATION}/{kept.name}/pull/{number}"
        kept.pulls.append({"number": number, "html_url": page, "head": {"ref": head}, "base": {"ref": base}})
        return FakeResponse(201, kept.pulls[-1])

    def _shown(self, kept: FakeRepository) -> dict[str, Json]:
        return {
            "id": kept.number,
            "name": kept.name,
            "full_name": f"{ORGANISATION}/{kept.name}",
            "description": kept.text,
            "private": True,
            "size": 3,
            "created_at": "2026-11-25T01:00:00Z",
        }


def _no(status: int, message: str) -> FakeResponse:
    return FakeResponse(
        status, {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    )


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_app(bearer: str) -> bool:
    """Whether it is a JSON Web Token of the App's, as GitHub checks it: RS256, ten minutes at most, not from the future."""
    head, claims, signature = (_bytes64(part) for part in bearer.split("."))
    told = json.loads(claims)
    try:
        private_key().public_key().verify(signature, bearer.rpartition(".")[0].encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    timely = told["iat"] <= time.time() < told["exp"] <= time.time() + 600
    return bool(json.loads(head)["alg"] == "RS256" and told["iss"] == APP and timely)


def _bytes64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
