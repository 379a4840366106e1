"""The Git credential helper `git-credential-enablement`: short-lived credentials for one repository from the review service.

It is configured for one address and answers for that one alone: scheme, host, port and path must be equal, with `.git` at the end or without. For anything
else, and for input that is not exactly Git's protocol (`core.git.credential_protocol`), it prints nothing, so other helpers and prompts are as they
were. Nothing is stored: what Git wants kept is dropped, and of what was refused the service is told, which ends it. The server's token comes from its
environment and goes into one header, to the service alone.

A small push takes as long as this program's start, so it imports little: `http.client` and `dataclasses` alone would double that, and TLS is imported where
the service is on https. Its request is HTTP/1.0, whose answer ends with the connection.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from enablement_ext.core.git.credential_protocol import MAX_BYTES, is_for, parse_request
from enablement_ext.core.git.repository_paths import HOSTED_NAME_PATTERN, path_parts

_SECONDS = 28.0  # a forge elsewhere may take 25
_CREDENTIALS_PATH = "/api/v1/git/credentials"
_NAME = re.compile(HOSTED_NAME_PATTERN)
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: [^\r\n]*)?\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_ANSWER_BYTES = 64 * 1024
_NO_KEY = {
    401: "This server is no longer known to the hub. Start it again in the hub; your files stay.",  # about its token alone
    404: "This repository is not there, or you may not use it. Ask whom it belongs to.",
    429: "Too many keys were asked for. Nothing was lost; wait a minute, then try again.",
}


class NoCredential(Exception):
    """There is none; the message says why in one sentence, or nothing for an address that is nobody's."""


def wanted_url(url: str, forge: str) -> str | None:
    """The clone address where it is directly below the forge's, else None."""
    base = urlsplit(forge)
    if not base.netloc or base.scheme not in ("http", "https") or not forge.endswith("/"):
        return None
    return url if url.startswith(forge) and _NAME.fullmatch(url.removeprefix(forge)) else None


def wanted_path(url: str, base: str) -> str | None:
    """The path of the repository with this address, below the service's; None where it is none of this service."""
    below = f"{base.rstrip('/')}/"
    path = url.removeprefix(below) if base and url.startswith(below) else ""
    return path if path_parts(path) else None


def fetch(base: SplitResult, token: str, wanted: Mapping[str, str]) -> str:
    """The credential in the format of Git's protocol. Raises `NoCredential`."""
    if not token:
        raise NoCredential("This server has no token of the hub.")
    try:
        status, body = _post(base, token, _CREDENTIALS_PATH, wanted)
        found = json.loads(body)
        if status == 200:
            return f"username={_line(found['username'])}\npassword={_line(found['password'])}\n"
        reason = _reason(status, wanted, found)
    except OSError:
        raise NoCredential("The review service does not answer. Nothing was lost; try again in a moment.") from None
    except (ValueError, KeyError, TypeError):
        raise NoCredential("The review service answers with something else than expected.") from None
    raise NoCredential(reason)


def _reason(status: int, wanted: Mapping[str, str], problem: Mapping[str, object]) -> str:
    return "" if status == 404 and "url" in wanted else _NO_KEY.get(status) or str(problem["detail"])


def report_refused(base: SplitResult, token: str, wanted: Mapping[str, str]) -> None:
    """Report a credential that was refused, so that the service revokes it. Failures are ignored."""
    try:
        _post(base, token, f"{_CREDENTIALS_PATH}/end", wanted)
    except (OSError, ValueError):
        return


def _post(base: SplitResult, token: str, path: str, wanted: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body. Raises `OSError` where nothing whole is answered, `ValueError` where it is no HTTP or too much."""
    body = json.dumps(wanted).encode()
    lines = (
        f"POST {base.path.rstrip('/')}{path} HTTP/1.0",
        f"Host: {base.netloc.rpartition('@')[2]}",
        f"Authorization: token {token}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
    )
    if not all(line.isprintable() for line in lines):
        raise ValueError
    with _connected(base) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode() + body)
        received = bytearray()
        while not (whole := _answer(received)):
            more = connection.recv(_ANSWER_BYTES)
            if not more:
                break
            received += more
            if len(received) > 2 * _ANSWER_BYTES:
                raise ValueError
    whole = whole or _answer(received, ended=True)
    if whole is None:
        raise OSError
    return whole


def _answer(received: bytearray, *, ended: bool = False) -> tuple[int, bytes] | None:
    """Status and body of what was received, None where there is more to come. Raises `ValueError` for what is no HTTP."""
    head, end, body = bytes(received).partition(b"\r\n\r\n")
    if not end:
        return None
    status, length = _STATUS.match(head + b"\r\n"), _LENGTH.search(head + b"\r\n")
    if status is None:
        raise ValueError
    if length is None:
        return (int(status[1]), body) if ended else None
    return (int(status[1]), body[: int(length[1])]) if len(body) >= int(length[1]) else None


def _connected(base: SplitResult) -> socket.socket:
    secure = base.scheme == "https"
    plain = socket.create_connection((base.hostname or "", base.port or (443 if secure else 80)), _SECONDS)
    if not secure:
        return plain
    import ssl  # noqa: PLC0415 - takes as long as everything else here

    return ssl.create_default_context().wrap_socket(plain, server_hostname=base.hostname)


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
    try:
        sys.stdout.write(fetch(base, token, wanted))
    except NoCredential as refusal:
        if reason := "".join(mark for mark in str(refusal) if mark.isprintable())[:500]:
            sys.stderr.write(f"enablement: {reason}\n")
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
