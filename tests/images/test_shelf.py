"""All environments of a machine: several Pythons, what is inside, what may go; and trying one as a person would."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, ServerSmokeTest, UvEnvironmentManager
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.python.locks import digest_of, render_lock
from enablement_ext.core.images.releases import Release
from tests.images.test_environments import CATALOG, small_release

pytestmark = pytest.mark.slow


@pytest.fixture
def environments(tmp_path: Path) -> Iterator[UvEnvironmentManager]:
    root = tmp_path / "environments"
    yield UvEnvironmentManager(root, InstalledPackage(PACKAGE, "0.1.0"))
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o700)


def only(name: str) -> Release:
    """A real release of one package."""
    packages = [package for package in small_release().packages if package.name == name]
    return replace(small_release(), lock=render_lock(packages), digest=digest_of(packages))


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


def test_a_python_that_is_not_here_is_reported_with_those_that_are(environments: UvEnvironmentManager) -> None:
    release = replace(small_release(), python=("2.9",))
    with pytest.raises(EnvironmentUnavailable, match=r"Python 2\.9 is not on this machine \(here: 3\."):
        environments.make(release, None)


def test_only_what_nothing_uses_is_collected(environments: UvEnvironmentManager) -> None:
    releases = {"kept": small_release(), "used": only("six"), "unused": only("packaging")}
    made = {name: environments.make(release, None) for name, release in releases.items()}
    process = subprocess.Popen([f"{made['used'].folder}/bin/python", "-c", "input()"], stdin=subprocess.PIPE)
    try:
        keep = frozenset({made["kept"].digest})
        assert [gone.folder for gone in environments.collect(keep, pretend=True)] == [made["unused"].folder]
        assert len(environments.listed()) == 3
        assert [gone.folder for gone in environments.collect(keep, pretend=False)] == [made["unused"].folder]
        assert {one.folder for one in environments.listed()} == {made["kept"].folder, made["used"].folder}
    finally:
        process.communicate(b"\n")
    assert [gone.folder for gone in environments.collect(frozenset(), pretend=False)] == sorted(
        [made["kept"].folder, made["used"].folder]
    )


def test_a_release_is_tried_as_a_person_would_use_it(environments: UvEnvironmentManager) -> None:
    release = CATALOG.find("minimal", "2026.11.0")
    assert release is not None
    made = environments.make(release, None)
    bench = ServerSmokeTest()
    problems = bench.attempt(made, release, "import requests\nassert requests.__version__ == '0'").problems
    assert len(problems) == 1, problems  # the smoke notebook was run, and everything else is fine
    assert "AssertionError" in problems[0]
    began = time.monotonic()
    measured = bench.start_up(made)
    assert 0 < measured.kernel_seconds < time.monotonic() - began
    assert 0 < measured.server_seconds < time.monotonic() - began


def test_a_bad_release_says_what_is_wrong(environments: UvEnvironmentManager) -> None:
    release = small_release()
    made = environments.make(release, None)
    problems = ServerSmokeTest().attempt(made, CATALOG.default, "").problems
    assert any(problem.startswith("pandas: shown is") for problem in problems)
    assert any("the notebook does not run" in problem for problem in problems)
    assert any("the server does not come up" in problem for problem in problems)
