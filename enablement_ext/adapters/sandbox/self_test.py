"""What this host enforces, tried with the real thing: a sandbox whose first program tries to get out, and one that takes too much memory."""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.adapters.sandbox.process import SandboxOrder, SandboxProcess
from enablement_ext.core.errors import SandboxOff
from enablement_ext.core.runs.layers import LayerState, SandboxLayer, SandboxReport, Strength
from enablement_ext.core.runs.models import MIB, RunEnd, RunLimits

_PROBE = Path(__file__).with_name("probe.py")
_LIMITS = RunLimits(memory_bytes=128 * MIB, pids=40, start_seconds=60, work_bytes=16 * MIB)
_LONGEST = 60.0
_TAKES_MEMORY = "held = [bytearray(4 << 20) for _ in range(200)]"
_TAKES_PROCESSES = """
import os, time
try:
    for _ in range(200):
        if not os.fork():
            time.sleep(60)
finally:
    time.sleep(60)
"""
_HELD = {
    SandboxLayer.NETWORK: "a network of its own with nothing in it",
    SandboxLayer.HOME: "a file system, processes and an account of its own",
    SandboxLayer.IMAGE: "mounted read-only",
    SandboxLayer.NAMESPACES: "none can be made",
}
_COUNTED = {
    SandboxLayer.MEMORY: (RunEnd.OUT_OF_MEMORY, _TAKES_MEMORY),
    SandboxLayer.PIDS: (RunEnd.PIDS_CAP, _TAKES_PROCESSES),
}

MakeCaps = Callable[[RunLimits], ResourceCaps]


def tried_layers(environment: KernelEnvironment, caps: MakeCaps) -> SandboxReport:
    """Every layer as it was found. Takes about a second; never raises."""
    try:
        with _canaries() as told:
            said, ready = _probed(environment, caps, told | {"environment": str(environment.folders[0])})
    except (SandboxOff, OSError) as error:
        reason = error.message if isinstance(error, SandboxOff) else str(error)
        return SandboxReport(tuple(LayerState(layer, Strength.MISSING, reason) for layer in SandboxLayer))
    states = [*_found(said), *_kernel_layers(said, ready)]
    for layer, (end, source) in _COUNTED.items():
        states.append(_capped(environment, caps, layer, (end, source)))
    order = list(SandboxLayer)
    return SandboxReport(tuple(sorted(states, key=lambda state: order.index(state.layer))))


def _found(said: Mapping[str, list[str]]) -> Iterator[LayerState]:
    for layer, words in _HELD.items():
        wrong = said.get(layer.value)
        if wrong is None:
            yield LayerState(layer, Strength.MISSING, "it could not be tried")
        else:
            yield LayerState(layer, Strength.MISSING if wrong else Strength.HOLDS, ", ".join(wrong) or words)


def _kernel_layers(said: Mapping[str, list[str]], ready: Mapping[str, Any]) -> Iterator[LayerState]:
    if ready.get("seccomp") == 2:
        yield LayerState(SandboxLayer.SECCOMP, Strength.HOLDS, "a filter of system calls")
    else:
        yield LayerState(SandboxLayer.SECCOMP, Strength.MISSING, "this kernel or machine has no filter of system calls")
    version = ready.get("landlock", 0)
    if version and not said.get("landlock", [""]):
        strength = Strength.HOLDS if version >= 6 else Strength.WEAKER
        yield LayerState(SandboxLayer.LANDLOCK, strength, f"version {version}")
    else:
        yield LayerState(SandboxLayer.LANDLOCK, Strength.MISSING, "this kernel has none")


def _capped(
    environment: KernelEnvironment, caps: MakeCaps, layer: SandboxLayer, tried: tuple[RunEnd, str]
) -> LayerState:
    """Whether taking too much is ended, and named."""
    end, source = tried
    try:
        process = _started(environment, caps, source)
    except SandboxOff as error:
        return LayerState(layer, Strength.MISSING, error.message)
    try:
        deadline = time.monotonic() + _LONGEST
        while process.poll() is None and process.caps.exceeded() is None and time.monotonic() < deadline:
            process.drain()
            time.sleep(0.01)
        process.drain()
        hit = process.caps.exceeded()
        counted = process.caps.counted
        refused = "MemoryError" in process.said()
    finally:
        process.close()
    if hit is not end and not (refused and layer is SandboxLayer.MEMORY):
        return LayerState(layer, Strength.MISSING, "taking too much is not noticed")
    if counted:
        return LayerState(layer, Strength.HOLDS, "counted by the kernel (cgroup)")
    return LayerState(
        layer, Strength.WEAKER, "no cgroup can be written: limits of each process, and watched from outside"
    )


def _probed(
    environment: KernelEnvironment, caps: MakeCaps, told: Mapping[str, str]
) -> tuple[dict[str, list[str]], Mapping[str, Any]]:
    process = _started(environment, caps, _PROBE.read_text(encoding="utf-8"), json.dumps(told))
    try:
        deadline = time.monotonic() + _LONGEST
        while process.poll() is None and time.monotonic() < deadline:
            process.drain()
            time.sleep(0.005)
        process.drain()
        _, mark, answer = process.said_whole().rpartition("PROBE ")
        found: dict[str, list[str]] = json.loads(answer.splitlines()[0]) if mark else {}
    finally:
        process.close()
    return found, process.ready


def _started(environment: KernelEnvironment, caps: MakeCaps, *source: str) -> SandboxProcess:
    argv = (str(environment.python), "-I", "-S", "-c", *source)
    return SandboxProcess.start(SandboxOrder(environment, argv, _LIMITS), caps(replace(_LIMITS)))


@contextmanager
def _canaries() -> Iterator[dict[str, str]]:
    """What must not be reached: a file of this account, a listening address, an abstract socket."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="enablement-canary-"))
        file = Path(folder, "secret")
        file.write_text(secrets.token_hex())
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        name = f"enablement-{secrets.token_hex(8)}"
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind("\0" + name)
        abstract.listen()
        yield {"file": str(file), "address": f"127.0.0.1:{listener.getsockname()[1]}", "abstract": name}
