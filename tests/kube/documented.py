"""Commands of the pages for clusters, run on the cluster as they stand there: the namespace is filled in, nothing else is changed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.docs.blocks import Block, page
from tests.docs.run_list import CLUSTER, KUBE
from tests.kube import chart
from tests.servers.kubernetes.kubectl import Kubectl

VERBS = {"install": "install.md", "upgrade": "upgrade.md", "rollback": "upgrade.md", "uninstall": "upgrade.md"}


def helm(kubectl: Kubectl, folder: Path, verb: str, *more: str) -> str:
    """The page's line for that verb, with flags that only wait. Raises Failed."""
    return _run(kubectl, folder, " ".join([helm_block(verb).script(_values(kubectl)).strip(), *more]))


def helm_block(verb: str) -> Block:
    """The block that is run for that verb."""
    name = f"{CLUSTER}/{VERBS[verb]}"
    return next(page(name)[known] for known in KUBE[name] if known.startswith(f"helm {verb} "))


def looks() -> list[Block]:
    """The blocks that change nothing and ask for no more than a release that is installed."""
    return [page(name)[known] for name, blocks in KUBE.items() for known in blocks if known.startswith("kubectl ")]


def look(kubectl: Kubectl, folder: Path, block: Block) -> str:
    """What such a block prints. Raises Failed where it does not succeed."""
    return _run(kubectl, folder, block.script(_values(kubectl)))


def prepare(folder: Path, values: Mapping[str, Any], images: Mapping[str, Any]) -> None:
    """The files that the pages name: the values of the installation, and the catalog's."""
    for name, content in (("enablement.yaml", values), ("images.yaml", images)):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")  # which is YAML


def _values(kubectl: Kubectl) -> dict[str, str]:
    return {"<namespace>": kubectl.namespace}


def _run(kubectl: Kubectl, folder: Path, script: str) -> str:
    command = ["/bin/sh", "-eu", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=kubectl.environ, cwd=folder)
    if done.returncode:
        raise chart.failed(kubectl, script, done.stderr)
    return done.stdout
