"""Starts the cluster inside namespaces of its own: control plane, node, DNS, registry."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.kubernetes import certificates, cgroups, configuration, namespaces
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import NODE, REGISTRY, Plan
from tests.servers.kubernetes.processes import Processes


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster. `kubectl` is its administrator; `seconds` is how long it took until the node was ready."""

    plan: Plan
    processes: Processes
    kubectl: Kubectl
    seconds: float

    @property
    def version(self) -> str:
        """The API server's own word on its version."""
        return str(json.loads(self.kubectl("get", "--raw", "/version"))["gitVersion"])


@contextmanager
def running(plan: Plan) -> Iterator[Cluster]:
    """A cluster with a ready node, in the namespaces this process is in. Processes are ended in order at the end."""
    began = time.monotonic()
    namespaces.furnish(plan)
    _configure(plan)
    cgroups.make(plan.group)
    processes = Processes(plan.folder("logs"), plan.programs.path())
    kubectl = Kubectl(processes.path, plan.kubeconfig)
    try:
        _control_plane(plan, processes, kubectl)
        _node(plan, processes, kubectl)
        yield Cluster(plan, processes, kubectl, time.monotonic() - began)
    finally:
        _stop(processes)


def _configure(plan: Plan) -> None:
    certificates.make(plan)
    for who in certificates.CLIENTS:
        _write(plan.kubeconfig_of(who), json.dumps(configuration.kubeconfig(plan, who)))
    _write(plan.file("kubelet.json"), json.dumps(configuration.kubelet(plan), indent=1))
    _write(plan.file("containerd.toml"), configuration.containerd(plan))
    _write(plan.file(f"registries/{REGISTRY}/hosts.toml"), configuration.registry_hosts())
    _write(plan.file("network/10-pods.conflist"), json.dumps(configuration.pod_network(plan), indent=1))
    _write(plan.file("registry.json"), json.dumps(configuration.registry(str(plan.folder("registry")))))
    _write(plan.file("Corefile"), configuration.corefile(plan))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _control_plane(plan: Plan, processes: Processes, kubectl: Kubectl) -> None:
    processes.start(["docker-registry", "serve", str(plan.file("registry.json"))])
    processes.start(["containerd", "--config", str(plan.file("containerd.toml"))])
    processes.start(configuration.etcd(plan))
    processes.until(lambda: _answers("http://127.0.0.1:2379/health"), "etcd")
    processes.start(configuration.api_server(plan))
    processes.until(lambda: kubectl.attempt("get", "--raw", "/readyz").returncode == 0, "the API server", 120)
    processes.start(configuration.controller_manager(plan))
    processes.start(configuration.scheduler(plan))
    kubectl.apply(configuration.dns_objects())


def _node(plan: Plan, processes: Processes, kubectl: Kubectl) -> None:
    processes.until(lambda: _answers(f"http://{REGISTRY}/v2/"), "the registry")
    processes.until(lambda: Path(plan.socket).exists(), "containerd")
    processes.start(configuration.kubelet_command(plan))
    processes.start(configuration.kube_proxy(plan))
    processes.start(["coredns", "-conf", str(plan.file("Corefile"))])
    processes.until(lambda: _ready(kubectl), "the node", 120)


def _ready(kubectl: Kubectl) -> bool:
    found = kubectl.attempt("get", "node", NODE, "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}")
    accounts = kubectl.attempt("get", "serviceaccount", "default")
    return found.stdout == "True" and accounts.returncode == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(processes: Processes) -> None:
    """The kubelet first, so that it starts nothing again; the end of the namespaces takes the pods."""
    for name in ("kubelet", *[name for name in reversed(processes.running) if name != "kubelet"]):
        if name in processes.running:
            processes.stop(name)
