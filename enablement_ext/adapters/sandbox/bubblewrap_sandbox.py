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
from enablement_ext.adapters.sandbox.kernels.warm import StartedKernel, WarmKernels, warm_up
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
        self._warm = WarmKernels(lambda limits: self._started(RunRequest((), limits=limits), warm=True))

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
        kernel = self._warm_kernel(request) or self._started(request, warm=False)
        try:
            return self._driven(kernel, (request, observer), began)
        finally:
            kernel.close()

    def prepare(self, limits: RunLimits) -> None:
        if self.self_test().grade is not SandboxGrade.OFF:
            self._warm.prepare(limits)

    def rest(self) -> None:
        self._warm.rest()

    def _warm_kernel(self, request: RunRequest) -> StartedKernel | None:
        """With its files; None where there is none, or it died meanwhile."""
        kernel = self._warm.take(request.limits)
        if kernel is None:
            return None
        try:
            kernel.process.bring(request.files, request.limits.start_seconds)
        except SandboxOff:
            kernel.close()
            return None
        if kernel.process.poll() is not None:
            kernel.close()
            return None
        return kernel

    @property
    def warm_process(self) -> int:
        """The first process of the one that is warm, -1 where none is."""
        return self._warm.pid

    def _started(self, request: RunRequest, *, warm: bool) -> StartedKernel:
        report = self.self_test()
        provisioner = self.provisioner(request, later=warm)
        info = asyncio.run(_launched(provisioner))
        process = provisioner.process
        if process is None:
            raise SandboxOff("The sandbox did not come up.")
        try:
            _check_layers(process, report)
            channels = KernelChannels(info, process.kernel_folder, request.limits.output_bytes)
        except BaseException:
            process.close()
            raise
        kernel = StartedKernel(process, channels, warm)
        if warm:
            try:
                warm_up(kernel, time.monotonic() + request.limits.start_seconds)
            except BaseException:
                kernel.close()
                raise
        return kernel

    def provisioner(self, request: RunRequest, *, later: bool = False) -> SandboxProvisioner:
        """What starts a kernel for this request, for jupyter_client or for `run`."""
        order = SandboxOrder(self._environment, (), request.limits, request.files, folder=request.folder, later=later)
        return SandboxProvisioner(order, lambda: self._caps(request.limits))

    def _driven(self, kernel: StartedKernel, asked: tuple[RunRequest, RunObserver], began: float) -> NotebookRun:
        request, observer = asked
        process = kernel.process
        driver = NotebookDriver(process, kernel.channels, request.limits, observer)
        driver.enter = request.folder if kernel.warm else ""
        cells = driver.run(request.cells)
        kernel.channels.close()
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
