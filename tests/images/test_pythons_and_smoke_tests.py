"""What only real environments show, beside the contracts of their ports: every Python of the machine, and what a smoke test reports."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, ServerSmokeTest, UvEnvironmentManager
from enablement_ext.adapters.local_paths import PACKAGE
from tests.images.small_releases import CATALOG, small_release

pytestmark = pytest.mark.slow


@pytest.fixture
def environments(tmp_path: Path) -> Iterator[UvEnvironmentManager]:
    root = tmp_path / "environments"
    yield UvEnvironmentManager(root, InstalledPackage(PACKAGE, "0.1.0"))
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o700)


def test_a_release_is_made_for_every_python_that_is_here(environments: UvEnvironmentManager) -> None:
    release = small_release()
    here = environments.pythons()
    assert here
    for python in [python for python in release.python if python in here]:
        made = environments.make(release, python)
        said = subprocess.run([f"{made.folder}/bin/python", "--version"], capture_output=True, text=True, check=True)
        assert said.stdout.startswith(f"Python {python}.")
        assert environments.package_sizes(made).keys() >= {"six", "packaging"}
        assert 0 < environments.package_sizes(made)["six"] < made.bytes
    assert {made.python for made in environments.listed()} == set(here) & set(release.python)


def test_a_release_is_tried_as_a_person_would_use_it(environments: UvEnvironmentManager) -> None:
    release = CATALOG.find("minimal", "2026.11.0")
    assert release is not None
    made = environments.make(release, None)
    problems = ServerSmokeTest().run(made, release, "import requests\nassert requests.__version__ == '0'").problems
    assert len(problems) == 1, problems  # the smoke notebook was run, and everything else is fine
    assert "AssertionError" in problems[0]


def test_a_bad_release_says_what_is_wrong(environments: UvEnvironmentManager) -> None:
    release = small_release()
    made = environments.make(release, None)
    problems = ServerSmokeTest().run(made, CATALOG.default, "").problems
    assert any(problem.startswith("pandas: shown is") for problem in problems)
    assert any("the notebook does not run" in problem for problem in problems)
