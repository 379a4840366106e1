"""A kernel that is up before anybody needs it. It has run nothing and holds nothing of any notebook; it serves one run and dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from enablement_ext.adapters.sandbox.channels import KernelChannels, KernelMessage
from enablement_ext.adapters.sandbox.process import SandboxProcess
from enablement_ext.core.errors import SandboxOff
from enablement_ext.core.runs.models import RunLimits

_LOOK_MS = 20
_AGAIN = 1.0  # seconds
_NOTHING = {"code": "pass", "silent": True, "store_history": False, "user_expressions": {}, "allow_stdin": False}
_ENDING = 20.0  # seconds for one that is starting to be up, so that it can be ended in order


@dataclass(frozen=True, slots=True)
class StartedKernel:
    """A kernel in its sandbox and the sockets to it; `warm`: its files are still to be brought."""

    process: SandboxProcess
    channels: KernelChannels
    warm: bool = False

    def close(self) -> None:
        """Ends it; nothing is left."""
        self.channels.close()
        self.process.close()


def warm_up(kernel: StartedKernel, deadline: float) -> None:
    """Returns when it has answered, and has run a line that does nothing: what a first cell would wait for has happened. Raises `SandboxOff`."""
    channels = kernel.channels
    while not channels.connect():
        _look(kernel, deadline)
    for kind, content in (("kernel_info_request", {}), ("execute_request", _NOTHING)):
        asked, at, replied, idle = "", 0.0, False, False
        while not (replied and idle):
            if not asked or (kind == "kernel_info_request" and time.monotonic() - at > _AGAIN):
                asked, at = (
                    channels.ask(kind, content),
                    time.monotonic(),
                )  # again: what was said before we listened is lost
            _look(kernel, deadline)
            replied |= any(message.parent == asked for message in channels.arrived("shell"))
            idle |= any(_is_idle(message, asked) for message in channels.arrived("iopub"))


def _is_idle(message: KernelMessage, asked: str) -> bool:
    return (message.kind, message.parent, message.content.get("execution_state")) == ("status", asked, "idle")


def _look(kernel: StartedKernel, deadline: float) -> None:
    kernel.process.drain()
    if kernel.process.poll() is not None or time.monotonic() > deadline:
        raise SandboxOff("The kernel did not come up.")
    if kernel.channels.cut():
        raise SandboxOff("The kernel did not come up.")
    if not kernel.channels.is_connected:
        time.sleep(_LOOK_MS / 1000)
    else:
        kernel.channels.poller.poll(_LOOK_MS)


class WarmKernels:
    """At most one, started in a thread of its own: that one lives as long as this process, since a sandbox ends with the thread that started it."""

    def __init__(self, start: Callable[[RunLimits], StartedKernel]) -> None:
        self._start = start
        self._change = threading.Condition()
        self._wanted: RunLimits | None = None
        self._ready: tuple[RunLimits, StartedKernel] | None = None
        self._starting = False
        self._thread: threading.Thread | None = None

    def prepare(self, limits: RunLimits) -> None:
        """Have one ready for these limits, soon; one for others ends."""
        with self._change:
            if self._ready is not None and self._ready[0] == limits:
                return
            self._wanted = limits
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="warm-kernels", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def take(self, limits: RunLimits) -> StartedKernel | None:
        """The one that is ready for these limits, the caller's from now on; None where there is none. One that is just starting is not waited for."""
        with self._change:
            found, self._ready = self._ready, None
        if found is None:
            return None
        if found[0] == limits and found[1].process.poll() is None:
            return found[1]
        found[1].close()
        return None

    @property
    def pid(self) -> int:
        """The process that was started for the one that is ready, -1 where none is."""
        with self._change:
            return -1 if self._ready is None else self._ready[1].process.pid

    def rest(self) -> None:
        """Ends what there is; returns when it is gone, or after seconds."""
        with self._change:
            self._wanted = None
            self._change.wait_for(lambda: not self._starting, _ENDING)
            found, self._ready = self._ready, None
        if found is not None:
            found[1].close()

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._wanted is not None)
                limits, old = self._wanted, self._ready
                self._wanted, self._ready, self._starting = None, None, True
            made = self._made(limits, old)
            with self._change:
                self._starting = False
                self._ready = None if made is None or limits is None else (limits, made)
                self._change.notify_all()

    def _made(self, limits: RunLimits | None, old: tuple[RunLimits, StartedKernel] | None) -> StartedKernel | None:
        if old is not None:
            old[1].close()
        try:
            return None if limits is None else self._start(limits)
        except (SandboxOff, OSError):
            return None  # the next run says what is wrong, since it then starts one itself
