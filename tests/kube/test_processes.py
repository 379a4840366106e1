"""The processes and control groups of a cluster, with small ones."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.servers.kubernetes import cgroups
from tests.servers.kubernetes.processes import Failed, Processes


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path, "/usr/bin:/bin")


def test_one_that_ends_while_something_is_waited_for_is_told_with_its_last_words(processes: Processes) -> None:
    processes.start([sys.executable, "-c", "print('no room at the inn'); raise SystemExit(7)"], "inn")
    with pytest.raises(Failed, match=r"inn ended with 7:\nno room at the inn"):
        processes.until(lambda: False, "the inn", 10)


def test_waiting_ends(processes: Processes) -> None:
    with pytest.raises(Failed, match=r"the moon: not within 0\.3 s"):
        processes.until(lambda: False, "the moon", 0.3)


@pytest.mark.slow
def test_one_that_does_not_want_to_end_is_ended(processes: Processes) -> None:
    _seconds_to_end(processes)


@pytest.mark.timing
def test_one_that_does_not_want_to_end_is_ended_soon(processes: Processes) -> None:
    assert _seconds_to_end(processes) < 10


def _seconds_to_end(processes: Processes) -> float:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(3600)"
    )
    processes.start([sys.executable, "-c", stubborn], "mule")
    processes.until(lambda: "up" in processes.tail("mule"), "the mule")
    process, began = processes.running["mule"], time.monotonic()
    processes.stop("mule")
    seconds = time.monotonic() - began
    assert process.poll() is not None
    return seconds


def test_groups_are_made_in_every_hierarchy_and_removed_with_what_is_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for controller in ("cpu", "memory"):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / "cgroup.procs").touch()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    cgroups.make("enablement-kube-x")
    (tmp_path / "cpu" / "enablement-kube-x" / "kubepods" / "pod1").mkdir(parents=True)
    assert cgroups.named("enablement-kube-") == {"enablement-kube-x"}
    assert cgroups.remove("enablement-kube-x") == []
    assert cgroups.named("enablement-kube-") == set()


def test_what_a_machine_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cgroup.procs").touch()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    assert cgroups.missing() == ["cpuacct", "cpuset", "devices", "freezer", "memory", "pids"]
    (tmp_path / "cgroup.controllers").touch()
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    assert cgroups.missing() == ["cpuset"]
