"""Which environments are used, and the removal of those that nobody uses: never one that a process runs from or that was just given out.

Whoever gives out an environment, copies it or removes it holds the lock of its family (one release and one base Python) meanwhile, so
that it cannot go between the answer and the start of a server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RECORD = "enablement/release.json"
IDLE_SECONDS = (
    86_400.0  # another Enablement's environment goes when it was not asked for during so long: a checkout's day off
)
STARTING_SECONDS = 900.0  # within so long of being given out a server may still be about to start from it
_GIVEN_OUT = "enablement/given-out"


def family_of(venv: Path) -> str:
    """The name of an environment without the Enablement in it."""
    return venv.name.rpartition("-")[0]


@contextmanager
def locked(root: Path, family: str) -> Iterator[None]:
    """Waits for everybody else who makes, gives out or removes an environment of this family."""
    with (root / f".{family}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def give_out(venv: Path) -> None:
    """Note that a server may start from it now. Where the folder is another account's, its owner's note has to do."""
    with suppress(OSError):
        (venv / _GIVEN_OUT).touch()


def idle_seconds(venv: Path) -> float:
    """Since it was given out last, or made."""
    return time.time() - max(_changed(venv / _GIVEN_OUT), _changed(venv / RECORD))


def is_starting(venv: Path) -> bool:
    """Whether it was given out so lately that no process may show yet."""
    return time.time() - _changed(venv / _GIVEN_OUT) < STARTING_SECONDS


def in_use(folders: Iterable[Path]) -> frozenset[Path]:
    """Those that a process runs from, has files of mapped, or was started inside of. All of them where other accounts' processes are hidden."""
    folders = tuple(folders)
    if not Path("/proc/1/cmdline").exists():
        return frozenset(folders)
    used: set[Path] = set()
    for process in Path("/proc").glob("[0-9]*"):
        # `maps` and `environ` of other accounts cannot be read, their command lines can: each by itself.
        text = b"\0".join(_read(process / name) for name in ("cmdline", "maps", "environ"))
        used |= {folder for folder in folders if os.fsencode(f"{folder}/") in text}
    return frozenset(used)


def remove_idle(venvs: Iterable[Path], root: Path) -> list[Path]:
    """Remove those that nobody asked for lately and no process uses; returns them. The caller holds their family's lock."""
    idle = [venv for venv in venvs if idle_seconds(venv) > IDLE_SECONDS]
    used = in_use(idle) if idle else frozenset()
    gone = [venv for venv in idle if venv not in used]
    for venv in gone:
        remove_renamed(venv, root)
    return gone


def remove_renamed(venv: Path, root: Path) -> None:
    """Renamed first, so that it is whole or gone."""
    gone = root / f".building-{venv.name}-gone-{os.getpid()}"
    venv.rename(gone)
    remove(gone)


def remove(venv: Path) -> None:
    """The folder with all its read-only folders."""
    for folder, _, _ in os.walk(venv):
        Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(venv)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended meanwhile, or is somebody else's
