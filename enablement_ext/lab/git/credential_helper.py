"""The Git credential helper `git-credential-enablement`: short-lived credentials for one repository from the review service.

It answers for repositories of this server's review service, or of the forge that keeps them for it, and for nothing else: protocol, host and port must
be equal, and the path must be exactly a repository's. For anything else it prints nothing, so other helpers and prompts are as they were. Nothing is
stored: what Git wants kept is dropped, and of what was refused the service is told, which ends it. The server's token comes from its environment and
goes into one header, to the service alone.
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

from enablement_ext.core.git.forges.names import HOSTED_NAME_PATTERN
from enablement_ext.core.git.repository_names import repository_of_path

_SECONDS = 28.0  # a forge elsewhere may take 25
_CREDENTIALS_PATH = "/api/v1/git/credentials"
_NAME = re.compile(HOSTED_NAME_PATTERN)
_INPUT_BYTES = 64 * 1024
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class GitCredential:
    """The user name and password a credential helper answers with, as git-credential(1) wants them."""

    username: str
    password: str

    def lines(self) -> str:
        """In the format of Git's credential protocol."""
        return f"username={self.username}\npassword={self.password}\n"


def wanted_url(asked: Mapping[str, str], forge: str) -> str | None:
    """The clone address that is asked for, directly below the forge's; None where it is none of this forge."""
    base = urlsplit(forge)
    if not base.netloc or base.scheme not in ("http", "https"):
        return None
    if asked.get("protocol") != base.scheme or asked.get("host", "").lower() != base.netloc.lower():
        return None
    below, path = base.path.lstrip("/"), asked.get("path", "")
    name = path.removeprefix(below)
    if not below.endswith("/") or not path.startswith(below) or not _NAME.fullmatch(name):
        return None
    return f"{base.scheme}://{base.netloc}/{path}"


def wanted_path(asked: Mapping[str, str], base: SplitResult) -> str | None:
    """The path of the repository that is asked for, below the service's; None where it is none of this service."""
    if asked.get("protocol") != base.scheme or asked.get("host", "").lower() != base.netloc.lower() or not base.netloc:
        return None
    below = f"{base.path.strip('/')}/" if base.path.strip("/") else ""
    path = asked.get("path", "")
    if not path.startswith(below):
        return None
    repository = repository_of_path(path.removeprefix(below))
    return repository.path if repository else None


def fetch(base: SplitResult, token: str, wanted: Mapping[str, str]) -> GitCredential | str | None:
    """The credential, or one sentence that says why there is none; None for an address on the forge that is none of the author's repositories."""
    connection = _connection(base)
    try:
        connection.request("POST", f"{base.path.rstrip('/')}{_CREDENTIALS_PATH}", json.dumps(wanted), _headers(token))
        answer = connection.getresponse()
        found = json.loads(answer.read(_ANSWER_BYTES))
        if answer.status == 401:  # about this server's token, not about the person's session
            return "This server is no longer known to the hub. Start it again in the hub; your files stay."
        if answer.status == 200:
            return GitCredential(_line(found["username"]), _line(found["password"]))
        return None if answer.status == 404 and "url" in wanted else str(found["detail"])
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
    """Git's protocol for helpers; always 0: a helper that fails is no reason to stop."""
    if sys.argv[1:] not in (["get"], ["erase"]):
        return 0
    lines = sys.stdin.read(_INPUT_BYTES).splitlines()
    asked = {name: value for name, mark, value in (line.partition("=") for line in lines) if mark}
    base = urlsplit(os.environ.get("ENABLEMENT_SERVICE_URL", ""))
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    wanted = _wanted(asked, base)
    if wanted is None or base.scheme not in ("http", "https"):
        return 0
    if sys.argv[1] == "erase":
        report_refused(base, token, wanted)
        return 0
    found: GitCredential | str | None = fetch(base, token, wanted) if token else "This server has no token of the hub."
    if isinstance(found, GitCredential):
        sys.stdout.write(found.lines())
    elif found is not None:
        sys.stderr.write(f"enablement: {''.join(mark for mark in found if mark.isprintable())[:500]}\n")
        sys.stdout.write("quit=1\n")  # no question for a password that nobody has
    return 0


def _wanted(asked: Mapping[str, str], base: SplitResult) -> dict[str, str] | None:
    """The repository that is asked for, as the service takes it."""
    path = wanted_path(asked, base)
    if path is not None:
        return {"path": path}
    url = wanted_url(asked, os.environ.get("ENABLEMENT_FORGE_BASE", ""))
    return {"url": url} if url is not None else None


def _line(value: object) -> str:
    """A value that is one line. Raises `ValueError`: another one would be a second answer to Git."""
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise ValueError
    return value


if __name__ == "__main__":
    sys.exit(main())
