"""The chart as tests render it: a temporary copy, with Zero to JupyterHub in it where `Z2JH_CHART` says where that is, else without."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.servers.helm import helm

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "enablement"
VALUES = ("beside", "everything", "small", "whole")
KUBERNETES = ("1.33.6", "1.35.4", "1.36.3")

Document = dict[str, Any]
_RANDOM = re.compile(r'^(  sealing-key: )"[^"]+"$', flags=re.MULTILINE)
_DASHBOARD = re.compile(r'^(  enablement.json: )".+"$', flags=re.MULTILINE)


class NotRendered(Exception):
    """Helm says no; the text is its message."""


def copy_of_chart(target: Path, subchart: Path | None = None) -> Path:
    """The chart with the real subchart, or with that one dependency left out."""
    shutil.copytree(CHART, target)
    if subchart is not None:
        shutil.copytree(subchart, target / "charts" / "jupyterhub")
        return target
    about = yaml.safe_load((target / "Chart.yaml").read_text(encoding="utf-8"))
    about.pop("dependencies")
    (target / "Chart.yaml").write_text(yaml.safe_dump(about), encoding="utf-8")
    return target


def real_subchart() -> Path | None:
    """Zero to JupyterHub's chart, where this machine has it."""
    given = os.environ.get("Z2JH_CHART")
    return Path(given) if given else None


def rendered(
    chart: Path, files: Sequence[Path], kubernetes: str = KUBERNETES[-1], extra: Mapping[str, Any] | None = None
) -> str:
    """What `helm template` writes. `extra` are values on top. Raises NotRendered."""
    arguments = ["template", "enablement", str(chart), "--namespace", "team", "--kube-version", kubernetes]
    for file in files:
        arguments += ["--values", str(file)]
    if extra is not None:
        more = chart.parent / "extra.yaml"
        more.write_text(yaml.safe_dump(dict(extra)), encoding="utf-8")
        arguments += ["--values", str(more)]
    done = helm(*arguments)
    if done.returncode:
        raise NotRendered(done.stderr)
    return done.stdout


def documents(text: str, *, ours: bool = True) -> list[Document]:
    """The objects in it; with `ours` those of this chart alone."""
    found = [one for one in yaml.safe_load_all(text) if one]
    return [one for one in found if not ours or _is_ours(one)]


def one(found: Sequence[Document], kind: str, name: str) -> Document:
    """The object of that kind and name."""
    matching = [each for each in found if each["kind"] == kind and each["metadata"]["name"] == name]
    assert len(matching) == 1, f"{len(matching)} objects {kind} {name}"
    return matching[0]


def pods(found: Sequence[Document]) -> dict[str, Document]:
    """The pod templates, by the name of what makes them."""
    kinds = {"Deployment", "DaemonSet", "Job", "StatefulSet"}
    made = {each["metadata"]["name"]: each["spec"]["template"] for each in found if each["kind"] in kinds}
    return made | {
        each["metadata"]["name"]: each["spec"]["jobTemplate"]["spec"]["template"]
        for each in found
        if each["kind"] == "CronJob"
    }


def values_file(name: str) -> Path:
    """One of the chart's own sets of values."""
    return CHART / "ci" / f"{name}.yaml"


def golden(chart: Path, name: str) -> str:
    """A render as it is kept: everything but the one key that is made anew each time, and the dashboard, which is a file of its own."""
    text = _RANDOM.sub(r'\1"(random)"', rendered(chart, [values_file(name)]))
    return _DASHBOARD.sub(r'\1"(dashboards/enablement.json)"', text)


def _is_ours(one: Document) -> bool:
    return bool(one["metadata"].get("labels", {}).get("app.kubernetes.io/name") == "enablement")
