"""What Helm makes of the chart: over several values and versions of Kubernetes, against Kubernetes' own published schemas."""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from enablement_ext.core.images.deploy.hub_values import COMMAND, HubConnection, hub_values
from tests.helm.charts import (
    CHART,
    KUBERNETES,
    VALUES,
    copy_of_chart,
    documents,
    golden,
    one,
    pods,
    real_subchart,
    rendered,
    values_file,
)
from tests.helm.published import mistakes
from tests.servers.helm import helm

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without the dependency."""
    return copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the real subchart where it is at hand."""
    return copy_of_chart(tmp_path_factory.mktemp("whole") / "enablement", real_subchart())


@pytest.mark.parametrize("name", VALUES)
def test_helm_lint_has_nothing_to_say(whole: Path, name: str) -> None:
    done = helm("lint", "--strict", str(whole), "--values", str(values_file(name)))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("name", VALUES)
def test_every_object_is_what_kubernetes_publishes(whole: Path, name: str, kubernetes: str) -> None:
    found = documents(rendered(whole, [values_file(name)], kubernetes), ours=False)
    assert found
    assert [line for each in found for line in mistakes(each, kubernetes)] == []


def test_the_validator_finds_a_key_that_is_not_there(chart: Path) -> None:
    found = one(documents(rendered(chart, [values_file("beside")])), "Deployment", "enablement-review")
    found["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    found["spec"]["replicas"] = "two"
    said = "\n".join(mistakes(found, KUBERNETES[-1]))
    assert "readinesProbe" in said
    assert "spec.replicas" in said


@pytest.mark.parametrize("name", VALUES)
def test_renders_are_as_they_were_reviewed(chart: Path, name: str) -> None:
    kept = (GOLDEN / f"{name}.yaml").read_text(encoding="utf-8")
    now = golden(chart, name)
    lines = list(difflib.unified_diff(kept.splitlines(), now.splitlines(), "as reviewed", "as it is now", lineterm=""))
    if lines:
        pytest.fail("look at the difference; to keep it: python -m tests.helm.update_golden\n" + "\n".join(lines))


@pytest.mark.parametrize("name", VALUES)
def test_no_pod_is_more_than_it_must_be(chart: Path, name: str) -> None:
    found = pods(documents(rendered(chart, [values_file(name)])))
    assert found
    for name_of_pod, template in found.items():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name_of_pod
        assert spec["securityContext"]["runAsNonRoot"] is True, name_of_pod
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name_of_pod
        for container in spec["containers"] + spec.get("initContainers", []):
            where = f"{name_of_pod}/{container['name']}"
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, where
            assert container["resources"]["requests"], where
            assert container["resources"]["limits"]["memory"], where


def test_a_rolling_update_takes_no_pod_before_another_answers(chart: Path) -> None:
    found = documents(rendered(chart, [values_file("beside")]))
    deployment = one(found, "Deployment", "enablement-review")["spec"]
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    config = json.loads(one(found, "ConfigMap", "enablement-review")["data"]["review.json"])
    drain = config["ReviewService"]["drain_seconds"]
    assert 0 < drain < deployment["template"]["spec"]["terminationGracePeriodSeconds"] - 10


def test_the_database_is_brought_up_before_anything_new_starts(chart: Path) -> None:
    job = one(documents(rendered(chart, [values_file("beside")])), "Job", "enablement-migrate")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["args"] == ["enablement", "db", "upgrade"]
    assert container["env"][1]["valueFrom"]["secretKeyRef"] == {
        "name": "enablement-migrate-database",
        "key": "database-url",
    }


def test_a_small_team_needs_a_volume_and_nothing_else(chart: Path) -> None:
    found = documents(rendered(chart, [values_file("small")]))
    assert not {each["metadata"]["name"] for each in found} & {
        "enablement-database",
        "enablement-migrate",
        "enablement-object-store",
    }
    claim = one(found, "PersistentVolumeClaim", "enablement-state")
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "20Gi"}}}
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    review = one(found, "Deployment", "enablement-review")["spec"]
    assert (review["replicas"], review["strategy"]) == (1, {"type": "Recreate"})
    spec = review["template"]["spec"]
    assert {"name": "state", "persistentVolumeClaim": {"claimName": "enablement-state"}} in spec["volumes"]
    environment = {each["name"]: each.get("value") for each in spec["containers"][0]["env"]}
    assert environment["ENABLEMENT_STATE"] == "/var/lib/enablement"
    assert "ENABLEMENT_DATABASE_URL" not in environment
    egress = one(found, "NetworkPolicy", "enablement-review")["spec"]["egress"]
    assert [port["port"] for rule in egress for port in rule["ports"]] == [53, 53, 8081]


def test_the_way_from_small_to_postgresql_and_a_bucket_keeps_the_volume(chart: Path) -> None:
    larger = {
        "database": {"sqlite": False, "existingSecret": "enablement-database"},
        "objectStore": {"bucket": "enablement", "existingSecret": "enablement-objects"},
        "review": {"replicas": 0},
        "backup": {"enabled": True, "existingClaim": "enablement-backups"},
    }
    found = documents(rendered(chart, [values_file("small")], extra=larger))
    assert one(found, "Deployment", "enablement-review")["spec"]["replicas"] == 0
    one(found, "PersistentVolumeClaim", "enablement-state")
    one(found, "Job", "enablement-migrate")
    backup = pods(found)["enablement-backup"]["spec"]
    assert {each["name"] for each in backup["volumes"]} >= {"state", "backup", "object-store"}
    assert "affinity" in backup, "the volume is on one node"
    small = documents(rendered(chart, [values_file("small")], extra={"backup": larger["backup"]}))
    names = [each["name"] for each in pods(small)["enablement-backup"]["spec"]["containers"][0]["env"]]
    assert names == ["HOME", "ENABLEMENT_STATE"], "SQLite is found in the state folder"


def test_no_secret_stands_where_everybody_reads(chart: Path) -> None:
    found = documents(rendered(chart, [values_file("beside")]))
    for secret in ("not-a-password", "not-a-secret"):
        holders = {each["kind"] for each in found if secret in json.dumps(each)}
        assert holders == {"Secret"}


def test_with_secrets_of_ones_own_the_chart_makes_none(chart: Path) -> None:
    found = documents(rendered(chart, [values_file("everything")]))
    assert [each["metadata"]["name"] for each in found if each["kind"] == "Secret"] == []


def test_the_notes_print_what_the_command_prints(chart: Path, tmp_path: Path) -> None:
    copy = tmp_path / "enablement"
    shutil.copytree(chart, copy)
    shutil.move(copy / "templates" / "NOTES.txt", copy / "NOTES.txt")
    text = 'kind: Notes\nmetadata: {name: notes, labels: {app.kubernetes.io/name: enablement}}\nnotes: {{ tpl (.Files.Get "NOTES.txt") . | toJson }}\n'
    (copy / "templates" / "notes.yaml").write_text(text, encoding="utf-8")
    for direct in (False, True):
        extra = {"review": {"networkPolicy": {"fromServers": direct}}}
        notes = one(documents(rendered(copy, [values_file("beside")], extra=extra)), "Notes", "notes")["notes"]
        printed = "\n".join(line.removeprefix("    ") for line in notes.splitlines())
        values = printed[printed.index("\nhub:") : printed.index("\n\nNext: say what people can start")]
        assert yaml.safe_load(values) == hub_values(HubConnection(direct=direct))
        assert "ATTENTION: decisions are off" in notes
    decide, hub = "https://decide.example.org", "https://hub.example.org"
    told: dict[str, Any] = {"review": {"decisions": {"url": decide}}, "hub": {"publicHost": hub}}
    notes = one(documents(rendered(copy, [values_file("beside")], extra=told)), "Notes", "notes")["notes"]
    printed = "\n".join(line.removeprefix("    ") for line in notes.splitlines())
    values = printed[printed.index("\nhub:") : printed.index("\n\nNext: say what people can start")]
    assert yaml.safe_load(values) == hub_values(HubConnection(decisions=decide, hub=hub))
    assert f"Reviewers decide at {decide}" in notes


def test_the_decision_page_has_a_port_where_it_has_an_origin(chart: Path) -> None:
    hub, url = {"publicHost": "https://hub.example.org"}, "https://decide.example.org"
    nothing: dict[str, Any] = {}
    subdomains: dict[str, Any] = {"hub": hub, "review": {"decisions": {"url": url, "ownPort": False}}}
    second: dict[str, Any] = {"hub": hub, "review": {"decisions": {"url": url}}}
    seen = []
    for extra in (nothing, subdomains, second):
        found = documents(rendered(chart, [values_file("beside")], extra=extra))
        ports = {port["name"] for port in one(found, "Service", "enablement-review")["spec"]["ports"]}
        told = json.loads(one(found, "ConfigMap", "enablement-review")["data"]["review.json"])["DecisionSettings"]
        env = {
            each["name"]: each.get("value") for each in pods(found)["enablement-review"]["spec"]["containers"][0]["env"]
        }
        seen.append((ports, told.get("listen"), env["JUPYTERHUB_OAUTH_CALLBACK_URL"].partition("/services")[0]))
    own = ({"http", "decisions"}, "http://0.0.0.0:8090", "https://decide.example.org")
    assert seen == [({"http"}, None, ""), ({"http"}, None, "https://decide.example.org"), own]


def test_whole_and_beside_tie_the_hub_in_the_same_way() -> None:
    ours = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))["jupyterhub"]
    assert ours.pop("enabled") is True
    assert ours["hub"].pop("image")["name"] == ""
    tied = hub_values(HubConnection(hub_image="registry.example.org/enablement/hub:1"))
    assert tied["hub"].pop("image") == {"name": "registry.example.org/enablement/hub", "tag": "1"}
    assert ours == tied


def test_the_hub_starts_where_its_volume_is(whole: Path, tmp_path: Path) -> None:
    command = list(COMMAND)
    if real_subchart():
        made = pods(documents(rendered(whole, [values_file("whole")]), ours=False))["hub"]["spec"]
        container = made["containers"][0]
        mounted = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "pvc"]
        assert mounted == ["/srv/jupyterhub"]
        assert container["command"] == command
    there = [part.replace("/srv/jupyterhub", str(tmp_path)) for part in command[command.index("/bin/sh") :]]
    done = subprocess.run([*there, "pwd"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path)
    away = [part.replace(str(tmp_path), str(tmp_path / "nothing")) for part in there]
    done = subprocess.run([*away, "echo", "two words"], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("two words", "")
