"""Where everything of a cluster is: addresses (all inside its own network), folders, programs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

NODE = "node"
NODE_ADDRESS = "10.88.0.1"
NODE_NETWORK = "10.88.0.0/24"
POD_NETWORK = "10.89.0.0/16"
SERVICE_NETWORK = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"
DOMAIN = "cluster.local"
API_PORT = 6443
REGISTRY = f"{NODE_ADDRESS}:5000"
API = f"https://{NODE_ADDRESS}:{API_PORT}"
GROUP_PREFIX = "enablement-kube-"


def cache() -> Path:
    """The folder for what is kept between runs, and below `runs` for what is not."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "enablement" / "kube"


@dataclass(frozen=True, slots=True)
class Programs:
    """Folders of programs that were built from Go modules; the rest is Debian's and on PATH."""

    kubernetes: Path
    containerd: Path
    runc: Path
    coredns: Path
    helm: Path

    def path(self) -> str:
        """A PATH on which all of them are."""
        ours = [str(getattr(self, name)) for name in self.__slots__]
        return os.pathsep.join([*ours, os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of a cluster. `state` is a folder of its own; nothing is written outside it."""

    name: str
    state: Path
    programs: Programs
    snapshotter: str = "overlayfs"
    pause: str = f"{REGISTRY}/enablement/pause:1"

    @property
    def group(self) -> str:
        """The control group that every pod is in, below the root of each hierarchy."""
        return GROUP_PREFIX + self.name

    @property
    def socket(self) -> str:
        """Where containerd listens."""
        return str(self.state / "containerd.sock")

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.kubeconfig_of("admin")

    def kubeconfig_of(self, who: str) -> Path:
        """The kubeconfig of a component."""
        return self.state / "kubeconfigs" / f"{who}.json"

    def certificate(self, who: str) -> Path:
        """The certificate of a component; its key lies beside it."""
        return self.state / "certificates" / f"{who}.pem"

    def key(self, who: str) -> Path:
        """The private key of a component."""
        return self.state / "certificates" / f"{who}.key"

    def file(self, name: str) -> Path:
        """A configuration file."""
        return self.state / "configuration" / name

    def folder(self, name: str) -> Path:
        """A working folder, made if it is not there."""
        made = self.state / name
        made.mkdir(parents=True, exist_ok=True)
        return made
