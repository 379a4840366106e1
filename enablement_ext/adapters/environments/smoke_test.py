"""Tries an environment as a person would use it: packages, imports, a kernel with a notebook, a real server with the extensions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from enablement_ext.adapters.environments.smoke_test_server import LONGEST, binary, clean_account, started
from enablement_ext.adapters.environments.virtual_environments import silent
from enablement_ext.core.images.ports import LocalEnvironment, SmokeTestResult, StartUpTimes
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.releases import Release

STEPS = ("pip check", "versions", "imports", "kernel", "notebook", "server", "server extensions", "lab extensions")
_PROBE = Path(__file__).with_name("probe.py")
_NEVER = float("inf")


class ServerSmokeTest:
    """Implements the port `SmokeTester`."""

    def __init__(self, report: Callable[[str], None] = silent) -> None:
        self._report = report

    def attempt(self, environment: LocalEnvironment, release: Release, smoke: str) -> SmokeTestResult:
        """See the port."""
        name = f"{environment.image}/{environment.release}"
        self._report(f"{name}: do the packages fit together (pip check)")
        problems = _fit(environment)
        self._report(f"{name}: imports of every direct package, a notebook in a real kernel")
        answer = _probed(environment, sorted(release.direct), smoke)
        problems += [*_installed(answer, environment, release), *_worked(answer)]
        self._report(f"{name}: a real server with its extensions")
        with started(environment) as server:
            server.wait()
            problems += server.problems()
        return SmokeTestResult(STEPS, tuple(problems))

    def start_up(self, environment: LocalEnvironment) -> StartUpTimes:
        """See the port."""
        with started(environment) as server:
            seconds = server.wait()
        answer = _probed(environment, [], "")
        kernel = _NEVER if answer.get("kernel_problem") else answer["kernel_seconds"]
        self._report(f"{environment.image}/{environment.release}: server {seconds:.2f} s, first cell {kernel:.2f} s")
        return StartUpTimes(round(seconds, 2), round(kernel, 2))


def _fit(environment: LocalEnvironment) -> list[str]:
    command = [sys.executable, "-m", "uv", "pip", "check", "--quiet", "--python", binary(environment, "python")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"UV_NO_CONFIG": "1"})
    return [] if done.returncode == 0 else [f"pip check: {' '.join(done.stderr.split())[:600]}"]


def _probed(environment: LocalEnvironment, direct: list[str], smoke: str) -> dict[str, Any]:
    home = tempfile.mkdtemp(prefix="enablement-trial-")
    question = json.dumps({"direct": direct, "smoke": smoke})
    command = [binary(environment, "python"), "-P", str(_PROBE)]
    try:
        done = subprocess.run(
            command,
            input=question,
            capture_output=True,
            text=True,
            env=clean_account(Path(home)),
            cwd=home,
            timeout=LONGEST * 2,
            check=False,
        )
        answer: dict[str, Any] = (
            json.loads(done.stdout) if done.returncode == 0 else {"kernel_problem": done.stderr[-600:]}
        )
    except (subprocess.TimeoutExpired, ValueError) as error:
        answer = {"kernel_problem": str(error)}
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return answer


def _installed(answer: dict[str, Any], environment: LocalEnvironment, release: Release) -> Iterator[str]:
    """Versions shown are the versions installed, and nothing else is."""
    installed = answer.get("installed")
    if not isinstance(installed, dict):
        return
    have = {canonical_name(str(name)): version for name, version in installed.items()}
    shown = {package.name: package.version for package in release.packages_for(environment.python)}
    for name in sorted(shown.keys() | (have.keys() - {"enablement"})):
        if shown.get(name) != have.get(name):
            yield f"{name}: shown is {shown.get(name, 'nothing')}, installed is {have.get(name, 'nothing')}"


def _worked(answer: dict[str, Any]) -> Iterator[str]:
    if answer.get("kernel_problem"):
        yield f"the notebook does not run: {answer['kernel_problem']}"
    imports = answer.get("imports")
    for name, wrong in imports.items() if isinstance(imports, dict) else ():
        yield f"{name} does not work: {wrong}"
