"""What the service accounts may, shown by what the API server refuses: as an authorizer's answer, and as real requests with real tokens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.kube.manifests import NAMESPACE
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import API

# What each account of the namespace may do there beyond what anybody may (ask about itself). The hub is Zero to JupyterHub's.
HUB_MAY = frozenset(
    f"{verb} {kind}"
    for kind in ("pods", "persistentvolumeclaims", "secrets", "services")
    for verb in ("get", "watch", "list", "create", "delete")
) | {"get events", "watch events", "list events"}
ASKED = tuple(
    f"{verb} {kind}"
    for verb, kind in (
        ("get", "secrets"),
        ("list", "secrets"),
        ("create", "secrets"),
        ("list", "pods"),
        ("create", "pods"),
        ("delete", "pods"),
        ("create", "pods/exec"),
        ("get", "pods/log"),
        ("list", "configmaps"),
        ("update", "configmaps"),
        ("list", "persistentvolumeclaims"),
        ("update", "deployments.apps"),
        ("create", "jobs.batch"),
        ("create", "serviceaccounts/token"),
        ("create", "rolebindings.rbac.authorization.k8s.io"),
        ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
        ("escalate", "roles.rbac.authorization.k8s.io"),
        ("impersonate", "users"),
        ("list", "nodes"),
        ("list", "namespaces"),
    )
)
ELSEWHERE = ("list secrets", "create pods", "list pods")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one account asked for, whether it may, and whether that is as it should be."""

    account: str
    asked: str
    allowed: bool
    expected: bool

    @property
    def right(self) -> bool:
        return self.allowed == self.expected


def accounts(kubectl: Kubectl) -> list[str]:
    """The service accounts of the namespace."""
    return [item["metadata"]["name"] for item in kubectl.get("serviceaccounts")["items"]]


def verdicts(kubectl: Kubectl, names: Iterable[str]) -> list[Verdict]:
    """The authorizer's answers for every account: here, and in the namespace of the system."""
    system, found = kubectl.within("kube-system"), []
    for name in names:
        user = f"--as=system:serviceaccount:{NAMESPACE}:{name}"
        may = HUB_MAY if name == "hub" else frozenset()
        found += [Verdict(name, asked, _may(kubectl, user, asked), asked in may) for asked in ASKED]
        found += [Verdict(name, f"{asked} in kube-system", _may(system, user, asked), False) for asked in ELSEWHERE]
    return found


def really_refused(kubectl: Kubectl, name: str) -> list[str]:
    """What the API server answers to requests with the account's own token. Everything here has to be refused."""
    token = kubectl("create", "token", name).strip()
    asked: list[tuple[str, ...]] = [
        ("get", "secrets", "--namespace=kube-system"),
        ("get", "nodes"),
        ("create", "clusterrolebinding", "mine", "--clusterrole=cluster-admin", f"--serviceaccount={NAMESPACE}:{name}"),
    ]
    if name != "hub":
        asked += [("get", "pods"), ("get", "secrets")]
    return [_with(kubectl, token, arguments) for arguments in asked]


def mounted_tokens(kubectl: Kubectl) -> list[str]:
    """Pods of the namespace that have a service account's token mounted."""
    path = "/var/run/secrets/kubernetes.io/serviceaccount"
    found = []
    for pod in kubectl.get("pods")["items"]:
        mounts = [mount["mountPath"] for c in pod["spec"]["containers"] for mount in c.get("volumeMounts", [])]
        if path in mounts:
            found.append(str(pod["metadata"]["name"]))
    return found


def _may(kubectl: Kubectl, user: str, asked: str) -> bool:
    verb, _, kind = asked.partition(" ")
    resource, _, sub = kind.partition("/")
    done = kubectl.attempt("auth", "can-i", verb, resource, user, *([f"--subresource={sub}"] if sub else []))
    return done.stdout.strip() == "yes"


def _with(kubectl: Kubectl, token: str, arguments: Sequence[str]) -> str:
    """As the bearer of the token and nobody else. The answer, which begins with how it was refused, or with ALLOWED."""
    cluster = {
        "name": "here",
        "cluster": {"server": API, "certificate-authority": str(kubectl.kubeconfig.parents[1] / "certificates/ca.pem")},
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster],
        "users": [{"name": "it", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "it", "namespace": NAMESPACE}}],
        "current-context": "here",
    }
    file = kubectl.kubeconfig.with_name("bearer.json")
    file.write_text(json.dumps(config), encoding="utf-8")
    done = Kubectl(kubectl.path, file).attempt(*arguments)
    return f"ALLOWED {' '.join(arguments)}" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
