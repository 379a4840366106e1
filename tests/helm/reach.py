"""Who may speak with whom, by the network policies alone: what a plugin that enforces them would let through.

Kubernetes' rule: a pod that no policy selects for a direction is open in it; one that is selected may do what any of them allows. Both ends
must allow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.helm.charts import Document


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod by its labels and the names of its ports, or an address outside."""

    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    namespace: str = "team"
    address: str = ""


def reaches(policies: Sequence[Document], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection would be let through."""
    wanted = (target, port, protocol)
    out = _allowed(policies, source, "Egress", lambda rule: _meets(rule.get("to"), target) and _port(rule, wanted))
    into = _allowed(policies, target, "Ingress", lambda rule: _meets(rule.get("from"), source) and _port(rule, wanted))
    return out and into


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for rule in selector.get("matchExpressions", []):
        has = labels.get(rule["key"])
        if rule["operator"] not in {"In", "NotIn"}:
            raise ValueError(rule["operator"])
        if (has in rule["values"]) != (rule["operator"] == "In"):
            return False
    return True


def _allowed(policies: Sequence[Document], end: End, direction: str, lets: Any) -> bool:
    if end.address:
        return True
    chosen = [
        policy["spec"]
        for policy in policies
        if direction in policy["spec"]["policyTypes"]
        and end.namespace == "team"
        and selects(policy["spec"]["podSelector"], end.labels)
    ]
    return not chosen or any(lets(rule) for spec in chosen for rule in spec.get(direction.lower(), []))


def _meets(peers: Iterable[Mapping[str, Any]] | None, end: End) -> bool:
    return peers is None or any(_peer(peer, end) for peer in peers)


def _peer(peer: Mapping[str, Any], end: End) -> bool:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        address = ip_address(end.address) if end.address else None
        if address is None or address not in ip_network(block["cidr"]):
            return False
        return not any(address in ip_network(one) for one in block.get("except", []))
    if end.address:
        return False
    there = peer.get("namespaceSelector")
    at_home = (
        end.namespace == "team" if there is None else selects(there, {"kubernetes.io/metadata.name": end.namespace})
    )
    return at_home and selects(peer.get("podSelector", {}), end.labels)


def _port(rule: Mapping[str, Any], wanted: tuple[End, int, str]) -> bool:
    target, port, protocol = wanted
    return "ports" not in rule or any(
        each.get("protocol", "TCP") == protocol and target.ports.get(each["port"], each["port"]) == port
        for each in rule["ports"]
    )
