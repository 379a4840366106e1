"""Parts of the sandbox by themselves: the filter of system calls on both machines, groups of version 2, what is mounted."""

from __future__ import annotations

import errno
import os
import re
import struct
import sys
from pathlib import Path

import pytest

from enablement_ext.adapters.sandbox import system_calls
from enablement_ext.adapters.sandbox.arguments import PassedFiles, kernel_variables, sandbox_command
from enablement_ext.adapters.sandbox.cgroups import CgroupCaps, CgroupParents, _candidates
from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.adapters.sandbox.system_calls import system_call_filter
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.runs.models import MIB, RunEnd, RunLimits

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = 0


def decided(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of a call: 0 for allowed, else the error. Runs the program as the kernel does."""
    program = system_call_filter(machine)
    assert program is not None
    steps = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    known = ARCHITECTURES[machine] if architecture is None else architecture
    padded = [each & (2**64 - 1) for each in (*arguments, 0, 0, 0, 0, 0, 0)][:6]
    data = struct.pack("<IIQ6Q", number, known, 0, *padded)
    accumulator, at = 0, 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x06:
            return ALLOWED if value == 0x7FFF0000 else value & 0xFFFF
        else:
            hit = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += true if hit else false


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_refuses_what_it_lists_and_allows_what_a_notebook_needs(machine: str) -> None:
    column = list(ARCHITECTURES).index(machine)
    for name, numbers in system_calls._REFUSED.items():
        number = numbers[column]
        if number is not None:
            assert decided(machine, number) == errno.EPERM, name
    x86 = machine == "x86_64"
    for number in (
        (0, 1, 3, 9, 12, 39, 59, 60, 202, 231, 257) if x86 else (29 + 34, 64, 57, 222, 214, 172, 221, 93, 98, 56)
    ):
        assert decided(machine, number) == ALLOWED
    clone, clone3, sock = (56, 435, 41) if x86 else (220, 435, 198)
    assert decided(machine, clone, 0x003D0F00) == ALLOWED  # a thread
    assert decided(machine, clone3) == errno.ENOSYS
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert decided(machine, clone, flag | 17) == errno.EPERM
    for family in range(50):
        allowed = family in (1, 2, 10, 16)
        assert (decided(machine, sock, family, 1, 0) == ALLOWED) is allowed, family
    assert decided(machine, sock, 16, 3, 15) == errno.EAFNOSUPPORT
    assert decided(machine, 39, architecture=0x40000003) == errno.EPERM  # 32-bit calls


def test_x86_64_has_no_second_set_and_other_machines_no_filter() -> None:
    assert decided("x86_64", 0x40000000 | 39) == errno.EPERM
    assert decided("x86_64", 16, 0, 0x5412) == decided("x86_64", 16, 0, 0x7FFF_0000_0000_5412) == errno.EPERM
    assert decided("x86_64", 16, 0, 0x5401) == ALLOWED
    assert system_call_filter("riscv64") is None


@pytest.mark.parametrize(
    ("header", "column"),
    [("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0), ("/usr/include/asm-generic/unistd.h", 1)],
)
def test_the_numbers_are_those_of_the_kernels_headers(header: str, column: int) -> None:
    if not Path(header).exists():
        pytest.skip("no headers of the kernel here")
    known = dict(re.findall(r"#define (?:__NR3264|__NR)_(\w+) (\d+)", Path(header).read_text()))
    compared = 0
    for name, numbers in system_calls._REFUSED.items():
        if name in known and numbers[column] is not None:
            assert int(known[name]) == numbers[column], name
            compared += 1
    assert compared > 45


def folder_of_version_2(place: Path) -> Path:
    place.mkdir()
    (place / "cgroup.controllers").write_text("cpu memory pids\n")
    (place / "cgroup.subtree_control").write_text("memory pids\n")
    return place


def test_a_group_of_version_2_has_its_limits_and_says_what_was_hit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over plain files, where this host has version 1: names, values and counters; version 1 is tested with real kernels."""
    top = folder_of_version_2(tmp_path / "top")
    made = Path.mkdir

    def mkdir(self: Path, *arguments: object) -> None:
        made(self)
        for name in ("memory.swap.max", "memory.oom.group", "memory.events", "pids.events", "memory.peak"):
            (self / name).write_text("")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    caps = CgroupCaps(CgroupParents(2, top, top), RunLimits(memory_bytes=64 * MIB, pids=20))
    (group,) = [each for each in top.iterdir() if each.is_dir()]
    written = {
        name: (group / name).read_text() for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max")
    }
    assert written == {"memory.max": str(64 * MIB), "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "20"}
    caps.hold([os.getpid()])
    assert (group / "cgroup.procs").read_text() == str(os.getpid())
    assert caps.exceeded() is None
    (group / "pids.events").write_text("max 3\n")
    (group / "memory.peak").write_text("4096\n")
    assert (caps.exceeded(), caps.peak_bytes()) == (RunEnd.PIDS_CAP, 4096)
    (group / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 1\n")
    assert caps.exceeded() is RunEnd.OUT_OF_MEMORY


def test_where_groups_are_made_is_read_from_what_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENABLEMENT_CGROUP", raising=False)
    proc, mounted = tmp_path / "proc", tmp_path / "cgroup"
    proc.mkdir()
    (proc / "cgroup").write_text("0::/user.slice/app.slice/term.scope\n")
    (proc / "mountinfo").write_text(f"30 20 0:26 / {mounted} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n")
    own = mounted / "user.slice/app.slice/term.scope"
    assert [each.memory for each in _candidates(proc)] == [own, own.parent]
    (proc / "cgroup").write_text("4:memory:/pod/one\n3:cpu,pids:/\n0::/\n")
    (proc / "mountinfo").write_text(
        f"30 20 0:26 /pod {mounted}/memory rw - cgroup cgroup rw,memory\n"
        f"31 20 0:27 / {mounted}/pids rw - cgroup cgroup rw,cpu,pids\n"
    )
    assert list(_candidates(proc)) == [CgroupParents(1, mounted / "memory/one", mounted / "pids")]
    monkeypatch.setenv("ENABLEMENT_CGROUP", str(mounted / "given"))
    assert next(iter(_candidates(proc))) == CgroupParents(2, mounted / "given", mounted / "given")


def test_what_is_mounted_and_handed_over_says_nothing_of_this_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "canary")
    environment = KernelEnvironment.of(Path(sys.executable))
    command = sandbox_command("bwrap", environment, RunLimits(), PassedFiles(3, 4, (5, 6, 7, 8), 9, 10))
    targets = {
        command[at + 2] for at, each in enumerate(command) if each.startswith("--ro-bind") and "data" not in each
    }
    assert not targets & {"/", "/home", "/root", "/etc", "/proc", "/sys", "/run", "/var", "/tmp", str(Path.home())}
    assert not any("--bind" in each and "--ro-bind" not in each for each in command)
    assert "canary" not in str(kernel_variables(environment))


def test_a_python_that_would_take_an_account_along_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    with pytest.raises(EnvironmentUnavailable, match="no Python"):
        KernelEnvironment.of(python)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    with pytest.raises(EnvironmentUnavailable, match="make a virtual environment"):
        KernelEnvironment.of(python)
