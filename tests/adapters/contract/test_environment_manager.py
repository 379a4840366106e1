"""The port `EnvironmentManager`: uv's environments in a folder of this machine, and the in-memory implementation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, UvEnvironmentManager, UvEnvironments
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.adapters.memory.environments import MemoryEnvironmentManager
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.ports import EnvironmentManager, LocalEnvironment
from tests.images.small_releases import one_package, small_release

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Managed:
    """An implementation, and how a process comes to use one of its environments."""

    environments: EnvironmentManager
    in_use: Callable[[LocalEnvironment], AbstractContextManager[None]]


@contextmanager
def _running(environment: LocalEnvironment) -> Iterator[None]:
    process = subprocess.Popen([f"{environment.folder}/bin/python", "-c", "input()"], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        process.communicate(b"\n")


@pytest.fixture(params=["memory", pytest.param("uv", marks=pytest.mark.slow)])
def managed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Managed]:
    """A machine with no environment yet."""
    if request.param == "uv":
        yield Managed(UvEnvironmentManager(tmp_path / "environments", InstalledPackage(PACKAGE, "0.1.0")), _running)
        for folder, _, _ in os.walk(tmp_path / "environments"):
            Path(folder).chmod(0o700)
        return
    memory = MemoryEnvironmentManager((HERE,))

    @contextmanager
    def used(environment: LocalEnvironment) -> Iterator[None]:
        memory.use(environment)
        yield
        memory.use(environment, used=False)

    yield Managed(memory, used)


def test_a_release_is_made_once_and_listed(managed: Managed) -> None:
    environments, release = managed.environments, small_release()
    assert not environments.listed()
    made = environments.make(release, HERE)
    assert (made.image, made.release, made.digest, made.python) == (
        release.image,
        release.version,
        release.digest,
        HERE,
    )
    assert environments.make(release, None) == environments.make(release, HERE)
    assert [one.folder for one in environments.listed()] == [made.folder]
    other = environments.make(one_package("six"), HERE)
    assert [one.folder for one in environments.listed()] == sorted([made.folder, other.folder])


def test_sizes_are_by_package_and_within_the_whole(managed: Managed) -> None:
    made = managed.environments.make(small_release(), HERE)
    sizes = managed.environments.package_sizes(made)
    assert sizes.keys() >= {"six", "packaging"}
    assert all(sizes[name] > 0 for name in ("six", "packaging"))
    assert sum(sizes.values()) <= made.bytes
    assert 0 < made.own_bytes <= made.bytes


def test_a_python_that_is_not_here_is_refused_with_those_that_are(managed: Managed) -> None:
    assert HERE in managed.environments.pythons()
    release = replace(small_release(), python=("2.9",))
    with pytest.raises(EnvironmentUnavailable, match=r"Python 2\.9 is not on this machine \(here: 3\."):
        managed.environments.make(release, None)
    assert not managed.environments.listed()


def test_what_is_kept_or_used_is_not_collected(managed: Managed) -> None:
    environments = managed.environments
    kept, used, unused = (
        environments.make(release, HERE) for release in (small_release(), one_package("six"), one_package("packaging"))
    )
    keep = frozenset({kept.digest})
    with managed.in_use(used):
        assert [gone.folder for gone in environments.collect(keep, pretend=True)] == [unused.folder]
        assert len(environments.listed()) == 3
        assert [gone.folder for gone in environments.collect(keep, pretend=False)] == [unused.folder]
        assert {one.folder for one in environments.listed()} == {kept.folder, used.folder}
    gone = environments.collect(frozenset(), pretend=False)
    assert [one.folder for one in gone] == sorted([kept.folder, used.folder])
    assert not environments.listed()


@pytest.mark.slow
def test_what_was_just_given_out_and_what_another_enablement_left_behind(tmp_path: Path) -> None:
    root, copy = tmp_path / "environments", tmp_path / "enablement_ext"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "more.py").write_text("")
    given, release = UvEnvironments(root, InstalledPackage(copy, "0.1.0")), small_release()
    old = Path(given.realise(release).bin).parent
    manager = UvEnvironmentManager(root, InstalledPackage(PACKAGE, "0.1.0"))
    try:
        assert not manager.collect(frozenset(), pretend=False), "a server may be about to start from it"
        mine = manager.make(release, HERE)
        assert mine.own_bytes < mine.bytes, "packages are shared"
        for days, gone in ((0.5, []), (2.0, [str(old)])):
            then = time.time() - days * 86_400
            for path in (old / "enablement").iterdir():
                os.utime(path, (then, then))
            assert [one.folder for one in manager.collect(frozenset({release.digest}), pretend=False)] == gone
        assert [one.folder for one in manager.listed()] == [mine.folder]
    finally:
        for folder, _, _ in os.walk(root):
            Path(folder).chmod(0o700)
