"""The sandbox as jupyter_client starts kernels: whatever drives a `KernelManager` (nbclient, papermill) drives a kernel in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from jupyter_client.session import new_id_bytes

from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.adapters.sandbox.process import SandboxOrder, SandboxProcess

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
_INSIDE = "/run/kernel/kernel"


class SandboxProvisioner(KernelProvisionerBase):
    """Starts one kernel, and again after a restart. Sockets lie in a folder that only the sandbox and this process have: both reach it by a
    descriptor, so there is no name for it on this machine.
    """

    def __init__(self, order: SandboxOrder, caps: Callable[[], ResourceCaps], **kwargs: Any) -> None:
        """`order.argv` and `order.connection` are made here."""
        super().__init__(**kwargs)
        self._order = order
        self._caps = caps
        self.process: SandboxProcess | None = None

    @property
    def has_process(self) -> bool:
        return self.process is not None

    async def poll(self) -> int | None:
        return self.process.poll() if self.process is not None else 0

    async def wait(self) -> int | None:
        """Whoever waits has asked for its end before."""
        if self.process is not None:
            self.process.close()
            self.process = None
        return 0

    async def send_signal(self, signum: int) -> None:
        """Signals other than an end have no way in: interrupt by the control channel, or end the run."""

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the library's
        """Ends everything inside at once."""
        if self.process is not None:
            self.process.kill()

    async def terminate(self, restart: bool = False) -> None:
        """As `kill`: nobody inside is asked."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002 - the library's
        await self.wait()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002 - the library's
        """The command inside. What a caller would give the process (a folder, variables, arguments) does not go in."""
        python = str(self._order.environment.python)
        cmd = [python, "-m", "ipykernel_launcher", "-f", "/run/kernel/connection.json"]
        return {"cmd": cmd}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ARG002 - the library's
        """Raises `SandboxOff`."""
        key = self.parent.session.key if self.parent is not None else new_id_bytes()
        ports = {f"{name}_port": number for number, name in enumerate(CHANNELS, 1)}
        known: dict[str, int | str | bytes] = {"transport": "ipc", "signature_scheme": "hmac-sha256", **ports}
        connection = known | {"ip": _INSIDE, "key": key.decode("ascii")}
        self.process = SandboxProcess.start(replace(self._order, argv=tuple(cmd), connection=connection), self._caps())
        outside = known | {"ip": f"/proc/self/fd/{self.process.kernel_folder}/kernel", "key": key}
        self.connection_info = cast("KernelConnectionInfo", outside)
        return self.connection_info
