"""The real helm, built from its own module, as a command that tests call. Nothing of it is kept in the account's folders."""

from __future__ import annotations

import subprocess
import tempfile

from tests.servers.built import program


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One call, with a home of its own and no cluster."""
    with tempfile.TemporaryDirectory(prefix="enablement-helm-") as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "KUBECONFIG": f"{home}/none"}
        command = [str(program("helm")), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
