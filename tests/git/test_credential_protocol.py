"""What the credential helper is asked, against what it answers: one address, Git's protocol to the letter, and nothing for anything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from enablement_ext.core.git.credential_protocol import MAX_BYTES, is_for, parse_request

URL = "http://hub.example:8000/services/enablement/git/user/dana/churn"
HOST, PATH = "hub.example:8000", "services/enablement/git/user/dana/churn"
GOOD = f"protocol=http\nhost={HOST}\npath={PATH}\n"
HOSTED = "https://forge.example/science/dana.churn.git"

ANSWERED = {
    "as Git writes it": GOOD,
    "with the empty line": f"{GOOD}\n",
    "with two empty lines": f"{GOOD}\n\n",
    "with .git": GOOD.replace("churn\n", "churn.git\n"),
    "another order": f"path={PATH}\nhost={HOST}\nprotocol=http\n",
    "a user name": f"{GOOD}username=dana\n",
    "what newer Git adds": f"{GOOD}capability[]=authtype\ncapability[]=state\nwwwauth[]=Basic realm=x\nstate[]=a\n",
    "a key that nobody knows": f"{GOOD}password_expiry_utc=1\n",
    "an empty value": f"{GOOD}username=\n",
    "a password that was refused": f"{GOOD}username=dana\npassword=p=q r\n",
}
# What `str.splitlines` ends lines at beside a line feed, and other marks that somebody may take for one, or not see.
SEPARATORS = [*"\r\v\f\x1c\x1d\x1e\x00\x01\x07\x08\t\x1b\x7f", *"\x80\x85\x9f\xa0\xad"]
SEPARATORS += [*"\u1680\u2000\u2003\u200b\u200e\u2028\u2029\u202e\u202f\u205f\u2060\u3000\ufeff\ufff9\U000e0001"]
_FOREIGN = {
    f"{ord(mark):x} in {part}": GOOD.replace(old, f"{old}{mark}{more}")
    for mark in SEPARATORS
    for part, old, more in (
        ("host", f"host={HOST}", "host=hub.example:8000"),
        ("path", f"path={PATH}", ""),
        ("user", f"path={PATH}\n", "username=x"),
    )
}
_REPEATED = {
    f"{key} {what}": request
    for key, value in (("protocol", "http"), ("host", HOST), ("path", PATH), ("username", "x"))
    for what, request in (
        ("twice", f"{GOOD}{key}={value}\n{key}={value}\n"),
        ("twice, the foreign one last", f"{key}={value}\n{GOOD}{key}=evil.example\n"),
        ("twice, the foreign one first", f"{key}=evil.example\n{GOOD}{key}={value}\n"),
    )
}
_OTHER = {
    name: GOOD.replace(old, new)
    for name, old, new in (
        ("another scheme", "=http\n", "=https\n"),
        ("a scheme in capitals", "=http\n", "=HTTP\n"),
        ("a scheme that is none", "=http\n", "=ext\n"),
        ("another host", "hub.example", "evil.example"),
        ("a host below", "hub.example", "evil.hub.example"),
        ("a longer host", "hub.example:8000", "hub.example:8000.evil.example"),
        ("a host with a user", "host=", "host=hub.example:8000@evil.example/"),
        ("a host in capitals", "hub.example", "HUB.example"),
        ("a host that lower-cases to it", "hub.example", "hub.e\u212aample"),
        ("a host in wide letters", "hub", "\uff48\uff55\uff42"),
        ("a dot behind the host", "hub.example:", "hub.example.:"),
        ("another port", ":8000", ":8001"),
        ("no port", ":8000", ""),
        ("a longer port", ":8000", ":80000"),
        ("a port with a zero", ":8000", ":08000"),
        ("no host", f"host={HOST}\n", ""),
        ("an empty host", f"host={HOST}", "host="),
        ("no scheme", "protocol=http\n", ""),
        ("no path", f"path={PATH}\n", ""),
        ("an empty path", f"path={PATH}", "path="),
        ("another repository", "churn", "salaries"),
        ("a longer name", "churn", "churn-evil"),
        ("a shorter name", "churn", "chur"),
        ("a folder below", "churn", "churn/x"),
        ("a slash behind", "churn", "churn/"),
        ("a slash before", "path=", "path=/"),
        ("two slashes", "git/user", "git//user"),
        (".git twice", "churn", "churn.git.git"),
        (".GIT", "churn", "churn.GIT"),
        (".git and a slash", "churn", "churn.git/"),
        ("a way up", "dana/churn", "remy/../dana/churn"),
        ("a way up at the end", "churn", "churn/../churn"),
        ("a dot", "dana/churn", "dana/./churn"),
        ("what is encoded", "churn", "%63hurn"),
        ("an encoded line end", "churn", "churn%0a"),
        ("somebody else's", "dana", "remy"),
        ("the owner in capitals", "dana", "Dana"),
        ("a group's", "user", "group"),
        ("above the service", "services/enablement/", ""),
        ("another service", "enablement", "other"),
        ("a query", "churn", "churn?service=x"),
        ("a fragment", "churn", "churn#x"),
        ("a space behind", "churn", "churn "),
        ("a space before", "path=", "path= "),
        ("a space at the key", "path=", "path ="),
        ("a space before the key", "path=", " path="),
        ("a key in capitals", "path=", "Path="),
        ("a key with a control character", "path=", "path\x01="),
        ("no equals sign", "path=", "path:"),
        ("no key", "path=", "="),
        ("an empty line between", "path=", "\npath="),
        ("an address", "path=", f"url={URL}\npath="),
        ("only an address", GOOD, f"url={URL}\n"),
        ("a list as host", "host=", "host[]="),
        ("a list as path", "path=", "path[]="),
        ("brackets twice", "path=", "path[][]="),
        ("no line end", f"{PATH}\n", PATH),
        ("nothing", GOOD, ""),
        ("an empty line", GOOD, "\n"),
        ("a line end of Windows", GOOD, GOOD.replace("\n", "\r\n")),
        ("line ends of old Macs", GOOD, GOOD.replace("\n", "\r")),
        ("something behind the end", GOOD, f"{GOOD}\nhost=evil.example\n"),
        ("too long", GOOD, f"{GOOD}username={'x' * MAX_BYTES}\n"),
    )
}
REFUSED = {**_FOREIGN, **_REPEATED, **_OTHER}


@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_what_git_writes_is_understood(name: str) -> None:
    asked = parse_request(ANSWERED[name].encode())
    assert asked is not None
    assert is_for(asked, URL)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_for_anything_else_there_is_no_answer(name: str) -> None:
    asked = parse_request(REFUSED[name].encode())
    assert asked is None or not is_for(asked, URL)


def test_the_table_is_long_enough() -> None:
    assert len(ANSWERED) + len(REFUSED) >= 150
    assert len(set(REFUSED.values())) == len(REFUSED)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", GOOD.encode() + b"x=\xc3\n", GOOD.encode("utf-16"), GOOD.encode() + b"a\0b=1\n"]
)
def test_what_is_no_text_is_no_request(data: bytes) -> None:
    assert parse_request(data) is None


@pytest.mark.parametrize(
    "url", ["", "x", "http://", "http://hub.example:8000", f"{URL}?x", f"{URL}#x", "http://u@hub.example:8000/x"]
)
def test_an_address_that_is_none_is_never_meant(url: str) -> None:
    asked = parse_request(GOOD.encode())
    assert asked is not None
    assert not is_for(asked, url)


def test_an_address_with_git_at_its_end_is_the_same() -> None:
    asked = parse_request(b"protocol=https\nhost=forge.example\npath=science/dana.churn\n")
    assert asked is not None
    assert is_for(asked, HOSTED)


@pytest.mark.parametrize(
    ("arguments", "service", "forge"),
    [
        ([URL, "get"], "http://other.example", ""),
        ([URL, "store"], "http://hub.example:8000/services/enablement", ""),
        ([URL], "http://hub.example:8000/services/enablement", ""),
        (["get"], "http://hub.example:8000/services/enablement", ""),
        ([URL, "get"], "", "http://hub.example:8000/services/"),
        ([URL, "get"], "http://hub.example:8000/services/enablement/git/user", ""),
    ],
)
def test_the_program_asks_nobody(tmp_path: Path, arguments: list[str], service: str, forge: str) -> None:
    """Neither where its own address is none of the service's nor for anything else than getting and ending."""
    environment = {"PATH": os.environ["PATH"], "JUPYTERHUB_API_TOKEN": "t"}
    environment |= {"ENABLEMENT_SERVICE_URL": service, "ENABLEMENT_FORGE_BASE": forge}
    command = [sys.executable, "-I", "-m", "enablement_ext.lab.git.credential_helper", *arguments]
    ran = subprocess.run(command, input=GOOD.encode(), env=environment, cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
