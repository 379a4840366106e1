"""The whole chart, Zero to JupyterHub in it, where that chart is at hand: installed in a namespace of its own, and a notebook sent through it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.kube import chart, job
from tests.kube.images import Built
from tests.kube.outside import Outside
from tests.kube.scenario import Scenario, merged
from tests.servers.kubernetes.kubectl import Kubectl
from tests.servers.kubernetes.plan import cache

NAMESPACE = "whole"
REPOSITORY = "https://hub.jupyter.org/helm-chart/"
VERSION = "4.4.0"


def hub_chart(helm: Path, say: Callable[[str], None]) -> Path | None:
    """Zero to JupyterHub's chart: where $Z2JH_CHART says, or fetched from its repository once; None when neither can be had."""
    if named := os.environ.get("Z2JH_CHART"):
        return Path(named).absolute()
    kept = cache() / f"jupyterhub-{VERSION}"
    if not (kept / "Chart.yaml").is_file():
        pulled = subprocess.run(
            [
                str(helm),
                "pull",
                "jupyterhub",
                "--repo",
                REPOSITORY,
                "--version",
                VERSION,
                "--destination",
                str(cache()),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if pulled.returncode:
            say(
                f"Zero to JupyterHub's chart is not at hand, so the whole chart is not installed (Z2JH_CHART=folder): {pulled.stderr.strip()[-200:]}"
            )
            return None
        packed = cache() / f"jupyterhub-{VERSION}.tgz"
        with tarfile.open(packed) as tar:
            tar.extractall(cache() / f".jupyterhub-{VERSION}", filter="data")
        packed.unlink()
        shutil.rmtree(kept, ignore_errors=True)
        (cache() / f".jupyterhub-{VERSION}" / "jupyterhub").rename(kept)
    return kept


def values(images: Mapping[str, Built], outside: Outside, passwords: Mapping[str, str]) -> dict[str, Any]:
    """What Zero to JupyterHub is told on a node that has no storage class and reaches no registry but one."""
    hub, proxy = images["hub"], images["proxy"]
    people = ["dana", "remy", "petra"]
    return {
        "enabled": True,
        "hub": {
            "image": image(hub),
            "db": {"type": "postgres", "url": outside.url("whole_hub", driver="postgresql+psycopg")},
            "resources": {"requests": {"cpu": "200m"}},
            "config": {
                "Enablement": {"decision_url": chart.DECISIONS, "hub_url": chart.HUB},
                "JupyterHub": {
                    "authenticator_class": "shared-password",
                    "load_groups": {
                        "enablement-authors": {"users": ["dana"]},
                        "enablement-reviewers": {"users": ["remy"]},
                        "enablement-platform": {"users": ["petra"]},
                    },
                },
                "SharedPasswordAuthenticator": {
                    "user_password": passwords["dana"],
                    "admin_password": passwords["petra"],
                },
                "Authenticator": {"allowed_users": people, "admin_users": ["petra"]},
            },
        },
        "proxy": {
            "service": {"type": "ClusterIP"},
            "chp": {"image": image(proxy), "resources": {"requests": {"cpu": "50m"}}},
        },
        "singleuser": {
            "storage": {"type": "none"},
            "cloudMetadata": {"blockWithIptables": False},
            "cpu": {"guarantee": 0.2},
            "memory": {"guarantee": "256M"},
            "startTimeout": 180,
        },
        "scheduling": {"userScheduler": {"enabled": False}, "userPlaceholder": {"enabled": False}},
        "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
    }


def install(scenario: Scenario, hub: Path) -> None:
    """`helm install` of everything, then dana starts a server and sends a notebook."""
    address = up(scenario, hub)
    kubectl = scenario.cluster.kubectl.within(NAMESPACE)
    with job.browser_session(address, scenario.passwords, scenario.results / "whole") as session:
        dana = session.sit("dana")
        dana.start_server()
        scenario.bring_notebook(kubectl, "jupyter-dana")
        number, version = job.send(dana)
    scenario.say(f"whole chart: dana sent #{number} version {version}")
    chart.helm(kubectl, "uninstall", "enablement", "--wait")


def up(scenario: Scenario, hub: Path) -> str:
    """`helm install` of everything; the address at which its proxy answers."""
    _databases(scenario.outside)
    everything = chart.copy_of_chart(scenario.cluster.plan.state / "whole-chart", hub)
    kubectl = scenario.cluster.kubectl.within(NAMESPACE)
    scenario.cluster.kubectl("create", "namespace", NAMESPACE)
    both = [scenario.images[f"minimal:{version}"] for version in (chart.OLD, chart.NEW)]
    catalog = chart.make_catalog(scenario.cluster.plan.folder("catalog-whole"), both)
    mine = chart.values(scenario.image("service"), scenario.outside)
    mine["database"] = {"url": scenario.outside.url("whole")}
    mine["objectStore"]["prefix"] = "whole"
    mine["review"]["replicas"] = 1
    mine["catalog"]["prePull"]["enabled"] = False
    images = {"hub": scenario.image("hub"), "proxy": scenario.image("proxy")}
    mine["jupyterhub"] = values(images, scenario.outside, scenario.passwords)
    given = merged(mine, chart.exported(catalog))
    chart.helm(kubectl, "install", "enablement", str(everything), "--wait", "--timeout=6m", given=given)
    scenario.say(
        f"the whole chart with Zero to JupyterHub is installed:\n{kubectl('get', 'pods', '--output=wide').rstrip()}"
    )
    return proxy_address(kubectl)


def proxy_address(kubectl: Kubectl) -> str:
    """Where people reach the hub of a release of Zero to JupyterHub."""
    return kubectl("get", "service", "proxy-public", "--output=jsonpath={.spec.clusterIP}")


def image(built: Built) -> dict[str, str]:
    """By digest: Zero to JupyterHub knows name and tag, and a digest may stand behind a tag."""
    return {"name": built.reference.partition("@")[0], "tag": f"{built.wanted.version}@{built.digest}"}


def _databases(outside: Outside) -> None:
    with psycopg.connect(outside.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE whole")
        connection.execute("CREATE DATABASE whole_hub")
