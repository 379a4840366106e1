"""Settings of running again what is sent."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from traitlets import Bool, Float, Int, Unicode, default
from traitlets.config import Configurable

from enablement_ext.core.runs.models import MIB, RunLimits

_DEFAULTS = RunLimits()


class Reruns(Configurable):
    """What arrives is run again in a sandbox on this machine, in the environment of its image, and compared cell by cell."""

    enabled = Bool(
        help="Whether what arrives is run again. Default: $ENABLEMENT_RERUNS (on or off), else where bubblewrap and the extra `runs` are installed. "
        "Where the sandbox or an image's environment cannot be had, a run ends as “not run” with the reason; nothing is ever run outside of a sandbox.",
    ).tag(config=True)
    at_once = Int(
        1,
        min=1,
        max=16,
        help="How many are run at a time; each may take `memory_bytes`. People who wait take turns, and what a reviewer has open comes first.",
    ).tag(config=True)
    memory_bytes = Int(
        _DEFAULTS.memory_bytes, min=64 * MIB, help="The most memory of one run, with the files that it writes."
    ).tag(config=True)
    seconds = Float(
        _DEFAULTS.wall_seconds,
        min=1.0,
        help="How long one run may take, in seconds. Where a cell comes out differently there is a second one.",
    ).tag(config=True)
    processes = Int(_DEFAULTS.pids, min=16, help="The most processes and threads of one run.").tag(config=True)
    warm_seconds = Float(
        300.0,
        min=0.0,
        help="How long, in seconds, a kernel is kept up for the next run when nothing is due, so that its first cell need not wait for it: one for each of "
        "`at_once`, of the environment and limits of the run before, some 160 MB with the process that keeps it. 0: none is.",
    ).tag(config=True)
    trial_bytes = Int(
        512 * MIB,
        min=MIB,
        help="The most bytes of notebooks and files that wait in memory to be tried before they are sent (“Try it clean”).",
    ).tag(config=True)
    environments = Unicode(
        help="Folder of the environments that were made from image releases. Default: $ENABLEMENT_ENVIRONMENTS, which the hub sets to its own, else "
        "`environments` below $ENABLEMENT_CACHE or the cache folder of this account.",
    ).tag(config=True)
    python = Unicode(
        help="Python that the environments were made with. Default: $ENABLEMENT_ENVIRONMENTS_PYTHON, which the hub sets to its own, else the service's."
    ).tag(config=True)

    @default("enabled")
    def _default_enabled(self) -> bool:
        said = os.environ.get("ENABLEMENT_RERUNS", "").lower()
        can = shutil.which("bwrap") is not None and find_spec("jupyter_client") is not None
        return said == "on" if said in ("on", "off") else can

    @default("environments")
    def _default_environments(self) -> str:
        return os.environ.get("ENABLEMENT_ENVIRONMENTS", "")

    @default("python")
    def _default_python(self) -> str:
        return os.environ.get("ENABLEMENT_ENVIRONMENTS_PYTHON", "")

    def off_because(self) -> str:
        """A code for why nothing is run again, "" where it is."""
        if self.enabled:
            return ""
        if os.environ.get("ENABLEMENT_RERUNS", "").lower() == "off" or "enabled" in self.config.Reruns:
            return "switched-off"
        return "no-bubblewrap" if shutil.which("bwrap") is None else "no-driver"

    def limits(self) -> RunLimits:
        """What one run may take; the rest as everywhere."""
        return RunLimits(memory_bytes=self.memory_bytes, pids=self.processes, wall_seconds=self.seconds)
