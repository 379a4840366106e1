"""`git-credential-enablement`: Git asks for a key to one repository, and gets one that ends by itself in minutes.

It answers for repositories of this server's review service and for nothing else: protocol, host and port must be equal, and the path
must be exactly a repository's. For anything else it prints nothing, so other helpers and prompts are as they were. Nothing is stored: what
Git wants kept or forgotten is read and dropped. The server's token comes from its environment and goes into one header.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from enablement_ext.core.git_setup.names import repository_of_path

_SECONDS = 20.0
_INPUT_BYTES = 64 * 1024
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """What Git gets."""

    username: str
    password: str

    def lines(self) -> str:
        """In Git's form."""
        return f"username={self.username}\npassword={self.password}\n"


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


def fetch(base: SplitResult, token: str, path: str) -> Key | str:
    """The key, or one sentence that says why there is none."""
    connection = _connection(base)
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json", "Accept": "application/json"}
    try:
        connection.request(
            "POST", f"{base.path.rstrip('/')}/api/v1/git/credentials", json.dumps({"path": path}), headers
        )
        answer = connection.getresponse()
        found = json.loads(answer.read(_ANSWER_BYTES))
        if answer.status == 200:
            return Key(_line(found["username"]), _line(found["password"]))
        return str(found["detail"])
    except (OSError, http.client.HTTPException):
        return "The review service does not answer. Nothing was lost; try again in a moment."
    except (ValueError, KeyError, TypeError):
        return "The review service answers with something else than expected."
    finally:
        connection.close()


def _connection(base: SplitResult) -> http.client.HTTPConnection:
    if base.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(base.hostname or "", base.port, timeout=_SECONDS, context=context)
    return http.client.HTTPConnection(base.hostname or "", base.port, timeout=_SECONDS)


def main() -> int:
    """Git's protocol for helpers; always 0: a helper that fails is no reason to stop."""
    if sys.argv[1:] != ["get"]:
        return 0
    lines = sys.stdin.read(_INPUT_BYTES).splitlines()
    asked = {name: value for name, mark, value in (line.partition("=") for line in lines) if mark}
    base = urlsplit(os.environ.get("ENABLEMENT_SERVICE_URL", ""))
    path, token = wanted_path(asked, base), os.environ.get("JUPYTERHUB_API_TOKEN", "")
    if path is None or base.scheme not in ("http", "https"):
        return 0
    found: Key | str = fetch(base, token, path) if token else "This server has no token of the hub."
    if isinstance(found, Key):
        sys.stdout.write(found.lines())
    else:
        sys.stderr.write(f"enablement: {''.join(mark for mark in found if mark.isprintable())[:500]}\n")
        sys.stdout.write("quit=1\n")  # no question for a password that nobody has
    return 0


def _line(value: object) -> str:
    """A value that is one line. Raises `ValueError`: another one would be a second answer to Git."""
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise ValueError
    return value


if __name__ == "__main__":
    sys.exit(main())
