"""The chart as it is installed here: its values, and catalogs of two points in time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.kube.images import ROOT, Built, record
from tests.kube.outside import BUCKET, Outside
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import REGISTRY
from tests.servers.kubernetes.processes import Failed
from tests.servers.up import ENABLEMENT

CHART = ROOT / "helm" / "enablement"
REFERENCE = f"{REGISTRY}/enablement/{{image}}:{{release}}"
# Decisions need https or localhost: a browser tells nobody else how it came to a page. Names below localhost count as that.
HUB = "http://hub.localhost"
DECISIONS = "http://decide.localhost:8090"  # a second host name, which leads to the port of the service that serves decision pages alone
OLD, NEW = "2026.9.0", "2026.11.0"


def values(service: Built, outside: Outside) -> dict[str, Any]:
    """What a platform engineer writes to put the chart beside a hub that is there."""
    name, _, _ = service.reference.partition("@")
    return {
        "jupyterhub": {"enabled": False},
        "hub": {"publicHost": HUB},
        "database": {"url": outside.url("enablement")},
        "objectStore": {
            "endpoint": outside.objects,
            "bucket": BUCKET,
            "accessKeyId": outside.access_key,
            "secretAccessKey": outside.secret_key,
        },
        "review": {
            "image": {"name": name, "tag": "", "digest": service.digest},
            "replicas": 2,
            "decisions": {"url": DECISIONS},
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
            # Everything into the bucket, however small: the demo's files would all fit into the database.
            "config": {"ReviewService": {"small_bytes": 0}},
        },
        "catalog": {"prePull": {"enabled": True, "which": "offered"}},
    }


def small(larger: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a small team: SQLite and everything else on one volume, as in helm/enablement/ci/small.yaml."""
    review = {**larger["review"], "replicas": 1, "state": {"size": "1Gi"}}
    return {**larger, "database": {"sqlite": True}, "objectStore": {}, "review": review}


def copy_of_chart(target: Path, hub_chart: Path | None = None) -> Path:
    """The chart with Zero to JupyterHub's at its place, or without that dependency, which is not of use beside a hub."""
    shutil.copytree(CHART, target)
    if hub_chart is not None:
        shutil.copytree(hub_chart, target / "charts" / "jupyterhub")
        return target
    about = yaml.safe_load((target / "Chart.yaml").read_text(encoding="utf-8"))
    about.pop("dependencies")
    (target / "Chart.yaml").write_text(yaml.safe_dump(about), encoding="utf-8")
    return target


def make_catalog(folder: Path, images: Sequence[Built]) -> Path:
    """A catalog of the given releases of `minimal`, the newest recommended, with the digests that were built."""
    versions = [one.wanted.version for one in images]
    for version in versions:
        shutil.copytree(ROOT / "images/minimal/releases" / version, folder / "minimal/releases" / version)
        _recommend(folder / "minimal/releases" / version / "release.toml", recommended=version == versions[-1])
    shutil.copyfile(ROOT / "images/minimal/image.toml", folder / "minimal/image.toml")
    (folder / "catalog.toml").write_text('default = "minimal"\n', encoding="utf-8")
    for one in images:
        record(folder, one)
    return folder


def exported(catalog: Path) -> dict[str, Any]:
    """The catalog as values of the chart, through the command that a platform engineer uses."""
    command = [*ENABLEMENT, "image", "export", "helm", "--catalog", str(catalog), "--reference", REFERENCE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command[1:4])}: {done.stderr}")
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    return found


def helm(kubectl: Kubectl, *arguments: str, given: Mapping[str, Any] | None = None) -> str:
    """A call of helm; values go in as a document. Raises Failed."""
    more = ["--values=-"] if given is not None else []
    done = subprocess.run(
        ["helm", f"--namespace={kubectl.namespace}", *arguments, *more],
        input=json.dumps(given) if given is not None else None,
        capture_output=True,
        text=True,
        check=False,
        env=kubectl.environ,
    )
    if done.returncode:
        raise failed(kubectl, f"helm {' '.join(arguments)}", done.stderr)
    return done.stdout


def failed(kubectl: Kubectl, command: str, complaint: str) -> Failed:
    """What to raise for a command that failed: with the pods and the last lines of their logs."""
    pods = kubectl.attempt("get", "pods,jobs", "--output=wide").stdout
    logs = kubectl.attempt("logs", "--selector=app.kubernetes.io/name=enablement", "--tail=30", "--prefix").stdout
    return Failed(f"{command[:300]}: {complaint[-2000:]}\n{pods}\n{logs}")


def _recommend(file: Path, *, recommended: bool) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    wanted = f'status = "{"recommended" if recommended else "supported"}"'
    file.write_text("\n".join(wanted if line.startswith("status = ") else line for line in lines) + "\n", "utf-8")
