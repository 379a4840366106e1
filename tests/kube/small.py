"""The small team's chart, `helm/enablement/ci/small.yaml`: one pod, SQLite and everything else on one volume; then the documented way to PostgreSQL.

The node has no storage class, so the volumes are two folders of it, as local disks are given to a cluster by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg
import yaml

from tests.kube import chart, documented
from tests.kube.manifests import NAMESPACE
from tests.kube.scenario import REVIEW, Scenario, merged
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import NODE
from tests.servers.kubernetes.processes import Failed

STATE, BACKUPS = "enablement-state", "enablement-backups"
_DATABASE = "small"
_FOLDER = re.compile(r"/backup/(\S+T\d{6})")
_HEAD = re.compile(r"head (\d+:[0-9a-f]{64})")

# In a person's server: what her lab's buttons do, without a browser. The last line printed is what came of it.
_LAB = """
import hashlib, json, os, sys, urllib.request
path = "churn/churn.ipynb"
def ask(url, value=None, **headers):
    headers |= {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Content-Type": "application/json"}
    body = None if value is None else json.dumps(value).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=120) as answer:
        return answer.read().decode()
lab = "http://127.0.0.1:8888" + os.environ["JUPYTERHUB_SERVICE_PREFIX"] + "enablement"
service = os.environ["ENABLEMENT_SERVICE_URL"] + "/api/v1"
if sys.argv[1] == "send":
    sha = hashlib.sha256(open("/home/jovyan/" + path, "rb").read()).hexdigest()
    answers = {"title": "Churn", "problem": "Which customers are about to leave?"}
    intent = {"key": "a-small-teams-first", "path": path, "sha256": sha, "answers": answers, "files": [], "submission": None, "stamp": None}
    lines = ask(lab + "/send", intent).splitlines()
    ask(service + "/git/repositories", {"name": "churn"})
    print(lines[-1])
else:
    number = sys.argv[1]
    seen = json.loads(ask(service + "/submissions/" + number))
    notebook = json.loads(ask(service + "/submissions/" + number + "/versions/1/notebook"))
    repositories = json.loads(ask(service + "/git/repositories"))
    print(json.dumps({"content_id": seen["versions"][0]["content_id"], "cells": len(notebook["cells"]), "repositories": repositories}))
"""


def show(scenario: Scenario) -> None:
    """`helm install`, a notebook is sent and a repository made; then the page's steps, and all of it is there afterwards."""
    kubectl = scenario.kubectl
    scenario.cluster.kubectl.apply(_volumes(scenario))
    given = values(scenario)
    offered = chart.exported(
        chart.make_catalog(scenario.cluster.plan.folder("catalog-small"), [scenario.images[f"minimal:{chart.OLD}"]])
    )
    documented.prepare(scenario.folder, given, offered)
    documented.helm(kubectl, scenario.folder, "install", "--wait", "--timeout=5m")
    scenario.say("small team: one pod, SQLite and a volume are installed")
    sent = _in_her_server(kubectl, "send")
    number, content = str(sent["receipt"]["submission"]), sent["receipt"]["content_id"]
    before = _in_her_server(kubectl, number)
    scenario.say(f"small team: dana sent #{number}, content id {content}, and has a repository")
    head = _move(scenario, given, offered)
    after = _in_her_server(kubectl, number)
    if after != before or after["content_id"] != content:
        raise Failed(f"after the move dana is told {after}, before it {before}")
    with psycopg.connect(scenario.outside.url(_DATABASE)) as connection:
        rows = connection.execute("SELECT content_id FROM versions").fetchall()
    if rows != [(content,)]:
        raise Failed(f"PostgreSQL has the versions {rows} after the move, and not {content}")
    scenario.say(f"small team: all of it is in PostgreSQL and the bucket, with the head {head}")
    documented.helm(kubectl, scenario.folder, "uninstall", "--wait")


def values(scenario: Scenario) -> dict[str, Any]:
    """What the chart is tested with as a set for small teams, with this cluster's images and a place for backups, beside the hub."""
    whole: dict[str, Any] = yaml.safe_load((chart.CHART / "ci/small.yaml").read_text(encoding="utf-8"))
    everywhere = chart.values(scenario.image("service"), scenario.outside)
    mine = {key: everywhere["review"][key] for key in ("image", "decisions", "resources", "config")}
    beside = {"jupyterhub": {"enabled": False}, "hub": everywhere["hub"], "catalog": {"prePull": {"enabled": False}}}
    size = {"review": {**mine, "state": {"size": "1Gi"}}, "backup": {"enabled": True, "existingClaim": BACKUPS}}
    return merged(merged(whole, beside), size)


def _move(scenario: Scenario, given: Mapping[str, Any], offered: Mapping[str, Any]) -> str:
    """The page's steps; the head of the event log, which is the same in the backup and afterwards."""
    kubectl, folder = scenario.kubectl, scenario.folder
    back_up, tell, restore = documented.moving()
    printed = documented.look(kubectl, folder, back_up)
    made, head = _FOLDER.search(printed), _HEAD.search(printed)
    if made is None or head is None:
        raise Failed(f"the backup's log names no folder or no head: {printed}")
    with psycopg.connect(scenario.outside.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE small")
    there = chart.values(scenario.image("service"), scenario.outside)
    stores = {
        "database": {"sqlite": False, "url": scenario.outside.url(_DATABASE)},
        "objectStore": there["objectStore"],
    }
    stores["objectStore"] = {**there["objectStore"], "prefix": _DATABASE}
    documented.prepare(folder, merged(merged(given, stores), {"review": {"replicas": 0}}), offered)
    documented.look(kubectl, folder, tell)
    printed = documented.look(kubectl, folder, restore, {"<backup>": made[1]})
    kubectl.rolled_out(REVIEW, seconds=240)
    if head[1] not in printed:
        raise Failed(f"the head after the move is another than {head[1]}: {printed}")
    return head[1]


def _in_her_server(kubectl: Kubectl, what: str) -> dict[str, Any]:
    """What is said in dana's server, which runs since before the chart was there."""
    printed = kubectl("exec", "--stdin", "jupyter-dana", "--", "python", "-", what, given=_LAB)
    said: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return said


def _volumes(scenario: Scenario) -> list[Mapping[str, Any]]:
    """Two local disks, each kept for its claim, and the claim for backups, which the page leaves to the reader."""
    volumes: list[Mapping[str, Any]] = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": claim},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "claimRef": {"namespace": NAMESPACE, "name": claim},
                "local": {"path": str(scenario.cluster.plan.folder(f"disks/{claim}"))},
                "nodeAffinity": {
                    "required": {
                        "nodeSelectorTerms": [
                            {
                                "matchExpressions": [
                                    {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE]}
                                ]
                            }
                        ]
                    }
                },
            },
        }
        for claim in (STATE, BACKUPS)
    ]
    claim: Mapping[str, Any] = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": BACKUPS, "namespace": NAMESPACE},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    return [*volumes, claim]
