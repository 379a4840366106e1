"""The command line of bubblewrap for one sandbox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.core.runs.models import MIB, RunLimits

NOBODY = 65534
HOME = "/tmp/home"  # noqa: S108 - inside the sandbox
_LAUNCHER = Path(__file__).with_name("launcher.py")
_ACCOUNTS = "root:x:0:0::/nonexistent:/usr/sbin/nologin\nnobody:x:65534:65534::/tmp/home:/usr/sbin/nologin\n"
_GROUPS = "root:x:0:\nnogroup:x:65534:\n"
_HOSTS = "127.0.0.1 localhost sandbox\n::1 localhost\n"
# Small files of /etc that say nothing of this machine.
ETC = {
    "passwd": _ACCOUNTS,
    "group": _GROUPS,
    "hosts": _HOSTS,
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True, slots=True)
class PassedFiles:
    """File descriptors that bubblewrap is started with: where it says its process, the seccomp filter (-1: none), the contents of `ETC` in
    order, and the launcher's two ends."""

    info: int
    filter: int
    etc: tuple[int, ...]
    incoming: int
    outgoing: int

    def all(self) -> tuple[int, ...]:
        """Every one that is open."""
        return tuple(fd for fd in (self.info, self.filter, *self.etc, self.incoming, self.outgoing) if fd >= 0)


def bubblewrap() -> str | None:
    """The program, None where it is not installed."""
    return shutil.which("bwrap", path=os.environ.get("PATH", os.defpath))


def sandbox_command(program: str, environment: KernelEnvironment, limits: RunLimits, passed: PassedFiles) -> list[str]:
    """The whole command: namespaces, mounts, the launcher. Two things differ with the account that starts it (see the decision record)."""
    return [
        program,
        *_namespaces(administrator=os.geteuid() == 0),
        *_folders(limits),
        *environment.mounts(),
        *_closed(passed),
        "--info-fd",
        str(passed.info),
        *(("--seccomp", str(passed.filter)) if passed.filter >= 0 else ()),
        "--",
        str(environment.python),
        "-I",
        "-S",
        "-c",
        _LAUNCHER.read_text(encoding="utf-8"),
        str(passed.incoming),
        str(passed.outgoing),
    ]


def kernel_variables(environment: KernelEnvironment) -> dict[str, str]:
    """The environment variables of the kernel: none of the driver's."""
    return {
        "HOME": HOME,
        "USER": "nobody",
        "LOGNAME": "nobody",
        "LANG": "C.UTF-8",
        "PATH": f"{environment.python.parent}:/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": "/tmp",  # noqa: S108 - inside
        "JUPYTER_PLATFORM_DIRS": "1",
    }


def _namespaces(*, administrator: bool) -> Iterator[str]:
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    if administrator:  # the launcher takes the account itself: a real one, which owns nothing outside either
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--disable-userns")
    yield from ("--hostname", "sandbox", "--die-with-parent", "--new-session", "--clearenv", "--chdir", "/")


def _folders(limits: RunLimits) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    # All memory of files is bounded, and counts as the sandbox's own.
    for folder, size in (
        ("/notebook", limits.work_bytes),
        ("/tmp", 256 * MIB),  # noqa: S108 - inside
        ("/dev/shm", 256 * MIB),  # noqa: S108 - inside
        ("/run/kernel", MIB),
    ):
        yield from ("--perms", "0777", "--size", str(size), "--tmpfs", folder)


def _closed(passed: PassedFiles) -> Iterator[str]:
    """After everything else is at its place, which may be in a folder that is mounted before: an environment below /tmp."""
    for name, fd in zip(ETC, passed.etc, strict=True):
        yield from ("--perms", "0444", "--ro-bind-data", str(fd), f"/etc/{name}")
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")
