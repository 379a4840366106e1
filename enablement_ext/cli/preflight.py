"""What can be known before anything is started, each refused in one clear line: port, space, state folder."""

from __future__ import annotations

import errno
import fcntl
import ipaddress
import os
import shutil
import socket
from pathlib import Path
from typing import IO

from enablement_ext.cli.errors import CliError, Exit

NEEDED_STATE_BYTES = 200_000_000


def checked_address(address: str, *, agreed: bool) -> str:
    """The address. One that others can reach needs agreement: the demo is plain HTTP and its servers are not separated."""
    try:
        local = ipaddress.ip_address(address).is_loopback
    except ValueError:
        local = address == "localhost"
    if not local and not agreed:
        raise CliError(
            f"{address} can be reached from outside; the demo speaks plain HTTP and all its servers run under your account. Say --yes to do it",
            Exit.USAGE,
        )
    return address


def checked_port(address: str, port: int) -> None:
    """Returns when the hub can listen there."""
    process_tree = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(process_tree, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CliError(_why_not(error, address, port)) from error
        except OverflowError as error:
            raise CliError(f"{port} is no port", Exit.USAGE) from error


def decision_port(address: str, port: int, wanted: int, remembered: Path) -> int:
    """`wanted`; without one the port of the last time or the hub's next, the first that is free; else any. It is remembered.

    Raises `CliError` where the wanted one cannot be had.
    """
    if wanted:
        checked_port(address, wanted)
    last = remembered.read_text(encoding="ascii").strip() if remembered.exists() else ""
    known = [wanted] if wanted else [*([int(last)] if last.isdecimal() else []), port + 1]
    found = next((each for each in known if each != port and _free(address, each)), 0) or free_ports(1)[0]
    remembered.write_text(f"{found}\n", encoding="ascii")
    return found


def _free(address: str, port: int) -> bool:
    try:
        checked_port(address, port)
    except CliError:
        return False
    return True


def _why_not(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} at {address} is taken; choose another one, for example --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that this account does not have; choose one above 1023"
    return f"this machine cannot listen at {address}: {error.strerror or error}"


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that were free a moment ago, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def held_state(state: Path, needed_bytes: int = NEEDED_STATE_BYTES) -> IO[str]:
    """Makes the state folder, closed to other accounts, and holds it for this process alone until the file is closed."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(state).free
        if free < needed_bytes:
            raise CliError(f"no space: {state} has {free // 10**6} MB free, {needed_bytes // 10**6} MB are needed")
        held = (state / "up.lock").open("a+")
    except OSError as error:
        raise CliError(f"the state folder {state} cannot be used: {error.strerror or error}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.seek(0)
        other = held.read().strip() or "unknown"
        held.close()
        raise CliError(f"the state folder {state} is in use by another `enablement up` (process {other})") from error
    held.seek(0)
    held.truncate()
    held.write(f"{os.getpid()}\n")
    held.flush()
    return held
