"""What can be held of the cluster's test without a cluster: its configurations, objects, values, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from bench.cluster_spawn import plain_configuration, plain_values
from enablement_ext.hub.settings import Enablement
from enablement_ext.hub.sizes import parse_sizes
from tests.docs.blocks import page
from tests.docs.run_list import KUBE
from tests.kube import chart, denials, documented, manifests, whole
from tests.kube.chart import NEW, OLD
from tests.kube.images import ROOT, Built, Wanted, everything
from tests.kube.outside import Outside
from tests.kube.scenario import merged
from tests.servers.kubernetes import certificates, configuration, leftovers, namespaces
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import NODE_ADDRESS, Plan, Programs
from tests.servers.kubernetes.processes import Failed

DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    state = tmp_path / "state"
    state.mkdir()
    return Plan("abc123", state, Programs(*(tmp_path / name for name in "abcde")))


def test_every_path_of_the_configuration_is_below_the_state_of_the_run(plan: Plan, tmp_path: Path) -> None:
    said = [*configuration.etcd(plan), *configuration.api_server(plan), *configuration.controller_manager(plan)]
    said += [*configuration.scheduler(plan), *configuration.kube_proxy(plan), *configuration.kubelet_command(plan)]
    paths = [text.partition("=")[2] for text in said if text.partition("=")[2].startswith("/")]
    kubelet = configuration.kubelet(plan)
    paths += [kubelet["podLogsDir"], kubelet["volumePluginDir"], kubelet["authentication"]["x509"]["clientCAFile"]]
    assert len(paths) > 10
    assert [path for path in paths if not path.startswith(str(tmp_path))] == []


def test_the_kernel_is_left_as_it_is(plan: Plan) -> None:
    assert "--conntrack-max-per-core=0" in configuration.kube_proxy(plan)
    kubelet = configuration.kubelet(plan)
    assert (kubelet["failCgroupV1"], kubelet["enforceNodeAllocatable"]) == (False, [])
    assert kubelet["cgroupRoot"] == "/enablement-kube-abc123"


def test_containerd_is_told_what_it_needs_without_a_capability(plan: Plan) -> None:
    told = tomllib.loads(configuration.containerd(plan))
    plugins = told["plugins"]
    assert plugins["io.containerd.cri.v1.runtime"]["restrict_oom_score_adj"] is True
    assert plugins["io.containerd.cri.v1.images"]["pinned_images"]["sandbox"] == plan.pause
    tomllib.loads(configuration.registry_hosts())


def test_certificates_name_who_kubernetes_own_bindings_name(plan: Plan) -> None:
    certificates.make(plan)
    for who, (user, group) in certificates.CLIENTS.items():
        said = _openssl("x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in", str(plan.certificate(who)))
        assert f"CN={user}" in said
        assert not group or f"O={group}" in said
        assert plan.key(who).stat().st_mode & 0o077 == 0
        _openssl("verify", "-CAfile", str(plan.certificate("ca")), str(plan.certificate(who)))
    names = _openssl("x509", "-noout", "-ext", "subjectAltName", "-in", str(plan.certificate("api-server")))
    assert NODE_ADDRESS in names
    assert "kubernetes.default.svc" in names


def _openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_room_is_not_furnished_outside_of_a_room(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(namespaces.INSIDE, raising=False)
    with pytest.raises(RuntimeError, match="not in namespaces"):
        namespaces.furnish(plan)


def test_what_a_dead_run_left_is_found_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (leftovers.runs() / "dead").mkdir()
    (leftovers.runs() / "dead.lock").touch()
    with leftovers.claimed("alive") as folder:
        swept = leftovers.sweep()
        assert folder.is_dir()
    assert "dead" in swept
    assert "alive" not in swept
    assert not (leftovers.runs() / "dead").exists()


def test_a_process_that_names_the_state_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(leftovers.runs() / "run1")]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()  # a process that has only just begun has no command line yet
        assert any(f"process {child.pid} " in line for line in leftovers.of("run1"))
        assert leftovers.of("run2") == []
    finally:
        child.kill()
        child.communicate()


def test_pods_of_the_small_hub_ask_for_no_more_than_restricted() -> None:
    hub = manifests.SmallHub("hub@x", "proxy@x", "", {"a": "b"}, "10.96.0.80")
    objects = manifests.small_hub(hub)
    pods = [one["spec"]["template"]["spec"] for one in objects if one["kind"] == "Deployment"]
    assert len(pods) == 2
    for pod in pods:
        for container in pod["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["runAsNonRoot"] is True
            assert not any("value" in one for one in container["env"]), "secrets come from the Secret"
    assert [pod["automountServiceAccountToken"] for pod in pods] == [False, True]
    json.dumps(objects)


def test_the_values_for_the_chart_hold_the_digest_and_no_tag(tmp_path: Path) -> None:
    outside = Outside("10.88.0.1:5432", "secret", "http://10.88.0.1:7070", "key", "hidden", tmp_path)
    built = Built(Wanted("service", "2026.12.0"), tmp_path, DIGEST, 1)
    values = chart.values(built, outside)
    assert values["review"]["image"] == {"name": "10.88.0.1:5000/enablement/service", "tag": "", "digest": DIGEST}
    assert values["jupyterhub"]["enabled"] is False
    assert merged(values, {"images": {"minimal": {}}, "review": {"replicas": 3}})["review"]["image"]["digest"] == DIGEST


def test_the_two_catalogs_recommend_what_is_newest_and_hold_the_digests(tmp_path: Path) -> None:
    images = []
    for version in (OLD, NEW):
        layout = tmp_path / version
        layout.mkdir()
        made = {"digest": DIGEST, "base": DIGEST, "bytes": 5, "python": "3.11"}
        (layout / "built.json").write_text(json.dumps(made))
        images.append(Built(Wanted("minimal", version, ROOT / "images"), layout, DIGEST, 5))
    before = chart.exported(chart.make_catalog(tmp_path / "before", images[:1]))
    after = chart.exported(chart.make_catalog(tmp_path / "after", images))
    assert before["images"]["minimal"]["releases"][OLD]["status"] == "recommended"
    assert {v: r["status"] for v, r in after["images"]["minimal"]["releases"].items()} == {
        OLD: "supported",
        NEW: "recommended",
    }
    assert after["images"]["minimal"]["releases"][NEW]["oci"]["3.11"]["digest"] == DIGEST


@pytest.fixture
def recording(tmp_path: Path) -> Kubectl:
    """A kubectl and a helm that only say with which words they were called, one a line."""
    for name in ("kubectl", "helm"):
        program = tmp_path / name
        program.write_text('#!/bin/sh\necho "${0##*/}"\nfor word in "$@"; do echo "$word"; done\n')
        program.chmod(0o755)
    return Kubectl(f"{tmp_path}:/usr/bin:/bin", tmp_path / "kubeconfig", "hub")


def test_helm_is_called_as_the_pages_say(recording: Kubectl, tmp_path: Path) -> None:
    documented.prepare(tmp_path, {"review": {"replicas": 2}}, {"images": {}})
    said = {verb: documented.helm(recording, tmp_path, verb, "--wait").split() for verb in documented.VERBS}
    where = ["enablement", "helm/enablement", "--namespace", "hub"]
    files = ["--values", "enablement.yaml", "--values", "images.yaml", "--wait"]
    assert said == {
        "install": ["helm", "install", *where, *files],
        "upgrade": ["helm", "upgrade", *where, *files],
        "rollback": ["helm", "rollback", "enablement", "--namespace", "hub", "--wait"],
        "uninstall": ["helm", "uninstall", "enablement", "--namespace", "hub", "--wait"],
    }
    assert yaml.safe_load((tmp_path / "enablement.yaml").read_text()) == {"review": {"replicas": 2}}


def test_every_block_of_the_clusters_run_list_is_run(recording: Kubectl, tmp_path: Path) -> None:
    """As `helm VERB` or as a look around; the same line on a second page counts as the one that is run."""
    helm = {documented.helm_block(verb).text for verb in documented.VERBS}
    looks = documented.looks()
    listed = {page(name)[known].text for name, blocks in KUBE.items() for known in blocks}
    assert listed == helm | {block.text for block in looks}
    printed = [documented.look(recording, tmp_path, block).splitlines() for block in looks]
    assert len(printed) == 3
    assert printed[0][:6] == ["kubectl", "--namespace", "hub", "rollout", "status", "deployment/enablement-review"]
    assert printed[1][-1].startswith("import urllib.request")


def test_a_page_that_is_wrong_fails_the_run(recording: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "helm").write_text("#!/bin/sh\necho no such release >&2\nexit 1\n")
    with pytest.raises(Failed, match="helm rollback enablement --namespace hub: no such release"):
        documented.helm(recording, tmp_path, "rollback")


def test_a_copy_of_the_chart_needs_no_repository(tmp_path: Path) -> None:
    about = yaml.safe_load((chart.copy_of_chart(tmp_path / "chart") / "Chart.yaml").read_text())
    assert "dependencies" not in about
    assert about["name"] == "enablement"


def test_every_image_of_the_cluster_is_named_once() -> None:
    wanted = everything(ROOT / "images", [f"minimal/{OLD}", f"minimal/{NEW}"])
    assert [one.slug for one in wanted] == ["minimal", "minimal", "hub", "service", "proxy", "pause"]


def test_what_the_hub_may_is_what_its_role_says() -> None:
    hub = manifests.SmallHub("hub@x", "proxy@x", "", {}, "10.96.0.80")
    role = next(one for one in manifests.small_hub(hub) if one["kind"] == "Role")
    said = {f"{verb} {kind}" for rule in role["rules"] for kind in rule["resources"] for verb in rule["verbs"]}
    assert said == denials.HUB_MAY


def test_the_plain_hub_of_the_benchmark_differs_by_enablement_alone() -> None:
    ours = (ROOT / "tests/kube/jupyterhub_config.py").read_text()
    theirs = plain_configuration(ours, "minimal@x")
    compile(theirs, "plain", "exec")
    gone = set(ours.splitlines()) - set(theirs.splitlines())
    assert {line.split(" ")[0] for line in gone} == {
        "from",
        "c.Enablement.catalog",
        "c.Enablement.service_url",
        "c.Enablement.service_url_for_servers",
        "c.Enablement.hub_url",
        "c.Enablement.decision_url",
        "configure(c)",
    }
    assert len(gone) == 7


def test_the_plain_release_of_the_benchmark_differs_by_enablement_alone(tmp_path: Path) -> None:
    outside = Outside("10.88.0.1:5432", "secret", "http://10.88.0.1:7070", "key", "hidden", tmp_path)
    hub, proxy, server = (Built(Wanted(slug, "1.0"), tmp_path, DIGEST, 1) for slug in ("hub", "proxy", "minimal"))
    ours = whole.values({"hub": hub, "proxy": proxy}, outside, {"dana": "a", "petra": "b"})
    theirs = plain_values(ours, server, outside)
    tied = yaml.safe_load((chart.CHART / "values.yaml").read_text(encoding="utf-8"))["jupyterhub"]
    small = parse_sizes(Enablement().sizes)[0]
    assert {key for key in ours if theirs[key] != ours[key]} == {"hub", "singleuser"}
    assert theirs["hub"] == ours["hub"] | {"db": theirs["hub"]["db"]}
    assert theirs["singleuser"] == {
        **ours["singleuser"],
        "uid": tied["singleuser"]["uid"],
        "fsGid": tied["singleuser"]["fsGid"],
        "image": {"name": "10.88.0.1:5000/enablement/minimal", "tag": f"1.0@{DIGEST}"},
        "cpu": {"guarantee": 0.2, "limit": small.cpu},
        "memory": {"guarantee": "256M", "limit": small.memory},
    }


def test_a_machine_that_cannot_is_told_in_one_line() -> None:
    environ = {**os.environ, "PATH": "/nonexistent"}
    code = "import os, sys; os.geteuid = lambda: 1000; from tests.servers.kubernetes.__main__ import main; sys.exit(main(['--preflight']))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environ, cwd=ROOT
    )
    assert done.returncode == 3
    assert done.stderr.strip().splitlines() == [
        "This machine cannot hold a cluster: not root (control groups, mounts and network namespaces of a node need it)"
    ]
