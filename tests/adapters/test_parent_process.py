"""A process that ends with another one: its own parent, or one that it was told of."""

from __future__ import annotations

import os
import subprocess
import sys

from enablement_ext.adapters.parent_process import ParentProcess

CHILD = """
import sys, time
from enablement_ext.adapters.parent_process import ParentProcess
parent = ParentProcess(int(sys.argv[1]))
print(parent.is_alive(), flush=True)
while parent.is_alive():
    time.sleep(0.01)
print("gone", flush=True)
"""
# Starts the child above and ends when its input does.
STARTER = "import os, subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1], str(os.getpid())]); sys.stdin.read()"


def test_a_parent_is_gone_although_nobody_waited_for_it() -> None:
    command = [sys.executable, "-c", STARTER, CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdin is not None
        assert starter.stdout is not None
        assert starter.stdout.readline() == "True\n"
        starter.stdin.close()  # it ends, and stays a zombie until the block is left
        assert starter.stdout.readline() == "gone\n"


def test_another_process_is_gone_when_it_was_waited_for() -> None:
    with subprocess.Popen(["sleep", "3600"]) as other:
        watched = ParentProcess(other.pid)
        assert watched.is_alive()
        other.kill()
        other.wait()
        assert not watched.is_alive()


def test_a_process_of_somebody_elses_is_there() -> None:
    assert ParentProcess(1).is_alive()
    assert ParentProcess(os.getppid()).is_alive()
