"""kubectl as calls. Objects go in and come out as values."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.kubernetes.processes import Failed


@dataclass(frozen=True, slots=True)
class Kubectl:
    """As whoever the kubeconfig says."""

    path: str
    kubeconfig: Path
    namespace: str = ""

    @property
    def environ(self) -> dict[str, str]:
        """The environment for kubectl and helm."""
        return {**os.environ, "PATH": self.path, "KUBECONFIG": str(self.kubeconfig)}

    def attempt(self, *arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[str]:
        """A call that may fail."""
        data = given.encode() if isinstance(given, str) else given
        command = ["kubectl", *([f"--namespace={self.namespace}"] if self.namespace else []), *arguments]
        done = subprocess.run(command, input=data, capture_output=True, check=False, env=self.environ)
        said, complained = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(command, done.returncode, said, complained)

    def __call__(self, *arguments: str, given: str | bytes = "") -> str:
        """What it prints. Raises Failed with what it complains."""
        done = self.attempt(*arguments, given=given)
        if done.returncode:
            raise Failed(f"kubectl {' '.join(arguments)[:300]}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def apply(self, objects: Iterable[Mapping[str, Any]], *flags: str) -> str:
        """Apply objects, on the server's side so that nothing is guessed; what it says of each."""
        everything = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        return self.within("")(
            "apply", "--server-side", "--force-conflicts", *flags, "--filename=-", given=json.dumps(everything)
        )

    def get(self, *what: str) -> Any:
        """Objects as values."""
        return json.loads(self("get", *what, "--output=json"))

    def rolled_out(self, *what: str, seconds: int = 120) -> None:
        """Return when a deployment is. Raises Failed with the state of its pods and events when it is not."""
        done = self.attempt("rollout", "status", *what, f"--timeout={seconds}s")
        if done.returncode:
            pods = self.attempt("get", "pods", "--output=wide").stdout
            events = "\n".join(self.attempt("get", "events", "--sort-by=.lastTimestamp").stdout.splitlines()[-12:])
            raise Failed(f"{' '.join(what)}: {done.stderr.strip() or done.stdout.strip()}\n{pods}\n{events}")

    def within(self, namespace: str) -> Kubectl:
        """The same in another namespace."""
        return Kubectl(self.path, self.kubeconfig, namespace)
