"""An account with empty caches and a small checkout, in which the real tools of set-up run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.up import ROOT
from tests.setup.package_server import PackageServer
from tests.setup.small_packages import repacked_wheel, small_wheel

BIN = Path(sys.executable).parent
# What a person or a machine may have set already. Impatient: the failures are meant.
BARE = {
    "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
    "PIP_RETRIES": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_HTTP_RETRIES": "0",
    "YARN_HTTP_RETRY": "0",
    "npm_config_fetch_retries": "0",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account of its own, with nothing in its caches, in which the tools run as steps of the Makefile."""

    home: Path

    def run(
        self, tool: str, environ: Mapping[str, str], before: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Fetches one small package with this tool, through the command that the Makefile uses; `before` stands in front of it."""
        log = self.home / f"{tool}.log"
        step = [sys.executable, "-m", "enablement_ext.cli.fetch", "make: a step", str(log), tool, "--"]
        return subprocess.run(
            [*before, *step, *self._command(tool)],
            env=BARE | {"HOME": str(self.home)} | dict(environ),
            cwd=self._project(),
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    def _command(self, tool: str) -> list[str]:
        target = ["--target", str(self.home / "installed"), "tinypy"]
        return {
            "pip": [sys.executable, "-m", "pip", "install", "-vv", *target],
            "uv": [sys.executable, "-m", "uv", "pip", "install", *target],
            "npm": ["npm", "install", "--no-audit", "--no-fund"],
            "jlpm": ["jlpm", "install"],
        }[tool]

    def _project(self) -> Path:
        project = self.home / "project"
        project.mkdir(exist_ok=True)
        package = {
            "name": "small",
            "private": True,
            "packageManager": "yarn@3.5.0",
            "dependencies": {"tinyjs": "1.0.0"},
        }
        (project / "package.json").write_text(json.dumps(package))
        (project / "yarn.lock").touch()
        (project / ".yarnrc.yml").write_text("enableTelemetry: false\nnodeLinker: node-modules\n")
        return project

    def has_it(self) -> bool:
        """Whether the small package of either kind is there."""
        places = (self.home / "installed" / "tinypy.py", self.home / "project" / "node_modules" / "tinyjs" / "index.js")
        return any(place.is_file() for place in places)


def small_checkout(target: Path, packages: PackageServer) -> Path:
    """A copy of this checkout whose lock names uv, what builds an editable install, and one small package; the index has them all."""
    target.mkdir()
    for name in ("Makefile", "pyproject.toml", "README.md", "hatch_build.py", "enablement_ext", "tools"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "labextension"))
        else:
            shutil.copy(ROOT / name, target / name)
    needed = ("uv", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
    lines = [packages.add_wheel(*wheel) for wheel in (*map(repacked_wheel, needed), small_wheel("tinypy"))]
    (target / "requirements.lock").write_text("\n".join(lines) + "\n")
    return target


def make_venv(
    checkout: Path, environ: Mapping[str, str], settings: Sequence[str] = (), before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """`make venv` in a checkout."""
    return subprocess.run(
        [*before, "make", "venv", f"PYTHON={os.path.realpath(sys.executable)}", *settings],
        cwd=checkout,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What stands on stderr, without make's own line about the target that failed."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
