"""Notebooks run in bubblewrap on this machine: the kernel inside, its driver outside (docs/adr/0043-a-sandbox-for-kernels.md).

* `bubblewrap_sandbox`: implements the port `Sandbox`; `self_test` tries what this host enforces, with `probe` inside.
* `process`: one sandbox from its start to its last trace; `arguments` (of bubblewrap), `environment` (what is mounted), `system_calls`
  (the seccomp filter), `launcher` (runs inside, before the kernel), `work_folder` (what it wrote).
* `caps`: memory and processes; `cgroups` counts them in the kernel, `watcher` stands in where no cgroup can be written.
* `kernels`: one that is up before anybody needs it.
* `provisioner`: the same as jupyter_client starts kernels; `channels`, `driver`: the cells, one after the other, over ZeroMQ.
"""

from __future__ import annotations

from enablement_ext.adapters.sandbox.bubblewrap_sandbox import BubblewrapSandbox
from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.adapters.sandbox.provisioner import SandboxProvisioner

__all__ = ["BubblewrapSandbox", "KernelEnvironment", "SandboxProvisioner"]
