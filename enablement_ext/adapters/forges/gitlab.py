"""GitLab, with the token of a group.

A person gets a project access token: it opens one project, and Git alone (`write_repository`). GitLab ends tokens by the day and no sooner, so every one is
revoked when its grant ends; its name is the grant's, so that it is found again whichever process does that. Deploy tokens end to the minute but cannot push.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

from enablement_ext.adapters.forges.base import HostedForge, Model, inner, issued_token, number, text, token_name
from enablement_ext.adapters.forges.client import MAX_BODY, ForgeRequest, RequestLimits
from enablement_ext.adapters.forges.responses import ForgeResponse, raise_for_status
from enablement_ext.adapters.forges.webhooks import gitlab_event
from enablement_ext.core.errors import NotFound
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

_MAINTAINER, _REPORTER = 40, 20  # pushing to a protected `main` takes a maintainer
_PAGE = {"per_page": "100"}


class GitLabForge(HostedForge):
    """Implements `Forge`."""

    lasting = True

    def __init__(self, account: ForgeAccount, limits: RequestLimits | None = None) -> None:
        super().__init__(account, limits)
        self._group = 0

    def lookup(self, name: str) -> ForgeResponse:
        """`GET /projects/ID`."""
        return self._send("GET", self._project(name))

    def create(self, repository: RepositoryId) -> Model | None:
        """`POST /projects`: 400 where the name is taken."""
        name = hosted_name(repository)
        body = {
            "name": name,
            "path": name,
            "namespace_id": self._namespace(),
            "description": description(repository),
            "visibility": "private",
            "default_branch": "main",
        }
        response = self._send("POST", "projects", body=body)
        if response.status in (400, 409) and "taken" in response.error_text():
            return None
        return raise_for_status(response).model()

    def connect(self, repository: RepositoryId) -> None:
        """The webhook, where one is wanted and missing."""
        url, secret = self.account.hook_url, self.account.hook_secret
        if not url:
            return
        where = f"{self._project(hosted_name(repository))}/hooks"
        if any(text(hook, "url") == url for hook in self.client.pages(self._request("GET", where, query=_PAGE))):
            return
        proof = {"signing_token": secret} if secret.startswith("whsec_") else {"token": secret}
        body = {"url": url, "push_events": True, "merge_requests_events": True, **proof}
        raise_for_status(self._send("POST", where, body=body))

    def all(self) -> Iterator[Model]:
        """The group's own projects."""
        where = f"groups/{self.owner_path}/projects"
        yield from self.client.pages(self._request("GET", where, query={**_PAGE, "order_by": "id"}))

    def branches(self, name: str) -> Iterator[tuple[str, str]]:
        """`GET …/repository/branches`."""
        where = f"{self._project(name)}/repository/branches"
        for branch in self.client.pages(self._request("GET", where, query=_PAGE)):
            yield text(branch, "name"), text(inner(branch, "commit"), "id")

    def raw(self, name: str, ref: str, path: str, most: int) -> bytes:
        """`GET …/repository/files/PATH/raw`."""
        where = f"{self._project(name)}/repository/files/{quote(path, safe='')}/raw"
        return self.client.send_checked(self._request("GET", where, query={"ref": ref}, max_body=most)).body

    def mint(self, grant: AccessGrant) -> Credential:
        """A token that would end at midnight after the grant, if nobody revoked it."""
        self.require(grant.repository)
        body = {
            "name": token_name(grant),
            "scopes": ["write_repository"] if grant.write else ["read_repository"],
            "access_level": _MAINTAINER if grant.write else _REPORTER,
            "expires_at": (grant.until + timedelta(days=1)).date().isoformat(),
        }
        made = raise_for_status(self._send("POST", self._tokens(grant.repository), body=body)).model()
        return Credential("enablement", issued_token(made, "token"), grant.until)

    def revoke(self, grant: AccessGrant) -> None:
        """Found by its name; a project that is gone took its tokens along."""
        where = self._tokens(grant.repository)
        call = self._request("GET", where, query={**_PAGE, "state": "active", "search": token_name(grant)})
        with suppress(NotFound):
            for token in self.client.pages(call):
                if text(token, "name") == token_name(grant):
                    raise_for_status(self._send("DELETE", f"{where}/{number(token, 'id')}"))

    def opened(self, name: str, proposal: PullRequestDraft) -> PullRequest | None:
        """`GET …/merge_requests` of exactly these branches."""
        query = {"state": "opened", "source_branch": proposal.head, "target_branch": proposal.base}
        for found in self.client.pages(self._request("GET", f"{self._project(name)}/merge_requests", query=query)):
            if found.get("source_project_id") == found.get(
                "target_project_id"
            ):  # a fork's branch may have the same name
                return PullRequest(number(found, "iid"), text(found, "web_url"))
        return None

    def open(self, name: str, proposal: PullRequestDraft) -> PullRequest:
        """`POST …/merge_requests`: 409 where one is open."""
        body = {
            "title": proposal.title,
            "description": proposal.text,
            "source_branch": proposal.head,
            "target_branch": proposal.base,
        }
        made = raise_for_status(self._send("POST", f"{self._project(name)}/merge_requests", body=body)).model()
        return PullRequest(number(made, "iid"), text(made, "web_url"), created=True)

    def news(self, delivery: Delivery) -> WebhookEvent:
        """See `hooks`."""
        return gitlab_event(self.account.hook_secret, delivery)

    def _namespace(self) -> int:
        if not self._group:
            found = raise_for_status(self._send("GET", f"groups/{self.owner_path}")).model()
            self._group = number(found, "id")
        return self._group

    def _project(self, name: str) -> str:
        return f"projects/{quote(f'{self.account.owner}/{name}', safe='')}"

    def _tokens(self, repository: RepositoryId) -> str:
        return f"{self._project(hosted_name(repository))}/access_tokens"

    def _send(
        self, method: str, path: str, *, query: dict[str, str] | None = None, body: Mapping[str, object] | None = None
    ) -> ForgeResponse:
        return self.client.send(self._request(method, path, query=query, body=body))

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        max_body: int = MAX_BODY,
    ) -> ForgeRequest:
        key = {"PRIVATE-TOKEN": self.account.secret}
        return ForgeRequest(method, path, key, query or {}, body, max_body)
