"""Runs inside the sandbox in place of a kernel, and tries what a notebook must not be able to do. Prints what it could, as JSON.

Standard library alone, as the launcher; it is told of canaries outside: a file, a listening address, an abstract socket, a process.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_FAMILIES = (
    3,
    4,
    5,
    9,
    15,
    16,
    17,
    29,
    30,
    31,
    38,
    40,
    42,
    43,
    44,
)  # AF_AX25 to AF_XDP; 16 with a protocol that is not asked for


def works(attempt: Callable[[], object]) -> bool:
    """Whether it could be done."""
    try:
        attempt()
    except OSError:
        return False
    return True


def connects(family: int, address: object) -> bool:
    """Whether a connection is accepted there."""
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.settimeout(2)
        return tried.connect_ex(address) == 0  # type: ignore[arg-type]
    return False


def opens(family: int) -> bool:
    """Whether a socket of this family is to be had."""
    return works(
        lambda: socket.socket(
            family, socket.SOCK_DGRAM if family != 17 else socket.SOCK_RAW, 9 if family == 16 else 0
        ).close()
    )


def network(told: dict[str, str]) -> Iterator[str]:
    """What of the network is reached."""
    host, port = told["address"].rsplit(":", 1)
    if connects(socket.AF_INET, (host, int(port))):
        yield "the host's own addresses are reached"
    if connects(socket.AF_UNIX, "\0" + told["abstract"]):
        yield "abstract sockets of the host are reached"
    if any(name != "lo" for _, name in socket.if_nameindex()):
        yield "there are network interfaces"
    yield from (f"sockets of family {family}" for family in _FAMILIES if opens(family))


def home(told: dict[str, str]) -> Iterator[str]:
    """What of the host is seen."""
    if works(lambda: Path(told["file"]).read_bytes()):
        yield "files of the account that started it are read"
    if works(lambda: Path("/proc/1/environ").read_bytes()) and Path("/proc/1/environ").read_bytes():
        yield "the environment of the first process is read"
    if len([place for place in Path("/proc").iterdir() if place.name.isdecimal()]) > 10:
        yield "processes of the host are seen"
    if os.getuid() == 0:
        yield "it runs as the administrator"


def writable(told: dict[str, str]) -> Iterator[str]:
    """What of the environment and the system can be written."""
    for folder in (told["environment"], "/usr/bin", "/", "/etc", "/dev"):
        place = Path(folder, "enablement-probe")
        if works(lambda place=place: place.write_text("")):  # type: ignore[misc]
            yield f"{folder} can be written"


def namespaces() -> Iterator[str]:
    """Which new namespaces can be made."""
    libc = ctypes.CDLL(None, use_errno=True)
    for name, flag in (("users", _NEW_USER), ("networks", _NEW_USER | _NEW_NET)):
        child = os.fork()
        if not child:
            os._exit(int(libc.unshare(flag) != 0))
        if not os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            yield f"new namespaces of {name} can be made"


def main() -> None:
    told = json.loads(sys.argv[1])
    found = {
        "network": list(network(told)),
        "home": list(home(told)),
        "image": list(writable(told)),
        "namespaces": list(namespaces()),
        # A file where only sockets may be made: nothing but Landlock refuses it.
        "landlock": []
        if not works(lambda: Path("/run/kernel/file").write_text(""))
        else ["files can be made anywhere"],
    }
    sys.stdout.write("\nPROBE " + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
