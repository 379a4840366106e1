"""Gitea and Forgejo, with an administrator's account.

A token there opens all that its account may, and never ends. So every repository has an account of its own that may nothing but push to it, a person gets a
token of that account, and every one is revoked when its grant ends; its name is the grant's, so that it is found again whichever process does that.
Making tokens for another account takes the administrator's password: the API refuses a token for that.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote

from enablement_ext.adapters.forges.base import HostedForge, Model, inner, issued_token, number, text, token_name
from enablement_ext.adapters.forges.client import ForgeRequest, RequestLimits
from enablement_ext.adapters.forges.responses import ForgeResponse, error_of, raise_for_status
from enablement_ext.adapters.forges.webhooks import gitea_event
from enablement_ext.core.errors import ForgeCannot
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

_PAGE = {"limit": "50"}


class GiteaForge(HostedForge):
    """Implements `Forge`."""

    lasting = True

    def __init__(self, account: ForgeAccount, limits: RequestLimits | None = None) -> None:
        super().__init__(account, limits)
        pair = f"{account.name}:{account.secret}".encode()
        self._auth = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def lookup(self, name: str) -> ForgeResponse:
        """`GET /repos/ORG/NAME`."""
        return self._send("GET", self._path(name))

    def create(self, repository: RepositoryId) -> Model | None:
        """`POST /orgs/ORG/repos`: 409 where the name is taken."""
        body = {
            "name": hosted_name(repository),
            "description": description(repository),
            "private": True,
            "auto_init": False,
            "default_branch": "main",
        }
        response = self._send("POST", f"orgs/{self.owner_path}/repos", body)
        return None if response.status == 409 else raise_for_status(response).model()

    def configure(self, repository: RepositoryId) -> None:
        """The repository's own account, and the webhook where one is wanted and missing."""
        self._ensure_account(repository)
        url = self.account.hook_url
        path = f"{self._path(hosted_name(repository))}/hooks"
        if not url or any(text(inner(hook, "config"), "url") == url for hook in self._pages(path)):
            return
        config = {"url": url, "content_type": "json", "secret": self.account.hook_secret}
        body = {"type": "gitea", "active": True, "events": ["push", "pull_request"], "config": config}
        raise_for_status(self._send("POST", path, body))

    def list_repositories(self) -> Iterator[Model]:
        """The organisation's repositories."""
        yield from self._pages(f"orgs/{self.owner_path}/repos")

    def branches(self, name: str) -> Iterator[tuple[str, str]]:
        """`GET …/branches`."""
        for branch in self._pages(f"{self._path(name)}/branches"):
            yield text(branch, "name"), text(inner(branch, "commit"), "id")

    def read_file(self, name: str, ref: str, path: str, most: int) -> bytes:
        """`GET …/raw/PATH`."""
        call = ForgeRequest("GET", f"{self._path(name)}/raw/{quote(path)}", self._auth, {"ref": ref}, max_body=most)
        return self.client.send_checked(call).body

    def mint(self, grant: AccessGrant) -> Credential:
        """A token of the repository's own account, which is created where it is missing."""
        self.require(grant.repository)
        who = account_of(grant.repository)
        body = {"name": token_name(grant), "scopes": ["write:repository" if grant.write else "read:repository"]}
        response = self._send("POST", f"users/{who}/tokens", body)
        if response.status == 404:
            self._ensure_account(grant.repository)
            response = self._send("POST", f"users/{who}/tokens", body)
        return Credential(who, issued_token(raise_for_status(response).model(), "sha1"), grant.until)

    def revoke(self, grant: AccessGrant) -> None:
        """By its name; 404: there is none, or the account is gone."""
        response = self._send("DELETE", f"users/{account_of(grant.repository)}/tokens/{token_name(grant)}")
        if response.status not in (204, 404):
            raise error_of(response)

    def find_pull_request(self, name: str, proposal: PullRequestDraft) -> PullRequest | None:
        """`GET …/pulls`, filtered here: Gitea does not filter by branch."""
        for pull in self._pages(f"{self._path(name)}/pulls", {"state": "open"}):
            head, base = inner(pull, "head"), inner(pull, "base")
            own = head.get("repo_id") == base.get("repo_id")  # a fork's branch may have the same name
            if own and (text(head, "ref"), text(base, "ref")) == (proposal.head, proposal.base):
                return PullRequest(number(pull, "number"), text(pull, "html_url"))
        return None

    def open_pull_request(self, name: str, proposal: PullRequestDraft) -> PullRequest:
        """`POST …/pulls`: 409 where one is open, 404 where a branch is missing."""
        body = {"title": proposal.title, "body": proposal.text, "head": proposal.head, "base": proposal.base}
        response = self._send("POST", f"{self._path(name)}/pulls", body)
        if response.status == 404:
            raise ForgeCannot("The forge does not take this: one of the branches is not there.")
        made = raise_for_status(response).model()
        return PullRequest(number(made, "number"), text(made, "html_url"), created=True)

    def news(self, delivery: Delivery) -> WebhookEvent:
        """Signed with HMAC-SHA256 of the webhook's secret."""
        return gitea_event(self.account.hook_secret, delivery)

    def _ensure_account(self, repository: RepositoryId) -> None:
        """Create the account that may push to this repository and nothing else, and make it a collaborator. Its random password is not kept."""
        who = account_of(repository)
        if self._send("GET", f"users/{who}").status == 404:
            body = {
                "username": who,
                "email": f"{who}@users.noreply.invalid",
                "password": secrets.token_urlsafe(32) + "aA1!",
                "must_change_password": False,
                "send_notify": False,
                "restricted": True,
                "visibility": "private",
            }
            made = self._send("POST", "admin/users", body)
            if made.status not in (201, 422):  # 422: another call was faster
                raise error_of(made)
        limits = {
            "login_name": who,
            "source_id": 0,
            "max_repo_creation": 0,
            "allow_create_organization": False,
            "restricted": True,
        }
        raise_for_status(self._send("PATCH", f"admin/users/{who}", limits))
        path = f"{self._path(hosted_name(repository))}/collaborators/{who}"
        raise_for_status(self._send("PUT", path, {"permission": "write"}))

    def _path(self, name: str) -> str:
        return f"repos/{self.owner_path}/{quote(name, safe='')}"

    def _pages(self, path: str, query: dict[str, str] | None = None) -> Iterator[Model]:
        yield from self.client.pages(ForgeRequest("GET", path, self._auth, {**_PAGE, **(query or {})}))

    def _send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> ForgeResponse:
        return self.client.send(ForgeRequest(method, path, self._auth, {}, body))


def account_of(repository: RepositoryId) -> str:
    """The name of the repository's own account."""
    return f"enablement-{sha256(repository.path.encode()).hexdigest()[:20]}"
