"""The port `SmokeTester`: real kernels and servers in environments of this machine, and the in-memory implementation."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, ServerSmokeTest, UvEnvironmentManager
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.adapters.memory.environments import MemoryEnvironmentManager, MemorySmokeTester
from enablement_ext.core.images.ports import EnvironmentManager, LocalEnvironment, SmokeTester
from enablement_ext.core.images.python.locks import digest_of, render_lock
from enablement_ext.core.images.releases import Release
from tests.images.small_releases import CATALOG, small_release

BROKEN = "2026.10.0"


@dataclass(frozen=True)
class Tried:
    """A tester, an environment that works and one that has neither kernel nor server, each with its release."""

    tester: SmokeTester
    working: tuple[LocalEnvironment, Release]
    broken: tuple[LocalEnvironment, Release]


@pytest.fixture(scope="module", params=["memory", pytest.param("real", marks=pytest.mark.slow)])
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Every implementation, over environments of its kind."""
    working, broken = CATALOG.find("minimal", "2026.11.0"), replace(small_release(), version=BROKEN)
    assert working is not None
    tester: SmokeTester = ServerSmokeTest()
    root = tmp_path_factory.mktemp("environments")
    environments: EnvironmentManager = UvEnvironmentManager(root, InstalledPackage(PACKAGE, "0.1.0"))
    if request.param == "memory":
        tester = MemorySmokeTester({BROKEN: ("the server does not come up",)}, {working.version: [3.0, 2.5]})
        environments = MemoryEnvironmentManager()
    yield Tried(tester, (environments.make(working, None), working), (environments.make(broken, None), broken))
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o700)


def test_what_works_has_no_problems(tried: Tried) -> None:
    result = tried.tester.run(*tried.working, "import requests")
    assert result.problems == ()
    assert result.steps


def test_what_does_not_work_is_a_problem_and_no_error(tried: Tried) -> None:
    assert any("the server does not come up" in problem for problem in tried.tester.run(*tried.broken, "").problems)


def test_an_environment_of_another_release_is_found_out(tried: Tried) -> None:
    environment, release = tried.working
    other = replace(release, lock=render_lock(release.packages[1:]), digest=digest_of(release.packages[1:]))
    assert any("shown is" in problem for problem in tried.tester.run(environment, other, "").problems)


def test_a_start_takes_time_and_what_does_not_start_takes_for_ever(tried: Tried) -> None:
    measured = tried.tester.measure_startup(tried.working[0])
    assert 0 < measured.server_seconds < math.inf
    assert 0 < measured.kernel_seconds < math.inf
    never = tried.tester.measure_startup(tried.broken[0])
    assert (never.server_seconds, never.kernel_seconds) == (math.inf, math.inf)
