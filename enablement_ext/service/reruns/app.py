"""The composition root of a re-running process: `python -m enablement_ext.service.reruns.app`."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.runs.ports import Sandbox
from enablement_ext.service.checking.app import installed_comparer
from enablement_ext.service.reruns.worker import RerunTools, main


def sandbox_of(python: Path) -> Sandbox:
    """Of the environment that this interpreter belongs to."""
    return BubblewrapSandbox(KernelEnvironment.of(python))


if __name__ == "__main__":
    main(RerunTools(sandbox_of, installed_comparer(), installed_prefilter()))
