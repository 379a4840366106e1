"""Ports that tests are given are theirs until they end, whoever else asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
MANY = 20
ASKING = f"from tests.servers.ports import free_port\nprint(*(free_port() for _ in range({MANY})), flush=True)\ninput()"


def test_no_two_processes_get_the_same_port() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ASKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(2)
    ]
    given = {free_port() for _ in range(MANY)}
    for process in running:
        assert process.stdout is not None
        given |= {int(port) for port in process.stdout.readline().split()}
    for process in running:
        process.communicate("\n")
    assert len(given) == 3 * MANY
