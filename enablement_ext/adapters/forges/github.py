"""GitHub, as an App that is installed on one organisation.

Every key is an installation token that GitHub ends within the hour. What a person gets is limited to one repository and to `contents`; what the service
itself needs it gets for each purpose apart. The App's private key signs, and goes nowhere.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from enablement_ext.adapters.forges.base import HostedForge, Model, inner, issued_token, moment, number, text
from enablement_ext.adapters.forges.client import ForgeRequest, RequestLimits
from enablement_ext.adapters.forges.responses import ForgeResponse, error_of, raise_for_status
from enablement_ext.adapters.forges.webhooks import github_event
from enablement_ext.core.errors import ForgeRefuses, NotFound
from enablement_ext.core.git.forges.names import description, hosted_name
from enablement_ext.core.git.forges.ports import (
    AccessGrant,
    Credential,
    Delivery,
    ForgeAccount,
    PullRequest,
    PullRequestDraft,
    WebhookEvent,
)
from enablement_ext.core.git.repository_names import RepositoryId

_VERSION = {"X-GitHub-Api-Version": "2022-11-28"}
_JSON, _RAW = "application/vnd.github+json", "application/vnd.github.raw+json"
_JWT_SECONDS = 540  # GitHub takes at most ten minutes
_SPARE_SECONDS = 300.0
_REMEMBERED = 1000

Permissions = tuple[tuple[str, str], ...]

_READ: Permissions = (("contents", "read"), ("metadata", "read"))
_CREATE: Permissions = (("administration", "write"), ("metadata", "read"))
_PROPOSE: Permissions = (("contents", "read"), ("metadata", "read"), ("pull_requests", "write"))


@dataclass(frozen=True, slots=True)
class AppKey:
    """The App's id and its private key."""

    app: str
    key: RSAPrivateKey

    def token(self, now: float) -> str:
        """A JSON Web Token (RS256) that says "I am this App" for nine minutes; begun a minute ago, as clocks differ."""
        claims = {"iat": int(now) - 60, "exp": int(now) + _JWT_SECONDS, "iss": self.app}
        return jwt.encode(claims, self.key, algorithm="RS256")


def app_key(app: str, pem: str) -> AppKey:
    """The key in its PEM text. Raises `ValueError` for anything but an RSA key."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise ValueError("secret_file is not the private key of a GitHub App (PEM, RSA)") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("secret_file is not the private key of a GitHub App (PEM, RSA)")  # noqa: TRY004 - its content, not its type
    return AppKey(app, key)


class GitHubForge(HostedForge):
    """Implements `Forge`."""

    def __init__(
        self, account: ForgeAccount, limits: RequestLimits | None = None, now: Callable[[], float] = time.time
    ) -> None:
        """Raises `ValueError` where the secret is no private key."""
        super().__init__(account, limits)
        self._key = app_key(account.name, account.secret)
        self._now = now
        self._lock = threading.Lock()
        self._installation = 0
        self._own: dict[Permissions, tuple[str, float]] = {}
        self._minted: OrderedDict[str, str] = OrderedDict()  # grant -> token, to end it early

    def lookup(self, name: str) -> ForgeResponse:
        """`GET /repos/ORG/NAME`."""
        return self._send(ForgeRequest("GET", f"repos/{self.owner_path}/{quote(name, safe='')}"), _READ)

    def create(self, repository: RepositoryId) -> Model | None:
        """`POST /orgs/ORG/repos`: 422 where the name is taken."""
        body = {"name": hosted_name(repository), "description": description(repository), "private": True}
        response = self._send(ForgeRequest("POST", f"orgs/{self.owner_path}/repos", body=body), _CREATE)
        if response.status == 422 and "already exists" in response.error_text():
            return None
        return raise_for_status(response).model()

    def connect(self, repository: RepositoryId) -> None:
        """Nothing: the App's webhook covers the organisation."""

    def all(self) -> Iterator[Model]:
        """What the installation covers."""
        call = ForgeRequest("GET", f"orgs/{self.owner_path}/repos", query={"per_page": "100", "sort": "full_name"})
        yield from self.client.pages(self._signed(call, _READ))

    def branches(self, name: str) -> Iterator[tuple[str, str]]:
        """`GET …/branches`."""
        call = ForgeRequest("GET", f"repos/{self.owner_path}/{name}/branches", query={"per_page": "100"})
        for branch in self.client.pages(self._signed(call, _READ)):
            yield text(branch, "name"), text(inner(branch, "commit"), "sha")

    def raw(self, name: str, ref: str, path: str, most: int) -> bytes:
        """A folder is answered as JSON whatever is asked for, a file as it is."""
        where = f"repos/{self.owner_path}/{name}/contents/{quote(path)}"
        response = raise_for_status(
            self._send(ForgeRequest("GET", where, {"Accept": _RAW}, {"ref": ref}, max_body=most), _READ)
        )
        if not response.headers.get("Content-Type", "").startswith("application/vnd.github.raw"):
            raise NotFound
        return response.body

    def mint(self, grant: AccessGrant) -> Credential:
        """A token for one repository and its contents alone; what GitHub made is looked at before it is given to anybody."""
        self.require(grant.repository)
        name, access = hosted_name(grant.repository), "write" if grant.write else "read"
        made = self._token({"repositories": [name], "permissions": {"contents": access}})
        only = [text(each, "name") for each in _list(made, "repositories")]
        allowed = {what: how for what, how in inner(made, "permissions").items() if what != "metadata"}
        if only != [name] or allowed != {"contents": access}:
            self._revoke_token(text(made, "token"))
            raise ForgeRefuses("GitHub made a key that opens more than one repository; it was not given out.")
        with self._lock:
            self._minted[grant.id] = text(made, "token")
            while len(self._minted) > _REMEMBERED:
                self._minted.popitem(last=False)
        return Credential("x-access-token", text(made, "token"), grant.until)

    def revoke(self, grant: AccessGrant) -> None:
        """Only who has a token can end it early; one that another process made ends by itself within the hour."""
        with self._lock:
            token = self._minted.pop(grant.id, "")
        if token:
            self._revoke_token(token)

    def opened(self, name: str, proposal: PullRequestDraft) -> PullRequest | None:
        """`GET …/pulls` of exactly these branches."""
        query = {"state": "open", "head": f"{self.account.owner}:{proposal.head}", "base": proposal.base}
        call = ForgeRequest("GET", f"repos/{self.owner_path}/{name}/pulls", query=query)
        found = next(iter(raise_for_status(self._send(call, _PROPOSE)).items()), None)
        return None if found is None else PullRequest(number(found, "number"), text(found, "html_url"))

    def open(self, name: str, proposal: PullRequestDraft) -> PullRequest:
        """`POST …/pulls`."""
        body = {"title": proposal.title, "body": proposal.text, "head": proposal.head, "base": proposal.base}
        made = raise_for_status(
            self._send(ForgeRequest("POST", f"repos/{self.owner_path}/{name}/pulls", body=body), _PROPOSE)
        ).model()
        return PullRequest(number(made, "number"), text(made, "html_url"), created=True)

    def news(self, delivery: Delivery) -> WebhookEvent:
        """See `hooks`."""
        return github_event(self.account.hook_secret, delivery)

    def _send(self, call: ForgeRequest, permissions: Permissions) -> ForgeResponse:
        """With a token for these permissions; where it is no longer accepted, once more with a new one."""
        response = self.client.send(self._signed(call, permissions))
        if response.status == 401:
            self._own.pop(permissions, None)
            response = self.client.send(self._signed(call, permissions))
        return response

    def _signed(self, call: ForgeRequest, permissions: Permissions) -> ForgeRequest:
        token, until = self._own.get(permissions, ("", 0.0))
        if until - self._now() < _SPARE_SECONDS:
            made = self._token({"permissions": dict(permissions)})
            token = text(made, "token")
            self._own[permissions] = (token, moment(made.get("expires_at")).timestamp())
        return _with_token(call, token)

    def _token(self, body: Mapping[str, object]) -> Model:
        """`POST /app/installations/ID/access_tokens`. An App that is not installed (any more) is 404 or 401."""
        if not self._installation:
            found = self.client.send(self._as_app(ForgeRequest("GET", f"orgs/{self.owner_path}/installation")))
            if found.status == 404:
                raise ForgeRefuses("The GitHub App is not installed on the organisation; tell your platform engineers.")
            self._installation = number(raise_for_status(found).model(), "id")
        path = f"app/installations/{self._installation}/access_tokens"
        response = self.client.send(self._as_app(ForgeRequest("POST", path, body=body)))
        if response.status == 404:
            self._installation = 0
            raise ForgeRefuses("The GitHub App is not installed on the organisation; tell your platform engineers.")
        if response.status == 422 and "repositories" in body:
            raise NotFound("The GitHub App may not use this repository: install it for all repositories.")
        if response.status == 422:
            raise ForgeRefuses("The GitHub App lacks a permission that it needs; tell your platform engineers.")
        made = raise_for_status(response).model()
        issued_token(made, "token")
        return made

    def _as_app(self, call: ForgeRequest) -> ForgeRequest:
        return _with_token(call, self._key.token(self._now()))

    def _revoke_token(self, token: str) -> None:
        """`DELETE /installation/token`; 401: it had ended."""
        response = self.client.send(_with_token(ForgeRequest("DELETE", "installation/token"), token))
        if response.status not in (204, 401):
            raise error_of(response)


def _with_token(call: ForgeRequest, token: str) -> ForgeRequest:
    headers = {"Accept": _JSON, **_VERSION, **call.headers, "Authorization": f"Bearer {token}"}
    return ForgeRequest(call.method, call.path, headers, call.query, call.body, call.max_body)


def _list(model: Model, name: str) -> list[Model]:
    value = model.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
