"""The objects of the small hub that the test brings itself, as values. `hub:8081`, `proxy-api:8001`, `proxy-public:80` are Zero to JupyterHub's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMESPACE = "hub"
TOKEN_KEY = "hub.services.enablement.apiToken"
CONFIG = "/usr/local/etc/jupyterhub"

_RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, slots=True)
class SmallHub:
    """What differs from run to run: image references, the hub's configuration file, secrets by key."""

    hub_image: str
    proxy_image: str
    configuration: str
    secrets: Mapping[str, str]
    address: str
    namespace: str = NAMESPACE


def small_hub(hub: SmallHub) -> list[Mapping[str, Any]]:
    """Everything, in the order in which it is needed."""
    objects = [
        *_what_the_hub_may(hub.namespace),
        {**_meta("v1", "Secret", "hub"), "stringData": dict(hub.secrets)},
        {**_meta("v1", "ConfigMap", "hub"), "data": {"jupyterhub_config.py": hub.configuration}},
        _service("hub", "hub", 8081, 8081),
        _service("proxy-api", "proxy", 8001, 8001),
        _service("proxy-public", "proxy", 80, 8000, hub.address),
        _deployment("proxy", _proxy(hub), []),
        _deployment("hub", _hub(hub), _hub_volumes(), account="hub"),
    ]
    return [{**one, "metadata": {**one["metadata"], "namespace": hub.namespace}} for one in objects]


def namespace(name: str = NAMESPACE) -> Mapping[str, Any]:
    """The namespace. The API server itself refuses pods that ask for more than the restricted Pod Security Standard gives."""
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _meta(version: str, kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}


def _labels(component: str) -> dict[str, str]:
    return {"app": "jupyterhub", "component": component, "app.kubernetes.io/component": component}


def _what_the_hub_may(namespace: str) -> list[Mapping[str, Any]]:
    """As in Zero to JupyterHub: pods and volumes of people in the hub's own namespace."""
    rules = [
        {
            "apiGroups": [""],
            "resources": ["pods", "persistentvolumeclaims", "secrets", "services"],
            "verbs": ["get", "watch", "list", "create", "delete"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "watch", "list"]},
    ]
    return [
        {**_meta("v1", "ServiceAccount", "hub"), "automountServiceAccountToken": False},
        {**_meta("rbac.authorization.k8s.io/v1", "Role", "hub"), "rules": rules},
        {
            **_meta("rbac.authorization.k8s.io/v1", "RoleBinding", "hub"),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "hub"},
            "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": namespace}],
        },
    ]


def _service(name: str, component: str, port: int, target: int, address: str = "") -> Mapping[str, Any]:
    spec: dict[str, Any] = {
        "selector": _labels(component),
        "ports": [{"name": "http", "port": port, "targetPort": target}],
    }
    return {**_meta("v1", "Service", name), "spec": spec | ({"clusterIP": address} if address else {})}


def _deployment(
    name: str, container: Mapping[str, Any], volumes: list[Mapping[str, Any]], account: str = ""
) -> Mapping[str, Any]:
    pod = {
        "serviceAccountName": account or "default",
        "automountServiceAccountToken": bool(account),
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "securityContext": {"fsGroup": 1000},
        "containers": [{"name": name, "securityContext": _RESTRICTED, **container}],
        "volumes": volumes,
    }
    return {
        **_meta("apps/v1", "Deployment", name),
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": _labels(name)},
            "template": {"metadata": {"labels": _labels(name)}, "spec": pod},
        },
    }


def _secret(key: str) -> Mapping[str, Any]:
    return {"secretKeyRef": {"name": "hub", "key": key}}


def _proxy(hub: SmallHub) -> Mapping[str, Any]:
    return {
        "image": hub.proxy_image,
        "env": [{"name": "CONFIGPROXY_AUTH_TOKEN", "valueFrom": _secret("proxy-token")}],
        "ports": [{"containerPort": 8000}, {"containerPort": 8001}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        "readinessProbe": {"httpGet": {"path": "/_chp_healthz", "port": 8000}, "periodSeconds": 1},
    }


def _hub(hub: SmallHub) -> Mapping[str, Any]:
    environ: Mapping[str, str] = {
        "CONFIGPROXY_AUTH_TOKEN": "proxy-token",
        "ENABLEMENT_SERVICE_TOKEN": TOKEN_KEY,
        "HUB_DATABASE": "database",
        "PEOPLE_PASSWORD": "people-password",
        "ADMIN_PASSWORD": "admin-password",
    }
    return {
        "image": hub.hub_image,
        "args": ["jupyterhub", "--config", f"{CONFIG}/jupyterhub_config.py"],
        "workingDir": "/srv/state",
        "env": [
            *({"name": name, "valueFrom": _secret(key)} for name, key in environ.items()),
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        ],
        "ports": [{"containerPort": 8081}],
        "resources": {"requests": {"cpu": "200m", "memory": "256Mi"}},
        "volumeMounts": [
            {"name": "config", "mountPath": CONFIG, "readOnly": True},
            {"name": "state", "mountPath": "/srv/state"},
            {"name": "enablement-catalog", "mountPath": "/etc/enablement/catalog", "readOnly": True},
        ],
        "readinessProbe": {"httpGet": {"path": "/hub/health", "port": 8081}, "periodSeconds": 1},
    }


def _hub_volumes() -> list[Mapping[str, Any]]:
    return [
        {"name": "config", "configMap": {"name": "hub"}},
        {"name": "state", "emptyDir": {}},
        {"name": "enablement-catalog", "configMap": {"name": "enablement-catalog", "optional": True}},
    ]
