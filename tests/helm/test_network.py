"""The network policies, read as a plugin that enforces them reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.hub.kubespawner import READING_LABEL
from tests.helm.charts import Document, copy_of_chart, documents, pods, real_subchart, rendered, values_file
from tests.helm.reach import End, reaches, selects

pytestmark = pytest.mark.slow

COMPONENT = "app.kubernetes.io/component"
HUB = End({COMPONENT: "hub", "hub.jupyter.org/network-access-singleuser": "true"}, {"http": 8081})
PROXY = End({COMPONENT: "proxy", "hub.jupyter.org/network-access-singleuser": "true"}, {"http": 8000})
# As KubeSpawner and Zero to JupyterHub label servers.
LABELS = {
    COMPONENT: "singleuser-server",
    "component": "singleuser-server",
    "app": "jupyterhub",
    "release": "enablement",
    "hub.jupyter.org/network-access-hub": "true",
}
SERVER = End(LABELS, {"notebook-port": 8888})
READING = End({**LABELS, **READING_LABEL}, {"notebook-port": 8888})
STRANGER = End({"app": "something"})
PROMETHEUS = End({"app": "prometheus"}, namespace="monitoring")
PUBLIC, PRIVATE, METADATA = End(address="203.0.113.7"), End(address="10.1.2.3"), End(address="169.254.169.254")
NAMES = End({"k8s-app": "kube-dns"}, namespace="kube-system")


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the real subchart where it is at hand."""
    return copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement", real_subchart())


def found(chart: Path, extra: Mapping[str, Any] | None = None) -> tuple[list[Document], End]:
    """The chart's policies beside a hub without any, and the review service's pod."""
    values = {"hub": {"networkPolicies": False}, **(extra or {})}
    ours = documents(rendered(chart, [values_file("beside")], extra=values))
    review = pods(ours)["enablement-review"]
    ports = {each["name"]: each["containerPort"] for each in review["spec"]["containers"][0]["ports"]}
    return [each for each in ours if each["kind"] == "NetworkPolicy"], End(review["metadata"]["labels"], ports)


def test_the_service_is_reached_by_proxy_and_hub_alone(chart: Path) -> None:
    policies, review = found(chart)
    assert {name: reaches(policies, end, review, 8080) for name, end in _everybody().items()} == {
        "hub": True, "proxy": True, "server": False, "reading": False, "stranger": False, "prometheus": False,
    }  # fmt: skip
    assert not reaches(policies, PROXY, review, 22)


def test_the_decision_pages_are_reached_by_whom_it_is_said(chart: Path) -> None:
    origins = {"hub": {"networkPolicies": False, "publicHost": "https://hub.example.org"}}
    ingress = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    for peers, strangers in (([], True), (ingress, False)):
        review_values = {"decisions": {"url": "https://decide.example.org"}, "networkPolicy": {"decisionsFrom": peers}}
        policies, review = found(chart, {**origins, "review": review_values})
        assert reaches(policies, PROMETHEUS, review, 8090)
        assert reaches(policies, STRANGER, review, 8090) is strangers
        assert not reaches(policies, STRANGER, review, 8080)


def test_servers_and_prometheus_reach_it_where_that_is_said(chart: Path) -> None:
    peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    policies, review = found(chart, {"review": {"networkPolicy": {"fromServers": True, "metricsFrom": peers}}})
    reached = {name for name, end in _everybody().items() if reaches(policies, end, review, 8080)}
    assert reached == {"hub", "proxy", "server", "reading", "prometheus"}


def test_the_service_reaches_what_it_needs_and_nothing_else(chart: Path) -> None:
    narrow = {"database": {"port": 5432, "to": [{"ipBlock": {"cidr": "10.1.2.0/24"}}]}}
    policies, review = found(chart, {"review": {"networkPolicy": narrow}})
    assert reaches(policies, review, HUB, 8081)
    assert reaches(policies, review, PRIVATE, 5432)
    assert not reaches(policies, review, End(address="10.9.9.9"), 5432)
    assert not reaches(policies, review, PUBLIC, 5432)
    assert reaches(policies, review, PUBLIC, 443)  # the object store, wherever it is
    assert not reaches(policies, review, PUBLIC, 80)
    assert reaches(policies, review, NAMES, 53, "UDP")
    assert not reaches(policies, review, SERVER, 8888)


def test_servers_reach_public_addresses_and_servers_for_reading_do_not(chart: Path) -> None:
    policies, _ = found(chart)
    for server, public in ((SERVER, True), (READING, False)):
        assert reaches(policies, server, PUBLIC, 443) is public
        assert reaches(policies, server, HUB, 8081)
        assert reaches(policies, server, PROXY, 8000)
        assert reaches(policies, server, NAMES, 53, "UDP")
        assert not reaches(policies, server, PRIVATE, 5432)
        assert not reaches(policies, server, METADATA, 80)
        assert not reaches(policies, server, SERVER, 8888)
        assert reaches(policies, HUB, server, 8888)
        assert reaches(policies, PROXY, server, 8888)
        assert not reaches(policies, STRANGER, server, 8888)


def test_more_for_ordinary_servers_is_not_more_for_reading(chart: Path) -> None:
    rule = [{"to": [{"ipBlock": {"cidr": "10.1.2.0/24"}}], "ports": [{"port": 5432}]}]
    policies, _ = found(chart, {"servers": {"networkPolicy": {"extraEgress": rule}}})
    assert reaches(policies, SERVER, PRIVATE, 5432)
    assert not reaches(policies, READING, PRIVATE, 5432)


def test_hub_and_proxy_are_not_held_back_by_ours_alone(chart: Path) -> None:
    policies, _ = found(chart)
    for end in (HUB, PROXY):
        assert reaches(policies, end, PUBLIC, 443)
        assert reaches(policies, end, STRANGER, 80)
    without = {"servers": {"networkPolicy": {"enabled": False}}, "review": {"networkPolicy": {"fromServers": True}}}
    policies, review = found(chart, without)
    assert reaches(policies, SERVER, review, 8080)
    assert reaches(policies, SERVER, PUBLIC, 443)


def test_the_whole_chart_adds_nothing_that_opens_a_server_for_reading(chart: Path) -> None:
    everything = documents(rendered(chart, [values_file("whole")]), ours=False)
    policies = [each for each in everything if each["kind"] == "NetworkPolicy"]
    assert not reaches(policies, READING, PUBLIC, 443)
    assert reaches(policies, SERVER, PUBLIC, 443)
    review = End(pods(everything)["enablement-review"]["metadata"]["labels"], {"http": 8080})
    assert reaches(policies, PROXY, review, 8080)
    made = pods(everything)
    for name, end in (("hub", HUB), ("proxy", PROXY)):
        if name in made:  # the real subchart is there: its pods carry what our policies go by
            assert selects({"matchLabels": dict(end.labels)}, made[name]["metadata"]["labels"])
            real = End(made[name]["metadata"]["labels"], end.ports)
            assert reaches(policies, real, review, 8080)
            assert reaches(policies, real, READING, 8888)
            assert reaches(policies, READING, real, end.ports["http"])
            assert reaches(policies, review, real, 8081) is (name == "hub")


def _everybody() -> dict[str, End]:
    return {
        "hub": HUB,
        "proxy": PROXY,
        "server": SERVER,
        "reading": READING,
        "stranger": STRANGER,
        "prometheus": PROMETHEUS,
    }
