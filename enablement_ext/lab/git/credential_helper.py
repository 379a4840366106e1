"""The Git credential helper `git-credential-enablement`: short-lived credentials for one repository from the review service.

It is configured for one address and answers for that one alone: scheme, host, port and path must be equal, with `.git` at the end or without. For anything
else, and for input that is not exactly Git's protocol (`core.git.credential_protocol`), it prints nothing, so other helpers and prompts are as they
were. Nothing is stored: what Git wants kept is dropped, and of what was refused the service is told, which ends it. The server's token comes from its
environment and goes into one header, to the service alone.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from enablement_ext.core.git.credential_protocol import MAX_BYTES, is_for, parse_request
from enablement_ext.core.git.forges.names import HOSTED_NAME_PATTERN
from enablement_ext.core.git.repository_names import repository_of_path

_SECONDS = 28.0  # a forge elsewhere may take 25
_CREDENTIALS_PATH = "/api/v1/git/credentials"
_NAME = re.compile(HOSTED_NAME_PATTERN)
_ANSWER_BYTES = 64 * 1024
_NO_KEY = {
    401: "This server is no longer known to the hub. Start it again in the hub; your files stay.",  # about its token alone
    404: "This repository is not there, or you may not use it. Ask whom it belongs to.",
    429: "Too many keys were asked for. Nothing was lost; wait a minute, then try again.",
}


@dataclass(frozen=True, slots=True)
class GitCredential:
    """The user name and password a credential helper answers with, as git-credential(1) wants them."""

    username: str
    password: str

    def lines(self) -> str:
        """In the format of Git's credential protocol."""
        return f"username={self.username}\npassword={self.password}\n"


def wanted_url(url: str, forge: str) -> str | None:
    """The clone address where it is directly below the forge's, else None."""
    base = urlsplit(forge)
    if not base.netloc or base.scheme not in ("http", "https") or not forge.endswith("/"):
        return None
    return url if url.startswith(forge) and _NAME.fullmatch(url.removeprefix(forge)) else None


def wanted_path(url: str, base: str) -> str | None:
    """The path of the repository with this address, below the service's; None where it is none of this service."""
    below = f"{base.rstrip('/')}/"
    repository = repository_of_path(url.removeprefix(below)) if base and url.startswith(below) else None
    return repository.path if repository else None


def fetch(base: SplitResult, token: str, wanted: Mapping[str, str]) -> GitCredential | str | None:
    """The credential, or one sentence that says why there is none; None for an address on the forge that is none of the author's repositories."""
    connection = _connection(base)
    try:
        connection.request("POST", f"{base.path.rstrip('/')}{_CREDENTIALS_PATH}", json.dumps(wanted), _headers(token))
        answer = connection.getresponse()
        found = json.loads(answer.read(_ANSWER_BYTES))
        if answer.status == 200:
            return GitCredential(_line(found["username"]), _line(found["password"]))
        return None if answer.status == 404 and "url" in wanted else _NO_KEY.get(answer.status) or str(found["detail"])
    except (OSError, http.client.HTTPException):
        return "The review service does not answer. Nothing was lost; try again in a moment."
    except (ValueError, KeyError, TypeError):
        return "The review service answers with something else than expected."
    finally:
        connection.close()


def report_refused(base: SplitResult, token: str, wanted: Mapping[str, str]) -> None:
    """Report a credential that was refused, so that the service revokes it. Failures are ignored."""
    connection = _connection(base)
    try:
        connection.request(
            "POST", f"{base.path.rstrip('/')}{_CREDENTIALS_PATH}/end", json.dumps(wanted), _headers(token)
        )
        connection.getresponse().read(_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"token {token}", "Content-Type": "application/json", "Accept": "application/json"}


def _connection(base: SplitResult) -> http.client.HTTPConnection:
    if base.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(base.hostname or "", base.port, timeout=_SECONDS, context=context)
    return http.client.HTTPConnection(base.hostname or "", base.port, timeout=_SECONDS)


def main() -> int:
    """Git's protocol for helpers; always 0: a helper that fails is no reason to stop. The arguments are the address, and what is to be done."""
    if len(sys.argv) != 3 or sys.argv[2] not in ("get", "erase"):
        return 0
    url, action = sys.argv[1:]
    asked = parse_request(sys.stdin.buffer.read(MAX_BYTES + 1))
    wanted = _wanted(url) if asked is not None and is_for(asked, url) else None
    base = urlsplit(os.environ.get("ENABLEMENT_SERVICE_URL", ""))
    if wanted is None or base.scheme not in ("http", "https"):
        return 0
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    if action == "erase":
        report_refused(base, token, wanted)
        return 0
    found: GitCredential | str | None = fetch(base, token, wanted) if token else "This server has no token of the hub."
    if isinstance(found, GitCredential):
        sys.stdout.write(found.lines())
    elif found is not None:
        sys.stderr.write(f"enablement: {''.join(mark for mark in found if mark.isprintable())[:500]}\n")
        sys.stdout.write("quit=1\n")  # no question for a password that nobody has
    return 0


def _wanted(url: str) -> dict[str, str] | None:
    """The repository at this address, as the service takes it; None where it is neither the service's nor its forge's."""
    path = wanted_path(url, os.environ.get("ENABLEMENT_SERVICE_URL", ""))
    if path is not None:
        return {"path": path}
    found = wanted_url(url, os.environ.get("ENABLEMENT_FORGE_BASE", ""))
    return {"url": found} if found is not None else None


def _line(value: object) -> str:
    """A value that is one line. Raises `ValueError`: another one would be a second answer to Git."""
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise ValueError
    return value


if __name__ == "__main__":
    sys.exit(main())
