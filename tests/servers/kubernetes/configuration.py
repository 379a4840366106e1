"""The configuration of every component, as values. Nothing here touches the machine; why a setting is there stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.kubernetes.plan import (
    API,
    API_PORT,
    DNS_SERVICE,
    DOMAIN,
    NODE,
    NODE_ADDRESS,
    POD_NETWORK,
    REGISTRY,
    SERVICE_NETWORK,
    Plan,
)


def etcd(plan: Plan) -> list[str]:
    """The command line of etcd."""
    return [
        "etcd",
        "--name=node",
        f"--data-dir={plan.state / 'etcd'}",
        "--listen-client-urls=http://127.0.0.1:2379",
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--logger=zap",
    ]


def api_server(plan: Plan) -> list[str]:
    """The command line of the API server."""
    return [
        "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:2379",
        f"--advertise-address={NODE_ADDRESS}",
        f"--secure-port={API_PORT}",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--anonymous-auth=false",
        f"--client-ca-file={plan.certificate('ca')}",
        f"--tls-cert-file={plan.certificate('api-server')}",
        f"--tls-private-key-file={plan.key('api-server')}",
        f"--kubelet-client-certificate={plan.certificate('kubelet-client')}",
        f"--kubelet-client-key={plan.key('kubelet-client')}",
        "--kubelet-preferred-address-types=InternalIP",  # the node's name is in no DNS
        f"--service-account-issuer=https://kubernetes.default.svc.{DOMAIN}",
        f"--service-account-key-file={plan.key('service-accounts')}",
        f"--service-account-signing-key-file={plan.key('service-accounts')}",
    ]


def controller_manager(plan: Plan) -> list[str]:
    """The command line of the controller manager."""
    return [
        "kube-controller-manager",
        f"--kubeconfig={plan.kubeconfig_of('controller-manager')}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        "--use-service-account-credentials=true",
        f"--root-ca-file={plan.certificate('ca')}",
        f"--service-account-private-key-file={plan.key('service-accounts')}",
    ]


def scheduler(plan: Plan) -> list[str]:
    """The command line of the scheduler."""
    return [
        "kube-scheduler",
        f"--kubeconfig={plan.kubeconfig_of('scheduler')}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
    ]


def kube_proxy(plan: Plan) -> list[str]:
    """The command line of kube-proxy. The connection tracking limits belong to the whole machine: they are left alone."""
    return [
        "kube-proxy",
        f"--kubeconfig={plan.kubeconfig_of('kube-proxy')}",
        f"--hostname-override={NODE}",
        "--proxy-mode=nftables",
        f"--cluster-cidr={POD_NETWORK}",
        "--conntrack-max-per-core=0",
        "--conntrack-min=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
    ]


def kubelet_command(plan: Plan) -> list[str]:
    """The command line of the kubelet."""
    return [
        "kubelet",
        f"--config={plan.file('kubelet.json')}",
        f"--kubeconfig={plan.kubeconfig_of('kubelet')}",
        f"--root-dir={plan.folder('kubelet')}",
        f"--cert-dir={plan.folder('kubelet-certificates')}",
        f"--hostname-override={NODE}",
        f"--node-ip={NODE_ADDRESS}",
    ]


def kubelet(plan: Plan) -> dict[str, Any]:
    """The kubelet's configuration."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(plan.certificate("ca"))},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{plan.socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{plan.group}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "clusterDNS": [DNS_SERVICE],
        "clusterDomain": DOMAIN,
        "resolvConf": "",  # nothing outside can be reached anyway
        # The machine's disk is shared with others: no pod is evicted and no image removed because of what they keep on it.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "0%", "imagefs.available": "0%"},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "podLogsDir": str(plan.folder("pod-logs")),
        "volumePluginDir": str(plan.folder("volume-plugins")),
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",  # how soon a pod sees that a ConfigMap changed
        "shutdownGracePeriod": "0s",
    }


def containerd(plan: Plan) -> str:
    """containerd's configuration (TOML)."""
    return f"""\
version = 3
root = "{plan.folder("containerd")}"
state = "{plan.folder("containerd-state")}"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
address = "{plan.socket}"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "{plan.snapshotter}"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{plan.pause}"

[plugins."io.containerd.cri.v1.images".registry]
config_path = "{plan.state / "configuration" / "registries"}"

[plugins."io.containerd.cri.v1.runtime"]
# Without CAP_SYS_RESOURCE no score can be lowered, and every pod would end with "can't get final child's PID from pipe".
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "{plan.state / "configuration" / "network"}"

[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "{plan.programs.runc / "runc"}"
SystemdCgroup = false
"""


def registry_hosts() -> str:
    """How containerd reaches the registry (TOML): plain HTTP, as it never leaves the machine."""
    return f'server = "http://{REGISTRY}"\n\n[host."http://{REGISTRY}"]\ncapabilities = ["pull", "resolve"]\n'


def registry(storage: str) -> dict[str, Any]:
    """The configuration of Debian's docker-registry."""
    return {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": storage}, "delete": {"enabled": True}},
        "http": {"addr": REGISTRY, "headers": {"X-Content-Type-Options": ["nosniff"]}},
    }


def pod_network(plan: Plan) -> dict[str, Any]:
    """The container network: a bridge. It does not enforce NetworkPolicy, and nothing is masqueraded as there is no outside."""
    addresses = {
        "type": "host-local",
        "dataDir": str(plan.folder("addresses")),
        "ranges": [[{"subnet": POD_NETWORK}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "pods0", "isGateway": True, "hairpinMode": True, "ipam": addresses}
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def kubeconfig(plan: Plan, who: str) -> dict[str, Any]:
    """A kubeconfig with a client certificate."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "here", "cluster": {"server": API, "certificate-authority": str(plan.certificate("ca"))}}
        ],
        "users": [
            {
                "name": who,
                "user": {"client-certificate": str(plan.certificate(who)), "client-key": str(plan.key(who))},
            }
        ],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": who}}],
        "current-context": "here",
    }


def corefile(plan: Plan) -> str:
    """CoreDNS's configuration: the cluster's names; that there are no others is said at once."""
    return f"""\
{DOMAIN}:53 in-addr.arpa:53 {{
    bind {NODE_ADDRESS}
    errors
    kubernetes {DOMAIN} in-addr.arpa {{
        kubeconfig {plan.kubeconfig_of("coredns")}
        pods insecure
        ttl 5
    }}
}}
.:53 {{
    bind {NODE_ADDRESS}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def dns_objects() -> list[Mapping[str, Any]]:
    """CoreDNS is a process of the node: a Service without a selector, its address, and what it may read."""
    meta = {"name": "kube-dns", "namespace": "kube-system"}
    ports: Sequence[Mapping[str, Any]] = [
        {"name": "dns", "port": 53, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
    ]
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {"clusterIP": DNS_SERVICE, "ports": ports},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**meta, "labels": {"kubernetes.io/service-name": "kube-dns"}},
            "addressType": "IPv4",
            "ports": ports,
            "endpoints": [{"addresses": [NODE_ADDRESS], "conditions": {"ready": True}}],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "coredns"},
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["services", "pods", "namespaces"],
                    "verbs": ["list", "watch"],
                },
                {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
            ],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "coredns"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "coredns"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "coredns"}],
        },
    ]
