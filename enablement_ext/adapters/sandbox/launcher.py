"""Runs inside the sandbox before the kernel, with the environment's own Python: brings the files, lets go of what is left, becomes the kernel.

Standard library alone, and any Python from 3.8 on: its source is handed to `python -I -S -c`. It says over a pipe what it could put into
force, so that nothing is assumed; the other end waits for that before a cell is sent.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

# linux/landlock.h
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE, _READ, _READ_DIR = 1, 2, 4, 8
_REMOVE, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK = 16 | 32, 128, 256, 512
_MAKE_FIFO, _MAKE_SYM, _REFER, _TRUNCATE, _IOCTL = 1024, 4096, 8192, 16384, 32768
_EVERYTHING = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}  # by version; from 5 on with _IOCTL
_SCOPES = 1 | 2  # abstract sockets and signals stay inside, from version 6 on
_READING = _EXECUTE | _READ | _READ_DIR
_WRITING = (
    _READING | _WRITE | _REMOVE | _MAKE_DIR | _MAKE_REG | _MAKE_SOCK | _MAKE_FIFO | _MAKE_SYM | _REFER | _TRUNCATE
)
_RULES = {
    "/": _READING,
    "/notebook": _WRITING,
    "/tmp": _WRITING,  # noqa: S108 - inside
    "/dev/shm": _WRITING,  # noqa: S108 - inside
    "/dev": _READING | _WRITE | _IOCTL,
    "/run/kernel": _READ | _READ_DIR | _MAKE_SOCK | 32,
}


def landlock_version(libc: ctypes.CDLL) -> int:
    """The version that this kernel has, 0 for none."""
    found: int = libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    return max(0, found)


def restrict_files(libc: ctypes.CDLL) -> int:
    """Puts Landlock into force for this process and all that it starts; its version, 0 where the kernel has none."""
    version = landlock_version(libc)
    if not version:
        return 0
    handled = _EVERYTHING.get(version, 0xFFFF)
    attributes = struct.pack("=QQQ", handled, 0, _SCOPES if version >= 6 else 0)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    ruleset = libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path, allowed in _RULES.items():
        folder = os.open(path, os.O_PATH | os.O_DIRECTORY)
        rule = struct.pack("=Qi", allowed & handled, folder)
        if libc.syscall(_ADD, ruleset, 1, rule, 0):
            raise OSError(ctypes.get_errno(), "landlock_add_rule " + path)
        os.close(folder)
    if libc.syscall(_RESTRICT, ruleset, 0):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)
    return version


def take_account(uid: int) -> None:
    """From an administrator's account to one that owns nothing. Nothing to do where there is no such account to leave."""
    if os.getuid() == 0 and uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def bring_files(source: BinaryIO, files: list[tuple[str, int]]) -> None:
    """Copies what comes over the pipe into the work folder."""
    for path, size in files:
        place = Path("/notebook", path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            rest = size
            while rest:
                piece = source.read(min(rest, 1 << 20))
                if not piece:
                    raise OSError(errno.EPIPE, "the files came to an end too early")
                file.write(piece)
                rest -= len(piece)


def bring_later(source: BinaryIO, outgoing: int) -> None:
    """Leaves a process behind that brings files when they come, says so and ends. It belongs to nobody inside, and holds what this one does."""
    if os.fork():
        os.wait()
        return
    if os.fork():
        os._exit(0)
    try:
        bring_files(source, json.loads(source.readline()))
        os.write(outgoing, b'{"stage": "brought"}\n')
    finally:
        os._exit(0)


def limit(limits: dict[str, int]) -> None:
    """Limits of each process, by the name of the resource module's constant."""
    for name, value in limits.items():
        kind = getattr(resource, name)
        highest = resource.getrlimit(kind)[1]
        wanted = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(kind, (wanted, wanted))


def seccomp_mode() -> int:
    """2 where a filter is in force."""
    with Path("/proc/self/status").open() as file:
        return next((int(line.split()[1]) for line in file if line.startswith("Seccomp:")), 0)


def main() -> None:
    incoming, outgoing = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(incoming, False)
    os.set_inheritable(outgoing, False)
    os.write(outgoing, b'{"stage": "started"}\n')
    source = os.fdopen(incoming, "rb")
    order = json.loads(source.readline())
    take_account(order["uid"])
    os.umask(0o077)
    Path(order["env"]["HOME"]).mkdir()
    bring_files(source, order["files"])
    Path("/run/kernel/connection.json").write_text(json.dumps(order["connection"]))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    version = restrict_files(libc)
    os.nice(order["nice"])
    limit(order["limits"])
    said = {"stage": "ready", "landlock": version, "seccomp": seccomp_mode(), "uid": os.getuid()}
    os.write(outgoing, json.dumps(said).encode() + b"\n")
    if order["later"]:
        bring_later(source, outgoing)
    source.close()
    os.close(outgoing)
    os.chdir(Path("/notebook", order["folder"]))
    os.execve(order["argv"][0], order["argv"], order["env"])


if __name__ == "__main__":
    main()
