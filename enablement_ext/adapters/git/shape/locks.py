"""Git's lock files: who holds one, and removing those that nobody holds.

A lock of a Git that runs is never taken away. Who runs is read from `/proc`: processes that have the lock open, and Git processes in the folder.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from enablement_ext.core.git.shape import LockHolder

_PROCESSES = Path("/proc")
_SHARED = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "lustre", "9p", "fuse.sshfs", "fuse.s3fs", "afs"}
)
_PATIENCE_SECONDS = 3.0
_BUSY_SECONDS = 10.0  # for a Git that runs: that of a server that was killed goes on to its end


def lock_files(git_dir: Path) -> list[Path]:
    """All of them: of the index, of `HEAD` and the configuration, of branches and tags. What lies behind a link is no lock of this repository."""
    if git_dir.is_symlink():
        return []
    found = [*git_dir.glob("*.lock")]
    refs = git_dir / "refs"
    for inner, _, names in os.walk(refs) if not refs.is_symlink() else ():
        found += [Path(inner, name) for name in names if name.endswith(".lock")]
    return sorted(lock for lock in found if lock.is_file() and not lock.is_symlink())


def first_lock(worktree: Path) -> tuple[str, LockHolder]:
    """The name of a lock that is there, and who holds it; "" for none."""
    git_dir = worktree / ".git"
    for lock in lock_files(git_dir):
        return str(lock.relative_to(git_dir)), lock_holder(worktree, lock)
    return "", LockHolder.NOBODY


def release_locks(worktree: Path, asked: bool = False) -> None:
    """Remove locks that nobody holds any more, after a moment; where it cannot be known who does, only when a person asked for it."""
    left = _lasting(worktree, _PATIENCE_SECONDS)
    if any(lock_holder(worktree, lock) is LockHolder.RUNNING for lock in left):
        left = _lasting(worktree, _BUSY_SECONDS)
    dead = (LockHolder.NOBODY, LockHolder.UNKNOWN) if asked else (LockHolder.NOBODY,)
    for lock in left:
        if lock_holder(worktree, lock) in dead:
            with suppress(OSError):
                lock.unlink(missing_ok=True)


def _lasting(worktree: Path, seconds: float) -> list[Path]:
    """The locks that are still there after so long; none as soon as there is none."""
    deadline = time.monotonic() + seconds
    while (left := lock_files(worktree / ".git")) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def lock_holder(worktree: Path, lock: Path) -> LockHolder:
    """Whether a Git runs on this machine that may hold it. On a disk that other machines share, that says nothing of theirs."""
    folder, file = os.path.realpath(worktree), os.path.realpath(lock)
    try:
        running = any(_uses(process, folder, file) for process in _own_processes())
    except OSError:
        return LockHolder.UNKNOWN
    if running:
        return LockHolder.RUNNING
    return LockHolder.UNKNOWN if _file_system(folder) in _SHARED else LockHolder.NOBODY


def _own_processes() -> Iterator[Path]:
    """Processes of this user, whose files may be looked at. Raises `OSError` where there is no `/proc`."""
    for entry in os.scandir(_PROCESSES):
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with suppress(FileNotFoundError, ProcessLookupError):
            if entry.stat().st_uid == os.geteuid():
                yield Path(entry.path)


def _uses(process: Path, folder: str, lock: str) -> bool:
    """Whether it has the lock open, or is a Git in the folder. Raises `OSError` where that cannot be seen."""
    try:
        if (process / "comm").read_text(errors="replace").startswith("git"):
            at = str((process / "cwd").readlink())
            if at == folder or at.startswith(f"{folder}/"):
                return True
        return any(_leads_to(entry.path, lock) for entry in os.scandir(process / "fd"))
    except (FileNotFoundError, ProcessLookupError):
        return False  # it has ended
    except PermissionError:
        if _is_zombie(process):
            return False
        raise


def _leads_to(descriptor: str, lock: str) -> bool:
    with suppress(FileNotFoundError):
        return str(Path(descriptor).readlink()) == lock
    return False


def _is_zombie(process: Path) -> bool:
    """Whether it has ended and only waits to be collected; or is one whose files no process may see, which is no Git."""
    with suppress(OSError):
        return not (process / "comm").read_text(errors="replace").startswith("git") or ") Z" in (
            process / "stat"
        ).read_text(errors="replace")
    return True


def _file_system(folder: str) -> str:
    """The kind of file system a folder is on, by the longest mount point above it."""
    best, kind = "", ""
    for line in (_PROCESSES / "self/mountinfo").read_text(errors="replace").splitlines():
        fields, _, rest = line.partition(" - ")
        point = fields.split(" ")[4]
        inside = folder == point or folder.startswith(f"{point.rstrip('/')}/")
        if inside and len(point) >= len(best):
            best, kind = point, rest.split(" ")[0]
    return kind
