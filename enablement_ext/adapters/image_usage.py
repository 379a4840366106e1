"""Who uses a release: the hub's servers and the review service's open submissions, asked over their REST interfaces."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.errors import Forbidden, HubUnavailable, NotSignedIn, Unavailable
from enablement_ext.core.images.ports import ServerInUse, SubmissionInUse

_PAGE = 100
_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Addresses:
    """The hub's API (…/hub/api) and the service (…/services/enablement), and a token with `admin:server_state`, `list:users`, `read`."""

    hub: str
    service: str
    token: str = field(repr=False)


class RestUsage:
    """Implements the port `ImageUsage`."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def servers(self) -> Sequence[ServerInUse]:
        found = [server for user in self._users() for server in _servers_of(user)]
        return sorted(found, key=lambda server: (server.user, server.server))

    def submissions(self) -> Sequence[SubmissionInUse]:
        found, cursor = [], ""
        while True:
            query = {"filter": "all", "limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
            page = self._get(
                f"{self._addresses.service.rstrip('/')}/api/v1/submissions?{urllib.parse.urlencode(query)}",
                "ENABLEMENT_SERVICE_URL",
            )
            found += [
                SubmissionInUse(
                    item["number"], item["title"], item["author"], item["image"]["slug"], item["image"]["release"]
                )
                for item in page["items"]
            ]
            cursor = page["next"] or ""
            if not cursor:
                return sorted(found, key=lambda submission: submission.number)

    def _users(self) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            query = urllib.parse.urlencode({"offset": offset, "limit": _PAGE, "include_stopped_servers": "1"})
            users = self._get(f"{self._addresses.hub.rstrip('/')}/users?{query}", "JUPYTERHUB_API_URL")
            yield from users
            if len(users) < _PAGE:
                return
            offset += _PAGE

    def _get(self, url: str, setting: str) -> Any:
        if not url.startswith(("http://", "https://")):
            raise Unavailable(f"where to ask is not known: set ${setting}")
        if not self._addresses.token:
            raise NotSignedIn("a token is needed: set $JUPYTERHUB_API_TOKEN")
        headers = {"Authorization": f"token {self._addresses.token}", "Accept": "application/json"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # http and https only, checked above
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in {401, 403}:
                kind = NotSignedIn if error.code == 401 else Forbidden
                raise kind(f"the token may not read this ({error.code})") from error
            raise HubUnavailable(f"the answer was {error.code}") from error
        except (OSError, ValueError) as error:
            raise HubUnavailable(f"there is no sound answer at ${setting}: {error}") from error


def _servers_of(user: dict[str, Any]) -> Iterator[ServerInUse]:
    for name, server in (user.get("servers") or {}).items():
        state = (
            (server.get("state") or {}).get("enablement") or (server.get("user_options") or {}).get("enablement") or {}
        )
        if isinstance(state, dict) and state.get("image"):
            running = bool(server.get("ready") or server.get("pending"))
            yield ServerInUse(user["name"], name, str(state["image"]), str(state.get("release", "")), running)
