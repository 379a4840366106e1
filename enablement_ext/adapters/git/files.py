"""Files of the author's, written so that a reader or a crash finds the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from enablement_ext.adapters.git.runner import NoSpaceHere
from enablement_ext.core.errors import GitFailed


def read(path: Path) -> bytes | None:
    """The bytes, None where there is no file. Raises `GitFailed`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise unusable(path, problem) from None


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace at once; a symbolic link stays one, its target is replaced; the mode of what was there stays. Raises `GitFailed`."""
    target = Path(os.path.realpath(path))
    try:
        with suppress(FileNotFoundError):
            mode = target.stat().st_mode & 0o7777
        # One name, not a new one each time: what a kill leaves behind is replaced by the next try.
        fresh = target.with_name(f".{target.name}.enablement-new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    except OSError as problem:
        raise unusable(path, problem) from None


def settle(path: Path, data: bytes | None) -> None:
    """Write, or remove where there is nothing to write; what is there already is left alone. Raises `GitFailed`."""
    if read(path) == data:
        return
    if data is None:
        with suppress(FileNotFoundError):
            path.unlink()
    else:
        write(path, data)


def unusable(path: Path, problem: OSError) -> GitFailed:
    """The error for a file that cannot be used."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpaceHere()
    return GitFailed(f"{path.name} cannot be used: {os.strerror(problem.errno or 0)}.")
