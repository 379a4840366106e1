"""Implements the port `Sandbox` with bubblewrap, for the notebooks of one environment of this machine."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.adapters.sandbox.cgroups import CgroupCaps, CgroupParents, find_parents, sweep
from enablement_ext.adapters.sandbox.channels import KernelChannels
from enablement_ext.adapters.sandbox.driver import NotebookDriver
from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.adapters.sandbox.process import SandboxOrder, SandboxProcess
from enablement_ext.adapters.sandbox.provisioner import SandboxProvisioner
from enablement_ext.adapters.sandbox.self_test import tried_layers
from enablement_ext.adapters.sandbox.watcher import WatchedCaps
from enablement_ext.adapters.sandbox.work_folder import hashes, written_files
from enablement_ext.core.errors import SandboxOff
from enablement_ext.core.runs.layers import SandboxGrade, SandboxLayer, SandboxReport, Strength
from enablement_ext.core.runs.models import NotebookRun, RunEnd, RunLimits, RunObserver, RunRequest


class BubblewrapSandbox:
    """Any number of runs at a time, each in a thread of its caller. The first use tries what the host enforces, and removes what a killed
    process left of its sandboxes."""

    def __init__(self, environment: KernelEnvironment, *, counted: bool = True) -> None:
        """Without `counted` no cgroup is used, as on a host where none can be written."""
        self._environment = environment
        self._counted = counted
        self._parents: CgroupParents | None = None
        self._report: SandboxReport | None = None
        self._lock = threading.Lock()

    def self_test(self) -> SandboxReport:
        with self._lock:
            if self._report is None:
                self._parents = find_parents() if self._counted else None
                if self._parents is not None:
                    sweep(self._parents)
                self._report = tried_layers(self._environment, self._caps)
            return self._report

    def run(self, request: RunRequest, observer: RunObserver) -> NotebookRun:
        report = self.self_test()
        if report.grade is SandboxGrade.OFF:
            raise SandboxOff(report.sentence)
        began = time.monotonic()
        provisioner = self.provisioner(request)
        info = asyncio.run(_launched(provisioner))
        process = provisioner.process
        if process is None:
            raise SandboxOff("The sandbox did not come up.")
        try:
            _check_layers(process, report)
            return self._driven(process, (info, request, observer), began)
        finally:
            process.close()

    def provisioner(self, request: RunRequest) -> SandboxProvisioner:
        """What starts a kernel for this request, for jupyter_client or for `run`."""
        order = SandboxOrder(self._environment, (), request.limits, request.files, folder=request.folder)
        return SandboxProvisioner(order, lambda: self._caps(request.limits))

    def _driven(
        self, process: SandboxProcess, asked: tuple[dict[str, object], RunRequest, RunObserver], began: float
    ) -> NotebookRun:
        info, request, observer = asked
        channels = KernelChannels(info, process.kernel_folder, request.limits.output_bytes)
        try:
            driver = NotebookDriver(process, channels, request.limits, observer)
            cells = driver.run(request.cells)
        finally:
            channels.close()
        seconds = time.monotonic() - began
        process.kill()
        files = written_files(process.work_folder, hashes(request.files))
        peak = process.caps.peak_bytes()
        end = driver.end or RunEnd.FINISHED
        grade = self._report.grade if self._report is not None else SandboxGrade.OFF
        return NotebookRun(end, cells, grade, seconds, files, peak, driver.stray, driver.facts)

    def _caps(self, limits: RunLimits) -> ResourceCaps:
        return CgroupCaps(self._parents, limits) if self._parents is not None else WatchedCaps(replace(limits))


async def _launched(provisioner: SandboxProvisioner) -> dict[str, object]:
    asked = await provisioner.pre_launch()
    return dict(await provisioner.launch_kernel(asked.pop("cmd"), **asked))


def _check_layers(process: SandboxProcess, report: SandboxReport) -> None:
    """What the self-test found is what this sandbox has: nothing is run in less than was said."""
    found = {state.layer: state.strength is not Strength.MISSING for state in report.layers}
    for layer, there in (
        (SandboxLayer.SECCOMP, process.ready.get("seccomp") == 2),
        (SandboxLayer.LANDLOCK, process.ready.get("landlock", 0) > 0),
    ):
        if found.get(layer) and not there:
            raise SandboxOff(f"The sandbox came up without {layer}, which this host had before. Nothing was run.")
